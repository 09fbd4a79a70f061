/** Files that a person names on the command line: what is wrong with one is said in a line, without Node.js's own words. */
import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";

import { requestsOfFile } from "../../operations/load/profile";
import { readNamed, readNamedJson } from "../../tools/named-file";
import { readAnswers } from "../../tools/preview/data/answers";
import { readPackConfig } from "../../tools/preview/engine/policy-config";
import { spawnSync } from "../support/child";
import { ran } from "../support/commands";

/** The commands of tools/. */
const RUN = path.join(__dirname, "..", "..", "tools", "commands", "run.js");

/** Command lines with FILE where a file is named; those whose file may be absent apart. */
const COMMANDS: readonly (readonly [name: string, args: string])[] = [
  ["approved", "--stack staging --history FILE --out out"],
  ["guard", "FILE"],
  ["guard", "plan.json --shown FILE"],
  ["diff", "--base-plan FILE"],
  ["drift", "staging FILE"],
  ["askable", "FILE"],
  ["capacity", "--load FILE"],
  ["reach", "--plan FILE"],
  ["policy", "--config FILE"],
  ["policy", "--profile baseline --config FILE"],
  ["example", "minimal --policy-pack-config FILE"],
  ["rights", "--stack staging --role deployer --policy FILE"],
];
const MAY_BE_ABSENT: readonly (readonly [name: string, args: string])[] = [
  ["guard", "plan.json --exceptions FILE"],
  ["drift", "staging plan.json --known FILE"],
];

const NODES_OWN = /ENOENT|EISDIR|Unexpected token|JSON at position|not valid JSON/;

describe("a file that a person names", () => {
  let folder: string;
  const write = (name: string, text: string) => {
    const file = path.join(folder, name);
    fs.writeFileSync(file, text);
    return file;
  };
  before(() => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), "named-"));
    write("plan.json", '{ "steps": [{ "op": "same", "urn": "urn:pulumi:a::b::c::d" }] }');
    write("text.yaml", "name: crm\nruntime: nodejs\n");
  });
  after(() => fs.rmSync(folder, { recursive: true }));

  /** The first line of what a command says of a file. */
  async function said(name: string, line: string, file: string): Promise<string> {
    const args = line.split(" ").map((one) => {
      if (one === "plan.json") return path.join(folder, one);
      return one === "FILE" ? file : one;
    });
    const { code, stderr } = await ran(name, args);
    assert.equal(code, 2, stderr);
    assert.doesNotMatch(stderr, NODES_OWN);
    return stderr.split("\n")[0]!;
  }

  for (const [name, args] of COMMANDS) {
    it(`${name} ${args}: says that there is none`, async () => {
      const file = path.join(folder, "none.json");
      const line = await said(name, args, file);
      assert.ok(line.endsWith(", got no such file"), line);
      assert.equal(line.split(file).length, 2, `the file, once: ${line}`);
      assert.match(line, /none\.json: expected \S/);
    });
  }

  for (const [name, args] of [...COMMANDS, ...MAY_BE_ABSENT]) {
    it(`${name} ${args}: says that it is no JSON`, async () => {
      const line = await said(name, args, path.join(folder, "text.yaml"));
      assert.match(line, /text\.yaml: expected \S.*, got no JSON$/);
    });
  }

  for (const [name, args, text] of [
    ["drift", "staging -", "{}"],
    ["drift", "staging plan.json --known -", "{}"],
    ["guard", "plan.json --exceptions -", "{}"],
    ["approved", "--stack staging --history - --out out", "{}"],
    ["capacity", "--load -", '{ "other": 1 }'],
    ["diff", "--base-plan -", "{}"],
    ["diff", "--base-plan -", '{ "error": {} }'],
  ] as const) {
    it(`${name} ${args}: names standard input where ${text} is not expected`, () => {
      const given = args
        .split(" ")
        .map((one) => (one === "plan.json" ? path.join(folder, one) : one));
      const { status, stderr } = spawnSync(process.execPath, [RUN, name, ...given], {
        input: text,
      });
      assert.equal(status, 2, stderr);
      assert.match(stderr, /^(--[\w-]+: )?standard input: /);
    });
  }

  it("comment, image-check and setup say it of their folder and file", async () => {
    const none = path.join(folder, "none");
    assert.match((await ran("comment", [none])).stderr, /none: expected .*, got no such folder\n/);
    const secrets = ["image", "--service", "auth", "--env-file", none];
    assert.match(
      (await ran("image-check", secrets)).stderr,
      /^--env-file: .*none: expected secrets, one NAME=VALUE a line, got no such file\n/,
    );
    assert.match(
      (await ran("setup", ["--answers", none])).stderr,
      /^[^\n]*none: expected answers in YAML or JSON, got no such file\n\nUsage: /,
    );
  });

  it("a load test's requests, a preview's answers and the pack's configuration alike", () => {
    const none = path.join(folder, "none.json");
    const load = { services: [] } as unknown as Parameters<typeof requestsOfFile>[0];
    assert.throws(
      () => requestsOfFile(load, none),
      /: expected a list of requests, got no such file$/,
    );
    const text = path.join(folder, "text.yaml");
    assert.throws(() => requestsOfFile(load, text), /: expected a list of requests, got no JSON$/);
    for (const [file, why] of [
      [none, "no such file"],
      [folder, "a folder"],
    ] as const) {
      assert.throws(
        () => readAnswers(file),
        (error: Error) => error.message.endsWith(`: expected answers in YAML or JSON, got ${why}`),
      );
    }
    assert.throws(() => readPackConfig(none), /none\.json: expected .*, got no such file$/);
    assert.deepEqual(readPackConfig(write("empty.json", "")), {});
  });

  it("is a folder, or unreadable for another reason", () => {
    assert.throws(() => readNamed(folder, "a text"), /: expected a text, got a folder$/);
    assert.throws(
      () => readNamed(path.join(folder, "plan.json", "x"), "a text"),
      /got no such file$/,
    );
    assert.throws(
      () => readNamedJson(write("empty", " "), "a list"),
      /: expected a list, got no JSON$/,
    );
  });
});
