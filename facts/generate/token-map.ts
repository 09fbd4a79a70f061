/** Maps what the SDK calls a type and its properties to AWS's names and to Terraform's. */
import { type Node, type Published, propertiesOf } from "./aws-schemas";
import { matching } from "./names";
import { argumentsOf, type Shape } from "./sdk-shapes";
import { type AttributeType, type Block } from "./terraform-provider";

/** Where a type's names differ: see resource-types.json. */
export interface TypeRow {
  aws?: string;
  /** Where in AWS's type its properties are. */
  at?: string;
  /** Whether it is only a part of what AWS's type describes: a bucket's versioning, say. */
  part?: boolean;
  /** Why AWS has no type for it. */
  reason?: string;
  terraform: string;
}

/** Names that do not follow from each other: path of the SDK -> name of AWS or Terraform, or why there is none. */
export interface NameRow {
  aws?: string;
  terraform?: string;
  reason?: string;
  /** The entry of AWS's list of keys and values that it is. */
  key?: string;
  /** What AWS calls its values. */
  values?: Record<string, string>;
}

export type Names = Record<string, Record<string, NameRow>>;

/** A mapped property. `aws` is a path from AWS's type, lists looked through. */
export interface Mapped {
  aws?: string;
  terraform?: string;
  reason?: string;
  key?: string;
  values?: Record<string, string>;
  /** Whether the provider takes no value: AWS sets it. */
  computed?: true;
}

const TAGS = /^(tags|tagsAll)$/;

export interface Sources {
  types: Record<string, TypeRow>;
  names: Names;
  published: Published;
  blocks: Record<string, { block: Block }>;
}

/** All properties of a type, by the path that the SDK gives them (lists looked through). */
export function mapType(token: string, sources: Sources): Record<string, Mapped> {
  const shapes = argumentsOf(token);
  if (shapes === undefined) throw new Error(`@pulumi/aws has no ${token}`);
  const row = sources.types[token]!;
  const names = { ...sources.names["*"], ...sources.names[token] };
  const found: Record<string, Mapped> = {};
  const schema = row.aws === undefined ? undefined : sources.published.schema(row.aws);
  const aws = schema === undefined ? undefined : start(row, schema);
  const block = sources.blocks[row.terraform]?.block;
  const walk = (at: Record<string, Shape>, prefix: string, from: Place): void => {
    for (const [name, shape] of Object.entries(at)) {
      const path = prefix === "" ? name : `${prefix}.${name}`;
      const explicit = names[path] ?? {};
      const to: Place = {
        aws: awsPlace(name, explicit, from, row, schema),
        terraform: terraformPlace(name, explicit, from),
      };
      const mapped: Mapped = {};
      if (to.aws) mapped.aws = to.aws.path;
      if (to.terraform) mapped.terraform = to.terraform.path;
      if (explicit.reason !== undefined) mapped.reason = explicit.reason;
      if (explicit.key !== undefined) mapped.key = explicit.key;
      if (explicit.values !== undefined) mapped.values = explicit.values;
      // The SDK makes no argument of what its provider only computes, but lists it inside of one. An argument that only
      // the older provider computes can be set since.
      if (prefix !== "" && to.terraform?.computed) mapped.computed = true;
      found[path] = mapped;
      if (shape.properties) walk(shape.properties, path, to);
    }
  };
  walk(shapes, "", { aws, terraform: block && { path: "", block } });
  return found;
}

interface Place {
  aws?: { path: string; node: Node };
  terraform?: { path: string; block?: Block; type?: AttributeType; computed?: boolean };
}

function start(row: TypeRow, schema: Node): Place["aws"] {
  if (row.at === undefined) return { path: "", node: schema };
  const node = child(schema, row.at, schema);
  if (node === undefined) throw new Error(`${row.aws!} has no ${row.at}`);
  return { path: row.at, node };
}

function child(node: Node, path: string, schema: Node): Node | undefined {
  let at: Node | undefined = node;
  for (const name of path.split(".")) at = at && propertiesOf(at, schema)[name];
  return at;
}

function awsPlace(
  name: string,
  explicit: NameRow,
  from: Place,
  row: TypeRow,
  schema: Node | undefined,
): Place["aws"] {
  if (schema === undefined) return undefined;
  if (explicit.aws !== undefined) {
    // From the type's own root: a property may sit elsewhere in AWS's tree.
    const node = child(schema, explicit.aws, schema);
    if (node === undefined) throw new Error(`${row.aws!} has no ${explicit.aws}`);
    return { path: explicit.aws, node };
  }
  if (explicit.reason !== undefined || from.aws === undefined) return undefined;
  const wanted = TAGS.test(name) ? "Tags" : name;
  const outermost = from.aws.path === (row.at ?? "");
  const places = [from.aws];
  // Some properties stand beside that part: tags, and what names the whole.
  if (outermost && row.at !== undefined) places.push({ path: "", node: schema });
  for (const { path, node } of places) {
    const known = propertiesOf(node, schema);
    const owner = outermost ? row.aws!.split("::")[2] : undefined;
    const found = matching(wanted, Object.keys(known), owner);
    if (found !== undefined) {
      return { path: path === "" ? found : `${path}.${found}`, node: known[found]! };
    }
  }
  return undefined;
}

function terraformPlace(name: string, explicit: NameRow, from: Place): Place["terraform"] {
  const at = from.terraform;
  if (at === undefined) return undefined;
  const attributes = { ...at.block?.attributes };
  const blocks = at.block?.block_types ?? {};
  const members = membersOf(at.type);
  const known = [...Object.keys(blocks), ...Object.keys(attributes), ...Object.keys(members)];
  const found = explicit.terraform ?? matching(name, known);
  if (found === undefined || !known.includes(found)) return undefined;
  const path = at.path === "" ? found : `${at.path}.${found}`;
  if (Object.hasOwn(blocks, found)) return { path, block: blocks[found]!.block };
  const attribute = attributes[found];
  const computed = attribute?.computed === true && !attribute.optional;
  const nested = attribute?.nested_type;
  if (nested) return { path, computed, block: { attributes: nested.attributes } };
  return { path, computed, type: attribute?.type ?? members[found] };
}

/** The members of an object type, or of a list of objects. */
export function membersOf(type: AttributeType | undefined): Record<string, AttributeType> {
  if (!Array.isArray(type)) return {};
  if (type[0] === "object") return type[1] as Record<string, AttributeType>;
  return membersOf(type[1] as AttributeType);
}
