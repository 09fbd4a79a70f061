/** Patches that `npm run setup -- --dry-run` shows: git itself says whether they are right. */
import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";

import fc from "fast-check";

import { patchOf } from "../../../operations/setup/patch";
import { spawnSync } from "../../support/child";

const FILE = "some/Pulumi.staging.yaml";

/** What `git apply` makes of a text with a patch; undefined: the file does not exist. */
function applied(before: string | undefined, patch: string): string {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "patch-"));
  try {
    const file = path.join(folder, FILE);
    fs.mkdirSync(path.dirname(file));
    if (before !== undefined) fs.writeFileSync(file, before);
    const options = { cwd: folder, input: patch, encoding: "utf8" } as const;
    const { status, stderr } = spawnSync("git", ["apply", "-"], options);
    assert.equal(status, 0, `${stderr}\n${patch}`);
    return fs.readFileSync(file, "utf8");
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
}

describe("a patch", () => {
  const lines = Array.from({ length: 40 }, (_, index) => `line ${index}`);
  const text = `${lines.join("\n")}\n`;

  for (const [title, before, after] of [
    ["of one line", text, text.replace("line 20\n", "other\n")],
    ["of two places", text, text.replace("line 3\n", "").replace("line 30\n", "line 30\nnew\n")],
    ["of two near places", text, text.replace("line 3\n", "x\n").replace("line 9\n", "y\n")],
    ["of the first and last line", text, `first\n${text}last\n`],
    ["of a new file", undefined, text],
    ["of a text without a last line break", text.trimEnd(), `${text}more`],
    ["of an empty file", "", text],
  ] as const) {
    it(`${title} is one that git applies`, () => {
      assert.equal(applied(before, patchOf(FILE, before, after)), after);
    });
  }

  it("of any two texts is one that git applies", () => {
    const some = fc
      .array(fc.constantFrom("a", "b", "c", ""), { minLength: 1, maxLength: 12 })
      .map((list) => `${list.join("\n")}\n`);
    const run = { numRuns: 60 };
    fc.assert(
      fc.property(some, some, (before, after) => {
        fc.pre(before !== after);
        assert.equal(applied(before, patchOf(FILE, before, after)), after);
      }),
      run,
    );
  });

  it("is empty where nothing changes", () => assert.equal(patchOf(FILE, text, text), ""));
});
