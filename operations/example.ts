/**
 * `npm run example`: stacks with one thing changed each, previewed with the policy pack. What stands in
 * `examples/<name>/changes.yaml` is laid over a stack's file: groups are joined, null takes a key away, all else replaces.
 * Its `policies`, where it gives something up, are laid over the stack's configuration of the pack likewise.
 */
import * as fs from "node:fs";
import * as path from "node:path";

import { parse, stringify } from "yaml";

import { estimate } from "../analysis/cost/estimate";
import type { CostEstimate } from "../analysis/cost/model";
import { PRICES, USAGE } from "../analysis/cost/tables";
import { counted } from "../analysis/counted";
import { STACK_TYPE } from "../analysis/plan/model";
import { isRecord } from "../analysis/properties";
import { shownValue } from "../facts/problem-text";
import { commandLineOf, wrongUsage } from "../tools/commands/options";
import { readNamedJson } from "../tools/named-file";
import { type Plan, type PlannedResource, previewStack } from "../tools/preview/index";
import { leftOut } from "../tools/report/cost";
import { renderText } from "../tools/report/output";
import { checked } from "../tools/report/schemas";
import { terminalOf } from "../tools/report/style";
import { visible } from "../tools/visible";

const ROOT = path.join(__dirname, "..");
const EXAMPLES = path.join(ROOT, "examples");
const CHANGES = "changes.yaml";
const SCRATCH = path.join(ROOT, "node_modules", ".cache");

const USAGE_TEXT = `Usage: npm run example [-- NAME] [options]

Previews the named example, or all of them with a line each. An example is a block of settings that is merged over a
stack's file; copy the settings that you want into your own stack file.

      --stack NAME               the stack that is changed (default: staging)
  -C, --cwd DIR                  folder of its file (default: the project)
      --policy-pack-config FILE  configuration of the policy pack (default: config.<stack>.json in the pack)
      --plan FILE                write the resources that the examples add or change into one plan

Exit code: 0 success; 1 a mandatory violation, an undecided rule or invalid settings; 2 wrong usage.
`;

/** An example. */
export interface Changes {
  readonly config?: unknown;
  readonly policies?: Readonly<Record<string, unknown>>;
}

/** Where an example is previewed. */
export interface Base {
  readonly stack: string;
  /** Folder of the stack's file. */
  readonly cwd: string;
  readonly packConfig?: string;
  /** Whether the policy pack judges it. @default true */
  readonly judged?: boolean;
}

/** The examples that there are. */
export function exampleNames(): string[] {
  return fs
    .readdirSync(EXAMPLES, { withFileTypes: true })
    .flatMap(({ name }) => (fs.existsSync(path.join(EXAMPLES, name, CHANGES)) ? [name] : []))
    .sort();
}

/** Text of an example. */
export const exampleText = (name: string): string =>
  fs.readFileSync(path.join(EXAMPLES, name, CHANGES), "utf8");

/** Settings with changes laid over them. */
export function changed(settings: unknown, changes: unknown): unknown {
  if (!isRecord(changes)) return changes;
  const result: Record<string, unknown> = isRecord(settings) ? { ...settings } : {};
  for (const [key, change] of Object.entries(changes)) {
    if (change === null) delete result[key];
    else result[key] = changed(result[key], change);
  }
  return result;
}

/** A stack file's text: what changes name by a YAML alias stands in it each time. */
export function changedText(settings: unknown, changes: unknown): string {
  return stringify(changed(settings, changes), { aliasDuplicateObjects: false });
}

/** The pack's configuration with an example's laid over it. */
function withPolicies(text: string, policies: Changes["policies"] = {}): string {
  return JSON.stringify(changed(JSON.parse(text), policies));
}

