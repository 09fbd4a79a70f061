/** Values of a stack file that Pulumi reads as another type than they seem to have, as they have no quotes. */
import { isMap, isScalar, isSeq, Scalar } from "yaml";

/**
 * Days and times that go-yaml, with which Pulumi reads the file, makes a time of: the engine refuses it inside a
 * structured setting. Source: go-yaml v3, resolve.go, `allowedTimestampFormats`.
 */
const TIME =
  /^\d{4}-\d{1,2}-\d{1,2}(?:[Tt]\d{1,2}:\d{1,2}:\d{1,2}(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)| \d{1,2}:\d{1,2}:\d{1,2}(?:\.\d+)?)?$/;

/** Digits after a zero: go-yaml reads them as octal, or drops the zero. Source: go-yaml v3, resolve.go, `resolve`. */
const LEADING_ZERO = /^[+-]?0\d+$/;

/** What is wrong with the unquoted values of a structured setting. A setting of one value is passed as it is written. */
export function needQuotes(node: unknown, path: string): string[] {
  if (isMap(node)) {
    return node.items.flatMap(({ key, value }) => inside(value, `${path}.${String(key)}`));
  }
  return isSeq(node) ? node.items.flatMap((item, index) => inside(item, `${path}[${index}]`)) : [];
}

function inside(node: unknown, path: string): string[] {
  if (!isScalar(node)) return needQuotes(node, path);
  const text = node.source ?? "";
  if (node.type !== Scalar.PLAIN || !(TIME.test(text) || LEADING_ZERO.test(text))) return [];
  const read = TIME.test(text) ? "a time" : "another number";
  return [`${path}: expected "${text}" in quotes, got ${text}, which Pulumi reads as ${read}`];
}
