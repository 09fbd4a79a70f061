/** Escaping of text for pages and tables. */
import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";

import { escapeCell, escapeMarkup } from "../../tools/markup";

const ROOT = path.join(__dirname, "..", "..");

describe("escaping", () => {
  it("keeps a bar inside its cell, as example 200 of GitHub's Markdown has it, in code too", () => {
    // Source: https://github.github.com/gfm/#example-200
    assert.deepEqual(["f|oo", "b `|` az", "b **|** im"].map(escapeCell), [
      "f\\|oo",
      "b `\\|` az",
      "b **\\|** im",
    ]);
  });

  it("keeps text out of an element's and an attribute's grammar", () => {
    assert.equal(escapeMarkup('<a b="&">'), "&lt;a b=&quot;&amp;&quot;&gt;");
  });

  it("of a cell is done in one place", () => {
    const others = ["analysis", "operations", "policy-pack", "tools", "facts"].flatMap((room) =>
      fs
        .readdirSync(path.join(ROOT, room), { recursive: true, encoding: "utf8" })
        .filter((file) => file.endsWith(".ts") && !file.includes("node_modules"))
        .map((file) => path.join(room, file))
        .filter((file) =>
          fs.readFileSync(path.join(ROOT, file), "utf8").includes(String.raw`"|", "\\|"`),
        ),
    );
    assert.deepEqual(others, [path.join("tools", "markup.ts")]);
  });
});
