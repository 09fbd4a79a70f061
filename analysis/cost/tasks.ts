/** What tasks on Fargate cost by their size, and how they are shared out over the providers of capacity. */
import { number, record } from "./inputs";
import type { Charge, Scope } from "./model";

/** Hours of a task by its size, on demand. */
export function taskCharges(title: string, hours: number, size: TaskSize): Charge[] {
  const price = size.arm ? "fargate-arm" : "fargate-x86";
  return [
    { item: `${title}: CPU`, quantity: (hours * size.cpu) / 1024, price: `${price}-vcpu` },
    { item: `${title}: memory`, quantity: (hours * size.memory) / 1024, price: `${price}-gb` },
  ];
}

interface TaskSize {
  readonly cpu: number;
  readonly memory: number;
  readonly arm: boolean;
}

/** Size of the task definition behind an input; undefined while it is not known. */
export function taskSize(scope: Scope, input: string): TaskSize | undefined {
  const definition = (scope.resource.propertyDependencies[input] ?? [])
    .map((urn) => scope.byUrn(urn))
    .find((resource) => resource?.type === "aws:ecs/taskDefinition:TaskDefinition");
  const cpu = definition && number(definition, "cpu");
  const memory = definition && number(definition, "memory");
  if (cpu === undefined || memory === undefined) return undefined;
  const arm = record(definition!, "runtimePlatform")["cpuArchitecture"] === "ARM64";
  return { cpu, memory, arm };
}

/** First each provider's base, then the rest by weight, as a long-run average. */
export function taskShares(
  count: number,
  strategy: readonly Record<string, unknown>[],
): { provider: string; tasks: number }[] {
  if (strategy.length === 0) {
    return [{ provider: "FARGATE", tasks: count }];
  }
  const entries = strategy.map((entry) => ({
    provider: String(entry["capacityProvider"]),
    base: Number(entry["base"] ?? 0),
    weight: Number(entry["weight"] ?? 0),
  }));
  const base = entries.reduce((sum, entry) => sum + entry.base, 0);
  const weights = entries.reduce((sum, entry) => sum + entry.weight, 0);
  const rest = Math.max(0, count - base);
  return entries
    .map(({ provider, base: own, weight }) => ({
      provider,
      tasks: Math.min(own, count) + (weights === 0 ? 0 : (rest * weight) / weights),
    }))
    .filter(({ tasks }) => tasks > 0);
}
