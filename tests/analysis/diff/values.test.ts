import assert from "node:assert/strict";

import { differencesOf } from "../../../analysis/diff/values";
import { UNKNOWN } from "../../../analysis/plan/model";
import { secret } from "../../../analysis/plan/values";

const lines = (old: Record<string, unknown>, now: Record<string, unknown>) =>
  differencesOf(old, now).map(
    ({ path, kind, old: one, new: other }) =>
      `${path} ${kind} ${JSON.stringify(one)} ${JSON.stringify(other)}`,
  );

describe("what differs between two values", () => {
  it("goes into structures, and says what is added and removed", () => {
    assert.deepEqual(lines({ a: { b: 1, c: 2 }, gone: true }, { a: { b: 1, c: 3 }, more: "x" }), [
      "a.c changed 2 3",
      "gone removed true undefined",
      'more added undefined "x"',
    ]);
  });

  it("reads a document as a structure, and keeps the property that holds it", () => {
    const policy = (action: string) =>
      JSON.stringify({ Statement: [{ Sid: "Read", Action: action }, { Sid: "Own" }] });
    const [found, ...rest] = differencesOf({ policy: policy("a:B") }, { policy: policy("a:C") });
    assert.deepEqual(rest, []);
    assert.equal(found!.path, "policy.Statement[Sid=Read].Action");
    assert.equal(found!.property, "policy");
  });

  it("finds nothing in a document that is only written another way", () => {
    assert.deepEqual(lines({ p: '{"a":1,"b":[2]}' }, { p: '{ "b": [2],\n "a": 1 }' }), []);
  });

  it("matches items by what identifies them, in any order", () => {
    const environment = (...names: [string, string][]) => ({
      containerDefinitions: JSON.stringify([
        { name: "app", environment: names.map(([name, value]) => ({ name, value })) },
      ]),
    });
    assert.deepEqual(
      lines(environment(["A", "1"], ["B", "2"]), environment(["B", "2"], ["A", "3"], ["C", "4"])),
      [
        'containerDefinitions[name=app].environment[name=A].value changed "1" "3"',
        'containerDefinitions[name=app].environment[name=C] added undefined {"name":"C","value":"4"}',
      ],
    );
  });

  it("matches rules with a name by it, whatever their priority", () => {
    const rules = (...names: string[]) => ({
      rules: names.map((name, priority) => ({ name, priority, action: { block: {} } })),
    });
    assert.deepEqual(lines(rules("a", "b", "c"), rules("a", "c")), [
      'rules[name=b] removed {"name":"b","priority":1,"action":{"block":{}}} undefined',
      "rules[name=c].priority changed 2 1",
    ]);
  });

  it("matches equal items first where nothing identifies them", () => {
    assert.deepEqual(lines({ l: [{ x: 1 }, { x: 2, y: 1 }] }, { l: [{ x: 2, y: 2 }, { x: 1 }] }), [
      "l[1].y changed 1 2",
    ]);
  });

  it("says that only the order differs", () => {
    const [found] = differencesOf({ l: ["a", "b"] }, { l: ["b", "a"] });
    assert.equal(found!.reordered, true);
  });

  it("never shows a secret, and says that it changes", () => {
    const [found, ...rest] = differencesOf(
      { a: secret("one"), b: secret("same"), c: secret(UNKNOWN), l: ["x", secret("1")] },
      { a: secret("two"), b: secret("same"), c: secret(UNKNOWN), l: ["y", secret("1")] },
    );
    assert.deepEqual(found, {
      ...{ path: "a", property: "a", kind: "changed", secret: true },
      ...{ old: "[secret]", new: "[secret]" },
    });
    assert.deepEqual(rest[0]!.new, ["y", "[secret]"]);
    assert.equal(rest.length, 1);
  });

  it("leaves unknown as unknown, and what is unknown on both sides to what it is made of", () => {
    assert.deepEqual(lines({ a: UNKNOWN, b: "x" }, { a: UNKNOWN, b: UNKNOWN }), [
      `b changed "x" "${UNKNOWN}"`,
    ]);
  });
});
