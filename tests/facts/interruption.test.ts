/** Rows on interruptions name properties that exist, once each, with AWS's own pages. */
import assert from "node:assert/strict";

import { INTERRUPTION_ROWS, interruptionOf } from "../../facts/interruption";
import { namesOfProperty, namesOfType } from "../../facts/type-names";

describe("facts on interruptions", () => {
  it("name types and properties that the provider has", () => {
    for (const { token, properties } of INTERRUPTION_ROWS) {
      assert.ok(namesOfType(token), token);
      for (const property of properties.filter((one) => one !== "*")) {
        assert.ok(namesOfProperty(token, property), `${token} ${property}`);
      }
    }
  });

  it("stand on AWS's pages, and a property has one row for each condition", () => {
    const seen = new Set<string>();
    for (const { token, properties, source, where, zero } of INTERRUPTION_ROWS) {
      assert.match(source, /^https:\/\/(docs\.aws\.amazon\.com|github\.com\/awsdocs)\//);
      for (const property of properties) {
        const key = JSON.stringify([token, property, where, zero]);
        assert.ok(!seen.has(key), key);
        seen.add(key);
      }
    }
  });

  it("tell now from the window by applyImmediately, where the setting heeds it", () => {
    const token = "aws:rds/instance:Instance";
    const of = (property: string, applyImmediately: boolean, old: unknown, now: unknown) => {
      const asked = { token, property, old, new: now, inputs: { applyImmediately } };
      const { effect, when } = interruptionOf(asked);
      return [effect, when];
    };
    assert.deepEqual(of("engineVersion", false, "15", "16"), ["downtime", "window"]);
    assert.deepEqual(of("engineVersion", true, "15", "16"), ["downtime", "now"]);
    assert.deepEqual(of("port", false, 5432, 5433), ["restart", "now"]);
    assert.deepEqual(of("backupRetentionPeriod", false, 0, 7), ["downtime", "window"]);
    assert.deepEqual(of("backupRetentionPeriod", false, 7, 8), ["none", "now"]);
  });

  it("are not known where no page says", () => {
    const asked = { token: "aws:sqs/queue:Queue", property: "fifoQueue", inputs: {} };
    assert.equal(interruptionOf(asked).effect, "unknown");
  });
});
