import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";

import * as fc from "fast-check";

import type { Plan } from "../../analysis/plan/model";
import { PreviewError } from "../../tools/preview/engine/errors";
import { renderJson } from "../../tools/report/json";
import { renderError, renderText } from "../../tools/report/text";
import { harmless, visible, visibleLines, visibleStrings } from "../../tools/visible";
import { spawnSync } from "../support/child";
import { resource, stackResource } from "./preview/support";

/** What a visitor can put into a line of a log. */
const ATTACKS: Readonly<Record<string, string>> = {
  "the window's title": "\u001b]0;owned\u0007",
  "the clipboard (OSC 52)": "\u001b]52;c;Y3VybCBldmls\u0007",
  "a link's address (OSC 8)": "\u001b]8;;https://evil.example\u001b\\text\u001b]8;;\u001b\\",
  "the line before": "\u001b[1A\u001b[2K",
  "the line itself": "all is well\r",
  "a letter back": "a\bb",
  "C1's CSI": "\u009b2J",
  "right to left": "\u202egnp.exe",
  isolates: "\u2066\u2069",
  "what is not seen": "\u{e0041}\u{e0042}",
  "another end of line": "\u2028",
  delete: "\u007f",
  "our colours": "\u001b[32mall is well\u001b[39m",
  "our line of progress": "\r\u001b[Kall is well",
};

const ROOT = path.join(__dirname, "..", "..");

const OBEYED =
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]|[\u{e0000}-\u{e007f}]/u;

describe("text of others on a terminal", () => {
  for (const [what, text] of Object.entries(ATTACKS)) {
    it(`is shown and not obeyed: ${what}`, () => {
      assert.match(text, OBEYED);
      for (const shown of [visible(text), visibleLines(text), harmless(text)]) {
        assert.doesNotMatch(shown, OBEYED);
        assert.match(shown, /\\u[0-9a-f]{4}/);
      }
    });
  }

  it("is what it was where nothing is to be hidden: letters, signs, emoji, tabs", () => {
    for (const text of ["naïve – 東京 \t 👩‍👩‍👧 عربي", ""]) {
      assert.equal(visible(text), text);
      assert.equal(visibleLines(text), text);
      assert.equal(harmless(text), text);
    }
  });

  it("begins no line of ours", () => {
    assert.equal(visible("one\n2026-11-01 two"), "one\\n2026-11-01 two");
    assert.equal(visibleLines("one\r\n2026-11-01 two"), "one\n  2026-11-01 two");
  });

  it("has no control character", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        assert.doesNotMatch(visible(text), OBEYED);
        assert.doesNotMatch(visibleLines(text), OBEYED);
      }),
      { numRuns: 50 },
    );
  });

  it("our own colours and the line of progress pass where we paint, a screen's other orders do not", () => {
    const ours = "\u001b[31mred\u001b[39m \r\u001b[K3 resources";
    assert.equal(harmless(ours, { paints: true }), ours);
    assert.equal(
      harmless("\u001b[8mhidden\u001b[K", { paints: true }),
      "\\u001b[8mhidden\\u001b[K",
    );
  });

  it("a document of JSON is the same document", () => {
    const document = { text: Object.values(ATTACKS).join(""), "\u202e": ["##[error]"] };
    const shown = harmless(JSON.stringify(document), { env: { GITHUB_ACTIONS: "true" } });
    assert.deepEqual(JSON.parse(shown), document);
    assert.doesNotMatch(shown, OBEYED);
  });

  it("is no command to GitHub's runner, in its jobs", () => {
    const text = "::error::forged\n  ::add-mask::x\nx ##[warning]y\na::b";
    const shown = harmless(text, { env: { GITHUB_ACTIONS: "true" } });
    assert.doesNotMatch(shown, /^\s*::|##\[/m);
    assert.match(shown, /a::b/);
    assert.equal(harmless(text, { env: {} }), text);
  });

  it("structures with nothing to hide are handed back as they are", () => {
    const value = { a: ["b", { c: "d" }], e: 1, f: null };
    assert.equal(visibleStrings(value), value);
    assert.deepEqual(visibleStrings({ "a\u001b": ["\u001b", { c: "x\ny" }] }), {
      "a\\u001b": ["\\u001b", { c: "x\\ny" }],
    });
  });
});

