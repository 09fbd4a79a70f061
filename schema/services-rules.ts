/** Rules between the settings of a service, and between services. */
import { usualDeploymentMinutes } from "../facts/deployment-time";
import { FARGATE_CPU_UNITS, fargateMemories } from "../facts/fargate-sizes";
import { LOAD_BALANCER_LIMITS } from "../facts/limits";
import { coversPaths, PATH_CONDITION } from "../facts/path-conditions";
import { POOL } from "../facts/pools";
import { capacityRules } from "./cluster";
import { environmentRule, nameRule, OF_TASK, type Report, type SectionRules } from "./common";
import { linkRules, linkVariableRules } from "./links";
import { readsDatabase } from "./pools";
import { callProtocolRules, serviceCallRules } from "./service-calls";
import { taskBeforeVersion } from "./service-tasks";
import {
  pathStrings,
  routePaths,
  type ServiceConfig,
  type ServicesConfig,
  SHORTEST_DEPLOYMENT_MINUTES,
} from "./services";

export const servicesRules: SectionRules<ServicesConfig> = (services, report) => {
  const entries = Object.entries(services);
  for (const [name, service] of entries) {
    sizeRules([name], service, report);
    taskRules(name, service, report);
    healthRules(name, service, report);
    scalingRules(name, service, report);
    workerRules(name, service, report);
    protocolRules(name, service, report);
    callProtocolRules(name, service, report);
    if (service.capacityProviders) {
      capacityRules(service.capacityProviders, [name, "capacityProviders"], report);
    }
    deploymentRules(name, service, report);
    variableRules(name, service, report);
    linkRules(service.links, [name, "links"], report);
  }
  serviceCallRules(services, report);
  priorityRules(entries, report);
  coveredRules(entries, report);
  quotaRules(entries, report);
};

/** Every image that a service names is named by digest; for stacks that ask for it (`crm:cluster`). */
export function imageDigestRules(services: ServicesConfig, report: Report): void {
  for (const [name, service] of Object.entries(services)) {
    if (service.image !== undefined && !service.image.includes("sha256:")) {
      report(
        ["services", name, "image"],
        service.image,
        "an image by digest (crm:cluster.requireImageDigest is on)",
      );
    }
  }
}

function sizeRules(
  path: readonly string[],
  service: Pick<ServiceConfig, "cpu" | "memoryMiB" | "tmpSizeMiB">,
  report: Report,
): void {
  const memories = fargateMemories(service.cpu);
  if (memories.length === 0) {
    report([...path, "cpu"], service.cpu, `one of ${FARGATE_CPU_UNITS.join(", ")} CPU units`);
  } else if (!memories.includes(service.memoryMiB)) {
    const [smallest, next] = memories;
    const step = memories.length > 3 ? ` in steps of ${next! - smallest!}` : "";
    const range =
      memories.length > 3 ? `${smallest} to ${memories.at(-1)}${step}` : memories.join(", ");
    report([...path, "memoryMiB"], service.memoryMiB, `${range} MiB with ${service.cpu} CPU units`);
  }
  if (service.tmpSizeMiB * 2 > service.memoryMiB) {
    report(
      [path[0]!, "tmpSizeMiB"],
      service.tmpSizeMiB,
      `half of the task's ${service.memoryMiB} MiB at most`,
    );
  }
}

/** Something starts each task, and it has a size that Fargate has. */
function taskRules(name: string, service: ServiceConfig, report: Report): void {
  const first = taskBeforeVersion(service.tasks)?.[0];
  for (const [task, settings] of Object.entries(service.tasks)) {
    const { schedule, beforeVersion } = settings;
    const path = [name, "tasks", task];
    if ((schedule === undefined) === (beforeVersion === undefined)) {
      const given = schedule === undefined ? "none" : "both";
      report(path, given, "one of schedule and beforeVersion");
    }
    if (beforeVersion !== undefined && task !== first) {
      report([...path, "beforeVersion"], "a second one", `no such entry, as ${first} has it`);
    }
    if (beforeVersion !== undefined && service.deployment.strategy === "rolling") {
      const expected = "no such entry, as deployment.strategy is rolling, which has no such stage";
      report([...path, "beforeVersion"], "a stage of the deployment", expected);
    }
    const { cpu = service.cpu, memoryMiB = service.memoryMiB } = settings;
    if (settings.cpu !== undefined || settings.memoryMiB !== undefined) {
      const { tmpSizeMiB } = service;
      sizeRules(path, { cpu, memoryMiB, tmpSizeMiB }, report);
    }
  }
}

