/**
 * A service that satisfies docs/image-contract.md for each of the platform's four: auth, core, social and analytics. SERVICE says which
 * one the image is; it is baked in, so that another service's image is noticed.
 */
import { createServer } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";

import { openStores } from "./stores.js";

/** Milliseconds after SIGTERM in which running requests end: below the 110 seconds of `stopTimeoutSeconds`. */
const DRAIN_MS = 100_000;

/**
 * ACCEPT_SECONDS: how long requests are still taken after SIGTERM, the target group's deregistration delay. A task that Spot takes back may
 * be a target until it has stopped (docs/image-contract.md, "Shutdown").
 */
const { SERVICE, PORT, ACCEPT_SECONDS } = process.env;
for (const [name, value] of Object.entries({ SERVICE, PORT, ACCEPT_SECONDS })) {
  if (!value) {
    console.error(`${name}: expected a value, got nothing`);
    process.exit(1);
  }
}

/** One line of JSON for each event: CloudWatch Logs reads its fields. Never the text of an error's stack, which may hold a URL. */
function log(level, message, fields = {}) {
  console.log(
    JSON.stringify({ time: new Date().toISOString(), level, service: SERVICE, message, ...fields }),
  );
}

const stores = openStores(process.env, (store, error) =>
  log("error", "a store broke off", { store, reason: error.message }),
);

/** One check of the stores at a time, however many requests ask for it: the route is public. */
let asking;
function problems() {
  asking ??= stores.problems().finally(() => (asking = undefined));
  return asking;
}

async function answer({ method, url }) {
  const { pathname } = new URL(url, "http://localhost");
  if (method !== "GET") return [405, { service: SERVICE, error: "method not allowed" }];
  // The process works. It asks no store: a database that is away must not end tasks.
  if (pathname === "/health") return [200, { service: SERVICE, status: "ok" }];
  // The service can work. Below each of its routes, as docs/integration-checks.md has it.
  if (pathname.endsWith("/ready")) {
    const found = Object.entries(await problems());
    found.forEach(([store, reason]) => log("error", "not ready", { store, reason }));
    return found.length === 0
      ? [200, { service: SERVICE, status: "ready" }]
      : [503, { service: SERVICE, status: "not ready" }];
  }
  return [404, { service: SERVICE, error: "not found" }];
}

const server = createServer((request, response) => {
  const started = performance.now();
  answer(request)
    .catch((error) => {
      log("error", "a request failed", { reason: error.message });
      return [500, { service: SERVICE, error: "internal" }];
    })
    .then(([status, body]) => {
      response.writeHead(status, {
        "content-type": "application/json",
        // The load balancer keeps no connection that would be closed under a request.
        ...(stopping && { connection: "close" }),
      });
      response.end(JSON.stringify(body));
      log("info", "request", {
        ...{ method: request.method, path: request.url.split("?")[0], status },
        ms: Math.round(performance.now() - started),
        trace: request.headers["x-amzn-trace-id"],
      });
    });
});
// Longer than the load balancer's idle time-out of 60 seconds: it must be the one that closes a connection.
server.keepAliveTimeout = 65_000;
server.headersTimeout = 66_000;

let stopping = false;
async function stop(signal) {
  if (stopping) return;
  stopping = true;
  log("info", "stopping", { signal });
  const late = setTimeout(() => server.closeAllConnections(), DRAIN_MS);
  await sleep(Number(ACCEPT_SECONDS) * 1000);
  // Idle connections close at once, the others after their answer.
  const closed = new Promise((resolve) => server.close(resolve));
  server.closeIdleConnections();
  await closed;
  clearTimeout(late);
  await stores.close();
  log("info", "stopped");
  process.exitCode = 0;
}
process.on("SIGTERM", stop);
process.on("SIGINT", stop);

// All addresses: the load balancer asks the task's, the health command localhost.
server.listen(Number(PORT), "0.0.0.0", () => log("info", "listening", { port: Number(PORT) }));
