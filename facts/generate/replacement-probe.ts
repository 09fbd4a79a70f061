/** Asks a Terraform provider, argument by argument, whether a change replaces the resource. */
import { least, type Listed, proposed, samples, state, valuesOf, wrap } from "./sample-values";
import { type AttributeType, type Block, type Session } from "./terraform-provider";
import { type Value } from "./terraform-wire";

type Fields = Record<string, Value>;

/** What came of one change: replaced, changed in place, no change to the provider's mind, or an error. */
export type Outcome = "replaces" | "in-place" | "none" | "error";

/** One change that was asked. */
export interface Asked {
  kind: "changed" | "added" | "removed";
  from: Value;
  to: Value;
  outcome: Outcome;
  /** What else the resource had: what a shipped stack sets, or the least that the schema allows. */
  base: string;
}

/** An argument or block, with what leads to it. */
interface Target {
  path: string[];
  name: string;
  required: boolean;
  values: Value[];
  /** A block that may be there more than once. */
  many: boolean;
}

/** Arguments that are asked for each type, the outermost first: a web ACL has thousands. */
const MOST = 160;

export interface Hints {
  values: Listed;
  /** Paths that are asked however deep they are. */
  paths: Set<string>;
  /** Types of which only the outermost arguments and blocks are asked. */
  outermost?: boolean;
}

/** How often a type is asked again because the provider said which values it takes. */
const LESSONS = 5;

/** Every argument of a type: Terraform path -> what was asked. */
export async function probe(
  provider: Session,
  type: string,
  block: Block,
  bases: Fields[],
  hints: Hints,
  seeds: Fields[] = [{}],
): Promise<Record<string, Asked[]>> {
  for (let lesson = 0; ; lesson++) {
    const known = Object.keys(hints.values).length;
    const found = await probeOnce(
      { provider, type, block, listed: hints.values },
      bases,
      hints,
      seeds,
    );
    if (Object.keys(hints.values).length === known || lesson === LESSONS) return found;
  }
}

/** Of whom is asked, and about what. */
interface Question {
  provider: Session;
  type: string;
  block: Block;
  listed: Listed;
}

async function probeOnce(
  question: Question,
  bases: Fields[],
  hints: Hints,
  seeds: Fields[],
): Promise<Record<string, Asked[]>> {
  const found: Record<string, Asked[]> = {};
  const starts = [
    ...bases.map((value) => ({ base: "what the stacks set", value })),
    ...seeds.map((seed) => ({
      base: labelOf(seed),
      value: { ...least(question.block, hints.values), ...seed },
    })),
  ];
  for (const target of targetsOf(question.block, hints)) {
    const asked: Asked[] = [];
    // What is deep inside is asked of one resource only.
    for (const { base, value } of target.path.length > 1 ? starts.slice(0, 1) : starts) {
      for (const change of changesOf(target, value)) {
        asked.push({ ...change, outcome: await ask(question, target, value, change), base });
      }
    }
    found[target.path.join(".")] = asked;
  }
  return found;
}

function labelOf(seed: Fields): string {
  const pairs = Object.entries(seed).filter(([, value]) => typeof value !== "object");
  if (pairs.length === 0) return "the least that must be set";
  return pairs.map(([name, value]) => `${name} = ${String(value as string)}`).join(", ");
}

function targetsOf(block: Block, hints: Hints): Target[] {
  const found: Target[] = [];
  let level: { block: Block; path: string[] }[] = [{ block, path: [] }];
  while (level.length) {
    const next: typeof level = [];
    for (const at of level) {
      for (const one of inBlock(at.block, at.path, hints)) {
        if (found.length < MOST || hints.paths.has(one.path.join("."))) found.push(one);
      }
      for (const [name, nested] of Object.entries(at.block.block_types ?? {})) {
        const path = [...at.path, name];
        if (name !== "timeouts" && (found.length < MOST || leads(path, hints))) {
          next.push({ block: nested.block, path });
        }
      }
    }
    level = level[0]!.path.length < 7 && !hints.outermost ? next : [];
  }
  return found;
}

function leads(path: string[], { paths }: Hints): boolean {
  const prefix = `${path.join(".")}.`;
  return [...paths].some((one) => one.startsWith(prefix));
}

function inBlock(block: Block, path: string[], hints: Hints): Target[] {
  const found: Target[] = [];
  for (const [name, attribute] of Object.entries(block.attributes ?? {})) {
    const settable = attribute.required || attribute.optional;
    if (!settable || (path.length === 0 && name === "id")) continue;
    const own = [...path, name];
    const listed = Object.hasOwn(hints.values, own.join("."));
    const many = Array.isArray(attribute.type) && ["list", "set"].includes(attribute.type[0]);
    const values = [...valuesOf(name, attribute, hints.values, path)];
    if (many && !listed) values.push(both(name, attribute.type!));
    found.push({ path: own, name, required: attribute.required === true, values, many });
  }
  for (const [name, nested] of Object.entries(block.block_types ?? {})) {
    if (name === "timeouts") continue;
    const inside = [...path, name];
    const one = wrap(nested.nesting_mode, least(nested.block, hints.values, inside));
    const values = [one];
    const many = nested.nesting_mode === "list" || nested.nesting_mode === "set";
    if (many && nested.max_items !== 1) {
      values.push([...(one as Value[]), least(nested.block, hints.values, inside, 1)]);
    }
    const required = (nested.min_items ?? 0) > 0;
    found.push({ path: inside, name, required, values, many });
  }
  return found;
}

