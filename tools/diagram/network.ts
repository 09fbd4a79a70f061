/** The network's subnets by zone and tier, its NAT gateways and endpoints. */
import type { PlannedResource } from "../../analysis/plan/model";
import { compare, text, type Lookup } from "./lookup";
import { TIERS, type Network, type Subnet, type Tier } from "./model";

/** The network of a plan, or one that its security groups name by id; undefined when there is none. */
export function networkOf(lookup: Lookup): Network | undefined {
  const [vpc] = lookup.take("ec2/vpc:Vpc");
  const of = vpc
    ? { name: vpc.name, cidr: text(vpc.inputs["cidrBlock"]) ?? "" }
    : foreignVpc(lookup);
  if (of === undefined) {
    return undefined;
  }
  const nats = lookup.take("ec2/natGateway:NatGateway");
  const subnets = lookup.take("ec2/subnet:Subnet").map((subnet): Subnet => ({
    name: subnet.name,
    zone: text(subnet.inputs["availabilityZone"]) ?? "",
    ...tierAndRoutes(lookup, subnet),
    cidr: text(subnet.inputs["cidrBlock"]) ?? "",
    nat: nats.some((nat) => lookup.referred(nat, "subnetId", "ec2/subnet:Subnet").includes(subnet)),
    exit: exitOf(lookup, subnet),
  }));
  const endpoints = lookup
    .take("ec2/vpcEndpoint:VpcEndpoint")
    // `com.amazonaws.us-east-1.ecr.api`: what comes after the region.
    .map(({ inputs }) => (text(inputs["serviceName"]) ?? "").split(".").slice(3).join("."))
    .filter((name) => name !== "");
  return {
    ...of,
    gateway: lookup.take("ec2/internetGateway:InternetGateway").length > 0,
    subnets: subnets.sort(
      (one, other) =>
        TIERS.indexOf(one.tier) - TIERS.indexOf(other.tier) ||
        compare(one.zone, other.zone) ||
        compare(one.cidr, other.cidr),
    ),
    endpoints: [...new Set(endpoints)].sort(compare),
  };
}

/** What the pictures say of a VPC that they know by its id only. */
export const FOREIGN = "not in the plan";

/** A VPC that the plan does not have, by its id. */
function foreignVpc(lookup: Lookup): Pick<Network, "name" | "cidr" | "foreign"> | undefined {
  const ids = lookup.all("ec2/securityGroup:SecurityGroup").map(({ inputs }) => inputs["vpcId"]);
  const name = ids.map(text).find((id) => id?.startsWith("vpc-"));
  return name === undefined ? undefined : { name, cidr: "", foreign: true };
}

/** How many zones the subnets are in, of those whose zone is known. */
export function zonesOf(network: Network | undefined): number {
  const zones = network?.subnets.map(({ zone }) => zone).filter((zone) => zone !== "") ?? [];
  return new Set(zones).size;
}

/** The route tables that a subnet is associated with. */
function tablesOf(lookup: Lookup, subnet: PlannedResource): PlannedResource[] {
  return lookup
    .referring(subnet, "subnetId", "ec2/routeTableAssociation:RouteTableAssociation")
    .flatMap((found) => lookup.referred(found, "routeTableId", "ec2/routeTable:RouteTable"));
}

/** The routes of a subnet's route table. */
function routesOf(lookup: Lookup, subnet: PlannedResource): PlannedResource[] {
  return tablesOf(lookup, subnet).flatMap((table) =>
    lookup.referring(table, "routeTableId", "ec2/route:Route"),
  );
}

/** The tier, and whether the plan says all routes: not those of a table that it only reads, or of the VPC's main one. */
function tierAndRoutes(lookup: Lookup, subnet: PlannedResource): Pick<Subnet, "tier" | "routed"> {
  const tier = tierOf(lookup, subnet);
  const routed =
    tier !== "database" ||
    tablesOf(lookup, subnet).some(
      ({ external, inputs }) => !external && inputs["routes"] === undefined,
    );
  return { tier, routed };
}

/** By where a subnet's route table sends what is for the internet. */
function tierOf(lookup: Lookup, subnet: PlannedResource): Tier {
  const routes = routesOf(lookup, subnet);
  const leadsTo = (input: string, type: string) =>
    routes.some((route) => lookup.referred(route, input, type).length > 0);
  if (leadsTo("gatewayId", "ec2/internetGateway:InternetGateway")) {
    return "public";
  }
  return leadsTo("natGatewayId", "ec2/natGateway:NatGateway") ? "private" : "database";
}

/** Zone of the NAT gateway that a subnet's route table names. */
function exitOf(lookup: Lookup, subnet: PlannedResource): string | undefined {
  const [home] = routesOf(lookup, subnet)
    .flatMap((route) => lookup.referred(route, "natGatewayId", "ec2/natGateway:NatGateway"))
    .flatMap((nat) => lookup.referred(nat, "subnetId", "ec2/subnet:Subnet"));
  return text(home?.inputs["availabilityZone"]);
}
