/** `crm:services`: the container services by name. To add a service, add a block to the stack file. */
import { z } from "zod";

import { FARGATE_BOUNDS } from "../facts/fargate-sizes";
import { LOAD_BALANCER_LIMITS } from "../facts/limits";
import { NAME_LENGTHS } from "../facts/name-lengths";
import { PATH_CONDITION, pathCondition } from "../facts/path-conditions";
import { POOL } from "../facts/pools";
import { SPOT_WARNING } from "../facts/scaling-times";
import { SERVICE_CONNECT } from "../facts/service-connect";
import {
  BAKE_MINUTES,
  CANARY_PERCENT,
  CONTAINER_HEALTH,
  DEREGISTRATION_SECONDS,
  HEALTH_GRACE_SECONDS,
  PORTS,
  RULE_PRIORITY,
  STEP_MINUTES,
  STEP_PERCENT,
  STOP_SECONDS,
  TARGET_HEALTH,
} from "../facts/setting-bounds";
import { capacityProvidersSchema } from "./cluster";
import {
  commandLine,
  decimal,
  flag,
  group,
  hostLabel,
  integer,
  within,
  list,
  logRetentionDays,
  namedGroup,
  oneOf,
  queueWord,
  oneOfNumbers,
  text,
  word,
} from "./common";
import { image, repositorySchema } from "./images";
import { linksSchema } from "./links";
import { tasksSchema } from "./service-tasks";

/** How a new version takes over. */
export const STRATEGIES = ["blue-green", "canary", "linear", "rolling"] as const;

/** Where the value of a secret comes from. */
export const SECRET_SOURCES = ["generated", "config", "database-url", "redis-url"] as const;

/** Longest name of a service: its target groups, named as long as load balancers at most, are `crm-<name>-green-` and 7 random digits. */
const NAME_LENGTH = NAME_LENGTHS.loadBalancer.maximum - "crm--green-1234567".length;

const serviceName = text(
  new RegExp(`^(?=.{1,${NAME_LENGTH}}$)[a-z][a-z0-9]*(-[a-z0-9]+)*$`),
  `a lower-case word of at most ${NAME_LENGTH} letters, digits and inner hyphens`,
);

const variableName = text(/^[A-Z][A-Z0-9_]{0,99}$/, "a name such as JWT_SECRET");

/** Least of crm:services.<name>.deployment.timeoutMinutes. */
export const SHORTEST_DEPLOYMENT_MINUTES = 10;

const urlPath = text(/^\/[A-Za-z0-9/_.~-]*$/, "a path such as /health");

/** At most the number of targets that a load balancer may have. */
const tasks = () => integer(1, LOAD_BALANCER_LIMITS.targets, "tasks");

const secretSchema = group({
  parameter: word().describe("Last part of the parameter's path, such as jwt-secret"),
  source: oneOf(SECRET_SOURCES).describe(
    "generated: created by this stack; config: set in crm:secrets; database-url and redis-url: written by database and cache",
  ),
  secret: word()
    .optional()
    .describe("Name of the value in crm:secrets; without it the parameter's name"),
  required: flag()
    .default(true)
    .describe(
      "Whether a deployment is refused if crm:secrets has no value; otherwise the service starts without the variable",
    ),
  version: integer(1, 1_000_000)
    .default(1)
    .describe("Raise it to generate a new secret and restart the service with it"),
});

const containerHealthSchema = group({
  path: urlPath.default("/health").describe("Path that the container's health check requests"),
  command: commandLine()
    .optional()
    .describe(
      "Health check command: a program of the image and its arguments, run without a shell, such as [node, health.js]; without it curl requests path and port",
    ),
  intervalSeconds: within(CONTAINER_HEALTH.intervalSeconds, "seconds")
    .default(30)
    .describe("Seconds between two checks"),
  timeoutSeconds: within(CONTAINER_HEALTH.timeoutSeconds, "seconds")
    .default(5)
    .describe("Longest wait for an answer"),
  retries: within(CONTAINER_HEALTH.retries, "failures")
    .default(3)
    .describe("Failures in a row that stop the task"),
  startPeriodSeconds: within(CONTAINER_HEALTH.startPeriodSeconds, "seconds")
    .default(60)
    .describe("Seconds after the start in which failures do not count"),
});

