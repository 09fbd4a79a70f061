/** `crm:gameday`: when it fits a stack, and what follows from the other sections. */
import type { Report } from "./common";
import type { StackConfig } from "./sections";

/** Settings of a stack's experiments, with what its services run on; undefined: it has none. */
export function experimentSettings(config: StackConfig) {
  const { gameday, network, cluster, services } = config;
  if (!gameday.enabled) return undefined;
  const { minutes, zone = network.availabilityZones[0]! } = gameday;
  const strategies = Object.values(services).flatMap(
    ({ capacityProviders = cluster.capacityProviders }) => capacityProviders,
  );
  return {
    minutes,
    zone,
    usesSpot: strategies.some(({ provider, weight }) => provider === "FARGATE_SPOT" && weight > 0),
  };
}

/** The experiments fit the stack, and production has them only on purpose. */
export function gamedayRules(
  { gameday, network, environment }: Partial<StackConfig>,
  report: Report,
): void {
  if (!gameday || !network) return;
  const { zone, enabled, inProduction } = gameday;
  if (zone !== undefined && !network.availabilityZones.includes(zone)) {
    const expected = `one of crm:network.availabilityZones: ${network.availabilityZones.join(", ")}`;
    report(["gameday", "zone"], zone, expected);
  }
  if (enabled && environment === "production" && !inProduction) {
    const expected = "false in production, or crm:gameday.inProduction true";
    report(["gameday", "enabled"], enabled, expected);
  }
}
