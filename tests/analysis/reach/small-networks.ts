/** A small network as a program writes it, for the tests of each form. */
import assert from "node:assert/strict";

import { StackGraph } from "../../../analysis/graph";
import type { NetworkPath, Place } from "../../../analysis/reach/model";
import { networkPath, placesOf } from "../../../analysis/reach/network-paths";
import { type Sample, stackOf, UNKNOWN_TEXT } from "../../policy-pack/support";

export const U = UNKNOWN_TEXT;

export type Properties = Record<string, unknown>;
export type References = Record<string, readonly string[]>;

export const sample = (type: string, name: string, props: Properties = {}, references: References = {}): Sample => ({
  ...{ type, name, references },
  props: { ...Object.fromEntries(Object.keys(references).map((property) => [property, U])), ...props },
}); // prettier-ignore

export const group = (name: string, props: Properties = {}, references: References = {}) =>
  sample("aws:ec2/securityGroup:SecurityGroup", name, props, references);
export const ingress = (name: string, of: string, props: Properties, references: References = {}) =>
  sample("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", name, { ipProtocol: "tcp", ...props }, { securityGroupId: [of], ...references }); // prettier-ignore
export const egress = (name: string, of: string, props: Properties = { ipProtocol: "-1", cidrIpv4: "0.0.0.0/0" }) =>
  sample("aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule", name, { ipProtocol: "tcp", ...props }, { securityGroupId: [of] }); // prettier-ignore
export const port = (number: number) => ({ fromPort: number, toPort: number });

/** A VPC with a public and a private subnet, an application's group that may call out, and a database. */
export const NETWORK: readonly Sample[] = [
  sample("aws:ec2/vpc:Vpc", "vpc", { cidrBlock: "10.0.0.0/16" }),
  sample("aws:ec2/internetGateway:InternetGateway", "igw", {}, { vpcId: ["vpc"] }),
  sample("aws:ec2/subnet:Subnet", "public", { cidrBlock: "10.0.1.0/24" }, { vpcId: ["vpc"] }),
  sample("aws:ec2/subnet:Subnet", "private", { cidrBlock: "10.0.2.0/24" }, { vpcId: ["vpc"] }),
  sample("aws:ec2/routeTable:RouteTable", "outward", {}, { vpcId: ["vpc"] }),
  sample("aws:ec2/route:Route", "default", { destinationCidrBlock: "0.0.0.0/0" }, { routeTableId: ["outward"], gatewayId: ["igw"] }), // prettier-ignore
  sample("aws:ec2/routeTableAssociation:RouteTableAssociation", "of-public", {}, { routeTableId: ["outward"], subnetId: ["public"] }), // prettier-ignore
  group("app"),
  egress("app-out", "app"),
  group("data"),
];
export const SERVER = sample("aws:ec2/instance:Instance", "server", { associatePublicIpAddress: true }, { subnetId: ["public"], vpcSecurityGroupIds: ["app"] }); // prettier-ignore
export const DATABASE: readonly Sample[] = [
  sample("aws:rds/subnetGroup:SubnetGroup", "inner", {}, { subnetIds: ["private"] }),
  sample("aws:rds/instance:Instance", "database", { engine: "postgres" }, { dbSubnetGroupName: ["inner"], vpcSecurityGroupIds: ["data"] }), // prettier-ignore
];
export const FROM_APP = ingress("data-in", "data", port(5432), {
  referencedSecurityGroupId: ["app"],
});

export const graphOf = (...samples: readonly Sample[]) => StackGraph.of(stackOf(samples));

export function placeIn(graph: StackGraph, name: string): Place {
  const place = placesOf(graph).find(({ label }) => label === name);
  assert.ok(place, `no place ${name}`);
  return place;
}

/** One path, its verdict first, then its settings by effect; what allows is left out. */
export function answer(samples: readonly Sample[], from: string, to: string, number: number, protocol: "tcp" | "udp" = "tcp") {
  const graph = graphOf(...samples);
  return told(networkPath(graph, placeIn(graph, from), placeIn(graph, to), protocol, number));
} // prettier-ignore

export function told({ verdict, settings }: NetworkPath): string[] {
  const said = settings.filter(({ effect }) => effect !== "allows");
  return [verdict, ...said.map(({ effect, says }) => `${effect}: ${says}`)];
}

export const SERVER_TO_DATABASE = ["server", "database", 5432] as const;
