/* eslint-disable max-lines -- queues, topics and functions refer to each other; to be split */
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

import type { Arns } from "../../platform/arns";
import {
  functionDeadLetters,
  ownsDeadLetters,
  queueDeadLetters,
  topicDeadLetters,
} from "../../platform/dead-letters";
import { functionDatabaseParameter } from "../../platform/function-database";
import { resolveLinks, type AdoptedBucket } from "../../platform/link-resolver";
import { linkEnvironment, linkStatements } from "../../platform/links";
import type { Names } from "../../platform/names";
import { publisherGrants } from "../../platform/publishers";
import { mapped } from "../../platform/records";
import type { Tags } from "../../platform/tags";
import type { EventingConfig, FunctionConfig } from "../../schema/eventing";
import { EncryptionKey } from "../encryption-key";
import {
  CrmFunction,
  FUNCTION_ALIAS,
  type FunctionNetwork,
  type NamedKey,
  parameterStatements,
  queueReaderStatements,
} from "../function";
import { CrmDeadLetterQueue } from "./dead-letter-queue";
import { CrmObjectTrigger, type ObjectReceiver } from "./object-trigger";
import type { EventingFunction, EventingQueue, EventingTopic } from "./outputs";
import { CrmQueue } from "./queue";
import { CrmSchedule } from "./schedule";
import { CrmTopic, type TopicSubscription } from "./topic";

export interface CrmEventingArgs {
  /** The section of the stack's configuration: `crm:eventing`. */
  readonly config: EventingConfig;
  /** Names of the buckets that call functions, by key in `crm:storage`; made before the functions. */
  readonly buckets: Readonly<Record<string, pulumi.Input<string>>>;
  /** Buckets' key by its alias, and the buckets, by key, that S3 encrypts with a key of its own. */
  readonly storage: {
    readonly keyAlias: string;
    readonly managedBuckets: readonly string[];
    /** Buckets that another stack made, by key. @default none */
    readonly adopted?: Readonly<Record<string, AdoptedBucket>>;
  };
  /** Private subnets and the functions' security group. */
  readonly network: FunctionNetwork;
  /** Key of the log groups. */
  readonly logsKey: NamedKey;
  /** Alias of the key that encrypts the parameters. */
  readonly secretsKeyAlias: string;
  readonly names: Names;
  readonly arns: Arns;
  /** Tags of the component; queues, topics and functions name their own Component. */
  readonly tags: Tags;
}

/**
 * The platform's events: queues, topics, functions and what calls them. Every way of an event ends in a
 * dead-letter queue, and one customer-managed key encrypts all of them. A queue, topic or function more is
 * a block more in the stack file. Costs a key a month, requests, and environments kept ready.
 */
export class CrmEventing extends pulumi.ComponentResource {
  /** The key of queues, topics, schedules and environment variables. */
  public readonly keyArn: pulumi.Output<string>;
  public readonly keyAlias: string;
  public readonly queues: Readonly<Record<string, EventingQueue>>;
  public readonly topics: Readonly<Record<string, EventingTopic>>;
  public readonly functions: Readonly<Record<string, EventingFunction>>;
  /** Every dead-letter queue, for an alarm on its depth. */
  public readonly deadLetterQueueNames: readonly string[];

  public constructor(name: string, args: CrmEventingArgs, opts?: pulumi.ComponentResourceOptions) {
    super("crm:aws:CrmEventing", name, {}, opts);

    const key = createKey(this, name, args);
    const scope: Scope = { parent: this, name, args, key };
    const queues = createQueues(scope);
    const topics = createTopics(scope, queues);
    const failures = createFailureQueues(scope);
    const deadLetterQueues = { ...queues, ...failures };
    const functions = createFunctions(scope, deadLetterQueues);
    createQueueTriggers(scope, queues, functions);
    createSchedules(scope, functions, failures);
    createObjectTriggers(scope, functions);

    this.keyArn = key.arn;
    this.keyAlias = key.aliasName;
    this.queues = mapped(queues, (queue) => ({
      name: queue.queueName,
      arn: queue.arn,
      url: queue.url,
      deadLetterQueueName: queue.deadLetterQueueName,
      visibilityTimeoutSeconds: queue.visibilityTimeoutSeconds,
    }));
    this.topics = mapped(topics, (topic) => ({ name: topic.topicName, arn: topic.arn }));
    this.functions = mapped(functions, (fn, label) => ({
      name: fn.functionName,
      arn: fn.arn,
      alias: FUNCTION_ALIAS,
      timeoutSeconds: args.config.functions[label]!.timeoutSeconds,
      deadLetterQueueName: args.names.of(functionDeadLetters(args.config, label), "queue"),
    }));
    this.deadLetterQueueNames = [
      ...Object.values(queues).map((queue) => queue.deadLetterQueueName),
      ...Object.values(topics).map((topic) => topic.deadLetterQueueName),
      ...Object.values(failures).map((queue) => queue.queueName),
    ];
    this.registerOutputs({
      keyArn: this.keyArn,
      keyAlias: this.keyAlias,
      queues: this.queues,
      topics: this.topics,
      functions: this.functions,
      deadLetterQueueNames: this.deadLetterQueueNames,
    });
  }
}