function both(name: string, type: AttributeType): Value {
  const [one, two] = samples(name, type) as [Value[], Value[]];
  return [...one, ...two];
}

type Change = Pick<Asked, "kind" | "from" | "to">;

/** Each value to the next one and back; from nothing to a value, and back. */
function changesOf(target: Target, base: Fields): Change[] {
  const own = at(base, target.path);
  const empty = own === null || own === undefined || (Array.isArray(own) && own.length === 0);
  const values = distinct([...(empty ? [] : [own]), ...target.values]).slice(0, 7);
  const changes: Change[] = [];
  const hub = values[0]!;
  for (let i = 1; i < values.length; i++) {
    changes.push({ kind: "changed", from: hub, to: values[i]! });
    changes.push({ kind: "changed", from: values[i]!, to: hub });
  }
  if (!target.required) {
    const nothing = Array.isArray(hub) && target.many ? [] : null;
    changes.push({ kind: "added", from: nothing, to: hub });
    changes.push({ kind: "removed", from: hub, to: nothing });
  }
  return changes;
}

function distinct(values: Value[]): Value[] {
  const seen = new Map(values.map((value) => [JSON.stringify(value), value]));
  return [...seen.values()];
}

async function ask(
  question: Question,
  target: Target,
  base: Fields,
  change: Change,
): Promise<Outcome> {
  // Where a made-up value of what AWS computes does not fit the rest, the provider is asked once more without it.
  for (const computed of ["made up", "empty"] as const) {
    const outcome = await askOnce(question, target, base, change, computed);
    if (outcome !== "error") return outcome;
  }
  return "error";
}

async function askOnce(
  question: Question,
  target: Target,
  base: Fields,
  change: Change,
  computed: "made up" | "empty",
): Promise<Outcome> {
  const { provider, type, block, listed } = question;
  const before = withValue(block, base, target.path, change.from, listed);
  const after = withValue(block, base, target.path, change.to, listed);
  const prior = await stateOf(question, before, computed);
  if (prior === undefined) return "error";
  const answer = await provider.plan(type, prior, proposed(block, after, prior), after);
  if (answer.errors.length) return failed(question, answer.errors);
  if (answer.replaces.length) {
    // What is replaced without any change says nothing about the change.
    const still = await provider.plan(type, prior, proposed(block, before, prior), before);
    return still.errors.length || still.replaces.length ? "error" : "replaces";
  }
  const top = target.path[0]!;
  const planned = (answer.planned as Fields)[top];
  return JSON.stringify(planned) === JSON.stringify(written(prior[top]!)) ? "none" : "in-place";
}

const states = new Map<string, Fields | undefined>();

/** What Terraform would remember of a resource that was made from `config`; undefined if the provider refuses it. */
async function stateOf(
  question: Question,
  config: Fields,
  computed: "made up" | "empty",
): Promise<Fields | undefined> {
  const { provider, type, block } = question;
  const key = JSON.stringify([type, config, computed]);
  if (!states.has(key)) {
    if (states.size > 500) states.clear();
    const created = await provider.plan(type, null, proposed(block, config), config);
    if (created.errors.length) failed(question, created.errors);
    const fits = created.errors.length === 0;
    states.set(key, fits ? state(block, created.planned as Fields, computed) : undefined);
  }
  return states.get(key);
}

/** An error of the provider; some say which values an argument takes. */
function failed({ listed }: Question, errors: string[]): Outcome {
  if (process.env["PROBE_ERRORS"]) console.error(errors[0]);
  for (const error of errors) {
    const [, at] = /Path: (\S+)/.exec(error) ?? [];
    const [, values] = /Valid Values: \[(.*?) ?\]/.exec(error) ?? [];
    const path = at?.replace(/\[[^\]]*\]/g, "");
    if (path !== undefined && values !== undefined && !Object.hasOwn(listed, path)) {
      listed[path] = values.split(" ").slice(0, 5);
    }
  }
  return "error";
}

/** Object keys in the order that the provider writes them. */
function written(value: Value): Value {
  if (Array.isArray(value)) return value.map(written);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(
    Object.keys(value)
      .sort()
      .map((key) => [key, written(value[key]!)]),
  );
}

function at(fields: Fields, path: string[]): Value | undefined {
  let value: Value | undefined = fields;
  for (const name of path) {
    if (Array.isArray(value)) value = value[0];
    value = (value as Fields | null | undefined)?.[name];
  }
  return value;
}

/** A copy of `base` in which the path has the value; blocks that lead to it are made. */
function withValue(
  block: Block,
  base: Fields,
  path: string[],
  value: Value,
  listed: Listed,
): Fields {
  const copy = structuredClone(base);
  let fields = copy;
  let here = block;
  for (const [depth, name] of path.slice(0, -1).entries()) {
    const nested = here.block_types![name]!;
    const present = fields[name];
    if (present === null || present === undefined || (Array.isArray(present) && !present.length)) {
      fields[name] = wrap(
        nested.nesting_mode,
        least(nested.block, listed, path.slice(0, depth + 1)),
      );
    }
    const inner: Value = fields[name]!;
    fields = (
      Array.isArray(inner)
        ? inner[0]
        : nested.nesting_mode === "map"
          ? Object.values(inner)[0]
          : inner
    ) as Fields;
    here = nested.block;
  }
  fields[path.at(-1)!] = value;
  return copy;
}
