import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { SERVICE_PRINCIPALS } from "../../facts/service-principals";

import type { Arns } from "../../platform/arns";
import type { Names } from "../../platform/names";
import { policyDocument, serviceTrust, type Statement } from "../../platform/policy-documents";
import type { Tags } from "../../platform/tags";

export interface ServiceRolesArgs {
  /** Service, by its key in the stack file. */
  readonly service: string;
  /** What ECS may do to start a task. */
  readonly execution: readonly Statement[];
  /** What the service's code may do. */
  readonly task: readonly Statement[];
  readonly names: Names;
  readonly arns: Arns;
  readonly tags: Tags;
}

/** The two roles of a service: ECS starts its tasks with one, its code runs with the other. */
export class ServiceRoles extends pulumi.ComponentResource {
  public readonly executionRoleArn: pulumi.Output<string>;
  public readonly taskRoleArn: pulumi.Output<string>;
  /** Both, by ARN built from names: for who may hand them to a task. */
  public readonly roleArns: readonly string[];
  /** Physical name of the code's role. */
  public readonly taskRoleName: string;
  /** The roles' policies: a task starts after them. */
  public readonly rights: readonly pulumi.Resource[];

  public constructor(name: string, args: ServiceRolesArgs, opts?: pulumi.ComponentResourceOptions) {
    super("crm:aws:ServiceRoles", name, {}, opts);

    const { service } = args;
    const execution = this.create(
      name,
      args,
      "execution",
      `Starts tasks of the ${service} service`,
    );
    const task = this.create(name, args, "task", `What the code of the ${service} service may do`);

    this.executionRoleArn = execution.role.arn;
    this.taskRoleArn = task.role.arn;
    this.taskRoleName = task.roleName;
    this.roleArns = [execution, task].map(({ roleName }) => args.arns.role(roleName));
    this.rights = [...execution.rights, ...task.rights];
    this.registerOutputs({
      executionRoleArn: this.executionRoleArn,
      taskRoleArn: this.taskRoleArn,
      taskRoleName: this.taskRoleName,
    });
  }

  private create(
    name: string,
    args: ServiceRolesArgs,
    kind: "execution" | "task",
    description: string,
  ) {
    const roleName = args.names.of(`${args.service}-${kind}`, "role");
    const role = new aws.iam.Role(
      `${name}-${kind}`,
      {
        name: roleName,
        description,
        assumeRolePolicy: serviceTrust(
          args.arns,
          SERVICE_PRINCIPALS.ecsTasks,
          args.arns.regional("ecs", "*"),
        ),
        tags: args.tags,
      },
      { parent: this },
    );
    const statements = args[kind];
    // A policy without statements is none.
    const rights = statements.length === 0 ? [] : [this.attach(name, kind, role, statements)];
    return { roleName, role, rights };
  }

  private attach(
    name: string,
    kind: string,
    role: aws.iam.Role,
    statements: readonly Statement[],
  ): aws.iam.RolePolicy {
    return new aws.iam.RolePolicy(
      `${name}-${kind}`,
      { role: role.name, policy: policyDocument(...statements) },
      { parent: this },
    );
  }
}
