import assert from "node:assert/strict";
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";

import { bundledSource } from "../../components/function/function-code";
import { ask } from "../../functions/region-watch/handler";
import { planRecovery } from "../support/recovery";

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
