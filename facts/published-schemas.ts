/**
 * What AWS accepts, as its resource schemas say (resource-schemas.json, written by generate/resource-schemas.ts), with
 * their errors fixed (resource-schema-overrides.json): accepted values, lengths, patterns, ranges, what can
 * only be written, and the IAM actions that AWS's own handlers call.
 */
import { isIP } from "node:net";

import type { Fact } from "./fact";
import { readTable } from "./read-table";
import { namesOfProperty, namesOfType } from "./type-names";

/** A part of a schema: JSON Schema, and AWS's and cfn-lint's additions. */
export interface SchemaNode {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly properties?: Readonly<Record<string, SchemaNode>>;
  readonly patternProperties?: Readonly<Record<string, SchemaNode>>;
  readonly items?: SchemaNode;
  readonly enum?: readonly unknown[];
  /** Accepted values, in any case. */
  readonly enumCaseInsensitive?: readonly string[];
  readonly const?: unknown;
  readonly pattern?: string;
  readonly format?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly multipleOf?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly uniqueItems?: boolean;
  readonly required?: readonly string[];
  readonly oneOf?: readonly SchemaNode[];
  readonly anyOf?: readonly SchemaNode[];
  readonly allOf?: readonly SchemaNode[];
}

type Step = "create" | "read" | "update" | "delete" | "list";

/** The schema of one type. Paths are written `/properties/Name`, `*` for any item of a list. */
export interface ResourceSchema extends SchemaNode {
  readonly definitions?: Readonly<Record<string, SchemaNode>>;
  readonly primaryIdentifier: readonly string[];
  readonly additionalIdentifiers?: readonly (readonly string[])[];
  readonly readOnlyProperties?: readonly string[];
  readonly writeOnlyProperties?: readonly string[];
  readonly createOnlyProperties?: readonly string[];
  readonly conditionalCreateOnlyProperties?: readonly string[];
  readonly deprecatedProperties?: readonly string[];
  /** The IAM actions of each step. Absent for the few types whose handlers AWS does not describe. */
  readonly handlers?: Readonly<Partial<Record<Step, readonly string[]>>>;
  readonly tagging?: { readonly permissions?: readonly string[]; readonly tagUpdatable?: boolean };
  /** Property -> those that cannot be set beside it. */
  readonly dependentExcluded?: Readonly<Record<string, readonly string[]>>;
  /** Exactly one of each group. */
  readonly requiredXor?: readonly string[];
  /** At least one of the group. */
  readonly requiredOr?: readonly string[];
}

/** Something that a schema says and AWS does not hold to. */
export interface SchemaOverride extends Fact {
  readonly type: string;
  /** Path of names, lists looked through. */
  readonly path: string;
  readonly keyword:
    | "enum"
    | "pattern"
    | "minLength"
    | "maxLength"
    | "minimum"
    | "maximum"
    | "minItems"
    | "maxItems"
    | "dependentExcluded";
  /** What the schema says. */
  readonly published: unknown;
  /** What holds instead; null: nothing of the kind. */
  readonly ours: unknown;
  readonly why: string;
}

interface Published {
  readonly source: { readonly package: string; readonly version: string; readonly date: string };
  readonly types: Readonly<Record<string, ResourceSchema>>;
}

let read: Published | undefined;
let overrides: readonly SchemaOverride[] | undefined;

/** The whole table, read when it is first asked. */
export function publishedSchemas(): Published {
  read ??= readTable<Published>("resource-schemas.json");
  return read;
}

export function schemaOverrides(): readonly SchemaOverride[] {
  overrides ??= readTable<{ overrides: SchemaOverride[] }>(
    "resource-schema-overrides.json",
  ).overrides;
  return overrides;
}

/** The schema of one of AWS's types (`AWS::SQS::Queue`), as published. */
export function schemaOf(type: string): ResourceSchema | undefined {
  return publishedSchemas().types[type];
}

/** The schema of a type of the SDK; undefined where AWS has none, or the resource is a part of what AWS's type describes. */
export function wholeSchemaOf(token: string): ResourceSchema | undefined {
  const names = namesOfType(token);
  return names?.aws === undefined || names.part ? undefined : schemaOf(names.aws);
}

/** What AWS accepts at one place. */
export interface Constraint {
  /** AWS's type and path. */
  readonly type: string;
  readonly path: string;
  /** The value, or the list. */
  readonly node: SchemaNode;
  /** Of a list: what an item must be. */
  readonly item?: SchemaNode;
  readonly writeOnly: boolean;
  /** Whether AWS's type replaces the resource. The provider decides on its own: see replacements.ts. */
  readonly createOnly: "always" | "sometimes" | "never";
}

