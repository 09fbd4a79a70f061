/**
 * The containers of a service's task, as the JSON text that ECS takes. All of it is known before anything
 * exists: names, ARNs built from names, plain settings.
 */
import { POOL } from "../../facts/pools";
import { SERVICE_CONNECT } from "../../facts/service-connect";
import {
  OTLP_PORT,
  SAMPLING_PORT,
  taskEnvironment,
  tracingEnvironment,
} from "../../platform/environments";
import { linkVariable } from "../../platform/link-resolver";
import type { ServiceConfig } from "../../schema/services";
import { BOOTSTRAP_IMAGE, COLLECTOR_IMAGE } from "../images";
import { mountPoints, type ServiceVolume } from "./service-addition";

export interface ContainerDefinitionsArgs {
  readonly config: ServiceConfig;
  readonly containerName: string;
  /** Full reference; without it the bootstrap image runs. */
  readonly image?: string;
  /** Full reference of the collector's image. @default AWS's own, from ECR Public */
  readonly collectorImage?: string | undefined;
  /** Name that traces carry: `crm-auth-service`. */
  readonly serviceName: string;
  readonly logGroupName: string;
  readonly region: string;
  /** Variables of links. */
  readonly linkEnvironment: Readonly<Record<string, string>>;
  /** Connections to the database that the task may open; it gets no variable without. */
  readonly databasePool?: number;
  /** Variable -> ARN of its SSM parameter. */
  readonly secrets: Readonly<Record<string, string>>;
  /** Variable -> version; a raised one is a new revision, so that tasks start with the new value. */
  readonly secretVersions: Readonly<Record<string, number>>;
  /** Name and protocol of the port, where other services call it. @default none */
  readonly calledPort?: { readonly name?: string; readonly appProtocol?: string };
  /** Whether a proxy of ECS Service Connect runs beside it. @default false */
  readonly connected?: boolean;
  /** File systems that the container mounts. @default none */
  readonly volumes?: readonly ServiceVolume[];
  /** Whether the container runs once and ends, without a health check. @default false */
  readonly runsOnce?: boolean;
}

/**
 * CPU units that the collector gets when both containers need all of the task's; the service gets the others. Without a value
 * Linux would halve them. Source: "Choosing Fargate task sizes" (the containers' may sum up to the task's), docs/decisions.md.
 */
const COLLECTOR_CPU = 32;

/** Memory that the collector may take and is set aside for it, in MiB. */
const COLLECTOR_MEMORY = { limit: 256, reserved: 64 };

/** Name of a service's own container. */
export function containerName(args: { readonly service: string; readonly config: ServiceConfig }) {
  return args.config.containerName ?? `${args.service}-service`;
}

/** The task's containers: the service and, with tracing, the collector. */
export function containerDefinitions(args: ContainerDefinitionsArgs): string {
  return JSON.stringify([
    serviceContainer(args),
    ...(args.config.tracing ? [collectorContainer(args)] : []),
  ]);
}

function serviceContainer(args: ContainerDefinitionsArgs): Record<string, unknown> {
  const { config } = args;
  return {
    name: args.containerName,
    image: args.image ?? BOOTSTRAP_IMAGE,
    essential: true,
    ...ownCpu(args),
    ...(args.image === undefined ? { command: bootstrapCommand(args) } : startedBy(config)),
    portMappings:
      config.port === undefined
        ? []
        : [
            {
              ...{ containerPort: config.port, hostPort: config.port, protocol: "tcp" },
              ...args.calledPort,
            },
          ],
    environment: variables(
      taskEnvironment(config.environment, {
        links: linkVariables(args),
        tracedAs: config.tracing ? args.serviceName : undefined,
        databasePool: args.databasePool,
        port: config.port,
      }),
    ),
    secrets: Object.entries(args.secrets)
      .sort(byName)
      .map(([name, valueFrom]) => ({ name, valueFrom })),
    ...(args.runsOnce !== true && {
      healthCheck: {
        command: healthCommand(args),
        interval: config.containerHealth.intervalSeconds,
        timeout: config.containerHealth.timeoutSeconds,
        retries: config.containerHealth.retries,
        startPeriod: config.containerHealth.startPeriodSeconds,
      },
    }),
    ...hardening(config.user, inMemory(config)),
    ...(args.volumes?.length && { mountPoints: mountPoints(args.volumes) }),
    stopTimeout: config.stopTimeoutSeconds,
    ...(Object.keys(args.secretVersions).length > 0 && {
      dockerLabels: { "crm.secret-versions": versionsLabel(args.secretVersions) },
    }),
    logConfiguration: logging(args, args.containerName),
  };
}

