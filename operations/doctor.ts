/**
 * `npm run doctor -- --stack <stack>`: what is left before the stack can be deployed, offline, and with credentials what the
 * account says. Exit code 0: nothing fails; 1: something does; 2: wrong usage.
 */
import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";

import { parse } from "yaml";

import { accountQuotas } from "../analysis/account-quotas";
import { shownValue } from "../facts/problem-text";
import { ConfigError, type StackConfig } from "../schema";
import { commandLineOf, wrongUsage } from "../tools/commands/options";
import { writtenSettings } from "../tools/preview/engine/config";
import { type Plan, PreviewError, previewStack } from "../tools/preview/index";
import { visible } from "../tools/visible";
import { accountFindings } from "./doctor/account";
import type { Aws } from "./doctor/ask";
import { type Finding, ok, skipped } from "./doctor/check";
import type { Bootstrap, Files } from "./doctor/files";
import { RELEASES_FILE } from "./doctor/pipeline";
import { planFindings } from "./doctor/plan";
import { settingsFindings } from "./doctor/settings";
import { stackConfigOf } from "./platform";
import {
  BOOTSTRAP_FILE,
  CODE_OWNERS_FILE,
  packFileOf,
  readTexts,
  stackFileOf,
  stacksOf,
} from "./setup/files";

const ROOT = path.join(__dirname, "..");

const USAGE = `Usage: npm run doctor -- --stack <stack> [--only <id>...] [--offline] [--json]

Lists what is missing before the stack can be deployed: placeholders, secrets, names that another stack uses, quotas,
the order of steps. With the AWS CLI installed and signed in, it also checks the account.

  --stack    the stack to check
  --only     run only these checks; ids: the first word of each finding
  --offline  do not check the account
  --json     print one JSON document`;

/** Where the checks get their input. */
export interface Surroundings {
  readonly root: string;
  readonly aws: Aws;
  /** A stack's plan; `judged`: by the policy pack as well. */
  readonly previewed: (stack: string, root: string, judged: boolean) => Promise<Plan>;
}

const REAL: Surroundings = {
  root: ROOT,
  aws: (args) => {
    const result = spawnSync("aws", args, { encoding: "utf8", timeout: 30_000 });
    return { status: result.status, stdout: result.stdout ?? "", stderr: result.stderr ?? "" };
  },
  previewed: (stack, root, judged) =>
    previewStack({ cwd: root, stack, ...(!judged && { policyPacks: [] }) }),
};

const OPTIONS = {
  stack: { type: "string", short: "s" },
  only: { type: "string", multiple: true },
  offline: { type: "boolean" },
  json: { type: "boolean" },
} as const;

/** The report of a stack. */
export interface Report {
  readonly stack: string;
  readonly verdict: string;
  readonly checks: readonly Finding[];
}

/** Ids of checks that need the plans of all stacks, or the account besides. */
const OF_PLANS = /^(plan|policies|physical-names|accepted|job-time|quota-.+|account(-.+)?)$/;

/** What is left of a stack, in the order in which a person meets it. @param only ids; none: all */
export async function findingsOf(
  stack: string,
  { root, aws, previewed }: Surroundings,
  { offline = false, only = [] }: { offline?: boolean; only?: readonly string[] } = {},
): Promise<Finding[]> {
  const configs = new Map<string, StackConfig>();
  const invalid = new Map<string, readonly string[]>();
  for (const one of stacksOf(root)) {
    try {
      configs.set(one, stackConfigOf(one, root));
    } catch (error) {
      if (!(error instanceof ConfigError || error instanceof PreviewError)) throw error;
      const lines =
        error instanceof ConfigError
          ? error.problems.map(({ message }) => message)
          : [error.message];
      invalid.set(one, lines);
    }
  }
  const config = configs.get(stack);
  if (config === undefined) {
    const evidence = (invalid.get(stack) ?? []).join("; ");
    return [
      { id: "settings", status: "fail", evidence, fix: `npm run preview -- --stack ${stack}` },
    ];
  }
  let bootstrap: Bootstrap | undefined;
  try {
    bootstrap = bootstrapOf(root);
  } catch (error) {
    if (!(error instanceof PreviewError)) throw error;
    const evidence = error.message;
    return [{ id: "settings", status: "fail", evidence, fix: `fix ${BOOTSTRAP_FILE}` }];
  }
  const texts = readTexts(root, [CODE_OWNERS_FILE, RELEASES_FILE]);
  const files: Files = {
    ...{ stack, config, configs, bootstrap },
    document: parse(
      fs.readFileSync(path.join(root, stackFileOf(stack)), "utf8"),
    ) as Files["document"],
    hasPackConfiguration: fs.existsSync(path.join(root, packFileOf(stack))),
    codeOwners: texts.get(CODE_OWNERS_FILE),
    releases: texts.get(RELEASES_FILE),
  };
  const findings = [ok("settings", `${stackFileOf(stack)} is valid`), ...settingsFindings(files)];
  if (only.length > 0 && !only.some((id) => OF_PLANS.test(id))) {
    return findings;
  }
  const { plans, failed } = await plansOf([...configs.keys()], root, (one, folder) =>
    previewed(one, folder, one === stack && files.hasPackConfiguration),
  );
  const plan = plans.find((one) => one.stack === stack);
  if (plan === undefined) {
    const evidence = failed.get(stack) ?? "";
    return [
      ...findings,
      { id: "plan", status: "fail", evidence, fix: `npm run preview -- --stack ${stack}` },
    ];
  }
  findings.push(
    ok("plan", `${plan.resources.length} resources`),
    ...planFindings(plan, config, plans, root, files.hasPackConfiguration),
  );
  if (offline) {
    return [...findings, skipped("account", "--offline")];
  }
  const quotas = accountQuotas(plans).filter(({ stacks }) => stacks.includes(stack));
  const asked = {
    ...{ stack, config, bootstrap, buckets: bucketsOf(plan, config.region) },
    ...{ quotas, ownQuotas: accountQuotas([plan]) },
  };
  return [...findings, ...accountFindings(asked, aws)];
}

