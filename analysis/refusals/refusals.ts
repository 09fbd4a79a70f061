/**
 * What AWS would refuse of a plan: each planned value against AWS's own published schema (facts/resource-schemas.json) and
 * what AWS's APIs say beyond it (facts/accepted-values.ts), for any program. What neither speaks of is counted, not guessed.
 */
import {
  acceptedByApi,
  apiConstraints,
  notSentWith,
  statedConstraints,
} from "../../facts/accepted-values";
import {
  constraintOf,
  type Constraint,
  excludedBeside,
  publishedSchemas,
  refusals as refusalsOfValue,
  type ResourceSchema,
  type SchemaNode,
  wholeSchemaOf,
} from "../../facts/published-schemas";
import {
  namesOfProperty,
  namesOfType,
  outerNamesOf,
  type PropertyNames,
  tokenMap,
} from "../../facts/type-names";
import type { PlannedResource } from "../plan/model";
import { containsUnknown, isWhole, redact, reveal } from "../plan/values";
import { isRecord } from "../properties";
import { longEnvironments } from "./environments";
import { longInlinePolicies } from "./inline-policies";
import { tooManyRateRules } from "./rate-rules";

/** One value that AWS would refuse. */
export interface Refusal {
  readonly urn: string;
  /** Path in the program, such as `healthCheck.healthyThreshold`. */
  readonly property: string;
  /** What AWS accepts, such as `at most 10`. */
  readonly expected: string;
  /** What is planned, as JSON; a secret is `"[secret]"`. */
  readonly got: string;
  /** Where the program makes the resource. */
  readonly source?: string;
}

/** What was checked. */
export interface Refusals {
  readonly found: readonly Refusal[];
  /** Planned values of AWS's resources; each is one of the four below. */
  readonly values: number;
  /** Compared with a schema. */
  readonly checked: number;
  /** Of a property or type for which no schema is known. */
  readonly unmapped: number;
  /** Not known before the resource exists. */
  readonly unknown: number;
}

type Inputs = PlannedResource["inputs"];

/** A value of a resource with its path; a list as a whole, and what is in it as well. */
interface Place {
  readonly path: string;
  readonly value: unknown;
}

/** Reads what AWS says, which takes a moment: while the plan is made, where there is one to wait for. */
export function readWhatAwsSays(): void {
  tokenMap();
  publishedSchemas();
  statedConstraints();
  apiConstraints();
}

export function refusalsOf(resources: readonly PlannedResource[]): Refusals {
  const found: Refusal[] = [];
  const counts = { values: 0, checked: 0, unmapped: 0, unknown: 0 };
  for (const resource of resources) {
    if (!resource.custom || resource.external || !resource.type.startsWith("aws:")) continue;
    const { urn, type, inputs, source } = resource;
    const at = { urn, ...(source !== undefined && { source }) };
    for (const place of placesIn(inputs)) {
      const verdict = judged(type, place, inputs);
      counts.values += 1;
      counts[verdict.kind] += 1;
      // Of one value all that is wrong, once: an item of a list breaks what the next one breaks.
      if (verdict.expected.length > 0) {
        const expected = all(verdict.expected);
        found.push({ ...at, property: place.path, expected, got: shown(place.value) });
      }
    }
    for (const one of exclusive(type, inputs)) found.push({ ...at, ...one });
  }
  const managed = resources.filter(({ custom, external }) => custom && !external);
  for (const { resource, ...one } of [
    ...longInlinePolicies(managed),
    ...longEnvironments(managed),
    ...tooManyRateRules(managed),
  ]) {
    const { urn, source } = resource;
    found.push({ urn, ...(source !== undefined && { source }), ...one });
  }
  return { found, ...counts };
}

interface Known {
  readonly names: PropertyNames | undefined;
  readonly constraint: Constraint | undefined;
  readonly accepted: readonly SchemaNode[];
  readonly notSentWith: Readonly<Record<string, string>> | undefined;
}

const known = new Map<string, Known>();

/** What is known of a property: a plan asks the same of many resources. */
function knownOf(type: string, path: string): Known {
  const key = `${type} ${path}`;
  let found = known.get(key);
  if (found === undefined) {
    found = {
      names: namesOfProperty(type, path),
      constraint: constraintOf(type, path),
      accepted: acceptedByApi(type, path),
      notSentWith: notSentWith(type, path),
    };
    known.set(key, found);
  }
  return found;
}

interface Verdict {
  readonly kind: "checked" | "unmapped" | "unknown";
  readonly expected: readonly string[];
}

