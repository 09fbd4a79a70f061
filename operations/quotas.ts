/**
 * `npm run quotas [-- --stack <stack>...]`: what the stacks need of the quotas of their account and region, and how to ask
 * for more than a new account has. Exit code 0: a new account's quotas are enough for the start; 1: something has to be asked
 * for first, or to be there already; 2: wrong usage.
 */
import * as fs from "node:fs";
import * as path from "node:path";

import {
  type AccountQuota,
  accountQuotas,
  requestCommand,
  showCommand,
} from "../analysis/account-quotas";
import { optionsOf } from "../tools/commands/options";
import { previewStack } from "../tools/preview/index";
import { visibleStrings } from "../tools/visible";

const ROOT = path.join(__dirname, "..");

const USAGE = `Usage: npm run quotas [-- --stack <stack>...] [--json]

Calculates, from the plans, the quotas that stacks in one account and region need: to begin (the first update and a
release) and with every service at its maximum. For each quota that is too low in a new account, prints the commands that
show it and request an increase.

  --stack  only these stacks; without it, all with a stack file
  --json   print one JSON document`;

/** Stacks that have a file in a folder. */
export function stacksIn(root: string): string[] {
  return fs
    .readdirSync(root)
    .flatMap((file) => /^Pulumi\.([^.]+)\.yaml$/.exec(file)?.[1] ?? [])
    .sort();
}

/** What the stacks of a folder need; plans are made offline. @param stacks default: all that have a file */
export async function quotasOf(
  stacks: readonly string[] = stacksIn(ROOT),
  root = ROOT,
): Promise<AccountQuota[]> {
  const plans = [];
  for (const stack of stacks) {
    plans.push(await previewStack({ cwd: root, stack, policyPacks: [] }));
  }
  return accountQuotas(plans);
}

/** The needs as text. */
export function rendered(quotas: readonly AccountQuota[]): string {
  const lines = quotas.flatMap((quota) => {
    const { account, region, title, toBegin, needed, newAccount, usual, stacks } = quota;
    const most = needed > toBegin ? `, ${needed} at maximum` : "";
    const least = quota.atLeast ? " (at least)" : "";
    const has =
      newAccount === usual
        ? `default ${usual}`
        : `default ${newAccount} in a new account, ${usual} otherwise`;
    const line = `${quota.newAccountBegins ? "ok  " : "low "} ${title}, ${account ?? "your account"} ${region ?? "your region"}: ${toBegin} to begin${most}${least}; ${has} (${stacks.join(", ")})`;
    const enough = needed <= newAccount;
    return enough
      ? [line]
      : [line, `       shows:   ${showCommand(quota)}`, `       request: ${requestCommand(quota)}`];
  });
  return lines.join("\n");
}

/** The command; returns its exit code. */
export async function main(args: readonly string[]): Promise<number> {
  const options = optionsOf(args, USAGE, {
    stack: { type: "string", multiple: true },
    json: { type: "boolean" },
  });
  if (typeof options === "number") return options;
  const quotas = await quotasOf(options.stack);
  console.log(
    options.json ? JSON.stringify(quotas, undefined, 2) : rendered(visibleStrings(quotas)),
  );
  return quotas.every(({ newAccountBegins }) => newAccountBegins) ? 0 : 1;
}
