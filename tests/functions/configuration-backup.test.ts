import assert from "node:assert/strict";
import * as vm from "node:vm";

import { bundledSource } from "../../components/function/function-code";
import type { ClusterReader, Description } from "../../functions/configuration-backup/backup";
import { run } from "../../functions/configuration-backup/handler";

const CLUSTER = "crm-production";
const ENVIRONMENT = { CLUSTER, BUCKET: "crm-backups-prod", PREFIX: "configuration" };
const AMPLE = 60_000;

const arnOf = (index: number) => `arn:service/${String(index).padStart(3, "0")}`;

/** A cluster with so many services, listed in pages of 7. */
function cluster(count: number, change: Partial<ClusterReader> = {}) {
  const arns = Array.from({ length: count }, (_, index) => arnOf(index));
  const chunks: number[] = [];
  const reader: ClusterReader = {
    cluster: (name) =>
      Promise.resolve({ cluster: { clusterName: name, status: "ACTIVE" }, failures: [] }),
    serviceArns: (_cluster, next) => {
      const start = Number(next ?? 0);
      const end = start + 7;
      return Promise.resolve({
        items: arns.slice(start, end),
        next: end < count ? String(end) : undefined,
      });
    },
    services: (_cluster, wanted) => {
      chunks.push(wanted.length);
      return Promise.resolve({
        services: wanted.map((arn) => ({
          serviceArn: arn,
          taskDefinition: `${arn}/task:${arns.indexOf(arn) % 2}`,
          events: [{ message: "has reached a steady state" }],
        })),
        failures: [],
      });
    },
    taskDefinition: (arn) => Promise.resolve({ taskDefinitionArn: arn }),
    ...change,
  };
  return { reader, chunks };
}

function bucket(error?: Error) {
  const objects = new Map<string, string>();
  return {
    objects,
    writer: () => ({
      write: (key: string, body: string) => {
        if (error) {
          return Promise.reject(error);
        }
        objects.set(key, body);
        return Promise.resolve();
      },
    }),
  };
}

