import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import * as fs from "node:fs";
import * as http from "node:http";
import type { AddressInfo } from "node:net";
import * as os from "node:os";
import * as path from "node:path";
import { promisify } from "node:util";

import { bundledSource } from "../../components/function/function-code";
import { DESCRIBED_SERVICES } from "../../facts/limits";
import type { ClusterReader, Description } from "../../functions/configuration-backup/backup";
import { run } from "../../functions/configuration-backup/handler";

const CLUSTER = "crm-production";
const ENVIRONMENT = {
  CLUSTER,
  BUCKET: "crm-backups-prod",
  BUCKET_OWNER: "123456789012",
  PREFIX: "configuration",
};
/** What the handler keeps of its time, to fail with a reason. */
const RESERVED = 5000;
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

  it("follows the pages and asks for as many services at a time as ECS describes", async () => {
    // Code that runs in AWS alone imports no fact: here the two are compared.
    const { most } = DESCRIBED_SERVICES;
    const { reader, chunks } = cluster(2 * most + 5);
    const summary = await backUp(reader);
    assert.equal(summary.services, 2 * most + 5);
    assert.deepEqual(chunks, [most, most, 5]);
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
    await assert.rejects(backUp(cluster(3).reader, target, 5000), /Time was up while reading/);
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

  /** Calls that a cluster or a bucket never answers, by what the error says was being done. */
  const silent = () => new Promise<never>(() => {});
  const hanging: [string, Partial<ClusterReader>][] = [
    ["reading the cluster", { cluster: silent }],
    ["listing services", { serviceArns: silent }],
    ["reading services", { services: silent }],
    ["reading task definitions", { taskDefinition: silent }],
  ];
  for (const [doing, change] of hanging) {
    it(`ends in time when nobody answers while ${doing}`, async () => {
      const target = bucket();
      const began = Date.now();
      await assert.rejects(
        backUp(cluster(3, change).reader, target, RESERVED + 300),
        new RegExp(`^Error: Time was up while ${doing}; nothing was written\\.$`),
      );
      assert.ok(Date.now() - began < 3000);
      assert.equal(target.objects.size, 0);
      assert.equal(entries.at(-1)?.["result"], "failed");
    });
  }

  it("ends in time when the bucket does not answer, and does not say that nothing was written", async () => {
    const target = { writer: () => ({ write: silent }), objects: new Map<string, string>() };
    await assert.rejects(
      backUp(cluster(1).reader, target, RESERVED + 300),
      /^Error: Time was up while writing, and whether it was written is not known\.$/,
    );
  });

  it("hands one signal to every call, which ends when the time does", async () => {
    const signals = new Set<AbortSignal>();
    const noting =
      <A extends unknown[], R>(call: (...args: A) => R) =>
      (...args: A): R => {
        signals.add(args.at(-1) as AbortSignal);
        return call(...args);
      };
    const { reader } = cluster(3);
    const noted: ClusterReader = {
      cluster: noting((...args) => reader.cluster(...args)),
      serviceArns: noting((...args) => reader.serviceArns(...args)),
      services: noting((...args) => reader.services(...args)),
      taskDefinition: noting((...args) => reader.taskDefinition(...args)),
    };
    const target = bucket();
    await run(RESERVED + 500, {
      environment: ENVIRONMENT,
      reader: noted,
      writer: () => ({ write: noting(target.writer().write) }),
      log,
    });
    assert.equal(signals.size, 1);
    const [signal] = signals;
    assert.equal(signal!.aborted, false);
    await new Promise((resolve) => setTimeout(resolve, 700));
    assert.equal(signal!.aborted, true);
  });

  describe("as the bundle that Lambda gets, with the SDK that is in it", () => {
    let server: http.Server;
    let calls: { name: string; url: string; headers: http.IncomingHttpHeaders; body: string }[];
    /** Answers by operation; one without an answer never answers. */
    let answers: Record<string, object>;

    beforeEach(async () => {
      calls = [];
      answers = {
        DescribeClusters: { clusters: [{ clusterName: CLUSTER }] },
        ListServices: { serviceArns: ["s1"] },
        DescribeServices: { services: [{ serviceArn: "s1", taskDefinition: "t1" }] },
        DescribeTaskDefinition: { taskDefinition: { family: "t1" }, tags: [] },
        PutObject: {},
      };
      server = http.createServer((request, response) => {
        const chunks: Buffer[] = [];
        request.on("data", (chunk: Buffer) => chunks.push(chunk));
        request.on("end", () => {
          const target = request.headers["x-amz-target"] as string | undefined;
          const name = target?.split(".").at(-1) ?? "PutObject";
          const body = Buffer.concat(chunks).toString("utf8");
          calls.push({ name, url: request.url!, headers: request.headers, body });
          if (answers[name] !== undefined) {
            response.setHeader("content-type", "application/x-amz-json-1.1");
            response.end(name === "PutObject" ? "" : JSON.stringify(answers[name]));
          }
        });
      });
      await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    });
    afterEach(() => {
      server.closeAllConnections();
      server.close();
    });

    /** Runs the bundle in a process of its own, where nothing but Node.js can be loaded. */
    async function invoke(remaining: number) {
      const directory = fs.mkdtempSync(path.join(os.tmpdir(), "configuration-backup-"));
      try {
        fs.writeFileSync(path.join(directory, "handler.js"), bundledSource("configuration-backup"));
        fs.writeFileSync(
          path.join(directory, "run.js"),
          `require("./handler.js").handler({}, { getRemainingTimeInMillis: () => ${remaining} }).then(
             (result) => { console.log(JSON.stringify({ result })); process.exit(0); },
             (error) => { console.log(JSON.stringify({ error: error.message })); process.exit(0); });`,
        );
        const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
        const { stdout } = await promisify(execFile)(process.execPath, ["run.js"], {
          cwd: directory,
          timeout: 100_000,
          env: {
            ...ENVIRONMENT,
            AWS_ENDPOINT_URL: endpoint,
            AWS_REGION: "us-east-1",
            AWS_ACCESS_KEY_ID: "a",
            AWS_SECRET_ACCESS_KEY: "b",
          },
        });
        return JSON.parse(stdout.trim().split("\n").at(-1)!) as {
          result?: { services: number };
          error?: string;
        };
      } finally {
        fs.rmSync(directory, { recursive: true });
      }
    }

    it("reads and writes, and asks S3 to refuse a bucket of another account", async () => {
      assert.equal((await invoke(AMPLE)).result?.services, 1);
      assert.deepEqual(
        calls.map(({ name }) => name),
        [
          "DescribeClusters",
          "ListServices",
          "DescribeServices",
          "DescribeTaskDefinition",
          "PutObject",
        ],
      );
      const put = calls.at(-1)!;
      assert.match(put.url, /^\/crm-backups-prod\/configuration\/crm-production\//);
      assert.equal(put.headers["x-amz-expected-bucket-owner"], "123456789012");
      assert.ok(put.headers["x-amz-checksum-sha256"] ?? put.headers["x-amz-trailer"]);
      assert.match(put.body, /"family": "t1"/);
    });

    for (const name of ["DescribeClusters", "DescribeTaskDefinition", "PutObject"]) {
      it(`ends in time when ${name} is never answered`, async () => {
        delete answers[name];
        // On a loaded machine the deadline can come before the call that hangs: it gets more time then.
        for (const milliseconds of [1000, 4000, 16_000]) {
          calls.length = 0;
          assert.match((await invoke(RESERVED + milliseconds)).error!, /^Time was up while /);
          if (calls.at(-1)?.name === name) break;
        }
        assert.equal(calls.at(-1)!.name, name);
      });
    }

    it("has a time-out for each connection and each request, which end them", () => {
      const text = bundledSource("configuration-backup");
      assert.match(text, /connectionTimeout:3e3,requestTimeout:1e4,throwOnRequestTimeout:!0/);
    });
  });
});