/** Settings of bootstrap; undefined where there is no file. */
function bootstrapOf(root: string): Bootstrap | undefined {
  const file = path.join(root, BOOTSTRAP_FILE);
  if (!fs.existsSync(file)) {
    return undefined;
  }
  return Object.fromEntries(
    Object.entries(writtenSettings(file)).map(([key, value]) => [
      key.replace(/^(crm-bootstrap|aws):/, ""),
      value,
    ]),
  );
}

async function plansOf(
  stacks: readonly string[],
  root: string,
  previewed: (stack: string, root: string) => Promise<Plan>,
): Promise<{ plans: Plan[]; failed: Map<string, string> }> {
  const plans: Plan[] = [];
  const failed = new Map<string, string>();
  for (const stack of stacks) {
    try {
      plans.push(await previewed(stack, root));
    } catch (error) {
      if (!(error instanceof PreviewError)) throw error;
      failed.set(stack, error.message);
    }
  }
  return { plans, failed };
}

function bucketsOf({ resources }: Plan, region: string): { name: string; region: string }[] {
  return resources
    .filter(({ type }) => type === "aws:s3/bucket:Bucket")
    .flatMap(({ inputs: { bucket, region: own } }) =>
      typeof bucket === "string"
        ? [{ name: bucket, region: typeof own === "string" ? own : region }]
        : [],
    );
}

/** How many of each status there are, and what to do first. */
export function verdictOf(stack: string, checks: readonly Finding[]): string {
  const count = (status: Finding["status"]) => checks.filter((one) => one.status === status).length;
  const counts = (["fail", "warn", "ok", "skipped"] as const).map((one) => `${count(one)} ${one}`);
  const first = checks.find(({ status }) => status === "fail");
  const says = first === undefined ? "no check failed" : `first: ${first.fix}`;
  return `${stack}: ${counts.join(", ")}; ${says}`;
}

/** The report as text. */
export function rendered({ checks, verdict }: Report): string {
  const lines = checks.flatMap(({ id, status, evidence, fix }) => [
    `${status.padEnd(8)}${id}: ${visible(evidence)}`,
    ...(fix === undefined ? [] : [`        > ${visible(fix)}`]),
  ]);
  return [...lines, visible(verdict)].join("\n");
}

/** The command; returns its exit code. */
export async function main(args: readonly string[], surroundings = REAL): Promise<number> {
  const given = commandLineOf(args, USAGE, { options: OPTIONS, required: ["stack"] });
  if (typeof given === "number") return given;
  const { stack, only = [], offline = false, json = false } = given.values;
  const stacks = stacksOf(surroundings.root);
  if (!stacks.includes(stack)) {
    return wrongUsage(
      `--stack: expected one of ${stacks.join(", ")}, got ${shownValue(stack)}`,
      USAGE,
    );
  }
  const all = await findingsOf(stack, surroundings, { only, offline });
  const ids = all.map(({ id }) => id);
  const unknown = only.filter((id) => !ids.includes(id));
  if (unknown.length > 0) {
    return wrongUsage(
      `--only: expected ids among ${ids.join(", ")}, got ${shownValue(unknown.join(", "))}`,
      USAGE,
    );
  }
  const checks = all.filter(({ id }) => only.length === 0 || only.includes(id));
  const report = { stack, verdict: verdictOf(stack, checks), checks };
  console.log(json ? JSON.stringify(report, undefined, 2) : rendered(report));
  return checks.some(({ status }) => status === "fail") ? 1 : 0;
}
