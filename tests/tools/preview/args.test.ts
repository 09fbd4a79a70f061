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
      resources: false,
      tree: false,
      policyPacks: undefined,
      policyPackConfigs: [],
      plain: false,
      cwd: process.cwd(),
    });
  });

  it("every option is read, in both spellings", () => {
    const args = ["-s", "staging", "--json", "--policy-pack=a", "--policy-pack", "b"];
    const more = ["--policy-pack-config", "c.json", "--plain", "-C", "/x", "--tree", "--resources"];
    const data = ["-c", "size=2", "--config", "aws:region=eu-west-1", "--answers", "/a.yaml"];
    assert.deepEqual(parseArguments([...args, ...more, ...data]), {
      help: false,
      stack: "staging",
      config: { size: "2", "aws:region": "eu-west-1" },
      answers: "/a.yaml",
      json: true,
      resources: true,
      tree: true,
      policyPacks: ["a", "b"],
      policyPackConfigs: ["c.json"],
      plain: true,
      cwd: "/x",
    });
    assert.equal(parseArguments(["-h"]).help, true);
    assert.deepEqual(parseArguments(["--no-policy"]).policyPacks, []);
  });

  it("an unknown option, a stray word and a contradiction are wrong usage", () => {
    assert.throws(
      () => parseArguments(["--stak", "x"]),
      usage(/^Unknown option '--stak'; did you mean --stack\?$/),
    );
    assert.throws(
      () => parseArguments(["-c", "size"]),
      usage(/^--config: expected KEY=VALUE, got "size"$/),
    );
    assert.throws(() => parseArguments(["staging"]), usage(/^Unexpected argument 'staging'$/));
    assert.throws(() => parseArguments(["--stack"]), usage(/--stack/));
    assert.throws(
      () => parseArguments(["--no-policy", "--policy-pack", "a"]),
      usage(/--no-policy: expected no --policy-pack/),
    );
    assert.throws(
      () => parseArguments(["--policy-pack-config", "a", "--policy-pack-config", "b"]),
      usage(/--policy-pack-config: expected at most one for each --policy-pack, got more/),
    );
  });

  it("suggests an option only where one is near", () => {
    assert.throws(() => parseArguments(["--colour"]), usage(/^Unknown option '--colour'$/));
    assert.throws(() => parseArguments(["--resource"]), usage(/; did you mean --resources\?$/));
  });

  it("names an option that npm consumed", () => {
    const said = usage(
      /^npm consumed the option --stack; put -- before it: npm run preview -- --stack/,
    );
    assert.throws(() => parseArguments(["staging"], { npm_config_stack: "true" }), said);
    const html = usage(/^npm consumed the option --policy-pack/);
    assert.throws(() => parseArguments([], { npm_config_policy_pack: "x" }), html);
    // npm's own, which a person may have set for npm.
    assert.equal(parseArguments([], { npm_config_json: "true" }).json, false);
    assert.equal(parseArguments(["-s", "a", "--stack=b"], { npm_config_stack: "a" }).stack, "b");
  });
});
