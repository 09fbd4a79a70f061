/** `crm:eventing`: queues, topics, functions and what starts them. */
import { z } from "zod";

import {
  EVENT_RETRIES,
  FUNCTION_BOUNDS,
  HANDLER,
  QUEUE_TRIGGER,
  RECEIVES,
  SCHEDULE_RETRIES,
  TOPIC_BOUNDS,
} from "../facts/eventing";
import { DEPRECATED_RUNTIMES, LAMBDA_RUNTIMES } from "../facts/lambda-runtimes";
import { QUEUE_SECONDS } from "../facts/limits";
import { BUCKET_NAMES, REPOSITORY_NAMES, TEXT_LENGTHS } from "../facts/name-lengths";
import { KEY_DELETION_DAYS } from "../facts/setting-bounds";
import { PUBLISHERS } from "../platform/publishers";
import {
  atLeast,
  clock,
  flag,
  group,
  within,
  line,
  list,
  logRetentionDays,
  mailbox,
  namedGroup,
  oneOf,
  queueWord,
  recurrence,
  text,
  timeZone,
  word,
} from "./common";
import { functionLinksSchema } from "./links";

const { retention, visibilityTimeout, receiveWait } = QUEUE_SECONDS;

const component = () =>
  word().default("eventing").describe("Value of the tag Component: the service it belongs to");

const HTTPS_ADDRESS = "https://[a-z0-9-]+(\\.[a-z0-9-]+)+(:\\d{2,5})?(/[A-Za-z0-9/_.~-]*)?";

/** A part of a path that is no word: 20 letters and digits or more, or a UUID. PagerDuty's and Slack's addresses hold one. */
const KEY_IN_A_PATH =
  "((?=[A-Za-z]*\\d)(?=\\d*[A-Za-z])[A-Za-z0-9]{20,}|[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12})";

const fifoSchema = group({
  contentBasedDeduplication: flag()
    .default(false)
    .describe(
      "Whether messages with equal bodies are duplicates; otherwise senders give each message an id",
    ),
  highThroughput: flag()
    .default(false)
    .describe("Whether duplicates and the limit of throughput count for each message group alone"),
});

const FIFO = "Of a FIFO one, whose key ends with .fifo: how duplicates are found";

const queueSchema = group({
  component: component(),
  fifo: fifoSchema.optional().describe(FIFO),
  visibilityTimeoutSeconds: within(visibilityTimeout, "seconds").describe(
    "Seconds for which a received message stays hidden from other receivers; at least its function's time-out",
  ),
  messageRetentionSeconds: within(retention, "seconds")
    .default(retention.maximum)
    .describe("Seconds after which an unprocessed message is deleted"),
  receiveWaitSeconds: within(receiveWait, "seconds")
    .default(receiveWait.maximum)
    .describe("Seconds for which a receiver waits for a message (long polling)"),
  deadLetter: group({
    name: queueWord()
      .optional()
      .describe("Name of the dead-letter queue, without prefix; by default dlq- and the queue's"),
    maxReceiveCount: within(RECEIVES, "receives")
      .default(5)
      .describe("Failed receives after which a message goes to the dead-letter queue"),
  })
    .prefault({})
    .describe(
      `The queue's dead-letter queue; keeps messages until ${retention.maximum / 86_400} days after they were first sent`,
    ),
});

const subscriptionSchema = group({
  email: mailbox()
    .optional()
    .describe("Mailbox that gets the messages, once its owner has confirmed"),
  sms: text(/^\+[1-9]\d{6,14}$/, "a phone number in E.164 form such as +12025550123, in quotes")
    .optional()
    .describe(
      "Phone that gets a text message; of a topic that CloudWatch publishes to, of customers-affected only, unless filterPolicy says otherwise",
    ),
  queue: queueWord().optional().describe("Queue of this section that gets the messages"),
  https: text(
    new RegExp(`^(?!.*/${KEY_IN_A_PATH}(/|$))${HTTPS_ADDRESS}$`),
    "an address such as https://example.com/alarms, without a user, a query or a secret key",
  )
    .optional()
    .describe(
      "Endpoint that gets the messages once it has confirmed; it must check SNS's signature",
    ),
  slack: group({
    workspaceId: text(/^T[A-Z0-9]{2,19}$/, "the id of a workspace such as T0123ABCD"),
    channelId: text(/^[CG][A-Z0-9]{2,19}$/, "the id of a channel such as C0123ABCD"),
  })
    .optional()
    .describe(
      "Slack channel that gets the messages (Amazon Q Developer in chat applications); authorise the workspace in the console first",
    ),
  rawMessageDelivery: flag()
    .default(true)
    .describe("Whether a queue gets the message itself instead of a JSON envelope around it"),
  filterPolicy: namedGroup(
    text(/^[\w.-]{1,256}$/, "the name of a message attribute"),
    list(
      text(/^.{1,256}$/, "a value of at most 256 characters"),
      1,
      TOPIC_BOUNDS.filterValues,
      "values",
    ),
  )
    .optional()
    .describe(
      "Message attributes and their accepted values; without it, all messages. Not for slack",
    ),
  filterScope: oneOf(["MessageAttributes", "MessageBody"])
    .optional()
    .describe(
      "What filterPolicy matches; by default attributes. A CloudWatch alarm has its AlarmName in the JSON body",
    ),
});

