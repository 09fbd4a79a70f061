/** AWS's descriptions of its APIs, as the Python SDK brings them: what an operation takes, and what values may be. */
import type { SchemaNode } from "../published-schemas";

interface Shape {
  readonly type: string;
  readonly members?: Readonly<Record<string, { readonly shape: string }>>;
  readonly member?: { readonly shape: string };
  readonly required?: readonly string[];
  readonly enum?: readonly string[];
  readonly pattern?: string;
  readonly min?: number;
  readonly max?: number;
}

export interface Model {
  readonly operations: Readonly<Record<string, { readonly input?: { readonly shape: string } }>>;
  readonly shapes: Readonly<Record<string, Shape>>;
}

/** A value that an operation takes. */
export interface Place {
  /** The way to it; lists are looked through. */
  readonly names: readonly string[];
  /** How many of the names, from the first, every call must bring. */
  readonly required: number;
  readonly node: SchemaNode;
}

const DEPTH = 9;

/** All values that an operation takes; none for an operation that there is not. */
export function inputsOf(model: Model, operation: string): Place[] {
  const input = model.operations[operation]?.input;
  return input === undefined ? [] : inside(model, input.shape, { names: [], required: 0 }, []);
}

interface At {
  readonly names: readonly string[];
  readonly required: number;
}

function inside(model: Model, name: string, at: At, around: readonly string[]): Place[] {
  const shape = model.shapes[name]!;
  if (around.includes(name) || at.names.length > DEPTH) return [];
  const next = [...around, name];
  if (shape.type === "list") {
    const items = inside(model, shape.member!.shape, at, next);
    const { min, max } = shape;
    const own = bounds({ minItems: min, maxItems: max });
    // The items of a list of texts stand where the list stands.
    return items.map((one) =>
      one.names.length === at.names.length ? { ...one, node: { ...one.node, ...own } } : one,
    );
  }
  if (shape.type !== "structure") return [{ ...at, node: nodeOf(shape) }];
  return Object.entries(shape.members ?? {}).flatMap(([member, { shape: of }]) => {
    // A list that is wrapped, as CloudFront's are.
    const wrapped = member === "Items" && shape.members!["Quantity"] !== undefined;
    const names = wrapped ? at.names : [...at.names, member];
    const must = at.required === at.names.length && (shape.required?.includes(member) ?? false);
    const required = wrapped ? at.required : at.required + Number(must);
    return inside(model, of, { names, required }, next);
  });
}

function nodeOf({ type, enum: values, pattern, min, max }: Shape): SchemaNode {
  if (type === "string") {
    // The services hold the pattern against the whole value.
    const whole = pattern === undefined ? undefined : `^(?:${pattern})$`;
    return { type, ...bounds({ enum: values, pattern: whole, minLength: min, maxLength: max }) };
  }
  const number = ["integer", "long", "float", "double"].includes(type);
  return number ? { type: "number", ...bounds({ minimum: min, maximum: max }) } : { type };
}

function bounds(given: Record<string, unknown>): SchemaNode {
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}
