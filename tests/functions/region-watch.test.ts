import assert from "node:assert/strict";
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";

import { BackupClient } from "@aws-sdk/client-backup";
import { RDSClient } from "@aws-sdk/client-rds";

import { bundledSource } from "../../components/function/function-code";
import { tellAges } from "../../functions/region-watch/backups";
import { backupReader, copyReader } from "../../functions/region-watch/clients";
import { ask } from "../../functions/region-watch/handler";
import { AGES } from "../../functions/region-watch/words";
import { planRecovery, recoveryConfig } from "../support/recovery";

describe("watch over the other region", () => {
  let server: Server;
  let answer: RequestListener;
  let entries: Record<string, unknown>[];
  before((done) => {
    server = createServer((request, response) => answer(request, response));
    server.listen(0, "127.0.0.1", () => done());
  });
  after((done) => {
    server.closeAllConnections();
    server.close(() => done());
  });
  beforeEach(() => (entries = []));

  const asked = (patience = 5000, port = (server.address() as AddressInfo).port) =>
    ask({
      url: `http://127.0.0.1:${port}/health`,
      log: (entry) => void entries.push({ ...entry }),
      patience,
    });

  /** The text that the metric's filter looks for, as the component has it. */
  async function counted(): Promise<string> {
    const plan = await planRecovery();
    const filter = plan.get("aws:cloudwatch/logMetricFilter:LogMetricFilter", "crm-recovery-watch");
    return JSON.parse(filter.inputs["pattern"] as string) as string;
  }

  const log = (entry: object) => void entries.push({ ...entry });

  /** Of each kind of age: the filter that finds it, an alarm on it, and the figure that recovery counts with, in minutes. */
  const KINDS = [
    ["copied", "backups", "backups-late", "crm-production-primary", 30],
    ["restorable", "restorable", "restorable-late", "crm-production-primary", 5],
    ["copies", "vault", "database-vault-late", "crm-production-primary", 240 + 60 + 15 + 30],
    ["copies", "vault", "user-uploads-vault-late", "crm-user-uploads-prod", 240 + 60 + 15 + 30],
  ] as const;

  async function ageWatched(part: string, alarm: string) {
    const plan = await planRecovery();
    const of = (type: string, name: string) => plan.get(type, `crm-recovery-watch-${name}`).inputs;
    return {
      filter: of("aws:cloudwatch/logMetricFilter:LogMetricFilter", part),
      alarm: of("aws:cloudwatch/metricAlarm:MetricAlarm", alarm),
    };
  }

  it("logs the word that is counted for 200, and for nothing else", async () => {
    const word = await counted();
    answer = (_, response) => response.writeHead(200).end("ok");
    assert.deepEqual(await asked(), { well: true });
    assert.ok(JSON.stringify(entries[0]).includes(word));
    for (const status of [204, 301, 403, 500, 502, 503]) {
      entries = [];
      answer = (_, response) => response.writeHead(status, { location: "/health" }).end();
      assert.deepEqual(await asked(), { well: false }, String(status));
      assert.ok(!JSON.stringify(entries).includes(word), String(status));
    }
  });

  it("treats no answer, a late one and a refused connection as unhealthy", async () => {
    const word = await counted();
    answer = () => undefined;
    assert.deepEqual(await asked(50), { well: false });
    assert.deepEqual(await asked(5000, 1), { well: false });
    assert.equal(entries.length, 2);
    assert.ok(!JSON.stringify(entries).includes(word));
  });

  it("fails without an address, so that its own alarm rings", async () => {
    await assert.rejects(
      ask({ url: undefined, log: () => undefined, patience: 1 }),
      /URL: expected the address of the platform's health, got nothing/,
    );
  });

  for (const [kind, part, alarmName, store, minutes] of KINDS) {
    it(`logs the age of the newest backup as the metric of ${alarmName} looks for it`, async () => {
      const { filter, alarm } = await ageWatched(part, alarmName);
      const ago = (past: number) => new Date(Date.now() - past * 60_000);
      const read = () =>
        Promise.resolve([
          { store, until: ago(50) },
          { store, until: ago(20) },
          { store, until: undefined },
          { store: "other", until: ago(1) },
        ]);
      await tellAges(AGES[kind], [store], read, log);
      const [entry] = entries as [Record<string, unknown>];
      const { dimensions, value, name, namespace } = filter["metricTransformation"];
      const at = (path: string) => entry[/^\$\.message\.(\w+)$/.exec(path)![1]!];
      const [, field, word] = /^\{ (\S+) = "(\w+)" \}$/.exec(filter["pattern"])!;
      assert.equal(at(field!), word);
      assert.ok(Math.abs(Number(at(value)) - 1200) < 5);
      assert.deepEqual([alarm["namespace"], alarm["metricName"]], [namespace, name]);
      const [[dimension, path]] = Object.entries(dimensions) as [[string, string]];
      assert.deepEqual(alarm["dimensions"], { [dimension]: at(path) });
      // Silence rings as well.
      assert.deepEqual(
        [alarm["threshold"], alarm["treatMissingData"]],
        [minutes * 60, "breaching"],
      );
    });
  }

  it("logs no age where there is no backup, or AWS does not say, and goes on", async () => {
    const { filter } = await ageWatched("backups", "backups-late");
    await tellAges(AGES.copied, ["crm"], () => Promise.resolve([]), log);
    await tellAges(AGES.copied, ["crm"], () => Promise.reject(new Error("AccessDenied")), log);
    assert.deepEqual(
      entries.map(({ result, reason }) => [result, reason]),
      [
        ["noBackup", undefined],
        ["noAge", "AccessDenied"],
      ],
    );
    assert.ok(!entries.some(({ result }) => filter["pattern"].includes(`"${String(result)}"`)));
  });

  it("reads all pages of RDS's answer", async () => {
    const asked: unknown[] = [];
    const until = new Date(0);
    const client = new RDSClient({ region: "us-west-2" });
    client.send = (({ input }: { input: { Marker?: string } }) => {
      asked.push(input.Marker);
      const backup = { DBInstanceIdentifier: "crm", RestoreWindow: { LatestTime: until } };
      return Promise.resolve({
        DBInstanceAutomatedBackups: [backup],
        ...(input.Marker === undefined && { Marker: "next" }),
      });
    }) as typeof client.send;
    assert.deepEqual(await backupReader(undefined, client)(), [
      { store: "crm", until },
      { store: "crm", until },
    ]);
    assert.deepEqual(asked, [undefined, "next"]);
  });

  it("reads all pages of a vault, and of them what can be restored", async () => {
    const asked: unknown[] = [];
    const CreationDate = new Date(0);
    const client = new BackupClient({ region: "us-west-2" });
    client.send = (({ input }: { input: { NextToken?: string; BackupVaultName: string } }) => {
      asked.push([input.BackupVaultName, input.NextToken]);
      const database = "arn:aws:rds:us-east-1:123456789012:db:crm";
      return Promise.resolve(
        input.NextToken === undefined
          ? {
              RecoveryPoints: [
                { Status: "COMPLETED", ResourceArn: database, CreationDate },
                { Status: "PARTIAL", ResourceArn: database, CreationDate: new Date() },
              ],
              NextToken: "next",
            }
          : {
              RecoveryPoints: [
                { Status: "AVAILABLE", ResourceArn: "arn:aws:s3:::uploads", CreationDate },
              ],
            },
      );
    }) as typeof client.send;
    assert.deepEqual(await copyReader("copies", client)(), [
      { store: "crm", until: CreationDate },
      { store: "uploads", until: CreationDate },
    ]);
    assert.deepEqual(asked, [
      ["copies", undefined],
      ["copies", "next"],
    ]);
  });

  const watchOf = async (days: number, keepsBackups = true) => {
    const config = recoveryConfig((input) => (input["automatedBackupDays"] = days));
    const plan = await planRecovery(config, { keepsBackups });
    const { environment } = plan.get("aws:lambda/function:Function", "crm-recovery-watch").inputs;
    return {
      variables: Object.keys(environment.variables),
      alarms: plan.all.flatMap(
        ({ type, name }) =>
          (type === "aws:cloudwatch/metricAlarm:MetricAlarm" &&
            /watch-(backups|restorable)-late$/.exec(name)?.[1]) ||
          [],
      ),
      rights: JSON.stringify(
        plan.get("aws:iam/rolePolicy:RolePolicy", "crm-recovery-watch-role").inputs,
      ),
    };
  };

  it("asks for backups at home alone where none are copied: that watch does not hang on the copies", async () => {
    const { variables, alarms, rights } = await watchOf(0);
    assert.deepEqual(variables, ["URL", "DATABASE", "HOME_REGION", "VAULT", "STORES"]);
    assert.deepEqual(alarms, ["restorable"]);
    assert.match(rights, /rds:us-east-1:/);
    assert.doesNotMatch(rights, /rds:us-west-2:/);
    assert.deepEqual((await watchOf(7)).alarms.sort(), ["backups", "restorable"]);
  });

  it("asks for no backups of a database that keeps none", async () => {
    const { variables, alarms } = await watchOf(0, false);
    assert.deepEqual(variables, ["URL", "VAULT", "STORES"]);
    assert.deepEqual(alarms, []);
  });

  it("is one file with the entry point that the function names", () => {
    assert.match(bundledSource("region-watch"), /handler/);
  });

  it("is wholly in the other region but for its roles, and rings for silence", async () => {
    const plan = await planRecovery();
    const own = plan.all.filter(
      ({ name, type }) => name.startsWith("crm-recovery-watch") && type.startsWith("aws:"),
    );
    assert.ok(own.length > 15);
    for (const { type, name, inputs } of own) {
      const expected = type.startsWith("aws:iam/") ? undefined : "us-west-2";
      assert.equal(inputs["region"], expected, `${type} ${name}`);
      if (!type.startsWith("aws:iam/")) {
        // The ARNs that the mocks give are all of us-east-1; the program builds the others.
        // What it is asked about at home is named: only the answer to that needs the other region.
        const built = JSON.stringify(inputs)
          .replaceAll(/arn:aws:[a-z]+:us-east-1:[^"]*crm-recovery-watch[^"]*/g, "")
          .replace(/"HOME_REGION":"us-east-1"|can be restored to in us-east-1/, "");
        assert.doesNotMatch(built, /us-east-1/, `${type} ${name}`);
      }
    }
    const alarm = plan.get(
      "aws:cloudwatch/metricAlarm:MetricAlarm",
      "crm-recovery-watch-region-lost",
    );
    assert.equal(alarm.inputs["treatMissingData"], "breaching");
    assert.equal(alarm.inputs["comparisonOperator"], "LessThanThreshold");
    assert.deepEqual([alarm.inputs["threshold"], alarm.inputs["evaluationPeriods"]], [1, 3]);
  });
});
