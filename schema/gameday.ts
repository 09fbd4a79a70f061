/** `crm:gameday`: experiments with which a team tests that the platform survives the failures that it is built for. */
import { availabilityZone, flag, group, within } from "./common";

/** Minutes that an experiment may last. */
export const GAMEDAY_MINUTES = { minimum: 1, maximum: 60 } as const;

export const gamedaySchema = group({
  enabled: flag()
    .default(false)
    .describe(
      "Whether the stack has experiment templates of AWS FIS: loss of a zone, of Spot tasks, failover of database and cache. A person starts each",
    ),
  inProduction: flag()
    .default(false)
    .describe("Allows enabled in a stack whose crm:environment is production"),
  zone: availabilityZone()
    .optional()
    .describe("Zone that is lost, one of crm:network.availabilityZones. @default the first"),
  minutes: within(GAMEDAY_MINUTES, "minutes")
    .default(10)
    .describe("Duration of the loss of a zone, and of the cache's power"),
}).prefault({});