const targetHealthSchema = group({
  path: urlPath.default("/health").describe("Path that the load balancer requests"),
  intervalSeconds: within(TARGET_HEALTH.intervalSeconds, "seconds")
    .default(30)
    .describe("Seconds between two checks"),
  timeoutSeconds: within(TARGET_HEALTH.timeoutSeconds, "seconds")
    .default(5)
    .describe("Longest wait for an answer"),
  healthyThreshold: within(TARGET_HEALTH.threshold, "checks")
    .default(2)
    .describe("Passed checks in a row that make a task healthy"),
  unhealthyThreshold: within(TARGET_HEALTH.threshold, "checks")
    .default(3)
    .describe("Failed checks in a row that make a task unhealthy"),
  matcher: text(
    /^([234]\d\d([,-][234]\d\d)*|\d{1,2}([,-]\d{1,2})*)$/,
    "HTTP status codes from 200 to 499, such as 200 or 200-299, or gRPC status codes such as 0",
  )
    .default("200")
    .describe("Status codes of a passed check; of a gRPC service gRPC's, such as 0"),
});

const scalingSchema = group({
  cpuTargetPercent: integer(1, 100, "percent")
    .default(70)
    .describe("CPU use above which tasks are added"),
  memoryTargetPercent: integer(1, 100, "percent")
    .default(80)
    .describe("Memory use above which tasks are added"),
  scaleOutCooldownSeconds: integer(0, 3600, "seconds")
    .default(300)
    .describe("Cooldown after scaling out, in seconds"),
  cpuScaleInPercent: integer(1, 100, "percent")
    .default(30)
    .describe("CPU use below which a task is removed, if memory use is low as well"),
  memoryScaleInPercent: integer(1, 100, "percent")
    .default(40)
    .describe("Memory use below which a task is removed, if CPU use is low as well"),
  scaleInCooldownSeconds: integer(0, 3600, "seconds")
    .default(600)
    .describe("Cooldown after scaling in, in seconds"),
  requestsPerTask: integer(1, 1_000_000, "requests a minute")
    .optional()
    .describe(
      "Requests a minute and task above which tasks are added; without it requests do not count",
    ),
  backlog: group({
    queue: queueWord().describe(
      "Queue, by its key in the stack file; a link must allow the service to receive",
    ),
    messagesPerTask: integer(1, 1_000_000, "messages").describe(
      "Waiting messages a task above which tasks are added: the seconds that a message may wait, divided by the seconds that a task needs for one",
    ),
  })
    .optional()
    .describe("Queue whose messages the service processes; without it no queue counts"),
});

const rollbackAlarmsSchema = group({
  enabled: flag().default(true).describe("Whether an alarm in the bake time rolls back"),
  errorPercent: decimal(0.1, 100, "percent")
    .default(5)
    .describe(
      "Share of answers with a 5XX status above which the version is rolled back; a failed gRPC call has status 200 and does not count",
    ),
  minimumRequests: integer(1, 1_000_000, "requests a period")
    .default(20)
    .describe(
      "Requests in a period below which a share of errors or a percentile of response times is ignored",
    ),
  latencySeconds: decimal(0.01, 600, "seconds")
    .default(2)
    .describe("95th percentile of the response time above which the version is rolled back"),
  periodSeconds: oneOfNumbers([60, 120, 180, 240, 300], "seconds")
    .default(60)
    .describe("Period of the alarms' metrics"),
  evaluationPeriods: integer(1, 5, "periods")
    .default(2)
    .describe("Periods in a row after which an alarm fires"),
});

const deploymentSchema = group({
  strategy: oneOf(STRATEGIES)
    .default("blue-green")
    .describe(
      "Deployment strategy; a deployed service changes from or to rolling by runbook only (service-change.md)",
    ),
  bakeMinutes: within(BAKE_MINUTES, "minutes")
    .default(10)
    .describe("Bake time: minutes that the old version keeps running after the traffic shift"),
  canaryPercent: decimal(CANARY_PERCENT.minimum, CANARY_PERCENT.maximum - 1, "percent")
    .default(10)
    .describe("Share of traffic that the new version gets first (canary)"),
  stepPercent: decimal(STEP_PERCENT.minimum, STEP_PERCENT.maximum - 1, "percent")
    .default(20)
    .describe("Share of traffic that moves in each step (linear)"),
  stepMinutes: within(STEP_MINUTES, "minutes")
    .default(5)
    .describe("Minutes after the canary's or each linear step"),
  timeoutMinutes: integer(SHORTEST_DEPLOYMENT_MINUTES, 2880, "minutes")
    .default(60)
    .describe("Minutes after which an unfinished deployment fails"),
  rollbackAlarms: rollbackAlarmsSchema.prefault({}).describe("Alarms on the service's own targets"),
  checks: list(
    group({
      path: urlPath.describe("Path that the gate requests through the test listener"),
      status: integer(100, 599).default(200).describe("Expected status code"),
      contains: z
        .string({ error: "a text" })
        .max(200, { error: "a text of 200 letters at most" })
        .optional()
        .describe("Text that the answer must contain"),
      maxSeconds: decimal(0.01, 60, "seconds")
        .optional()
        .describe("Longest time for the answer; without it the gate's own"),
    }),
    0,
    20,
    "checks",
  )
    .optional()
    .describe(
      "Integration checks of a new version, after its health check; without it one for each route (docs/integration-checks.md), [] for none",
    ),
});

