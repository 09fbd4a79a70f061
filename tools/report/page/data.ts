import { limitsOfPlan, unknownLoad } from "../../../analysis/capacity/of-plan";
import { worstProfiles } from "../../../analysis/capacity/trials";
import { zoneLossOf, zoneLossText } from "../../../analysis/capacity/zone-loss";
import type { CostEstimate } from "../../../analysis/cost/model";
import { criticalPath } from "../../../analysis/critical-path/critical-path";
import {
  kindOf,
  type Plan,
  type PlannedResource,
  type PropertyBag,
  SIGNATURE,
  UNKNOWN,
} from "../../../analysis/plan/model";
import { inTreeOrder } from "../../../analysis/plan/tree";
import { redact } from "../../../analysis/plan/values";
import { openPaths } from "../../../analysis/reach/open-paths";
import {
  derive,
  type Finding,
  hours,
  type Objective,
  standingOf,
} from "../../../analysis/recovery/objectives";
import { recoveryStackOf } from "../../../analysis/recovery/of-plan";
import { DURATIONS_AS_OF } from "../../../facts/duration-rows";
import type { StackDiff } from "../../diff/document";
import { INSTALLED } from "../../preview/command-name";
import { firstLimit } from "../capacity";
import { seriesOf } from "../capacity-plot";
import { totalOf, UNKNOWN_TOTAL } from "../cost";
import { reachSentence, reachTables } from "../reach";
import { rulePage } from "../rule-page";
import { changesData } from "./change-data";
import type { Position } from "./position";

/** What stands for an unknown value in the page's data: shorter than Pulumi's marker, and in no text. */
export const UNKNOWN_MARK = "\uE000";

/** A resource in the page's data. Resources name each other by their position; defaults are left out. */
export interface PageResource {
  readonly urn: string;
  readonly type: string;
  readonly name: string;
  /** Position of the parent. */
  readonly parent?: number;
  /** 1 for a component. */
  readonly component?: 1;
  readonly inputs?: PropertyBag;
  readonly outputs?: PropertyBag;
  /** Positions of what it waits for. */
  readonly dependencies?: readonly number[];
  /** Input name to the positions of what its value is made of. */
  readonly by?: Readonly<Record<string, readonly number[]>>;
  readonly source?: string;
  readonly protect?: 1;
  readonly retainOnDelete?: 1;
  readonly deleteBeforeReplace?: boolean;
  readonly external?: 1;
  readonly ignoreChanges?: readonly string[];
  readonly replaceOnChanges?: readonly string[];
  readonly aliases?: readonly string[];
  readonly customTimeouts?: Readonly<Record<string, unknown>>;
  readonly hooks?: Readonly<Record<string, readonly string[]>>;
}

/** What a page has beside the plan. */
export interface PageExtras {
  /** What changes; without it there is no such view. */
  readonly diff?: StackDiff;
  /** Link from the page to the repository's root, with a slash at its end; without it no rule has a link. */
  readonly repository?: string;
}

/**
 * Everything that the page shows, as plain JSON without a secret: resources in the order of the tree, policy
 * findings, cost lines, recovery, the critical path and what changes, each of which names its resource by position.
 */
export function pageData(plan: Plan, cost: CostEstimate, more: PageExtras = {}): PropertyBag {
  const resources = inTreeOrder(plan.resources);
  const positions = new Map(resources.map(({ urn }, index) => [urn, index]));
  const position: Position = (urn) => (urn === undefined ? undefined : positions.get(urn));
  return {
    project: plan.project,
    stack: plan.stack,
    durationMs: plan.durationMs,
    resources: resources.map((resource) => pageResource(resource, plan, position)),
    policies: policiesOf(plan, position, more.repository),
    diagnostics: plan.diagnostics.map(({ severity, message, urn }) => ({
      ...{ severity, message, resource: position(urn) },
    })),
    cost: costOf(cost, position),
    recovery: recoveryOf(plan, position),
    path: pathOf(plan, position),
    ...capacityOf(plan),
    ...pathsOf(plan),
    ...(more.diff && { changes: changesData(more.diff, position) }),
  };
}

/** Who reaches what; nothing for a plan without a path. */
function pathsOf(plan: Plan): PropertyBag {
  const reach = openPaths(plan);
  const tables = reachTables(reach);
  const isEmpty = tables.length === 0 && reach.apart?.length === 0;
  return isEmpty ? {} : { reach: { says: reachSentence(reach), tables } };
}

function pageResource(resource: PlannedResource, plan: Plan, position: Position): PageResource {
  const all = (urns: readonly string[]) =>
    urns.map(position).filter((index) => index !== undefined);
  const by = Object.entries(resource.propertyDependencies)
    .map(([name, urns]) => [name, all(urns)] as const)
    .filter(([, found]) => found.length > 0);
  const outputs = resource.parent === undefined ? plan.outputs : resource.outputs;
  const dependencies = all([...new Set(resource.dependencies)]);
  return {
    ...{ urn: resource.urn, type: resource.type, name: resource.name },
    parent: position(resource.parent),
    ...(!resource.custom && { component: 1 }),
    ...(size(resource.inputs) && { inputs: shown(resource.inputs) }),
    ...(outputs && size(outputs) && { outputs: shown(outputs) }),
    ...(dependencies.length && { dependencies }),
    ...(by.length && { by: Object.fromEntries(by) }),
    ...(resource.source && { source: resource.source }),
    ...optionsOf(resource),
  };
}

