/** Everything that a change of a stack means, as one document: what the command, the comment and the guard are made of. */
import { limitsOfPlan } from "../../analysis/capacity/of-plan";
import { estimateWithGaps } from "../../analysis/cost/estimate";
import type { Gap } from "../../analysis/cost/model";
import { PRICES, USAGE } from "../../analysis/cost/tables";
import { creationTimeOf } from "../../analysis/critical-path/creation";
import { Schedule } from "../../analysis/critical-path/schedule";
import { changesOf } from "../../analysis/diff/changes";
import { type DiffFinding, findingsOf } from "../../analysis/diff/findings";
import type { ResourceChange } from "../../analysis/diff/model";
import { type Opening, openingsOf } from "../../analysis/diff/network";
import { type Pairs, pairsOf } from "../../analysis/diff/pairs";
import { wideningsOf, type Widening } from "../../analysis/diff/permissions";
import { type Weakening, weakeningsOf } from "../../analysis/diff/protections";
import { type ReachChange, reachChangeOf } from "../../analysis/diff/reach";
import { asMade } from "../../analysis/diff/refused";
import { type Rotation, rotationsOf } from "../../analysis/diff/rotations";
import { unseenOf } from "../../analysis/diff/unseen";
import { kindOf, type Plan, type PolicyViolation } from "../../analysis/plan/model";
import { recoveryStackOf } from "../../analysis/recovery/of-plan";
import type { RecoveryStack } from "../../analysis/recovery/resources";
import { entryOf } from "../../facts/entry-of";
import type { Failure } from "../preview/engine/errors";
import { firstLimit } from "../report/capacity";
import { reachLines } from "../report/reach";
import { recoveryOf } from "../report/recovery";

/** The parts of a plan that a comparison reads: what `npm run preview -- --json` writes is enough. */
export type ComparedPlan = Pick<
  Plan,
  "stack" | "resources" | "policies" | "measured" | "assumptions" | "about" | "region" | "account"
>;

/** A resource, or a part of it, without a price after the change (`now`) or before it (`old`) only. */
export interface CostGap extends Gap {
  readonly side: "old" | "now";
}

/** One scenario of recovery, before and after, in minutes; absent where there is nothing to recover. */
export interface RecoveryChange {
  readonly scenario: string;
  readonly old?: Figures;
  readonly new?: Figures;
}

export interface Figures {
  readonly lossMinutes?: number;
  readonly restoreMinutes?: number;
}

/** As the derivation has them. */
interface FoundFigures {
  readonly lossMinutes: number | undefined;
  readonly restoreMinutes: number | undefined;
}

/** The resources of both sides as derivations read them. */
type Stacks = readonly [old: RecoveryStack, now: RecoveryStack];

/** A finding, with who has agreed to it, if an exception allows it. */
export type Finding = DiffFinding & { readonly agreed?: string };

/** What differs between two plans of a stack, and what that means. */
export interface DiffDocument {
  readonly stack: string;
  readonly changes: readonly ResourceChange[];
  readonly findings: readonly Finding[];
  readonly cost: {
    readonly old: number;
    readonly new: number;
    /** Difference by component, the largest first. */
    readonly byComponent: readonly (readonly [string, number])[];
    /** What has no price on one side alone: the difference is a bound. */
    readonly unpriced: readonly CostGap[];
  };
  readonly policies: {
    readonly violated: readonly PolicyViolation[];
    readonly satisfied: readonly PolicyViolation[];
    readonly exempted: readonly PolicyViolation[];
  };
  readonly recovery: readonly RecoveryChange[];
  /** What breaks first and at which load, where the change moves it. */
  readonly firstLimit?: { readonly old: string; readonly new: string };
  readonly permissions: readonly Widening[];
  readonly openings: readonly Opening[];
  /** Lines of the paths that open and close: who reaches what. */
  readonly reach: { readonly opened: readonly string[]; readonly closed: readonly string[] };
  readonly weakenings: readonly Weakening[];
  /** Generated credentials that get another value. */
  readonly rotations: readonly Rotation[];
  /** Encrypted settings whose value is another one. */
  readonly secrets: readonly string[];
  /** Seconds of the longest chain of changes; an estimate. */
  readonly seconds: number;
  /** True for a stack that the base does not have. */
  readonly isNew?: true;
  /** Notes on how it was compared. */
  readonly notes: readonly string[];
}

