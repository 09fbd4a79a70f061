import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

import { FARGATE_PLATFORM } from "../../facts/fargate-sizes";
import type { TaskDetails } from "../../functions/version-task/runner";
import type { Arns } from "../../platform/arns";
import { versionTaskFunction } from "../../platform/platform-names";
import { policyDocument, type Statement } from "../../platform/policy-documents";
import type { TaskConfig } from "../../schema/service-tasks";
import type { ServicePlatform } from "../cluster";
import {
  createHookFunction,
  type NamedKey,
  watchedFunction,
  type WatchedFunction,
} from "../function";
import type { DeploymentHook } from "./deployment-settings";
import { runTaskRights } from "./service-policies";
import type { ServiceRoles } from "./service-roles";
import { createEndingTask, type EndingTaskArgs, familyOf } from "./task-definition";

/** Seconds of one call: it starts the task or looks at it, with the client's repetitions. */
const TIMEOUT_SECONDS = 60;

export interface VersionTaskArgs extends EndingTaskArgs {
  /** Its name in the stack file. */
  readonly task: string;
  readonly settings: TaskConfig;
  readonly roles: ServiceRoles;
  readonly platform: Pick<ServicePlatform, "clusterName" | "hookRoleArn" | "hookRoleName" | "gate">;
  /** Subnets of the task; it gets no public address. */
  readonly privateSubnetIds: pulumi.Input<pulumi.Input<string>[]>;
  readonly ecsSecurityGroupId: pulumi.Input<string>;
  readonly logsKey: NamedKey;
  readonly arns: Arns;
}

/**
 * A task that runs before a new version of a service starts, such as a migration, and stops the deployment when it fails: ECS calls
 * a function, which starts the task and says how it ended. The function may start this task alone, and stop no other. It runs on each
 * deployment, so it must be repeatable; the old version still serves, so its changes must work with both versions.
 */
export class VersionTask extends pulumi.ComponentResource {
  /** What the ECS service calls before anything of a version starts. */
  public readonly hook: DeploymentHook<pulumi.Output<string>>;
  /** What a deployment needs first. */
  public readonly parts: readonly pulumi.Resource[];
  /** Part of the names of its alarms. */
  public readonly label: string;
  public readonly watched: WatchedFunction;

  public constructor(name: string, args: VersionTaskArgs, opts?: pulumi.ComponentResourceOptions) {
    super("crm:aws:VersionTask", name, {}, opts);

    const { service, task, settings, platform, names, arns, tags } = args;
    const definition = createEndingTask(name, args, task, settings, this);
    const label = versionTaskFunction(service);
    const functionName = names.of(label, "function");
    const fn = createHookFunction(
      name,
      {
        functionName,
        roleName: names.of(label, "role"),
        roleDescription: `Role of the function that runs ${task} before versions of the ${service} service`,
        description: `Runs ${task} before a new version of the ${service} service`,
        bundle: "version-task",
        timeoutSeconds: TIMEOUT_SECONDS,
        statements: functionRights(args),
        logRetentionDays: platform.gate.logRetentionDays,
        logsKey: args.logsKey,
        arns,
        tags,
      },
      this,
    );
    const right = new aws.iam.RolePolicy(
      `${name}-hook`,
      {
        role: platform.hookRoleName,
        policy: policyDocument({
          sid: "CallTheVersionTask",
          actions: ["lambda:InvokeFunction"],
          resources: [arns.lambda(functionName)],
        }),
      },
      { parent: this },
    );

    this.hook = {
      functionArn: arns.lambda(functionName),
      roleArn: platform.hookRoleArn,
      details: this.details(args, definition),
    };
    this.label = label;
    this.parts = [fn, right];
    this.watched = watchedFunction(functionName, TIMEOUT_SECONDS);
    this.registerOutputs({ functionArn: this.hook.functionArn });
  }

  private details(args: VersionTaskArgs, definition: aws.ecs.TaskDefinition) {
    const minutes = args.settings.beforeVersion?.timeoutMinutes ?? 0;
    return pulumi.jsonStringify({
      task: args.task,
      cluster: args.platform.clusterName,
      taskDefinition: definition.arn,
      platformVersion: FARGATE_PLATFORM.version,
      subnets: args.privateSubnetIds,
      securityGroups: [args.ecsSecurityGroupId],
      timeoutSeconds: minutes * 60,
    } satisfies pulumi.Inputs &
      Record<keyof Omit<TaskDetails, "taskArn" | "deadline" | "since">, unknown>);
  }
}

function functionRights(args: VersionTaskArgs): Statement[] {
  const { arns, platform, roles } = args;
  const { clusterName } = platform;
  const family = familyOf(args, args.task);
  const tasks = [arns.tasksOf(clusterName)];
  return [
    ...runTaskRights(arns, { clusterName, family, roleArns: roles.roleArns }),
    { sid: "LookAtTask", actions: ["ecs:DescribeTasks"], resources: tasks },
    {
      sid: "StopTask",
      actions: ["ecs:StopTask"],
      resources: tasks,
      // The task has the tags of its definition.
      conditions: { StringEquals: { "aws:ResourceTag/Name": family } },
    },
  ];
}
