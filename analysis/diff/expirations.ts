/** What a change in place deletes, because AWS is to keep it for a shorter time: data that is there and older than the new limit. */
import { entryOf } from "../../facts/entry-of";
import { EXPIRATIONS, type Expiration } from "../../facts/expirations";
import { twinsOf } from "../../facts/twin-types";
import type { PropertyBag } from "../plan/model";
import type { Loss } from "./model";
import { documentOf, equal } from "./values";

/** A limit beyond which something is deleted. */
interface Limit {
  /** What it deletes. */
  readonly of: string;
  /** To which part of that it applies; undefined: to all. */
  readonly scope: unknown;
  /** How much stays, in each respect: less deletes more. */
  readonly keeps: readonly number[];
  readonly says: string;
}

type Shape = Readonly<Record<string, unknown>>;
type LimitsOf = (inputs: PropertyBag) => Limit[];

const RULES: Readonly<Record<string, LimitsOf>> = {
  ...Object.fromEntries(
    twinsOf("aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration").map(
      (token) => [token, bucketLimits] as const,
    ),
  ),
  "aws:ecr/lifecyclePolicy:LifecyclePolicy": repositoryLimits,
  "aws:backup/plan:Plan": continuousLimits,
};

/** The data that a change deletes by itself; without `old`, the rules are new and what they apply to is there. */
export function expiredBy(
  type: string,
  old: PropertyBag | undefined,
  now: PropertyBag,
): Loss | undefined {
  const before = old === undefined ? [] : limitsOf(type, old);
  const shorter = limitsOf(type, now).filter((limit) => !before.some((one) => covers(one, limit)));
  if (shorter.length === 0) return undefined;
  const holds = [...new Set(shorter.map(({ says }) => says))].join(", ");
  return {
    holds,
    safeWay: "copy what has to stay to where no rule deletes it, then deploy the lower limit",
  };
}

/** Whether a new resource sets rules for something that is there. */
export function appliesTo(
  needs: Readonly<Record<string, readonly string[]>>,
  isThere: (urn: string) => boolean,
): boolean {
  return ["bucket", "repository"].some((property) => needs[property]?.some(isThere));
}

function covers(one: Limit, limit: Limit): boolean {
  return (
    one.of === limit.of &&
    (one.scope === undefined || equal(one.scope, limit.scope)) &&
    one.keeps.every((kept, index) => kept <= limit.keeps[index]!)
  );
}

function limitsOf(type: string, inputs: PropertyBag): Limit[] {
  const row = entryOf(EXPIRATIONS, type);
  return row === undefined ? (entryOf(RULES, type)?.(inputs) ?? []) : ofSetting(row, inputs);
}

function ofSetting(
  { property, unit, deletes, byDefault, forever }: Expiration,
  inputs: PropertyBag,
): Limit[] {
  const value = inputs[property] ?? byDefault;
  if (typeof value !== "number" || value === forever) return [];
  const says = value === 0 ? `all ${deletes}` : `${deletes} that are older than ${value} ${unit}`;
  return [{ of: deletes, scope: undefined, keeps: [value], says }];
}

function shapes(value: unknown): Shape[] {
  return Array.isArray(value)
    ? value.filter((one): one is Shape => typeof one === "object" && one !== null)
    : [];
}

function bucketLimits({ rules }: PropertyBag): Limit[] {
  return shapes(rules).flatMap((rule) => {
    if (rule["status"] !== "Enabled") return [];
    const { filter, prefix } = rule;
    const scope = [filter ?? { prefix }].find(isNarrow);
    const { days, date } = (rule["expiration"] ?? {}) as Shape;
    const { noncurrentDays, newerNoncurrentVersions: newer } = (rule[
      "noncurrentVersionExpiration"
    ] ?? {}) as Shape;
    return [
      ...limit("objects", scope, [days], (count) => `objects that are older than ${count} days`),
      ...limit(
        "objects by date",
        scope,
        [typeof date === "string" ? Date.parse(date) : undefined],
        () => `objects that are there on ${String(date)}`,
      ),
      ...limit(
        "versions",
        scope,
        [noncurrentDays, newer ?? 0],
        (count) => `versions that have been noncurrent for more than ${count} days`,
      ),
    ];
  });
}

/** `{ prefix: "" }` and the empty filter are all objects. */
function isNarrow(filter: unknown): boolean {
  const values = Object.values((filter ?? {}) as Shape);
  return values.some((one) => one !== undefined && one !== "");
}

function repositoryLimits({ policy }: PropertyBag): Limit[] {
  const { rules } = (documentOf(policy) ?? {}) as Shape;
  return shapes(rules).flatMap(({ selection }) => {
    const { countNumber, ...scope } = (selection ?? {}) as Shape;
    const byCount = scope["countType"] === "imageCountMoreThan";
    const tags = [scope["tagStatus"], scope["tagPrefixList"], scope["tagPatternList"]];
    const which = tags
      .flat()
      .filter((one) => typeof one === "string")
      .join(" ");
    return limit("images", scope, [countNumber], (count) =>
      byCount
        ? `images (${which}) that are not among the newest ${count}`
        : `images (${which}) that are older than ${count} days`,
    );
  });
}

function continuousLimits({ rules }: PropertyBag): Limit[] {
  return shapes(rules).flatMap(({ enableContinuousBackup, ruleName, lifecycle }) => {
    const { deleteAfter } = (lifecycle ?? {}) as Shape;
    return enableContinuousBackup === true
      ? limit(
          "continuous backups",
          { ruleName },
          [deleteAfter],
          (days) => `points in time that are older than ${days} days`,
        )
      : [];
  });
}

/** A limit whose values are known. */
function limit(
  of: string,
  scope: unknown,
  keeps: readonly unknown[],
  says: (first: number) => string,
): Limit[] {
  const known = keeps.filter((one): one is number => typeof one === "number");
  const [first] = known;
  return first !== undefined && known.length === keeps.length
    ? [{ of, scope, keeps: known, says: says(first) }]
    : [];
}