/** What runs once is no client of ECS Service Connect: it gets no address of another service. */
function linkVariables({ linkEnvironment, config, runsOnce = false }: ContainerDefinitionsArgs) {
  const called = config.links.filter(({ service }) => runsOnce && service !== undefined);
  const unknown = called.map(linkVariable);
  return Object.fromEntries(
    Object.entries(linkEnvironment).filter(([name]) => !unknown.includes(name)),
  );
}

/** What the collector and the proxy leave of the task's CPU units; nothing is set where it is all of them. */
function ownCpu({ config, connected = false, runsOnce = false }: ContainerDefinitionsArgs) {
  const beside =
    (config.tracing ? COLLECTOR_CPU : 0) + (connected && !runsOnce ? SERVICE_CONNECT.proxyCpu : 0);
  return beside > 0 ? { cpu: config.cpu - beside } : {};
}

/** Paths of a service's container that lie in memory: its root file system is read-only. */
function inMemory({ tmpSizeMiB, exec }: ServiceConfig) {
  return [
    { path: "/tmp", sizeMiB: tmpSizeMiB },
    // ECS Exec's agent writes here.
    ...(exec
      ? [
          { path: "/var/lib/amazon", sizeMiB: 16 },
          { path: "/var/log/amazon", sizeMiB: 16 },
        ]
      : []),
  ];
}

/** What a service's container has of the platform, which an extension does not set: variables, and paths in memory. */
export function ofThePlatform(config: ServiceConfig) {
  return {
    variables: [
      "PORT",
      POOL.variable,
      ...(config.tracing ? Object.keys(tracingEnvironment("")) : []),
      ...config.links.map(linkVariable),
    ],
    paths: inMemory(config).map(({ path }) => path),
  };
}

/** What the stack file starts in place of the image's own. */
function startedBy({ entryPoint, command }: ServiceConfig) {
  return { ...(entryPoint && { entryPoint }), ...(command && { command }) };
}

/** The stack file's or the document's command where the image is the service's; BusyBox has wget in curl's place. */
function healthCommand({ config, image }: ContainerDefinitionsArgs): string[] {
  const { path, command } = config.containerHealth;
  if (image === undefined && config.port === undefined) return ["CMD-SHELL", "exit 0"];
  const url = `http://localhost:${config.port}${path}`;
  if (image === undefined) return ["CMD-SHELL", `wget -q -O /dev/null ${url} || exit 1`];
  return command === undefined ? ["CMD-SHELL", `curl -f ${url} || exit 1`] : ["CMD", ...command];
}

/**
 * A web server on the service's port that answers only the two health check paths; without a port it waits, and what
 * runs once ends.
 */
function bootstrapCommand({ config, runsOnce = false }: ContainerDefinitionsArgs): string[] {
  if (runsOnce) return ["true"];
  if (config.port === undefined) return ["tail", "-f", "/dev/null"];
  const files = [...new Set([config.containerHealth.path, config.targetHealth.path])].map(
    (path) => {
      // A path that ends in a slash is answered by the folder's index.html.
      const file = `/tmp/www${path}${path.endsWith("/") ? "index.html" : ""}`;
      return `mkdir -p ${file.slice(0, file.lastIndexOf("/"))} && echo bootstrap > ${file}`;
    },
  );
  return ["sh", "-c", `${files.join(" && ")} && exec httpd -f -p ${config.port} -h /tmp/www`];
}