const topicSchema = group({
  component: component(),
  fifo: fifoSchema.optional().describe(FIFO),
  displayName: text(
    new RegExp(`^[\\w -]{1,${TOPIC_BOUNDS.displayNameLength}}$`),
    `1 to ${TOPIC_BOUNDS.displayNameLength} letters, digits, spaces, _ or -`,
  )
    .optional()
    .describe("Sender's name in mails and text messages"),
  encrypted: flag()
    .default(true)
    .describe("Whether the topic is encrypted; ElastiCache can only publish to one that is not"),
  publishers: list(oneOf(PUBLISHERS), 0, PUBLISHERS.length, "services")
    .default([])
    .describe("AWS services that may publish, for this account only"),
  subscriptions: list(subscriptionSchema, 0, 50, "subscriptions")
    .default([])
    .describe("Receivers of the topic's messages"),
});

const { batchSize, windowSeconds, concurrency } = QUEUE_TRIGGER;

const queueTriggerSchema = group({
  queue: queueWord().describe("Queue of this section that the function reads"),
  batchSize: within(batchSize, "messages")
    .default(10)
    .describe("Maximum number of messages in one call"),
  windowSeconds: within(windowSeconds, "seconds")
    .default(0)
    .describe("Seconds for which messages are collected to fill a batch"),
  maximumConcurrency: within(concurrency, "calls").describe(
    "Maximum number of concurrent calls for this queue",
  ),
});

const scheduleTriggerSchema = group({
  expression: recurrence(
    "eventbridge-scheduler",
    "rate(1 hour), cron(0 9 * * ? *) or the like",
  ).describe("When the function is called: EventBridge Scheduler's rate or cron expression"),
  maximumRetries: within(SCHEDULE_RETRIES.retries, "retries")
    .default(3)
    .describe("Retries of a call that Lambda did not accept"),
  maximumEventAgeSeconds: within(SCHEDULE_RETRIES.ageSeconds, "seconds")
    .default(3600)
    .describe("Seconds after which an undelivered call goes to the dead-letter queue"),
});

const objectTriggerSchema = group({
  bucket: word().describe("Bucket whose new objects call the function, by its key in crm:storage"),
  prefix: line(TEXT_LENGTHS.objectKey, "the beginning of an object's key")
    .optional()
    .describe("Only objects whose key begins so"),
  suffix: line(TEXT_LENGTHS.objectKey, "the end of an object's key")
    .optional()
    .describe("Only objects whose key ends so"),
});

const { memoryMb, timeoutSeconds } = FUNCTION_BOUNDS;

const SERVICE = "[a-z][a-z0-9-]*";