/** Settings that are only useful behind the load balancer, and those that a service needs there. */
function workerRules(name: string, service: ServiceConfig, report: Report): void {
  const { route, port, containerHealth, scaling, deployment } = service;
  if (route !== undefined && routePaths(route) === undefined) {
    const { characters } = PATH_CONDITION;
    const strings = pathStrings(route);
    const expected = `paths of at most ${characters} characters that fit into ${strings} regular expression${strings === 1 ? "" : "s"} of as many`;
    report([name, "route", "paths"], route.paths, expected);
  }
  const condition = route && routePaths(route);
  if (condition && "values" in condition) {
    const { ruleWildcards } = LOAD_BALANCER_LIMITS;
    const wildcards = condition.values.join("").match(/[*?]/g) ?? [];
    if (wildcards.length > ruleWildcards) {
      const expected = `at most ${ruleWildcards} wildcards (* or ?) in all`;
      report([name, "route", "paths"], condition.values, expected);
    }
  }
  if (port === undefined && route !== undefined) {
    report([name, "port"], port, "the port that the route leads to");
  } else if (port === undefined && containerHealth.command === undefined) {
    const expected = "a command, as the service has no port to check";
    report([name, "containerHealth", "command"], undefined, expected);
  }
  if (route === undefined) {
    const because = "as the service has no route";
    if (deployment.strategy !== "rolling") {
      report([name, "deployment", "strategy"], deployment.strategy, `rolling, ${because}`);
    }
    if ((deployment.checks ?? []).length > 0) {
      report([name, "deployment", "checks"], "checks", `no such entry, ${because}`);
    }
    if (scaling.requestsPerTask !== undefined) {
      const path = [name, "scaling", "requestsPerTask"];
      report(path, scaling.requestsPerTask, `no such entry, ${because}`);
    }
  }
  const queue = scaling.backlog?.queue;
  const received = service.links
    .filter(({ access }) => access.endsWith("receive"))
    .flatMap((link) => link.queue ?? []);
  if (queue !== undefined) {
    const from = `the queues that ${name}.links lets the service receive from`;
    nameRule([name, "scaling", "backlog", "queue"], queue, received, from, report);
  }
}

/** What a load balancer and the gate ask of a service, by what it speaks. */
function protocolRules(name: string, service: ServiceConfig, report: Report): void {
  const { route, targetHealth, image, containerHealth, deployment } = service;
  const { path, matcher } = targetHealth;
  if (route?.protocol !== "grpc") {
    if (!/^\d{3}/.test(matcher)) {
      report(
        [name, "targetHealth", "matcher"],
        matcher,
        "HTTP status codes such as 200 or 200-299",
      );
    }
    return;
  }
  const because = "as route.protocol is grpc";
  if (!/^\/[\w.]+\/\w+$/.test(path)) {
    const expected = `a method such as /grpc.health.v1.Health/Check, ${because}`;
    report([name, "targetHealth", "path"], path, expected);
  }
  if (/^\d{3}/.test(matcher)) {
    const expected = `gRPC status codes such as 0, ${because}`;
    report([name, "targetHealth", "matcher"], matcher, expected);
  }
  if (image === undefined) {
    report([name, "image"], image, `an image, ${because}: the bootstrap image has no such server`);
  }
  if (containerHealth.command === undefined) {
    const expected = `a command, ${because}: the default one requests a path`;
    report([name, "containerHealth", "command"], undefined, expected);
  }
  if ((deployment.checks ?? []).length > 0) {
    const expected = `no such entry, ${because}: the gate calls targetHealth.path alone`;
    report([name, "deployment", "checks"], "checks", expected);
  }
}

