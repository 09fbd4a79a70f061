/**
 * A first try without a domain: its setting is taken out of the stack's file, and the pack's configuration gets the
 * exceptions of examples/no-domain, each with its reason and its last day. A domain later takes their place.
 */
import { isDeepStrictEqual } from "node:util";

import { type Document, isScalar, isMap, type Pair, parse, type Scalar } from "yaml";

import { type Changes, exampleText } from "../example";
import { rulesOf, withoutRule, withSettings } from "./pack-file";
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
    if ([...former].some((name) => own(name) === now)) removeDomain(document);
  } else if (now === undefined && former.has(NONE)) {
    pairsOf(document)?.unshift(document.createPair("domain", own(domain)));
  }
}

/** The settings beside the domain, which is the first of them. */
function pairsOf(document: Document): Pair[] | undefined {
  const section = document.getIn(DOMAIN.slice(0, -1));
  return isMap(section) ? section.items : undefined;
}

/** Takes the domain out; the next setting gets the comments of its line. */
function removeDomain(document: Document): void {
  const pairs = pairsOf(document) ?? [];
  const at = pairs.findIndex(({ key }) => isScalar(key) && key.value === "domain");
  const [removed] = pairs.splice(at, 1) as [Pair<Scalar, Scalar>];
  const next = pairs[at]?.key;
  const comments = [removed.key.commentBefore, removed.value?.comment];
  if (isScalar(next)) {
    next.commentBefore = [...comments, next.commentBefore].filter(Boolean).join("\n") || undefined;
  }
}

/** What the pack has to let pass of a stack without a domain, by the rule's name. */
function exceptions(owner: string): ReadonlyMap<string, object> {
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
    const there = rulesOf(changed).get(rule);
    if (!stackHasDomain && domain === NONE && there === undefined) {
      changed = withSettings(changed, rule, settings);
    }
    if (stackHasDomain && there !== undefined && isDeepStrictEqual(there.value, settings)) {
      changed = withoutRule(changed, there);
    }
  }
  return changed;
}
