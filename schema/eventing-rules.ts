/** Rules between the fields of `crm:eventing`. */
import { QUEUE_TRIGGER, TOPIC_BOUNDS } from "../facts/eventing";
import {
  functionDeadLetters,
  ownsDeadLetters,
  queueDeadLetters,
  topicDeadLetters,
} from "../platform/dead-letters";
import { isFifo } from "../platform/fifo";
import { PLATFORM_FUNCTIONS, PLATFORM_TOPICS } from "../platform/platform-names";
import { NEEDS_PLAIN_TOPIC } from "../platform/publishers";
import { environmentRule, nameRule, OF_FUNCTION, type Report, type SectionRules } from "./common";
import type { EventingConfig, FunctionConfig, TopicConfig } from "./eventing";
import { DATA_KINDS, linkRules, linkVariableRules } from "./links";

/** All rules of the section; what links and triggers refer to in others is checked between sections. */
export const eventingRules: SectionRules<EventingConfig> = (section, report) => {
  platformRules(section, report);
  fifoRules(section, report);
  for (const [name, topic] of Object.entries(section.topics)) {
    topicRules(section, name, topic, report);
  }
  for (const [name, fn] of Object.entries(section.functions)) {
    queueTriggerRules(section, name, fn, report);
    functionRules(section, name, fn, report);
  }
  receiverRules(section, report);
  uniqueNames(section, report);
  uniqueReaders(section, report);
  separateObjects(section, report);
};

/** The topics that the platform reports to exist and let it publish; the names of its own resources are free. */
function platformRules(section: EventingConfig, report: Report): void {
  for (const [name, reporting] of Object.entries(PLATFORM_TOPICS)) {
    const topic = section.topics[name];
    if (topic === undefined) {
      report(["topics", name], undefined, "the topic to which the platform itself reports");
    } else if (reporting.some((one) => !topic.publishers.includes(one))) {
      const expected = `at least ${reporting.join(" and ")}, which report here`;
      report(["topics", name, "publishers"], topic.publishers, expected);
    }
  }
  for (const name of PLATFORM_FUNCTIONS) {
    if (section.functions[name] !== undefined) {
      report(["functions"], name, "a name that no function of the platform itself has");
    }
  }
}

/** What FIFO queues and topics take of each other: SNS, SQS and Lambda refuse the rest. */
function fifoRules({ queues, topics, functions }: EventingConfig, report: Report): void {
  const named = { queues, topics };
  for (const kind of ["queues", "topics"] as const) {
    for (const [name, { fifo }] of Object.entries(named[kind])) {
      if (fifo === undefined || isFifo(name)) continue;
      report([kind, name, "fifo"], "settings", `no such entry, as ${name} does not end with .fifo`);
    }
  }
  for (const [name, { deadLetter }] of Object.entries(queues)) {
    if (deadLetter.name === undefined || isFifo(deadLetter.name) === isFifo(name)) continue;
    const expected = isFifo(name)
      ? "a name that ends with .fifo, as the queue's does"
      : "a name without .fifo, as the queue's";
    report(["queues", name, "deadLetter", "name"], deadLetter.name, expected);
  }
  for (const [name, topic] of Object.entries(topics)) {
    if (isFifo(name) && topic.publishers.length > 0) {
      const expected = "none of a FIFO topic: these services publish to standard topics";
      report(["topics", name, "publishers"], topic.publishers, expected);
    }
    topic.subscriptions.forEach(({ queue }, index) => {
      const at = ["topics", name, "subscriptions", index];
      if (isFifo(name) && queue === undefined) {
        report(at, "a receiver that is no queue", "a queue: a FIFO topic delivers to queues alone");
      } else if (!isFifo(name) && queue !== undefined && isFifo(queue)) {
        report([...at, "queue"], queue, `a queue without .fifo, as topic ${name} is not FIFO`);
      }
    });
  }
  for (const [name, { triggers }] of Object.entries(functions)) {
    const trigger = triggers.queue;
    if (trigger === undefined || !isFifo(trigger.queue)) continue;
    const at = ["functions", name, "triggers", "queue"];
    const most = QUEUE_TRIGGER.fifoBatch;
    if (trigger.batchSize > most) {
      report([...at, "batchSize"], trigger.batchSize, `at most ${most} messages of a FIFO queue`);
    }
    if (trigger.windowSeconds > 0) {
      const expected = "0: a FIFO queue's messages are not collected";
      report([...at, "windowSeconds"], trigger.windowSeconds, expected);
    }
  }
}