describe("the preview of a program that others wrote", () => {
  const all = Object.values(ATTACKS).join("\nsample-dev2 ");
  const child = resource("aws:sns/topic:Topic", `topic${all}`, stackResource, {
    inputs: { name: all },
  });
  const plan: Plan = {
    ...{ project: `p${all}`, stack: "dev", durationMs: 1 },
    resources: [stackResource, child],
    outputs: { [`out${all}`]: all, nested: { [all]: [all] } },
    policies: {
      packs: [{ name: all, version: all, policies: 1 }],
      violations: [
        {
          ...{ pack: all, policy: all, enforcementLevel: "mandatory" },
          ...{ urn: child.urn, message: all },
        },
      ],
      undecided: [{ pack: "p", policy: all, urn: child.urn, message: all }],
      remediations: [],
    },
    diagnostics: [{ severity: "warning", message: all }],
  };

  it("shows no control character of it, and no line that is not ours", () => {
    const text = renderText(plan, { width: 100, color: false });
    assert.doesNotMatch(text, OBEYED);
    assert.match(text, /topic\\u001b\]0;owned/);
    assert.doesNotMatch(text, /^sample-dev2/m);
  });

  it("shows none in colours either", () => {
    const text = renderText(plan, { width: 100, color: true });
    assert.doesNotMatch(text, /\u001b\[32mall is well/);
    assert.doesNotMatch(text.replace(/\u001b\[\d+m/g, ""), OBEYED);
  });

  it("shows none of an error, and none in JSON", () => {
    const error = new PreviewError("program", [{ message: all, frames: [all], urn: child.urn }]);
    assert.doesNotMatch(renderError(error, { width: 100, color: false }), OBEYED);
    const json = renderJson(plan);
    assert.deepEqual(JSON.parse(harmless(json)), JSON.parse(json));
  });
});

describe("every command", () => {
  let directory: string;
  before(() => {
    directory = fs.mkdtempSync(path.join(os.tmpdir(), "command-"));
  });
  after(() => fs.rmSync(directory, { recursive: true }));

  const commands = path.join(ROOT, "tools", "commands");
  const run = (text: string) => {
    fs.writeFileSync(path.join(directory, "say.ts"), text);
    return spawnSync(
      process.execPath,
      [
        "-e",
        `require(${JSON.stringify(path.join(commands, "run-from.js"))})(process.cwd())`,
        ...["run", "say"],
      ],
      { cwd: directory, encoding: "utf8" },
    );
  };

  it("writes nothing that a terminal obeys, to either stream, however it writes", () => {
    const attack = JSON.stringify(Object.values(ATTACKS).join(""));
    const { stdout, stderr } = run(
      `export function main() { console.log(${attack}); process.stdout.write(${attack});
       console.error(${attack}); throw new Error(${attack}); }`,
    );
    for (const written of [stdout, stderr]) {
      assert.doesNotMatch(written, OBEYED);
      assert.match(written, /\\u001b\]52;c;/);
    }
  });

  const node = (...args: string[]) =>
    spawnSync(process.execPath, args, { cwd: ROOT, encoding: "utf8", timeout: 240_000 });

  it("of the guard is told in lines of its own, with any name of what would be deleted", () => {
    const name = `db\nall is well${Object.values(ATTACKS).join("")}`;
    const urn = `urn:pulumi:production::crm::aws:rds/instance:Instance::${name}`;
    const file = path.join(directory, "preview.json");
    const oldState = { type: "aws:rds/instance:Instance", urn };
    fs.writeFileSync(file, JSON.stringify({ steps: [{ op: "delete", urn, oldState }] }));
    const { status, stderr } = node("tools/commands/run.js", "guard", file);
    assert.equal(status, 1);
    assert.doesNotMatch(stderr, OBEYED);
    assert.deepEqual(
      stderr
        .trimEnd()
        .split("\n")
        .map((line) => /^(refused: |  urn:)/.test(line)),
      [true, true],
    );
  });

  it("of the preview too, where a program's warnings stand beside JSON", () => {
    fs.symlinkSync(path.join(ROOT, "node_modules"), path.join(directory, "node_modules"));
    const file = (name: string, text: string) => fs.writeFileSync(path.join(directory, name), text);
    file("Pulumi.yaml", "name: others\nruntime: nodejs\nmain: index.js\n");
    file("Pulumi.dev.yaml", "config: {}\n");
    const attack = JSON.stringify(`well\nwarning: forged${Object.values(ATTACKS).join("")}`);
    file("index.js", `require("@pulumi/pulumi").log.warn(${attack}); console.log(${attack});`);
    const cli = path.join("tools", "preview", "cli.js");
    const { status, stderr } = node(cli, "-C", directory, "--stack", "dev", "--json");
    assert.equal(status, 0, stderr);
    assert.match(stderr, /^ {2}warning: forged\\u001b\]0;owned/m);
    assert.doesNotMatch(stderr, OBEYED);
    assert.doesNotMatch(stderr, /^warning: forged/m);
  });

  it("ends quietly where the reader has enough, and with a line where there is no room", () => {
    const command = `"${process.execPath}" tools/commands/run.js cost --help`;
    const shell = (line: string) =>
      spawnSync("bash", ["-c", line], { cwd: ROOT, encoding: "utf8" as const });
    const gone = shell(`${command} | true; echo "\${PIPESTATUS[0]}"`);
    assert.deepEqual([gone.stdout, gone.stderr], ["141\n", ""]);
    const full = shell(`${command} >/dev/full`);
    assert.equal(full.status, 1);
    assert.equal(
      full.stderr,
      "error: the output cannot be written: there is no space left on the device\n",
    );
  });
});
