/** Texts that AWS takes as JSON or YAML. */
import assert from "node:assert/strict";

import { valueOfText } from "../../policy-pack/texts";

describe("policy pack: texts", () => {
  it("are JSON or YAML, merge keys included", () => {
    assert.deepEqual(valueOfText('{"a": 1}'), { a: 1 });
    assert.deepEqual(valueOfText("a: 1\n"), { a: 1 });
    assert.deepEqual(valueOfText("one: &one { a: 1 }\ntwo: { <<: *one, b: 2 }\n"), {
      one: { a: 1 },
      two: { a: 1, b: 2 },
    });
  });

  it("with as many aliases as their author likes", () => {
    const names = Array.from({ length: 200 }, (_, index) => `n${index}: *one`);
    const value = valueOfText(["one: &one { a: 1 }", ...names].join("\n"));
    assert.equal(Object.keys(value as object).length, 201);
  });

  it("are nothing where they are neither, or name nothing", () => {
    assert.equal(valueOfText("{"), undefined);
    assert.equal(valueOfText("a: *none"), undefined);
  });
});
