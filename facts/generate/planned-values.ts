/** The inputs of a planned resource as the arguments that Terraform's provider takes. */
import { samples } from "./sample-values";
import { type AttributeType, type Block, nullsOf } from "./terraform-provider";
import { type Value } from "./terraform-wire";
import { membersOf, type Mapped } from "./token-map";

type Fields = Record<string, Value>;

/** What Pulumi puts in place of a value that is not known in a preview, and what marks secrets and assets. */
const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
const SIGNATURE = "4dabf18193072939515e22adb298388d";

/** A planned resource: what `npm run preview -- --json` prints of it. */
export interface Planned {
  type: string;
  inputs: Record<string, unknown>;
}

export function argumentsFor(
  block: Block,
  inputs: Record<string, unknown>,
  properties: Record<string, Mapped>,
): Fields {
  return blockOf(block, inputs, properties, "");
}

function blockOf(
  block: Block,
  inputs: Record<string, unknown>,
  properties: Record<string, Mapped>,
  prefix: string,
): Fields {
  const value = nullsOf(block);
  for (const [key, raw] of Object.entries(inputs)) {
    const path = prefix === "" ? key : `${prefix}.${key}`;
    const name = properties[path]?.terraform?.split(".").at(-1);
    if (name === undefined) continue;
    const input = plain(raw);
    const nested = block.block_types?.[name];
    if (nested === undefined) {
      const type = block.attributes?.[name]?.type;
      if (type !== undefined) value[name] = typed(name, input, type, properties, path);
      continue;
    }
    const items = (Array.isArray(input) ? input : [input]).filter(
      (one): one is Record<string, unknown> => typeof one === "object" && one !== null,
    );
    const blocks = items.map((one) => blockOf(nested.block, one, properties, path));
    const many = nested.nesting_mode === "list" || nested.nesting_mode === "set";
    value[name] = many ? blocks : (blocks[0] ?? null);
  }
  return value;
}

function plain(value: unknown): unknown {
  if (typeof value !== "object" || value === null || !Object.hasOwn(value, SIGNATURE)) return value;
  const secret = value as { plaintext?: string; value?: unknown };
  if (secret.plaintext !== undefined) return JSON.parse(secret.plaintext);
  return secret.value ?? "file.zip";
}

function typed(
  name: string,
  raw: unknown,
  type: AttributeType,
  properties: Record<string, Mapped>,
  path: string,
): Value {
  const input = plain(raw);
  if (input === null || input === undefined) return null;
  if (typeof input === "string" && input.includes(UNKNOWN)) return samples(name, type)[0];
  if (type === "string") return typeof input === "string" ? input : JSON.stringify(input);
  if (type === "number") return Number(input);
  if (type === "bool") return input === true || input === "true";
  const [kind, of] = type as [string, AttributeType];
  if (kind === "map") {
    const entries = Object.entries(input as Record<string, unknown>);
    return Object.fromEntries(
      entries.map(([key, one]) => [key, typed(name, one, of, properties, path)]),
    );
  }
  if (kind === "object") {
    const members = membersOf(type);
    const value: Fields = Object.fromEntries(Object.keys(members).map((member) => [member, null]));
    for (const [key, one] of Object.entries(input as Record<string, unknown>)) {
      const member = properties[`${path}.${key}`]?.terraform?.split(".").at(-1);
      const of = member === undefined ? undefined : members[member];
      if (of !== undefined) value[member!] = typed(member!, one, of, properties, `${path}.${key}`);
    }
    return value;
  }
  return (Array.isArray(input) ? input : [input]).map((one) =>
    typed(name, one, of, properties, path),
  );
}
