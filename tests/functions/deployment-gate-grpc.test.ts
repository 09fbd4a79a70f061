/** The gate's call, answered by the server of gRPC's own library. */
import assert from "node:assert/strict";
import { createSecureServer } from "node:http2";
import type { AddressInfo } from "node:net";

import * as grpc from "@grpc/grpc-js";

import { gate } from "../../functions/deployment-gate/handler";
import { certificateFor } from "../support/certificate";

const HOST = "api.crm-consulting.com";
const HEALTH = "/grpc.health.v1.Health/Check";

describe("deployment gate of a gRPC service", () => {
  const { key, cert } = certificateFor(HOST);
  let server: grpc.Server;
  let port: number;
  let answer: grpc.handleUnaryCall<Buffer, Buffer>;
  const services: unknown[] = [];

  before(async () => {
    server = new grpc.Server();
    const raw = { serialize: (value: Buffer) => value, deserialize: (bytes: Buffer) => bytes };
    server.addService(
      {
        check: {
          path: HEALTH,
          requestStream: false,
          responseStream: false,
          ...{ requestSerialize: raw.serialize, requestDeserialize: raw.deserialize },
          ...{ responseSerialize: raw.serialize, responseDeserialize: raw.deserialize },
        },
      },
      {
        check: ((request, callback) => {
          services.push(...request.metadata.get("x-crm-service"));
          answer(request, callback);
        }) satisfies grpc.handleUnaryCall<Buffer, Buffer>,
      },
    );
    const pair = { private_key: Buffer.from(key), cert_chain: Buffer.from(cert) };
    port = await new Promise((resolve, reject) =>
      server.bindAsync(
        "127.0.0.1:0",
        grpc.ServerCredentials.createSsl(null, [pair]),
        (error, bound) => (error === null ? resolve(bound) : reject(error)),
      ),
    );
  });
  after(() => server.forceShutdown());

  const ask = (path = HEALTH, at = port) =>
    gate(
      {
        lifecycleStage: "POST_TEST_TRAFFIC_SHIFT",
        resourceArn: "arn:aws:ecs:us-east-1:123456789012:service-deployment/crm/auth/1",
        hookDetails: {
          ...{ service: "auth", endpoint: "127.0.0.1", port: at, host: HOST, grpc: true },
          ...{ checks: [{ path, status: "0" }], passes: 2, totalSeconds: 2 },
          ...{ requestTimeoutSeconds: 1.5, retryDelaySeconds: 0.02 },
        },
      },
      60_000,
      { ca: cert, log: () => undefined },
    );
  const reason = async (...args: Parameters<typeof ask>) =>
    String((await ask(...args)).hookDetails?.["reason"]);

  it("passes a version whose health method returns OK, found by the service's header", async () => {
    answer = (_call, callback) => callback(null, Buffer.from([8, 1]));
    assert.deepEqual(await ask(), { hookStatus: "SUCCEEDED" });
    assert.deepEqual(services, ["auth", "auth"]);
  });

  it("fails one that returns another status, has no such method, or does not answer", async () => {
    answer = (_call, callback) =>
      callback({ code: grpc.status.UNAVAILABLE, details: "no database" });
    assert.match(
      await reason(),
      /: call \/grpc\.health\.v1\.Health\/Check: status: expected 0, got 14\.$/,
    );
    assert.match(await reason("/crm.Other/Check"), /status: expected 0, got 12\.$/);
    answer = () => undefined;
    assert.match(await reason(), /no answer in 1\.5 s\.$/);
  });

  it("reports what answers without gRPC, and an endpoint that is not there", async () => {
    const plain = createSecureServer({ key, cert }, (_request, response) =>
      response.writeHead(404).end(),
    );
    await new Promise<void>((listening) => plain.listen(0, "127.0.0.1", listening));
    const { port: other } = plain.address() as AddressInfo;
    assert.match(await reason(HEALTH, other), /no gRPC status, HTTP status 404\.$/);
    await new Promise((closed) => plain.close(closed));
    assert.match(await reason(HEALTH, other), /ECONNREFUSED/);
  });
});
