/** `npm run capacity -- --load FILE`: what the file changes, and what it refuses. */
import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";

import { capacityOf } from "../../../analysis/capacity/of-plan";
import { ran } from "../../support/commands";
import { planOf } from "../../support/plans";
import { STACKS_PROJECT } from "../../support/stack-files";

const value = (given: number) => ({ value: given, why: "of the test", asOf: "2026-11-29" });

describe("npm run capacity with a load of one's own", () => {
  let folder: string;
  beforeEach(() => (folder = fs.mkdtempSync(path.join(os.tmpdir(), "capacity-"))));
  afterEach(() => fs.rmSync(folder, { recursive: true }));

  const run = (load: object) => {
    const file = path.join(folder, "load.json");
    fs.writeFileSync(file, JSON.stringify(load));
    return ran("capacity", ["--stack", "staging", "-C", STACKS_PROJECT, "--load", file, "--json"]);
  };

  it("has the file's values, and the program's own where the file has none", async () => {
    const plan = await planOf("staging");
    const { code, stdout } = await run({ services: { "crm-core": { cpuMs: value(400) } } });
    assert.equal(code, 0);
    const { limits } = JSON.parse(stdout) as ReturnType<typeof capacityOf>;
    const holds = (list: typeof limits, of: string) =>
      list.find((one) => one.kind === "tasks" && one.of === of)!.holds;
    const own = capacityOf(plan).limits;
    // crm-auth's 5 % and its password's hash are in the program's file.
    assert.deepEqual(holds(limits, "crm-auth"), holds(own, "crm-auth"));
    assert.ok(Math.abs(holds(limits, "crm-core")[0] / holds(own, "crm-core")[0] - 20 / 400) < 1e-3);
  });

  it("refuses quotas that are not counted, and stacks without a stack file, all at once", async () => {
    const { code, stderr: err } = await run({
      quotas: { fargateVcpu: value(6), fargateVcpus: value(6) },
      stacks: { stagin: { quotas: { lambda: value(6) } }, production: {} },
    });
    assert.equal(code, 2);
    const lines = err.split("\n").filter((line) => line.includes("load.json: "));
    assert.deepEqual(
      lines.map((line) => /load\.json: (.*)$/.exec(line)?.[1]),
      [
        "quotas.fargateVcpu: there is no such key. Did you mean quotas.fargateVcpus?",
        "stacks.stagin: there is no such key. Did you mean stacks.staging?",
        "stacks.stagin.quotas.lambda: there is no such key. The keys here are fargateVcpus, fargateSpotVcpus, lambdaConcurrency.",
      ],
    );
  });

  it("shows each price with its unit, before what has none", async () => {
    const { stdout } = await ran("capacity", ["--stack", "production", "-C", STACKS_PROJECT]);
    const prices = stdout.match(/all moves: .*/g) ?? [];
    assert.ok(prices.some((text) => /, and \d/.test(text)));
    for (const text of prices) assert.match(text, /^all moves: [\d,.]+ USD a month(, and |$)/);
  });

  it("refuses services and queues that the plan does not have, all at once", async () => {
    const { code, stderr: err } = await run({
      services: { "crm-croe": { cpuMs: value(400) }, "crm-core": { cpuMs: value(400) } },
      queues: { "crm-pots": { seconds: value(4) } },
      stacks: { staging: { services: { "crm-athu": { cpuMs: value(4) } } } },
    });
    assert.equal(code, 2);
    assert.match(
      err,
      /services\.crm-croe: expected one of crm-analytics, crm-auth, .*got "crm-croe"/,
    );
    assert.match(err, /queues\.crm-pots: expected one of .*social-processing.*, got "crm-pots"/);
    assert.match(err, /stacks\.staging\.services\.crm-athu: expected one of/);
    assert.doesNotMatch(err, /services\.crm-core/);
  });
});
