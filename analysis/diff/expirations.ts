/** What a change deletes, because AWS is to keep it for a shorter time: data that is there and older than the new limit. */
import { entryOf } from "../../facts/entry-of";
import { EXPIRATIONS, type Expiration } from "../../facts/expirations";
import { twinsOf } from "../../facts/twin-types";
import type { PropertyBag } from "../plan/model";
import { isUnknown, reveal } from "../plan/values";
import type { Loss, Operation, PropertyChange } from "./model";
import { documentOf, equal, isHidden } from "./values";

type Shape = Readonly<Record<string, unknown>>;

/** A limit beyond which something is deleted. */
interface Limit {
  /** What it deletes. */
  readonly of: string;
  /** What it has to have for that, all of it; empty: it applies to all. */
  readonly scope: Shape;
  /** How much stays, in each respect: less deletes more. NaN: not known. */
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
  const [before, after] = [old, now].map((inputs) =>
    inputs === undefined ? [] : limitsOf(type, reveal(inputs) as PropertyBag),
  ) as [Limit[], Limit[]];
  const shorter = after.filter(
    (limit) =>
      limit !== NOT_KNOWN &&
      !limit.keeps.some(Number.isNaN) &&
      !before.some((one) => covers(one, limit)),
  );
  if (shorter.length === 0) return undefined;
  const holds = [...new Set(shorter.map(({ says }) => says))].join(", ");
  const uncertain = shorter.every((limit) => before.some((one) => mayCover(one, limit)));
  return {
    holds,
    safeWay: "copy what has to stay to where no rule deletes it, then deploy the lower limit",
    ...(uncertain && { uncertain }),
  };
}

/** A resource that changes, as far as its rules delete something. */
interface Changed {
  readonly type: string;
  readonly op: Operation;
  readonly old: PropertyBag;
  readonly now: PropertyBag;
  readonly needs: Readonly<Record<string, readonly string[]>>;
  readonly properties: readonly Pick<PropertyChange, "property" | "because">[];
}

/**
 * The same of a change, where rules that are replaced count as well: they apply to what is there. `isNew`: what has nothing in
 * it that rules could delete.
 */
export function expiredIn(
  { type, op, old, now, needs, properties }: Changed,
  isNew: (urn: string) => boolean,
): Loss | undefined {
  const again = op === "replace" || op === "may-replace";
  if (op !== "update" && !again) return undefined;
  // Of others, a replacement loses all that they hold.
  if (again && entryOf(RULES, type) === undefined) return undefined;
  const targets = TARGETS.flatMap((property) => needs[property] ?? []);
  if (targets.length > 0 && targets.every(isNew)) return undefined;
  const moved = properties.some(
    ({ property, because }) => TARGETS.includes(property) && because === undefined,
  );
  return expiredBy(type, moved ? undefined : old, now);
}

/** Properties that name what rules apply to. */
const TARGETS: readonly string[] = ["bucket", "repository"];

/** Whether a new resource sets rules for something that is there. */
export function appliesTo(
  needs: Readonly<Record<string, readonly string[]>>,
  isThere: (urn: string) => boolean,
): boolean {
  return TARGETS.some((property) => needs[property]?.some(isThere));
}

function covers(one: Limit, limit: Limit): boolean {
  return (
    one.of === limit.of &&
    Object.entries(one.scope).every(([name, value]) => implies(name, limit.scope[name], value)) &&
    one.keeps.every((kept, index) => kept <= limit.keeps[index]!)
  );
}

/** Whether it would, for some value of what is not known. */
function mayCover(one: Limit, limit: Limit): boolean {
  if (one === NOT_KNOWN) return true;
  const vague = Object.values(limit.scope).some(isOpen);
  return (
    one.of === limit.of &&
    Object.entries(one.scope).every(
      ([name, value]) => vague || isOpen(value) || implies(name, limit.scope[name], value),
    ) &&
    one.keeps.every((kept, index) => !(kept > limit.keeps[index]!))
  );
}

/** Rules of which nothing is known. */
const NOT_KNOWN: Limit = { of: "", scope: {}, keeps: [], says: "" };

/** Whether something in a value is not known, or masked. */
function isOpen(value: unknown): boolean {
  if (isHidden(value)) return true;
  return typeof value === "object" && value !== null && Object.values(value).some(isOpen);
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
  // What more rules spare is less.
  spared: (narrow, wide) =>
    [narrow, wide].every(Array.isArray) &&
    (wide as unknown[]).every((one) => (narrow as unknown[]).some((other) => equal(one, other))),
};

function limitsOf(type: string, inputs: PropertyBag): Limit[] {
  const row = entryOf(EXPIRATIONS, type);
  if (row !== undefined) return ofSetting(row, inputs);
  const rules = entryOf(RULES, type);
  if (rules === undefined) return [];
  const whole = inputs["rules"] ?? inputs["policy"];
  return isHidden(whole) ? [NOT_KNOWN] : rules(inputs);
}

function ofSetting(
  { property, unit, deletes, byDefault, forever }: Expiration,
  inputs: PropertyBag,
): Limit[] {
  const value = inputs[property] ?? byDefault;
  if (isOpen(value)) return [{ of: deletes, scope: {}, keeps: [NaN], says: "" }];
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
  const ordered = shapes(rules).sort(
    (a, b) => Number(a["rulePriority"]) - Number(b["rulePriority"]),
  );
  return ordered.flatMap(({ selection, action }, at) => {
    // Another action archives: "transition". Source: ECR User Guide, "Lifecycle policy properties in Amazon ECR", type of an action.
    const { type = "expire" } = (action ?? {}) as Shape;
    if (type !== "expire" && !isOpen(type)) return [];
    const { countNumber, ...scope } = (selection ?? {}) as Shape;
    const byCount = scope["countType"] === "imageCountMoreThan";
    const tags = [scope["tagStatus"], scope["tagPrefixList"], scope["tagPatternList"]];
    const which = tags
      .flat()
      .filter((one) => typeof one === "string")
      .join(" ");
    const spared = ordered.slice(0, at).map((earlier) => taggingOf(earlier["selection"]));
    return limit("images", { selection: scope, spared }, [countNumber], (count) =>
      byCount
        ? `images (${which}) that are not among the newest ${count}`
        : `images (${which}) that are older than ${count} days`,
    );
  });
}

/** What an image has to have for a rule, which then spares it from those of a lower priority: REPOSITORY_RULES. */
function taggingOf(selection: unknown): Shape {
  const { tagStatus, tagPrefixList, tagPatternList } = (selection ?? {}) as Shape;
  return { tagStatus, tagPrefixList, tagPatternList };
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

/** A limit that has all its values, if they are known or not. */
function limit(
  of: string,
  scope: Shape,
  keeps: readonly unknown[],
  says: (first: number) => string,
): Limit[] {
  const given = keeps
    .map((one) => (isOpen(one) ? NaN : one))
    .filter((one): one is number => typeof one === "number");
  const [first] = given;
  return first !== undefined && given.length === keeps.length
    ? [{ of, scope, keeps: given, says: says(first) }]
    : [];
}
