/** README's move of bootstrap's state, with a stand-in for Pulumi's command line. */
import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";

import { spawnSync } from "../support/child";
import { folderForEach } from "../support/scripts";

const README = path.join(__dirname, "..", "..", "README.md");

describe("the move of bootstrap's state", () => {
  const folder = folderForEach();

  /** Runs the commands as a terminal does: a line that fails ends nothing. */
  function moved(line: string): string[] {
    const [, commands] = /^# needs an account; one step\n([^]*?)^```$/m.exec(
      fs.readFileSync(README, "utf8"),
    )!;
    folder.program("pulumi", line);
    spawnSync("bash", ["-c", commands!], {
      cwd: folder.at(),
      encoding: "utf8",
      env: { ...process.env, PATH: `${folder.at("bin")}:${process.env["PATH"]}` },
    });
    return folder.read("calls").trim().split("\n");
  }

  it("goes to the backend that bootstrap has made", () => {
    const calls = moved('[[ $* != *output* ]] || echo "s3://state"');
    assert.ok(calls.includes("pulumi login s3://state"));
    assert.equal(
      calls.at(-1),
      "pulumi -C bootstrap stack import --stack bootstrap --file bootstrap.json",
    );
  });

  it("ends where the backend cannot be read, or the state not be exported", () => {
    // An empty address would log in to Pulumi's own service.
    assert.equal(moved("exit 1").length, 1);
    fs.rmSync(folder.at("calls"));
    const calls = moved("[[ $* != *export* ]]");
    assert.equal(calls.length, 2);
  });
});