function judged(type: string, { path, value }: Place, inputs: Inputs): Verdict {
  // The provider's word. AWS's schemas call read-only what CloudFormation cannot set: an API and the provider can.
  if (knownOf(type, path).names?.computed) {
    return { kind: "checked", expected: ["nothing: AWS sets it"] };
  }
  if (containsUnknown(value)) return { kind: "unknown", expected: [] };
  const plain = reveal(value);
  const { accepted, notSentWith: without = {}, ...schema } = knownOf(type, path);
  if (Object.entries(without).some(([other, that]) => inputs[other] === that)) {
    return { kind: "checked", expected: [] };
  }
  const bySchema = expectedBySchema(schema, plain);
  // A violation of the schema is reported once.
  if (bySchema && bySchema.length > 0) return { kind: "checked", expected: bySchema };
  const byApi = expectedByApi(accepted, plain);
  const kind = bySchema || byApi ? "checked" : "unmapped";
  return { kind, expected: byApi ?? [] };
}

/** Undefined where AWS publishes no schema of it. */
function expectedBySchema(
  { names, constraint }: Pick<Known, "names" | "constraint">,
  plain: unknown,
): string[] | undefined {
  if (constraint === undefined || names?.key !== undefined) return undefined;
  const given = names?.values ? names.values[String(plain)] : plain;
  return given === undefined ? undefined : expectedOf(constraint, given);
}

/**
 * Undefined where nothing is known. A switch is the provider's form of something that has another in the API, and an
 * empty value it leaves out.
 */
function expectedByApi(nodes: readonly SchemaNode[], plain: unknown): string[] | undefined {
  if (nodes.length === 0) return undefined;
  if (typeof plain === "boolean" || plain === "" || (Array.isArray(plain) && plain.length === 0)) {
    return [];
  }
  const items: readonly unknown[] = Array.isArray(plain) ? plain : [];
  const broken = nodes.map((node) =>
    [plain, ...items].flatMap((one) => refusalsOfValue(node, one)),
  );
  return broken.some((one) => one.length === 0) ? [] : [broken.map(all).join(" or ")];
}

const all = (texts: readonly string[]) => [...new Set(texts)].join(" and ");

function expectedOf({ node, item }: Constraint, given: unknown): string[] {
  return Array.isArray(given)
    ? [
        ...refusalsOfValue(node, given),
        ...(item ? given.flatMap((one) => refusalsOfValue(item, one)) : []),
      ]
    : refusalsOfValue(item ?? node, given);
}

/** The values of a resource: what is innermost, and each list. */
function placesIn(value: unknown, path = ""): Place[] {
  if (Array.isArray(value)) {
    const inside = value.map((one: unknown) => isRecord(one) && !isWhole(one));
    const own = inside.length > 0 && inside.every(Boolean) ? [] : [{ path, value }];
    return [
      ...own,
      ...value.flatMap((one, index) => (inside[index] ? placesIn(one, `${path}[${index}]`) : [])),
    ];
  }
  if (!isRecord(value) || isWhole(value)) return path === "" ? [] : [{ path, value }];
  return Object.entries(value)
    .filter(([key, one]) => !key.startsWith("__") && one !== null && one !== undefined)
    .flatMap(([key, one]) => placesIn(one, path === "" ? key : `${path}.${key}`));
}

/** Properties that AWS does not take beside each other, and groups of which it wants one. */
function exclusive(type: string, inputs: Inputs): Omit<Refusal, "urn">[] {
  const row = namesOfType(type);
  const schema = wholeSchemaOf(type);
  // What stands inside of a type sets nothing of the rest.
  if (row?.aws === undefined || row.at !== undefined || schema === undefined) return [];
  return [...beside(type, inputs, row.aws), ...oneOf(type, inputs, schema)];
}

function beside(type: string, inputs: Inputs, aws: string): Omit<Refusal, "urn">[] {
  const found = new Map<string, Omit<Refusal, "urn">>();
  for (const [one, others] of Object.entries(excludedBeside(aws))) {
    for (const property of given(type, inputs, one)) {
      for (const other of others.flatMap((name) => given(type, inputs, name))) {
        // Both say it of each other.
        const pair = [property, other].sort().join(" ");
        const expected = `nothing beside ${other}`;
        if (property !== other && !found.has(pair))
          found.set(pair, { property, expected, got: shown(inputs[property]) });
      }
    }
  }
  return [...found.values()];
}

function oneOf(type: string, inputs: Inputs, schema: ResourceSchema): Omit<Refusal, "urn">[] {
  const group = schema.requiredXor ?? [];
  const set = group.flatMap((aws) => given(type, inputs, aws));
  const [property, ...more] = set;
  if (property === undefined || more.length === 0) return [];
  const expected = `one of ${set.join(", ")}`;
  return [{ property, expected, got: "all of them" }];
}

/** The properties of the program that AWS knows by a name, as far as they are set. */
function given(type: string, inputs: Inputs, aws: string): string[] {
  return outerNamesOf(type, aws).filter((name) => isSet(inputs[name]));
}

/** A list of nothing and a switch that is off ask for nothing. */
function isSet(value: unknown): boolean {
  const plain = reveal(value);
  const empty = Array.isArray(plain) && plain.length === 0;
  return plain !== undefined && plain !== null && plain !== false && plain !== "" && !empty;
}

function shown(value: unknown): string {
  return JSON.stringify(redact(value));
}
