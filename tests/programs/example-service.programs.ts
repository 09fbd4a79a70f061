/**
 * examples/service as a process, with the variables, the health command and the checks that the fixtures' production stack plans, before a
 * real PostgreSQL and Redis where the machine has them.
 */
import assert from "node:assert/strict";
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";

import { judged } from "../../operations/image-check";
import { imageContracts, type ImageContract } from "../../operations/image-contract";
import { REAL } from "../../operations/image-machine";
import { spawnSync } from "../support/child";
import { installed, ROOT } from "../support/runbooks";
import { STACKS_PROJECT } from "../support/stack-files";
import { freePort, startStores, STORE_PROGRAMS, type Stores } from "../support/stores";

interface Service {
  readonly process: ChildProcess;
  readonly port: number;
  readonly log: () => string;
  readonly get: (
    path: string,
  ) => Promise<{ status: number; body: string; connection: string | null; seconds: number }>;
}

const NAMES = ["auth", "core", "social", "analytics"];
const missing = STORE_PROGRAMS.filter((program) => !installed(program));

describe(`the example service${missing.length > 0 ? `, without ${missing.join(", ")}` : ""}`, function () {
  let folder: string;
  let stores: Stores;
  let contracts: readonly ImageContract[];
  const started: ChildProcess[] = [];
  const contract = (service: string) => contracts.find((one) => one.service === service)!;

  before(async function () {
    if (missing.length > 0) return this.skip();
    folder = fs.mkdtempSync(path.join(os.tmpdir(), "example-service-"));
    fs.cpSync(path.join(ROOT, "examples", "service"), folder, { recursive: true });
    // As the Dockerfile does it.
    const npm = spawnSync("npm", ["ci", "--omit=dev", "--ignore-scripts"], { cwd: folder, stdio: "pipe" });
    assert.equal(npm.status, 0, npm.stderr);
    contracts = await imageContracts("production", STACKS_PROJECT);
    stores = await startStores();
  });
  after(() => {
    for (const one of started) one.kill("SIGKILL");
    stores?.remove();
    if (folder) fs.rmSync(folder, { recursive: true, force: true });
  });

  /** Starts it with what a task has: nothing of this process's environment but what the plan says. */
  async function start(service: string, change: NodeJS.ProcessEnv = {}): Promise<Service> {
    const { environment, secrets } = contract(service);
    const port = await freePort();
    const values = { DB_URL: stores.databaseUrl, REDIS_URL: stores.redisUrl, JWT_SECRET: "s", TWITTER_API_KEY: "t", LINKEDIN_API_KEY: "l" };
    const given = Object.entries(values).filter(([name]) => Object.hasOwn(secrets, name));
    assert.deepEqual(given.map(([name]) => name).sort(), Object.keys(secrets).sort());
    const env = {
      ...{ PATH: process.env["PATH"], SERVICE: service, NODE_EXTRA_CA_CERTS: stores.authority },
      // Shorter than the image's, which tests/operations/image-check.test.ts holds against the contract.
      ...environment, ...Object.fromEntries(given), PORT: `${port}`, ACCEPT_SECONDS: "0", ...change,
    };
    const child = spawn(process.execPath, ["server.js"], { cwd: folder, env, stdio: ["ignore", "pipe", "pipe"] });
    started.push(child);
    let log = "";
    child.stdout.on("data", (chunk: Buffer) => (log += chunk.toString()));
    child.stderr.on("data", (chunk: Buffer) => (log += chunk.toString()));
    await until(() => log.includes('"listening"'), () => log);
    const get = async (where: string) => {
      const before = performance.now();
      const response = await fetch(`http://127.0.0.1:${port}${where}`);
      const body = await response.text();
      const connection = response.headers.get("connection");
      return { status: response.status, body, connection, seconds: (performance.now() - before) / 1000 };
    };
    return { process: child, port, log: () => log, get };
  }

  async function until(holds: () => boolean | Promise<boolean>, why: () => string): Promise<void> {
    for (let left = 300; !(await holds()); left--) {
      assert.ok(left > 0, why());
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
  const ready = ({ get, log }: Service) => until(async () => (await get("/ready")).status === 200, log);

  for (const name of NAMES) {
    it(`satisfies what production plans for ${name}: health, readiness below its routes, its end`, async () => {
      const { health, targetHealth, checks, port } = contract(name);
      const service = await start(name);
      await ready(service);
      const [form, line] = health.command;
      assert.equal(form, "CMD-SHELL");
      const asked = spawnSync("sh", ["-c", line!.replace(`:${port}`, `:${service.port}`)], { stdio: "pipe" });
      assert.equal(asked.status, 0, asked.stderr);
      assert.equal((await service.get(targetHealth.path)).status, Number(targetHealth.matcher));
      assert.ok(checks.length > 0);
      for (const { path: where, status, contains, maxSeconds } of checks) {
        const answer = await service.get(where);
        assert.equal(answer.status, status, where);
        assert.ok(answer.body.includes(contains!), answer.body);
        assert.ok(answer.seconds < maxSeconds!, `${answer.seconds} s`);
      }
      service.process.kill("SIGTERM");
      const [code] = (await once(service.process, "exit")) as [number | null];
      assert.equal(code, 0, service.log());
      assert.match(service.log(), /"message":"stopped"/);
    });
  }

  it("accepts requests after SIGTERM until the load balancer has deregistered it, closes each connection, and exits", async () => {
    const service = await start("core", { ACCEPT_SECONDS: "2" });
    await ready(service);
    assert.notEqual((await service.get("/health")).connection, "close");
    const end = once(service.process, "exit");
    service.process.kill("SIGTERM");
    const told = performance.now();
    await until(() => service.log().includes('"stopping"'), service.log);
    while (performance.now() - told < 1800) {
      const { status, connection } = await service.get("/health");
      assert.deepEqual([status, connection], [200, "close"]);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    assert.equal(((await end) as [number])[0], 0, service.log());
    assert.ok(performance.now() - told < 4000);
  });

  it("finishes a running request when its time to accept requests is over, and accepts none after it", async () => {
    const service = await start("core");
    await ready(service);
    stores.redis("CLIENT", "PAUSE", "900", "ALL");
    const running = service.get("/ready");
    await new Promise((resolve) => setTimeout(resolve, 200));
    const end = once(service.process, "exit");
    service.process.kill("SIGTERM");
    await until(() => service.log().includes('"stopping"'), service.log);
    await until(async () => (await service.get("/health").catch(() => undefined)) === undefined, service.log);
    assert.equal((await running).status, 200);
    assert.equal(((await end) as [number])[0], 0, service.log());
  });

  it("is healthy but not ready while a data store is unavailable, and is ready again without a restart", async () => {
    const service = await start("core");
    await ready(service);
    stores.stopDatabase();
    const away = await service.get("/ready");
    assert.deepEqual([away.status, JSON.parse(away.body)], [503, { service: "core", status: "not ready" }]);
    assert.ok(away.seconds < 2, `${away.seconds} s`);
    assert.equal((await service.get("/health")).status, 200);
    stores.startDatabase();
    await ready(service);
    stores.redis("CLIENT", "PAUSE", "4000", "ALL");
    assert.equal((await service.get("/ready")).status, 503);
    await ready(service);
    const secret = new URL(stores.databaseUrl).password;
    assert.ok(!service.log().includes(secret) && !service.log().includes(decodeURIComponent(secret)));
  });

  it("starts while the cache is away, and connects when it comes", async () => {
    const port = await freePort();
    const service = await start("core", { REDIS_URL: stores.redisUrl.replace(/\d+$/, `${port}`) });
    assert.equal((await service.get("/health")).status, 200);
    assert.equal((await service.get("/ready")).status, 503);
    assert.match(service.log(), /"store":"cache"/);
  });

  it("trusts no store whose certificate it does not know", async () => {
    const service = await start("core", { NODE_EXTRA_CA_CERTS: "" });
    await until(() => /"store":"cache","reason":"[^"]*self-signed/.test(service.log()), service.log);
    assert.equal((await service.get("/ready")).status, 503);
    assert.match(service.log(), /"not ready","store":"database","reason":"self-signed certificate"/);
  });

  it("opens no more connections than it may", () => {
    const script = `
      import { openStores } from "./stores.js";
      const stores = openStores(process.env, () => {});
      const asked = Array.from({ length: 40 }, () => stores.database.query("SELECT pg_sleep(0.05)"));
      const { rows } = await stores.database.query("SELECT count(*)::int FROM pg_stat_activity WHERE application_name = 'pool'");
      await Promise.all(asked);
      console.log(rows[0].count);
      await stores.close();`;
    // By the name that production's task definitions have.
    const names = Object.keys(contract("core").environment).filter((name) => /POOL/.test(name));
    assert.equal(names.length, 1);
    const pool = { [names[0]!]: "3" };
    const env = { PATH: process.env["PATH"], NODE_EXTRA_CA_CERTS: stores.authority, DB_URL: stores.databaseUrl, ...pool, SERVICE: "pool" };
    const { stdout, stderr, status } = spawnSync(process.execPath, ["--input-type=module", "-e", script], { cwd: folder, env, stdio: "pipe" });
    assert.equal(status, 0, stderr);
    assert.equal(stdout.trim(), "3");
  });

  it("names the missing settings, and does not start without them", () => {
    const env = { PATH: process.env["PATH"], PORT: "3001", ACCEPT_SECONDS: "0" };
    const { status, stderr } = spawnSync(process.execPath, ["server.js"], { cwd: folder, env, stdio: "pipe" });
    assert.deepEqual([status, stderr.trim()], [1, "SERVICE: expected a value, got nothing"]);
  });

  for (const name of NAMES) {
    it(`is an image that satisfies the contract of ${name}, where Docker runs`, async function () {
      const version = spawnSync("docker", ["version", "--format", "{{.Server.Os}}/{{.Server.Arch}}"], { stdio: "pipe" });
      if (version.status !== 0) return this.skip();
      // For this machine's processor: an emulator would need minutes.
      const platform = version.stdout.trim() as ImageContract["platform"];
      const image = `crm-example-${name}`;
      const args = ["build", "--build-arg", `SERVICE=${name}`, "--tag", image, path.join(ROOT, "examples", "service")];
      const built = spawnSync("docker", args, { stdio: "pipe" });
      assert.equal(built.status, 0, built.stderr);
      const found = await judged(image, { ...contract(name), platform }, {}, REAL);
      assert.deepEqual(found.filter(({ wrong }) => wrong !== undefined), []);
    });
  }
}); // prettier-ignore