function topicRules(
  section: EventingConfig,
  name: string,
  topic: TopicConfig,
  report: Report,
): void {
  const path = ["topics", name];
  const plainOnly = topic.publishers.filter((one) => NEEDS_PLAIN_TOPIC.includes(one));
  if (topic.encrypted && plainOnly.length > 0) {
    report([...path, "encrypted"], true, `false for a topic that ${plainOnly[0]} publishes to`);
  }
  if (!topic.encrypted && (plainOnly.length === 0 || plainOnly.length < topic.publishers.length)) {
    report(
      [...path, "encrypted"],
      false,
      `true unless ${NEEDS_PLAIN_TOPIC.join()} alone publishes`,
    );
  }
  topic.subscriptions.forEach((subscription, index) => {
    const at = [...path, "subscriptions", index];
    const { email, sms, queue, https, slack } = subscription;
    const endpoints = [email, sms, queue, https, slack?.channelId].filter(
      (endpoint) => endpoint !== undefined,
    );
    if (endpoints.length !== 1) {
      report(at, endpoints.join(" and ") || "none", "one of email, sms, queue, https, slack");
    }
    if (slack !== undefined && subscription.filterPolicy !== undefined) {
      report(
        [...at, "filterPolicy"],
        subscription.filterPolicy,
        "none: a channel gets all messages",
      );
    }
    const { filterPolicy, filterScope } = subscription;
    if (filterPolicy !== undefined) filterRules(filterPolicy, [...at, "filterPolicy"], report);
    if (filterPolicy === undefined && filterScope !== undefined) {
      report([...at, "filterScope"], filterScope, "none without filterPolicy");
    }
    // SNS Developer Guide, "Amazon SNS subscription filter policy scope": SNS drops a message without a matching attribute silently.
    if (filterPolicy?.["AlarmName"] !== undefined && filterScope !== "MessageBody") {
      report([...at, "filterScope"], filterScope, "MessageBody, where an alarm has its AlarmName");
    }
    if (queue !== undefined) queueRule([...at, "queue"], queue, section, report);
  });
}

function filterRules(
  policy: Readonly<Record<string, readonly string[]>>,
  path: readonly (string | number)[],
  report: Report,
): void {
  const { filterKeys, filterValues } = TOPIC_BOUNDS;
  const keys = Object.keys(policy);
  const combined = Object.values(policy).reduce((product, { length }) => product * length, 1);
  if (keys.length > filterKeys) report(path, keys, `at most ${filterKeys} attributes`);
  if (combined > filterValues) {
    const expected = `at most ${filterValues} combinations of values, the numbers of values multiplied`;
    report(path, combined, expected);
  }
}

/** A receiver subscribes to a topic only once: SNS returns the first subscription for a second. A channel is in one workspace. */
function receiverRules(section: EventingConfig, report: Report): void {
  const workspaces = new Map<string, string>();
  for (const [name, topic] of Object.entries(section.topics)) {
    const seen = new Map<string, string>();
    topic.subscriptions.forEach(({ email, sms, queue, https, slack }, index) => {
      const at = ["topics", name, "subscriptions", index];
      const receiver = email ?? sms ?? queue ?? https ?? slack?.channelId ?? "";
      // Subscriptions are named by their letters and digits.
      const id = receiver.replaceAll(/[^A-Za-z0-9]+/g, "-");
      const other = seen.get(id);
      if (other !== undefined) {
        report(at, receiver, `another receiver than ${other}, which the topic has already`);
      }
      seen.set(id, receiver);
      if (slack === undefined) return;
      const workspace = workspaces.get(slack.channelId) ?? slack.workspaceId;
      if (workspace !== slack.workspaceId) {
        report([...at, "slack", "workspaceId"], slack.workspaceId, `${workspace}, as elsewhere`);
      }
      workspaces.set(slack.channelId, workspace);
    });
  }
}

function queueTriggerRules(
  section: EventingConfig,
  name: string,
  fn: FunctionConfig,
  report: Report,
): void {
  const trigger = fn.triggers.queue;
  if (trigger === undefined) {
    return;
  }
  const path = ["functions", name, "triggers", "queue"];
  queueRule([...path, "queue"], trigger.queue, section, report);
  const queue = section.queues[trigger.queue];
  if (queue !== undefined && queue.visibilityTimeoutSeconds < fn.timeoutSeconds) {
    // Lambda refuses the mapping otherwise: a message would be seen again while it is still worked on.
    report(
      ["queues", trigger.queue, "visibilityTimeoutSeconds"],
      queue.visibilityTimeoutSeconds,
      `at least ${fn.timeoutSeconds} seconds, the timeout of function ${name}`,
    );
  }
  const small = QUEUE_TRIGGER.batchWithoutWindow;
  if (trigger.batchSize > small && trigger.windowSeconds === 0 && !isFifo(trigger.queue)) {
    const expected = `at least 1 second for a batch of more than ${small} messages`;
    report([...path, "windowSeconds"], 0, expected);
  }
  if (trigger.maximumConcurrency > fn.reservedConcurrency) {
    report(
      [...path, "maximumConcurrency"],
      trigger.maximumConcurrency,
      `at most the function's reservedConcurrency ${fn.reservedConcurrency}`,
    );
  }
}

/** A function is an image, or code for a runtime. */
function packageRules(path: readonly string[], fn: FunctionConfig, report: Report): void {
  if (fn.image === undefined) {
    if (fn.runtime === undefined) {
      report([...path, "runtime"], undefined, "a Lambda runtime, or an image");
    }
    if (fn.handler === undefined) {
      report([...path, "handler"], undefined, "file.function such as index.handler, or an image");
    }
    return;
  }
  for (const setting of ["runtime", "artifact"] as const) {
    if (fn[setting] !== undefined) {
      report([...path, setting], fn[setting], "no such entry, as the function has an image");
    }
  }
}

