/** Each figure names what reports that it is no longer true, and that is there. */
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";

import { UNKNOWN } from "../../../analysis/plan/model";
import { recoveryStackOf } from "../../../analysis/recovery/of-plan";
import { unwatchedPromises } from "../../../analysis/recovery/promises";
import { BACKUP_AGE, COPY_AGE, RESTORABLE_AGE } from "../../../facts/backup";
import { STEP_ROWS } from "../../../facts/duration-rows";
import { documentOf, rendered } from "../../../tools/commands/recovery";
import { planInTheEmergency } from "../../support/in-the-emergency";
import { planOf } from "../../support/plans";

const REPORTED_AGES = ["backup copy", "copied backups", "point in time", "replica"];
const ALL_METRICS = [...REPORTED_AGES, "replication"];

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
      const said = { replica: /^undecided: /, versions: /^none is needed: S3/ }[kind as string];
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
    const document = documentOf(home, away);
    const lost = document.findings.filter(({ scenario }) => scenario === "region lost");
    assert.equal(lost.length, 4);
    for (const { store, protections } of lost) {
      const { watchedBy } = protections[0]!;
      const [, name, region] = /^alarm (\S+) in (\S+),/.exec(watchedBy ?? "") ?? [];
      if (store.endsWith("-primary")) {
        const lag = alarms(away).find(({ inputs }) => inputs["metricName"] === "ReplicaLag")!;
        assert.equal(
          watchedBy,
          `alarm ${String(lag.inputs["name"])} in us-west-2 (stack recovery), at an age of at most 20 min`,
        );
      } else {
        const named = alarms(home).filter(({ inputs }) => inputs["name"] === name);
        assert.deepEqual(
          named.map(({ inputs }) => inputs["region"]),
          [region],
          store,
        );
      }
      assert.ok(rendered(document).includes(`watch: ${watchedBy}`));
    }
    const replicated =
      /also: automated backups replicated .*; watch: alarm crm-backups-late in us-west-2, at an age of at most 45 min/;
    assert.match(rendered(document), replicated);
  });

  it("name no alarm of the other stack that its plan has not, and say why where it has no plan", async () => {
    const [home, away] = [await planOf("production"), structuredClone(await planOf("recovery"))];
    const replica = (other?: Parameters<typeof documentOf>[1]) =>
      documentOf(home, other)
        .findings.flatMap(({ protections }) => protections)
        .filter(({ kind }) => kind === "replica")
        .map(({ watchedBy }) => watchedBy)
        .concat("no replica")[0];
    assert.match(replica()!, /^undecided: .* stack in us-west-2 .* recoveryStack/);
    assert.match(replica("the preview of recovery fails")!, /^undecided: the preview of recovery/);
    const instance = away.resources.find(
      ({ inputs }) => inputs["replicateSourceDb"] !== undefined && inputs["region"] === undefined,
    )!;
    const source = instance.inputs["replicateSourceDb"];
    instance.inputs["replicateSourceDb"] = "arn:aws:rds:us-east-1:123456789012:db:another";
    assert.equal(replica(away), "no replica");
    instance.inputs["replicateSourceDb"] = source;
    assert.match(replica(away)!, /^alarm /);
    away.resources = away.resources.filter(({ inputs }) => inputs["metricName"] !== "ReplicaLag");
    assert.equal(replica(away), undefined);
    assert.match(rendered(documentOf(home, away)), /replica in us-west-2\)[^]*?watch: none\n/);
  });

  it("stand by a replica that the other stack's plan has, not by a tag of the primary's", async () => {
    const home = await planOf("production");
    const judgedWith = (change?: (inputs: Record<string, unknown>) => void) =>
      planOf("recovery").then((plan) => {
        const away = structuredClone(plan);
        for (const { inputs } of away.resources) {
          if (inputs["replicateSourceDb"] !== undefined) change?.(inputs);
        }
        return documentOf(home, away);
      });
    const lost = ({ findings }: ReturnType<typeof documentOf>) =>
      findings.find(
        ({ scenario, store }) => scenario === "region lost" && store.endsWith("-primary"),
      )!;
    const found = await judgedWith();
    assert.deepEqual([found.met, found.standing, lost(found).lossMinutes], [true, "met", 5]);
    const refuted: ((inputs: Record<string, unknown>) => void)[] = [
      (inputs) => delete inputs["replicateSourceDb"],
      (inputs) => (inputs["replicateSourceDb"] = "arn:aws:rds:us-east-1:123456789012:db:another"),
      (inputs) =>
        (inputs["replicateSourceDb"] =
          "arn:aws:rds:eu-west-1:123456789012:db:crm-production-primary"),
    ];
    for (const change of refuted) {
      const document = await judgedWith(change);
      assert.deepEqual([document.met, document.standing], [false, "not met"]);
      const { protections, problems, lossMinutes } = lost(document);
      assert.ok(!protections.some(({ kind }) => kind === "replica"));
      assert.equal(lossMinutes, 30);
      assert.equal(
        problems[0],
        "the plan of stack recovery has no replica of crm-production-primary",
      );
      assert.match(
        rendered(document),
        /FAIL crm-production-primary[^]*The objectives are NOT met: region lost \(crm-production-primary\)\.$/,
      );
    }
    for (const [other, reason] of [
      [undefined, /name that stack as recoveryStack in about\.json/],
      ["the preview of recovery fails", /^the preview of recovery fails/],
    ] as const) {
      const document = documentOf(home, other);
      assert.deepEqual([document.met, document.standing], [false, "not known"]);
      assert.match(lost(document).undecided!, reason);
      assert.match(
        rendered(document),
        /\? {4}crm-production-primary[^]*The objectives are not known to be met/,
      );
    }
    const unknown = await judgedWith((inputs) => (inputs["replicateSourceDb"] = UNKNOWN));
    assert.deepEqual([unknown.met, unknown.standing], [false, "not known"]);
  });

  it("name the age of the copied backups where no replica stands, and nothing without its alarm", async () => {
    const home = structuredClone(await planInTheEmergency("production"));
    const database = () =>
      documentOf(home).findings.find(
        ({ scenario, store }) => scenario === "region lost" && store.endsWith("-primary"),
      )!;
    assert.match(database().protections[0]!.source, /^automated backups replicated/);
    assert.match(database().protections[0]!.watchedBy!, /^alarm crm-backups-late in us-west-2,/);
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

  it("name none that fires at a normal age, and say which alarm does", async () => {
    const home = structuredClone(await planOf("production"));
    for (const { type, inputs } of home.resources) {
      if (type !== "aws:cloudwatch/metricAlarm:MetricAlarm") continue;
      inputs["threshold"] = Number(inputs["threshold"]) - 60;
    }
    const { findings } = documentOf(home);
    const kinds = findings
      .flatMap(({ protections }) => protections)
      .filter(({ watchedBy }) => watchedBy === undefined)
      .map(({ kind }) => kind);
    assert.deepEqual([...new Set(kinds)].sort(), [
      "backup copy",
      "copied backups",
      "point in time",
    ]);
    const messages = unwatchedPromises(recoveryStackOf(home)).map(({ message }) => message);
    for (const said of [
      /NewestBackupAge there, with a threshold of 1800 seconds .*; crm-backups-late fires at 1740 /,
      /RestorableAge with a threshold of 300 .*; crm-restorable-late fires at 240 seconds, which/,
      /NewestCopyAge with a threshold of 20700 .*; crm-database-vault-late fires at 20640 seconds/,
    ]) {
      assert.ok(
        messages.some((message) => said.test(message ?? "")),
        `${said}`,
      );
    }
  });

  it("name none above the figure, which is known with what was measured", async () => {
    const home = structuredClone(await planOf("production"));
    for (const { inputs } of home.resources) {
      if (inputs["metricName"] === RESTORABLE_AGE) inputs["threshold"] = 420;
    }
    const kinds = documentOf(home)
      .findings.flatMap(({ protections }) => protections)
      .filter(({ watchedBy }) => watchedBy === undefined)
      .map(({ kind }) => kind);
    assert.deepEqual([...new Set(kinds)], ["point in time"]);
  });

  it("name none that needs longer than the objective allows", async () => {
    const home = structuredClone(await planOf("production"));
    for (const { type, inputs } of home.resources) {
      if (type !== "aws:cloudwatch/metricAlarm:MetricAlarm") continue;
      Object.assign(inputs, { period: 86_400, evaluationPeriods: 2, datapointsToAlarm: 2 });
    }
    const kinds = documentOf(home)
      .findings.flatMap(({ protections }) => protections)
      .filter(({ watchedBy }) => watchedBy === undefined)
      .map(({ kind }) => kind);
    assert.deepEqual([...new Set(kinds)].sort(), [
      ...["backup copy", "copied backups", "point in time", "replication"],
    ]);
  });

  const silenced: readonly [string, object, readonly string[]][] = [
    ["another namespace", { namespace: "Custom" }, ALL_METRICS],
    ["the number of samples", { statistic: "SampleCount" }, ALL_METRICS],
    ["no receiver, as its actions are disabled", { actionsEnabled: false }, ALL_METRICS],
    // S3 publishes its latency only while something is copied.
    ["no alarm on missing data", { treatMissingData: "notBreaching" }, REPORTED_AGES],
    ["no alarm on missing data by default", { treatMissingData: undefined }, REPORTED_AGES],
  ];
  for (const [name, inputs, silent] of silenced) {
    it(`name no alarm with ${name}`, async () => {
      const [home, away] = structuredClone([await planOf("production"), await planOf("recovery")]);
      for (const resource of [...home.resources, ...away.resources]) {
        if (resource.type === "aws:cloudwatch/metricAlarm:MetricAlarm") {
          Object.assign(resource.inputs, inputs);
        }
      }
      const kinds = documentOf(home, away)
        .findings.flatMap(({ protections }) => protections)
        .filter(({ watchedBy }) => watchedBy === undefined)
        .map(({ kind }) => kind);
      assert.deepEqual([...new Set(kinds)].sort(), silent);
    });
  }

  it("are not lowered below what the alarms report by a measurement, and raised by one", async () => {
    const home = await planOf("production");
    const asOf = "2026-11-20";
    const figures = (minutes: (key: string) => number | undefined) => {
      const durations = STEP_ROWS.flatMap(({ key }) => {
        const measured = minutes(key);
        return measured === undefined ? [] : [{ key, minutes: measured, asOf }];
      });
      const plan = { ...home, measured: { durations, usage: {} } };
      return documentOf(plan).findings.flatMap(({ store, scenario, protections }) =>
        protections.map(({ kind, lossMinutes, watchedBy }) => ({
          ...{ store, scenario, kind, lossMinutes, watchedBy },
        })),
      );
    };
    const documented = figures(() => undefined);
    assert.deepEqual(
      figures(() => 1).map((one) => ({ ...one })),
      documented,
    );
    const copies = (all: typeof documented) => all.filter(({ kind }) => kind === "backup copy");
    assert.deepEqual(
      copies(figures((key) => (key === "copyJob" ? 40 : undefined))).map((one) => one.lossMinutes),
      copies(documented).map(({ lossMinutes }) => lossMinutes + 10),
    );
    // The plan's alarm is from before the measurement: it would fire on each copy of a normal age.
    const [before] = copies(figures((key) => (key === "copyJob" ? 40 : undefined)));
    assert.equal(before!.watchedBy, undefined);
  });

  it("of a replication name the alarm of each enabled rule, by the rule's own bucket", async () => {
    const config = "aws:s3/bucketReplicationConfig:BucketReplicationConfig";
    const replications = (
      change: (rules: Record<string, unknown>[]) => Record<string, unknown>[],
    ) =>
      planOf("production").then((plan) => {
        const home = structuredClone(plan);
        for (const { type, inputs } of home.resources) {
          if (type !== config) continue;
          inputs["rules"] = change(inputs["rules"] as Record<string, unknown>[]);
        }
        return documentOf(home)
          .findings.filter(({ store }) => store === "crm-user-uploads-prod")
          .flatMap(({ protections }) => protections)
          .filter(({ kind }) => kind === "replication")
          .map(({ watchedBy }) => watchedBy);
      });
    const alarm = "alarm crm-user-uploads-copies-late in us-west-2, at an age of at most 25 min";
    const disabled = (rule: Record<string, unknown>) => ({
      ...{ ...rule, id: "old", status: "Disabled" },
      destination: { bucket: "arn:aws:s3:::another" },
    });
    assert.deepEqual(await replications((rules) => rules), [alarm]);
    assert.deepEqual(await replications((rules) => [...rules.map(disabled), ...rules]), [alarm]);
    const second = (rule: Record<string, unknown>) => ({ ...rule, id: "second" });
    assert.deepEqual(await replications((rules) => [...rules, ...rules.map(second)]), [
      ...[alarm, undefined],
    ]);
    const quiet = (rule: Record<string, unknown>) => ({
      ...rule,
      destination: { ...(rule["destination"] as object), metrics: undefined },
    });
    assert.deepEqual(await replications((rules) => rules.map(quiet)), [undefined]);
  });

  it("have a command in docs/decisions.md that shows each metric of the platform as its alarm reads it", async () => {
    const page = fs.readFileSync(path.join(__dirname, "../../../docs/decisions.md"), "utf8");
    const commands = [...page.matchAll(/`(aws cloudwatch get-metric-statistics[^`]*)`/g)].map(
      ([, command]) => command!.replaceAll(/\s+/g, " "),
    );
    const own = (await planOf("production")).resources.filter(
      ({ type, inputs }) =>
        type === "aws:cloudwatch/metricAlarm:MetricAlarm" &&
        [BACKUP_AGE, COPY_AGE, RESTORABLE_AGE].includes(inputs["metricName"] as string),
    );
    assert.equal(own.length, 5);
    const shown = ({ inputs }: (typeof own)[number]) => {
      const [[key, value]] = Object.entries(inputs["dimensions"] as object) as [[string, string]];
      return (
        `--region ${String(inputs["region"])} --namespace ${String(inputs["namespace"])} ` +
        `--metric-name ${String(inputs["metricName"])} --dimensions Name=${key},Value=${value} ` +
        `--statistics ${String(inputs["statistic"])} --period ${String(inputs["period"])}`
      );
    };
    for (const metric of [BACKUP_AGE, COPY_AGE, RESTORABLE_AGE]) {
      const alarms = own.filter(({ inputs }) => inputs["metricName"] === metric);
      const found = alarms.some((one) => commands.some((line) => line.includes(shown(one))));
      assert.ok(found, metric);
    }
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