function healthRules(name: string, service: ServiceConfig, report: Report): void {
  for (const check of ["containerHealth", "targetHealth"] as const) {
    const { intervalSeconds, timeoutSeconds } = service[check];
    if (timeoutSeconds >= intervalSeconds) {
      report(
        [name, check, "timeoutSeconds"],
        timeoutSeconds,
        `less than the interval of ${intervalSeconds} seconds`,
      );
    }
  }
  if (service.deregistrationSeconds >= service.stopTimeoutSeconds) {
    // A task that stops sooner than its last requests end cuts them off.
    report(
      [name, "deregistrationSeconds"],
      service.deregistrationSeconds,
      `less than stopTimeoutSeconds, ${service.stopTimeoutSeconds}`,
    );
  }
}

function scalingRules(name: string, service: ServiceConfig, report: Report): void {
  const { minCapacity, desiredCount, maxCapacity, scaling } = service;
  if (minCapacity > maxCapacity) {
    report([name, "minCapacity"], minCapacity, `at most ${maxCapacity} (maxCapacity)`);
  } else if (desiredCount < minCapacity || desiredCount > maxCapacity) {
    report(
      [name, "desiredCount"],
      desiredCount,
      `a number from minCapacity, ${minCapacity}, to maxCapacity, ${maxCapacity}`,
    );
  }
  for (const kind of ["cpu", "memory"] as const) {
    const low = scaling[`${kind}ScaleInPercent`];
    const high = scaling[`${kind}TargetPercent`];
    if (low >= high) {
      report([name, "scaling", `${kind}ScaleInPercent`], low, `less than the target of ${high}`);
    }
  }
}

/** Minutes that a deployment of a service needs at least: its timeout is no shorter. */
export function leastDeploymentMinutes(service: ServiceConfig): number {
  const { strategy } = service.deployment;
  if (strategy === "rolling") return SHORTEST_DEPLOYMENT_MINUTES;
  const { least, before } = partsOf(service, strategy);
  return Math.max(SHORTEST_DEPLOYMENT_MINUTES, least + before);
}

const SHIFTING = { "blue-green": "BLUE_GREEN", canary: "CANARY", linear: "LINEAR" } as const;

/** What a deployment that shifts traffic consists of, in minutes. */
function partsOf({ deployment, tasks }: ServiceConfig, strategy: keyof typeof SHIFTING) {
  const { bakeMinutes, stepMinutes, stepPercent } = deployment;
  return {
    ...usualDeploymentMinutes({
      ...{ strategy: SHIFTING[strategy], bakeMinutes, stepMinutes, stepPercent },
    }),
    before: taskBeforeVersion(tasks)?.[1].beforeVersion?.timeoutMinutes ?? 0,
  };
}

function deploymentRules(name: string, service: ServiceConfig, report: Report): void {
  const { deployment } = service;
  const { strategy, bakeMinutes, rollbackAlarms } = deployment;
  const path = [name, "deployment"];
  if (strategy === "rolling") {
    return;
  }
  const alarmSeconds = rollbackAlarms.periodSeconds * rollbackAlarms.evaluationPeriods;
  if (rollbackAlarms.enabled && alarmSeconds >= bakeMinutes * 60) {
    report(
      [...path, "bakeMinutes"],
      bakeMinutes,
      `more than the ${alarmSeconds} seconds in which an alarm can fire`,
    );
  }
  const { shifting, around, least, before } = partsOf(service, strategy);
  if (deployment.timeoutMinutes < least + before) {
    report(
      [...path, "timeoutMinutes"],
      deployment.timeoutMinutes,
      `at least ${least + before} minutes: ${shifting} to shift and bake, ${around} to start and drain${before > 0 ? `, ${before} for the task before it` : ""}`,
    );
  }
}

