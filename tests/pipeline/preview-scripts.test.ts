import assert from "node:assert/strict";
import * as fs from "node:fs";

import { NO_STACK, folderForEach } from "../support/scripts";

describe("the scripts of a pull request's preview", () => {
  const { at, program, run, read } = folderForEach();

  describe("pulumi-preview.sh", () => {
    it("leaves the documents that the comment is made of", () => {
      program("pulumi", 'case "$1" in preview) echo "{}" ;; stack) echo "[{}]" ;; esac');
      program("npm", "");
      const { status, calls } = run("pulumi-preview.sh", ["staging", "out"]);
      assert.equal(status, 0);
      assert.equal(read("out/staging.status.txt"), "0\n");
      assert.equal(read("out/staging.pulumi.json"), "{}\n");
      assert.equal(read("out/staging.history.json"), "[{}]\n");
      assert.match(
        calls.at(-1)!,
        /--policy-pack-config out\/staging\.approved\/policy-config\.json$/,
      );
    });

    it("reports a stack that is not deployed yet, and does not fail then", () => {
      program("npm", "");
      program("pulumi", `[[ $1 == login ]] && exit 0; ${NO_STACK}`);
      assert.equal(run("pulumi-preview.sh", ["staging", "out"]).status, 0);
      assert.equal(read("out/staging.status.txt"), "0\n");
      assert.equal(read("out/staging.undeployed.txt"), "");
      assert.ok(!fs.existsSync(at("out", "staging.pulumi.json")));
      const { status, said } = run("guard.sh", ["staging", "out"]);
      assert.deepEqual([status, said], [0, "staging is not deployed yet: nothing can be lost.\n"]);
      assert.equal(run("verdict.sh", ["staging", "out"]).status, 0);
    });

    it("keeps what the policy pack says, which the document leaves out", () => {
      program("npm", "");
      program(
        "pulumi",
        '[[ $1 == preview ]] || exit 0; [[ $* == *--json* ]] || echo "[mandatory] rds-encrypted"; exit 255',
      );
      assert.equal(run("pulumi-preview.sh", ["staging", "out"]).status, 0);
      assert.equal(read("out/staging.status.txt"), "255\n");
      assert.match(read("out/staging.stderr.txt"), /\[mandatory\] rds-encrypted/);
    });

    it("keeps why it failed, at each step", () => {
      for (const [failing, code, times] of [
        ["login", 7, 1],
        ["stack", 1, 1],
        ["preview", 7, 2],
      ] as const) {
        program(
          "pulumi",
          `[[ $1 == ${failing} ]] && { echo "no ${failing}" >&2; exit 7; }; exit 0`,
        );
        program("npm", "");
        assert.equal(run("pulumi-preview.sh", ["staging", "out"]).status, 0);
        assert.equal(read("out/staging.status.txt"), `${code}\n`);
        assert.equal(read("out/staging.stderr.txt"), `no ${failing}\n`.repeat(times));
      }
      program("pulumi", "");
      program("npm", "exit 1");
      run("pulumi-preview.sh", ["staging", "out"]);
      assert.equal(read("out/staging.status.txt"), "1\n");
    });
  });

  it("verdict.sh exits as the preview did, and fails if the preview's result is unknown", () => {
    fs.mkdirSync(at("out"));
    for (const [written, expected] of [
      ["0\n", 0],
      ["255\n", 255],
      ["x\n", 2],
    ] as const) {
      fs.writeFileSync(at("out", "staging.status.txt"), written);
      assert.equal(run("verdict.sh", ["staging", "out"]).status, expected);
    }
    assert.notEqual(run("verdict.sh", ["production", "out"]).status, 0);
  });

  it("guard.sh shows what the guard says and fails with it", () => {
    program("npm", 'echo "refused: a database" >&2; exit 1');
    fs.mkdirSync(at("out"));
    const { status, said, calls } = run("guard.sh", ["staging", "out"]);
    assert.equal(status, 1);
    assert.match(said, /refused/);
    assert.equal(read("out/staging.guard.txt"), "refused: a database\n");
    assert.match(calls[0]!, /--exceptions out\/staging\.approved\/guard-exceptions\.json$/);
  });

  it("offline-diff.sh keeps the document for every verdict, and fails on wrong usage", () => {
    for (const [code, expected] of [
      [0, 0],
      [1, 0],
      [3, 0],
      [2, 2],
    ]) {
      program("npm", `echo '{"stacks":[]}'; exit ${code}`);
      const { status, calls } = run("offline-diff.sh", ["staging", "out"], { BASE: "abc" });
      assert.equal(status, expected);
      assert.equal(read("out/staging.diff.json"), '{"stacks":[]}\n');
      assert.match(
        calls.at(-1)!,
        /diff -- --base abc --stack staging --json --html out\/staging\.html$/,
      );
    }
  });
});
