/** Names of what services' tasks bring: no queue, function or log of crm:eventing has one of them. */
import assert from "node:assert/strict";

import { clashes } from "../../operations/setup/across";
import { problems, validated } from "../support/stack-files";

type Sections = Record<string, any>; // any: the cases reach into every section

/** A task that core runs on a schedule, and one before each version. */
function withTasks({ services }: Sections): void {
  services.core.tasks = {
    nightly: { command: ["node", "nightly.js"], schedule: { expression: "rate(1 day)" } },
    migration: { command: ["node", "migrate.js"], beforeVersion: {} },
  };
}

const QUEUE = "crm-dlq-core-tasks";
const LOG = "/aws/lambda/crm-core-version-task";

describe("names of services' tasks", () => {
  const cases: [string, (sections: Sections) => unknown, string][] = [
    [
      "a queue's whole name is none of a service's dead-letter queue",
      ({ naming }) => (naming.queueNames = { "email-notifications": QUEUE }),
      `crm:naming.queueNames.email-notifications: expected a name that crm:services.core.tasks does not have, got "${QUEUE}"`,
    ],
    [
      "a log's whole name is none of a service's function",
      ({ naming }) => (naming.logGroupNames = { "report-generator": LOG }),
      `crm:naming.logGroupNames.report-generator: expected a name that crm:services.core.tasks does not have, got "${LOG}"`,
    ],
    [
      "a queue is called differently from a service's dead-letter queue",
      ({ eventing }) => (eventing.queues["dlq-core-tasks"] = { visibilityTimeoutSeconds: 30 }),
      'crm:eventing.queues.dlq-core-tasks: expected a name that crm:services.core.tasks does not have, got "dlq-core-tasks"',
    ],
    [
      "a queue's dead-letter queue is called differently from a service's",
      ({ eventing }) => (eventing.queues["email-notifications"].deadLetter.name = "dlq-core-tasks"),
      'crm:eventing.queues.email-notifications.deadLetter.name: expected a name that crm:services.core.tasks does not have, got "dlq-core-tasks"',
    ],
    [
      "a function is called differently from a service's",
      ({ eventing }) => {
        const { triggers, ...rest } = eventing.functions["analytics-aggregator"];
        eventing.functions["core-version-task"] = { ...rest, triggers };
      },
      'crm:eventing.functions.core-version-task: expected a name that crm:services.core.tasks does not have, got "core-version-task"',
    ],
    [
      "a function with a schedule has no role of a service's task",
      ({ eventing }) =>
        (eventing.functions["core-nightly"] = eventing.functions["analytics-aggregator"]),
      'crm:eventing.functions.core-nightly: expected a name that crm:services.core.tasks does not have, got "core-nightly"',
    ],
    [
      "a task has no role of another service's task",
      ({ services }) => {
        const schedule = { expression: "rate(1 day)" };
        const tasks = { ly: { command: ["node", "ly.js"], schedule } };
        const route = { priority: 900, paths: ["/n/*"] };
        if (services.core.tasks) services.core.tasks["night-ly"] = tasks.ly;
        services["core-night"] = { ...services.core, secrets: {}, route, tasks };
      },
      'crm:services.core-night.tasks.ly: expected a name that crm:services.core.tasks does not have, got "core-night-ly"',
    ],
  ];
  for (const [title, change, expected] of cases) {
    it(title, () => {
      const changed = problems("production", (sections) => {
        withTasks(sections);
        change(sections);
      });
      assert.ok(changed.includes(expected), changed.join("\n"));
      // Without such tasks the name is free.
      const without = problems("production", (sections) => void change(sections));
      assert.ok(!without.includes(expected), without.join("\n"));
    });
  }

  it("are no whole names of another stack either", () => {
    const production = validated("production", withTasks);
    const staging = validated("staging", ({ naming }: Sections) => {
      naming.queueNames = { "email-notifications": QUEUE };
      naming.logGroupNames = { "report-generator": LOG };
    });
    const found = clashes(new Map(Object.entries({ production, staging })));
    assert.deepEqual(
      found.map(({ key }) => key),
      ["crm:naming.queueNames", "crm:naming.logGroupNames"],
    );
  });
});
