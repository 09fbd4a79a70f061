import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";

import { parseDocument } from "yaml";

import { cliText } from "../../../operations/setup/cli-form";
import { BOOTSTRAP_PROJECT, stackFileText, stackNames } from "../../support/stack-files";

const rewritten = (text: string) => cliText(parseDocument(text));

describe("the form in which Pulumi's command line writes a stack file", () => {
  for (const stack of stackNames()) {
    it(`is that of ${stack}: pulumi config set changes its own line alone`, () => {
      assert.equal(rewritten(stackFileText(stack)), stackFileText(stack));
    });
  }

  it("is that of bootstrap", () => {
    const file = path.join(BOOTSTRAP_PROJECT, "Pulumi.bootstrap.yaml");
    const text = fs.readFileSync(file, "utf8");
    assert.equal(rewritten(text), text);
  });

  // What `pulumi config set` 3.259.0 made of each. tests/programs/config-set.programs.ts asks the one that is installed.
  for (const [what, before, after] of [
    ["flow maps have no spaces inside", "config:\n  a:b: { c: 1 }\n", "config:\n  a:b: {c: 1}\n"],
    [
      "blank lines go",
      "# x\nconfig:\n  a:b: c\n\n  d:e: f\n",
      "# x\nconfig:\n  a:b: c\n  d:e: f\n",
    ],
    ["lists stand below their key", "config:\n  a:b:\n  - c\n", "config:\n  a:b:\n    - c\n"],
    [
      "an address in a flow list is quoted, as the colon is",
      "config:\n  a:b: [https://x.example, c, \"d\", 'e']\n",
      "config:\n  a:b: ['https://x.example', c, \"d\", 'e']\n",
    ],
    [
      "an address in a block list is not",
      "config:\n  a:b:\n    - https://x.example\n",
      "config:\n  a:b:\n    - https://x.example\n",
    ],
    [
      "a setting of one word is text",
      "config:\n  a:b: true\n  a:c: 12\n  a:d: {e: true, f: 12}\n",
      'config:\n  a:b: "true"\n  a:c: "12"\n  a:d: {e: true, f: 12}\n',
    ],
    ["comments stay", "# x\nconfig:\n  # y\n  a:b: c # z\n", "# x\nconfig:\n  # y\n  a:b: c # z\n"],
    ["long lines are not folded", `config:\n  a:b: ${"c ".repeat(90)}d\n`, undefined],
  ] as const) {
    it(what, () => assert.equal(rewritten(before), after ?? before));
  }
});
