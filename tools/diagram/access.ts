/** Who may do what: rights of roles, and ports between security groups. */
import type { PlannedResource } from "../../analysis/plan/model";
import { outerProperty, SECURITY_GROUPS } from "../../facts/type-properties";
import { json, number, record, records, texts, type Lookup } from "./lookup";

/** Inputs in which resources name their security groups. */
const GROUP_INPUTS = new Set(Object.values(SECURITY_GROUPS.properties).map(outerProperty));

/** One right of a role. */
export interface Right {
  /** `sqs:SendMessage`. */
  readonly action: string;
  /** ARN that it holds for. */
  readonly resource: string;
}

/** What the role that an input names allows, by its own policies. */
export function rightsOf(lookup: Lookup, resource: PlannedResource, input: string): Right[] {
  const roles = lookup.referred(resource, input, "iam/role:Role");
  return roles
    .flatMap((role) => lookup.referring(role, "role", "iam/rolePolicy:RolePolicy"))
    .flatMap(({ inputs }) => records(record(json(inputs["policy"]))["Statement"]))
    .filter((statement) => statement["Effect"] === "Allow")
    .flatMap((statement) =>
      texts(statement["Action"]).flatMap((action) =>
        texts(statement["Resource"]).map((arn) => ({ action, resource: arn })),
      ),
    );
}

/** Security groups that a resource is in. */
export function groupsOf(lookup: Lookup, resource: PlannedResource): PlannedResource[] {
  return [...GROUP_INPUTS].flatMap((input) =>
    lookup.referred(resource, input, "ec2/securityGroup:SecurityGroup"),
  );
}

/** Ports on which the target lets the source in, `5432` or `3000-3010`; empty when it does not. */
export function portsBetween(
  lookup: Lookup,
  source: PlannedResource,
  target: PlannedResource,
): string[] {
  const sources = new Set(groupsOf(lookup, source).map(({ urn }) => urn));
  return ingressOf(lookup, target)
    .filter(({ propertyDependencies }) =>
      (propertyDependencies["referencedSecurityGroupId"] ?? []).some((urn) => sources.has(urn)),
    )
    .map(portOf);
}

/** Ports that a resource opens to every address. */
export function openPorts(lookup: Lookup, target: PlannedResource): string[] {
  return ingressOf(lookup, target)
    .filter(({ inputs }) => inputs["cidrIpv4"] === "0.0.0.0/0" || inputs["cidrIpv6"] === "::/0")
    .map(portOf);
}

/** Ports on which a resource lets a list of AWS's own addresses in. */
export function listedPorts(lookup: Lookup, target: PlannedResource): string[] {
  return ingressOf(lookup, target)
    .filter(({ inputs }) => "prefixListId" in inputs)
    .map(portOf);
}

function ingressOf(lookup: Lookup, target: PlannedResource): PlannedResource[] {
  return groupsOf(lookup, target).flatMap((group) =>
    lookup.referring(
      group,
      "securityGroupId",
      "vpc/securityGroupIngressRule:SecurityGroupIngressRule",
    ),
  );
}

function portOf({ inputs }: PlannedResource): string {
  const from = number(inputs["fromPort"]);
  const to = number(inputs["toPort"]);
  return from === undefined ? "all" : from === to ? `${from}` : `${from}-${to}`;
}
