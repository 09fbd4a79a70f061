/** AWS's published resource schemas, as the Python package cfn-lint ships them. */
import * as fs from "node:fs";
import * as path from "node:path";

/** A part of a schema: the keywords of JSON Schema that AWS uses, and cfn-lint's additions. */
export interface Node {
  $ref?: string;
  type?: string | string[];
  properties?: Record<string, Node>;
  patternProperties?: Record<string, Node>;
  items?: Node;
  definitions?: Record<string, Node>;
  enum?: unknown[];
  const?: unknown;
  required?: string[];
  oneOf?: Node[];
  anyOf?: Node[];
  allOf?: Node[];
  [keyword: string]: unknown;
}

/** The schemas of one region, read from the package's folder. */
export class Published {
  /** When the schemas were taken from AWS. */
  readonly date: string;
  readonly version: string;
  private readonly index: Record<string, string>;

  constructor(private readonly folder: string) {
    const schemas = path.join(folder, "data", "schemas");
    this.index = read(path.join(schemas, "providers", "us-east-1.json"));
    this.date = read<{ schema_date: string }>(path.join(schemas, "version.json")).schema_date;
    this.version = /__version__ = "([^"]+)"/.exec(
      fs.readFileSync(path.join(folder, "version.py"), "utf8"),
    )![1]!;
  }

  has(type: string): boolean {
    return Object.hasOwn(this.index, type);
  }

  schema(type: string): Node {
    return read(
      path.join(this.folder, "data", "schemas", "resources", `${this.index[type]!}.json`),
    );
  }
}

function read<T>(file: string): T {
  return JSON.parse(fs.readFileSync(file, "utf8")) as T;
}

/** What a node is about: the definition that it refers to, and of a list what is in it. */
export function resolve(node: Node, schema: Node): Node {
  let at = node;
  for (let i = 0; i < 20; i++) {
    if (at.$ref !== undefined) at = definition(at.$ref, schema);
    else if (at.items !== undefined) at = at.items;
    else return at;
  }
  return at;
}

/** `#/definitions/Tag` -> that part of the schema. */
export function definition(reference: string, schema: Node): Node {
  let at: unknown = schema;
  for (const part of reference.split("/").slice(1)) {
    at = (at as Record<string, unknown> | undefined)?.[part];
  }
  if (at === undefined) throw new Error(`${String(schema["typeName"])} has no ${reference}`);
  return at as Node;
}

/** The properties of a node, those of its alternatives included. */
export function propertiesOf(node: Node, schema: Node): Record<string, Node> {
  const own = resolve(node, schema);
  const found: Record<string, Node> = {};
  for (const alternative of [...(own.oneOf ?? []), ...(own.anyOf ?? []), ...(own.allOf ?? [])]) {
    Object.assign(found, propertiesOf(alternative, schema));
  }
  return Object.assign(found, own.properties ?? {});
}
