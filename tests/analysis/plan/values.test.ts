import assert from "node:assert/strict";

import { SECRET_SIGNATURE, SIGNATURE, UNKNOWN } from "../../../analysis/plan/model";
import {
  bagFromWire,
  containsKnownSecret,
  containsSecret,
  containsUnknown,
  fromWire,
  isUnknown,
  redact,
  reveal,
  secret,
} from "../../../analysis/plan/values";

const output = (rest: object): object => ({
  [SIGNATURE]: "d0e6a833031e9bbcd3f4e8bde6ca49a4",
  ...rest,
});
const reference = (rest: object): object => ({
  [SIGNATURE]: "5cf8f73096256a8f31e491e813e4eb8e",
  urn: "urn:pulumi:dev::sample::t::n",
  ...rest,
});

describe("preview values", () => {
  it("a secret is wrapped once and hidden at any depth", () => {
    assert.deepEqual(secret("x"), { [SIGNATURE]: SECRET_SIGNATURE, value: "x" });
    assert.deepEqual(secret(secret("x")), secret("x"));
    assert.deepEqual(redact({ a: [secret("x"), 1], b: secret({ c: "y" }) }), {
      a: ["[secret]", 1],
      b: "[secret]",
    });
    assert.deepEqual(reveal({ a: [secret({ b: secret("x") })] }), { a: [{ b: "x" }] });
  });

  it("a secret of any form is known as soon as a part of it is", () => {
    for (const known of ["x", 7, false, ["x"], { a: { b: "x" } }, secret("x")]) {
      assert.equal(containsKnownSecret({ a: [secret(known)] }), true, JSON.stringify(known));
    }
    for (const hidden of [UNKNOWN, "[secret]", [UNKNOWN], { a: UNKNOWN }, null]) {
      assert.equal(
        containsKnownSecret({ a: [secret(hidden), "x"] }),
        false,
        JSON.stringify(hidden),
      );
      assert.equal(containsSecret({ a: [secret(hidden)] }), true);
    }
    assert.equal(containsSecret({ a: ["x", UNKNOWN] }), false);
  });

  it("a text with the unknown marker inside is unknown as a whole", () => {
    assert.equal(fromWire(`postgres://${UNKNOWN}@host`), UNKNOWN);
    assert.equal(fromWire("postgres://host"), "postgres://host");
    assert.deepEqual(fromWire(secret(`user:${UNKNOWN}`)), secret(UNKNOWN));
  });

  it("a value with dependencies becomes plain and its dependencies are collected", () => {
    const urns = new Set<string>();
    assert.equal(fromWire(output({ value: "a", dependencies: ["u1"] }), urns), "a");
    assert.deepEqual(
      fromWire(output({ secret: true, dependencies: ["u2"] }), urns),
      secret(UNKNOWN),
    );
    assert.deepEqual([...urns], ["u1", "u2"]);
  });

  it("a reference to a resource becomes its id, or its URN if it is a component", () => {
    assert.equal(fromWire(reference({ id: "vpc-1" })), "vpc-1");
    assert.equal(fromWire(reference({ id: "" })), UNKNOWN);
    assert.equal(fromWire(reference({})), "urn:pulumi:dev::sample::t::n");
  });

  it("a bag drops what has no value and keeps null", () => {
    assert.deepEqual(bagFromWire({ a: undefined, b: null, c: 0 }), { b: null, c: 0 });
  });

  it("unknown values are found through secrets and structures", () => {
    assert.equal(isUnknown(secret(UNKNOWN)), true);
    assert.equal(isUnknown([UNKNOWN]), false);
    assert.equal(containsUnknown({ a: [secret({ b: UNKNOWN })] }), true);
    assert.equal(containsUnknown({ a: ["b"] }), false);
  });
});
