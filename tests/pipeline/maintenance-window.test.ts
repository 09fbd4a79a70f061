import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";

import { planOf } from "../support/plans";

const SDK = path.dirname(require.resolve("@pulumi/aws/package.json"));

/** Whether the provider can leave changes of a type to the maintenance window: its own inputs name the choice. */
function canWait(type: string): boolean {
  const [, file] = type.split(":");
  const declared = path.join(SDK, `${file}.d.ts`);
  return (
    fs.existsSync(declared) && /^ +applyImmediately\?: /m.test(fs.readFileSync(declared, "utf8"))
  );
}

describe("a change that AWS can leave to the maintenance window", () => {
  const waiting = async (stack: string) => {
    const { resources } = await planOf(stack);
    return resources.filter(({ type }) => type.startsWith("aws:") && canWait(type));
  };

  // A deployment of staging ends with what it changed: the report of differences is empty, and production follows.
  it("is made at once in staging", async () => {
    const resources = await waiting("staging");
    const types = new Set(resources.map(({ type }) => type));
    assert.deepEqual([...types].sort(), [
      "aws:elasticache/replicationGroup:ReplicationGroup",
      "aws:rds/instance:Instance",
    ]);
    for (const { name, inputs } of resources) {
      assert.equal(inputs["applyImmediately"], true, name);
    }
  });

  it("waits in production, whose replica follows its primary", async () => {
    for (const { name, inputs } of await waiting("production")) {
      assert.notEqual(inputs["applyImmediately"], true, name);
    }
  });
});
