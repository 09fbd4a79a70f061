/** Changes of the policy pack's configuration as text: what is not changed stays byte by byte. */
import { isMap, isNode, isScalar, parseDocument } from "yaml";

/** Where a rule's settings, or its level alone, stand in a configuration: from the quote of its name to the end of its value. */
export interface Place {
  readonly value: unknown;
  readonly start: number;
  /** Where the value begins. */
  readonly from: number;
  readonly end: number;
}

/** The rules that a configuration has settings or a level of, by name. */
export function rulesOf(text: string): ReadonlyMap<string, Place> {
  const { contents } = parseDocument(text);
  const found = new Map<string, Place>();
  for (const { key, value } of isMap(contents) ? contents.items : []) {
    if (!isScalar(key) || !isNode(value)) continue;
    const [from, end] = value.range;
    found.set(String(key.value), { value: value.toJSON(), start: key.range[0], from, end });
  }
  return found;
}

/**
 * A configuration with more settings of a rule, before those that it has. A level alone becomes the first of them. Rules stand in the
 * order of their names; every other byte stays.
 */
export function withSettings(text: string, rule: string, settings: object): string {
  const places = rulesOf(text);
  const there = places.get(rule);
  if (typeof there?.value === "string") {
    const value = valueText({ enforcementLevel: there.value, ...settings });
    return text.slice(0, there.from) + value + text.slice(there.end);
  }
  const value = valueText(settings);
  if (there !== undefined) {
    const begin = there.from + 1;
    const end = Object.keys(there.value as object).length > 0 ? "," : "\n  ";
    const inside = value.split("\n").slice(1, -1).join("\n");
    return `${text.slice(0, begin)}\n${inside}${end}${text.slice(begin)}`;
  }
  const added = `"${rule}": ${value}`;
  const all = [...places];
  const next = all.find(([name]) => name > rule)?.[1];
  if (next !== undefined)
    return `${text.slice(0, next.start)}${added},\n  ${text.slice(next.start)}`;
  const last = all.at(-1)?.[1];
  return last === undefined
    ? `{\n  ${added}\n}\n`
    : `${text.slice(0, last.end)},\n  ${added}${text.slice(last.end)}`;
}

/** Settings as a rule has them, a level deep in the file. */
function valueText(settings: object): string {
  return JSON.stringify(settings, null, 2).replaceAll("\n", "\n  ");
}

/** A configuration without a rule's settings. */
export function withoutRule(text: string, { start, end }: Place): string {
  const [before, after] = [text.slice(0, start), text.slice(end)];
  return /^\s*,/.test(after)
    ? before + after.replace(/^\s*,\s*/, "")
    : before.replace(/,\s*$/, "") + after;
}