function functionRules(
  section: EventingConfig,
  name: string,
  fn: FunctionConfig,
  report: Report,
): void {
  const path = ["functions", name];
  packageRules(path, fn, report);
  if (fn.databaseUrl !== undefined && !fn.vpc) {
    report([...path, "vpc"], false, "true for a function that reads databaseUrl");
  }
  const provisioned = fn.provisionedConcurrency;
  if (provisioned !== undefined) {
    const at = [...path, "provisionedConcurrency"];
    if (!section.reserveConcurrency) {
      // Lambda provides both from the same executions.
      report(at, provisioned.capacity, "none where reserveConcurrency is false");
    }
    if (provisioned.capacity > fn.reservedConcurrency) {
      const most = `at most the function's reservedConcurrency ${fn.reservedConcurrency}`;
      report([...at, "capacity"], provisioned.capacity, most);
    }
    if (provisioned.from === provisioned.until) {
      report([...at, "until"], provisioned.until, `another time than from, ${provisioned.from}`);
    }
  }
  linkRules(fn.links, [...path, "links"], report, DATA_KINDS);
  linkVariableRules(fn, path, ["environment"], report);
  environmentRule(fn.environment, OF_FUNCTION, [...path, "environment"], report);
}

/** A queue that the section creates, whose it is, and the setting that names it. */
type ClaimedQueue = readonly [queue: string, owner: string, path: readonly string[]];

/** All queues of the section, dead-letter queues included, in the order of the settings. */
export function claimedQueues(section: EventingConfig): readonly ClaimedQueue[] {
  const { queues, topics, functions } = section;
  const names = Object.keys(queues);
  const owning = Object.entries(functions).filter(
    ([name, { triggers }]) => ownsDeadLetters(triggers) && !isPlatforms(name),
  );
  return [
    ...names.map((name): ClaimedQueue => [name, `queue ${name}`, ["queues", name]]),
    ...names.map((name): ClaimedQueue => {
      const path = ["queues", name, "deadLetter", "name"];
      return [queueDeadLetters(section, name), `queue ${name}'s dead-letter queue`, path];
    }),
    ...Object.keys(topics).map((name): ClaimedQueue => {
      return [topicDeadLetters(name), `topic ${name}'s dead-letter queue`, ["topics", name]];
    }),
    ...owning.map(([name]): ClaimedQueue => {
      const owner = `function ${name}'s dead-letter queue`;
      return [functionDeadLetters(section, name), owner, ["functions", name]];
    }),
  ];
}

/** No two of the section's queues, dead-letter queues included, have one name. */
function uniqueNames(section: EventingConfig, report: Report): void {
  const claimed = new Map<string, string>(
    PLATFORM_FUNCTIONS.map((name) => [`dlq-${name}`, "a function of the platform itself"]),
  );
  for (const [queue, owner, path] of claimedQueues(section)) {
    const other = claimed.get(queue);
    if (other !== undefined) report(path, queue, `a name that ${other} does not have`);
    claimed.set(queue, owner);
  }
}

/** Each queue has one function at most: two would share its messages at random. */
function uniqueReaders(section: EventingConfig, report: Report): void {
  const readers = new Map<string, string>();
  for (const [name, fn] of Object.entries(section.functions)) {
    const queue = fn.triggers.queue?.queue;
    if (queue === undefined) {
      continue;
    }
    const other = readers.get(queue);
    if (other !== undefined) {
      const path = ["functions", name, "triggers", "queue", "queue"];
      report(path, queue, `a queue that function ${other} does not read`);
    }
    readers.set(queue, name);
  }
}

/**
 * No object calls two functions: S3 refuses filters that overlap in prefix and in suffix
 * (S3 User Guide, "Configuring event notifications using object key name filtering").
 */
function separateObjects(section: EventingConfig, report: Report): void {
  const seen: { name: string; bucket: string; prefix: string; suffix: string }[] = [];
  for (const [name, fn] of Object.entries(section.functions)) {
    const trigger = fn.triggers.objectCreated;
    if (trigger === undefined) {
      continue;
    }
    const { prefix = "", suffix = "" } = trigger;
    const other = seen.find(
      (one) =>
        one.bucket === trigger.bucket &&
        (one.prefix.startsWith(prefix) || prefix.startsWith(one.prefix)) &&
        (one.suffix.endsWith(suffix) || suffix.endsWith(one.suffix)),
    );
    if (other !== undefined) {
      const path = ["functions", name, "triggers", "objectCreated", "prefix"];
      const expected = `a prefix or a suffix that does not overlap with function ${other.name}'s`;
      report(path, prefix, expected);
    }
    seen.push({ name, bucket: trigger.bucket, prefix, suffix });
  }
}

function queueRule(
  path: readonly (string | number)[],
  name: string,
  { queues }: EventingConfig,
  report: Report,
): void {
  nameRule(path, name, Object.keys(queues), "the queues", report);
}

function isPlatforms(fn: string): boolean {
  return (PLATFORM_FUNCTIONS as readonly string[]).includes(fn);
}
