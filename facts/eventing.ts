/** Bounds of what queues, topics, schedules and functions take from one another. */
import { apiModel, CFN_LINT_SCHEMAS, type Fact, guide } from "./fact";
import { TEXT_LENGTHS } from "./name-lengths";

const asOf = "2026-11-28";
const SCHEMAS = `${CFN_LINT_SCHEMAS}/resources`;

/** A function that reads a queue. */
export const QUEUE_TRIGGER = {
  batchSize: { minimum: 1, maximum: 10_000 },
  /** Messages of a batch that needs no window. */
  batchWithoutWindow: 10,
  /** Messages of a batch of a FIFO queue, which takes no window: services-sqs-parameters.html of the Lambda guide. */
  fifoBatch: 10,
  windowSeconds: { minimum: 0, maximum: 300 },
  concurrency: { minimum: 2, maximum: 1000 },
  source: apiModel("lambda", "2015-03-31"),
  asOf: "2026-11-29",
} as const satisfies Fact & Record<string, unknown>;

/**
 * Protocols by which SNS delivers to a machine: all of Subscribe but email, text messages and notices on a phone. A subscription of any protocol
 * takes a dead-letter queue.
 */
export const MACHINE_PROTOCOLS = {
  names: ["lambda", "sqs", "http", "https", "firehose"] as readonly string[],
  source: apiModel("sns", "2010-03-31"),
  asOf: "2026-11-29",
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

/**
 * What a function's handler may be. Folders are parts of the path; of Node.js the rest after the first dot of the file is an
 * export, perhaps of an object, and of Python the part after the last dot is the function, and dots before it are folders.
 */
export const HANDLER = {
  pattern: new RegExp(
    `^(?=.{3,${TEXT_LENGTHS.handler.maximum}}$)([\\w-]+/)*[\\w-]+(\\.[\\w-]+)*\\.[A-Za-z_]\\w*$`,
  ),
  source: CFN_LINT_SCHEMAS,
  asOf: "2026-11-29",
} as const satisfies Fact & Record<string, unknown>;

/** Text that a topic takes. */
export const TOPIC_BOUNDS = {
  displayNameLength: 100,
  /** Combinations of values in one filter policy: what its lists multiply to. */
  filterValues: 150,
  /** Attributes in one filter policy. */
  filterKeys: 5,
  source: guide(
    "amazon-sns-developer-guide",
    "d2d6700c0df4f5e8160a34f733697da525469803",
    "subscription-filter-policy-constraints.md",
  ),
  asOf: "2026-11-29",
  unverified:
    "the page has the 150; of a display name the guide says only that it and the sending address have at most 320 characters together",
} as const satisfies Fact & Record<string, unknown>;

/**
 * Bytes of all environment variables of a function together, as JSON: Lambda's refusal prints what it measured,
 * `exceeded the 4KB limit. String measured: {"POWERTOOLS_LOGGER_LOG_EVENT":"true",...`
 */
export const FUNCTION_ENVIRONMENT = {
  bytes: 4096,
  /** What is counted, in messages. */
  counted: "bytes as JSON of all names and values",
  source:
    "https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html and " +
    "https://github.com/github-aws-runners/terraform-aws-github-runner/issues/3594",
  asOf: "2026-11-29",
} as const satisfies Fact & Record<string, unknown>;

/** Bytes of a task definition, as registered. */
export const TASK_DEFINITION = {
  bytes: 65_536,
  source: "https://docs.aws.amazon.com/general/latest/gr/ecs-service.html",
  asOf: "2026-11-29",
} as const satisfies Fact & Record<string, unknown>;

/** Failed receives after which a message may go to the dead-letter queue. */
export const RECEIVES = {
  minimum: 1,
  maximum: 1000,
  source: guide(
    "amazon-sqs-developer-guide",
    "39de636dd41007e232595165587ba162ddc491f4",
    "sqs-configure-dead-letter-queue.md",
  ),
  asOf: "2026-11-29",
} as const satisfies Fact & Record<string, unknown>;
