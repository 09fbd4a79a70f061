/** The quick preview against the plain one, which changes nothing of Pulumi's SDK and speaks gRPC: an update of the SDK that breaks one shows here. */
import assert from "node:assert/strict";
import * as path from "node:path";
import { spawnSync } from "../support/child";

const ROOT = path.join(__dirname, "..", "..");
const CLI = path.join(ROOT, "tools", "preview", "cli.js");
const SAMPLE = path.join(ROOT, "tests", "tools", "preview", "fixtures", "sample");
const STARTED = path.join(SAMPLE, "..", "started");
const FIXTURES = path.join(ROOT, "tests", "fixtures");

function previewed(directory: string, args: readonly string[]) {
  const { stdout, stderr } = spawnSync(process.execPath, [CLI, ...args, "--json"], {
    cwd: directory,
    encoding: "utf8",
    maxBuffer: 1 << 28,
    env: { PATH: process.env.PATH, HOME: process.env.HOME, NO_COLOR: "1" },
  });
  assert.ok(stdout, stderr);
  const document = JSON.parse(stdout) as Record<string, unknown>;
  delete document.durationMs;
  // Resources and warnings stand in the order in which they came, and processes come in no order.
  for (const list of ["resources", "diagnostics"]) {
    (document[list] as object[] | undefined)?.sort((a, b) =>
      JSON.stringify(keyOf(a)) < JSON.stringify(keyOf(b)) ? -1 : 1,
    );
  }
  return document;
}

const keyOf = (one: { urn?: string; message?: string }) => [one.urn ?? "", one.message ?? ""];

const plainly = (document: unknown): unknown => JSON.parse(JSON.stringify(document));

/** Both documents; as data, because a message of gRPC sorts the names of properties. */
function agree(directory: string, args: readonly string[]) {
  const quick = previewed(directory, args);
  const plain = previewed(directory, [...args, "--plain"]);
  assert.deepEqual(plainly(plain), plainly(quick));
  return quick;
}

describe("preview: quick and plain", () => {
  for (const stack of ["production", "recovery", "staging"]) {
    it(`say the same of ${stack}, with the pack`, () => {
      const config = path.join(FIXTURES, "policy-pack", `config.${stack}.json`);
      const pack = [
        "--policy-pack",
        path.join(ROOT, "policy-pack"),
        "--policy-pack-config",
        config,
      ];
      const { resources } = agree(path.join(FIXTURES, "stacks"), ["--stack", stack, ...pack]);
      assert.ok((resources as unknown[]).length > 100);
    });
  }

  it("say the same of rules that remediate, and of a program that ts-node runs", () => {
    const pack = path.join("..", "pack");
    const { policies } = agree(SAMPLE, ["--stack", "policies", "--policy-pack", pack]);
    assert.ok((policies as { remediations: unknown[] }).remediations.length > 0);
  });

  it("say the same of a mistake in an apply, with the resource and our own line", () => {
    const { error } = agree(STARTED, ["--stack", "applies", "--no-policy"]);
    const said = JSON.stringify(error);
    assert.match(said, /there is no such zone: us-east-1z\\n +while it prepared sample:index:Shop/);
    assert.match(said, /programs\/applies\.ts:14:11/);
  });
});
