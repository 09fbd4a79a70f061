/** What a change in place deletes, because AWS is to keep it for a shorter time: data that is there and older than the new limit. */
import { entryOf } from "../../facts/entry-of";
import { EXPIRATIONS, type Expiration } from "../../facts/expirations";
import { twinsOf } from "../../facts/twin-types";
import type { PropertyBag } from "../plan/model";
import { isUnknown } from "../plan/values";
import type { Loss } from "./model";
import { documentOf, equal } from "./values";

type Shape = Readonly<Record<string, unknown>>;

/** A limit beyond which something is deleted. */
interface Limit {
  /** What it deletes. */
  readonly of: string;
  /** What it has to have for that, all of it; empty: it applies to all. */
  readonly scope: Shape;
  /** How much stays, in each respect: less deletes more. */
  readonly keeps: readonly number[];
  readonly says: string;
}

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
    Object.entries(one.scope).every(([name, value]) => implies(name, limit.scope[name], value)) &&
    one.keeps.every((kept, index) => kept <= limit.keeps[index]!)
  );
}

/** Whether what has the one value of a condition has the other one, too. */
function implies(name: string, narrow: unknown, wide: unknown): boolean {
  const wider = entryOf(WIDER, name);
  return equal(wide, narrow) || (wider !== undefined && wider(narrow, wide));
}

const numbers = (one: unknown, other: unknown) =>
  typeof one === "number" && typeof other === "number";

/** Source: S3 User Guide, "Lifecycle configuration elements", Filter element. */
const WIDER: Readonly<Record<string, (narrow: unknown, wide: unknown) => boolean>> = {
  prefix: (narrow, wide) =>
    typeof narrow === "string" && typeof wide === "string" && narrow.startsWith(wide),
  objectSizeGreaterThan: (narrow, wide) => numbers(narrow, wide) && Number(narrow) > Number(wide),
  objectSizeLessThan: (narrow, wide) => numbers(narrow, wide) && Number(narrow) < Number(wide),
};

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
  return [{ of: deletes, scope: {}, keeps: [value], says }];
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
    const scope = isUnknown(filter) ? { filter } : conditionsOf(filter ?? { prefix });
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

/** What a filter asks of an object, one by one; `{ prefix: "" }` and the empty filter ask nothing. */
function conditionsOf(filter: unknown): Shape {
  return Object.fromEntries(
    Object.entries((filter ?? {}) as Shape).flatMap(([name, value]): [string, unknown][] => {
      if (value === undefined || value === "") return [];
      if (typeof value !== "object" || value === null) return [[name, value]];
      const inner = value as Shape;
      if (name === "and") return Object.entries(conditionsOf(inner));
      if (name === "tags") return Object.entries(inner).map(([key, one]) => [`tag ${key}`, one]);
      return name === "tag" && typeof inner["key"] === "string"
        ? [[`tag ${inner["key"]}`, inner["value"]]]
        : [[name, value]];
    }),
  );
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
    // Whole: what an image is kept by depends on the rules before, too.
    return limit("images", { selection: scope }, [countNumber], (count) =>
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
  scope: Shape,
  keeps: readonly unknown[],
  says: (first: number) => string,
): Limit[] {
  const known = keeps.filter((one): one is number => typeof one === "number");
  const [first] = known;
  return first !== undefined && known.length === keeps.length
    ? [{ of, scope, keeps: known, says: says(first) }]
    : [];
}
