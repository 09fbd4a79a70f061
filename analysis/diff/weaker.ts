/** Firewalls, alarms and backup plans that watch or stop less than before: what their parts say, which no single switch shows. */
import { entryOf } from "../../facts/entry-of";
import { containsKnownSecret, redact, reveal } from "../plan/values";
import type { Pair } from "./pairs";
import { followsSize } from "./thresholds";
import { equal, isHidden } from "./values";

type Shape = Readonly<Record<string, unknown>>;
/** `both`: all resources of both plans. */
type Weaker = (old: Shape, now: Shape, both: readonly Pair[]) => string[];

const RULES_OF: Readonly<Record<string, Weaker>> = {
  "aws:wafv2/webAcl:WebAcl": firewall,
  "aws:wafv2/ruleGroup:RuleGroup": firewall,
  "aws:cloudwatch/metricAlarm:MetricAlarm": alarm,
  "aws:backup/plan:Plan": backups,
};

/** What of a resource is weaker, in words after its name. What only secrets show is said without them. */
export function weakerParts({ old, now }: Pair, both: readonly Pair[]): string[] {
  const parts = (as: (inputs: unknown) => unknown) =>
    entryOf(RULES_OF, now.type)?.(as(old.inputs) as Shape, as(now.inputs) as Shape, both) ?? [];
  const all = parts(reveal);
  if (![old, now].some(({ inputs }) => containsKnownSecret(inputs))) return all;
  const open = new Set(parts(redact));
  const shown = all.filter((part) => open.has(part));
  return shown.length < all.length ? [...shown, SECRETLY] : shown;
}

const SECRETLY = "is weaker in values that are secret";

const bag = (value: unknown): Shape =>
  typeof value === "object" && value !== null ? (value as Shape) : {};

function named(value: unknown, key = "name"): Map<string, Shape> {
  const list = Array.isArray(value) ? value.map(bag) : [];
  return new Map(
    list.flatMap((one) => (typeof one[key] === "string" ? [[one[key], one] as const] : [])),
  );
}

/** Whether a list may have an item of any name. */
function isOpen(list: unknown, key = "name"): boolean {
  if (!Array.isArray(list)) return isHidden(list);
  return list.some((one) => isHidden(one) || isHidden(bag(one)[key]));
}

/** What is said of rules that are gone, where they may be among those that are not known. */
const FEWER = "possibly has fewer rules, or weaker ones (rules is not known)";

/**
 * What a match does, the strictest first. Source: AWS WAF Developer Guide, "Using rule actions in AWS WAF": block ends with an
 * answer, captcha and challenge let through who passes, count and allow let through.
 */
const STRICTEST = ["block", "captcha", "challenge", "count", "allow"];

/** `none`: the actions of the group's own rules. */
const OVERRIDES = ["none", "count"];

const says = (verb: string) => (verb === "none" ? "the actions of its own rules" : verb);

function firewall(old: Shape, now: Shape): string[] {
  const [before, after] = [named(old["rules"]), named(now["rules"])];
  const [was, is] = [verbOf(old["defaultAction"]), verbOf(now["defaultAction"])];
  return [
    ...(was === "block" && is === "allow" ? ["allows by default what it blocked"] : []),
    ...[...before].flatMap(([name, rule]) => {
      const other = after.get(name);
      if (other !== undefined) return rulePart(name, rule, other);
      if (isOpen(now["rules"])) return [];
      return verbOf(rule["action"]) === "allow" ? [] : [`has no rule ${name} any more`];
    }),
    ...fewer(before, now["rules"], after),
    ...[...after].flatMap(([name, rule]) =>
      !isOpen(old["rules"]) && !before.has(name) && verbOf(rule["action"]) === "allow"
        ? [`allows what its new rule ${name} matches, before the rules that follow`]
        : [],
    ),
  ];
}

function fewer(
  before: ReadonlyMap<string, Shape>,
  rules: unknown,
  after: ReadonlyMap<string, Shape>,
  key?: string,
): string[] {
  return isOpen(rules, key) && [...before.keys()].some((name) => !after.has(name)) ? [FEWER] : [];
}

function rulePart(name: string, old: Shape, now: Shape): string[] {
  const part = (key: string, order: readonly string[]) => {
    const [was, is] = [verbOf(old[key]), verbOf(now[key])];
    return was !== undefined && is !== undefined && order.indexOf(is) > order.indexOf(was)
      ? [`rule ${name}: ${says(is)} instead of ${says(was)}`]
      : [];
  };
  return [
    ...part("action", STRICTEST),
    ...part("overrideAction", OVERRIDES),
    ...overrides(name, old, now),
    ...rate(name, old, now),
  ];
}

/** Rules of a group whose own action is set aside. */
function overrides(name: string, old: Shape, now: Shape): string[] {
  const [before, after] = [old, now].map(({ statement }) => {
    const { managedRuleGroupStatement: managed, ruleGroupReferenceStatement: own } = bag(statement);
    const group = managed ?? own;
    return [statement, group].find(isHidden) ?? bag(group)["ruleActionOverrides"];
  });
  if (isOpen(before)) return [];
  const [was, is] = [named(before), named(after)];
  return [...is].flatMap(([inner, { actionToUse }]) => {
    const verb = verbOf(actionToUse) ?? "";
    const before = verbOf(was.get(inner)?.["actionToUse"]);
    const weaker = before === undefined ? verb !== "block" : stricter(before, verb);
    return weaker ? [`rule ${name}: ${verb} for ${inner}, not ${before ?? "its own action"}`] : [];
  });
}

