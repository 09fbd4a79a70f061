import assert from "node:assert/strict";

import {
  parsePackConfig,
  resolvePackConfig,
  type Rule,
} from "../../../tools/preview/engine/policy-config";

const rules: Rule[] = [
  { name: "a", description: "A", level: "advisory" },
  {
    name: "b",
    description: "B",
    level: "mandatory",
    schema: {
      properties: { maximum: { type: "integer", default: 3 }, kind: { type: "string" } },
      required: ["maximum"],
    },
  },
];

const resolve = (...layers: object[]) =>
  resolvePackConfig("pack", rules, ...layers.map((layer) => parsePackConfig(layer, "file")));

describe("preview policy configuration", () => {
  it("without configuration, rules have their own levels and defaults", () => {
    assert.deepEqual(resolve(), {
      a: { level: "advisory", properties: {} },
      b: { level: "mandatory", properties: { maximum: 3 } },
    });
  });

  it("later layers win, and `all` comes before single rules in each", () => {
    const resolved = resolve(
      { all: "disabled", b: { maximum: 4, kind: "x" } },
      { a: "remediate", b: { enforcementLevel: "advisory", maximum: 5 } },
    );
    assert.deepEqual(resolved, {
      a: { level: "remediate", properties: {} },
      b: { level: "advisory", properties: { maximum: 5, kind: "x" } },
    });
    assert.equal(resolve({ b: "advisory" }, { all: "mandatory" }).b?.level, "mandatory");
  });

  it("a wrong level, type or rule is an error that names it", () => {
    assert.throws(() => resolve({ a: "strict" }), /file: a: "strict" is no enforcement level/);
    assert.throws(() => resolve({ a: 3 }), /file: a: a level or an object/);
    assert.throws(() => resolve([]), /file: an object is expected/);
    assert.throws(() => resolve({ b: { maximum: "many" } }), /pack is invalid:\nb\.maximum: /);
    assert.throws(() => resolve({ c: "advisory" }), /policy pack pack has no rule c/);
  });
});