/** What every part needs. */
interface Scope {
  readonly parent: CrmEventing;
  readonly name: string;
  readonly args: CrmEventingArgs;
  readonly key: EncryptionKey;
}

function createKey(parent: CrmEventing, name: string, args: CrmEventingArgs): EncryptionKey {
  const publishers = Object.values(args.config.topics)
    .filter((topic) => topic.encrypted)
    .flatMap((topic) => topic.publishers);
  return new EncryptionKey(
    `${name}-key`,
    {
      alias: args.names.keyAlias("messaging"),
      description: "Queues, topics, schedules and environment variables of functions",
      deletionWindowDays: args.config.keyDeletionWindowDays,
      protect: args.config.protect,
      services: [
        { service: "sns.amazonaws.com", actions: ["kms:Decrypt", "kms:GenerateDataKey*"] },
        { service: "s3.amazonaws.com", actions: ["kms:Decrypt", "kms:GenerateDataKey*"] },
        ...publisherGrants(args.arns, publishers),
      ],
      arns: args.arns,
      tags: args.tags,
    },
    { parent },
  );
}

function createQueues({ parent, name, args, key }: Scope): Record<string, CrmQueue> {
  const { config, names, arns } = args;
  return mapped(config.queues, (queue, label) => {
    const topics = Object.entries(config.topics)
      .filter(([, topic]) => topic.subscriptions.some((one) => one.queue === label))
      .map(([topic]) => arns.topic(names.of(topic, "topic")));
    return new CrmQueue(
      `${name}-${label}`,
      {
        queueName: names.of(label, "queue"),
        deadLetterQueueName: names.of(queueDeadLetters(config, label), "queue"),
        maxReceiveCount: queue.deadLetter.maxReceiveCount,
        visibilityTimeoutSeconds: queue.visibilityTimeoutSeconds,
        messageRetentionSeconds: queue.messageRetentionSeconds,
        receiveWaitSeconds: queue.receiveWaitSeconds,
        keyAlias: key.aliasName,
        topicArns: topics,
        protect: config.protect,
        arns,
        tags: tagsOf(args, queue),
      },
      { parent, dependsOn: key },
    );
  });
}

function createTopics(
  { parent, name, args, key }: Scope,
  queues: Record<string, CrmQueue>,
): Record<string, CrmTopic> {
  const { config, names, arns } = args;
  return mapped(config.topics, (topic, label) => {
    const subscriptions = topic.subscriptions.map((one): TopicSubscription => {
      const filterPolicy = one.filterPolicy;
      if (one.queue !== undefined) {
        return {
          protocol: "sqs",
          endpoint: arns.queue(names.of(one.queue, "queue")),
          rawMessageDelivery: one.rawMessageDelivery,
          filterPolicy,
          startAfter: queues[one.queue],
        };
      }
      if (one.email !== undefined) {
        return { protocol: "email", endpoint: one.email, filterPolicy };
      }
      warnOfExampleNumber(parent, label, one.sms!);
      return {
        protocol: "sms",
        endpoint: one.sms!,
        // Only what wakes a person: CloudWatch's message is JSON and names the alarm.
        ...(filterPolicy === undefined && topic.publishers.includes("cloudwatch")
          ? {
              filterPolicy: { AlarmName: [names.of("customers-affected", "alarm")] },
              filterScope: "MessageBody",
            }
          : { filterPolicy }),
      };
    });
    return new CrmTopic(
      `${name}-${label}`,
      {
        topicName: names.of(label, "topic"),
        displayName: topic.displayName,
        keyAlias: topic.encrypted ? key.aliasName : undefined,
        publishers: topic.publishers,
        subscriptions,
        deadLetterQueueName: names.of(topicDeadLetters(label), "queue"),
        deadLetterKeyAlias: key.aliasName,
        protect: config.protect,
        arns,
        tags: tagsOf(args, topic),
      },
      { parent, dependsOn: key },
    );
  });
}

