/** How far a plan carries: its limits in their order, what is passed at which load, and how the design grows. */
import { estimate, assumed, type PricedPlan } from "../cost/estimate";
import type { UsageTable } from "../cost/model";
import { PRICES, USAGE } from "../cost/tables";
import { takesClients } from "../plan/direct-clients";
import type { Plan } from "../plan/model";
import { recoveryStackOf } from "../recovery/of-plan";
import type { RecoveryStack } from "../recovery/resources";
import { Assumptions, GENERAL_AS_OF, ofStack, type OwnAssumptions } from "./assumed";
import { rowsOf, type Row } from "./breaks";
import { planned, times, type Figure, type Range } from "./figures";
import { growthOf, type GrowthStep } from "./growth";
import { limitsOf } from "./limits";
import { Load } from "./load";
import { UNREACHED, type Limit } from "./model";
import { idleQueues } from "./queue-limits";
import { trialsOf, type Trials } from "./trials";

/** What is read of a plan. */
export type PlanOfCapacity = PricedPlan & Pick<Plan, "assumptions" | "stack">;

/** The limits of a plan, and today's load. */
interface Limits {
  /** Requests a second at the edge in the busiest hour, and what that follows from. */
  readonly today: Range;
  readonly todayFrom: readonly Figure[];
  readonly apiShare: Figure;
  readonly limits: readonly Limit[];
  /** Queues without a limit: the mappings of their functions are disabled, and messages wait there at any load. */
  readonly idleQueues: readonly string[];
}

/** The same with what each request takes, for what is derived from it besides. */
export interface LimitsOfPlan extends Limits {
  readonly load: Load;
}

/** What the derivation says. */
export interface Capacity extends Limits {
  readonly rows: readonly Row[];
  readonly growth: readonly GrowthStep[];
}

/** Choices of who asks. */
export interface CapacityOptions {
  /** Assumptions in place of the program's, several in their order: the first that has a value wins. */
  readonly load?: OwnAssumptions | readonly OwnAssumptions[];
  /** A load to show beside the others, in requests a second. */
  readonly rps?: number;
  /** Assumptions of the cost, from which today's load follows. @default the repository's */
  readonly usage?: UsageTable;
}

/** Derives the limits alone: no prices, no rows. */
export function limitsOfPlan(
  plan: PlanOfCapacity,
  {
    load: own = plan.assumptions ?? {},
    usage = USAGE,
  }: Pick<CapacityOptions, "load" | "usage"> = {},
  stack = recoveryStackOf(plan),
): LimitsOfPlan {
  const assumptions = new Assumptions(
    [own].flat().flatMap((one) => ofStack(one, plan.stack)),
    plan.measured?.capacity,
  );
  const used = (id: string, unit: string): Figure => {
    const value = assumed(usage, id, plan);
    const measured = plan.measured?.usage[id] !== undefined;
    return {
      ...{ name: id, value: [value, value], unit },
      origin: {
        from: measured ? "measurement" : "assumption",
        key: `usage.${id}`,
        why: usage.assumptions[id]!.why,
        asOf: GENERAL_AS_OF,
      },
    };
  };
  const month = used("viewerRequestsMillion", "million a month");
  const hours = used("hours", "hours");
  const peak = assumptions.general("peakFactor");
  const today = times(month.value, 1e6 / (hours.value[0] * 3600), peak.value);
  const apiShare = wholeShare(stack) ?? used("apiShare", "");
  const load = new Load(stack, assumptions, apiShare, used("taskMinutes", "min"));
  return {
    ...{ today, todayFrom: [month, hours, peak], apiShare },
    ...{ limits: limitsOf(load), idleQueues: idleQueues(load), load },
  };
}

/** The part of the viewers' requests that reach the load balancer where they reach nothing else first: all. */
function wholeShare(stack: RecoveryStack): Figure | undefined {
  const [balancer] = stack.ofType("aws:lb/loadBalancer:LoadBalancer");
  return balancer !== undefined && takesClients((type) => stack.ofType(type))
    ? planned("apiShare", 1, "", balancer, "internal")
    : undefined;
}

/**
 * Derives everything.
 *
 * @param found what limitsOfPlan says of the plan with the same options
 */
export function capacityOf(
  plan: PlanOfCapacity,
  options: CapacityOptions = {},
  found = limitsOfPlan(plan, options),
): Capacity {
  const { rps, usage = USAGE } = options;
  const { load, ...said } = found;
  const { today, limits } = said;
  const cost = estimate(plan, PRICES, usage);
  return {
    ...said,
    // The most that today may be: what the table says holds for the busiest hour.
    rows: rowsOf(limits, today[1], load.assumptions, cost, rps),
    growth: growthOf(load, limits),
  };
}

/**
 * Why nothing can be said of what breaks first at a load and of what happens in time: a service whose size is not known would
 * carry any load. Undefined where it can be said.
 */
export function unknownLoad({ limits, load }: Pick<LimitsOfPlan, "limits" | "load">) {
  const unsized = load.services.flatMap(({ name, vcpus }) => (vcpus > 0 ? [] : [name]));
  if (unsized.length > 0) return `the size of the tasks of ${unsized.join(", ")} is not known`;
  const reached = limits.some(({ holds }) => holds[0] < UNREACHED);
  return reached ? undefined : "no limit is known that a load has an effect on";
}

/** A day, a flash sale, a slow rise; and failures in the busiest hour and at half of what surely holds. */
export function trialsOfPlan({ today, limits, load }: LimitsOfPlan): Trials {
  const half = (limits[0]?.holds[0] ?? 0) / 2;
  const loads = [today[1], ...(half > 1.2 * today[1] ? [half] : [])];
  return trialsOf(load, today[1], loads);
}