/** The resource options that are not at their default. */
function optionsOf(resource: PlannedResource): Partial<PageResource> {
  const { ignoreChanges, replaceOnChanges, aliases, customTimeouts, hooks } = resource;
  return {
    ...(resource.protect && { protect: 1 }),
    ...(resource.retainOnDelete && { retainOnDelete: 1 }),
    ...(resource.external && { external: 1 }),
    deleteBeforeReplace: resource.deleteBeforeReplace,
    ...(ignoreChanges.length && { ignoreChanges }),
    ...(replaceOnChanges.length && { replaceOnChanges }),
    ...(aliases.length && { aliases }),
    ...(size(customTimeouts) && { customTimeouts: { ...customTimeouts } }),
    ...(size(hooks) && { hooks }),
  };
}

function size(bag: object): number {
  return Object.keys(bag).length;
}

/** A bag as it may be shown: secrets redacted first, then unknown values marked. */
function shown(bag: PropertyBag): PropertyBag {
  return marked(redact(bag)) as PropertyBag;
}

function marked(value: unknown): unknown {
  if (value === UNKNOWN) return UNKNOWN_MARK;
  if (Array.isArray(value)) return value.map(marked);
  if (typeof value !== "object" || value === null) return value;
  // The signature of an asset says nothing to a reader.
  const entries = Object.entries(value).filter(([key]) => key !== SIGNATURE);
  return Object.fromEntries(entries.map(([key, item]) => [key, marked(item)]));
}

function policiesOf(plan: Plan, position: Position, repository: string | undefined): PropertyBag {
  const { packs, violations, undecided, remediations } = plan.policies;
  const pageOf = (pack: string, policy: string) => {
    const place = rulePage(plan, pack, policy);
    return place === undefined || repository === undefined ? {} : { page: repository + place };
  };
  const findings = [
    ...violations.map((violation) => {
      const { pack, policy, severity, message, urn } = violation;
      return {
        ...{ level: kindOf(violation), pack, policy, severity, message },
        ...pageOf(pack, policy),
        resource: position(urn),
      };
    }),
    ...undecided.map(({ urn, ...rest }) => ({
      ...{ level: "undecided", ...rest, resource: position(urn) },
      ...pageOf(rest.pack, rest.policy),
    })),
  ];
  return {
    packs,
    findings,
    remediations: remediations.map(({ urn, ...rest }) => ({ ...rest, resource: position(urn) })),
  };
}

function costOf(cost: CostEstimate, position: Position): PropertyBag {
  const { monthlyUsd, byComponent, lines, notEstimated, pricesOf, budgetUsd } = cost;
  return {
    ...{ monthlyUsd, byComponent, notEstimated, pricesOf, budgetUsd },
    ...(totalOf(cost) !== UNKNOWN_TOTAL && { total: `$${totalOf(cost)}` }),
    lines: lines.map(({ urn, item, quantity, unitUsd, monthlyUsd: usd }) => ({
      ...{ resource: position(urn), item, quantity, unitUsd, usd },
    })),
  };
}

function recoveryOf(plan: Plan, position: Position): PropertyBag {
  const { exemptBecause, findings, notRecovered } = derive(recoveryStackOf(plan));
  return {
    exemptBecause,
    asOf: DURATIONS_AS_OF,
    ...(!INSTALLED && { sourcesBy: `npm run recovery -- --stack ${plan.stack}` }),
    findings: findings.map((finding) => pageFinding(finding, position)),
    notRecovered,
  };
}

/** How far the stack carries; nothing where no service takes requests or messages. */
function capacityOf(plan: Plan): PropertyBag {
  const found = limitsOfPlan(plan);
  const { load, today } = found;
  if (load.services.length === 0) return {};
  const zone = zoneLossOf(load.stack);
  const unknown = unknownLoad(found);
  const profiles = unknown === undefined ? worstProfiles(load, today[1]) : [];
  return {
    capacity: {
      first:
        unknown === undefined
          ? firstLimit(found)
          : `${firstLimit(found)} What breaks first is not known: ${unknown}.`,
      ...(zone && { zone: zoneLossText(zone) }),
      plots: profiles.map((one) => ({
        ...{ name: one.name, minutes: one.worst.moments.length },
        series: seriesOf(one).map(({ label, most, shares }) => ({
          ...{ label, most: Math.round(most) },
          shares: shares.map((share) => Number(share.toFixed(4))),
        })),
      })),
    },
  };
}

function pageFinding(finding: Finding, position: Position): PropertyBag {
  const { urn, scenario, objective, restoreMinutes, steps, problems, unknown } = finding;
  const [best] = finding.protections;
  return {
    ...{ resource: position(urn), scenario, standing: standingOf(finding) },
    problems: unknown === undefined ? problems : [`${unknown.property} is not known yet.`],
    objective: timesOf(objective),
    ...(best && {
      ...timesOf({ lossMinutes: best.lossMinutes, restoreMinutes: restoreMinutes! }),
      source: best.source,
    }),
    steps: steps.map(({ name, minutes, estimate }) => ({ name, minutes, estimate })),
  };
}

/** Both times as people read them. */
function timesOf({ lossMinutes, restoreMinutes }: Objective): PropertyBag {
  return { loss: hours(lossMinutes), back: hours(restoreMinutes) };
}

function pathOf({ resources, measured }: Plan, position: Position): PropertyBag {
  const { seconds, steps, lengthening } = criticalPath(resources, measured?.durations);
  return {
    seconds,
    asOf: DURATIONS_AS_OF,
    steps: steps.map(({ urn, seconds: length, startsAt, because, estimate }) => ({
      ...{ resource: position(urn), seconds: length, startsAt, because, estimate },
    })),
    lengthening: lengthening.map(({ from, on, seconds: longer }) => ({
      ...{ from: position(from), on: position(on), seconds: longer },
    })),
  };
}
