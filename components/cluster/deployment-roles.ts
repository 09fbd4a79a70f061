import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { SERVICE_PRINCIPALS } from "../../facts/service-principals";

import type { Arns } from "../../platform/arns";
import { managedPolicyArn, MANAGED_POLICIES } from "../../platform/managed-policies";
import type { Names } from "../../platform/names";
import { policyDocument } from "../../platform/policy-documents";
import type { Tags } from "../../platform/tags";

export interface DeploymentRolesArgs {
  /** The deployment gate's function, by ARN built from names. */
  readonly gateFunctionArn: string;
  readonly names: Names;
  readonly arns: Arns;
  readonly tags: Tags;
}

/**
 * The two roles with which ECS deploys: one moves traffic between a service's target groups, the other
 * calls the deployment gate. Neither can do the other's work.
 */
export class DeploymentRoles extends pulumi.ComponentResource {
  /** ARNs built from names: known in a first preview. */
  public readonly trafficRoleArn: string;
  public readonly hookRoleArn: string;
  /** Name of the second, for components that add to what it may call. */
  public readonly hookRoleName: pulumi.Output<string>;
  /** What the roles may do: a deployment starts after it. */
  public readonly rights: readonly pulumi.Resource[];

  public constructor(
    name: string,
    args: DeploymentRolesArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("crm:aws:DeploymentRoles", name, {}, opts);

    const roleName = (part: string) => args.names.of(part, "role");
    const traffic = this.createRole(
      `${name}-traffic`,
      args,
      roleName("ecs-traffic"),
      "Lets ECS move traffic between a service's target groups",
    );
    const hooks = this.createRole(
      `${name}-hooks`,
      args,
      roleName("ecs-hooks"),
      "Lets ECS call the deployment gate",
    );
    const trafficRights = new aws.iam.RolePolicyAttachment(
      `${name}-traffic`,
      {
        role: traffic.name,
        // AWS updates it with what deployments need (ECS Developer Guide, "infrastructure IAM role for load balancers").
        policyArn: managedPolicyArn(args.arns, MANAGED_POLICIES.loadBalancers),
      },
      { parent: this },
    );
    const hookRights = new aws.iam.RolePolicy(
      `${name}-hooks`,
      {
        role: hooks.name,
        policy: policyDocument({
          sid: "CallTheGate",
          actions: ["lambda:InvokeFunction"],
          resources: [args.gateFunctionArn],
        }),
      },
      { parent: this },
    );

    this.trafficRoleArn = args.arns.role(roleName("ecs-traffic"));
    this.hookRoleArn = args.arns.role(roleName("ecs-hooks"));
    this.hookRoleName = hooks.name;
    this.rights = [trafficRights, hookRights];
    this.registerOutputs({
      trafficRoleArn: this.trafficRoleArn,
      hookRoleArn: this.hookRoleArn,
    });
  }

  private createRole(
    name: string,
    args: DeploymentRolesArgs,
    roleName: string,
    description: string,
  ): aws.iam.Role {
    return new aws.iam.Role(
      name,
      { name: roleName, description, assumeRolePolicy: ecsTrust(), tags: args.tags },
      { parent: this },
    );
  }
}

/**
 * Trust for ECS itself, as its Developer Guide writes it for both roles ("infrastructure IAM role for load
 * balancers", "Permissions required for Lambda functions"): without conditions, for AWS does not say that
 * ECS names a source when it assumes such a role. To pass a role to ECS requires iam:PassRole in this account.
 */
function ecsTrust(): string {
  return policyDocument({
    sid: "AssumedByEcs",
    principals: { services: [SERVICE_PRINCIPALS.ecs] },
    actions: ["sts:AssumeRole"],
  });
}
