/**
 * `npm run policy -- [--stack <stack>] [--profile strict] [--config <file>] [--sarif <file>] [--junit <file>]`: judges a stack by
 * the policy pack, offline, and writes what it finds for code scanning (SARIF) and for CI (JUnit).
 *
 * Exit code 0: no mandatory rule is violated; 1: one is, or the stack cannot be previewed; 2: wrong usage.
 */
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";

import { counted } from "../../analysis/counted";
import { closedComponents } from "../../analysis/plan/tree";
import { parseUrn } from "../../analysis/plan/urn";
import { shownValue } from "../../facts/problem-text";
import { RULE_GROUPS } from "../../policy-pack/rules";
import { unjudgedTypes } from "../../policy-pack/unjudged";
import { readNamedJson } from "../named-file";
import { type Plan, PreviewError, previewStack } from "../preview/index";
import { visible } from "../visible";
import { NotWritten, writeWhole } from "../write-file";
import { optionsOf, wrongUsage } from "./options";
import { findingsOf } from "./policy-findings";
import { junit } from "./policy-junit";
import { sarif } from "./policy-sarif";

const ROOT = path.join(__dirname, "..", "..");
const PACK = path.join(ROOT, "policy-pack");

const USAGE = `Usage: npm run policy -- [options]

Runs the policy pack on the stack's preview. Exit code 0: no mandatory violation; 1: at least one,
or a preview that failed; 2: wrong usage.

  --stack <stack>      the stack to check (default: production)
  -C <folder>          use the Pulumi program in another folder
  --profile <profile>  ${profiles().join(", ")}: levels of the rules, overridden by the configuration
                       (default for a program without one: baseline)
  --config <file>      configuration of the pack (default: policy-pack/config.<stack>.json)
  --sarif <file>       write the findings as SARIF 2.1.0
  --junit <file>       write one test case for each rule as JUnit XML`;

function profiles(): string[] {
  return fs
    .readdirSync(path.join(PACK, "profiles"))
    .filter((file) => file.endsWith(".json"))
    .map((file) => path.basename(file, ".json"));
}

/** The command, for the project in `root`; returns its exit code. */
export async function main(args: readonly string[], root = ROOT): Promise<number> {
  const options = optionsOf(args, USAGE, OPTIONS);
  if (typeof options === "number") return options;
  const { profile, cwd } = options;
  const folder = cwd === undefined ? root : path.resolve(cwd);
  const config = options.config && path.resolve(cwd === undefined ? root : "", options.config);
  if (profile !== undefined && !profiles().includes(profile)) {
    return wrongUsage(
      `--profile: expected one of ${profiles().join(", ")}, got ${shownValue(profile)}`,
      USAGE,
    );
  }
  try {
    // With a profile, a configuration that is not there would be left out without a word.
    if (config !== undefined) readNamedJson(config, "rules with their settings");
  } catch (error) {
    return wrongUsage(`--config: ${(error as Error).message}`, USAGE);
  }
  try {
    return report(await previewed({ ...options, config }, folder), options);
  } catch (error) {
    if (error instanceof NotWritten) {
      console.error(error.message);
      return 2;
    }
    if (error instanceof PreviewError) {
      console.error(error.message);
      return error.kind === "usage" ? 2 : 1;
    }
    throw error;
  }
}

const OPTIONS = {
  stack: { type: "string", short: "s" },
  profile: { type: "string" },
  config: { type: "string" },
  sarif: { type: "string" },
  junit: { type: "string" },
  cwd: { type: "string", short: "C" },
} as const;

type Options = Readonly<Partial<Record<keyof typeof OPTIONS, string>>>;

/** The plan, judged under the profile with the stack's own configuration, an absolute path, on top. */
async function previewed(options: Options, root: string): Promise<Plan> {
  const { stack, config } = options;
  const profile = options.profile ?? (hasSettings(options, root) ? undefined : "baseline");
  if (profile === undefined) {
    const policyPackConfigs = config === undefined ? undefined : [config];
    return previewStack({ cwd: root, stack, policyPacks: [PACK], policyPackConfigs });
  }
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), "policy-"));
  try {
    const file = path.join(directory, "config.json");
    const given = config ?? (root === ROOT ? undefined : path.join(root, "no-settings"));
    fs.writeFileSync(file, JSON.stringify(profileConfig(profile, stack ?? "production", given)));
    return await previewStack({
      cwd: root,
      stack,
      policyPacks: [PACK],
      policyPackConfigs: [file],
    });
  } finally {
    fs.rmSync(directory, { recursive: true });
  }
}

/** Whether a program has settings of its own for the pack: by the option, or this project's by the stack's name. */
function hasSettings({ stack = "production", config }: Options, root: string): boolean {
  return (
    config !== undefined ||
    (root === ROOT && fs.existsSync(path.join(PACK, `config.${stack}.json`)))
  );
}

/** A profile's configuration of the pack with a stack's on top, setting by setting. */
export function profileConfig(
  profile: string,
  stack: string,
  own = path.join(PACK, `config.${stack}.json`),
): Record<string, unknown> {
  const config = jsonOf(path.join(PACK, "profiles", `${profile}.json`));
  for (const [rule, settings] of Object.entries(fs.existsSync(own) ? jsonOf(own) : {})) {
    config[rule] = { ...asSettings(config[rule]), ...asSettings(settings) };
  }
  return config;
}

/** What stands for a rule as settings; a level alone may stand as a text. */
function asSettings(given: unknown): object | undefined {
  return typeof given === "string" ? { enforcementLevel: given } : (given as object | undefined);
}

function jsonOf(file: string): Record<string, unknown> {
  return JSON.parse(fs.readFileSync(file, "utf8")) as Record<string, unknown>;
}

function report(plan: Plan, options: Options): number {
  const findings = findingsOf(plan);
  const closed = closedComponents(plan.resources);
  const notJudged = closed.length > 0 ? `not judged: children of ${closed.join(", ")}` : undefined;
  if (options.sarif !== undefined) {
    writeWhole(
      options.sarif,
      `${JSON.stringify(sarif(findings, RULE_GROUPS, notJudged), null, 2)}\n`,
    );
  }
  if (options.junit !== undefined) {
    writeWhole(options.junit, junit(plan.stack, findings, RULE_GROUPS, notJudged));
  }
  for (const { kind, policy, urn, message, place } of findings) {
    const name = urn === undefined ? plan.stack : visible(parseUrn(urn).name);
    console.log(`${kind}: ${policy}: ${name} (${place.file})`);
    console.log(`  ${visible(message.split("\n").at(-1)!)}`);
  }
  if (notJudged !== undefined) console.log(visible(notJudged));
  const unjudged = unjudgedTypes([...new Set(plan.resources.map(({ type }) => type))]);
  if (unjudged.length > 0) {
    console.log(`not judged by any rule: ${unjudged.join(", ")}`);
  }
  console.log("not judged here: values that AWS refuses (npm run preview judges them)");
  const count = (kind: string) => findings.filter((finding) => finding.kind === kind).length;
  const failed = count("mandatory") > 0;
  console.log(
    `${failed ? "FAILED" : "PASSED"}: ${plan.stack}, ${counted(plan.resources.length, "resource")}, ${count("mandatory")} mandatory, ${count("advisory")} advisory, ${count("exempt")} exempt, ${count("undecided")} undecided`,
  );
  return failed ? 1 : 0;
}
