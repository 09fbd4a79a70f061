/** A credential that goes: rotated where the next of its numbers stays, lost where an earlier one does. */
import assert from "node:assert/strict";

import { succeeded } from "../../../analysis/diff/rotations";

describe("a numbered credential that is deleted", () => {
  const PASSWORD = "random:index/randomPassword:RandomPassword";
  const urn = (name: string) => `urn:pulumi:s::p::${PASSWORD}::${name}`;
  const says = (name: string, ...present: string[]) =>
    succeeded(PASSWORD, urn(name), present.map(urn));

  it("is followed by a higher number alone", () => {
    assert.equal(says("shard-1", "shard-2"), "is deleted, and shard-2 stays");
    assert.equal(says("key-9", "key-10"), "is deleted, and key-10 stays");
    assert.equal(says("shard-2", "shard-1"), undefined);
    assert.equal(says("key-10", "key-9"), undefined);
    assert.equal(says("shard-2", "shard-1", "shard-3"), "is deleted, and shard-3 stays");
    assert.equal(says("shard-1", "other-2"), undefined);
  });
});