/** Dead-letter queues of the functions that do not share a queue's, by function. */
function createFailureQueues({ parent, name, args, key }: Scope) {
  const { config, names, arns } = args;
  const owners = Object.fromEntries(
    Object.entries(config.functions).filter(([, fn]) => ownsDeadLetters(fn.triggers)),
  );
  return mapped(
    owners,
    (fn, label) =>
      new CrmDeadLetterQueue(
        `${name}-${label}-dead-letters`,
        {
          queueName: names.of(functionDeadLetters(config, label), "queue"),
          keyAlias: key.aliasName,
          protect: config.protect,
          arns,
          tags: tagsOf(args, fn),
        },
        { parent, dependsOn: key },
      ),
  );
}

function createFunctions(
  { parent, name, args, key }: Scope,
  deadLetterQueues: Record<string, pulumi.Resource>,
): Record<string, CrmFunction> {
  const { config, names, arns } = args;
  return mapped(config.functions, (fn, label) => {
    warnOfMissingCode(parent, args, label);
    const links = resolveLinks(
      arns,
      names,
      {
        storage: args.storage.keyAlias,
        messaging: key.aliasName,
        managedBuckets: args.storage.managedBuckets,
        adopted: args.storage.adopted,
      },
      fn.links,
    );
    const database = functionDatabaseParameter(names, label, fn);
    const deadLetters = functionDeadLetters(config, label);
    return new CrmFunction(
      `${name}-${label}`,
      {
        functionName: names.of(label, "function"),
        roleName: names.of(`${label}-function`, "role"),
        description: fn.description,
        runtime: fn.runtime,
        handler: fn.handler,
        memoryMb: fn.memoryMb,
        timeoutSeconds: fn.timeoutSeconds,
        reservedConcurrency: fn.reservedConcurrency,
        logRetentionDays: fn.logRetentionDays,
        environment: {
          ...fn.environment,
          ...linkEnvironment(links),
          ...(database !== undefined && { DATABASE_URL_PARAMETER: database }),
        },
        artifact: fn.artifact,
        deadLetterQueueArn: arns.queue(names.of(deadLetters, "queue")),
        maximumRetries: fn.asynchronous.maximumRetries,
        maximumEventAgeSeconds: fn.asynchronous.maximumEventAgeSeconds,
        statements: [
          ...linkStatements(links),
          ...queueReaderStatements(arns, names, key.aliasName, fn.triggers.queue?.queue),
          ...(database === undefined
            ? []
            : parameterStatements(arns, database, args.secretsKeyAlias)),
        ],
        network: fn.vpc ? args.network : undefined,
        provisionedConcurrency: fn.provisionedConcurrency && {
          ...fn.provisionedConcurrency,
          timeZone: config.timeZone,
        },
        key,
        logsKey: args.logsKey,
        startAfter: [deadLetterQueues[ownsDeadLetters(fn.triggers) ? label : queueOf(fn)]!],
        arns,
        tags: tagsOf(args, fn),
      },
      { parent },
    );
  });
}

function createQueueTriggers(
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
        enabled: config.artifact !== undefined,
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

function createSchedules(
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
        enabled: fn.artifact !== undefined,
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

function createObjectTriggers(
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

/** The number of the shipped stack files; nobody has it. */
const EXAMPLE_NUMBER = "+1234567890";

function warnOfExampleNumber(parent: CrmEventing, topic: string, number: string): void {
  if (number === EXAMPLE_NUMBER) {
    void pulumi.log.warn(
      `crm:eventing.topics.${topic}.subscriptions: ${number} is the example's phone number, and no text message ` +
        "reaches anybody. Set yours, or take the subscription out.",
      parent,
    );
  }
}

/** What happens to the events of a function without code, which refuses whatever calls it. */
function warnOfMissingCode(parent: CrmEventing, args: CrmEventingArgs, label: string): void {
  const { artifact, triggers } = args.config.functions[label]!;
  if (artifact !== undefined) {
    return;
  }
  const queue = triggers.queue?.queue;
  const what = [
    ...(queue === undefined
      ? []
      : [
          `messages wait in ${args.names.of(queue, "queue")} for ${args.config.queues[queue]!.messageRetentionSeconds} s ` +
            "from when they were sent",
        ]),
    ...(triggers.schedule === undefined ? [] : ["its schedule is disabled"]),
    ...(triggers.objectCreated === undefined
      ? []
      : [
          "S3's events are refused and kept in its dead-letter queue until 14 days after they were put there",
        ]),
  ];
  void pulumi.log.warn(
    `crm:eventing.functions.${label}.artifact is not set: ${what.join("; ") || "calls are refused"}.`,
    parent,
  );
}

function queueOf(fn: FunctionConfig): string {
  return fn.triggers.queue!.queue;
}

function tagsOf(args: CrmEventingArgs, of: { readonly component: string }): Tags {
  return { ...args.tags, Component: of.component };
}
