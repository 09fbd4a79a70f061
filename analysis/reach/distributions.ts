/** The distributions that have a bucket as an origin. */
import type { PlannedResource } from "../plan/model";
import { items, known, read, UNKNOWN } from "../properties";
import { type PlanIndex, textOf } from "../rights/plan-index";
import type { Store } from "./stores";

const DISTRIBUTION = "aws:cloudfront/distribution:Distribution";

/** The distributions of which a bucket is an origin: by the origin's domain, or by what an unknown domain is made of. */
export function distributionsOf(index: PlanIndex, { resource }: Store): PlannedResource[] {
  if (resource.type !== "aws:s3/bucket:Bucket") return [];
  const name = textOf(resource.inputs["bucket"]);
  return index.ofType(DISTRIBUTION).filter((one) => {
    const origins = items(one.inputs["origins"]);
    const domains = origins === UNKNOWN ? [UNKNOWN] : origins.map(domainOf);
    const isNamed = domains.some(
      (domain) =>
        typeof domain === "string" && name !== undefined && domain.startsWith(`${name}.s3`),
    );
    return (
      isNamed || (domains.includes(UNKNOWN) && index.behind(one, "origins").includes(resource))
    );
  });
}

function domainOf(origin: unknown): unknown {
  const plain = known(origin);
  return typeof plain === "object" && plain !== null
    ? read(plain as Record<string, unknown>, "domainName")
    : UNKNOWN;
}
