import assert from "node:assert/strict";

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

  it("begins with groups of the next family beside those in use", async () => {
    const prepared = await step({ otherEngineVersion: "16" });
    assert.deepEqual(groups(prepared).sort(), BOTH);
    assert.equal(group(prepared, "primary"), "crm-database-primary-postgres15");
    assert.equal(group(prepared, "replica"), "crm-database-replica-postgres15");
  });

  it("swaps version and group of the primary at once, and leaves the replica to RDS", async () => {
    const upgraded = await step({
      engineVersion: "16",
      otherEngineVersion: "15",
      allowMajorVersionUpgrade: true,
      applyImmediately: true,
    });
    assert.deepEqual(groups(upgraded).sort(), BOTH);
    assertInputs(upgraded.get(INSTANCE, "crm-database-primary").inputs, {
      engineVersion: "16",
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
    const ended = await step({ engineVersion: "16" });
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
