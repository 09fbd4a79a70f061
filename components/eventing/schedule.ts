import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { SERVICE_PRINCIPALS } from "../../facts/service-principals";

import type { Arns } from "../../platform/arns";
import {
  keyByAlias,
  policyDocument,
  serviceTrust,
  type Statement,
} from "../../platform/policy-documents";
import type { Tags } from "../../platform/tags";

export interface CrmScheduleArgs {
  /** Physical name of the schedule. */
  readonly scheduleName: string;
  /** Group that the schedule belongs to; its name is what the role's trust names. */
  readonly groupName: string;
  /** Physical name of the role that calls the target. */
  readonly roleName: string;
  /** What happens then, in a few words. */
  readonly description: string;
  /** Rate or cron expression. */
  readonly expression: string;
  /** Time zone of a cron expression. */
  readonly timeZone: string;
  /** Whether it calls: not while there is no code. @default true */
  readonly enabled?: boolean;
  /** The function's alias, or the cluster of the task, by ARN. */
  readonly targetArn: string;
  /** The task that starts, and what the role may do to start it. @default the target is a function */
  readonly task?: {
    readonly parameters: aws.types.input.scheduler.ScheduleTargetEcsParameters;
    readonly rights: readonly Statement[];
  };
  /** Retries of a call that the target did not accept. */
  readonly maximumRetries: number;
  /** Seconds after which an undelivered call goes to the dead-letter queue. */
  readonly maximumEventAgeSeconds: number;
  /** Queue, by ARN, of the calls that could not be delivered. */
  readonly deadLetterQueueArn: string;
  /** Key of the schedule's payload and of the dead-letter queue. */
  readonly key: { readonly arn: pulumi.Input<string>; readonly aliasName: string };
  /** The target, the dead-letter queue and the group. */
  readonly startAfter: readonly pulumi.Resource[];
  /** Region of the schedule. @default the provider's region */
  readonly region?: string;
  /** Of that region. */
  readonly arns: Arns;
  readonly tags: Tags;
}

/** Calls a function or starts a task by the clock, with a role that may do that and nothing else. */
export class CrmSchedule extends pulumi.ComponentResource {
  public constructor(name: string, args: CrmScheduleArgs, opts?: pulumi.ComponentResourceOptions) {
    super("crm:aws:CrmSchedule", name, {}, opts);
    const { arns } = args;

    const role = new aws.iam.Role(
      `${name}-role`,
      {
        name: args.roleName,
        description: `Calls by the clock: ${args.description}`,
        // A trust policy can name a schedule's group, not the schedule
        // (EventBridge Scheduler User Guide, "Confused deputy prevention").
        assumeRolePolicy: serviceTrust(
          arns,
          SERVICE_PRINCIPALS.scheduler,
          arns.regional("scheduler", `schedule-group/${args.groupName}`),
        ),
        tags: args.tags,
      },
      { parent: this },
    );
    const policy = new aws.iam.RolePolicy(
      `${name}-role`,
      { role: role.name, policy: schedulePolicy(args) },
      { parent: this },
    );
    new aws.scheduler.Schedule(
      name,
      {
        name: args.scheduleName,
        groupName: args.groupName,
        description: args.description,
        scheduleExpression: args.expression,
        scheduleExpressionTimezone: args.timeZone,
        state: args.enabled === false ? "DISABLED" : "ENABLED",
        flexibleTimeWindow: { mode: "OFF" },
        kmsKeyArn: args.key.arn,
        region: args.region,
        target: {
          arn: args.targetArn,
          roleArn: arns.role(args.roleName),
          ecsParameters: args.task?.parameters,
          deadLetterConfig: { arn: args.deadLetterQueueArn },
          retryPolicy: {
            maximumRetryAttempts: args.maximumRetries,
            maximumEventAgeInSeconds: args.maximumEventAgeSeconds,
          },
        },
      },
      { parent: this, dependsOn: [role, policy, ...args.startAfter] },
    );
    this.registerOutputs({});
  }
}

function schedulePolicy(args: CrmScheduleArgs): string {
  return policyDocument(
    ...(args.task?.rights ?? [
      { sid: "CallFunction", actions: ["lambda:InvokeFunction"], resources: [args.targetArn] },
    ]),
    {
      sid: "KeepUndelivered",
      actions: ["sqs:SendMessage"],
      resources: [args.deadLetterQueueArn],
    },
    keyByAlias(args.arns, "UseKey", args.key.aliasName, ["kms:GenerateDataKey", "kms:Decrypt"]),
  );
}
