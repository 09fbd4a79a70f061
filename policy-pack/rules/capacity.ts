/** Whether the database accepts a stack at its maximum, and the tasks left after the loss of a zone carry the load. */
import { databasesOf, demandOn, type Database } from "../../analysis/capacity/connections";
import { servicesOf, type Service } from "../../analysis/capacity/services";
import { text, type Unknown } from "../../analysis/recovery/resources";
import { SUBNET_ADDRESSES } from "../../facts/capacity-limits";
import { parseCidr } from "../../facts/cidr";
import { POOL } from "../../facts/pools";
import { SERVICE_QUOTAS } from "../../facts/service-quotas";
import { type Report, type Rule, stackRule } from "../define";
import { outsidePlan, runsNoTasks } from "../relations";
import { stackOf } from "./recovery";

interface Connections {
  /** Variable that bounds the pool of a container. */
  readonly poolVariable: string;
  /** Connections of a task whose containers have no such variable. */
  readonly usualPool: number;
  /** For migrations, monitoring and people. */
  readonly spare: number;
  /** Part of the connections that stays free. */
  readonly marginPercent: number;
  /** Executions that functions without a reservation have together. */
  readonly accountConcurrency: number;
}

const connections = stackRule<Connections>({
  id: "capacity-connections",
  description:
    "The database accepts the connections of all services at their maximum during a deployment, of functions and of migrations, with a margin.",
  severity: "high",
  remediation:
    "Lower databasePoolMax or maxCapacity of the services that the message names, or use a larger instanceClass.",
  url: "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/CHAP_Limits.html",
  defaults: {
    poolVariable: POOL.variable,
    usualPool: POOL.usual,
    spare: POOL.spare,
    marginPercent: POOL.marginPercent,
    accountConcurrency: SERVICE_QUOTAS.lambdaConcurrency.usual,
  },
  check(graph, reportOn, config) {
    const stack = stackOf(graph);
    const { result, unknown } = stack.noting(() =>
      databasesOf(stack, servicesOf(stack), config.poolVariable),
    );
    for (const database of result) {
      const open = openOf(database, unknown);
      const isClient = database.services.length + database.functions.length > 0;
      if (!isClient && open === undefined) continue;
      const report = reportOn(database.resource);
      if (database.accepts === undefined) {
        report.undecided("instanceClass, which sets the memory,");
        continue;
      }
      const demand = demandOn(database, config.usualPool, config.spare, config.accountConcurrency);
      const [accepted] = database.accepts.connections;
      const usable = Math.floor(accepted * (1 - config.marginPercent / 100));
      if (open !== undefined && (demand.total <= usable || LOWERS.test(open.property))) {
        report.undecided(open.property);
      } else if (demand.total > usable) {
        report.violation(
          `its clients may open ${demand.total} connections, ${usable} of ${accepted} may be used: ${[...demand.parts, `${demand.spare} for others`].join(", ")}; lower the pools or the maximum number of tasks, or use a larger class.`,
        );
      }
    }
  },
});

/** Properties that may say of a smaller pool, or of more connections, than is taken where they are not known. */
const LOWERS = /^(containerDefinitions|parameter)/;
/** Properties that may give any database's address to their resource. */
const MAY_HAND = /^(containerDefinitions|taskDefinition|environment|environment\.variables)$/;

/** The value that is not known and that the demand on a database, or what it accepts, depends on. */
function openOf(database: Database, unknown: readonly Unknown[]): Unknown | undefined {
  const { resource, group, nameless, services, tasks, functions } = database;
  const parts = [
    resource,
    group,
    ...nameless,
    ...services.flatMap(({ service }) => [service.resource, service.mostOf, service.definition]),
    ...tasks.map(({ definition }) => definition),
  ].map((one) => one?.urn);
  const working = functions.map((one) => one.resource.urn);
  const open = unknown.filter(
    ({ urn, property }) =>
      parts.includes(urn) ||
      MAY_HAND.test(property) ||
      (working.includes(urn) && !property.startsWith("environment")),
  );
  return open.find(({ property }) => LOWERS.test(property)) ?? open[0];
}

/** Properties that decide about a lost zone. */
const DECIDES =
  /^(minCapacity|desiredCount|availabilityZone|targetTrackingScalingPolicyConfiguration)/;

interface ZoneLoss {
  /** Fewest tasks that scaling may leave. */
  readonly minimumTasks: number;
  /**
   * Use of what is left at the target of scaling, in percent, at the number of tasks of which the largest part is in one zone:
   * above 100 requests wait until the lost tasks are replaced.
   */
  readonly mostUsePercent: number;
}

