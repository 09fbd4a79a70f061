/** Versions of Redis OSS and Valkey that ElastiCache creates, each with the family of its parameter groups. */
import type { Fact } from "./fact";

const asOf = "2026-11-27";
const VERSIONS = "https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/engine-versions.html";
const PARAMETERS =
  "https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/ParameterGroups.Engine.html";

/** One version of one engine. */
export interface CacheVersion extends Fact {
  readonly engine: "redis" | "valkey";
  readonly version: string;
  readonly family: string;
}

export const CACHE_VERSIONS: readonly CacheVersion[] = [
  { engine: "redis", version: "6.2", family: "redis6.x", source: VERSIONS, asOf },
  { engine: "redis", version: "7.0", family: "redis7", source: VERSIONS, asOf },
  { engine: "redis", version: "7.1", family: "redis7", source: VERSIONS, asOf },
  { engine: "valkey", version: "7.2", family: "valkey7", source: PARAMETERS, asOf },
  { engine: "valkey", version: "8.0", family: "valkey8", source: PARAMETERS, asOf },
  { engine: "valkey", version: "8.1", family: "valkey8", source: PARAMETERS, asOf },
  { engine: "valkey", version: "8.2", family: "valkey8", source: PARAMETERS, asOf },
];

/** The versions of an engine, the oldest first. */
export function cacheVersions(engine: CacheVersion["engine"]): readonly string[] {
  return CACHE_VERSIONS.filter((one) => one.engine === engine).map(({ version }) => version);
}

/** The family of a version; undefined for one that ElastiCache does not create. */
export function cacheFamily(engine: CacheVersion["engine"], version: string): string | undefined {
  return CACHE_VERSIONS.find((one) => one.engine === engine && one.version === version)?.family;
}
