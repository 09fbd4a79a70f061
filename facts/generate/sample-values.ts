/** Values for a resource's arguments that differ from each other: what a provider is asked to change. */
import { type Attribute, type AttributeType, type Block, nullsOf } from "./terraform-provider";
import { UNKNOWN, type Value } from "./terraform-wire";

type Fields = Record<string, Value>;

const DOCUMENT = (action: string) =>
  JSON.stringify({
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Principal: { AWS: "arn:aws:iam::123456789012:root" },
        Action: action,
        Resource: "*",
      },
    ],
  });

/** Two texts that fit what an argument is called; `values` are those that AWS's schema lists. */
function texts(name: string): [string, string] {
  if (/container_definitions/.test(name)) {
    const one = (image: string) => JSON.stringify([{ name: "app", image, essential: true }]);
    return [one("one"), one("two")];
  }
  if (/policy$|policy_document|policies$/.test(name)) return [DOCUMENT("s3:*"), DOCUMENT("sqs:*")];
  if (/pattern$|_json$|^definition$|document$|body$/.test(name))
    return ['{"one":["1"]}', '{"two":["2"]}'];
  if (/arns?$|_arn_/.test(name)) {
    return ["arn:aws:iam::123456789012:role/one", "arn:aws:iam::123456789012:role/two"];
  }
  if (/ipv6.*cidr|cidr.*ipv6/.test(name)) return ["2001:db8:1::/56", "2001:db8:2::/56"];
  if (/cidr/.test(name)) return ["10.1.0.0/16", "10.2.0.0/16"];
  if (/version$/.test(name)) return ["7.1", "6.2"];
  if (/date$|timestamp$|_time$|until$/.test(name))
    return ["2030-01-01T00:00:00Z", "2031-01-01T00:00:00Z"];
  if (/^ip$|ip_address$|private_ip/.test(name)) return ["10.1.0.5", "10.1.0.6"];
  if (/port|_seconds$|_days$|^ttl$/.test(name)) return ["80", "81"];
  return ["one", "two"];
}

/** Two different values of a type. */
export function samples(name: string, type: AttributeType | undefined): [Value, Value] {
  if (type === "string" || type === "dynamic" || type === undefined) return texts(name);
  if (type === "number") return [10, 20];
  if (type === "bool") return [false, true];
  const [kind, of] = type as [string, AttributeType | Record<string, AttributeType>];
  if (kind === "object") {
    const pairs = Object.entries(of as Record<string, AttributeType>).map(
      ([member, one]) => [member, samples(member, one)] as const,
    );
    const at = (i: 0 | 1) => Object.fromEntries(pairs.map(([member, both]) => [member, both[i]]));
    return [at(0), at(1)];
  }
  const [one, two] = samples(name, of as AttributeType);
  return kind === "map" ? [{ key: one }, { key: two }] : [[one], [two]];
}

/** Values that AWS's schema lists, by Terraform path. */
export type Listed = Record<string, Value[]>;

/** The least that a block must hold. */
export function least(
  block: Block,
  listed: Listed,
  path: string[] = [],
  variant: 0 | 1 = 0,
): Fields {
  const value = nullsOf(block);
  for (const [name, attribute] of Object.entries(block.attributes ?? {})) {
    if (!attribute.required) continue;
    // Of some arguments the provider takes one value alone.
    const values = valuesOf(name, attribute, listed, path);
    value[name] = (values[variant] ?? values[0])!;
  }
  for (const [name, nested] of Object.entries(block.block_types ?? {})) {
    if ((nested.min_items ?? 0) === 0) continue;
    value[name] = wrap(nested.nesting_mode, least(nested.block, listed, [...path, name], variant));
  }
  return value;
}

/** At least two values for an argument: those of AWS's schema where it lists them. */
export function valuesOf(
  name: string,
  attribute: Attribute,
  listed: Listed,
  path: string[],
): Value[] {
  const found = listed[[...path, name].join(".")];
  if (found === undefined) return sampleOf(name, attribute);
  const { type } = attribute;
  const many = Array.isArray(type) && ["list", "set"].includes(type[0]);
  if (many) return found.map((value) => [value]);
  return type === "string" ? found : sampleOf(name, attribute);
}

export function wrap(mode: string, value: Fields): Value {
  if (mode === "list" || mode === "set") return [value];
  return mode === "map" ? { key: value } : value;
}

export function sampleOf(name: string, attribute: Attribute): [Value, Value] {
  const nested = attribute.nested_type;
  if (nested === undefined) return samples(name, attribute.type);
  const both = ([0, 1] as const).map((variant) => {
    const value: Fields = {};
    for (const [member, one] of Object.entries(nested.attributes)) {
      value[member] = one.required || one.optional ? sampleOf(member, one)[variant] : null;
    }
    return wrap(nested.nesting_mode, value);
  });
  return both as [Value, Value];
}

/**
 * What Terraform proposes for a configuration: its values, and for what AWS computes what the state holds, or that it is
 * not known yet.
 */
export function proposed(block: Block, config: Fields, prior?: Fields): Fields {
  const value: Fields = {};
  for (const [name, attribute] of Object.entries(block.attributes ?? {})) {
    const own = config[name] ?? null;
    value[name] = own ?? (attribute.computed ? (prior ? (prior[name] ?? null) : UNKNOWN) : null);
  }
  for (const [name, nested] of Object.entries(block.block_types ?? {})) {
    const own = config[name] ?? null;
    const before = prior?.[name];
    const inner = (one: Value, was: Value | undefined): Value =>
      proposed(nested.block, one as Fields, prior && ((was ?? {}) as Fields));
    if (Array.isArray(own)) {
      value[name] = own.map((one, i) => inner(one, Array.isArray(before) ? before[i] : undefined));
    } else {
      value[name] = own === null || nested.nesting_mode === "map" ? own : inner(own, before);
    }
  }
  return value;
}

/**
 * The state that a plan to create leads to: what is not known yet gets a value, made up or, where a program could have set
 * it and did not, empty.
 */
export function state(block: Block, planned: Fields, computed: "made up" | "empty"): Fields {
  const value: Fields = {};
  for (const [name, attribute] of Object.entries(block.attributes ?? {})) {
    const settable = attribute.optional && name !== "id";
    const empty = computed === "empty" && settable && planned[name] === UNKNOWN;
    value[name] =
      empty && attribute.type === "string"
        ? ""
        : known(name, planned[name] ?? null, attribute.type);
  }
  for (const [name, nested] of Object.entries(block.block_types ?? {})) {
    const own = planned[name] ?? null;
    if (Array.isArray(own))
      value[name] = own.map((one) => state(nested.block, one as Fields, computed));
    else if (own === UNKNOWN) value[name] = nullsOf({ block_types: { [name]: nested } })[name]!;
    else
      value[name] =
        own === null || nested.nesting_mode === "map"
          ? own
          : state(nested.block, own as Fields, computed);
  }
  return value;
}

function known(name: string, value: Value, type: AttributeType | undefined): Value {
  if (value !== UNKNOWN) {
    if (Array.isArray(value)) return value.map((one) => known(name, one, "string"));
    return value;
  }
  if (type === undefined) return null;
  // What AWS adds to a list is nothing that a program has set.
  if (Array.isArray(type)) return type[0] === "map" ? {} : type[0] === "object" ? null : [];
  return samples(name, type)[0];
}
