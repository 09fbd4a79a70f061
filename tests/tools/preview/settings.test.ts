/** Settings that a preview cannot know: what the program gets and what is said. */
import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";

import { UNKNOWN } from "../../../analysis/plan/model";
import { reveal, secret } from "../../../analysis/plan/values";
import { PreviewError } from "../../../tools/preview/engine/errors";
import { type Plan, type PreviewOptions, previewStack } from "../../../tools/preview/index";
import { renderJson } from "../../../tools/report/json";

const HEAD = `import * as pulumi from "@pulumi/pulumi";\nconst config = new pulumi.Config();\n`;

const ENCRYPTED = ["text", "size", "list", "flag"]
  .map((key) => `  p:${key}: { secure: "v1:xyz" }\n`)
  .join("");

describe("settings without a value", () => {
  let folder: string;
  before(() => {
    folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "settings-")));
    const packages = path.join(__dirname, "..", "..", "..", "node_modules");
    fs.symlinkSync(packages, path.join(folder, "node_modules"));
    fs.writeFileSync(path.join(folder, "package.json"), "{}");
  });
  after(() => fs.rmSync(folder, { recursive: true }));

  function preview(
    program: string,
    stack: string,
    options: PreviewOptions = {},
    project = "name: p\nruntime: nodejs\n",
  ): Promise<Plan> {
    fs.writeFileSync(path.join(folder, "Pulumi.yaml"), project);
    fs.writeFileSync(path.join(folder, "index.ts"), HEAD + program);
    fs.writeFileSync(path.join(folder, "Pulumi.dev.yaml"), stack);
    return previewStack({ cwd: folder, policyPacks: [], ...options });
  }
  const failure = async (...given: Parameters<typeof preview>): Promise<PreviewError> =>
    preview(...given).then(
      () => assert.fail("it has not failed"),
      (error: unknown) => (error instanceof PreviewError ? error : assert.fail(String(error))),
    );
  const said = ({ diagnostics }: Pick<Plan, "diagnostics">) =>
    diagnostics.map(({ message }) => message);

  it("encrypted ones are unknown secrets where they are read as secrets, of each type", async () => {
    const plan = await preview(
      `export const text = config.requireSecret("text", { pattern: /^[a-z]+$/ });
       export const size = config.requireSecretNumber("size", { max: 3 }).apply((size) => size + 1);
       export const list = config.requireSecretObject<string[]>("list").apply((list) => list[0]);
       export const flag = config.requireSecretBoolean("flag");`,
      `config:\n${ENCRYPTED}`,
    );
    const unknown = secret(UNKNOWN);
    const { text, size, list, flag } = plan.outputs;
    assert.deepEqual([text, size, list, flag], [unknown, unknown, unknown, unknown]);
    assert.deepEqual(said(plan), []);
  });

  it("encrypted ones that are read as plain values are unknown, and one line says how to give a value", async () => {
    const program = `
      export const text = "x" + config.require("text");
      export const size = config.requireNumber("size", { min: 100 });
      export const item = config.requireObject<{ name: string }>("list").name;`;
    const stack = `config:\n${ENCRYPTED}`;
    const plan = await preview(program, stack);
    const { text, size, item } = plan.outputs;
    assert.deepEqual([text, size, item], [UNKNOWN, UNKNOWN, UNKNOWN]);
    assert.deepEqual(said(plan), [
      "encrypted, so unknown: p:text, p:size, p:list (-c KEY=VALUE gives a value; no `if` or `===` on it is noticed)",
    ]);
    const known = await preview(program, stack, {
      config: { text: "y", size: "101", list: '{"name":"n"}' },
    });
    assert.deepEqual(said(known), []);
  });

  it("what a program has to know of an encrypted one is refused with the setting's key", async () => {
    for (const [program, what] of [
      ['export const size = config.requireNumber("size") * 2;', "asks for a number"],
      ['config.requireObject<string[]>("list").map((one) => one);', "decides by map()"],
      ['if (config.requireBoolean("flag")) console.log(1);', "asks for a boolean"],
    ] as const) {
      const { message } = await failure(program, `config:\n${ENCRYPTED}`);
      const key = /"(\w+)"/.exec(program)![1];
      assert.equal(
        message,
        `the program ${what} of p:${key}, which is encrypted: give a value with -c p:${key}=VALUE`,
      );
    }
  });

  it("a number of the text of an encrypted one is unknown too, and refused where the program counts with it", async () => {
    const stack = `config:\n${ENCRYPTED}`;
    for (const number of ["Number", "parseInt", "parseFloat", "Number.parseInt"]) {
      const plan = await preview(`export const size = ${number}(config.require("size"));`, stack);
      assert.equal(plan.outputs.size, UNKNOWN, number);
      assert.match(said(plan)[0]!, /^encrypted, so unknown: p:size \(/);
      const { message, diagnostics } = await failure(
        `if (${number}(config.require("size")) > 3) console.log(1);`,
        stack,
      );
      assert.match(message, /^the program asks for a number of a text, .* with -c KEY=VALUE$/);
      assert.match(said({ diagnostics: [...diagnostics] })[0]!, /: p:size \(/);
    }
  });

  it("without the quick start an encrypted number is 4, which is said with its key", async () => {
    const program = 'export const size = config.requireNumber("size");';
    const settings = 'config:\n  p:size: { secure: "v1:xyz" }\n';
    const plan = await preview(program, settings, { plain: true });
    assert.equal(plan.outputs.size, 4);
    assert.deepEqual(said(plan), [
      "encrypted, so unknown: p:size (-c KEY=VALUE gives a value; with --plain one that is read as a number is 4)",
    ]);
    const known = await preview(program, settings, { plain: true, config: { size: "7" } });
    assert.equal(reveal(known.outputs.size), 7);
    assert.deepEqual(said(known), []);
  });

  it("numbers of known texts are what they are, and so are their classes", async () => {
    const { outputs } = await preview(
      `export const all = [Number("12"), Number(), parseInt("0x1f", 16), Number.parseFloat("1.5e3"), Number.isInteger(3)];
       export const same = [(5).constructor === Number, new Number(1) instanceof Number, Number.parseInt === parseInt];`,
      "config: {}\n",
    );
    assert.deepEqual(outputs.all, [12, 0, 31, 1500, true]);
    assert.deepEqual(outputs.same, [true, true, true]);
  });

  it("region and account are in the plan and in its document, where the settings name them", async () => {
    const places = async (settings: string) => {
      const plan = await preview("", `config:\n  p:a: b\n${settings}`);
      const document = JSON.parse(renderJson(plan)) as Plan;
      assert.deepEqual([document.region, document.account], [plan.region, plan.account]);
      return [plan.region, plan.account];
    };
    const region = "  aws:region: eu-west-1\n";
    const account = '  aws:allowedAccountIds: ["123456789012"]\n';
    assert.deepEqual(await places(region + account), ["eu-west-1", "123456789012"]);
    assert.deepEqual(await places('  aws:region: { secure: "v1:xyz" }\n'), [undefined, undefined]);
    const two = '  aws:allowedAccountIds: ["123456789012", "210987654321"]\n';
    assert.deepEqual(await places(two), [undefined, undefined]);
  });

  it("those of an environment are not read, which is said once, and is the cause where one is missing", async () => {
    const stack = "environment:\n  - team/dev\n  - base\nconfig:\n  p:a: b\n";
    const plan = await preview('export const a = config.require("a");', stack);
    assert.deepEqual(said(plan), [
      "not read: the settings of environment team/dev, base (Pulumi.dev.yaml); -c KEY=VALUE gives a value",
    ]);
    const cause = /environment team\/dev, base \(Pulumi\.dev\.yaml\) may set it and is not read/;
    const missing = await failure('config.require("size");', stack);
    assert.match(missing.message, /Missing required configuration variable 'p:size'/);
    assert.match(missing.message, cause);
    assert.match(missing.message, /-c p:size=<value>/);
    const declared = "name: p\nruntime: nodejs\nconfig:\n  size: { type: integer }\n";
    assert.match((await failure("", stack, {}, declared)).message, cause);
    const inline = await preview("", "environment:\n  imports: [base]\n  values: { a: b }\n");
    assert.match(said(inline)[0]!, /^not read: the settings of environment base \(/);
    const own = await preview("", "environment:\n  values: { a: b }\n");
    assert.match(said(own)[0]!, /^not read: the settings of environment \(Pulumi\.dev\.yaml\)/);
  });
});
