import assert from "node:assert/strict";

import { EncryptionKey, logServiceGrant } from "../../components/encryption-key/encryption-key";
import { arns, tags } from "../support/fixtures";
import { record } from "../support/mocks";

describe("EncryptionKey", () => {
  const plan = (preview = false) =>
    record(
      () =>
        new EncryptionKey("crm-logs", {
          alias: "alias/crm-logs",
          description: "Log groups",
          deletionWindowDays: 30,
          protect: true,
          services: [logServiceGrant(arns)],
          arns,
          tags: tags("observability"),
        }),
      { preview },
    );

  it("rotates every year, is protected and described", async () => {
    const key = (await plan()).only("aws:kms/key:Key");
    assert.equal(key.inputs["enableKeyRotation"], true);
    assert.equal(key.inputs["rotationPeriodInDays"], 365);
    assert.equal(key.inputs["deletionWindowInDays"], 30);
    assert.equal(key.protect, true);
    assert.deepEqual(key.inputs["tags"], tags("observability"));
  });

  it("lets CloudWatch Logs use it for this account's log groups only", async () => {
    const policy = JSON.parse((await plan(true)).only("aws:kms/key:Key").inputs["policy"]);
    assert.equal(policy.Statement.length, 2);
    assert.deepEqual(policy.Statement[0].Principal, { AWS: "arn:aws:iam::123456789012:root" });
    assert.deepEqual(policy.Statement[1].Principal, { Service: "logs.us-east-1.amazonaws.com" });
    assert.deepEqual(policy.Statement[1].Condition, {
      ArnLike: {
        "kms:EncryptionContext:aws:logs:arn": "arn:aws:logs:us-east-1:123456789012:log-group:*",
      },
    });
  });

  it("carries the alias that IAM policies name", async () => {
    assert.equal((await plan()).only("aws:kms/alias:Alias").inputs["name"], "alias/crm-logs");
  });
});