export const serviceSchema = group({
  image: image
    .optional()
    .describe(
      "Image: a digest or tag of the service's repository, or a full reference. Without it a bootstrap image that answers the health check",
    ),
  repository: repositorySchema.prefault({}).describe("Where the service's images are"),
  containerName: word().optional().describe("Name of the container; without it <service>-service"),
  cpu: within(FARGATE_BOUNDS.cpu, "CPU units").describe("CPU units of a task; 1024 are one vCPU"),
  memoryMiB: within(FARGATE_BOUNDS.memoryMiB, "MiB").describe("Memory of a task in MiB"),
  architecture: oneOf(["ARM64", "X86_64"])
    .default("ARM64")
    .describe("Processor that the image is built for"),
  user: text(
    /^[1-9]\d{0,9}(:[1-9]\d{0,9})?$/,
    "a user's number, not root's, such as 1000 or 1000:1000",
  )
    .default("1000:1000")
    .describe("User and group that the container runs as"),
  tmpSizeMiB: integer(1, 10_240, "MiB")
    .default(64)
    .describe("Size of /tmp, the one place a container may write to; part of its memory"),
  // One second less than Spot's warning, so that the container ends by SIGTERM.
  stopTimeoutSeconds: integer(STOP_SECONDS.minimum, STOP_SECONDS.maximum - 1, "seconds")
    .default(110)
    .describe(`Seconds to finish work after SIGTERM; Spot gives ${SPOT_WARNING.seconds}`),
  exec: flag()
    .default(false)
    .describe("Whether commands can be run in its containers (ECS Exec, logged)"),
  entryPoint: commandLine()
    .optional()
    .describe("Program that the container runs, without a shell; without it that of the image"),
  command: commandLine()
    .optional()
    .describe("Arguments of the program, or program and arguments; without it the image's"),
  port: within(PORTS)
    .optional()
    .describe("Port that the container listens on; a service without a route may have none"),
  desiredCount: tasks().describe("Initial number of tasks; afterwards scaling sets it"),
  minCapacity: tasks().describe("Fewest tasks"),
  maxCapacity: tasks().describe("Most tasks"),
  capacityProviders: capacityProvidersSchema
    .optional()
    .describe(
      "How the service's tasks are spread over on-demand and Spot capacity; without it as crm:cluster says",
    ),
  route: group({
    protocol: oneOf(["http", "grpc"])
      .default("http")
      .describe(
        "What the containers speak. grpc: with an image and a containerHealth.command of its own, and a method as targetHealth.path",
      ),
    hosts: list(hostLabel(), 0, PATH_CONDITION.strings - 1, "labels")
      .default([])
      .describe(
        "First labels of hosts of the domain: only requests to them lead to the service, except for crm:edge.healthCheck.path and /maintenance/unavailable.json, which every host of the API shares. They get records and certificates and lead to the API's distribution, or to the load balancer without CloudFront, where the hosts of application and API may stand here, too, and a service without hosts still answers the health check; the recovery stack has the same. None: any host. Never remove the last one while the API serves",
      ),
    priority: within(RULE_PRIORITY).describe(
      "Priority of the rule; the lowest number that matches applies",
    ),
    paths: list(
      text(/^\/[A-Za-z0-9/_.~*?-]*$/, "a path pattern such as /auth/*"),
      1,
      20,
      "path patterns",
    ).describe(
      `Paths that lead to the service; more than ${PATH_CONDITION.strings} as regular expressions, of which a rule takes ${PATH_CONDITION.strings} of ${PATH_CONDITION.characters} characters, one less for each of hosts`,
    ),
  })
    .optional()
    .describe(
      "Requests that the load balancer sends to the service; without it the service is a worker, whose deployment.strategy is rolling",
    ),
  environment: namedGroup(variableName, z.string({ error: "a text" }))
    .default({})
    .describe("Variables besides PORT and those of links and tracing; never a secret"),
  secrets: namedGroup(variableName, secretSchema)
    .default({})
    .describe("Variables that the container gets from SSM parameters"),
  links: linksSchema,
  callProtocol: oneOf(["http", "grpc"])
    .optional()
    .describe(
      "What other services' calls speak, where the service has no route; without it http. With one it is route.protocol. grpc: with a containerHealth.command of its own",
    ),
  callTimeoutSeconds: integer(0, SERVICE_CONNECT.idleSeconds, "seconds")
    .optional()
    .describe(
      `Seconds in which an answer is complete if other services call the service, to requests of its route as well, which pass the same proxy; 0: no limit. Without it ${SERVICE_CONNECT.requestSeconds}, and 0 where calls are gRPC and with a route, where the timeouts of CloudFront and load balancer hold. A connection closes after ${SERVICE_CONNECT.idleSeconds} seconds without traffic`,
    ),
  databasePoolMax: integer(1, 1000, "connections")
    .optional()
    .describe(
      `Maximum number of database connections of a task: the container gets it as ${POOL.variable}, and its pool must respect it. Without it ${POOL.usual}, or what fits into the database with every service at its largest and in a deployment`,
    ),
  tasks: tasksSchema
    .default({})
    .describe("Tasks that run once and end: the service's image with another command"),
  containerHealth: containerHealthSchema
    .prefault({})
    .describe("Health check by the container itself"),
  targetHealth: targetHealthSchema.prefault({}).describe("Health check by the load balancer"),
  healthGraceSeconds: within(HEALTH_GRACE_SECONDS, "seconds")
    .default(60)
    .describe("Seconds after the start in which a failed load balancer check stops no task"),
  deregistrationSeconds: within(DEREGISTRATION_SECONDS, "seconds")
    .default(30)
    .describe("Seconds in which a stopping task may finish its requests"),
  scaling: scalingSchema.prefault({}).describe("When tasks are added and removed"),
  deployment: deploymentSchema.prefault({}).describe("How a new version is deployed"),
  tracing: flag()
    .default(true)
    .describe("Whether a collector beside the container sends traces to X-Ray"),
  logRetentionDays: logRetentionDays().default(30).describe("Days that the service's log is kept"),
});

