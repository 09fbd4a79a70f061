/**
 * What replaces a resource: the provider's own answers, property by property (replacements.json, written by
 * generate/replacements.ts), corrected where the version that the SDK wraps is documented to do otherwise
 * (replacement-conditions.json), with AWS's schema as the second witness.
 */

import { entryOf } from "./entry-of";
import type { Fact } from "./fact";
import { constraintOf } from "./published-schemas";
import { readTable } from "./read-table";
import { namesOfProperty, plainPath } from "./type-names";

export type Verdict = "replaces" | "in-place" | "may-replace" | "unknown";

/** What happens when one property changes. */
export interface Replacement {
  readonly verdict: Verdict;
  /** Of `may-replace`: on what it depends. */
  readonly condition?: string;
  /** Who says so. */
  readonly source: string;
}

interface Row {
  /** The property that Pulumi makes up when a program leaves it out. */
  readonly named?: string;
  readonly deleteFirst?: true;
  readonly replaces: readonly string[];
  readonly inPlace: readonly string[];
  readonly mayReplace: Readonly<Record<string, string>>;
}

interface Table {
  readonly source: { readonly provider: string; readonly sdk: string; readonly date: string };
  readonly types: Readonly<Record<string, Row>>;
}

/** What the provider's documentation or release notes say. */
export interface Documented extends Replacement, Fact {
  readonly token: string;
  readonly property: string;
}

let read: Table | undefined;
let documented: readonly Documented[] | undefined;

/** The whole table, read when it is first asked. */
export function replacements(): Table {
  read ??= readTable<Table>("replacements.json");
  return read;
}

/** The rows that were written by hand. */
export function documentedReplacements(): readonly Documented[] {
  documented ??= readTable<{ conditions: Documented[] }>("replacement-conditions.json").conditions;
  return documented;
}

const REGION: Replacement = {
  verdict: "may-replace",
  condition: "in place between no region and the provider's own, replaced on any other change",
  source:
    "https://github.com/hashicorp/terraform-provider-aws/blob/main/internal/provider/sdkv2/region.go, forceNewIfRegionChanges",
};

/**
 * What the provider does when a property changes. A key inside of a map (`tags.Owner`) counts as the map. A property that
 * the provider was not or could not be asked about is `unknown`, never guessed from its neighbours.
 */
export function replacement(token: string, property: string): Replacement {
  const own = plainPath(property);
  const written = documentedReplacements().find(
    (one) => one.token === token && isOf(one.property, own),
  );
  if (written !== undefined) {
    const { verdict, condition, source } = written;
    return { verdict, ...(condition !== undefined && { condition }), source };
  }
  return asked(token, own);
}

/** `rules.*` is a property with everything in it. */
function isOf(pattern: string, property: string): boolean {
  const whole = pattern.endsWith(".*") ? pattern.slice(0, -2) : undefined;
  return (
    property === (whole ?? pattern) || (whole !== undefined && property.startsWith(`${whole}.`))
  );
}

/** What the provider answered when it was asked. */
export function asked(token: string, own: string): Replacement {
  const { source: by, types } = replacements();
  const row = entryOf(types, token);
  const source = `the plan of terraform-provider-aws ${by.provider}`;
  if (row === undefined) return { verdict: "unknown", source: "a type that was not asked" };
  if (own === "region" && namesOfProperty(token, own)) return REGION;
  for (const at of [own, ...mapOf(token, own)]) {
    if (row.replaces.includes(at)) return { verdict: "replaces", source };
    if (row.inPlace.includes(at)) return { verdict: "in-place", source };
    const condition = row.mayReplace[at];
    if (condition !== undefined) return { verdict: "may-replace", condition, source };
  }
  return {
    verdict: "unknown",
    source: "a property that was not asked, or about which nothing came",
  };
}

/** The map that a key is in: a path that the token map does not know, of which it knows all but the end. */
function mapOf(token: string, property: string): string[] {
  const outer = property.split(".").slice(0, -1).join(".");
  const known = namesOfProperty(token, property);
  const same = known !== undefined && known.aws === namesOfProperty(token, outer)?.aws;
  return outer !== "" && same && known.terraform === namesOfProperty(token, outer)?.terraform
    ? [outer]
    : [];
}

