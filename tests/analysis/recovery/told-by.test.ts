/** Each figure of a lost region names the alarm that tells when it is no longer true, and that alarm is there. */
import assert from "node:assert/strict";

import { documentOf, rendered } from "../../../tools/commands/recovery";
import { planInTheEmergency } from "../../support/in-the-emergency";
import { planOf } from "../../support/plans";

describe("figures of a lost region", () => {
  it("name an alarm of the plan, or of the stack that stands in the other region", async () => {
    const [home, away] = [await planOf("production"), await planOf("recovery")];
    const alarms = (plan: typeof home) =>
      plan.resources.filter(({ type }) => type === "aws:cloudwatch/metricAlarm:MetricAlarm");
    const lost = documentOf(home).findings.filter(({ scenario }) => scenario === "region lost");
    assert.equal(lost.length, 4);
    for (const { store, protections } of lost) {
      const { toldBy } = protections[0]!;
      const [, name, region] = /^alarm (\S+) in (\S+)$/.exec(toldBy ?? "") ?? [];
      if (store.endsWith("-primary")) {
        assert.match(toldBy ?? "", /ReplicaLag/);
        assert.ok(alarms(away).some(({ inputs }) => inputs["metricName"] === "ReplicaLag"));
      } else {
        const named = alarms(home).filter(({ inputs }) => inputs["name"] === name);
        assert.deepEqual(
          named.map(({ inputs }) => inputs["region"]),
          [region],
          store,
        );
      }
      assert.ok(rendered(documentOf(home)).includes(`watched by ${toldBy}`));
    }
    const replicated =
      /also: automated backups replicated .*, watched by alarm crm-backups-late in us-west-2/;
    assert.match(rendered(documentOf(home)), replicated);
  });

  it("name the age of the copied backups where no replica stands, and nothing without its alarm", async () => {
    const home = structuredClone(await planInTheEmergency("production"));
    const database = () =>
      documentOf(home).findings.find(
        ({ scenario, store }) => scenario === "region lost" && store.endsWith("-primary"),
      )!;
    assert.match(database().protections[0]!.source, /^automated backups replicated/);
    assert.equal(database().protections[0]!.toldBy, "alarm crm-backups-late in us-west-2");
    home.resources = home.resources.filter(
      ({ inputs }) => inputs["metricName"] !== "NewestBackupAge",
    );
    assert.equal(database().protections[0]!.toldBy, undefined);
  });

  it("name none where it is gone", async () => {
    const home = structuredClone(await planOf("production"));
    home.resources = home.resources.filter(
      ({ inputs }) => inputs["metricName"] !== "ReplicationLatency",
    );
    const uploads = documentOf(home).findings.find(
      ({ scenario, store }) => scenario === "region lost" && store === "crm-user-uploads-prod",
    )!;
    assert.equal(uploads.protections[0]!.toldBy, undefined);
  });
});
