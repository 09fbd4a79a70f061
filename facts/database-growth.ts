/** How far PostgreSQL on AWS goes past one instance. */
import type { Fact } from "./fact";

const asOf = "2026-11-28";

/** Read replicas of one instance of RDS for PostgreSQL; each repeats all writes. */
export const READ_REPLICAS = {
  most: 15,
  source:
    "https://docs.aws.amazon.com/sdk-for-kotlin/api/latest/rds/aws.sdk.kotlin.services.rds.model/-create-db-instance-read-replica-request/source-db-instance-identifier.html",
  asOf,
} as const satisfies Fact & Record<string, unknown>;

/** What replays the writes of its source on a replica of PostgreSQL: one process, on one vCPU. */
export const REPLAY = {
  processes: 1,
  source: "https://wiki.postgresql.org/wiki/Parallel_Recovery",
  asOf: "2026-11-29",
} as const satisfies Fact & Record<string, unknown>;

/** A cluster of Aurora: readers beside the writer, and the storage that all of them share and that grows automatically. */
export const AURORA = {
  readers: 15,
  storageTiB: 256,
  source: "https://docs.aws.amazon.com/rds/latest/auroraextendedcontent/aurora-faq.md",
  asOf,
} as const satisfies Fact & Record<string, unknown>;

/** Aurora PostgreSQL Limitless Database at its largest: capacity units of all nodes, and how many nodes it is made with. */
export const LIMITLESS = {
  acus: 6144,
  gibOfAcu: 2,
  shards: 16,
  routers: 8,
  source:
    "https://docs.aws.amazon.com/ja_jp/AmazonRDS/latest/AuroraUserGuide/limitless-cluster.html",
  asOf,
} as const satisfies Fact & Record<string, unknown>;