/** A stack of which nothing can be said, and why. */
export interface FailedDiff {
  readonly stack: string;
  readonly error: { readonly side: "base" | "branch"; readonly failures: readonly Failure[] };
}

export type StackDiff = DiffDocument | FailedDiff;

/** Whether a document says why there is none. */
export function failed(diff: StackDiff): diff is FailedDiff {
  return Object.hasOwn(diff, "error");
}

/** The document of two plans; without an old one everything is new. */
export function diffOf(
  old: ComparedPlan | undefined,
  now: ComparedPlan,
  { secrets = [], notes = [] }: Partial<Pick<DiffDocument, "secrets" | "notes">> = {},
): DiffDocument {
  const before = old ?? emptyPlan(now);
  const pairs = pairsOf(before.resources, now.resources);
  const changes = changesOf(before.resources, now.resources, pairs);
  // What AWS refuses costs nothing, and is none of what recovery and load go by.
  const made = { ...now, resources: asMade(now.resources, changes, pairs.both) };
  // A document of --json does not have what the program says of itself.
  const stacks =
    old && ([recoveryStackOf({ about: now.about, ...old }), recoveryStackOf(made)] as const);
  const byUrn = new Map(now.resources.map((resource) => [resource.urn, resource]));
  const reach =
    old === undefined || changes.length === 0 ? undefined : reachChangeOf(old, now, pairs);
  return {
    stack: now.stack,
    changes,
    findings: findingsOf(changes, unseenOf(changes), now.about?.changes),
    cost: costOf(before, made, pairs),
    policies: policiesOf(before, now),
    recovery: stacks === undefined ? [] : recoveryChanges(before, made, stacks),
    ...(stacks && firstLimitChange(before, made, stacks)),
    permissions: old === undefined ? [] : wideningsOf(pairs.both, pairs.added, byUrn),
    openings: old === undefined ? [] : openingsOf(old, now, reach?.opened.network),
    reach: linesOf(reach),
    weakenings: weakeningsOf(pairs),
    rotations: rotationsOf(changes, now.about?.changes),
    secrets,
    seconds: secondsOf(now, changes),
    ...(old === undefined && { isNew: true as const }),
    notes,
  };
}

function linesOf(change: ReachChange | undefined): DiffDocument["reach"] {
  return {
    opened: change === undefined ? [] : reachLines(change.opened, true),
    closed: change === undefined ? [] : reachLines(change.closed, false),
  };
}

function emptyPlan({ stack }: ComparedPlan): ComparedPlan {
  return {
    stack,
    resources: [],
    policies: { packs: [], violations: [], undecided: [], remediations: [] },
  };
}

function costOf(old: ComparedPlan, now: ComparedPlan, { both }: Pairs): DiffDocument["cost"] {
  const [was, is] = [old, now].map((plan) => estimateWithGaps(plan, PRICES, USAGE)) as [
    ReturnType<typeof estimateWithGaps>,
    ReturnType<typeof estimateWithGaps>,
  ];
  const [before, after] = [was.estimate, is.estimate];
  // A renamed resource is the same one.
  const later = new Map(both.map((pair) => [pair.old.urn, pair.now.urn]));
  const key = ({ urn, reason }: Gap) => `${later.get(urn) ?? urn} ${reason}`;
  const without = (gaps: readonly Gap[], others: readonly Gap[], side: CostGap["side"]) => {
    const had = new Set(others.map(key));
    return gaps.filter((gap) => !had.has(key(gap))).map((gap) => ({ ...gap, side }));
  };
  const names = new Set([...Object.keys(before.byComponent), ...Object.keys(after.byComponent)]);
  const byComponent = [...names]
    .map((name) => {
      const usd =
        (entryOf(after.byComponent, name) ?? 0) - (entryOf(before.byComponent, name) ?? 0);
      return [name, Math.round(usd * 100) / 100] as const;
    })
    .filter(([, usd]) => usd !== 0)
    .sort(([a, one], [b, other]) => Math.abs(other) - Math.abs(one) || (a < b ? -1 : 1));
  return {
    ...{ old: before.monthlyUsd, new: after.monthlyUsd, byComponent },
    unpriced: [...without(is.gaps, was.gaps, "now"), ...without(was.gaps, is.gaps, "old")],
  };
}

