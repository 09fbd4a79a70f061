/** What calls the functions: queues, schedules and new objects in buckets. */
import * as aws from "@pulumi/aws";

import { functionDeadLetters } from "../../platform/dead-letters";
import { hasCode } from "../../schema/eventing";
import type { CrmFunction } from "../function";
import type { CrmDeadLetterQueue } from "./dead-letter-queue";
import { CrmObjectTrigger, type ObjectReceiver } from "./object-trigger";
import type { CrmQueue } from "./queue";
import { CrmSchedule } from "./schedule";
import { type Scope, tagsOf } from "./scope";

export function createQueueTriggers(
  { parent, name, args }: Scope,
  queues: Record<string, CrmQueue>,
  functions: Record<string, CrmFunction>,
): void {
  for (const [label, config] of Object.entries(args.config.functions)) {
    const trigger = config.triggers.queue;
    if (trigger === undefined) {
      continue;
    }
    const fn = functions[label]!;
    new aws.lambda.EventSourceMapping(
      `${name}-${label}-queue`,
      {
        eventSourceArn: args.arns.queue(args.names.of(trigger.queue, "queue")),
        functionName: fn.aliasArn,
        // Without code the messages wait in the queue.
        enabled: hasCode(config) && !args.standsBy,
        batchSize: trigger.batchSize,
        maximumBatchingWindowInSeconds: trigger.windowSeconds,
        // The function names the messages it failed on; the others are done and do not come back.
        functionResponseTypes: ["ReportBatchItemFailures"],
        scalingConfig: { maximumConcurrency: trigger.maximumConcurrency },
        tags: tagsOf(args, config),
      },
      { parent, dependsOn: [queues[trigger.queue]!, fn.alias, fn.policy] },
    );
  }
}

export function createSchedules(
  { parent, name, args, key }: Scope,
  functions: Record<string, CrmFunction>,
  failures: Record<string, CrmDeadLetterQueue>,
): void {
  const { config, names, arns } = args;
  const scheduled = Object.entries(config.functions).filter(([, fn]) => fn.triggers.schedule);
  if (scheduled.length === 0) {
    return;
  }
  const groupName = names.of("schedules");
  const group = new aws.scheduler.ScheduleGroup(
    `${name}-schedules`,
    { name: groupName, tags: args.tags },
    { parent },
  );
  for (const [label, fn] of scheduled) {
    const schedule = fn.triggers.schedule!;
    new CrmSchedule(
      `${name}-${label}-schedule`,
      {
        scheduleName: names.of(label),
        groupName,
        roleName: names.of(`${label}-schedule`, "role"),
        description: fn.description,
        expression: schedule.expression,
        timeZone: config.timeZone,
        enabled: hasCode(fn) && !args.standsBy,
        targetArn: functions[label]!.aliasArn,
        maximumRetries: schedule.maximumRetries,
        maximumEventAgeSeconds: schedule.maximumEventAgeSeconds,
        deadLetterQueueArn: arns.queue(names.of(functionDeadLetters(config, label), "queue")),
        key,
        startAfter: [group, functions[label]!.alias, failures[label]!],
        arns,
        tags: tagsOf(args, fn),
      },
      { parent },
    );
  }
}

export function createObjectTriggers(
  { parent, name, args }: Scope,
  functions: Record<string, CrmFunction>,
): void {
  const receivers = new Map<string, ObjectReceiver[]>();
  for (const [label, fn] of Object.entries(args.config.functions)) {
    const trigger = fn.triggers.objectCreated;
    if (trigger !== undefined) {
      const { bucket, prefix, suffix } = trigger;
      const receiver = { label, fn: functions[label]!, prefix, suffix };
      receivers.set(bucket, [...(receivers.get(bucket) ?? []), receiver]);
    }
  }
  for (const [label, ofBucket] of receivers) {
    const bucket = args.buckets[label];
    if (bucket === undefined) {
      throw new Error(`CrmEventing: no bucket ${label}, which calls ${ofBucket[0]!.label}.`);
    }
    new CrmObjectTrigger(
      `${name}-${label}-objects`,
      {
        bucket,
        bucketArn: args.arns.bucket(args.names.bucket(label)),
        accountId: args.arns.accountId,
        receivers: ofBucket,
      },
      { parent },
    );
  }
}
