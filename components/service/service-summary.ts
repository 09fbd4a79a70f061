/** A service in one line, for outputs and previews. */
import type { ServiceSummary } from "./service";

/** `bootstrap image, 256 CPU, 512 MiB, 2 tasks (2 to 10), /auth/* (rule 100), blue-green`. */
export function describeService(summary: ServiceSummary): string {
  return [
    summary.image === "bootstrap" ? "bootstrap image" : summary.image,
    `${summary.cpu} CPU`,
    `${summary.memoryMiB} MiB`,
    `${summary.desiredCount} tasks (${summary.minCapacity} to ${summary.maxCapacity})`,
    `${summary.paths.join(" ")} (rule ${summary.priority})`,
    summary.strategy,
  ].join(", ");
}

/** Of several services the one that gets what no other does: a higher priority's number is lower. */
export function catchAll<T extends { readonly summary: ServiceSummary }>(
  services: Readonly<Record<string, T>>,
): T | undefined {
  return Object.values(services).sort(
    (one, other) => other.summary.priority - one.summary.priority,
  )[0];
}
