import assert from "node:assert/strict";

import { UNKNOWN } from "../../../analysis/plan/model";
import { documentOf, rendered } from "../../../tools/commands/recovery";
import { jsonRecovery, recoveryOf, renderRecovery } from "../../../tools/report/recovery";
import { paintFor } from "../../../tools/report/style";
import { planOf } from "../../support/plans";

const terminal = { width: 140, color: false };
const paint = paintFor(terminal);

describe("recovery in the preview", () => {
  it("says of each scenario the worst of what `npm run recovery` derives", async () => {
    const plan = await planOf("production");
    const worst = recoveryOf(plan);
    const { findings } = documentOf(plan);
    assert.deepEqual(
      worst.map(({ scenario }) => scenario),
      ["region lost", "data deleted or corrupted", "compromised credentials"],
    );
    for (const { scenario, lossMinutes, restoreMinutes, standing } of worst) {
      const own = findings.filter((finding) => finding.scenario === scenario);
      assert.equal(lossMinutes, Math.max(...own.map((one) => one.lossMinutes!)));
      assert.equal(restoreMinutes, Math.max(...own.map((one) => one.restoreMinutes!)));
      assert.equal(standing, "met");
    }
    assert.deepEqual(Object.keys(jsonRecovery(worst)), [...new Set(worst.map((w) => w.scenario))]);
    assert.match(
      renderRecovery(worst, "production", terminal, paint)[1]!,
      /^ {2}region lost +RPO 15 min \(objective 4 h\), RTO \d+ min \(objective 2 h\); 4 stores$/,
    );
  });

  it("names the command for the figures, with the folder of another program", async () => {
    const worst = recoveryOf(await planOf("production"));
    const hint = (folder?: string) =>
      renderRecovery(worst, "dev", terminal, paint, folder).at(-1)!.trim();
    assert.equal(hint(), "how, step by step: npm run recovery -- --stack dev");
    assert.equal(
      hint("../other"),
      "how, step by step: npm run recovery -- -C ../other --stack dev",
    );
  });

  it("says where nothing survives", async () => {
    const plan = await planOf("production");
    const kept = plan.resources.filter(
      ({ type }) => !/rds\/instanceAutomatedBackupsReplication|backup\//.test(type),
    );
    const lines = renderRecovery(recoveryOf({ resources: kept }), "production", terminal, paint);
    assert.match(lines[1]!, /region lost +RPO all data \(objective 4 h\), RTO none .*: not met$/);
  });

  it("says where a value decides that is not known", async () => {
    const plan = await planOf("production");
    const resources = plan.resources.map((resource) =>
      resource.name === "crm-database-primary"
        ? { ...resource, inputs: { ...resource.inputs, backupRetentionPeriod: UNKNOWN } }
        : resource,
    );
    const lines = renderRecovery(recoveryOf({ ...plan, resources }), "production", terminal, paint);
    assert.match(lines[1]!, /region lost .*: not known$/);
    const document = documentOf({ ...plan, resources });
    assert.equal(document.met, false);
    assert.match(
      rendered(document),
      /\? {4}\S+: RPO .*\n.*\n.*backupRetentionPeriod is not known yet/s,
    );
  });

  it("names at the end each objective that is not met, and what is missing", async () => {
    const plan = await planOf("production");
    const without = (gone: RegExp) =>
      rendered(
        documentOf({ ...plan, resources: plan.resources.filter(({ type }) => !gone.test(type)) }),
      )
        .split("\n")
        .at(-1)!;
    assert.equal(
      without(/^aws:ecr\/replicationConfiguration:/),
      "The objectives are NOT met: region lost (missing in us-west-2: copies).",
    );
    assert.match(
      without(/^aws:backup\//),
      /NOT met: .*compromised credentials \(crm-production-primary, .*\)\.$/,
    );
  });

  it("says nothing of a stack whose objectives are none", async () => {
    assert.deepEqual(renderRecovery([], "staging", terminal, paint), []);
    const { exemptBecause } = documentOf(await planOf("recovery"));
    assert.ok(exemptBecause);
    assert.deepEqual(recoveryOf(await planOf("recovery")), []);
  });
});
