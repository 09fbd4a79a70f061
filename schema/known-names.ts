/** Names that every JavaScript object has: a lookup of such a name would find a value that the stack file does not have. */
import { shownValue } from "../facts/problem-text";
import type { ConfigProblem } from "./problems";

const KNOWN = new Set(Object.getOwnPropertyNames(Object.prototype));

/** Keys at any depth that are such names, as problems; `key` leads to the value. */
export function knownNames(value: unknown, key: string): ConfigProblem[] {
  return entriesOf(value).flatMap(([name, item]) => {
    const at = Array.isArray(value)
      ? `${key}[${name}]`
      : key.endsWith(":")
        ? key + name
        : `${key}.${name}`;
    return KNOWN.has(name) && !Array.isArray(value)
      ? [
          {
            key: at,
            message: `${at}: expected a name that is not a built-in property of JavaScript objects, got ${shownValue(name)}`,
          },
        ]
      : knownNames(item, at);
  });
}

/** The value without such keys; the value itself where it has none. */
export function withoutKnownNames(value: unknown): unknown {
  if (knownNames(value, "").length === 0) {
    return value;
  }
  return Array.isArray(value)
    ? value.map(withoutKnownNames)
    : Object.fromEntries(
        entriesOf(value)
          .filter(([name]) => !KNOWN.has(name))
          .map(([name, item]) => [name, withoutKnownNames(item)]),
      );
}

function entriesOf(value: unknown): [string, unknown][] {
  return typeof value === "object" && value !== null
    ? Object.entries(value as Record<string, unknown>)
    : [];
}
