/** Families of classes that RDS and ElastiCache list. AWS adds some each year: one that is missing here is no error. */
import type { Fact } from "./fact";

interface Families extends Fact {
  readonly service: string;
  /** Between the dots of a class, such as `r6g`. */
  readonly families: readonly string[];
}

const words = (text: string) => text.split(" ");
const asOf = "2026-11-29";

/** Those in which an instance can be created; the page's db.c6gd is of clusters only. */
export const DATABASE_FAMILIES: Families = {
  service: "RDS",
  families: [
    ...words("t3 t4g m5 m5d m6g m6gd m6i m6id m6idn m6in m7g m7i m8g m8gd m8i m9g"),
    ...words("r5 r5b r5d r6g r6gd r6i r6id r6idn r6in r7g r7i r8g r8gd r8i"),
    ...words("x1 x1e x2g x2idn x2iedn x2iezn z1d"),
  ],
  source:
    "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Concepts.DBInstanceClass.Types.html",
  asOf,
};

/** Those of nodes. */
export const CACHE_FAMILIES: Families = {
  service: "ElastiCache",
  families: [...words("t3 t4g m4 m5 m6g m7g m8g r4 r5 r6g r6gd r7g r8g c7gn c8gn")],
  source: "https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/CacheNodes.SupportedTypes.html",
  asOf,
};

/** Burstable families have small sizes, others none. */
const SIZES = {
  burstable: /^(micro|small|medium|large|2?xlarge)$/,
  other: /^(large|\d{0,2}xlarge)$/,
} as const;

/** Why AWS may refuse a class such as `db.r6g.large`; undefined for one of a listed family. */
export function unlistedClass(name: string, listed: Families): string | undefined {
  const [, family = "", size = ""] = name.split(".");
  const sizes = family.startsWith("t") ? SIZES.burstable : SIZES.other;
  return listed.families.includes(family) && sizes.test(size)
    ? undefined
    : `${listed.service}'s list of ${listed.asOf} has no ${name}: creating it may fail, and its limits are not known here (${listed.source}).`;
}
