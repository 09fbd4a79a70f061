import assert from "node:assert/strict";

import { assertInputs, planDatabase } from "../support/data";
import type { Recording } from "../support/mocks";

const INSTANCE = "aws:rds/instance:Instance";
const ACCOUNT = "us-east-1:123456789012";

describe("ReadReplica", () => {
  let production: Recording;
  before(async () => {
    production = await planDatabase("production");
  });

  const primary = (recording: Recording) => recording.get(INSTANCE, "crm-database-primary");
  const replica = (recording: Recording) => recording.get(INSTANCE, "crm-database-replica");

  it("follows the primary by ARN, known in a first preview", () => {
    const { inputs, dependencies, propertyDependencies } = replica(production);
    assert.equal(inputs["identifier"], "crm-production-replica");
    assert.equal(inputs["replicateSourceDb"], `arn:aws:rds:${ACCOUNT}:db:crm-production-primary`);
    assert.ok(dependencies.includes(primary(production).urn));
    assert.deepEqual(propertyDependencies["replicateSourceDb"], [primary(production).urn]);
  });

  it("has the document's values and the primary's protection", () => {
    const { inputs, protect } = replica(production);
    assertInputs(inputs, {
      instanceClass: "db.r6g.large",
      publiclyAccessible: false,
      multiAz: false,
      storageEncrypted: true,
      storageType: "gp3",
      maxAllocatedStorage: 2000,
      deletionProtection: true,
      copyTagsToSnapshot: true,
      monitoringInterval: 60,
      performanceInsightsEnabled: true,
      port: 5432,
      vpcSecurityGroupIds: ["sg-data"],
    });
    assert.equal(protect, true);
  });

  it("keeps no backups, password or last snapshot of its own", () => {
    const { inputs } = replica(production);
    for (const input of [
      "backupRetentionPeriod",
      "backupWindow",
      "password",
      "passwordWo",
      "username",
      "dbName",
      "engine",
      "engineVersion",
      "allocatedStorage",
      "finalSnapshotIdentifier",
    ]) {
      assert.equal(inputs[input], undefined, input);
    }
    assert.equal(inputs["skipFinalSnapshot"], true);
  });
});
