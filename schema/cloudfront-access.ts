/** Whether there is CloudFront, and how its requests reach the load balancer. */
import type { EdgeConfig } from "./edge";
import type { NetworkConfig } from "./network";

/** Whether the stack has distributions; a secondary one has none of its own. */
export function hasDistributions({
  role,
  distribution,
}: Pick<EdgeConfig, "role" | "distribution">): boolean {
  return role === "primary" && distribution.enabled;
}

/** The prefix list if only CloudFront may connect, and the port that it connects to: without a domain there is no certificate. */
export function cloudFrontAccess({
  edge,
  network,
}: {
  readonly edge: Pick<EdgeConfig, "restrictOrigin" | "domain">;
  readonly network: Pick<NetworkConfig, "cloudFrontPrefixListId">;
}) {
  return {
    cloudFrontPrefixListId: edge.restrictOrigin ? network.cloudFrontPrefixListId : undefined,
    cloudFrontPort: edge.domain === undefined ? 80 : undefined,
  };
}
