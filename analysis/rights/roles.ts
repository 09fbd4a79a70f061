/** The roles of a plan, with every policy that hangs on them. */
import { managedPolicy } from "../../facts/managed-policies";
import { compilePolicy, type Policy, readDocument } from "../iam";
import type { PlannedResource } from "../plan/model";
import { type PlanIndex, textOf } from "./plan-index";

/** A role that acts: its own policies, and what bounds it. */
export interface ActingRole {
  readonly name: string;
  readonly arn: string;
  readonly identity: readonly Policy[];
  readonly boundary?: Policy;
}

const ROLE = "aws:iam/role:Role";

export function roleArn(index: PlanIndex, name: string): string {
  return `arn:${index.home.partition}:iam::${index.home.account}:role/${name}`;
}

/** A planned role by its physical name, or by its ARN. */
export function actingRole(
  index: PlanIndex,
  nameOrArn: string,
  boundaries: readonly PlanIndex[] = [index],
): ActingRole | undefined {
  const name = nameOrArn
    .replace(/^arn:[^/]*\//, "")
    .split("/")
    .at(-1)!;
  const role = index.ofType(ROLE).find(({ inputs }) => textOf(inputs["name"]) === name);
  if (role === undefined) return undefined;
  const bound = textOf(role.inputs["permissionsBoundary"]);
  return {
    name,
    arn: roleArn(index, name),
    identity: policiesOf(index, role, name),
    ...(bound !== undefined && { boundary: boundaryOf(boundaries, bound) }),
  };
}

/** Names of all planned roles. */
export function roleNames(index: PlanIndex): readonly string[] {
  return index.ofType(ROLE).flatMap(({ inputs }) => textOf(inputs["name"]) ?? []);
}

/**
 * Who may assume a role: the services that its trust policy allows. A document that AWS would refuse allows no
 * service.
 */
export function trustedServices(role: PlannedResource): readonly string[] {
  const { state, statements } = readDocument(role.inputs["assumeRolePolicy"], "trust");
  if (state !== "read") return [];
  return statements
    .filter(({ effect }) => effect === "Allow")
    .flatMap(({ principals = [] }) => principals)
    .flatMap(({ kind, value }) => (kind === "Service" ? [value] : []));
}

function policiesOf(index: PlanIndex, role: PlannedResource, name: string): Policy[] {
  const hangsOn = (one: PlannedResource) =>
    index.behind(one, "role").includes(role) || textOf(one.inputs["role"]) === name;
  const inline = index
    .ofType("aws:iam/rolePolicy:RolePolicy")
    .filter(hangsOn)
    .map((one) =>
      compilePolicy(one.inputs["policy"], "identity", textOf(one.inputs["name"]) ?? one.name),
    );
  const attached = index
    .ofType("aws:iam/rolePolicyAttachment:RolePolicyAttachment")
    .filter(hangsOn)
    .map((one) => documentOf([index], textOf(one.inputs["policyArn"]) ?? "", "identity"));
  return [...inline, ...attached];
}

const boundaryOf = (plans: readonly PlanIndex[], arn: string) => documentOf(plans, arn, "boundary");

/** A managed policy: one of the plan, or an AWS managed policy. An unknown policy decides nothing. */
function documentOf(
  plans: readonly PlanIndex[],
  arn: string,
  kind: "identity" | "boundary",
): Policy {
  const name = arn.slice(arn.lastIndexOf("/") + 1);
  for (const plan of plans) {
    const found = plan
      .ofType("aws:iam/policy:Policy")
      .find(({ inputs }) => textOf(inputs["name"]) === name);
    if (found !== undefined) return compilePolicy(found.inputs["policy"], kind, name);
  }
  return compilePolicy(managedPolicy(arn) ?? Symbol("unknown"), kind, name);
}
