import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type {
  PropertyBag,
  RemoteChild,
  RemoteExpansion,
  RemoteRequest,
} from "../../../analysis/plan/model";
import { expanderFor } from "../../../tools/preview/engine/remote";

/** What Pulumi's engine with the real awsx provider registered in a first preview. */
export function recorded(strategy: string): RemoteChild[] {
  const file = join(__dirname, "fixtures", `awsx-vpc-${strategy}.json`);
  return JSON.parse(readFileSync(file, "utf8")) as RemoteChild[];
}

/** URN of the component. */
export const urn = "urn:pulumi:dev::sample::awsx:ec2:Vpc::crm";
/** Zones of the recordings. */
export const zones = ["us-east-1a", "us-east-1b", "us-east-1c"];

/** The VPC of the recordings. */
export const recordedInputs: PropertyBag = {
  cidrBlock: "10.0.0.0/16",
  availabilityZoneNames: zones,
  enableDnsHostnames: true,
  enableDnsSupport: true,
  subnetStrategy: "Auto",
  natGateways: { strategy: "OnePerAz" },
  subnetSpecs: [
    { type: "Public", cidrBlocks: ["10.0.1.0/24", "10.0.2.0/24", "10.0.3.0/24"] },
    { type: "Private", cidrBlocks: ["10.0.11.0/24", "10.0.12.0/24", "10.0.13.0/24"] },
    { type: "Isolated", name: "db", cidrBlocks: ["10.0.21.0/24", "10.0.22.0/24", "10.0.23.0/24"] },
  ],
  tags: { Project: "CRM-System" },
};

/** Expands a component with the given arguments. */
export function expand(inputs: PropertyBag, request: Partial<RemoteRequest> = {}): RemoteExpansion {
  return expanderFor("awsx:ec2:Vpc")!({
    project: "sample",
    stack: "dev",
    urn,
    type: "awsx:ec2:Vpc",
    name: "crm",
    inputs,
    dependencies: [],
    propertyDependencies: {},
    protect: false,
    providers: {},
    ...request,
  });
}

/** Children of a type. */
export function ofType({ children }: RemoteExpansion, type: string): RemoteChild[] {
  return children.filter((child) => child.type === type);
}

export const subnetType = "aws:ec2/subnet:Subnet";

/** Networks of the subnets, by logical name. */
export function networks(inputs: PropertyBag): Record<string, unknown> {
  const subnets = ofType(expand(inputs), subnetType);
  return Object.fromEntries(subnets.map((subnet) => [subnet.name, subnet.inputs.cidrBlock]));
}

/** The child of a type with a logical name. */
export function named(expansion: RemoteExpansion, type: string, name: string): RemoteChild {
  const child = ofType(expansion, type).find((candidate) => candidate.name === name);
  assert.ok(child, `no ${type} named ${name}`);
  return child;
}

/** Children in an order of their own, with dependencies as sets. */
export function comparable(children: Omit<RemoteChild, "custom">[]): unknown[] {
  return children
    .map(({ urn, type, parent, inputs, dependencies, propertyDependencies }) => ({
      urn,
      type,
      parent,
      inputs,
      dependencies: [...dependencies].sort(),
      propertyDependencies,
    }))
    .sort((one, other) => (one.urn < other.urn ? -1 : 1));
}

/** URN of the `aws.ec2.Vpc`, or of a resource below it. */
export function vpcUrn(suffix = "", name = "crm"): string {
  return `urn:pulumi:dev::sample::awsx:ec2:Vpc$aws:ec2/vpc:Vpc${suffix}::${name}`;
}
