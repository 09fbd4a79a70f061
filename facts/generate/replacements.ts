/**
 * Writes facts/replacements.json: what the provider does when a property changes. The provider is asked, one property
 * at a time, with the call by which Terraform and Pulumi plan every change (PlanResourceChange). Run:
 *
 *   node facts/generate/run.js replacements --provider BINARY --plugins DIRECTORY --schemas CFN_LINT --plan FILE...
 *
 * BINARY is the plugin, DIRECTORY what `terraform init -plugin-dir` takes, CFN_LINT the installed package's folder,
 * FILE what `npm run --silent preview -- --stack S --json` prints. Nothing is asked of AWS. `--only PART` asks only the
 * types whose token holds it, `--into FILE` writes elsewhere, `--keep yes` asks only the types that FILE does not have.
 */
import * as fs from "node:fs";
import * as path from "node:path";

import { type NameRule, nameRules } from "./autonaming";
import { Published } from "./aws-schemas";
import { argumentsFor, type Planned } from "./planned-values";
import { probe } from "./replacement-probe";
import { type Judged, judge } from "./replacement-verdicts";
import { SDK_VERSION } from "./sdk-shapes";
import {
  FACTS,
  lines,
  listedValues,
  optionsOf,
  plannedResources,
  propertyNames,
  readJson,
  resourceTypes,
  today,
} from "./sources";
import { type Block, Provider, type Session } from "./terraform-provider";
import { type Value } from "./terraform-wire";
import { type Mapped, mapType, type Sources } from "./token-map";

/** Types that are asked at once, each of a process of the provider. */
const AT_ONCE = 3;

/**
 * Types whose statements nest into each other: one answer about what is deep inside takes minutes. Asked are their outermost
 * arguments and blocks, with the least in them.
 */
const OUTERMOST: readonly string[] = ["aws_wafv2_rule_group", "aws_wafv2_web_acl"];

interface Row extends NameRule {
  replaces: string[];
  inPlace: string[];
  mayReplace: Record<string, string>;
}

export async function main(args: string[]): Promise<number> {
  const options = optionsOf(args, [
    "provider",
    "plugins",
    "schemas",
    "plan",
    "only",
    "into",
    "keep",
  ]);
  const published = new Published(options["schemas"]![0]!);
  const provider = new Provider(options["provider"]![0]!, options["plugins"]![0]!);
  const types = resourceTypes();
  const sources: Sources = { types, names: propertyNames(), published, blocks: provider.schemas };
  const planned = plannedResources(options["plan"] ?? []);
  const file = options["into"]?.[0] ?? path.join(FACTS, "replacements.json");
  const rows = new Map<string, Row>();
  if (options["keep"] && fs.existsSync(file)) {
    const { types: before } = readJson<{ types: Record<string, Row> }>(file);
    for (const [token, row] of Object.entries(before)) rows.set(token, row);
  }
  const source = { provider: provider.version, sdk: SDK_VERSION, date: today() };
  const write = () => {
    const present = Object.keys(types).filter((token) => rows.has(token));
    const sorted = Object.fromEntries(present.map((token) => [token, rows.get(token)]));
    fs.writeFileSync(file, lines({ source, types: sorted }, ["types"]));
  };
  const queue = inOrder(types, planned).filter(
    (token) => !rows.has(token) && (options["only"]?.some((one) => token.includes(one)) ?? true),
  );
  const work = async () => {
    const session = await provider.open();
    for (let token = queue.shift(); token !== undefined; token = queue.shift()) {
      rows.set(token, await rowOf(token, session, sources, planned));
      write();
      console.error(`${rows.size} ${token}`);
    }
    session.stop();
  };
  const failed = (error: unknown) => {
    // A type without its answers would be left out without a word.
    queue.length = 0;
    throw error;
  };
  await Promise.all(Array.from({ length: AT_ONCE }, () => work().catch(failed)));
  return 0;
}

/** The stacks' types first: a run that is cut short has them. */
function inOrder(types: Record<string, unknown>, planned: Planned[]): string[] {
  const used = new Set(planned.map(({ type }) => type));
  const tokens = Object.keys(types);
  return [...tokens.filter((one) => used.has(one)), ...tokens.filter((one) => !used.has(one))];
}

async function rowOf(
  token: string,
  session: Session,
  sources: Sources,
  planned: Planned[],
): Promise<Row> {
  const row = sources.types[token]!;
  const found: Row = {
    ...nameRules(token, row.terraform),
    replaces: [],
    inPlace: [],
    mayReplace: {},
  };
  const schema = sources.blocks[row.terraform];
  if (schema === undefined) return found;
  const properties = mapType(token, sources);
  const verdicts = await verdictsOf(token, session, schema.block, properties, sources, planned);
  for (const [own, { terraform }] of Object.entries(properties)) {
    const judged = terraform === undefined ? undefined : withInside(terraform, verdicts);
    if (judged === undefined || judged.verdict === "unknown") continue;
    if (judged.verdict === "replaces") found.replaces.push(own);
    else if (judged.verdict === "in-place") found.inPlace.push(own);
    else found.mayReplace[own] = judged.condition!;
  }
  return found;
}

/**
 * The verdict on an argument. A block was asked about with as little in it as it may hold: where something inside of it
 * replaces, so may the block.
 */
function withInside(name: string, verdicts: Record<string, Judged>): Judged | undefined {
  const own = verdicts[name];
  if (own?.verdict !== "in-place") return own;
  const inside = Object.entries(verdicts).some(
    ([other, { verdict }]) =>
      other.startsWith(`${name}.`) && (verdict === "replaces" || verdict === "may-replace"),
  );
  return inside
    ? { verdict: "may-replace", condition: "depends on what changes inside of it" }
    : own;
}

async function verdictsOf(
  token: string,
  session: Session,
  block: Block,
  properties: Record<string, Mapped>,
  sources: Sources,
  planned: Planned[],
): Promise<Record<string, Judged>> {
  const row = sources.types[token]!;
  const own = planned
    .filter(({ type }) => type === token)
    .sort((a, b) => Object.keys(b.inputs).length - Object.keys(a.inputs).length);
  const outermost = OUTERMOST.includes(row.terraform);
  const bases = own
    .slice(0, outermost ? 0 : 1)
    .map(({ inputs }) => argumentsFor(block, inputs, properties));
  const used = new Set(own.flatMap(({ inputs }) => pathsOf(inputs)));
  const paths = [...used].flatMap((one) => properties[one]?.terraform ?? []);
  const values = listedValues(row, properties, sources.published);
  const seeds = readJson<Record<string, Record<string, Value>[]>>(
    path.join(__dirname, "probe-seeds.json"),
  );
  const hints = { values, paths: new Set(paths), outermost };
  const asked = await probe(session, row.terraform, block, bases, hints, seeds[row.terraform]);
  return Object.fromEntries(Object.entries(asked).map(([name, all]) => [name, judge(all)]));
}

/** All paths at which something is set. */
export function pathsOf(value: unknown, prefix = ""): string[] {
  if (Array.isArray(value)) return value.flatMap((one) => pathsOf(one, prefix));
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, one]) => {
    const own = prefix === "" ? key : `${prefix}.${key}`;
    return [own, ...pathsOf(one, own)];
  });
}
