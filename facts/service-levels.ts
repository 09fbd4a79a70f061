/** What AWS promises of a month, in percent, by what a plan has. AWS pays for less; nothing here says what really happens. */
import type { Fact } from "./fact";

const asOf = "2026-11-28";
/** A list of AWS's agreements by service, each with a link to its own. */
const LIST = "https://cloudonaut.io/aws-sla-are-you-able-to-keep-your-availability-promise";
/** By RDS's own agreement, of January 2024. */
const ofRds = (percent: number): ServiceLevel => ({
  percent,
  source: "http://aws.amazon.com/es/rds-sla/",
  asOf,
});

/** One agreement. */
export interface ServiceLevel extends Fact {
  readonly percent: number;
}

const listed = (percent: number): ServiceLevel => ({ percent, source: LIST, asOf });
/** By AWS's own post about the agreement: nodes of a generation before have 99.9 % in several zones. */
const ofCaches = (percent: number): ServiceLevel => ({
  percent,
  source:
    "https://aws.amazon.com/blogs/database/introducing-99-99-availability-with-amazon-elasticache-for-redis-and-amazon-memorydb-for-redis/",
  asOf: "2026-11-29",
});

export const SERVICE_LEVELS = {
  dns: listed(100),
  distribution: listed(99.9),
  loadBalancer: listed(99.99),
  tasks: {
    percent: 99.99,
    source: "https://aws.amazon.com/compute/sla/historical/",
    asOf: "2026-11-29",
  },
  tasksInOneZone: {
    percent: 99.5,
    source: "https://aws.amazon.com/compute/sla/historical/",
    asOf: "2026-11-29",
    unverified:
      "the agreement promises nothing of tasks in one zone; 99.5 % is what it promises of a single EC2 instance",
  },
  database: ofRds(99.95),
  databaseInOneZone: ofRds(99.5),
  cache: ofCaches(99.99),
  cacheInOneZone: ofCaches(99.5),
  natGateway: {
    percent: 99.9,
    source: "https://aws.amazon.com/vpc/sla/",
    asOf,
    unverified: "the agreement was not opened; others quote the percentage",
  },
  firewall: {
    percent: 99.95,
    source: "https://aws.amazon.com/waf/sla/",
    asOf: "2026-11-29",
  },
  objects: listed(99.9),
} as const satisfies Readonly<Record<string, ServiceLevel>>;
