/** What one change gives to agree to: each thing of its own class. */
import assert from "node:assert/strict";

import { changesOf } from "../../../analysis/diff/changes";
import { findingsOf } from "../../../analysis/diff/findings";
import { changesOfSteps } from "../../../analysis/diff/steps";
import { planned } from "../../support/planned";

const DATABASE = "aws:rds/instance:Instance";

describe("a change that AWS refuses in part", () => {
  const database = (inputs: Record<string, unknown>) => planned(DATABASE, "db", { inputs });
  const found = (old: Record<string, unknown>, more: Record<string, unknown>) => {
    const [before, now] = [database(old), database({ ...old, ...more })];
    const step = { op: "update", urn: now.urn, oldState: before, newState: now };
    const [offline, real] = [changesOf([before], [now]), changesOfSteps([step])].map((changes) =>
      findingsOf(changes).map(({ class: kind, operation = "" }) => `${kind} ${operation}`.trim()),
    );
    assert.deepEqual(offline, real);
    return offline;
  };
  const strong = { allocatedStorage: 200, backupRetentionPeriod: 30, engine: "postgres" };

  it("loses data all the same, which is the first finding", () => {
    const weak = { allocatedStorage: 100, backupRetentionPeriod: 0 };
    assert.deepEqual(found(strong, weak), ["data lost expire", "not made"]);
    assert.deepEqual(found(strong, { allocatedStorage: 100 }), ["not made"]);
    assert.deepEqual(found(strong, { backupRetentionPeriod: 0 }), ["data lost expire"]);
  });

  it("stops for what else changes, and not for what is refused", () => {
    const old = {
      ...strong,
      applyImmediately: true,
      instanceClass: "db.r6g.large",
      engineVersion: "15",
    };
    const [bigger, newer] = [{ instanceClass: "db.r6g.xlarge" }, { engineVersion: "16" }];
    assert.deepEqual(found(old, bigger), ["outage interrupt"]);
    assert.deepEqual(found(old, { ...bigger, allocatedStorage: 100 }), [
      "outage interrupt",
      "not made",
    ]);
    assert.deepEqual(found(old, newer), ["not made"]);
  });
});
