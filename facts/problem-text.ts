/** The text of an error about a value: the same words in every layer. */
import { nearest } from "./nearest";

/** `crm:database` and `["zones", 0]` make `crm:database.zones[0]`. */
export function keyAt(key: string, path: readonly PropertyKey[]): string {
  return path.reduce<string>((joined, part) => {
    if (typeof part === "number") {
      return `${joined}[${part}]`;
    }
    return joined === "" || joined.endsWith(":")
      ? joined + String(part)
      : `${joined}.${String(part)}`;
  }, key);
}

/** The value at a path; undefined where there is none. */
export function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (inner, part) => (inner as Record<PropertyKey, unknown> | null | undefined)?.[part],
    value,
  );
}

/** A value as an error shows it: JSON, or `nothing`. */
export function shownValue(value: unknown): string {
  return JSON.stringify(value) ?? "nothing";
}

/** `<key>: expected <what>, got <value>`. */
export function expectedText(key: string, expected: string, got: unknown): string {
  return `${key}: expected ${expected}, got ${shownValue(got)}`;
}

/** All that is wrong at a place: a file, a configuration. */
export function problemsText(place: string, problems: readonly string[]): string {
  const count = problems.length === 1 ? "one problem" : `${problems.length} problems`;
  return `${place} has ${count}:${problems.map((problem) => `\n  ${problem}`).join("")}`;
}

/** Known names or keys that an error lists at most. */
export const LISTED = 30;

/** `. Did you mean auth?` where a known name is near, else nothing. */
export function meantText(name: string, known: readonly string[]): string {
  const meant = nearest(name, known);
  return meant === undefined ? "" : `. Did you mean ${meant}?`;
}

/** Of a key that is not known: which one was probably meant, after `prefix`, or all if there are few. */
export function unknownKeyText(
  key: string,
  name: string,
  known: readonly string[],
  prefix: string,
): string {
  const meant = nearest(name, known);
  const hint =
    meant !== undefined
      ? ` Did you mean ${prefix}${meant}?`
      : known.length > 0 && known.length <= LISTED
        ? ` The keys here are ${known.join(", ")}.`
        : "";
  return `${key}: there is no such key.${hint}`;
}
