/**
 * What AWS and Terraform call the types and properties of @pulumi/aws: token-map.json, written by
 * generate/resource-schemas.ts. Paths look through lists: `rules.filter.prefix`, not `rules[0].filter.prefix`.
 */
import { entryOf } from "./entry-of";
import { readTable } from "./read-table";

interface TypeRow {
  /** AWS's type, as its resource schemas name it. */
  readonly aws?: string;
  /** Where in AWS's type the properties are, if not at its root. */
  readonly at?: string;
  /** Whether the resource is only a part of what AWS's type describes, as a bucket's versioning is. */
  readonly part?: boolean;
  /** Why AWS has no type for it. */
  readonly reason?: string;
  readonly terraform: string;
  readonly properties: Readonly<Record<string, Cell>>;
}

type Cell = readonly [aws: string | null, terraform: string | null, more?: More];

interface More {
  readonly reason?: string;
  readonly key?: string;
  readonly values?: Readonly<Record<string, string>>;
  /** Whether the provider takes no value here: AWS sets it, and the SDK lists it all the same. */
  readonly computed?: true;
}

/** The names of one property. */
export interface PropertyNames extends More {
  /** Path in AWS's type. Undefined where AWS has none, or we do not know it; `reason` says why. */
  readonly aws?: string;
  /** Path in Terraform's resource. */
  readonly terraform?: string;
}

interface TokenMap {
  readonly source: { readonly sdk: string; readonly provider: string; readonly schemas: string };
  readonly types: Readonly<Record<string, TypeRow>>;
}

let read: TokenMap | undefined;

/** The whole table, read when it is first asked. */
export function tokenMap(): TokenMap {
  read ??= readTable<TokenMap>("token-map.json");
  return read;
}

/** What is known of a type; undefined for tokens that we do not know. */
export function namesOfType(token: string): Omit<TypeRow, "properties"> | undefined {
  return tokenMap().types[token];
}

/** `rules[0].filter["prefix"]` -> `rules.filter.prefix`. */
export function plainPath(property: string): string {
  return property
    .replace(/\[(\d+|\*)\]/g, "")
    .replace(/\["?([^\]"]+)"?\]/g, ".$1")
    .replace(/\.(\d+|\*)(?=\.|$)/g, "")
    .replace(/^\./, "");
}

/**
 * What AWS and Terraform call a property. Of a key inside of a map (`tags.Owner`), the names of the map. Undefined for
 * types and properties that we do not know.
 */
export function namesOfProperty(token: string, property: string): PropertyNames | undefined {
  const properties = tokenMap().types[token]?.properties;
  if (properties === undefined) return undefined;
  const parts = plainPath(property).split(".");
  const cell = properties[parts.join(".")];
  if (cell !== undefined) {
    const [aws, terraform, more] = cell;
    return { ...more, ...(aws !== null && { aws }), ...(terraform !== null && { terraform }) };
  }
  const outer = parts.slice(0, -1).join(".");
  if (outer === "" || !Object.hasOwn(properties, outer)) return undefined;
  const inside = Object.keys(properties).some((name) => name.startsWith(`${outer}.`));
  return inside ? undefined : namesOfProperty(token, outer);
}

/** The outermost properties of the SDK that AWS knows by a name; none for types that we do not know. */
export function outerNamesOf(token: string, aws: string): string[] {
  const properties = entryOf(tokenMap().types, token)?.properties ?? {};
  return Object.keys(properties).filter(
    (name) => !name.includes(".") && properties[name]![0] === aws,
  );
}
