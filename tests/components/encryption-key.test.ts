import assert from "node:assert/strict";

import { EncryptionKey, logServiceGrant } from "../../components/encryption-key/encryption-key";
import { Arns } from "../../platform/arns";
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

  it("that exists gets the alias only, and its users wait for that", async () => {
    const id = "01234567-89ab-cdef-0123-456789abcdef";
    const arn = `arn:aws:kms:us-east-1:123456789012:key/${id}`;
    const owned = new Arns({ ...arns, keys: { "alias/crm-logs": arn } });
    const made = async (of: Arns, alias = "alias/crm-logs") => {
      const recording = await record(() => {
        new EncryptionKey("crm-logs", {
          ...{ alias, description: "Log groups", deletionWindowDays: 30, protect: true },
          ...{ arns: of, tags: tags("observability") },
        });
      });
      return recording;
    };
    const existing = await made(owned);
    assert.deepEqual(existing.ofType("aws:kms/key:Key"), []);
    assert.equal(existing.only("aws:kms/alias:Alias").inputs["targetKeyId"], id);
    const outputs = existing.outputs.get(existing.only("crm:aws:EncryptionKey").urn)!;
    assert.deepEqual(outputs, { arn, keyId: id });
    // Its copies in another region, and keys with another alias, are the stack's own.
    const abroad = await made(owned.inRegion("us-west-2"));
    const other = await made(owned, "alias/crm-database");
    for (const one of [abroad, other]) assert.equal(one.ofType("aws:kms/key:Key").length, 1);
  });
});