/** What AWS accepts for a property of the SDK; undefined where the property is not mapped. */
export function constraintOf(token: string, property: string): Constraint | undefined {
  const type = namesOfType(token)?.aws;
  const names = namesOfProperty(token, property);
  if (type === undefined || names?.aws === undefined) return undefined;
  return constraintAt(type, names.aws);
}

/** What AWS accepts at a path of one of its types. */
export function constraintAt(type: string, at: string): Constraint | undefined {
  const schema = schemaOf(type);
  if (schema === undefined) return undefined;
  let node: SchemaNode | undefined = schema;
  for (const name of at.split(".")) node = node && propertiesOf(node, schema)[name];
  if (node === undefined) return undefined;
  const own = corrected(type, at, referred(node, schema));
  const item = own.items && corrected(type, at, referred(own.items, schema));
  const listed = (paths: readonly string[] | undefined) =>
    paths?.some((one) => plain(one) === at) ?? false;
  return {
    type,
    path: at,
    node: own,
    ...(item && { item }),
    writeOnly: listed(schema.writeOnlyProperties),
    createOnly: createOnlyAt(schema, at),
  };
}

/**
 * A schema lists the outermost property, or only the inner ones: what is inside of one that can only be set at creation
 * can as little change, and what has such a one inside of it changes where that one does not.
 */
function createOnlyAt(schema: ResourceSchema, at: string): Constraint["createOnly"] {
  const [always, sometimes] = [
    schema.createOnlyProperties ?? [],
    schema.conditionalCreateOnlyProperties ?? [],
  ].map((paths) => paths.map(plain)) as [string[], string[]];
  const around = (one: string) => one === at || at.startsWith(`${one}.`);
  if (always.some(around)) return "always";
  const inside = [...always, ...sometimes].some((one) => one.startsWith(`${at}.`));
  return inside || sometimes.some(around) ? "sometimes" : "never";
}

const plain = (pointer: string) =>
  pointer
    .split("/")
    .slice(2)
    .filter((part) => part !== "*" && part !== "items" && part !== "properties")
    .join(".");

/** The IAM actions that AWS's own handlers of a type call in one step; undefined where AWS does not say. */
export function actionsOf(type: string, step: Step): readonly string[] | undefined {
  return schemaOf(type)?.handlers?.[step];
}

/** Properties of a type that cannot be set beside each other, by name. */
export function excludedBeside(type: string): Readonly<Record<string, readonly string[]>> {
  const excluded = { ...schemaOf(type)?.dependentExcluded };
  for (const { type: of, path: name, keyword, ours } of schemaOverrides()) {
    if (of === type && keyword === "dependentExcluded") excluded[name] = ours as string[];
  }
  return excluded;
}

const properties = new WeakMap<SchemaNode, Record<string, SchemaNode>>();

/** The properties of a node, those of its alternatives and of a list's items included. */
export function propertiesOf(node: SchemaNode, schema: ResourceSchema): Record<string, SchemaNode> {
  const own = referred(node, schema);
  const known = properties.get(own);
  if (known !== undefined) return known;
  const found = own.items ? propertiesOf(own.items, schema) : ownProperties(own, schema);
  properties.set(own, found);
  return found;
}

function ownProperties(own: SchemaNode, schema: ResourceSchema): Record<string, SchemaNode> {
  const found: Record<string, SchemaNode> = {};
  for (const one of [...(own.oneOf ?? []), ...(own.anyOf ?? []), ...(own.allOf ?? [])]) {
    Object.assign(found, propertiesOf(one, schema));
  }
  return Object.assign(found, own.properties ?? {});
}

/** What a node refers to. */
export function referred(node: SchemaNode, schema: ResourceSchema): SchemaNode {
  let at = node;
  while (at.$ref !== undefined) {
    let to: unknown = schema;
    for (const part of at.$ref.split("/").slice(1)) to = (to as Record<string, unknown>)[part];
    at = to as SchemaNode;
  }
  return at;
}

function corrected(type: string, at: string, node: SchemaNode): SchemaNode {
  const wrong = schemaOverrides().filter(
    (one) => one.type === type && one.path === at && Object.hasOwn(node, one.keyword),
  );
  if (wrong.length === 0) return node;
  const copy: Record<string, unknown> = { ...node };
  for (const { keyword, ours } of wrong) {
    if (ours === null) delete copy[keyword];
    else copy[keyword] = ours;
  }
  return copy;
}