const zoneLoss = stackRule<ZoneLoss>({
  id: "zone-loss-capacity",
  description:
    "After the loss of one zone, each service has tasks left, which carry the load of scaling's target, at any number of tasks that scaling may set, with at most mostUsePercent of their CPU until the lost tasks are replaced (above 100, requests wait meanwhile); the subnets of the other zones have addresses for the new tasks.",
  severity: "medium",
  remediation:
    "Raise minCapacity, add zones, lower the target of the scaling policy, or widen the subnets.",
  url: "https://docs.aws.amazon.com/wellarchitected/latest/reliability-pillar/rel_withstand_component_failures_static_stability.html",
  defaults: { minimumTasks: 2, mostUsePercent: 120 },
  check(graph, reportOn, config) {
    const stack = stackOf(graph);
    const { result: services, unknown } = stack.noting(() => servicesOf(stack));
    for (const service of services) {
      const node = graph.get(service.resource.urn);
      if (node !== undefined && runsNoTasks(node)) continue;
      const { resource, mostOf, cpuPolicy, subnets } = service;
      const parts = [resource, mostOf, cpuPolicy, ...subnets].map((one) => one?.urn);
      const open = unknown.find(
        ({ urn, property }) => parts.includes(urn) && DECIDES.test(property),
      );
      const report = reportOn(resource);
      if (open !== undefined) report.undecided(open.property);
      else judgeService(service, config, report);
    }
    const blocks = stack.noting(() => judgeAddresses(services, reportOn)).unknown;
    for (const { urn, property } of blocks) reportOn({ urn }).undecided(property);
  },
});

function judgeService(
  service: Service,
  { minimumTasks, mostUsePercent }: ZoneLoss,
  report: Report,
): void {
  const { least, zones, cpuTarget, subnets, subnetIds } = service;
  if (least < minimumTasks) {
    report.violation(
      `scaling may leave ${least} of its tasks: if the zone of ${least === 1 ? "that task" : "these tasks"} fails, it stops until another has started; keep at least ${minimumTasks}.`,
    );
  }
  if (subnets.length === 0) {
    // Two ids may be two subnets of one zone.
    const because = outsidePlan(subnetIds) ?? "its subnets are not in the plan";
    if (minimumTasks > 1 || cpuTarget !== undefined) {
      report.undecided("the number of zones of its tasks", because);
    }
    return;
  }
  if (minimumTasks > 1 && zones < 2) {
    report.violation("its tasks are in one zone and stop with it; add subnets in another zone.");
  }
  const { tasks, left } = worstLoss(service);
  const use = cpuTarget === undefined || left === 0 ? 0 : (cpuTarget * tasks) / left;
  if (use > mostUsePercent) {
    report.violation(
      `of ${tasks} tasks in its ${zones} zones ${left === 1 ? "1 is" : `${left} are`} left without one of them, and would need ${Math.round(use)} percent of ${left === 1 ? "its" : "their"} CPU at the target of ${cpuTarget}, more than ${mostUsePercent}; lower the target, or change minCapacity.`,
    );
  }
}

/** The number of tasks, of those that scaling may set, of which a zone's loss takes the largest part: ECS spreads whole tasks. */
function worstLoss({ least, most, zones }: Service): { tasks: number; left: number } {
  let worst = { tasks: 1, left: 0 };
  if (zones < 2) return worst;
  for (let tasks = Math.max(2, least); tasks <= most; tasks += 1) {
    const left = tasks - Math.ceil(tasks / zones);
    if (worst.left === 0 || tasks / left > worst.tasks / worst.left) worst = { tasks, left };
  }
  return worst;
}

/** Whether the maximum number of tasks, of both colours, finds addresses without the largest zone. */
function judgeAddresses(
  services: readonly Service[],
  reportOn: (resource: { urn: string }) => Report,
): void {
  const bySubnets = new Map<string, Service[]>();
  for (const service of services) {
    const key = service.subnets.map(({ urn }) => urn).join(" ");
    bySubnets.set(key, [...(bySubnets.get(key) ?? []), service]);
  }
  for (const [first, ...others] of bySubnets.values()) {
    const byZone = new Map<string, number>();
    for (const subnet of first!.subnets) {
      const zone = text(subnet, "availabilityZone");
      const block = parseCidr(text(subnet, "cidrBlock") ?? "");
      if (zone === undefined || block === undefined) continue;
      const free = block.last - block.first + 1 - SUBNET_ADDRESSES.kept;
      // Where a list is made of a whole network, one subnet a zone counts: the smallest.
      byZone.set(zone, Math.min(byZone.get(zone) ?? Infinity, free));
    }
    const free = [...byZone.values()];
    if (free.length < 2) continue;
    const left = free.reduce((sum, one) => sum + one, 0) - Math.max(...free);
    const needed = [first!, ...others].reduce(
      (sum, { most, deploying }) => sum + most * deploying,
      0,
    );
    if (needed > left) {
      reportOn(first!.resource).violation(
        `the maximum number of tasks during a deployment needs ${needed} addresses, and without the largest zone the subnets have ${left}; widen them.`,
      );
    }
  }
}

export const capacityRules: readonly Rule[] = [connections, zoneLoss];
