/** What AWS refuses of a change of TLS of a cache that lives. */
import assert from "node:assert/strict";

import { changesOf } from "../../../analysis/diff/changes";
import { findingsOf } from "../../../analysis/diff/findings";
import type { PlannedResource } from "../../../analysis/plan/model";
import { secret } from "../../../analysis/plan/values";
import { planned } from "../../support/planned";

describe("a change of a cache's TLS", () => {
  // Source: ElastiCache API Reference, ModifyReplicationGroup, TransitEncryptionEnabled and TransitEncryptionMode.
  it("is refused in one step, and in neither of the two", () => {
    const CACHE = "aws:elasticache/replicationGroup:ReplicationGroup";
    const of = (transitEncryptionEnabled: boolean, transitEncryptionMode?: string) => [
      planned(CACHE, "cache", {
        inputs: { engineVersion: "7.1", transitEncryptionEnabled, transitEncryptionMode },
      }),
    ];
    const found = (...sides: [PlannedResource[], PlannedResource[]]) =>
      findingsOf(changesOf(...sides)).map(({ class: kind, says }) => `${kind}${says}`);
    const [off, preferred, required] = [of(false), of(true, "preferred"), of(true, "required")];
    for (const now of [required, of(true)]) {
      assert.match(found(off, now).join(), /^not made: .*transitEncryptionMode preferred first/);
    }
    for (const sides of [
      [off, preferred],
      [preferred, required],
      [required, preferred],
      [required, off],
    ] as const) {
      assert.deepEqual(found(...sides), []);
    }
  });

  // Source: aws-controllers-k8s/community, issue 2536; the provider's replication_group.go.
  it("is refused with a token or user groups, even if they go with it", () => {
    const CACHE = "aws:elasticache/replicationGroup:ReplicationGroup";
    const cache = (transitEncryptionEnabled: boolean, more: object = {}) => [
      planned(CACHE, "cache", {
        inputs: { engineVersion: "7.1", transitEncryptionEnabled, ...more },
      }),
    ];
    const token = { authToken: secret("t"), authTokenUpdateStrategy: "SET" };
    const refused = (old: object, now: object) =>
      findingsOf(changesOf(cache(true, old), cache(false, now)))
        .filter(({ class: kind }) => kind === "not made")
        .map(({ says }) => says);
    for (const [old, now] of [
      [token, {}],
      [token, token],
      [{ authTokenWo: "t", authTokenWoVersion: 1 }, {}],
    ] as const) {
      assert.match(refused(old, now).join(), /refuses it for a cache with a token/);
    }
    assert.match(refused({ userGroupIds: ["crm"] }, {}).join(), /with user groups/);
    assert.deepEqual(refused({}, {}), []);
    assert.deepEqual(refused({ userGroupIds: [] }, {}), []);
  });
});
