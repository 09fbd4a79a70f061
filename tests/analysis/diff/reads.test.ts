/** What a change does to resources that the program only reads (`Type.get`). Source of the operations: Pulumi CLI, pkg/resource/deploy/step.go. */
import assert from "node:assert/strict";

import { changesOf } from "../../../analysis/diff/changes";
import { changesOfSteps } from "../../../analysis/diff/steps";
import type { PlannedResource } from "../../../analysis/plan/model";
import { diffOf } from "../../../tools/diff/document";
import { headline } from "../../../tools/diff/headline";
import { renderDiffs } from "../../../tools/diff/text";
import { planned } from "../../support/planned";

const DATABASE = "aws:rds/instance:Instance";
const ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm";
const read = (type = DATABASE, id = "old") => planned(type, "olddb", { external: true, id });
const own = planned(DATABASE, "olddb", {});
const { urn } = own;

const ops = (old: PlannedResource[], now: PlannedResource[]) =>
  changesOf(old, now).map(({ op, loss }) => [op, loss]);
const plan = (...resources: PlannedResource[]) => ({
  ...{ stack: "s", resources },
  policies: { packs: [], violations: [], undecided: [], remediations: [] },
});

describe("a change of what the program only reads", () => {
  it("is neither a creation nor a deletion, and loses nothing", () => {
    assert.deepEqual(ops([], [read()]), [["read", undefined]]);
    assert.deepEqual(ops([read()], []), [["discard", undefined]]);
    assert.deepEqual(ops([read()], [read()]), []);
  });

  it("of another id has the ids", () => {
    const [change] = changesOf([read()], [read(DATABASE, "other")]);
    assert.equal(change?.op, "read");
    const [{ path, old, new: now }] = change.properties as [(typeof change.properties)[number]];
    assert.deepEqual([path, old, now], ["id", "old", "other"]);
  });

  it("creates what the program makes instead of reading it", () => {
    assert.deepEqual(ops([read()], [own]), [["create", undefined]]);
    const real = ["create-replacement", "replace", "discard-replaced"];
    assert.deepEqual(
      changesOfSteps(real.map((op) => ({ op, urn }))).map(({ op }) => op),
      ["create"],
    );
  });

  it("instead of making it perhaps deletes it: the plan does not have its id", () => {
    const [change] = changesOf([own], [read()]);
    assert.deepEqual([change?.op, change?.certain], ["delete", false]);
    const [finding] = diffOf(plan(own), plan(read())).findings;
    assert.deepEqual([finding?.class, finding?.certain], ["data lost", false]);
  });

  it("has words of its own, outside the counts", () => {
    const removed = diffOf(plan(read()), plan());
    assert.match(headline(removed), /0 to add, .* 0 to delete, 1 no longer read \|/);
    const added = diffOf(plan(), plan(read()));
    assert.match(headline(added), /0 to add, .* 0 to delete, 1 to read \|/);
    const another = diffOf(plan(read()), plan(read(DATABASE, "other")));
    const text = renderDiffs([another], { width: 100, color: false });
    assert.match(text, /> +olddb aws:rds:Instance\n +id: "old" -> "other"; another one is read\n/);
  });

  it("takes away no alarm of the stack", () => {
    assert.deepEqual(diffOf(plan(read(ALARM)), plan()).weakenings, []);
    const alarm = planned(ALARM, "olddb", {});
    assert.equal(diffOf(plan(alarm), plan()).weakenings.length, 1);
  });

  it("is the same in a real preview, whose every read is a step", () => {
    const state = (id: string) => ({ id, external: true, custom: true, type: DATABASE });
    const real = (op: string, old?: string, now?: string) =>
      changesOfSteps([
        { op, urn, ...(old && { oldState: state(old) }), ...(now && { newState: state(now) }) },
      ]).map((change) => [change.op, change.loss]);
    assert.deepEqual(real("read", undefined, "old"), [["read", undefined]]);
    assert.deepEqual(real("read", "old", "other"), [["read", undefined]]);
    assert.deepEqual(real("read", "old", "old"), []);
    assert.deepEqual(real("discard", "old"), [["discard", undefined]]);
  });
});
