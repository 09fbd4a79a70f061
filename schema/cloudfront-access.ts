/** Whether there is CloudFront, and how its requests reach the load balancer. */
import { hasDistributions } from "./distribution";
import type { EdgeConfig } from "./edge";
import type { NetworkConfig } from "./network";

/**
 * First labels of the hosts that each certificate names, its subject first: that of the distributions, empty where there are none, and
 * that of the load balancer.
 *
 * @param services labels of the services' hosts
 */
export function certificateLabels(
  edge: Pick<EdgeConfig, "role" | "distribution" | "hosts">,
  services: readonly string[],
): Readonly<Record<"viewer" | "balancer", readonly string[]>> {
  const { role, distribution, hosts } = edge;
  const answered = [hosts.api, ...services];
  return {
    viewer: hasDistributions(edge) ? [hosts.app, ...answered] : [],
    balancer: distinct([
      hosts.origin,
      ...(role === "primary" ? [hosts.primary] : []),
      // Clients come for these themselves without CloudFront, which otherwise sends the viewer's host where services have hosts.
      ...(distribution.enabled ? [] : [hosts.app]),
      ...(distribution.enabled && services.length === 0 ? [] : answered),
    ]),
  };
}

/** Without CloudFront a service's host may be the application's or the API's. */
const distinct = (labels: readonly string[]) => [...new Set(labels)];

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
