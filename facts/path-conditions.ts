/**
 * What one rule of an Application Load Balancer compares a path with. A service's traffic is shifted by one rule, so all of its
 * paths have to be in it: more than three of them as regular expressions.
 */
import type { Fact } from "./fact";

/** Strings of one condition and of a whole rule, and characters of each, whether pattern or regular expression. */
export const PATH_CONDITION = {
  strings: 3,
  ruleStrings: 5,
  characters: 128,
  source:
    "https://docs.aws.amazon.com/elasticloadbalancing/latest/application/rule-condition-types.html",
  asOf: "2026-11-28",
} as const satisfies Fact & Record<string, unknown>;

/** Values of a condition on the path: one of both, never both. */
export interface PathCondition {
  readonly values?: readonly string[];
  readonly regexValues?: readonly string[];
}

/**
 * The condition for path patterns, in which `*` stands for any characters and `?` for one; undefined where they do not fit.
 *
 * @param strings that the condition may have, for the rule's other conditions have some as well
 */
export function pathCondition(
  patterns: readonly string[],
  strings: number = PATH_CONDITION.strings,
): { values: string[] } | { regexValues: string[] } | undefined {
  const { characters } = PATH_CONDITION;
  if (patterns.some(({ length }) => length > characters)) return undefined;
  if (patterns.length <= strings) return { values: [...patterns] };
  const groups: string[] = [];
  for (const pattern of patterns) {
    const joined = groups.length === 0 ? undefined : `${groups.at(-1)}|${regexOf(pattern)}`;
    if (joined !== undefined && whole(joined).length <= characters) groups.splice(-1, 1, joined);
    else groups.push(regexOf(pattern));
  }
  const regexValues = groups.map(whole);
  return regexValues.length <= strings && regexValues.every(({ length }) => length <= characters)
    ? { regexValues }
    : undefined;
}

/** The path patterns of a condition that `pathCondition` made, or of any with patterns. */
export function pathPatterns({ values = [], regexValues = [] }: PathCondition): string[] {
  const written = regexValues.flatMap((regex) => regex.slice("^(".length, -")$".length).split("|"));
  return [
    ...values,
    ...written.map((one) =>
      one.replace(/\\\.|\.\*|\./g, (part) => (part === "\\." ? "." : part === ".*" ? "*" : "?")),
    ),
  ];
}

/**
 * Whether one pattern matches every path that another matches: it has what the other has, or a wildcard there. A `?` stands
 * for one character, which a `*` may not have.
 */
export function coversPaths(outer: string, inner: string): boolean {
  let [at, reached] = [0, 0];
  // The last wildcard, and how much of the other pattern it has taken: no regular expression, which may try for minutes.
  let star: { at: number; reached: number } | undefined;
  while (reached < inner.length) {
    const [part, other] = [outer[at], inner[reached]];
    if (part === "*") {
      star = { at, reached };
      at += 1;
    } else if (part === other || (part === "?" && other !== "*")) {
      [at, reached] = [at + 1, reached + 1];
    } else if (star !== undefined) {
      star.reached += 1;
      [at, reached] = [star.at + 1, star.reached];
    } else {
      return false;
    }
  }
  return /^\**$/.test(outer.slice(at));
}

/** Of what a path may hold, only the dot means something else in a regular expression. */
function regexOf(pattern: string): string {
  return pattern.replaceAll(".", "\\.").replaceAll("?", ".").replaceAll("*", ".*");
}

function whole(alternatives: string): string {
  return `^(${alternatives})$`;
}
