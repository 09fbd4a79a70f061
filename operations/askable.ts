/**
 * `npm run askable -- PLAN.json`: the share of a plan's properties that the provider which can be asked without an
 * account knows. The plan is what `npm run --silent preview -- --stack S --json` prints.
 */
import { isWhole } from "../analysis/plan/values";
import { isRecord } from "../analysis/properties";
import { type Askable, askable, askedProvider } from "../facts/asked-of-provider";
import { commandLineOf, wrongUsage } from "../tools/commands/options";
import { readNamedJson } from "../tools/named-file";
import { visible } from "../tools/visible";

const USAGE = `Usage: npm run askable -- <plan>

Counts the planned properties of AWS resources that the provider of the checks knows. The others are newer than the
provider, so only AWS checks them. <plan>: the output of npm run --silent preview -- --stack <stack> --json, in a file.`;

/** What of a plan can be asked. */
export interface Share {
  readonly properties: number;
  readonly asked: number;
  /** What cannot be asked, such as `newer property: aws:ec2/eip:Eip region`, with how often it is set. */
  readonly rest: ReadonlyMap<string, number>;
}

interface Planned {
  readonly type: string;
  readonly inputs: Readonly<Record<string, unknown>>;
}

/** The innermost values that are set, with their paths. */
function valuesIn(value: unknown, path = ""): [path: string, value: unknown][] {
  if (Array.isArray(value)) return value.flatMap((one) => valuesIn(one, path));
  if (!isRecord(value) || isWhole(value)) return [[path, value]];
  return Object.entries(value)
    .filter(([key]) => !key.startsWith("__"))
    .flatMap(([key, one]) => valuesIn(one, path === "" ? key : `${path}.${key}`));
}

/** The share of a plan's properties that the provider can be asked about. */
export function shareOf(resources: readonly Planned[]): Share {
  const rest = new Map<string, number>();
  let properties = 0;
  for (const { type, inputs } of resources.filter((one) => one.type.startsWith("aws:"))) {
    for (const [path, value] of valuesIn(inputs)) {
      properties += 1;
      const found: Askable = askable(type, path, value);
      if (found === "asked") continue;
      const what =
        found === "newer value" ? `${type} ${path} = ${String(value)}` : `${type} ${path}`;
      const label = `${found}: ${found === "newer type" ? type : what}`;
      rest.set(label, (rest.get(label) ?? 0) + 1);
    }
  }
  const missing = [...rest.values()].reduce((sum, count) => sum + count, 0);
  return { properties, asked: properties - missing, rest };
}

/** A plan as the preview prints it, as far as it counts here. */
interface PlanDocument {
  readonly stack: string;
  readonly resources: readonly Planned[];
}

/** @throws if the file holds no plan */
function planIn(file: string): PlanDocument {
  const what = "the output of `npm run --silent preview -- --json`";
  const document = (readNamedJson(file, what) ?? {}) as Partial<PlanDocument>;
  if (!Array.isArray(document.resources) || typeof document.stack !== "string") {
    throw new Error(`${visible(file)}: expected ${what}, got no resources`);
  }
  return document as PlanDocument;
}

/** The command; returns its exit code. */
export function main(args: readonly string[]): number {
  const given = commandLineOf(args, USAGE, { options: {}, named: ["<plan>"] });
  if (typeof given === "number") return given;
  let plan: PlanDocument;
  try {
    plan = planIn(given.named[0]!);
  } catch (error) {
    return wrongUsage((error as Error).message, USAGE);
  }
  const { properties, asked, rest } = shareOf(plan.resources);
  // Rounded down: only all of them are 100.0 %.
  const percent = (Math.floor((asked / Math.max(properties, 1)) * 1000) / 10).toFixed(1);
  console.log(
    `${visible(plan.stack)}: provider ${askedProvider()} knows ${asked} of ${properties} planned properties (${percent} %)`,
  );
  for (const [what, count] of [...rest].sort()) {
    console.log(`  ${visible(what)}${count > 1 ? `, ${count} times` : ""}`);
  }
  return properties > 0 ? 0 : 1;
}
