/** The roles of a plan, with every policy that hangs on them. */
import { managedPolicy } from "../../facts/managed-policies";
import { compilePolicy, type Policy, readDocument } from "../iam";
import { type PlannedResource, UNKNOWN } from "../plan/model";
import { isRecord, known } from "../properties";
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
  const role = namedRole(index, nameOrArn);
  return role && actingAs(index, role, boundaries);
}

/** The role that an input names: by its name, its ARN, or a reference. */
export function roleBehind(
  index: PlanIndex,
  resource: PlannedResource,
  input: string,
): PlannedResource | undefined {
  const text = textOf(resource.inputs[input]);
  return (
    (text === undefined ? undefined : namedRole(index, text)) ??
    index.behind(resource, input).find(({ type }) => type === ROLE)
  );
}

function namedRole(index: PlanIndex, nameOrArn: string): PlannedResource | undefined {
  const name = nameOrArn.split("/").at(-1);
  return index.ofType(ROLE).find(({ inputs }) => textOf(inputs["name"]) === name);
}

/** A role of the plan as it acts; its name may be AWS's to choose. */
export function actingAs(
  index: PlanIndex,
  role: PlannedResource,
  boundaries: readonly PlanIndex[] = [index],
): ActingRole {
  const name = textOf(role.inputs["name"]);
  const bound = known(role.inputs["permissionsBoundary"]);
  return {
    name: name ?? role.name,
    arn: roleArn(index, name ?? UNKNOWN),
    identity: policiesOf(index, role, name),
    ...(bound !== undefined && {
      boundary: documentOf(boundaries, role, "permissionsBoundary", "boundary"),
    }),
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

function policiesOf(index: PlanIndex, role: PlannedResource, name: string | undefined): Policy[] {
  const hangsOn = (input: string) => (one: PlannedResource) =>
    index.behind(one, input).includes(role) ||
    (name !== undefined && listOf(one.inputs[input]).some((text) => textOf(text) === name));
  const policies = index.ofType("aws:iam/rolePolicy:RolePolicy").filter(hangsOn("role"));
  const within = listOf(role.inputs["inlinePolicies"]).filter(isRecord);
  const inline = [
    ...policies.map((of) => ({ ...{ of, property: "policy" }, ...of.inputs })),
    ...within.map((one) => ({ ...{ of: role, property: "inlinePolicies" }, ...one })),
  ].flatMap((one: Inline) =>
    one.policy === undefined
      ? []
      : [
          standing(
            compilePolicy(one.policy, "identity", textOf(one.name) ?? one.of.name),
            one.of,
            one.property,
          ),
        ],
  );
  const attachments = [
    ...index.ofType("aws:iam/rolePolicyAttachment:RolePolicyAttachment").filter(hangsOn("role")),
    ...index.ofType("aws:iam/policyAttachment:PolicyAttachment").filter(hangsOn("roles")),
  ];
  const attached = attachments.map((one) => documentOf([index], one, "policyArn", "identity"));
  const managed = listOf(role.inputs["managedPolicyArns"]).map((arn) =>
    standing(documentAt([index], textOf(arn) ?? "", "identity"), role, "managedPolicyArns"),
  );
  return [...inline, ...attached, ...managed];
}

interface Inline {
  readonly of: PlannedResource;
  readonly property: string;
  readonly name?: unknown;
  readonly policy?: unknown;
}

/** Where the plan has a policy of a role. */
export interface Standing {
  readonly resource: PlannedResource;
  readonly property: string;
}

const standings = new WeakMap<Policy, Standing>();

function standing(policy: Policy, resource: PlannedResource, property: string): Policy {
  standings.set(policy, { resource, property });
  return policy;
}

/** Where the plan has a policy of a role: the resource with the document, or else the one that attaches it. */
export function standingOf(policy: Policy): Standing | undefined {
  return standings.get(policy);
}

const listOf = (value: unknown): readonly unknown[] =>
  value === undefined ? [] : Array.isArray(value) ? value : [value];

const POLICY = "aws:iam/policy:Policy";

/** The managed policy that an input names, or refers to. */
function documentOf(
  plans: readonly PlanIndex[],
  from: PlannedResource,
  input: string,
  kind: "identity" | "boundary",
): Policy {
  const arn = textOf(from.inputs[input]);
  const [referred] =
    arn === undefined ? plans[0]!.behind(from, input).filter(({ type }) => type === POLICY) : [];
  return referred === undefined
    ? standing(documentAt(plans, arn ?? "", kind), from, input)
    : standing(compilePolicy(referred.inputs["policy"], kind, referred.name), referred, "policy");
}

/** A managed policy: one of the plan, or an AWS managed policy. An unknown policy decides nothing. */
function documentAt(
  plans: readonly PlanIndex[],
  arn: string,
  kind: "identity" | "boundary",
): Policy {
  const name = arn.slice(arn.lastIndexOf("/") + 1);
  for (const plan of plans) {
    const found = plan.ofType(POLICY).find(({ inputs }) => textOf(inputs["name"]) === name);
    if (found !== undefined && name !== "") {
      return compilePolicy(found.inputs["policy"], kind, name);
    }
  }
  return compilePolicy(managedPolicy(arn) ?? Symbol("unknown"), kind, name || "a policy");
}