/**
 * Why AWS would refuse a value: one text for each part of the schema that it breaks, none if it keeps to all of them.
 * The value is in AWS's form; a number may be given as a text, and the other way round, as both SDKs do.
 */
export function refusals(node: SchemaNode, value: unknown): string[] {
  const found: string[] = [];
  if (Array.isArray(value)) {
    if (value.length < (node.minItems ?? 0)) found.push(`at least ${node.minItems} items`);
    if (value.length > (node.maxItems ?? Infinity)) found.push(`at most ${node.maxItems} items`);
    const distinct = new Set(value.map((one) => JSON.stringify(one)));
    if (node.uniqueItems && distinct.size < value.length) found.push("no item twice");
    return found;
  }
  if (typeof value !== "string" && typeof value !== "number" && typeof value !== "boolean")
    return found;
  if (node.enum && !node.enum.some((one) => String(one) === String(value))) {
    found.push(`one of ${node.enum.join(", ")}`);
  }
  const anyCase = node.enumCaseInsensitive;
  if (anyCase && !anyCase.some((one) => one.toLowerCase() === String(value).toLowerCase())) {
    found.push(`one of ${anyCase.join(", ")}`);
  }
  const types = node.type === undefined ? [] : [node.type].flat();
  if (types.some((type) => type === "integer" || type === "number")) {
    const number = Number(value);
    if (number < (node.minimum ?? -Infinity)) found.push(`at least ${node.minimum}`);
    if (number > (node.maximum ?? Infinity)) found.push(`at most ${node.maximum}`);
    if (node.multipleOf !== undefined && !isMultiple(number, node.multipleOf))
      found.push(`a multiple of ${node.multipleOf}`);
    return found;
  }
  const text = String(value);
  if (text.length < (node.minLength ?? 0)) found.push(`at least ${node.minLength} characters`);
  if (text.length > (node.maxLength ?? Infinity))
    found.push(`at most ${node.maxLength} characters`);
  if (node.pattern !== undefined && expression(node.pattern)?.test(text) === false) {
    found.push(`a text that matches ${node.pattern}`);
  }
  const format = FORMATS[node.format ?? ""];
  if (format !== undefined && text !== "" && !format.is(text)) found.push(format.name);
  return found;
}

/** 25 is a multiple of 0.1, although binary fractions leave a remainder. */
function isMultiple(number: number, of: number): boolean {
  const times = number / of;
  return Math.abs(times - Math.round(times)) < 1e-6;
}

/** The formats that say more than a type's name. */
const FORMATS: Readonly<Record<string, { name: string; is: (text: string) => boolean }>> = {
  "ipv4-network": {
    name: "an IPv4 CIDR block, such as 10.0.0.0/16",
    is: (text) => networkOf(text, 32) === 4,
  },
  "ipv6-network": {
    name: "an IPv6 CIDR block, such as 2001:db8::/56",
    is: (text) => networkOf(text, 128) === 6,
  },
};

/** 4 or 6 for a network of that many bits at most; bits beyond its length may be set, as EC2 takes them off. */
function networkOf(text: string, bits: number): number {
  const [, address, length] = /^([^/]+)\/(\d{1,3})$/.exec(text) ?? [];
  return address !== undefined && Number(length) <= bits ? isIP(address) : 0;
}

const expressions = new Map<string, RegExp | undefined>();

/** What Java writes and JavaScript does not know, and its meaning. */
const JAVA: readonly (readonly [RegExp, string])[] = [
  [/\\Z/g, "$"],
  [/\\A/g, "^"],
  [/\\p\{Print\}/g, "[\\x20-\\x7E]"],
  [/\(\?s\)/g, ""],
  [/([*+?}])\+/g, "$1"],
  // With the flag for Unicode, only what has a meaning may be escaped.
  [/\\([^A-Za-z0-9^$\\.*+?()[\]{}|/-])/g, "$1"],
];

/** A pattern of a schema, which AWS writes as Java does; undefined if JavaScript cannot say the same. */
export function expression(pattern: string): RegExp | undefined {
  if (!expressions.has(pattern)) expressions.set(pattern, compiled(pattern));
  return expressions.get(pattern);
}

function compiled(pattern: string): RegExp | undefined {
  const text = JAVA.reduce((one, [java, meaning]) => one.replace(java, meaning), pattern);
  const dotAll = pattern.includes("(?s)") ? "s" : "";
  try {
    return new RegExp(text, `u${dotAll}`);
  } catch {
    // Without the flag, \p{L} is the letter p.
    if (/\\[pP]\{/.test(text)) return undefined;
  }
  try {
    return new RegExp(text, dotAll);
  } catch {
    return undefined;
  }
}
