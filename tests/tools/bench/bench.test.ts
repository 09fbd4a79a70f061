import assert from "node:assert/strict";

import { engineSection, missing } from "../../../tools/bench/engine";
import { findings, page } from "../../../tools/bench/measure";
import { measure } from "../../../tools/bench/process";

const run = (seconds: number, peakMiB = 200) => ({
  ...{ seconds, peakMiB, largestMiB: peakMiB, cpuSeconds: seconds / 2, stdout: "", code: 0 },
});
const preview = (seconds: number, resources: number) => ({
  ...run(seconds),
  resources,
  rules: 100,
});

describe("npm run bench", () => {
  const measured = {
    start: run(1),
    noPack: preview(2, 500),
    full: preview(2.4, 500),
    few: preview(2, 500),
    many: preview(6, 2000),
    packs: [
      { count: 500, seconds: 0.5, judged: preview(1, 500) },
      { count: 5000, seconds: 6, judged: preview(10, 5000) },
    ],
  };

  it("compares with the targets", () => {
    const sentences = findings(measured);
    assert.match(sentences[0]!, /2\.40 times the bare start; target 2\.5: met/);
    assert.match(sentences[1]!, /takes 17 % of that; target less than 25 %: met/);
    assert.match(sentences[2]!, /200 MiB .*: met/);
    assert.match(sentences[3]!, /0\.75 times as fast .*: met/);
    assert.match(sentences[4]!, /1\.20 times as fast .*: not met/);
    assert.match(sentences[5]!, /12\.0 microseconds/);
  });

  it("writes a table of seconds, ratios and memory", () => {
    const results = [
      { what: "start", seconds: 1, ratio: 1, peakMiB: Number.NaN, note: "the unit" },
    ];
    assert.match(page({ results, findings: [] }), /\| start \| 1\.00 \| 1\.00 \|  \| the unit \|/);
  });

  it("compares Pulumi's engine with the targets, and with Terraform where there is one", () => {
    const runs = { noPack: run(20), full: run(26), mistake: run(31, 800), emptyPack: run(28) };
    const alone = engineSection(runs);
    assert.match(alone, /What the pack adds: 0\.30 \(CPU 0\.30\); target 0\.25: not met/);
    assert.match(alone, /to a preview that succeeds: 1\.55 \(CPU 1\.55\); target 1\.5: not met/);
    assert.match(alone, /largest process in MiB: 800; target 700: not met/);
    assert.match(alone, /a pack of one rule that does nothing adds: 0\.40 \(CPU 0\.40\)\./);
    assert.doesNotMatch(alone, /erraform|before/);
    const older = engineSection({ ...runs, before: { noPack: run(40), full: run(60) } });
    assert.match(
      older,
      /no pack, before \| 20\.0 \| 40\.0[^]*whole pack, before \| 30\.0 \| 60\.0/,
    );
    const both = engineSection({ ...runs, terraform: run(30) });
    assert.match(both, /Whole pack, to Terraform: 0\.87 \(CPU 0\.87\); target 1: met/);
    assert.match(both, /No pack, to Terraform: 0\.67 \(CPU 0\.67\); target 0\.7: met/);
  });

  it("says in one line what an engine lacks", () => {
    const { PATH } = process.env;
    try {
      process.env.PATH = __dirname;
      assert.equal(missing("plans"), "--engine: not found on this machine: pulumi, terraform");
    } finally {
      process.env.PATH = PATH;
    }
  });

  it("measures a process from outside", async () => {
    const { seconds, peakMiB, stdout, code } = await measure(
      ["-e", "setTimeout(() => console.log('done'), 300)"],
      process.cwd(),
    );
    assert.equal(stdout, "done\n");
    assert.equal(code, 0);
    assert.ok(seconds > 0.3);
    assert.ok(process.platform !== "linux" || peakMiB > 5, String(peakMiB));
  });

  it("counts what any thread of a program starts, as the engine starts its plugins", async function () {
    if (process.platform !== "linux") return this.skip();
    const burn = "while (process.cpuUsage().user < 700_000);";
    const worker = `require("child_process").spawn(process.execPath, ["-e", ${JSON.stringify(burn)}])
      .once("exit", () => process.exit(0))`;
    const program = `new (require("worker_threads").Worker)(${JSON.stringify(worker)}, { eval: true })`;
    const { cpuSeconds, largestMiB, peakMiB } = await measure(["-e", program], process.cwd());
    const alone = await measure(["-e", program.replace("700_000", "0")], process.cwd());
    assert.ok(cpuSeconds > alone.cpuSeconds + 0.2, `${cpuSeconds} and ${alone.cpuSeconds}`);
    assert.ok(largestMiB < peakMiB);
  });
});