/**
 * What AWS's own type would do; undefined where AWS does not say. CloudFormation decides so, the provider does not: see
 * `disagreement`.
 */
export function awsReplaces(
  token: string,
  property: string,
): "always" | "sometimes" | "never" | undefined {
  return constraintOf(token, property)?.createOnly;
}

/** Where the provider and AWS's own type decide otherwise. */
export interface Disagreement {
  readonly provider: Exclude<Verdict, "unknown">;
  readonly aws: "always" | "sometimes" | "never";
  readonly reason: string;
}

/** Why they do, by the first word of a row of replacement-disagreements.json. */
const REASONS: Readonly<Record<string, string>> = {
  part: "AWS's type is the whole, which it updates; this resource is a part of it, which the provider deletes and recreates",
  "not-called":
    "{call}, which updates such a resource, accepts it; the provider recreates the resource instead",
  "no-call":
    "no call that updates such a resource accepts it; AWS's schema does not state that, or only for some cases",
  tags: "the provider tags and untags the existing resource, with separate calls",
  called:
    "{call} accepts it, so the provider plans an update; AWS's own type recreates the resource, always or in some cases",
  "not-sent":
    "only the call that creates the resource sets it; the provider still plans an update, which does not send it",
  "case-by-case": "the provider decides case by case: {condition}",
};

let reasons: Readonly<Record<string, Readonly<Record<string, string>>>> | undefined;

/** The rows of replacement-disagreements.json, written by generate/disagreements.ts. */
export function disagreementReasons(): NonNullable<typeof reasons> {
  reasons ??= readTable<{ types: NonNullable<typeof reasons> }>(
    "replacement-disagreements.json",
  ).types;
  return reasons;
}

/** How the two witnesses differ on a property; undefined where they agree or one of them does not say. */
export function disagreement(token: string, property: string): Disagreement | undefined {
  const { verdict, condition = "" } = replacement(token, property);
  const aws = awsReplaces(token, property);
  if (verdict === "unknown" || aws === undefined || !differ(verdict, aws)) return undefined;
  const row = disagreementReasons()[token]?.[plainPath(property)];
  const [, key = "", call = ""] = /^(\S+) ?(.*)$/.exec(row ?? "") ?? [];
  const text = REASONS[key] ?? "no reason is recorded";
  return {
    provider: verdict,
    aws,
    reason: text.replace("{call}", call).replace("{condition}", condition),
  };
}

/** The properties of a type on which the two witnesses differ, of those that the provider was asked about. */
export function differences(
  token: string,
): readonly { readonly property: string; readonly provider: Verdict }[] {
  const row = entryOf(replacements().types, token);
  if (row === undefined) return [];
  const asked = [...row.replaces, ...row.inPlace, ...Object.keys(row.mayReplace)];
  return asked.flatMap((property) => {
    const { verdict } = replacement(token, property);
    const aws = awsReplaces(token, property);
    const apart = verdict !== "unknown" && aws !== undefined && differ(verdict, aws);
    return apart ? [{ property, provider: verdict }] : [];
  });
}

function differ(
  provider: Exclude<Verdict, "unknown">,
  aws: "always" | "sometimes" | "never",
): boolean {
  const same = { replaces: "always", "in-place": "never", "may-replace": "sometimes" } as const;
  return same[provider] !== aws;
}

/**
 * Whether a replacement waits until the old resource is deleted, so that there is none in between: the provider does so
 * always for some types, and for all whose name the program itself sets, because the two could not be there at once.
 * Undefined for types that we do not know. Source: generate/autonaming.ts.
 */
export function deletesFirst(
  token: string,
  inputs: Readonly<Record<string, unknown>>,
): boolean | undefined {
  const row = entryOf(replacements().types, token);
  if (row === undefined) return undefined;
  return row.deleteFirst === true || (row.named !== undefined && inputs[row.named] !== undefined);
}
