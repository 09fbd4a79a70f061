/** A service in one line, for outputs and previews. */
import type { ServiceConfig } from "../../schema/services";

/** What a service is, in a few plain words and numbers: for previews and outputs. */
export interface ServiceSummary {
  /** Full reference, or `bootstrap`. */
  readonly image: string;
  readonly cpu: number;
  readonly memoryMiB: number;
  readonly desiredCount: number;
  readonly minCapacity: number;
  readonly maxCapacity: number;
  /** Of its rule at the load balancer; none of a worker. */
  readonly priority: number | undefined;
  readonly paths: readonly string[];
  /** First labels of the hosts whose requests it gets. @default all */
  readonly hosts?: readonly string[];
  readonly strategy: ServiceConfig["deployment"]["strategy"];
}

/** `bootstrap image, 256 CPU, 512 MiB, 2 tasks (2 to 10), /auth/* (rule 100), blue-green`. */
export function describeService(summary: ServiceSummary): string {
  return [
    summary.image === "bootstrap" ? "bootstrap image" : summary.image,
    `${summary.cpu} CPU`,
    `${summary.memoryMiB} MiB`,
    `${summary.desiredCount} tasks (${summary.minCapacity} to ${summary.maxCapacity})`,
    summary.priority === undefined
      ? "no route"
      : `${[...summary.paths, ...(summary.hosts ?? []).map((host) => `at ${host}`)].join(" ")} (rule ${summary.priority})`,
    summary.strategy,
  ].join(", ");
}

/** What a service is, by its settings and its image. */
export function summaryOf(config: ServiceConfig, image: string | undefined): ServiceSummary {
  return {
    image: image ?? "bootstrap",
    cpu: config.cpu,
    memoryMiB: config.memoryMiB,
    desiredCount: config.desiredCount,
    minCapacity: config.minCapacity,
    maxCapacity: config.maxCapacity,
    priority: config.route?.priority,
    paths: config.route?.paths ?? [],
    ...((config.route?.hosts ?? []).length > 0 && { hosts: config.route!.hosts }),
    strategy: config.deployment.strategy,
  };
}
