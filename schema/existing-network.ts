/** `crm:network.existing`: a VPC that another stack or team owns, with its subnets, by id. */
import type { z } from "zod";

import { group, isGroup, list, text, type Report } from "./common";

/** EC2's ids, short or long. Source: Amazon EC2 User Guide, "Resource IDs". */
const id = (prefix: string) => {
  const example = `${prefix}-0123456789abcdef0`;
  return text(new RegExp(`^${prefix}-([0-9a-f]{8}|[0-9a-f]{17})$`), `an id such as ${example}`);
};

const tier = (minimum: number) =>
  list(id("subnet"), minimum, 6, "subnets, one in each zone in the order of the zones");

export const existingNetworkSchema = group({
  vpcId: id("vpc").describe("The VPC. A change replaces nearly everything in it"),
  subnetIds: group({
    public: tier(0)
      .default([])
      .describe(
        "Subnets of the load balancer, with a route to an internet gateway; not needed without crm:edge.domain",
      ),
    private: tier(2).describe("Subnets of tasks and functions"),
    database: tier(2).describe(
      "Subnets of database and cache; may be the private ones where the VPC has no other",
    ),
  }).describe(
    "Subnets by tier, each list in the order of crm:network.availabilityZones. A change replaces nearly everything in them",
  ),
  routeTableIds: list(id("rtb"), 1, 6, "route tables")
    .optional()
    .describe("Route tables of the private subnets, for routes of extensions"),
});

interface Placed {
  readonly existing?: z.infer<typeof existingNetworkSchema>;
  readonly availabilityZones: readonly string[];
}

/**
 * Settings of what the VPC's owner decides. Endpoints change S3's route in whole route tables, and names for the whole VPC.
 * Source: AWS PrivateLink Guide, "Gateway endpoints" (Routing), "Access AWS services through AWS PrivateLink" (Private DNS).
 */
const OF_THE_OWNER = [
  "subnets",
  "natGateways",
  "enableDnsHostnames",
  "enableDnsSupport",
  "flowLogs",
  "s3GatewayEndpoint",
  "interfaceEndpoints",
] as const;

/** Reports settings that have no effect on a VPC that exists; judged as given, before defaults stand in for them. */
export function ownerRules({ network }: Readonly<Record<string, unknown>>, report: Report): void {
  if (!isGroup(network) || network["existing"] === undefined) return;
  for (const name of OF_THE_OWNER) {
    if (network[name] !== undefined) {
      const expected = "nothing beside existing: it belongs to the VPC's owner";
      report(["network", name], network[name], expected);
    }
  }
}

/** Rules between the ids. */
export function existingNetworkRules(
  { existing, availabilityZones }: Placed,
  report: Report,
): void {
  if (existing === undefined) return;
  const { subnetIds } = existing;
  for (const [name, ids] of Object.entries(subnetIds)) {
    if (ids.length !== availabilityZones.length && (name !== "public" || ids.length > 0)) {
      const expected = `${availabilityZones.length} subnets, one in each of crm:network.availabilityZones`;
      report(["existing", "subnetIds", name], ids, expected);
    }
  }
  for (const name of ["private", "database"] as const) {
    subnetIds[name].forEach((subnet, index) => {
      if (subnetIds.public.includes(subnet)) {
        const expected = "a subnet that is not in subnetIds.public";
        report(["existing", "subnetIds", name, index], subnet, expected);
      }
    });
  }
}

/** A load balancer that has a domain is public. */
export function publicSubnetRules(
  { network, edge }: { readonly network?: Placed; readonly edge?: { readonly domain?: string } },
  report: Report,
): void {
  const ids = network?.existing?.subnetIds.public;
  if (ids?.length === 0 && edge?.domain !== undefined) {
    const expected = `${network!.availabilityZones.length} public subnets for the load balancer of crm:edge.domain ${edge.domain}`;
    report(["network", "existing", "subnetIds", "public"], ids, expected);
  }
}
