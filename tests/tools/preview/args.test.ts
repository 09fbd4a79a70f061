import assert from "node:assert/strict";

import { parseArguments } from "../../../tools/preview/args";
import { exitCodeOf, PreviewError } from "../../../tools/preview/engine/errors";

const usage = (message: RegExp) => (error: unknown) =>
  error instanceof PreviewError && exitCodeOf(error.kind) === 2 && message.test(error.message);

describe("preview command line", () => {
  it("nothing means the default stack and the default pack", () => {
    assert.deepEqual(parseArguments([]), {
      help: false,
      stack: undefined,
      config: {},
      json: false,
      policyPacks: undefined,
      policyPackConfigs: [],
      plain: false,
      cwd: process.cwd(),
    });
  });

  it("every option is read, in both spellings", () => {
    const args = ["-s", "staging", "--json", "--policy-pack=a", "--policy-pack", "b"];
    const more = ["--policy-pack-config", "c.json", "--plain", "-C", "/x"];
    const data = ["-c", "size=2", "--config", "aws:region=eu-west-1", "--answers", "/a.yaml"];
    assert.deepEqual(parseArguments([...args, ...more, ...data]), {
      help: false,
      stack: "staging",
      config: { size: "2", "aws:region": "eu-west-1" },
      answers: "/a.yaml",
      json: true,
      policyPacks: ["a", "b"],
      policyPackConfigs: ["c.json"],
      plain: true,
      cwd: "/x",
    });
    assert.equal(parseArguments(["-h"]).help, true);
    assert.deepEqual(parseArguments(["--no-policy"]).policyPacks, []);
  });

  it("an unknown option, a stray word and a contradiction are wrong usage", () => {
    assert.throws(() => parseArguments(["--stak", "x"]), usage(/^Unknown option '--stak'$/));
    assert.throws(
      () => parseArguments(["-c", "size"]),
      usage(/^--config: expected KEY=VALUE, got size$/),
    );
    assert.throws(() => parseArguments(["staging"]), usage(/^Unexpected argument 'staging'$/));
    assert.throws(() => parseArguments(["--stack"]), usage(/--stack/));
    assert.throws(
      () => parseArguments(["--no-policy", "--policy-pack", "a"]),
      usage(/--no-policy excludes --policy-pack/),
    );
    assert.throws(
      () => parseArguments(["--policy-pack-config", "a", "--policy-pack-config", "b"]),
      usage(/more --policy-pack-config than --policy-pack/),
    );
  });
});
