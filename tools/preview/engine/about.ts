/** `about.json`: what a program says of itself that none of its resources tells, beside its stack files. */
import * as path from "node:path";
import { ADVISED, type About } from "../../../analysis/about";
import { isRecord } from "../../../analysis/properties";
import { SCENARIOS } from "../../../analysis/recovery/data-stores";
import { NEEDS } from "../../../facts/control-planes";
import { expectedText } from "../../../facts/problem-text";
import { parsed, refuse } from "./own-file";

/** What is wrong with a value; undefined where nothing is. */
type Expected = (value: unknown) => string | undefined;

const text: Expected = (value) =>
  typeof value === "string" && value !== "" ? undefined : "a text that is not empty";

const scenarios: Expected = (value) =>
  Array.isArray(value) && value.every((one) => SCENARIOS.includes(one as never))
    ? undefined
    : `a list of ${SCENARIOS.join(", ")}`;

const bag: Expected = (value) => (isRecord(value) ? undefined : "an object");

const SECTIONS: Readonly<Record<keyof About, Expected>> = {
  buckets: (value) => (Array.isArray(value) ? undefined : "a list"),
  recoveryStack: text,
  ...{ lostWithTheRegion: bag, advice: bag, needs: bag, policies: bag, changes: bag },
};

const BUCKET: Readonly<Record<string, Expected>> = {
  word: text,
  scenarios,
  reason: (value) => (value === undefined ? undefined : text(value)),
};

/** Reads the file. Throws one error with all problems of the file. */
export function readAbout(file: string): About {
  const name = path.basename(file);
  const document = parsed(file, name);
  refuse(problemsOf(document).map((problem) => `${name}: ${problem}`));
  return document as About;
}

function problemsOf(document: unknown): string[] {
  if (!isRecord(document)) return [expectedText("the file", "an object", document)];
  const { buckets = [], lostWithTheRegion, advice, needs, policies, changes } = document;
  return [
    ...problemsIn(document, SECTIONS, ""),
    ...(Array.isArray(buckets) ? buckets : []).flatMap((bucket: unknown, index) =>
      problemsIn(bucket, BUCKET, `buckets[${index}]`, Object.keys(BUCKET)),
    ),
    ...problemsIn(lostWithTheRegion, text, "lostWithTheRegion"),
    ...problemsIn(advice, Object.fromEntries(ADVISED.map((kind) => [kind, text])), "advice"),
    ...problemsIn(policies, text, "policies"),
    ...problemsIn(changes, text, "changes"),
    ...problemsIn(needs, Object.fromEntries(NEEDS.map(({ what }) => [what, text])), "needs"),
  ];
}

/** Problems of an object's entries: of each by its name, or of all alike. `required` are looked at even where absent. */
function problemsIn(
  value: unknown,
  expected: Expected | Readonly<Record<string, Expected>>,
  where: string,
  required: readonly string[] = [],
): string[] {
  if (!isRecord(value)) return where.includes("[") ? [expectedText(where, "an object", value)] : [];
  const at = (key: string) => (where === "" ? key : `${where}.${key}`);
  return [...new Set([...required, ...Object.keys(value)])].flatMap((key) => {
    const problem =
      typeof expected === "function"
        ? expected(value[key])
        : Object.hasOwn(expected, key)
          ? expected[key]!(value[key])
          : `one of ${Object.keys(expected).join(", ")}`;
    return problem === undefined ? [] : [expectedText(at(key), problem, value[key])];
  });
}
