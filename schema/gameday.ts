/** `crm:gameday`: experiments by which a team sees that the platform stands what it is built for. */
import type { z } from "zod";

import { availabilityZone, flag, group, integer, type Report } from "./common";
import type { StackConfig } from "./sections";

export const gamedaySchema = group({
  enabled: flag()
    .default(false)
    .describe(
      "Whether the stack has experiment templates of AWS FIS: loss of a zone, of Spot tasks, failover of database and cache. None runs by itself",
    ),
  inProduction: flag()
    .default(false)
    .describe("Allows enabled in a stack whose crm:environment is production"),
  zone: availabilityZone()
    .optional()
    .describe("Zone that is lost, one of crm:network.availabilityZones. @default the first"),
  minutes: integer(1, 60, "minutes")
    .default(10)
    .describe("Length of what ends by itself: the loss of a zone, of the cache's power"),
}).prefault({});

export type GamedayConfig = z.infer<typeof gamedaySchema>;

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
