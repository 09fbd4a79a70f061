import assert from "node:assert/strict";

import { findings, page } from "../../../tools/bench/measure";
import { measure } from "../../../tools/bench/process";

const run = (seconds: number, peakMiB = 200) => ({ seconds, peakMiB, stdout: "", code: 0 });
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
});
