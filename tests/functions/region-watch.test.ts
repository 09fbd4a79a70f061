import assert from "node:assert/strict";
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";

import { RDSClient } from "@aws-sdk/client-rds";

import { bundledSource } from "../../components/function/function-code";
import { tellAge } from "../../functions/region-watch/backups";
import { backupReader } from "../../functions/region-watch/clients";
import { ask } from "../../functions/region-watch/handler";
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

  /** The filter that finds the age, and the alarm on it. */
  async function ageWatched() {
    const plan = await planRecovery();
    const of = (type: string, name: string) => plan.get(type, `crm-recovery-watch-${name}`).inputs;
    return {
      filter: of("aws:cloudwatch/logMetricFilter:LogMetricFilter", "backups"),
      alarm: of("aws:cloudwatch/metricAlarm:MetricAlarm", "backups-late"),
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

  it("takes no answer, a late one and a refused connection for none", async () => {
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

  it("logs the age of the database's newest backup, as its metric looks for it", async () => {
    const { filter, alarm } = await ageWatched();
    const ago = (minutes: number) => new Date(Date.now() - minutes * 60_000);
    await tellAge(
      "crm-production-primary",
      () =>
        Promise.resolve([
          { database: "crm-production-primary", until: ago(50) },
          { database: "crm-production-primary", until: ago(20) },
          { database: "crm-production-primary", until: undefined },
          { database: "other", until: ago(1) },
        ]),
      log,
    );
    const [entry] = entries as [Record<string, unknown>];
    const { dimensions, value, name, namespace } = filter["metricTransformation"];
    const at = (path: string) => entry[/^\$\.message\.(\w+)$/.exec(path)![1]!];
    const [, field, word] = /^\{ (\S+) = "(\w+)" \}$/.exec(filter["pattern"])!;
    assert.equal(at(field!), word);
    assert.ok(Math.abs(Number(at(value)) - 1200) < 5);
    assert.deepEqual([alarm["namespace"], alarm["metricName"]], [namespace, name]);
    assert.deepEqual(alarm["dimensions"], {
      DBInstanceIdentifier: at(dimensions.DBInstanceIdentifier),
    });
    // The figure that recovery counts with, and silence rings as well.
    assert.deepEqual([alarm["threshold"], alarm["treatMissingData"]], [30 * 60, "breaching"]);
  });

  it("logs no age where there is no backup, or RDS does not say, and goes on", async () => {
    const { filter } = await ageWatched();
    await tellAge("crm", () => Promise.resolve([]), log);
    await tellAge("crm", () => Promise.reject(new Error("AccessDenied")), log);
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
    assert.deepEqual(await backupReader(client)(), [
      { database: "crm", until },
      { database: "crm", until },
    ]);
    assert.deepEqual(asked, [undefined, "next"]);
  });

  it("asks for no backup where none are copied", async () => {
    const plan = await planRecovery(recoveryConfig((input) => (input["automatedBackupDays"] = 0)));
    const fn = plan.get("aws:lambda/function:Function", "crm-recovery-watch");
    assert.deepEqual(Object.keys(fn.inputs["environment"].variables), ["URL"]);
    assert.ok(!plan.all.some(({ name }) => name === "crm-recovery-watch-backups-late"));
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
        const built = JSON.stringify(inputs).replaceAll(
          /arn:aws:[a-z]+:us-east-1:[^"]*crm-recovery-watch[^"]*/g,
          "",
        );
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
