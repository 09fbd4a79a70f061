/** docs/runbooks/secret-rotation.md promises that a preview says what a rotation restarts, and that it reads the new value. */
import assert from "node:assert/strict";

import { changesOf } from "../../../analysis/diff/changes";
import { planWith } from "../../../operations/example";
import { planOf } from "../../support/plans";
import { packConfigFile, STACKS_PROJECT } from "../../support/stack-files";

const STARTS = ["aws:ecs/service:Service", "aws:lambda/function:Function"];
const READERS = [
  ...["crm-analytics", "crm-auth", "crm-core"],
  ...["crm-eventing-analytics-aggregator", "crm-eventing-report-generator"],
  "crm-eventing-social-data-processor",
];
const TASK = { architecture: "X86_64", image: `sha256:${"a".repeat(64)}` };

describe("a rotation in a diff", () => {
  const planFor = (database: object) =>
    planWith(
      { config: { "crm:database": database } },
      {
        ...{ stack: "production", cwd: STACKS_PROJECT, judged: false },
        packConfig: packConfigFile("production"),
      },
    );
  const started = (before: Awaited<ReturnType<typeof planOf>>, now: typeof before) =>
    changesOf(before.resources, now.resources)
      .filter(({ type }) => STARTS.includes(type))
      .map(({ name }) => name)
      .sort();

  it("names each service and function that reads the owner's password", async () => {
    const [before, now] = [await planOf("production"), await planFor({ passwordVersion: 2 })];
    assert.deepEqual(started(before, now), READERS);
  });

  // Pulumi changes a resource after what it depends on: a function that restarts earlier would keep the old URL.
  it("restarts each function after its own parameter, which follows the database", async () => {
    const { resources } = await planOf("production");
    const urns = (type: string, name: string) =>
      resources.filter((one) => one.type === type && one.name === name).map(({ urn }) => urn);
    const functions = READERS.filter((name) => name.includes("eventing"));
    assert.equal(functions.length, 3);
    for (const name of functions) {
      const [fn] = resources.filter(
        (one) => one.type === "aws:lambda/function:Function" && one.name === name,
      );
      const label = name.replace("crm-eventing-", "");
      const [parameter] = urns("aws:ssm/parameter:Parameter", `crm-database-${label}-database-url`);
      assert.ok(parameter !== undefined && fn!.dependencies.includes(parameter), name);
      const url = resources.find(({ urn }) => urn === parameter)!;
      const instance = label === "social-data-processor" ? "primary" : "replica";
      const [database] = urns("aws:rds/instance:Instance", `crm-database-${instance}`);
      assert.ok(database !== undefined && url.dependencies.includes(database), name);
    }
  });

  it("names them where another login takes its turn, and functions once more where the old one ends", async () => {
    const logins = { active: "blue" };
    const [blue, green, retired] = [
      await planFor({ task: TASK, logins }),
      await planFor({ task: TASK, logins: { active: "green" } }),
      await planFor({ task: TASK, logins: { active: "green", blueVersion: 2 } }),
    ];
    assert.deepEqual(started(blue, green), READERS);
    // Services have had the new URL since the update before: an ECS service takes it with its tasks.
    assert.deepEqual(
      started(green, retired),
      READERS.filter((name) => name.includes("eventing")),
    );
  });
});
