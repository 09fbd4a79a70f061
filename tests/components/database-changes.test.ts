import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";

import { CrmDatabase } from "../../components/database/database";
import { assertInputs, databaseArgs, planDatabase } from "../support/data";
import { boundHook, record, type Recording } from "../support/mocks";
import { validated } from "../support/stack-files";

const INSTANCE = "aws:rds/instance:Instance";
const PARAMETERS = "aws:rds/parameterGroup:ParameterGroup";

describe("changes of a database that holds data", () => {
  const step = (settings: object) =>
    planDatabase("production", {
      change: ({ database }) => Object.assign(database, settings),
      preview: false,
    });
  const groups = (plan: Recording) =>
    plan.ofType(PARAMETERS).map(({ name, inputs }) => `${name} ${inputs["family"]}`);
  const group = (plan: Recording, part: string) =>
    plan.get(INSTANCE, `crm-database-${part}`).inputs["parameterGroupName"];
  const BOTH = ["primary", "replica"].flatMap((part) => [
    `crm-database-${part}-postgres15 postgres15`,
    `crm-database-${part}-postgres16 postgres16`,
  ]);

  /** The settings of a step in docs/upgrading.md, as the engineer writes them. */
  const documented = (number: number): Record<string, unknown> => {
    const page = fs.readFileSync(path.join(__dirname, "../../docs/upgrading.md"), "utf8");
    const row = page.split("\n").find((line) => line.startsWith(`| ${number} |`))!;
    const settings = [...row.matchAll(/`([A-Za-z]+): ("[^"]*"|true)`/g)];
    return Object.fromEntries(settings.map(([, key, value]) => [key, JSON.parse(value!)]));
  };

  // RDS API Reference, ModifyDBInstance, EngineVersion: a major version alone is its default minor one, which not every version can go to.
  it("is documented with a full version as the target, and without its minor version at the end", () => {
    assert.deepEqual(Object.keys(documented(3)).sort(), [
      ...["allowMajorVersionUpgrade", "applyImmediately", "engineVersion", "otherEngineVersion"],
    ]);
    assert.match(String(documented(3)["engineVersion"]), /^16\.\d+$/);
    assert.equal(documented(6)["engineVersion"], "16");
  });

  it("begins with groups of the next family beside those in use", async () => {
    const prepared = await step(documented(2));
    assert.deepEqual(groups(prepared).sort(), BOTH);
    assert.equal(group(prepared, "primary"), "crm-database-primary-postgres15");
    assert.equal(group(prepared, "replica"), "crm-database-replica-postgres15");
  });

  it("swaps version and group of the primary at once, and leaves the replica to RDS", async () => {
    const upgraded = await step(documented(3));
    assert.deepEqual(groups(upgraded).sort(), BOTH);
    assertInputs(upgraded.get(INSTANCE, "crm-database-primary").inputs, {
      engineVersion: documented(3)["engineVersion"],
      parameterGroupName: "crm-database-primary-postgres16",
      allowMajorVersionUpgrade: true,
      applyImmediately: true,
    });
    assert.deepEqual(upgraded.get(INSTANCE, "crm-database-replica").ignoreChanges, [
      "parameterGroupName",
      "applyImmediately",
    ]);
  });

  it("ends with the replica in the new family's group, and the old groups gone", async () => {
    const ended = await step(documented(6));
    assert.deepEqual(groups(ended).sort(), [
      "crm-database-primary-postgres16 postgres16",
      "crm-database-replica-postgres16 postgres16",
    ]);
    assert.equal(group(ended, "replica"), "crm-database-replica-postgres16");
    assert.deepEqual(ended.get(INSTANCE, "crm-database-replica").ignoreChanges, []);
  });

  it("knows the group of stacks from before families were in its name", async () => {
    for (const settings of [{}, { otherEngineVersion: "16" }]) {
      const plan = await step(settings);
      const aliased = plan.ofType(PARAMETERS).filter(({ aliases }) => aliases.length > 0);
      assert.deepEqual(
        aliased.map(({ name, aliases }) => [name, aliases]),
        [
          ["crm-database-primary-postgres15", ["crm-database-primary"]],
          ["crm-database-replica-postgres15", ["crm-database-replica"]],
        ],
      );
    }
  });

  it("takes a backup before the primary is changed, as before a service", async () => {
    const args = databaseArgs("production", validated("production"));
    const plan = await record(() => {
      const backup = boundHook("backup");
      return new CrmDatabase("crm-database", { ...args, beforeUpdate: [backup] });
    });
    const hooks = plan.ofType(INSTANCE).map(({ name, hooks: bound }) => [name, bound]);
    assert.deepEqual(Object.fromEntries(hooks)["crm-database-primary"].beforeUpdateList, [
      "backup",
    ]);
  });

  it("gives primary and replica the IOPS and throughput that are asked for", async () => {
    const plan = await planDatabase("production", {
      change: ({ database }) => Object.assign(database, { iops: 16_000, storageThroughput: 1000 }),
    });
    for (const { inputs } of plan.ofType(INSTANCE)) {
      assertInputs(inputs, { iops: 16_000, storageThroughput: 1000 });
    }
    for (const { inputs } of (await step({})).ofType(INSTANCE)) {
      assertInputs(inputs, { iops: undefined, storageThroughput: undefined });
    }
  });
});
