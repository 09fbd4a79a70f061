import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";

import { readMeasured } from "../../../tools/preview/engine/measured";
import { previewStack, type Plan } from "../../../tools/preview/index";
import { priced } from "../../../tools/report/cost";

const ROOT = path.join(__dirname, "..", "..", "..");
const asOf = "2026-10-01";

describe("what a team measured on its own stack", () => {
  let directory: string;
  let file: string;
  beforeEach(() => {
    directory = fs.mkdtempSync(path.join(os.tmpdir(), "measured-"));
    file = path.join(directory, "Pulumi.dev.measured.json");
  });
  afterEach(() => fs.rmSync(directory, { recursive: true }));

  const read = (document: unknown) => {
    fs.writeFileSync(file, typeof document === "string" ? document : JSON.stringify(document));
    return readMeasured(file);
  };

  it("is read as it stands", () => {
    const durations = [
      { key: "verify", minutes: 4.5, asOf },
      { type: "aws:rds/instance:Instance", when: { multiAz: true }, seconds: 1500, asOf },
      { type: "aws:sns/topic:Topic", seconds: 0, asOf },
    ];
    assert.deepEqual(read({ durations, usage: { natGB: 12 } }), {
      durations,
      usage: { natGB: 12 },
    });
    assert.deepEqual(read({}), { durations: [], usage: {} });
  });

  const wrong: [string, unknown, RegExp][] = [
    ["no JSON", "{", /^Pulumi\.dev\.measured\.json: .*JSON/],
    ["a list", [], /the file: expected an object with durations, usage and capacity, got \[\]$/],
    [
      "an unknown section",
      { times: 1 },
      /json: times: expected one of durations, usage, capacity, got 1$/,
    ],
    ["durations that are no list", { durations: 5 }, /durations: expected a list, got 5$/],
    ["a row that is none", { durations: [5] }, /durations\[0\]: expected an object, got 5$/],
    [
      "an unknown step",
      { durations: [{ key: "verfy", minutes: 1, asOf }] },
      /durations\[0\]\.key: expected one of .*\bverify\b.*, got "verfy"$/,
    ],
    [
      "a length that is none",
      { durations: [{ key: "verify", minutes: "1", asOf }] },
      /durations\[0\]\.minutes: expected a number of minutes, got "1"$/,
    ],
    [
      "a length in another unit",
      { durations: [{ key: "verify", minutes: 1, seconds: 60, asOf }] },
      /durations\[0\]\.seconds: expected one of key, minutes, asOf, got 60$/,
    ],
    [
      "no day",
      { durations: [{ key: "verify", minutes: 1 }] },
      /durations\[0\]\.asOf: expected the day of the measurement, YYYY-MM-DD, got nothing$/,
    ],
    [
      "neither step nor type",
      { durations: [{ seconds: 1, asOf }] },
      /durations\[0\]\.type: expected key, or the type of a resource such as .*, got nothing$/,
    ],
    [
      "a case that nothing tells apart",
      { durations: [{ type: "aws:ecs/service:Service", when: { a: true }, seconds: 1, asOf }] },
      /durations\[0\]\.when: expected one of \{"waitForSteadyState":true\}, no when, got \{"a":true\}$/,
    ],
    [
      "a step twice",
      { durations: [1, 2].map((minutes) => ({ key: "verify", minutes, asOf })) },
      /durations\[1\]: expected a step or case that is not in the list already/,
    ],
    [
      "an unknown assumption",
      { usage: { natTB: 1 } },
      /usage\.natTB: expected an assumption of analysis\/cost\/usage\.json, got 1$/,
    ],
    [
      "a use that is no number",
      { usage: { natGB: -1 } },
      /usage\.natGB: expected a number of at least 0, got -1$/,
    ],
    [
      "an unknown part of a request",
      { capacity: { services: { core: { cpu: { value: 1, why: "measured", asOf } } } } },
      /json: capacity\.services\.core\.cpu: there is no such key\. Did you mean capacity\.services\.core\.cpuMs\?/,
    ],
  ];
  for (const [what, document, message] of wrong) {
    it(`is refused with ${what}`, () => assert.throws(() => read(document), { message }));
  }

  it("is refused with everything that is wrong at once", () => {
    const document = { durations: [{ key: "x", minutes: 1, asOf }], usage: { y: 1 } };
    assert.throws(
      () => read(document),
      ({ message }: Error) => message.split("\n").length === 2,
    );
  });

  /** A program with one resource and one stack. */
  function writeProgram(name: string): string {
    const program = path.join(directory, name);
    fs.mkdirSync(program);
    const files: Record<string, string> = {
      "Pulumi.yaml": "name: sample\nruntime: nodejs\n",
      "Pulumi.dev.yaml": "config: { aws:region: us-east-1 }\n",
      "package.json": JSON.stringify({ main: "index.js" }),
      "index.js":
        'const aws = require("@pulumi/aws");\nnew aws.sns.TopicSubscription("mail", ' +
        '{ topic: "arn:aws:sns:us-east-1:123456789012:t", protocol: "email", endpoint: "a@b.c" });\n',
    };
    for (const [file, text] of Object.entries(files)) {
      fs.writeFileSync(path.join(program, file), text);
    }
    fs.symlinkSync(path.join(ROOT, "node_modules"), path.join(program, "node_modules"));
    return program;
  }

  it("stands beside assumptions for each stack, of which some may have their file elsewhere, and quotas that are counted", async () => {
    const program = writeProgram("assuming");
    fs.mkdirSync(path.join(program, "capacity"));
    const quota = { value: 6, why: "of the test", asOf };
    const write = (document: object) =>
      fs.writeFileSync(
        path.join(program, "capacity", "assumptions.json"),
        JSON.stringify(document),
      );
    const preview = () => previewStack({ cwd: program, stack: "dev" });
    const assumed = { stacks: { dev: { quotas: { fargateVcpus: quota } } } };
    write(assumed);
    assert.deepEqual((await preview()).assumptions, assumed);
    write({ stacks: { div: {} }, quotas: { fargateVcpu: quota } });
    await assert.rejects(preview(), ({ message }: Error) => {
      assert.doesNotMatch(message, /stacks\.div/);
      assert.match(
        message,
        /assumptions\.json: quotas\.fargateVcpu: there is no such key\. Did you mean quotas\.fargateVcpus\?/,
      );
      return true;
    });
  });

  it("stands beside the stack file and wins over the assumptions of cost", async () => {
    const program = writeProgram("program");
    const mails = (plan: Plan) => priced(plan).cost.lines[0]!.quantity;
    const preview = () => previewStack({ cwd: program, stack: "dev" });
    const assumed = await preview();
    assert.equal("measured" in assumed, false);
    fs.writeFileSync(
      path.join(program, "Pulumi.dev.measured.json"),
      JSON.stringify({ usage: { mails: 7000 } }),
    );
    const own = await preview();
    assert.deepEqual(own.measured, { durations: [], usage: { mails: 7000 } });
    assert.notEqual(mails(own), mails(assumed));
    assert.equal(mails(own), 0.07); // in 100,000
    fs.writeFileSync(path.join(program, "Pulumi.dev.measured.json"), "[]");
    await assert.rejects(preview(), /Pulumi\.dev\.measured\.json: the file: expected an object/);
  });
});