/** Takes traces from the service and X-Ray's sampling requests, sends both on; its end does not end the task. */
function collectorContainer(args: ContainerDefinitionsArgs): Record<string, unknown> {
  return {
    name: "otel-collector",
    image: args.collectorImage ?? COLLECTOR_IMAGE,
    essential: false,
    cpu: COLLECTOR_CPU,
    memory: COLLECTOR_MEMORY.limit,
    memoryReservation: COLLECTOR_MEMORY.reserved,
    portMappings: [],
    environment: variables({ AOT_CONFIG_CONTENT: JSON.stringify(collectorConfig(args.region)) }),
    secrets: [],
    healthCheck: {
      // The image holds no shell, only this program beside the collector.
      command: ["CMD", "/healthcheck"],
      interval: 30,
      timeout: 5,
      retries: 3,
      startPeriod: 15,
    },
    ...hardening("4317:4317", []),
    stopTimeout: args.config.stopTimeoutSeconds,
    logConfiguration: logging(args, "otel-collector"),
  };
}

function collectorConfig(region: string): Record<string, unknown> {
  return {
    extensions: {
      health_check: { endpoint: "localhost:13133" },
      // Where the service's SDK asks for X-Ray's sampling rules.
      awsproxy: { endpoint: `localhost:${SAMPLING_PORT}`, region },
    },
    receivers: { otlp: { protocols: { http: { endpoint: `localhost:${OTLP_PORT}` } } } },
    processors: {
      memory_limiter: { check_interval: "5s", limit_mib: 150, spike_limit_mib: 50 },
      resourcedetection: { detectors: ["env", "ecs"], timeout: "5s" },
      batch: { timeout: "1s", send_batch_size: 50 },
    },
    exporters: { awsxray: { region } },
    service: {
      extensions: ["health_check", "awsproxy"],
      pipelines: {
        traces: {
          receivers: ["otlp"],
          processors: ["memory_limiter", "resourcedetection", "batch"],
          exporters: ["awsxray"],
        },
      },
    },
  };
}

/**
 * A user without rights on a read-only file system. What is written lies in memory: an empty Fargate volume
 * would belong to root, tmpfs is open to the container's user.
 */
function hardening(user: string, writable: readonly { path: string; sizeMiB: number }[]) {
  return {
    user,
    readonlyRootFilesystem: true,
    privileged: false,
    linuxParameters: {
      initProcessEnabled: true,
      ...(writable.length > 0 && {
        tmpfs: writable.map(({ path, sizeMiB }) => ({
          containerPath: path,
          size: sizeMiB,
          mountOptions: ["rw", "nosuid", "nodev"],
        })),
      }),
    },
  };
}

/** Where a container's output goes: the service's log group, in streams of its own. */
export function logging(
  args: Pick<ContainerDefinitionsArgs, "logGroupName" | "region">,
  prefix: string,
) {
  return {
    logDriver: "awslogs",
    options: {
      "awslogs-group": args.logGroupName,
      "awslogs-region": args.region,
      "awslogs-stream-prefix": prefix,
      // A log that cannot be delivered must not hold up requests (ECS Developer Guide, "Non-blocking mode").
      mode: "non-blocking",
      "max-buffer-size": "25m",
    },
  };
}

/** Sorted, because AWS keeps no order and a plan should show no difference. */
function variables(environment: Readonly<Record<string, string>>) {
  return Object.entries(environment)
    .sort(byName)
    .map(([name, value]) => ({ name, value }));
}

function versionsLabel(versions: Readonly<Record<string, number>>): string {
  return Object.entries(versions)
    .sort(byName)
    .map(([name, version]) => `${name}=${version}`)
    .join(",");
}

function byName([one]: readonly [string, unknown], [other]: readonly [string, unknown]): number {
  return one < other ? -1 : one > other ? 1 : 0;
}
