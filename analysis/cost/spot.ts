/** How much of the ECS services' tasks Spot runs at rest: a base counts for each service, so that small ones may never reach their shares. */
import type { PlannedResource } from "../plan/model";
import { number, records } from "./inputs";
import { taskShares } from "./tasks";

const SERVICE = "aws:ecs/service:Service";

/** The services that may run on Spot, with as many tasks as they begin with. */
export interface SpotAtRest {
  readonly tasks: number;
  /** Tasks that a base keeps on demand. */
  readonly onDemand: number;
  /** Share of the tasks on Spot, on average. */
  readonly percent: number;
  /** The same by the weights alone. */
  readonly weightPercent: number;
}

/** Undefined where no service that has tasks may run on Spot. */
export function spotAtRest(resources: readonly PlannedResource[]): SpotAtRest | undefined {
  const services = resources.flatMap((resource) => {
    if (resource.type !== SERVICE) return [];
    const strategy = records(resource, "capacityProviderStrategies");
    const tasks = number(resource, "desiredCount") ?? 0;
    return tasks > 0 && strategy.some(isSpot) ? [{ strategy, tasks }] : [];
  });
  if (services.length === 0) return undefined;
  const sum = (of: (service: (typeof services)[number]) => number) =>
    services.reduce((all, service) => all + of(service), 0);
  const tasks = sum((service) => service.tasks);
  const onSpot = (count: number, strategy: readonly Record<string, unknown>[]) =>
    taskShares(count, strategy).find(({ provider }) => provider === "FARGATE_SPOT")?.tasks ?? 0;
  return {
    tasks,
    onDemand: sum(({ strategy, tasks: count }) =>
      Math.min(count, Number(strategy.find((entry) => !isSpot(entry))?.["base"] ?? 0)),
    ),
    percent: (sum(({ strategy, tasks: count }) => onSpot(count, strategy)) / tasks) * 100,
    weightPercent:
      (sum(({ strategy, tasks: count }) =>
        onSpot(count, strategy.map((entry) => ({ ...entry, base: 0 }))),
      ) / tasks) * 100,
  };
} // prettier-ignore

const isSpot = (entry: Record<string, unknown>) => entry["capacityProvider"] === "FARGATE_SPOT";
