import { Struct } from "google-protobuf/google/protobuf/struct_pb";

import {
  type PropertyBag,
  RESOURCE_SIGNATURE,
  SECRET_SIGNATURE,
  SIGNATURE,
  UNKNOWN,
} from "./model";

/** Signature of a value that carries its dependencies (inputs of remote components). */
const OUTPUT_SIGNATURE = "d0e6a833031e9bbcd3f4e8bde6ca49a4";

/** What a secret looks like wherever it is shown. */
export const REDACTED = "[secret]";

type Shape = Record<string, unknown>;

function isShape(value: unknown): value is Shape {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** True for a value that is not known before the resource exists. Looks through a secret. */
export function isUnknown(value: unknown): boolean {
  return value === UNKNOWN || (isSecret(value) && isUnknown(value.value));
}

/** True for a secret in the form in which Pulumi sends it. */
export function isSecret(value: unknown): value is { value: unknown } {
  return isShape(value) && value[SIGNATURE] === SECRET_SIGNATURE;
}

/** True for a secret, an asset or an archive: a value as a whole, with any content. */
export function isWhole(value: object): boolean {
  return [SIGNATURE, "__pulumiAsset", "__pulumiArchive"].some((mark) => Object.hasOwn(value, mark));
}

/** Marks a value as secret; a secret stays what it is. */
export function secret(value: unknown): Shape {
  return isSecret(value) ? value : { [SIGNATURE]: SECRET_SIGNATURE, value };
}

function mapValue(value: unknown, change: (value: unknown) => unknown): unknown {
  if (Array.isArray(value)) return value.map(change);
  if (isShape(value)) {
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, change(item)]));
  }
  return value;
}

/** The value without its secret markers: for computing with it, never for printing. */
export function reveal(value: unknown): unknown {
  return isSecret(value) ? reveal(value.value) : mapValue(value, reveal);
}

/** The value with every secret replaced by {@link REDACTED}: for printing. */
export function redact(value: unknown): unknown {
  return isSecret(value) ? REDACTED : mapValue(value, redact);
}

/** True if anything in the value is a secret. */
export function containsSecret(value: unknown): boolean {
  if (isSecret(value)) return true;
  return typeof value === "object" && value !== null && Object.values(value).some(containsSecret);
}

/** True if anything in the value is a secret of which something is known: neither unknown nor redacted. */
export function containsKnownSecret(value: unknown): boolean {
  if (isSecret(value)) return isKnown(value.value);
  return (
    typeof value === "object" && value !== null && Object.values(value).some(containsKnownSecret)
  );
}

function isKnown(value: unknown): boolean {
  if (isSecret(value)) return isKnown(value.value);
  if (typeof value === "object" && value !== null) return Object.values(value).some(isKnown);
  return value !== UNKNOWN && value !== REDACTED && value !== null && value !== undefined;
}

/** True if anything in the value is unknown. */
export function containsUnknown(value: unknown): boolean {
  if (value === UNKNOWN) return true;
  if (Array.isArray(value)) return value.some(containsUnknown);
  return isShape(value) && Object.values(value).some(containsUnknown);
}

/**
 * Brings a value that the program sent into the form that the plan holds:
 *  - a text into which the program has worked an unknown value (an encrypted setting, which stands for
 *    itself as the unknown marker) is unknown as a whole;
 *  - a value with dependencies becomes the plain value, its dependencies go to `dependencies`;
 *  - a reference to a resource becomes its id, as a provider receives it, or its URN if it has none.
 *
 * @param dependencies collects the URNs that values with dependencies, and references, name
 */
export function fromWire(value: unknown, dependencies?: Set<string>): unknown {
  if (typeof value === "string") return value.includes(UNKNOWN) ? UNKNOWN : value;
  if (!isShape(value)) return mapValue(value, (item) => fromWire(item, dependencies));
  switch (value[SIGNATURE]) {
    case OUTPUT_SIGNATURE: {
      for (const urn of (value.dependencies as string[] | undefined) ?? []) dependencies?.add(urn);
      const inner = "value" in value ? fromWire(value.value, dependencies) : UNKNOWN;
      return value.secret === true ? secret(inner) : inner;
    }
    case RESOURCE_SIGNATURE:
      dependencies?.add(String(value.urn));
      if (!("id" in value)) return value.urn;
      return value.id === "" ? UNKNOWN : fromWire(value.id);
    case SECRET_SIGNATURE:
      return secret(fromWire(value.value, dependencies));
    default:
      return mapValue(value, (item) => fromWire(item, dependencies));
  }
}

/** {@link fromWire} for a whole bag; properties without a value are left out. */
export function bagFromWire(
  bag: Shape | undefined,
  dependencies: (property: string) => Set<string> | undefined = () => undefined,
): PropertyBag {
  const given = Object.entries(bag ?? {}).filter(([, value]) => value !== undefined);
  return Object.fromEntries(
    given.map(([property, value]) => [property, fromWire(value, dependencies(property))]),
  );
}

/** Text of a plain value; nothing for a structure or no value. */
export function scalarText(value: unknown): string {
  if (typeof value === "string") return value;
  return typeof value === "number" || typeof value === "boolean" ? String(value) : "";
}

/** The message that carries a bag. */
export function toStruct(bag: PropertyBag): Struct {
  // The bag holds values from a Struct, or our own JSON: the type requires no more.
  return Struct.fromJavaScript(bag as Parameters<typeof Struct.fromJavaScript>[0]);
}
