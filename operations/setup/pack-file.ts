/** Changes of the policy pack's configuration as text: what is not changed stays byte by byte. */
import { isMap, isScalar, parseDocument } from "yaml";

/** Where a rule's settings stand in a configuration, from the quote of its name to the end of its value. */
export interface Place {
  readonly value: object;
  readonly start: number;
  readonly end: number;
}

/** The rules that a configuration has settings of, by name. */
export function rulesOf(text: string): ReadonlyMap<string, Place> {
  const { contents } = parseDocument(text);
  const found = new Map<string, Place>();
  for (const { key, value } of isMap(contents) ? contents.items : []) {
    if (!isScalar(key) || !isMap(value)) continue;
    found.set(String(key.value), {
      value: value.toJSON() as object,
      start: key.range[0],
      end: value.range[1],
    });
  }
  return found;
}

/** A configuration with more settings of a rule, before those that it has. Rules stand in the order of their names; every other byte stays. */
export function withSettings(text: string, rule: string, settings: object): string {
  const lines = JSON.stringify({ [rule]: settings }, null, 2)
    .split("\n")
    .slice(1, -1);
  const there = rulesOf(text).get(rule);
  if (there !== undefined) {
    const begin = text.indexOf("{", there.start) + 1;
    const end = Object.keys(there.value).length > 0 ? "," : "\n  ";
    return `${text.slice(0, begin)}\n${lines.slice(1, -1).join("\n")}${end}${text.slice(begin)}`;
  }
  const added = lines.join("\n").trimStart();
  const places = [...rulesOf(text)];
  const next = places.find(([name]) => name > rule)?.[1];
  if (next !== undefined)
    return `${text.slice(0, next.start)}${added},\n  ${text.slice(next.start)}`;
  const last = places.at(-1)?.[1];
  return last === undefined
    ? `{\n  ${added}\n}\n`
    : `${text.slice(0, last.end)},\n  ${added}${text.slice(last.end)}`;
}

/** A configuration without a rule's settings. */
export function withoutRule(text: string, { start, end }: Place): string {
  const [before, after] = [text.slice(0, start), text.slice(end)];
  return /^\s*,/.test(after)
    ? before + after.replace(/^\s*,\s*/, "")
    : before.replace(/,\s*$/, "") + after;
}
