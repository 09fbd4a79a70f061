import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";

import { NotWritten, writeWhole } from "../../tools/write-file";

describe("a file that a command writes", () => {
  let folder: string;
  const at = (name: string) => path.join(folder, name);
  beforeEach(() => (folder = fs.mkdtempSync(path.join(os.tmpdir(), "write-"))));
  afterEach(() => fs.rmSync(folder, { recursive: true }));

  it("follows a link, to a file and to one that is not there yet, and keeps a file's mode", () => {
    fs.writeFileSync(at("old"), "old", { mode: 0o640 });
    fs.symlinkSync("old", at("link"));
    writeWhole(at("link"), "new");
    assert.equal(fs.readFileSync(at("old"), "utf8"), "new");
    assert.equal(fs.statSync(at("old")).mode & 0o777, 0o640);
    assert.ok(fs.lstatSync(at("link")).isSymbolicLink());
    fs.symlinkSync("later", at("ahead"));
    writeWhole(at("ahead"), "there");
    assert.equal(fs.readFileSync(at("later"), "utf8"), "there");
    assert.ok(fs.lstatSync(at("ahead")).isSymbolicLink());
  });

  it("replaces only regular files, and leaves nothing behind", () => {
    fs.mkdirSync(at("folder"));
    fs.symlinkSync("/dev/null", at("null"));
    fs.symlinkSync("round", at("round"));
    for (const [name, expected] of [
      ["folder", /is a directory/],
      ["null", /is not a regular file/],
      ["/dev/full", /is not a regular file/],
      ["none/file", /there is no directory/],
      ["round", /is a link to itself|no such file/],
    ] as const) {
      assert.throws(
        () => writeWhole(path.resolve(folder, name), "text"),
        (error: Error) => error instanceof NotWritten && expected.test(error.message),
        name,
      );
    }
    assert.ok(fs.statSync("/dev/null").isCharacterDevice());
    assert.deepEqual(fs.readdirSync(folder).sort(), ["folder", "null", "round"]);
  });
});