export const servicesSchema = namedGroup(serviceName, serviceSchema);

/** Values of the origin's secret header that a rule compares: this one and the one before. */
const ORIGIN_HEADER_STRINGS = 2;

/** Strings that a rule has for paths beside its hosts and the origin's header. */
export function pathStrings({ hosts }: Pick<Route, "hosts">): number {
  const { strings, ruleStrings } = PATH_CONDITION;
  return Math.min(strings, ruleStrings - ORIGIN_HEADER_STRINGS - hosts.length);
}

/** The condition for a route's paths; undefined where they do not fit. */
export function routePaths(route: Pick<Route, "hosts" | "paths">) {
  return pathCondition(route.paths, pathStrings(route));
}

/** What the API's distribution needs to know of the services behind it. */
export interface PublicRoutes {
  /** First labels of hosts that services have, each once. */
  readonly hosts: readonly string[];
  /** Whether one of them speaks gRPC. */
  readonly grpc: boolean;
}

export function publicRoutes(services: ServicesConfig): PublicRoutes {
  const routes = Object.values(services).flatMap(({ route }) => route ?? []);
  return {
    hosts: [...new Set(routes.flatMap(({ hosts }) => hosts))].sort(),
    grpc: routes.some(({ protocol }) => protocol === "grpc"),
  };
}

/** Route and port of a service that the load balancer leads to; none of a worker. */
export function routeOf({ route, port }: Pick<ServiceConfig, "route" | "port">) {
  return route === undefined || port === undefined ? undefined : { ...route, port };
}

type Route = NonNullable<ServiceConfig["route"]>;
export type ServiceConfig = z.infer<typeof serviceSchema>;
export type ServicesConfig = z.infer<typeof servicesSchema>;
