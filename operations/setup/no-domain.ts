/**
 * A first try without a domain: its setting is taken out of the stack's file, and the pack's configuration gets the
 * exceptions of examples/no-domain, each with its reason and its last day. A domain later takes their place.
 */
import { isDeepStrictEqual } from "node:util";

import { type Document, isMap, isScalar, parse, parseDocument } from "yaml";

import { type Changes, exampleText } from "../example";
import { isMain, type StackSettings } from "./present";
import { type Answers, NONE } from "./questions";

/** Where a stack file has its domain. */
export const DOMAIN = ["config", "crm:edge", "domain"];

export const hasDomain = (document: Document): boolean => document.hasIn(DOMAIN);

/** Takes a former domain out, or puts the first one in. */
export function setDomain(
  document: Document,
  stack: string,
  config: StackSettings,
  { former, domain }: { readonly former: ReadonlySet<string>; readonly domain: string },
): void {
  const own = (name: string) => (isMain(config) ? name : `${stack}.${name}`);
  const now = document.getIn(DOMAIN);
  if (domain === NONE) {
    if ([...former].some((name) => own(name) === now)) document.deleteIn(DOMAIN);
  } else if (now === undefined && former.has(NONE)) {
    document.setIn(DOMAIN, own(domain));
  }
}

/** What the pack has to let pass of a stack without a domain, by the rule's name. */
function exceptions(owner: string): ReadonlyMap<string, unknown> {
  const { policies = {} } = parse(exampleText("no-domain")) as Changes;
  return new Map(
    Object.entries(policies as Record<string, { exemptions: readonly object[] }>).map(
      ([rule, { exemptions }]) => [
        rule,
        { exemptions: exemptions.map((one) => ({ ...one, owner })) },
      ],
    ),
  );
}

/**
 * The pack's configuration of a stack: with these exceptions where no domain was the answer, without them where it has one. What
 * a rule has been told otherwise stays.
 */
export function packTextFor(
  text: string,
  stackHasDomain: boolean,
  { domain, team }: Pick<Answers, "domain" | "team">,
): string {
  let changed = text;
  for (const [rule, settings] of exceptions(team)) {
    const there = placesIn(changed).get(rule);
    if (!stackHasDomain && domain === NONE && there === undefined) {
      changed = withRule(changed, rule, settings);
    }
    if (stackHasDomain && there !== undefined && isDeepStrictEqual(there.value, settings)) {
      changed = withoutRule(changed, there);
    }
  }
  return changed;
}

/** Where a rule's settings stand in a configuration, from the quote of its name to the end of its value. */
interface Place {
  readonly value: unknown;
  readonly start: number;
  readonly end: number;
}

function placesIn(text: string): ReadonlyMap<string, Place> {
  const { contents } = parseDocument(text);
  const found = new Map<string, Place>();
  for (const { key, value } of isMap(contents) ? contents.items : []) {
    if (!isScalar(key) || !isMap(value)) continue;
    found.set(String(key.value), {
      value: value.toJSON() as unknown,
      start: key.range[0],
      end: value.range[1],
    });
  }
  return found;
}

/** Rules stand in the order of their names; every other byte stays. */
function withRule(text: string, rule: string, settings: unknown): string {
  const lines = JSON.stringify({ [rule]: settings }, null, 2)
    .split("\n")
    .slice(1, -1);
  const added = lines.join("\n").trimStart();
  const places = [...placesIn(text)];
  const next = places.find(([name]) => name > rule)?.[1];
  if (next !== undefined)
    return `${text.slice(0, next.start)}${added},\n  ${text.slice(next.start)}`;
  const last = places.at(-1)?.[1];
  return last === undefined
    ? `{\n  ${added}\n}\n`
    : `${text.slice(0, last.end)},\n  ${added}${text.slice(last.end)}`;
}

function withoutRule(text: string, { start, end }: Place): string {
  const [before, after] = [text.slice(0, start), text.slice(end)];
  return /^\s*,/.test(after)
    ? before + after.replace(/^\s*,\s*/, "")
    : before.replace(/,\s*$/, "") + after;
}