describe("configuration backup", () => {
  let entries: Record<string, unknown>[];
  const log = (entry: Readonly<Record<string, unknown>>) => void entries.push({ ...entry });
  beforeEach(() => (entries = []));

  const backUp = (reader: ClusterReader, target = bucket(), remaining = AMPLE) =>
    run(remaining, { environment: ENVIRONMENT, reader, writer: target.writer, log });

  it("writes cluster, services and task definitions as one dated document", async () => {
    const target = bucket();
    const summary = await backUp(cluster(3).reader, target);
    const [[key, body]] = [...target.objects] as [[string, string]];
    assert.match(key, /^configuration\/crm-production\/\d{4}\/\d\d\/\d\d\/\d{6}Z\.json$/);
    assert.deepEqual(summary, { key, services: 3, taskDefinitions: 3 });
    const document = JSON.parse(body) as Record<string, any>;
    assert.equal(document["formatVersion"], 1);
    assert.equal(document["cluster"].clusterName, CLUSTER);
    assert.equal(document["services"].length, 3);
    assert.equal("events" in document["services"][0], false);
    assert.equal(document["taskDefinitions"].length, 3);
    assert.deepEqual(Object.keys(document), [...Object.keys(document)].sort());
  });

  it("follows the pages and asks for ten services at a time", async () => {
    const { reader, chunks } = cluster(25);
    const summary = await backUp(reader);
    assert.equal(summary.services, 25);
    assert.deepEqual(chunks, [10, 10, 5]);
  });

  it("reads a task definition once that several services share", async () => {
    let asked = 0;
    const { reader } = cluster(4, {
      services: (_cluster, arns) =>
        Promise.resolve({
          services: arns.map((arn): Description => ({ serviceArn: arn, taskDefinition: "one" })),
          failures: [],
        }),
      taskDefinition: () => {
        asked++;
        return Promise.resolve({ family: "one" });
      },
    });
    assert.equal((await backUp(reader)).taskDefinitions, 1);
    assert.equal(asked, 1);
  });

  it("writes a document for a cluster without services", async () => {
    assert.equal((await backUp(cluster(0).reader)).services, 0);
  });

  const broken: [string, Partial<ClusterReader>, RegExp][] = [
    [
      "there is no such cluster",
      {
        cluster: () => Promise.resolve({ failures: [{ arn: "arn:cluster", reason: "MISSING" }] }),
      },
      /arn:cluster: MISSING/,
    ],
    [
      "a service cannot be described",
      {
        services: () => Promise.resolve({ services: [], failures: [{ arn: "a", reason: "GONE" }] }),
      },
      /a: GONE/,
    ],
    [
      "a service is missing in the answer",
      { services: () => Promise.resolve({ services: [], failures: [] }) },
      /described 0 of 3 services/,
    ],
    [
      "a task definition is missing",
      { taskDefinition: () => Promise.resolve(undefined) },
      /did not describe the task definition/,
    ],
    [
      "ECS refuses",
      { serviceArns: () => Promise.reject(new Error("AccessDeniedException")) },
      /AccessDeniedException/,
    ],
    [
      "the list never ends",
      { serviceArns: () => Promise.resolve({ items: [], next: "again" }) },
      /more than 1000 pages/,
    ],
  ];
  for (const [what, change, message] of broken) {
    it(`writes nothing and fails when ${what}`, async () => {
      const target = bucket();
      await assert.rejects(backUp(cluster(3, change).reader, target), message);
      assert.equal(target.objects.size, 0);
      assert.equal(entries.at(-1)?.["result"], "failed");
    });
  }

  it("fails with a reason before Lambda ends it", async () => {
    const target = bucket();
    await assert.rejects(backUp(cluster(3).reader, target, 5000), /Time was up while listing/);
    assert.equal(target.objects.size, 0);
  });

  it("fails when the bucket refuses", async () => {
    const target = bucket(new Error("KMS.DisabledException"));
    await assert.rejects(backUp(cluster(1).reader, target), /KMS\.DisabledException/);
  });

  it("names the variable that is not set", async () => {
    const environment = { ...ENVIRONMENT, BUCKET: undefined };
    await assert.rejects(
      run(AMPLE, { environment, reader: cluster(1).reader, writer: bucket().writer, log }),
      /BUCKET is not set/,
    );
  });

  it("works as the bundle that Lambda gets, on the SDK's calls", async () => {
    const calls: [string, Record<string, any>][] = [];
    const sdk = (answers: Record<string, unknown>) =>
      new Proxy(class {}, {
        construct: () =>
          new Proxy(
            {},
            {
              get: (_target, method: string) => (input: Record<string, any>) => {
                calls.push([method, input]);
                return Promise.resolve(answers[method]);
              },
            },
          ),
      });
    const modules: Record<string, unknown> = {
      "@aws-sdk/client-ecs": {
        ECS: sdk({
          describeClusters: { clusters: [{ clusterName: CLUSTER }] },
          listServices: { serviceArns: ["s1"] },
          describeServices: { services: [{ serviceArn: "s1", taskDefinition: "t1" }] },
          describeTaskDefinition: { taskDefinition: { family: "t1" }, tags: [] },
        }),
      },
      "@aws-sdk/client-s3": { S3: sdk({ putObject: {} }) },
    };
    const exported: { exports: Record<string, any> } = { exports: {} };
    vm.runInNewContext(bundledSource("configuration-backup"), {
      module: exported,
      exports: exported.exports,
      require: (name: string) => modules[name],
      process: { env: ENVIRONMENT },
      console: { log: () => undefined },
      Date,
    });
    const summary = await exported.exports["handler"](
      {},
      { getRemainingTimeInMillis: () => AMPLE },
    );
    assert.equal(summary.services, 1);
    assert.deepEqual(
      calls.map(([method]) => method),
      [
        "describeClusters",
        "listServices",
        "describeServices",
        "describeTaskDefinition",
        "putObject",
      ],
    );
    const [, put] = calls.at(-1)!;
    assert.equal(put["Bucket"], "crm-backups-prod");
    assert.equal(JSON.parse(put["Body"]).taskDefinitions[0].family, "t1");
  });
});
