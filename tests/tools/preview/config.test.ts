import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";

import { UNKNOWN } from "../../../analysis/plan/model";
import { loadProject, loadStackConfig, selectStack } from "../../../tools/preview/engine/config";
import { exitCodeOf, PreviewError } from "../../../tools/preview/engine/errors";
import { sample } from "./support";

describe("preview configuration", () => {
  let directory: string;

  beforeEach(() => {
    directory = fs.mkdtempSync(path.join(os.tmpdir(), "preview-config-"));
  });
  afterEach(() => fs.rmSync(directory, { recursive: true }));

  /** Writes files and loads the configuration of stack `dev`. */
  function load(project: string, stack = "config: {}") {
    fs.writeFileSync(path.join(directory, "Pulumi.yaml"), `name: p\nruntime: nodejs\n${project}`);
    fs.writeFileSync(path.join(directory, "Pulumi.dev.yaml"), stack);
    return loadStackConfig(loadProject(directory), "dev");
  }

  const failsWith = (code: number, message: RegExp) => (error: unknown) =>
    error instanceof PreviewError && exitCodeOf(error.kind) === code && message.test(error.message);

  it("scalars are passed as they are written, structures as JSON with sorted keys, as Pulumi does", () => {
    const { values } = load(
      "",
      'config:\n  p:a: 1.50\n  p:b: true\n  p:c: "01"\n  p:d: {z: {b: 1, a: 2}, e: [1, x]}\n',
    );
    assert.deepEqual(values, {
      "p:a": "1.50",
      "p:b": "true",
      "p:c": "01",
      "p:d": '{"e":[1,"x"],"z":{"a":2,"b":1}}',
    });
  });

  it("aliases and merged maps are what they stand for, as go-yaml reads them", () => {
    const text =
      "config:\n  p:a: &a {x: [1], y: 2}\n  p:b: *a\n  p:c: {d: {<<: *a, y: 3}, e: &e [7]}\n  p:f: {g: *e}\n  p:h: &h text\n  p:i: *h\n";
    assert.deepEqual(load("", text).values, {
      "p:a": '{"x":[1],"y":2}',
      "p:b": '{"x":[1],"y":2}',
      "p:c": '{"d":{"x":[1],"y":3},"e":[7]}',
      "p:f": '{"g":[7]}',
      "p:h": "text",
      "p:i": "text",
    });
  });

  it("a day and digits after a zero need quotes inside a structure, as go-yaml reads another type", () => {
    const both = "config:\n  p:d: {until: 2026-11-29, e: [0123, x]}\n";
    const expected = [
      'Pulumi.dev.yaml: p:d.until: expected "2026-11-29" in quotes, got 2026-11-29, which Pulumi reads as a time',
      'p:d.e[0]: expected "0123" in quotes, got 0123, which Pulumi reads as another number',
    ].join("\n");
    assert.throws(() => load("", both), { message: expected });
    assert.throws(() => load("", "config: {p:d: {at: 2026-11-29T02:00:00Z}}\n"), /in quotes/);
    const fine = 'config:\n  p:d: {a: "2026-11-29", b: "0123", c: 02:00, d: 0, e: 0.5, f: on}\n';
    assert.deepEqual(JSON.parse(load("", fine).values["p:d"]!), {
      ...{ a: "2026-11-29", b: "0123", c: "02:00", d: 0, e: 0.5, f: "on" },
    });
    assert.equal(load("", "config:\n  p:d: 2026-11-29\n").values["p:d"], "2026-11-29");
  });

  it("go-yaml's numbers that are a text here need quotes as well, and what it reads as a text needs none", () => {
    // Each as go-yaml v3 resolves it, decode_test.go and resolve.go: `resolve`, `parseTimestamp`; time.Parse knows the calendar.
    const read = {
      ...{ "1_000": "a number", "0b101": "a number", "-0x1F": "a number", "0X1f": "a number" },
      ...{ "0O17": "a number", "685_230.15": "a number", "+0b1": "a number", "0_7": "a number" },
      ...{ "010": "another number", "2024-02-29": "a time" },
      ...{ "2026-1-2T3:4:5,25+02:00": "a time", "2026-01-02 03:04:05": "a time" },
      ...{ "!!timestamp 2026-01-02": "a time", "!!int 1_000": "a number" },
    };
    for (const [text, as] of Object.entries(read)) {
      const file = `config:\n  p:d:\n    a: ${text}\n`;
      assert.throws(() => load("", file), new RegExp(`which Pulumi reads as ${as}$`), text);
    }
    const texts = [
      ...["2026-13-45", "2026-02-29", "2026-00-10", "2026-01-02T24:00:00Z", "2026-1-2T03:04:05"],
      ...["0b2", "_1", "0x", "0o8", "1-2", "1_0:30", "sha1_0", "2026-01-02 03:04"],
    ];
    for (const text of texts) {
      const file = `config:\n  p:d:\n    a: ${text}\n`;
      assert.deepEqual(JSON.parse(load("", file).values["p:d"]!), { a: text }, text);
    }
    const tagged = load("", "config:\n  p:d:\n    a: !!str 007\n    b: !!str 2026-01-02\n");
    assert.deepEqual(JSON.parse(tagged.values["p:d"]!), { a: "007", b: "2026-01-02" });
  });

  it("a folder above several projects is told which there are, as they are named from here", () => {
    const above = fs.mkdtempSync(path.join(os.tmpdir(), "above-"));
    const missing = () => loadProject(path.join(above, "none"));
    for (const [folder, file] of [
      ["shop/infra", "Pulumi.yaml"],
      ["shop", "Pulumi.yml"],
      ["none", "other.yaml"],
      ["node_modules/x", "Pulumi.yaml"],
      [".cache/y", "Pulumi.yaml"],
    ] as const) {
      fs.mkdirSync(path.join(above, folder), { recursive: true });
      fs.writeFileSync(path.join(above, folder, file), "name: p\nruntime: nodejs\n");
    }
    try {
      const from = path.relative(process.cwd(), above);
      const expected = `no Pulumi.yaml in ${from} or above it; expected one of the projects below: -C ${from}/shop, -C ${from}/shop/infra`;
      assert.throws(
        () => loadProject(from),
        ({ message }: Error) => message === expected,
      );
      assert.throws(missing, failsWith(2, /none or above it$/));
      const absent = () => loadProject(path.join(above, "absent"));
      assert.throws(absent, failsWith(2, /^-C: expected a folder, got ".*\/absent"$/));
    } finally {
      fs.rmSync(above, { recursive: true });
    }
  });

  it("encrypted values are unknown and their keys secret, nested ones too", () => {
    const stack = "config:\n  p:a: {secure: v1:x}\n  p:b: {c: [{secure: v1:y}], d: 1}\n  p:e: f\n";
    assert.deepEqual(load("", stack), {
      values: { "p:a": UNKNOWN, "p:b": `{"c":["${UNKNOWN}"],"d":1}`, "p:e": "f" },
      secretKeys: ["p:a", "p:b"],
    });
  });

  it("the project's settings are defaults; the stack's come first", () => {
    const project =
      "config:\n  a: one\n  b: {type: integer, default: 2}\n  c: {default: x, secret: true}\n" +
      "  aws:region: {value: eu-west-1}\n";
    assert.deepEqual(load(project, "config:\n  p:a: two\n"), {
      values: { "p:a": "two", "p:b": "2", "p:c": "x", "aws:region": "eu-west-1" },
      secretKeys: ["p:c"],
    });
  });

  it("settings without a value and of a wrong type are reported together", () => {
    const project = "config:\n  a: {type: string}\n  b: {type: integer}\n";
    assert.throws(
      () => load(project, "config:\n  p:b: many\n"),
      failsWith(1, /p:a is not set; .*\np:b: expected integer, got "many"$/),
    );
  });

  it("what cannot be read is an error that names the file", () => {
    assert.throws(
      () => load("", "config: [\n"),
      failsWith(1, /^Pulumi\.dev\.yaml is not valid YAML/),
    );
    assert.throws(() => load("", "config:\n  a: 1\n"), failsWith(1, /a is not <namespace>:<key>/));
    assert.throws(() => load("main: gone.ts"), failsWith(1, /main: gone\.ts does not exist/));
    assert.throws(() => loadProject(os.tmpdir()), failsWith(2, /^no Pulumi\.yaml in/));
  });

  it("runtime options are understood", () => {
    fs.writeFileSync(
      path.join(directory, "Pulumi.yaml"),
      "name: p\nruntime:\n  name: nodejs\n  options: {tsconfig: t.json, nodeargs: --a --b}\n",
    );
    const project = loadProject(path.join(directory));
    assert.equal(project.tsconfig, "t.json");
    assert.deepEqual(project.nodeArguments, ["--a", "--b"]);
    assert.deepEqual([project.directory, project.entry], [directory, "."]);
    assert.deepEqual(
      [loadProject(sample).directory, loadProject(sample).entry],
      [sample, "index.ts"],
    );
  });

  it("the stack is production, or the only one, or has to be said", () => {
    const project = (...stacks: string[]) => ({ ...loadProject(sample), stacks });
    assert.equal(selectStack(project("production", "staging"), undefined), "production");
    assert.equal(selectStack(project("dev"), undefined), "dev");
    assert.equal(selectStack(project(), undefined), "dev");
    assert.equal(selectStack(project(), "first"), "first");
    assert.equal(selectStack(project("production", "staging"), "staging"), "staging");
    assert.throws(
      () => selectStack(project("a", "b"), undefined),
      failsWith(2, /^--stack: expected one of a, b, got nothing$/),
    );
    assert.throws(
      () => selectStack(project("a", "b"), "c"),
      failsWith(2, /^--stack: expected one of a, b, got "c"$/),
    );
  });
});
