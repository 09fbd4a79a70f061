/** `crm:edge.distribution.enabled: false`: no CloudFront. Names lead to the load balancer, which the internet reaches. */
import { valueAt } from "../facts/problem-text";
import { isGroup, type Report } from "./common";
import { distributionSchema } from "./distribution";
import type { StackConfig } from "./sections";

type Sections = Readonly<Record<string, unknown>>;

const ENABLED = ["edge", "distribution", "enabled"] as const;
const WITHOUT = "without CloudFront (crm:edge.distribution.enabled: false)";

/** Settings of CloudFront alone: the distributions' own, except for the countries, which the firewall checks. */
const OF_CLOUDFRONT = [
  ...Object.keys(distributionSchema.shape)
    .filter((name) => name !== "enabled" && name !== "allowedCountries")
    .map((name) => ["distribution", name]),
  ...["headers", "assetsBucket", "originSecretVersion", "acceptPreviousOriginSecret"].map(
    (name) => [name],
  ),
];

/** Whether the sections, as given, leave CloudFront out. */
const leavesOut = (sections: Sections) => valueAt(sections, ENABLED) === false;

/** The sections with the default of `restrictOrigin` where there is nothing to restrict the load balancer to. */
export function withOpenOrigin(sections: Sections): Sections {
  const { edge } = sections;
  return isGroup(edge) && leavesOut(sections)
    ? { ...sections, edge: { restrictOrigin: false, ...edge } }
    : sections;
}

/** Reports settings that have no effect without CloudFront; judged as given, before defaults stand in for them. */
export function unusedEdgeRules(sections: Sections, report: Report): void {
  if (!leavesOut(sections)) return;
  for (const path of OF_CLOUDFRONT) {
    const given = valueAt(sections, ["edge", ...path]);
    if (given !== undefined) report(["edge", ...path], given, `nothing ${WITHOUT}`);
  }
}

/** What a load balancer needs that the internet reaches. */
export function openOriginRules({ edge }: Partial<StackConfig>, report: Report): void {
  if (edge === undefined || edge.distribution.enabled) return;
  if (edge.domain === undefined) {
    const why = "a load balancer that the internet reaches needs a certificate of its own";
    report(ENABLED, false, `true without crm:edge.domain: ${why}`);
  } else if (edge.restrictOrigin) {
    report(["edge", "restrictOrigin"], true, `false ${WITHOUT}: every request comes from outside`);
  }
  const { enabled, loadBalancer } = edge.firewall;
  if (enabled && !loadBalancer) {
    const expected = `true ${WITHOUT}; crm:edge.firewall.enabled leaves all firewalls out`;
    report(["edge", "firewall", "loadBalancer"], false, expected);
  }
}
