/** Bounds of what queues, topics, schedules and functions take from one another. */
import { CFN_LINT_SCHEMAS, type Fact, guide } from "./fact";

const asOf = "2026-11-28";
const SCHEMAS = `${CFN_LINT_SCHEMAS}/resources`;

/** A function that reads a queue. */
export const QUEUE_TRIGGER = {
  batchSize: { minimum: 1, maximum: 10_000 },
  /** Messages of a batch that needs no window. */
  batchWithoutWindow: 10,
  windowSeconds: { minimum: 0, maximum: 300 },
  concurrency: { minimum: 2, maximum: 1000 },
  source: `${SCHEMAS}/fda57d3016dc05c0.json`,
  asOf,
  unverified:
    "the schema has the three ranges; the batch of 10 is in the text of CreateEventSourceMapping, which was not opened",
} as const satisfies Fact & Record<string, unknown>;

/** Protocols whose failed deliveries SNS can send to a dead-letter queue. */
export const REDRIVEN_PROTOCOLS = {
  names: ["lambda", "sqs", "http", "https", "firehose"] as readonly string[],
  source: "https://docs.aws.amazon.com/sns/latest/dg/sns-dead-letter-queues.html",
  asOf: "2026-11-29",
  unverified: "not recorded that the page was opened",
} as const satisfies Fact & Record<string, unknown>;

/** What EventBridge Scheduler does about a call that was not accepted. */
export const SCHEDULE_RETRIES = {
  retries: { minimum: 0, maximum: 185 },
  ageSeconds: { minimum: 60, maximum: 86_400 },
  source: `${SCHEMAS}/bf1260827467320e.json`,
  asOf,
} as const satisfies Fact & Record<string, unknown>;

/** What Lambda does about an asynchronous event. */
export const EVENT_RETRIES = {
  retries: { minimum: 0, maximum: 2 },
  ageSeconds: { minimum: 60, maximum: 21_600 },
  source: `${SCHEMAS}/ca99e9ad0da87f1b.json`,
  asOf,
} as const satisfies Fact & Record<string, unknown>;

/** Size and length of a function's call. */
export const FUNCTION_BOUNDS = {
  memoryMb: { minimum: 128, maximum: 10_240 },
  /** The schema of AWS::Lambda::Function takes more, which not every kind of function has. */
  timeoutSeconds: { minimum: 1, maximum: 900, unset: 3 },
  source: guide(
    "aws-lambda-developer-guide",
    "38e9014eba7b2de5dff7e353de675d991e58947d",
    "gettingstarted-limits.md",
  ),
  asOf,
} as const satisfies Fact & Record<string, unknown>;

/** Text that a topic takes. */
export const TOPIC_BOUNDS = {
  displayNameLength: 100,
  /** Combinations of values in one filter policy. */
  filterValues: 150,
  source: "https://docs.aws.amazon.com/sns/latest/dg/subscription-filter-policy-constraints.html",
  asOf,
  unverified: "the page was not opened, and the schemas of SNS hold neither number",
} as const satisfies Fact & Record<string, unknown>;

/** Failed receives after which a message may go to the dead-letter queue. */
export const RECEIVES = {
  minimum: 1,
  maximum: 1000,
  source:
    "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html",
  asOf,
  unverified: "the page was not opened, and the schema of AWS::SQS::Queue leaves the policy open",
} as const satisfies Fact & Record<string, unknown>;
