/** When `crm:gameday` fits a stack. */
import type { Report } from "./common";
import type { StackConfig } from "./sections";

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