const stricter = (one: string, other: string) => STRICTEST.indexOf(one) < STRICTEST.indexOf(other);

/** Seconds in which a rate-based rule counts, where it says nothing. Source: AWS WAF API, RateBasedStatement. */
const WINDOW_SECONDS = 300;

function rate(name: string, old: Shape, now: Shape): string[] {
  const [was, is] = [old, now].map(
    ({ statement }) => bag(statement)["rateBasedStatement"] as Shape | undefined,
  );
  if (was === undefined || is === undefined) return [];
  const perSecond = ({ limit, evaluationWindowSec: seconds }: Shape) =>
    Number(limit) / Number(seconds ?? WINDOW_SECONDS);
  return perSecond(is) > perSecond(was)
    ? [`rule ${name}: lets more requests through (${limitOf(was)} -> ${limitOf(is)})`]
    : [];
}

function limitOf({ limit, evaluationWindowSec: seconds = WINDOW_SECONDS }: Shape): string {
  return `${Number(limit)} in ${Number(seconds)} s`;
}

/** The one key of an action: `{ block: {} }`. */
function verbOf(action: unknown): string | undefined {
  return Object.entries(bag(action)).find(([, value]) => value !== undefined)?.[0];
}

/** What a threshold is compared with, and how: of another one, it is another number. */
const MEASURED = [
  ...["comparisonOperator", "namespace", "metricName", "statistic", "extendedStatistic"],
  "metricQueries",
];

/** An alarm on the same comparison that fires at a worse value, or later. */
function alarm(old: Shape, now: Shape, both: readonly Pair[]): string[] {
  const { comparisonOperator: operator } = now;
  const [was, is] = [numberIn(old, "threshold"), numberIn(now, "threshold")];
  const above = typeof operator === "string" && operator.startsWith("GreaterThan");
  const below = typeof operator === "string" && operator.startsWith("LessThan");
  const same = MEASURED.every((property) => equal(old[property], now[property]));
  const worse =
    same && ((above && is > was) || (below && is < was)) && !followsSize(old, now, above, both);
  const silent = "does not fire any more where data is missing";
  const missing = (of: Shape) => of["treatMissingData"] === "breaching";
  return [
    ...(worse
      ? [`fires at a ${above ? "higher" : "lower"} value only (threshold ${was} -> ${is})`]
      : []),
    ...later(old, now),
    ...(missing(old) && !missing(now)
      ? [
          isHidden(now["treatMissingData"])
            ? `possibly ${silent} (treatMissingData is not known)`
            : silent,
        ]
      : []),
  ];
}

function numberIn(of: Shape, property: string): number {
  const value = of[property];
  return typeof value === "number" ? value : NaN;
}

/** By time, where the periods are known. */
function later(old: Shape, now: Shape): string[] {
  const points = (of: Shape) => {
    const own = numberIn(of, "datapointsToAlarm");
    return Number.isNaN(own) ? numberIn(of, "evaluationPeriods") : own;
  };
  const [before, after] = [points(old), points(now)];
  const [was, is] = [before * periodOf(old), after * periodOf(now)];
  if (Number.isNaN(was) || Number.isNaN(is)) {
    return after > before ? [`fires later (datapoints ${before} -> ${after})`] : [];
  }
  return is > was ? [`fires later (after ${was} s -> ${is} s)`] : [];
}

/** Of metric math the longest of its metrics'. NaN: not known. */
function periodOf(of: Shape): number {
  const queries = Array.isArray(of["metricQueries"]) ? of["metricQueries"].map(bag) : [];
  const periods = [of, ...queries.flatMap((one) => [one, bag(one["metric"])])]
    .map((one) => numberIn(one, "period"))
    .filter((one) => !Number.isNaN(one));
  return periods.length === 0 ? NaN : Math.max(...periods);
}

function backups(old: Shape, now: Shape): string[] {
  const key = "ruleName";
  const [before, after] = [named(old["rules"], key), named(now["rules"], key)];
  // NaN: not known, and neither more nor fewer.
  const days = (of: unknown) => {
    const { lifecycle } = bag(of);
    const { deleteAfter } = bag(lifecycle);
    if ([of, lifecycle, deleteAfter].some(isHidden)) return NaN;
    return typeof deleteAfter === "number" ? deleteAfter : Infinity;
  };
  const said = (count: number) => (count === Infinity ? "for ever" : String(count));
  const copies = (rule: Shape): readonly unknown[] =>
    Array.isArray(rule["copyActions"]) ? rule["copyActions"] : [];
  const parts = [...before].flatMap(([name, rule]) => {
    const other = after.get(name);
    if (other === undefined)
      return isOpen(now["rules"], key) ? [] : [`has no rule ${name} any more`];
    const [was, is] = [copies(rule), copies(other)];
    const isFewer = is.length < was.length && !isHidden(other["copyActions"]);
    return [
      ...(days(other) < days(rule)
        ? [
            `rule ${name}: keeps new recovery points for fewer days (${said(days(rule))} -> ${said(days(other))})`,
          ]
        : []),
      ...(isFewer ? [`rule ${name}: makes fewer copies`] : []),
      ...(is.length === was.length && is.some((one, at) => days(one) < days(was[at]))
        ? [`rule ${name}: keeps new copies for fewer days`]
        : []),
    ];
  });
  return [...parts, ...fewer(before, now["rules"], after, key)];
}