/** A variable has one source, and the parameters that this service owns have one writer. */
function variableRules(name: string, service: ServiceConfig, report: Report): void {
  linkVariableRules(service, [name], ["environment", "secrets"], report);
  environmentRule(service.environment, OF_TASK, [name, "environment"], report);
  for (const variable of Object.keys(service.environment)) {
    if (Object.hasOwn(service.secrets, variable)) {
      report([name, "environment", variable], "a variable", "another name: a secret has this one");
    }
    if (variable === "PORT") {
      report([name, "environment", variable], "a variable", `no such entry: port says it already`);
    }
    if (variable === POOL.variable) {
      const expected = "no such entry: databasePoolMax says it";
      report([name, "environment", variable], "a variable", expected);
    }
  }
  if (service.databasePoolMax !== undefined && !readsDatabase(service)) {
    const expected = "no such entry: the service has no secret with the source database-url";
    report([name, "databasePoolMax"], service.databasePoolMax, expected);
  }
  const parameters = Object.values(service.secrets).map((secret) => secret.parameter);
  parameters.forEach((parameter, index) => {
    if (parameters.indexOf(parameter) !== index) {
      report([name, "secrets"], parameter, "each parameter once");
    }
  });
}

function priorityRules(entries: readonly [string, ServiceConfig][], report: Report): void {
  const owners = new Map<number, string>();
  for (const [name, { route }] of entries) {
    if (route === undefined) continue;
    const owner = owners.get(route.priority);
    if (owner !== undefined) {
      report(
        [name, "route", "priority"],
        route.priority,
        `a priority that no other service has (${owner} has this one)`,
      );
    }
    owners.set(route.priority, owner ?? name);
  }
}

/**
 * No request reaches a rule behind one that takes all of its paths at all of its hosts. A service that takes over from another
 * has the same paths and hosts: docs/runbooks/service-change.md.
 */
function coveredRules(entries: readonly [string, ServiceConfig][], report: Report): void {
  const routes = entries.flatMap(([name, { route }]) => (route ? [{ name, ...route }] : []));
  for (const { name, priority, paths, hosts } of routes) {
    const before = routes.filter(
      (other) =>
        other.priority < priority &&
        coversHosts(other.hosts, hosts) &&
        !(sameEntries(other.paths, paths) && sameEntries(other.hosts, hosts)),
    );
    const [covered] = paths.flatMap((path) =>
      before.flatMap((first) =>
        first.paths.filter((one) => coversPaths(one, path)).map((by) => ({ path, first, by })),
      ),
    );
    if (covered === undefined) continue;
    const { path, first, by } = covered;
    report(
      [name, "route", "priority"],
      priority,
      `less than ${first.priority}: there ${first.name} takes every request to ${path}, by ${by}`,
    );
  }
}

/** Whether one rule gets the requests to every host of another; none are all. */
function coversHosts(outer: readonly string[], inner: readonly string[]): boolean {
  return outer.length === 0 || (inner.length > 0 && inner.every((host) => outer.includes(host)));
}

function sameEntries(one: readonly string[], other: readonly string[]): boolean {
  return [...one].sort().join() === [...other].sort().join();
}

/** Each service with a route has two rules (production and test) and two target groups (blue and green). */
function quotaRules(all: readonly [string, ServiceConfig][], report: Report): void {
  const entries = all.filter(([, { route }]) => route !== undefined);
  const most = Math.min(LOAD_BALANCER_LIMITS.rules, LOAD_BALANCER_LIMITS.targetGroups) / 2;
  if (entries.length > most) {
    report(
      [],
      `${entries.length} services`,
      `at most ${most}: a load balancer has ${LOAD_BALANCER_LIMITS.rules} rules`,
    );
  }
  const tasks = entries.reduce((sum, [, service]) => sum + service.maxCapacity, 0);
  if (tasks * 2 > LOAD_BALANCER_LIMITS.targets) {
    report(
      [],
      `${tasks} tasks at most`,
      `at most ${LOAD_BALANCER_LIMITS.targets / 2}: both colours together are a load balancer's ${LOAD_BALANCER_LIMITS.targets} targets`,
    );
  }
}