/** Previews a base with changes, in a folder of its own that is gone afterwards. */
export async function planWith(changes: Changes, base: Base): Promise<Plan> {
  const { stack, cwd, packConfig, judged = true } = base;
  // Below the project, where the SDK is found from.
  fs.mkdirSync(SCRATCH, { recursive: true });
  const folder = fs.mkdtempSync(path.join(SCRATCH, "example-"));
  try {
    const file = `Pulumi.${stack}.yaml`;
    const settings: unknown = parse(fs.readFileSync(path.join(cwd, file), "utf8"));
    const project = parse(fs.readFileSync(path.join(ROOT, "Pulumi.yaml"), "utf8")) as object;
    fs.writeFileSync(path.join(folder, "Pulumi.yaml"), stringify({ ...project, main: ROOT }));
    const about = path.join(cwd, "about.json");
    if (fs.existsSync(about)) fs.copyFileSync(about, path.join(folder, "about.json"));
    const { policies, ...others } = changes;
    fs.writeFileSync(path.join(folder, file), changedText(settings, others));
    const pack = path.join(ROOT, "policy-pack");
    const given = packConfig ?? path.join(pack, `config.${stack}.json`);
    const own = path.join(folder, "policies.json");
    fs.writeFileSync(own, judged ? withPolicies(fs.readFileSync(given, "utf8"), policies) : "{}");
    return await previewStack({
      ...{ cwd: folder, stack, policyPacks: judged ? [pack] : [] },
      policyPackConfigs: judged ? [own] : [],
    });
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

/** Resources that another plan has not, or has with other inputs. */
export function differing(plan: Plan, base: Plan): PlannedResource[] {
  const before = new Map(base.resources.map(({ urn, inputs }) => [urn, JSON.stringify(inputs)]));
  return plan.resources.filter(
    ({ urn, type, inputs }) => type !== STACK_TYPE && before.get(urn) !== JSON.stringify(inputs),
  );
}

/** Messages of what the pack refuses or cannot decide, and of what AWS would refuse; an example has none. */
export function objections(plan: Plan): string[] {
  const { policies } = checked(plan).plan;
  return [
    ...policies.violations.filter(({ enforcementLevel }) => enforcementLevel === "mandatory"),
    ...policies.undecided,
  ].map(({ policy, message }) => `${policy}: ${message}`);
}

function summary(name: string, plan: Plan, base: Plan): string {
  const present = new Set(base.resources.map(({ urn }) => urn));
  const urns = new Set(plan.resources.map(({ urn }) => urn));
  const differ = differing(plan, base);
  const added = differ.filter(({ urn }) => !present.has(urn)).length;
  const gone = [...present].filter((urn) => !urns.has(urn)).length;
  const [now, then] = [plan, base].map((one) => estimate(one, PRICES, USAGE)) as [
    CostEstimate,
    CostEstimate,
  ];
  const dollars = ({ monthlyUsd }: CostEstimate) => `$${Math.round(monthlyUsd)}`;
  const unpriced = now.notEstimated
    .filter(({ type }) => then.notEstimated.every((one) => one.type !== type))
    .map(({ type, reason }) => `  not in the price: ${type} (${reason})`);
  const counts = `${counted(added, "resource")} added, ${gone} fewer, ${differ.length - added} changed`;
  const cost = `${dollars(now)} a month ${leftOut(now) ?? `instead of ${dollars(then)}`}`;
  const against = objections(plan);
  const verdict = against.length === 0 ? "no violation of the pack" : "the pack objects:";
  const all = against.map((one) => `  ${one}`);
  return [`${name}: ${counts}; ${cost}; ${verdict}`, ...all, ...unpriced].map(visible).join("\n");
}

const OPTIONS = {
  stack: { type: "string", short: "s" },
  cwd: { type: "string", short: "C" },
  "policy-pack-config": { type: "string" },
  plan: { type: "string" },
} as const;

/** The command; returns its exit code. */
export async function main(args: readonly string[]): Promise<number> {
  const given = commandLineOf(args, USAGE_TEXT, { options: OPTIONS, free: true });
  if (typeof given === "number") return given;
  const { values, named } = given;
  const [wanted, ...more] = named;
  const names = exampleNames();
  if (more.length > 0 || (wanted !== undefined && !names.includes(wanted))) {
    return wrongUsage(
      `NAME: expected one of ${names.join(", ")}, got ${shownValue(named.join(" "))}`,
      USAGE_TEXT,
    );
  }
  const config = values["policy-pack-config"];
  const base: Base = {
    ...{ stack: values.stack ?? "staging", cwd: path.resolve(values.cwd ?? ROOT) },
    ...(config !== undefined && { packConfig: path.resolve(config) }),
  };
  if (config !== undefined) {
    try {
      readNamedJson(config, "rules with their settings");
    } catch (error) {
      return wrongUsage(`--policy-pack-config: ${(error as Error).message}`, USAGE_TEXT);
    }
  }
  const before = await planWith({}, base);
  const asked: PlannedResource[] = [];
  let objected = false;
  for (const name of wanted === undefined ? names : [wanted]) {
    const plan = await planWith(parse(exampleText(name), { merge: true }) as Changes, base);
    if (wanted !== undefined) console.log(renderText(plan, terminalOf(process.stdout)));
    console.log(summary(name, plan, before));
    objected ||= objections(plan).length > 0;
    // Two examples may change the same resource: each asks under a name of its own.
    asked.push(...differing(plan, before).map((one) => ({ ...one, name: `${name}-${one.name}` })));
  }
  if (values.plan !== undefined) {
    fs.writeFileSync(values.plan, JSON.stringify({ stack: "examples", resources: asked }));
  }
  return objected ? 1 : 0;
}
