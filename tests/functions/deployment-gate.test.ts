import assert from "node:assert/strict";
import * as http from "node:http";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";

import { bundledSource } from "../../components/function/function-code";
import { SERVICE_HEADER, type GateDetails } from "../../functions/deployment-gate/checks";
import { gate, type handler } from "../../functions/deployment-gate/handler";
import type { HookResponse } from "../../functions/deployment-hook";
import { certificateFor } from "../support/certificate";

const HOST = "api.crm-consulting.com";

/** Time that an invocation has, in milliseconds. */
const AMPLE = 60_000;

describe("deployment gate", () => {
  const certificate = certificateFor(HOST);
  let server: Server;
  let answer: (request: IncomingMessage, response: ServerResponse) => void;
  let requests: IncomingMessage[];
  let entries: Record<string, unknown>[];

  before((done) => {
    server = createServer(certificate, (request, response) => {
      requests.push(request);
      answer(request, response);
    });
    server.listen(0, "127.0.0.1", () => done());
  });
  after(() => {
    server.closeAllConnections();
    server.close();
  });
  beforeEach(() => {
    requests = [];
    entries = [];
    answer = (_request, response) => response.end("ok");
  });

  const details = (change: Partial<GateDetails> = {}): GateDetails => ({
    service: "auth",
    endpoint: "127.0.0.1",
    port: (server.address() as AddressInfo).port,
    host: HOST,
    checks: [{ path: "/health", status: "200" }],
    passes: 2,
    // What passes does so at once; as long as one request, the time is enough for one round on a machine under load too.
    totalSeconds: 60,
    requestTimeoutSeconds: 20,
    retryDelaySeconds: 0.02,
    ...change,
  });

  const ask = (hookDetails: unknown, remaining = AMPLE): Promise<HookResponse> =>
    gate(
      {
        lifecycleStage: "POST_TEST_TRAFFIC_SHIFT",
        resourceArn: "arn:aws:ecs:us-east-1:123456789012:service-deployment/crm/auth/1",
        hookDetails,
      },
      remaining,
      { ca: certificate.cert, log: (entry) => entries.push({ ...entry }) },
    );

  const reason = (response: HookResponse) => String(response.hookDetails?.["reason"]);

  it("asks without TLS where the load balancer has no certificate", async () => {
    const plain = http.createServer((request, response) => {
      requests.push(request);
      response.end("ok");
    });
    await new Promise<void>((listening) => plain.listen(0, "127.0.0.1", listening));
    try {
      const { port } = plain.address() as AddressInfo;
      assert.deepEqual((await ask(details({ port, plain: true }))).hookStatus, "SUCCEEDED");
      assert.deepEqual(
        requests.map(({ headers }) => [headers.host, headers[SERVICE_HEADER]]),
        [
          [HOST, "auth"],
          [HOST, "auth"],
        ],
      );
    } finally {
      plain.close();
    }
  });

  it("passes a version that answers every check as often as required", async () => {
    const checks = [
      { path: "/health", status: "200" },
      { path: "/auth/login", status: "200-299,401", contains: "sign in" },
    ];
    answer = (request, response) => {
      response.statusCode = request.url === "/health" ? 200 : 401;
      response.end(request.url === "/health" ? "ok" : "please sign in");
    };
    assert.deepEqual(await ask(details({ checks })), { hookStatus: "SUCCEEDED" });
    assert.deepEqual(
      requests.map((request) => request.url),
      ["/health", "/auth/login", "/health", "/auth/login"],
    );
  });

  it("asks for the service by header, under the certificate's name", async () => {
    await ask(details({ passes: 1 }));
    assert.equal(requests[0]?.headers[SERVICE_HEADER], "auth");
    assert.equal(requests[0]?.headers.host, HOST);
  });

  it("takes the details as ECS may pass them: as an object or as its text", async () => {
    assert.equal((await ask(JSON.stringify(details()))).hookStatus, "SUCCEEDED");
  });

  it("fails a version that keeps giving the wrong status, and says which", async () => {
    answer = (_request, response) => response.writeHead(503).end();
    const response = await ask(details({ totalSeconds: 20 }));
    assert.equal(response.hookStatus, "FAILED");
    assert.equal(
      reason(response),
      "auth did not pass its checks in 20 s: GET /health: status: expected 200, got 503.",
    );
    assert.equal(entries.at(-1)?.["reason"], reason(response));
    assert.equal(entries.at(-1)?.["stage"], "POST_TEST_TRAFFIC_SHIFT");
  });

  it("fails a version whose answer lacks the text", async () => {
    const checks = [{ path: "/version", status: "200", contains: "2.0" }];
    const response = await ask(details({ checks, totalSeconds: 20 }));
    assert.match(reason(response), /GET \/version: the answer does not hold "2\.0"/);
  });

  it("fails a version whose answers take too long, and says how long", async () => {
    answer = (_request, response) => setTimeout(() => response.end("ok"), 60);
    const checks = [{ path: "/auth/ready", status: "200", maxSeconds: 0.05 }];
    const slow = await ask(details({ checks, totalSeconds: 20 }));
    assert.match(reason(slow), /GET \/auth\/ready: time: expected at most 0\.05 s, got 0\.\d\d\.$/);
    // ECS may hand a number back as a text.
    const quick = [{ ...checks[0]!, maxSeconds: "20" as unknown as number }];
    assert.equal((await ask(details({ checks: quick }))).hookStatus, "SUCCEEDED");
  });

  it("retries, and passes a version that recovers in time", async () => {
    answer = (_request, response) => response.writeHead(requests.length < 4 ? 502 : 200).end();
    assert.equal((await ask(details())).hookStatus, "SUCCEEDED");
    assert.equal(requests.length, 5);
  });

  it("counts passes in a row only: a failure between them starts over", async () => {
    answer = (_request, response) => response.writeHead(requests.length === 2 ? 500 : 200).end();
    assert.equal((await ask(details({ passes: 2 }))).hookStatus, "SUCCEEDED");
    assert.equal(requests.length, 4);
  });

  it("fails if no answer comes in time", async () => {
    answer = () => undefined;
    const response = await ask(details({ totalSeconds: 0.5, requestTimeoutSeconds: 0.1 }));
    assert.equal(response.hookStatus, "FAILED");
    assert.match(reason(response), /GET \/health: no answer in 0\.[01]\d* s/);
  });

  it("fails if an answer begins but does not end", async () => {
    answer = (_request, response) => response.write("o");
    const response = await ask(details({ totalSeconds: 0.5, requestTimeoutSeconds: 0.1 }));
    assert.match(reason(response), /no answer in 0\.[01]\d* s/);
  });

  it("fails where nothing listens", async () => {
    const response = await ask(details({ port: 1, totalSeconds: 20 }));
    assert.match(reason(response), /ECONNREFUSED/);
  });

  it("trusts no certificate of another name", async () => {
    const response = await ask(details({ host: "other.crm-consulting.com", totalSeconds: 20 }));
    assert.match(reason(response), /does not match certificate's altnames/);
    assert.equal(requests.length, 0);
  });

  it("asks ECS to call again when its own time ends before the checks' does", async () => {
    answer = (_request, response) => response.writeHead(503).end();
    const started = Date.now();
    const first = await ask(details({ totalSeconds: 30, retryDelaySeconds: 0.05 }), 5200);
    assert.equal(first.hookStatus, "IN_PROGRESS");
    assert.equal(first.callBackDelay, 0.05);
    const deadline = first.hookDetails?.["deadline"] as number;
    assert.ok(deadline >= started + 30_000 && deadline < started + 31_000);

    answer = (_request, response) => response.end("ok");
    assert.equal((await ask(first.hookDetails)).hookStatus, "SUCCEEDED");
  });

  it("fails a deployment at once whose deadline of an earlier call is over", async () => {
    const response = await ask(details({ deadline: Date.now() - 1 }));
    assert.equal(response.hookStatus, "FAILED");
    assert.match(reason(response), /time is up/);
  });

  for (const [what, given, expected] of [
    ["no details", undefined, /expected an object, got nothing/],
    ["text that is no JSON", "{", /not usable/],
    ["no checks", { service: "auth" }, /checks: expected a list of checks, got nothing/],
    [
      "an empty list of checks",
      { checks: [] },
      /checks: expected a list of checks, got an empty list/,
    ],
    ["tasks that nobody is told to ask", { tasks: 2 }, /tasks: expected 0 or nothing, got 2/],
    ["tasks that are no number", { tasks: "none" }, /tasks: expected a number, got a string/],
    [
      "checks without tasks to ask",
      { tasks: 0, checks: [] },
      /checks: expected none beside tasks 0/,
    ],
    ["a check that is none", { checks: ["/health"] }, /service: expected a text, got nothing/],
  ] as const) {
    it(`fails readably on ${what}`, async () => {
      const response = await ask(given);
      assert.equal(response.hookStatus, "FAILED");
      assert.match(reason(response), expected);
    });
  }

  it("passes a version without a request if its details say that there are no tasks", async () => {
    for (const tasks of [0, "0"]) {
      const told = { service: "auth", tasks };
      assert.deepEqual(await ask(told), { hookStatus: "SUCCEEDED" });
      assert.deepEqual(await ask(JSON.stringify(told)), { hookStatus: "SUCCEEDED" });
    }
    assert.equal(requests.length, 0);
    assert.equal(entries.at(-1)?.["why"], "the service has no tasks");
  });

  it("answers as a function that Lambda starts, in the bundle that is deployed", async () => {
    const module = { exports: {} as { handler?: typeof handler } };
    // eslint-disable-next-line @typescript-eslint/no-implied-eval -- what is deployed is this text
    new Function("module", "exports", "require", bundledSource("deployment-gate"))(
      module,
      module.exports,
      require,
    );
    const response = await module.exports.handler!(
      { hookDetails: {} },
      { getRemainingTimeInMillis: () => AMPLE },
    );
    assert.match(reason(response), /checks: expected a list of checks, got nothing/);
  });
});
