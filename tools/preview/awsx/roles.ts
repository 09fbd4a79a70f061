import { createHash } from "node:crypto";

import { UNKNOWN } from "../../../analysis/plan/model";
import { type Arguments, onlyOneOf } from "./arguments";
import { type Family, literal, outputOf, type Sourced, unknownOf } from "./family";
import { list, record } from "./vpc-args";

/** A role that awsx makes, or the one that the program names; neither if it is skipped. */
export interface PlannedRole {
  readonly role?: string;
  readonly arn?: Sourced;
}

/** First eight digits of the SHA-1 hash, by which awsx tells names apart. */
export function shortHash(text: string): string {
  return createHash("sha1").update(text).digest("hex").slice(0, 8);
}

/** What a role is where the program says nothing else. */
interface RoleDefaults {
  /** Argument of the component that speaks of it. */
  readonly argument: string;
  /** What the program says: `skip`, `roleArn`, or `args` for the role. */
  readonly settings: unknown;
  readonly trust: object;
  readonly policyArns: readonly string[];
  readonly inputs?: Record<string, Sourced>;
}

/** Registers a role with its attachments below a component, as awsx does for every role that a program may leave to it. */
export function addRole(
  family: Family,
  parent: string,
  name: string,
  given: Arguments,
  { argument, settings, trust, policyArns, inputs: added = {} }: RoleDefaults,
): PlannedRole {
  const choice = record(settings, argument);
  onlyOneOf(choice, ["args", "roleArn"], `${argument}: `);
  const { skip, roleArn, args } = choice;
  if (skip === true) return {};
  if (roleArn !== undefined) return { arn: given.part(argument, roleArn) };
  const { policyArns: own, ...inputs } = record(args, argument);
  const assumeRolePolicy = inputs.assumeRolePolicy ?? trust;
  const role = family.add(parent, "aws:iam/role:Role", name, {
    ...added,
    ...given.parts(argument, inputs),
    assumeRolePolicy: given.part(
      argument,
      typeof assumeRolePolicy === "string" ? assumeRolePolicy : JSON.stringify(assumeRolePolicy),
    ),
  });
  for (const policyArn of list(own, `${argument}.policyArns`) ?? policyArns) {
    family.add(
      parent,
      "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
      `${name}-${shortHash(String(policyArn))}`,
      { role: outputOf(role, inputs.name ?? UNKNOWN), policyArn: literal(policyArn) },
    );
  }
  return { role, arn: unknownOf(role) };
}
