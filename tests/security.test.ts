/** SECURITY.md against the plans: what it lists is what there is. */
import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";

import { containsSecret } from "../analysis/plan/values";
import { planOf } from "./support/plans";
import { stackNames } from "./support/stack-files";

const text = fs.readFileSync(path.join(__dirname, "..", "SECURITY.md"), "utf8");

describe("SECURITY.md", () => {
  it("lists every place of AWS that a secret of a stack goes to, and no other", async () => {
    const listed = [...text.matchAll(/`(aws:[\w/]+:\w+\.\w+)`/g)].map(([, place]) => place!);
    const places = new Set<string>();
    const outputs = new Set<string>();
    for (const stack of stackNames()) {
      const plan = await planOf(stack);
      for (const { type, inputs } of plan.resources) {
        for (const [property, value] of Object.entries(inputs)) {
          if (containsSecret(value)) places.add(`${type}.${property}`);
        }
      }
      for (const [name, value] of Object.entries(plan.outputs)) {
        if (containsSecret(value)) outputs.add(name);
      }
    }
    assert.ok(places.size > 3);
    assert.deepEqual([...new Set(listed)].sort(), [...places].sort());
    for (const name of outputs) {
      assert.ok(text.includes(`the output \`${name}\``), name);
    }
  });

  it("names settings that there are for every rotation", () => {
    const configuration = fs.readFileSync(
      path.join(__dirname, "..", "docs", "configuration.md"),
      "utf8",
    );
    const rotated = [...text.matchAll(/\| `(crm:[\w.<>]+)` \|$/gm)].map(([, key]) => key!);
    assert.ok(rotated.length >= 4);
    for (const key of rotated) {
      assert.ok(
        configuration.includes(
          key
            .replaceAll(/^crm:|<NAME>\.|<name>\./g, "")
            .split(".")
            .at(-1)!,
        ),
        key,
      );
    }
  });

  it("says that the state holds what is write-only", () => {
    assert.match(text, /write-only\s+values: .*Pulumi writes the first value into the state/s);
    for (const file of ["docs/policies.md", "docs/decisions.md"]) {
      const page = fs.readFileSync(path.join(__dirname, "..", file), "utf8");
      assert.doesNotMatch(page, /does not stand in the stack's state|state.* does not hold/, file);
    }
  });
});
