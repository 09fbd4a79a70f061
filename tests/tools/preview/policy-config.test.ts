import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";

import {
  defaultPackConfig,
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
    assert.throws(() => resolve({ a: "strict" }), /file: a: "strict" is not an enforcement level/);
    assert.throws(() => resolve({ a: 3 }), /file: a: expected a level or an object, got 3/);
    assert.throws(() => resolve([]), /file: expected an object, got \[\]/);
    assert.throws(() => resolve({ b: { maximum: "many" } }), /pack is invalid:\nb\.maximum: /);
    assert.throws(() => resolve({ c: "advisory" }), /policy pack pack has no rule c/);
  });

  it("is a pack's file of the stack, and missed by name where every other stack has one", () => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "pack-"));
    try {
      const fileOf = (stack: string) => path.join(folder, `config.${stack}.json`);
      fs.writeFileSync(fileOf("a"), "{}");
      assert.equal(defaultPackConfig(folder, "a", ["a", "b"]), fileOf("a"));
      assert.throws(
        () => defaultPackConfig(folder, "b", ["a", "b"]),
        /config\.b\.json: expected the policy pack's configuration of the stack b, as there is one of a, got no file/,
      );
      // A pack that is configured for some stacks alone, or whose project has one stack.
      assert.equal(defaultPackConfig(folder, "b", ["a", "b", "c"]), undefined);
      assert.equal(defaultPackConfig(folder, "b", ["b"]), undefined);
    } finally {
      fs.rmSync(folder, { recursive: true });
    }
  });
});