const functionSchema = group({
  component: component(),
  description: line(
    TEXT_LENGTHS.functionDescription,
    `1 to ${TEXT_LENGTHS.functionDescription.maximum} characters`,
  ).describe("What the function does"),
  image: text(
    new RegExp(
      `^(${SERVICE}|${REPOSITORY_NAMES.registry}/${REPOSITORY_NAMES.pattern})@sha256:[0-9a-f]{64}$`,
    ),
    "an image by digest, such as core@sha256:... of a service's repository, or of ECR in the stack's region",
  )
    .optional()
    .describe(
      "Container image by digest, in the repository of a service (core@sha256:...) or of another stack (its ECR address); push it first. Instead of runtime and artifact; a change between them replaces the function: give it a new name",
    ),
  runtime: z
    .enum(LAMBDA_RUNTIMES, {
      error: ({ input }) =>
        `one of ${LAMBDA_RUNTIMES.join(", ")}${DEPRECATED_RUNTIMES.includes(String(input)) ? ", as Lambda has deprecated it" : ""}`,
    })
    .optional()
    .describe("Lambda runtime; required without an image"),
  handler: text(
    HANDLER.pattern,
    `file.function such as index.handler or dist/index.handler, of at most ${TEXT_LENGTHS.handler.maximum} characters`,
  )
    .optional()
    .describe(
      "Folders and file without its ending, a dot, and the function that Lambda calls; required without an image, of which it replaces the command (CMD)",
    ),
  memoryMb: within(memoryMb, "MB").describe("Memory in MB; CPU power grows with it"),
  timeoutSeconds: within(timeoutSeconds, "seconds").describe(
    "Seconds after which Lambda ends a call",
  ),
  reservedConcurrency: atLeast(1, "calls").describe(
    "Maximum number of concurrent calls, reserved from the account's quota",
  ),
  architecture: oneOf(["ARM64", "X86_64"])
    .default("ARM64")
    .describe("Processor that the code is built for"),
  logRetentionDays: logRetentionDays()
    .default(14)
    .describe("Days for which the function's log is kept"),
  environment: namedGroup(
    text(/^(?!AWS_)[A-Z][A-Z0-9_]*$/, "an upper-case name that does not begin with AWS_"),
    text(/^[^\n]*$/, "a line of text, in quotes if it is a number"),
  )
    .default({})
    .describe("Environment variables; never secrets"),
  vpc: flag().default(false).describe("Whether the function runs in the private subnets"),
  databaseUrl: oneOf(["primary", "replica"])
    .optional()
    .describe("Database whose URL the function may read from its own parameter; needs vpc"),
  links: functionLinksSchema,
  artifact: group({
    bucket: text(BUCKET_NAMES.withDots, "a bucket's name").describe(
      "Bucket of the stack's region that holds the deployment package",
    ),
    key: line(TEXT_LENGTHS.objectKey, "an object's key such as social/1.4.2.zip").describe(
      "Key of the package in the bucket",
    ),
    version: line(TEXT_LENGTHS.objectVersion, "the object's version id").describe(
      "Version of the object; a change deploys the function again",
    ),
  })
    .optional()
    .describe(
      "Code, built by the application's pipeline; without it neither queue nor schedule calls the function, and other events are refused",
    ),
  asynchronous: group({
    maximumRetries: within(EVENT_RETRIES.retries, "retries")
      .default(2)
      .describe("Retries of a failed event"),
    maximumEventAgeSeconds: within(EVENT_RETRIES.ageSeconds, "seconds")
      .default(EVENT_RETRIES.ageSeconds.maximum)
      .describe("Seconds after which an event goes to the dead-letter queue"),
  })
    .prefault({})
    .describe("Asynchronous events: schedules and new objects"),
  provisionedConcurrency: group({
    capacity: atLeast(1, "environments").describe("Environments kept ready"),
    from: clock().describe("Start of peak hours, in the section's time zone"),
    until: clock().describe("End of peak hours"),
  })
    .optional()
    .describe("Environments kept ready in peak hours, every day"),
  triggers: group({
    queue: queueTriggerSchema.optional().describe("Messages of a queue"),
    schedule: scheduleTriggerSchema.optional().describe("A clock"),
    objectCreated: objectTriggerSchema.optional().describe("New objects in a bucket"),
  })
    .prefault({})
    .describe("What calls the function"),
});

const label = word;

/** Values of `crm:eventing`. */
export const eventingSchema = group({
  timeZone: timeZone().describe("Time zone of peak hours and cron schedules"),
  keyDeletionWindowDays: within(KEY_DELETION_DAYS, "days")
    .default(30)
    .describe("Days between the key's deletion and its effect"),
  protect: flag().describe("Whether Pulumi refuses to delete the key and the queues"),
  reserveConcurrency: flag()
    .default(true)
    .describe(
      "Whether functions reserve their `reservedConcurrency`; false while the account has a new account's quota of 10 concurrent executions, none of which can be reserved: `npm run quotas`",
    ),
  queues: namedGroup(queueWord(), queueSchema).describe(
    "Queues by name, without prefix; a name that ends with .fifo makes a FIFO queue",
  ),
  topics: namedGroup(queueWord(), topicSchema).describe(
    "Topics by name, without prefix; a name that ends with .fifo makes a FIFO topic, for queues alone",
  ),
  functions: namedGroup(label(), functionSchema).describe("Functions by name, without prefix"),
});

/** Whether a function has code of its own; without, it refuses its events. */
export function hasCode({ image, artifact }: Pick<FunctionConfig, "image" | "artifact">): boolean {
  return image !== undefined || artifact !== undefined;
}

/** The service in whose repository a function's image is; none of an address. */
export function imageService(image: string): string | undefined {
  return image.includes("/") ? undefined : image.split("@")[0];
}

export type EventingConfig = z.infer<typeof eventingSchema>;
export type TopicConfig = z.infer<typeof topicSchema>;
export type FunctionConfig = z.infer<typeof functionSchema>;
