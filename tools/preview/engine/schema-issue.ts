/** What a JSON schema accepts where it refuses a value, as a phrase; zod's own text is for programmers. */
import type { core } from "zod";

import { entryOf } from "../../../facts/entry-of";
import { PATTERN_PHRASES } from "../../../policy-pack/exemptions";

type Issue = core.$ZodIssue;

const TYPES: Readonly<Record<string, string>> = {
  string: "a text",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
  array: "a list",
  object: "a group of settings",
  record: "a group of settings",
  null: "null",
  nonoptional: "a value",
};

/** Names of types of values that have a size, and what the size counts. */
const SIZES: Readonly<Record<string, readonly [what: string, unit: string]>> = {
  string: ["a text", "character"],
  array: ["a list", "item"],
  int: ["a whole number", ""],
};

function matching(pattern: string): string {
  return entryOf(PATTERN_PHRASES, pattern) ?? `a text that matches ${pattern}`;
}

/** `a whole number of at least 1`; `whole`: whether the schema asks for an integer. */
export function acceptedBy(issue: Issue, whole = false): string {
  switch (issue.code) {
    case "invalid_type":
      return TYPES[issue.expected] ?? issue.expected;
    case "invalid_value": {
      const values = issue.values.map((value) => JSON.stringify(value));
      return values.length === 1 ? values[0]! : `one of ${values.join(", ")}`;
    }
    case "too_small":
      return sized(issue, issue.inclusive === false ? "more than" : "at least", issue.minimum);
    case "too_big":
      return sized(issue, issue.inclusive === false ? "less than" : "at most", issue.maximum);
    case "not_multiple_of":
      return `a multiple of ${issue.divisor}`;
    case "invalid_format":
      return issue.format === "regex"
        ? matching((issue.pattern ?? "").replace(/^\/(.*)\/\w*$/s, "$1"))
        : `a text in the format ${issue.format}`;
    case "invalid_union": {
      const all = issue.errors.map((errors) => errors.map((one) => acceptedBy(one)).join(" and "));
      return [...new Set(all)].join(" or ");
    }
    case "custom":
    case "invalid_element":
    case "invalid_key":
    case "unrecognized_keys":
      return `what the schema accepts (${issue.message})`;
  }

  function sized({ origin }: { origin: string }, bound: string, size: number | bigint): string {
    const [what, unit] = SIZES[whole ? "int" : origin] ?? ["a number", ""];
    const counted = size === 1 ? `one ${unit}` : `${size} ${unit}s`;
    return `${what} of ${bound} ${unit === "" ? size : counted}`;
  }
}
