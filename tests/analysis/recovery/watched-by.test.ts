/** Each figure names what reports that it is no longer true, and that is there. */
import assert from "node:assert/strict";

import { documentOf, rendered } from "../../../tools/commands/recovery";
import { planInTheEmergency } from "../../support/in-the-emergency";
import { planOf } from "../../support/plans";

describe("figures of recovery", () => {
  it("each name an alarm or a rule of the plan, or say why none is needed", async () => {
    const home = await planOf("production");
    const named = (type: string) =>
      home.resources.filter((one) => one.type === type).map(({ inputs }) => inputs["name"]);
    const alarms = named("aws:cloudwatch/metricAlarm:MetricAlarm");
    const rules = named("aws:cloudwatch/eventRule:EventRule");
    const all = documentOf(home).findings.flatMap(({ store, protections }) =>
      protections.map(({ kind, watchedBy }) => ({ store, kind, watchedBy })),
    );
    assert.equal(all.length, 18);
    for (const { store, kind, watchedBy } of all) {
      const [, what, name] = /^(alarm|rule) (\S+)/.exec(watchedBy ?? "") ?? [];
      const said = { replica: /ReplicaLag/, versions: /^none is needed: S3/ }[kind as string];
      if (said !== undefined) assert.match(watchedBy!, said);
      else assert.ok((what === "alarm" ? alarms : rules).includes(name), `${store} ${kind}`);
    }
  });

  it("of a backup name no rule that leaves out a state, a vault or its target", async () => {
    const rule = "aws:cloudwatch/eventRule:EventRule";
    const local = async (change: (plan: Awaited<ReturnType<typeof planOf>>) => void) => {
      const home = structuredClone(await planOf("production"));
      change(home);
      return documentOf(home)
        .findings.flatMap(({ protections }) => protections)
        .find(({ kind }) => kind === "backup")!.watchedBy;
    };
    const pattern = (old: string, now: string) =>
      local(({ resources }) => {
        for (const { type, inputs } of resources) {
          if (type !== rule) continue;
          inputs["eventPattern"] = String(inputs["eventPattern"]).replaceAll(old, now);
        }
      });
    assert.equal(await local(() => undefined), "rule crm-backup-failures");
    assert.equal(await pattern(',"EXPIRED"', ""), undefined);
    assert.equal(await pattern('"crm-backups"', '"another"'), undefined);
    assert.equal(await pattern("Backup Job State Change", "Restore Job State Change"), undefined);
    const target = ({ type }: { type: string }) =>
      type !== "aws:cloudwatch/eventTarget:EventTarget";
    assert.equal(
      await local((plan) => (plan.resources = plan.resources.filter(target))),
      undefined,
    );
  });

  it("name an alarm of the plan, or of the stack that stands in the other region", async () => {
    const [home, away] = [await planOf("production"), await planOf("recovery")];
    const alarms = (plan: typeof home) =>
      plan.resources.filter(({ type }) => type === "aws:cloudwatch/metricAlarm:MetricAlarm");
    const lost = documentOf(home).findings.filter(({ scenario }) => scenario === "region lost");
    assert.equal(lost.length, 4);
    for (const { store, protections } of lost) {
      const { watchedBy } = protections[0]!;
      const [, name, region] = /^alarm (\S+) in (\S+)$/.exec(watchedBy ?? "") ?? [];
      if (store.endsWith("-primary")) {
        // Only the other stack's plan has it: there the rule recovery-promises-watched holds it to the figure.
        const most = Number(
          /in us-west-2 .* ReplicaLag .* (\d+) seconds/.exec(watchedBy ?? "")?.[1],
        );
        assert.equal(most, protections[0]!.lossMinutes * 60);
        const lag = alarms(away).filter(({ inputs }) => inputs["metricName"] === "ReplicaLag");
        assert.ok(lag.some(({ inputs }) => Number(inputs["threshold"]) <= most));
      } else {
        const named = alarms(home).filter(({ inputs }) => inputs["name"] === name);
        assert.deepEqual(
          named.map(({ inputs }) => inputs["region"]),
          [region],
          store,
        );
      }
      assert.ok(rendered(documentOf(home)).includes(`watch: ${watchedBy}`));
    }
    const replicated =
      /also: automated backups replicated .*; watch: alarm crm-backups-late in us-west-2/;
    assert.match(rendered(documentOf(home)), replicated);
  });

  it("name the age of the copied backups where no replica stands, and nothing without its alarm", async () => {
    const home = structuredClone(await planInTheEmergency("production"));
    const database = () =>
      documentOf(home).findings.find(
        ({ scenario, store }) => scenario === "region lost" && store.endsWith("-primary"),
      )!;
    assert.match(database().protections[0]!.source, /^automated backups replicated/);
    assert.equal(database().protections[0]!.watchedBy, "alarm crm-backups-late in us-west-2");
    home.resources = home.resources.filter(
      ({ inputs }) => inputs["metricName"] !== "NewestBackupAge",
    );
    assert.equal(database().protections[0]!.watchedBy, undefined);
  });

  it("name none that fires after the figure", async () => {
    const home = structuredClone(await planOf("production"));
    for (const { type, inputs } of home.resources) {
      if (type === "aws:cloudwatch/metricAlarm:MetricAlarm") inputs["threshold"] = 864_000;
    }
    const kinds = documentOf(home)
      .findings.flatMap(({ protections }) => protections)
      .filter(({ watchedBy }) => watchedBy === undefined)
      .map(({ kind }) => kind);
    assert.deepEqual([...new Set(kinds)].sort(), [
      ...["backup copy", "copied backups", "point in time", "replication"],
    ]);
  });

  it("name none where it is gone", async () => {
    const home = structuredClone(await planOf("production"));
    home.resources = home.resources.filter(
      ({ inputs }) => inputs["metricName"] !== "ReplicationLatency",
    );
    const uploads = documentOf(home).findings.find(
      ({ scenario, store }) => scenario === "region lost" && store === "crm-user-uploads-prod",
    )!;
    assert.equal(uploads.protections[0]!.watchedBy, undefined);
  });
});
