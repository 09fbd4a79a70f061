/** Rules between the fields of `crm:eventing`. */
import { QUEUE_TRIGGER } from "../facts/eventing";
import {
  functionDeadLetters,
  ownsDeadLetters,
  queueDeadLetters,
  topicDeadLetters,
} from "../platform/dead-letters";
import { PLATFORM_FUNCTIONS, PLATFORM_TOPICS } from "../platform/platform-names";
import { NEEDS_PLAIN_TOPIC } from "../platform/publishers";
import { nameRule, type Report, type SectionRules } from "./common";
import type { EventingConfig, FunctionConfig, TopicConfig } from "./eventing";
import { linkRules, linkVariableRules } from "./links";

/** All rules of the section; what links and triggers refer to in others is checked between sections. */
export const eventingRules: SectionRules<EventingConfig> = (section, report) => {
  platformRules(section, report);
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
  if (trigger.batchSize > small && trigger.windowSeconds === 0) {
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

function functionRules(
  section: EventingConfig,
  name: string,
  fn: FunctionConfig,
  report: Report,
): void {
  const path = ["functions", name];
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
  linkRules(fn.links, [...path, "links"], report);
  linkVariableRules(fn, path, ["environment"], report);
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
 * Functions that one bucket calls have prefixes of their own: S3 refuses filters that overlap
 * (S3 User Guide, "Configuring event notifications using object key name filtering").
 */
function separateObjects(section: EventingConfig, report: Report): void {
  const seen: { name: string; bucket: string; prefix: string }[] = [];
  for (const [name, fn] of Object.entries(section.functions)) {
    const trigger = fn.triggers.objectCreated;
    if (trigger === undefined) {
      continue;
    }
    const prefix = trigger.prefix ?? "";
    const other = seen.find(
      (one) =>
        one.bucket === trigger.bucket &&
        (one.prefix.startsWith(prefix) || prefix.startsWith(one.prefix)),
    );
    if (other !== undefined) {
      const path = ["functions", name, "triggers", "objectCreated", "prefix"];
      report(path, prefix, `a prefix that does not overlap with function ${other.name}'s`);
    }
    seen.push({ name, bucket: trigger.bucket, prefix });
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
