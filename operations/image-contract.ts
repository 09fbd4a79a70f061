/**
 * What an image of each service must satisfy, as the planned task definition has it: for docs/image-contract.md, and for `npm run
 * image-check`, which starts an image as ECS would.
 */
import { isRecord } from "../analysis/properties";
import { integrationChecks, type IntegrationCheck } from "../schema/integration-checks";
import { routeOf } from "../schema/services";
import type { Plan } from "../tools/preview/index";
import { planWith } from "./example";
import { stackConfigOf } from "./platform";

/** Stands for an image of the service's own, with which the plan has no bootstrap command. */
const SOME_IMAGE = `sha256:${"0".repeat(64)}`;

const TASK_DEFINITION = "aws:ecs/taskDefinition:TaskDefinition";

/** What a task of a service provides to its container, and requires of it. */
export interface ImageContract {
  /** Key of the service in the stack file. */
  readonly service: string;
  /** As Docker names it. */
  readonly platform: "linux/arm64" | "linux/amd64";
  readonly user: string;
  readonly readOnlyRoot: boolean;
  /** Whether a process of Docker's own is the first one, which forwards signals and reaps orphans. */
  readonly init: boolean;
  /** What may be written to besides: in memory, gone with the task. */
  readonly writable: readonly {
    readonly path: string;
    readonly sizeMiB: number;
    readonly options: readonly string[];
  }[];
  readonly port: number;
  readonly health: {
    /** In ECS's format: CMD and words, or CMD-SHELL and a line for the image's shell. */
    readonly command: readonly string[];
    readonly interval: number;
    readonly timeout: number;
    readonly retries: number;
    readonly startPeriod: number;
  };
  /** What the load balancer asks. */
  readonly targetHealth: {
    readonly path: string;
    readonly matcher: string;
    readonly timeoutSeconds: number;
  };
  /** What the deployment gate asks after it. */
  readonly checks: readonly IntegrationCheck[];
  /** Longest that the gate waits for an answer. */
  readonly gateSeconds: number;
  /** Seconds between SIGTERM and SIGKILL. */
  readonly stopSeconds: number;
  /** Seconds after SIGTERM in which requests may still come: the target group's deregistration delay. */
  readonly acceptSeconds: number;
  /** Seconds after which the load balancer closes an idle connection. */
  readonly idleSeconds: number;
  /** Of the whole task. */
  readonly task: { readonly cpu: number; readonly memoryMiB: number };
  /** What the container has when the others of its task take all that they may. */
  readonly cpu: number;
  readonly memoryMiB: number;
  readonly environment: Readonly<Record<string, string>>;
  /** Variable -> name of the parameter that it is read from. */
  readonly secrets: Readonly<Record<string, string>>;
  /** Region of the stores, whose authorities the image trusts. */
  readonly region: string;
  /** File of these in every image, if the stack names one. */
  readonly sslRootCertificate?: string;
}

/** What the settings say, and no task definition. */
type OfSettings =
  | "targetHealth"
  | "acceptSeconds"
  | "idleSeconds"
  | "checks"
  | "gateSeconds"
  | "region"
  | "sslRootCertificate";

/** The contracts of a stack's services. @param cwd folder of the stack file */
export async function imageContracts(stack: string, cwd: string): Promise<ImageContract[]> {
  const { services, cluster, region, database } = stackConfigOf(stack, cwd);
  const { sslRootCertificate } = database;
  const images = Object.keys(services).map((name) => [name, { image: SOME_IMAGE }] as const);
  const changes = { config: { "crm:services": Object.fromEntries(images) } };
  const plan = await planWith(changes, { stack, cwd, judged: false });
  // A worker and a gRPC service get no HTTP requests: their contract is their own health command.
  const asked = Object.entries(services).filter(
    ([, config]) => routeOf(config)?.protocol === "http",
  );
  return asked.map(([name, config]) => ({
    ...contractOf(plan, name),
    targetHealth: config.targetHealth,
    acceptSeconds: config.deregistrationSeconds,
    idleSeconds: cluster.loadBalancer.idleTimeoutSeconds,
    checks: integrationChecks(name, config),
    gateSeconds: cluster.gate.requestTimeoutSeconds,
    region,
    ...(sslRootCertificate !== undefined && { sslRootCertificate }),
  }));
}

/** What ECS takes as containers, as far as an image has to do with it. */
interface Container {
  /** Units of its share. */
  readonly cpu?: number;
  /** MiB at most. */
  readonly memory?: number;
  readonly user: string;
  readonly readonlyRootFilesystem: boolean;
  readonly linuxParameters: {
    readonly initProcessEnabled: boolean;
    readonly tmpfs: readonly {
      readonly containerPath: string;
      readonly size: number;
      readonly mountOptions: readonly string[];
    }[];
  };
  readonly portMappings: readonly { readonly containerPort: number }[];
  readonly healthCheck: ImageContract["health"];
  readonly stopTimeout: number;
  readonly environment: readonly { readonly name: string; readonly value: string }[];
  readonly secrets: readonly { readonly name: string; readonly valueFrom: string }[];
}

function contractOf(
  { resources, stack }: Plan,
  service: string,
): Omit<ImageContract, OfSettings> {
  const task = resources.find(
    ({ type, name }) => type === TASK_DEFINITION && name === `crm-${service}`,
  );
  const containers = task?.inputs["containerDefinitions"];
  if (task === undefined || typeof containers !== "string") {
    throw new Error(`${stack}: expected a task definition crm-${service} with known containers, got none`);
  }
  const [container, ...others] = JSON.parse(containers) as [Container, ...Container[]];
  const ofTask = { cpu: Number(task.inputs["cpu"]), memoryMiB: Number(task.inputs["memory"]) };
  const left = (all: number, of: (other: Container) => number | undefined) =>
    others.reduce((rest, other) => rest - (of(other) ?? 0), all);
  const platform = task.inputs["runtimePlatform"];
  const isArm = isRecord(platform) && platform["cpuArchitecture"] === "ARM64";
  return {
    service,
    platform: isArm ? "linux/arm64" : "linux/amd64",
    user: container.user,
    readOnlyRoot: container.readonlyRootFilesystem,
    init: container.linuxParameters.initProcessEnabled,
    writable: container.linuxParameters.tmpfs.map(({ containerPath, size, mountOptions }) => ({
      ...{ path: containerPath, sizeMiB: size, options: mountOptions },
    })),
    port: container.portMappings[0]!.containerPort,
    health: container.healthCheck,
    stopSeconds: container.stopTimeout,
    task: ofTask,
    cpu: left(ofTask.cpu, ({ cpu }) => cpu),
    memoryMiB: left(ofTask.memoryMiB, ({ memory }) => memory),
    environment: byName(container.environment, ({ value }) => value),
    secrets: byName(container.secrets, ({ valueFrom }) => valueFrom.replace(/^.*:parameter/, "")),
  };
} // prettier-ignore

function byName<T extends { readonly name: string }>(list: readonly T[], of: (one: T) => string): Record<string, string> {
  return Object.fromEntries(list.map((one) => [one.name, of(one)]));
} // prettier-ignore