function policiesOf(old: ComparedPlan, now: ComparedPlan): DiffDocument["policies"] {
  const key = ({ policy, urn = "", message }: PolicyViolation) => [policy, urn, message].join("\n");
  const [before, after] = [old.policies.violations, now.policies.violations];
  const exempt = (one: PolicyViolation) => kindOf(one) === "exempt";
  const had = new Map(before.map((one) => [key(one), exempt(one)]));
  const has = new Set(after.map(key));
  return {
    violated: after.filter((one) => !exempt(one) && had.get(key(one)) !== false),
    satisfied: before.filter((one) => !exempt(one) && !has.has(key(one))),
    exempted: after.filter((one) => exempt(one) && had.get(key(one)) !== true),
  };
}

function firstLimitChange(
  old: ComparedPlan,
  now: ComparedPlan,
  [was, is]: Stacks,
): Pick<DiffDocument, "firstLimit"> {
  // Both sides with one load and with what was measured of it: what is compared are the plans. Limits read no durations,
  // which are all that the stacks have of each side's own measurements.
  const { assumptions, measured } = now;
  const of = (plan: ComparedPlan, stack: RecoveryStack) =>
    firstLimit(limitsOfPlan({ ...plan, assumptions, measured }, {}, stack));
  const [before, after] = [of(old, was), of(now, is)];
  return before === after ? {} : { firstLimit: { old: before, new: after } };
}

function recoveryChanges(
  old: ComparedPlan,
  now: ComparedPlan,
  [was, is]: Stacks,
): RecoveryChange[] {
  const of = (plan: ComparedPlan, stack: RecoveryStack): Map<string, FoundFigures> =>
    new Map(recoveryOf(plan, stack).map((one) => [one.scenario, one]));
  const [before, after] = [of(old, was), of(now, is)];
  const figures = (one: FoundFigures | undefined): Figures | undefined =>
    one && {
      ...(one.lossMinutes !== undefined && { lossMinutes: one.lossMinutes }),
      ...(one.restoreMinutes !== undefined && { restoreMinutes: one.restoreMinutes }),
    };
  return [...new Set([...before.keys(), ...after.keys()])].flatMap((scenario) => {
    const [one, other] = [figures(before.get(scenario)), figures(after.get(scenario))];
    const same = JSON.stringify(one) === JSON.stringify(other);
    return same ? [] : [{ scenario, ...(one && { old: one }), ...(other && { new: other }) }];
  });
}

/** Seconds for a change in place that AWS makes without stopping anything: a call or two. */
const QUICK = 30;

/**
 * How long the longest chain of changes takes, what is replaced as if it were created, what changes in place by restarting
 * likewise.
 */
function secondsOf(
  { resources, measured }: ComparedPlan,
  changes: readonly ResourceChange[],
): number {
  const ops = new Map(changes.map((change) => [change.urn, change]));
  const seconds = resources.map((resource) => {
    const change = ops.get(resource.urn);
    if (change === undefined || change.op === "rename") return 0;
    const creation = creationTimeOf(resource, measured?.durations).seconds;
    if (change.op === "create" || change.op === "replace") return creation;
    const slow = change.properties.some(
      ({ interruption }) => !["none", "unknown"].includes(interruption?.effect ?? "none"),
    );
    return change.properties.length === 0 ? 0 : slow ? creation : Math.min(creation, QUICK);
  });
  return new Schedule(resources).chain(seconds).seconds;
}

/** How a program ends that shows this: 3 before 1, as the worse of two. What the plans do not decide counts, as for the guard. */
export function exitCodeOf(diffs: readonly StackDiff[]): 0 | 1 | 3 {
  const whole = diffs.filter((diff): diff is DiffDocument => !failed(diff));
  const refused = whole
    .flatMap(({ findings }) => findings)
    .filter(({ agreed }) => agreed === undefined);
  if (refused.some((one) => one.class !== "not made")) return 3;
  const mandatory = whole.some(({ policies }) =>
    policies.violated.some((one) => kindOf(one) === "mandatory"),
  );
  return refused.length > 0 || mandatory || whole.length < diffs.length ? 1 : 0;
}
