import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { SERVICE_PRINCIPALS } from "../../facts/service-principals";

import type { Arns } from "../../platform/arns";
import type { Names } from "../../platform/names";
import { policyDocument } from "../../platform/policy-documents";
import type { Tags } from "../../platform/tags";
import type { Metric } from "../alarm";

export interface TaskEventsArgs {
  /** Cluster whose tasks are watched. */
  readonly clusterName: string;
  /** Namespace of the counts, such as `CRM/Platform`. */
  readonly namespace: string;
  readonly retentionDays: number;
  /** Key of the log group. */
  readonly logsKey: { readonly arn: pulumi.Input<string> };
  readonly names: Names;
  readonly arns: Arns;
  readonly tags: Tags;
}

/** ECS's events of tasks, the pattern that counts them, and the metric of the count. */
const EVENTS = {
  placement: {
    detailType: "ECS Service Action",
    detail: { eventName: ["SERVICE_TASK_PLACEMENT_FAILURE"] },
    pattern: '{ $.detail.eventName = "SERVICE_TASK_PLACEMENT_FAILURE" }',
    metricName: "TaskPlacementFailures",
    description: "Tasks that ECS found no place for",
  },
  spot: {
    detailType: "ECS Task State Change",
    // An interrupted task passes several states; it is counted when it has stopped.
    detail: { stopCode: ["SpotInterruption", "TerminationNotice"], lastStatus: ["STOPPED"] },
    pattern:
      '{ ($.detail.stopCode = "SpotInterruption") || ($.detail.stopCode = "TerminationNotice") }',
    metricName: "SpotInterruptions",
    description: "Spot tasks that AWS took back",
  },
} as const;

/** A kind of event that is counted. */
export type TaskEvent = keyof typeof EVENTS;

/**
 * Failed task placements and interrupted Spot tasks: a rule for each writes the event into a log,
 * where it can be read, and the log is counted, so that one interruption fires no alarm. Costs cents.
 */
export class TaskEvents extends pulumi.ComponentResource {
  public readonly logGroupName: string;
  /** The log, for resources that must wait for it. */
  public readonly logGroup: aws.cloudwatch.LogGroup;
  public readonly counts: Readonly<Record<TaskEvent, Metric>>;
  /** Rules, by name, whose failed deliveries an alarm counts. */
  public readonly ruleNames: readonly string[];

  public constructor(name: string, args: TaskEventsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("crm:aws:TaskEvents", name, {}, opts);

    this.logGroupName = `/aws/events/${args.names.of("task-events", "logGroup")}`;
    this.logGroup = new aws.cloudwatch.LogGroup(
      name,
      {
        name: this.logGroupName,
        retentionInDays: args.retentionDays,
        kmsKeyId: args.logsKey.arn,
        tags: args.tags,
      },
      { parent: this },
    );
    const policy = this.allowEvents(name, args);
    const events = Object.keys(EVENTS) as TaskEvent[];
    this.ruleNames = events.map((event) => ruleName(args, event));
    for (const event of events) {
      this.createRule(name, args, event, policy);
      this.createCount(name, args, event);
    }
    this.counts = { placement: count(args, "placement"), spot: count(args, "spot") };
    this.registerOutputs({ logGroupName: this.logGroupName });
  }

  /** EventBridge User Guide, "Using resource-based policies for Amazon EventBridge", CloudWatch Logs permissions. */
  private allowEvents(name: string, args: TaskEventsArgs): aws.cloudwatch.LogResourcePolicy {
    return new aws.cloudwatch.LogResourcePolicy(
      name,
      {
        policyName: args.names.of("task-events"),
        policyDocument: policyDocument({
          sid: "EventsToLog",
          principals: { services: [SERVICE_PRINCIPALS.events, SERVICE_PRINCIPALS.logDelivery] },
          actions: ["logs:CreateLogStream", "logs:PutLogEvents"],
          resources: [`${args.arns.logGroup(this.logGroupName)}:*`],
          conditions: { StringEquals: { "aws:SourceAccount": args.arns.accountId } },
        }),
      },
      { parent: this },
    );
  }

  private createRule(
    name: string,
    args: TaskEventsArgs,
    event: TaskEvent,
    policy: pulumi.Resource,
  ): void {
    const { detailType, detail, description } = EVENTS[event];
    const rule = new aws.cloudwatch.EventRule(
      `${name}-${event}`,
      {
        name: ruleName(args, event),
        description,
        eventPattern: JSON.stringify({
          source: ["aws.ecs"],
          "detail-type": [detailType],
          detail: {
            clusterArn: [args.arns.cluster(args.clusterName)],
            ...detail,
          },
        }),
        tags: args.tags,
      },
      { parent: this },
    );
    new aws.cloudwatch.EventTarget(
      `${name}-${event}`,
      { rule: rule.name, targetId: "log", arn: args.arns.logGroup(this.logGroupName) },
      { parent: this, dependsOn: [this.logGroup, policy] },
    );
  }

  private createCount(name: string, args: TaskEventsArgs, event: TaskEvent): void {
    const { pattern, metricName } = EVENTS[event];
    new aws.cloudwatch.LogMetricFilter(
      `${name}-${event}`,
      {
        name: args.names.of(`task-${event}`),
        logGroupName: this.logGroupName,
        pattern,
        metricTransformation: {
          name: metricName,
          namespace: args.namespace,
          value: "1",
          unit: "Count",
        },
      },
      { parent: this, dependsOn: [this.logGroup] },
    );
  }
}

function ruleName({ names }: TaskEventsArgs, event: TaskEvent): string {
  return names.of(`task-${event}`);
}

function count({ namespace }: TaskEventsArgs, event: TaskEvent): Metric {
  return { namespace, metricName: EVENTS[event].metricName, stat: "Sum", dimensions: {} };
}
