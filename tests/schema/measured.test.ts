import assert from "node:assert/strict";

import { measuredSteps } from "../../schema";

describe("the steps that a stack measured", () => {
  const read = (document: unknown) =>
    measuredSteps(JSON.stringify(document), "Pulumi.dev.measured.json");

  it("are those of the file", () => {
    const durations = [{ key: "copyJob", minutes: 40, asOf: "2026-11-20" }];
    assert.deepEqual(read({ durations, usage: {} }), durations);
    assert.deepEqual(read({}), []);
  });

  it("come without the creations that stand beside them", () => {
    const step = { key: "copyJob", minutes: 40, asOf: "2026-11-20" };
    const creation = { type: "aws:rds/instance:Instance", seconds: 5 };
    assert.deepEqual(read({ durations: [creation, step] }), [step]);
  });

  it("are refused where a row is no object, or its step is unknown", () => {
    assert.throws(
      () => read({ durations: [null, 5, { key: "copyJobb", minutes: 5 }] }),
      /durations\[0\]: expected an object, got null\n.*durations\[1\]: .* got 5\n.*durations\[2\]\.key: expected a step of facts\/durations\.json, got "copyJobb"$/,
    );
  });

  it("are refused, all at once, where a length is no number", () => {
    const durations = [
      { key: "copyJob", minutes: "40" },
      { key: "verify" },
      { type: "aws:rds/instance:Instance", seconds: 5 },
    ];
    assert.throws(
      () => read({ durations }),
      /measured\.json: durations\[0\]\.minutes: expected a number of minutes, got "40"\n.*durations\[1\]\.minutes: .* got nothing$/,
    );
    assert.throws(() => read({ durations: 5 }), /durations: expected a list, got 5$/);
    assert.throws(() => measuredSteps("{", "Pulumi.dev.measured.json"), /expected JSON/);
  });
});
