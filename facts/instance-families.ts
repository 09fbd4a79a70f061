/** Classes that RDS and ElastiCache list. AWS adds some each year: one that is missing here is no error. */
import type { Fact } from "./fact";

/** The classes of one engine. */
interface Classes extends Fact {
  readonly service: string;
  readonly engine: string;
  /** Sizes by family, the parts of a class such as `db.r6g.large`. */
  readonly sizes: Readonly<Record<string, readonly string[]>>;
}

const words = (text: string) => text.split(" ");
/** Families, each with the same sizes. */
const families = (names: string, sizes: readonly string[]) =>
  Object.fromEntries(words(names).map((name) => [name, sizes]));
const asOf = "2026-11-29";

const UP_TO_16 = words("large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge");
const UP_TO_32 = [...UP_TO_16, "24xlarge", "32xlarge"];

/**
 * The page's column PostgreSQL, for instances: its db.c6gd is of clusters only. Some classes take certain versions only; a
 * preview does not compare these.
 */
export const DATABASE_CLASSES: Classes = {
  service: "RDS",
  engine: "PostgreSQL",
  sizes: {
    ...families("t3 t4g", words("micro small medium large xlarge 2xlarge")),
    ...families("m6g m6gd m7g r6g r6gd r7g x2g", UP_TO_16),
    ...families("m5 m5d r5 r5b r5d", [...UP_TO_16, "24xlarge"]),
    ...families("m6i m6id m6idn m6in r6i r6id r6in", UP_TO_32),
    ...families("r6idn", UP_TO_32.slice(1)),
    ...families("m7i m8a m8g m8gd m9g r7i r8a r8g r8gd", [...UP_TO_16, "24xlarge", "48xlarge"]),
    ...families("x2idn", words("16xlarge 24xlarge 32xlarge")),
    ...families("x2iedn", words("xlarge 2xlarge 4xlarge 8xlarge 16xlarge 24xlarge 32xlarge")),
  },
  source:
    "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Concepts.DBInstanceClass.Support.html",
  asOf,
};

/** Nodes of Redis OSS; those of t2 can no longer be created. */
const REDIS_NODES: Classes = {
  service: "ElastiCache",
  engine: "Redis OSS",
  sizes: {
    ...families("t3 t4g", words("micro small medium")),
    ...families("m4", words("large xlarge 2xlarge 4xlarge 10xlarge")),
    ...families("m5 r5", words("large xlarge 2xlarge 4xlarge 12xlarge 24xlarge")),
    ...families("r4", words("large xlarge 2xlarge 4xlarge 8xlarge 16xlarge")),
    ...families("c7gn m6g m7g r6g r7g", UP_TO_16),
    ...families("r6gd", UP_TO_16.slice(1)),
  },
  source: "https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/CacheNodes.SupportedTypes.html",
  asOf,
};

/** The nodes of each engine: Valkey has those of Redis OSS and newer ones. */
export const CACHE_NODES: Readonly<Record<"redis" | "valkey", Classes>> = {
  redis: REDIS_NODES,
  valkey: {
    ...REDIS_NODES,
    engine: "Valkey",
    sizes: { ...REDIS_NODES.sizes, ...families("c8gn m8g r8g", UP_TO_16) },
  },
};

/** Why AWS may refuse a class such as `db.r6g.large`; undefined for one that is listed. */
export function unlistedClass(
  name: string,
  { service, engine, sizes, source, asOf: date }: Classes,
): string | undefined {
  const [, family = "", size = ""] = name.split(".");
  return Object.hasOwn(sizes, family) && sizes[family]!.includes(size)
    ? undefined
    : `${service}'s list of ${date} has no ${name} for ${engine}: creating it may fail, and its limits are not known here (${source}).`;
}
