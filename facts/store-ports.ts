/** The port that a store listens on where none is set. Those of RDS's engines are in database-engines.ts. */
import { apiModel, type Fact } from "./fact";

export const CACHE_PORTS = {
  redis: 6379,
  memcached: 11_211,
  source:
    "https://pub.dev/documentation/pulumi_aws/latest/elasticache/ReplicationGroupState/port.html",
  asOf: "2026-11-28",
} as const satisfies Fact & Record<string, unknown>;

/** Stores beside RDS and ElastiCache, by the type of their cluster. */
export const CLUSTER_PORTS = {
  "aws:docdb/cluster:Cluster": {
    port: 27_017,
    source: "https://docs.aws.amazon.com/documentdb/latest/developerguide/db-cluster-create.html",
    asOf: "2026-11-29",
  },
  "aws:neptune/cluster:Cluster": {
    port: 8182,
    source:
      "https://docs.aws.amazon.com/sdk-for-kotlin/api/latest/neptune/aws.sdk.kotlin.services.neptune.model/-create-db-cluster-request/port.html",
    asOf: "2026-11-28",
  },
  "aws:redshift/cluster:Cluster": {
    port: 5439,
    source: apiModel("redshift", "2012-12-01"),
    asOf: "2026-11-29",
  },
} as const satisfies Readonly<Record<string, Fact & { readonly port: number }>>;
