/** `npm run image-check`, before a machine that stands in for Docker; examples/service/Dockerfile, held against the contract. */
import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";

import { judged, main, runArguments } from "../../operations/image-check";
import { imageContracts, type ImageContract } from "../../operations/image-contract";
import type { Machine } from "../../operations/image-machine";
import { startCollector } from "../../operations/image-surroundings";
import { contractPage } from "../../operations/pages/image-contract";
import { ChangedStack } from "../support/changed-stack";
import { STACKS_PROJECT } from "../support/stack-files";

const ROOT = path.join(__dirname, "..", "..");

/** Certificates with the names of RDS's authorities, made for these tests. */
const authority = (name: string) =>
  fs.readFileSync(path.join(ROOT, "tests", "fixtures", "authorities", `${name}.pem`), "utf8");

/** What Docker and the container answer; a test changes some of it. */
const WELL = {
  image: {
    ...{ Os: "linux", Architecture: "arm64" },
    Config: {
      Env: ["PATH=/bin", "NODE_EXTRA_CA_CERTS=/etc/ssl/rds.pem"],
      Cmd: ["node", "server.js"],
      Entrypoint: null as string[] | null,
    },
  },
  run: { status: 0, stdout: "4f1\n", stderr: "" },
  exec: [1, 0] as number[],
  running: "true\n",
  log: "listening\n",
  exitCode: "0\n",
  /** Seconds from SIGTERM in which it answers, and takes to its end. */
  accepts: 40,
  ends: 41,
  connection: "close" as string | null,
  isGone: false,
  /** Docker's own processor, files of the container, and batches of traces that come. */
  processor: "arm64\n",
  files: { "/etc/ssl/rds.pem": authority("us-west-2") + authority("us-east-1") } as Record<
    string,
    string
  >,
  batches: 1,
  /** Seconds that the container's own check takes, and an answer, by its path. */
  execSeconds: 0,
  seconds: {} as Record<string, number>,
  answers: {
    "/health": [200, "ok"],
    "/auth/ready": [200, '{"service":"auth","status":"ready"}'],
    "/api/auth/ready": [200, '{"service":"auth"}'],
  } as Record<string, [number, string]>,
};

function machineOf(change: Partial<typeof WELL> = {}) {
  const world = { ...WELL, ...change };
  const exec = [...world.exec];
  let clock = 0;
  let told: number | undefined;
  const calls: string[][] = [];
  const printed: string[] = [];
  const ok = (stdout: string) => ({ status: 0, stdout, stderr: "" });
  const machine: Machine = {
    docker(args, milliseconds = 120_000) {
      calls.push([...args]);
      const [verb] = args;
      if (verb === "version" && args[2] === "{{.Server.Arch}}") return ok(world.processor);
      if (verb === "cp") {
        const text = world.files[args[2]!.split(":")[1]!];
        return text === undefined ? { status: 1, stdout: "", stderr: "no such file" } : ok(`rds.pem\0\0${text}`);
      }
      if (verb === "image") return ok(JSON.stringify([world.image]));
      if (verb === "run") return world.run;
      if (verb === "exec") {
        clock += Math.min(world.execSeconds * 1000, milliseconds);
        if (world.execSeconds * 1000 > milliseconds) return { status: null, stdout: "", stderr: "ETIMEDOUT" };
      }
      if (verb === "exec") return { ...ok(""), status: exec.length > 1 ? exec.shift()! : exec[0]! };
      if (verb === "kill") {
        told = clock;
        return world.isGone ? { status: 1, stdout: "", stderr: "is not running" } : ok("");
      }
      if (verb === "wait") {
        const left = Math.max(0, told! + world.ends * 1000 - clock);
        clock += Math.min(left, milliseconds);
        return left > milliseconds ? { status: null, stdout: "", stderr: "ETIMEDOUT" } : ok(world.exitCode);
      }
      if (verb === "port") return ok("127.0.0.1:49153\n");
      if (verb === "logs") return ok(world.log);
      if (verb === "inspect") return ok(world.running);
      return ok("28.0\n");
    },
    get(url, milliseconds) {
      const { host, pathname } = new URL(url);
      const took = (world.seconds[pathname] ?? 0) * 1000;
      clock += Math.min(took, milliseconds);
      if (took > milliseconds) return Promise.reject(new DOMException("aborted", "TimeoutError"));
      assert.equal(host, "127.0.0.1:49153");
      const [status, body] = world.answers[pathname] ?? [404, ""];
      if (told !== undefined && clock >= told + world.accepts * 1000) return Promise.reject(new Error("fetch failed"));
      return Promise.resolve({ status, body, connection: told === undefined ? "keep-alive" : world.connection });
    },
    collect: () => Promise.resolve({ port: 4318, batches: () => world.batches, close: () => void calls.push(["closed"]) }),
    now: () => clock,
    sleep: (milliseconds) => {
      clock += milliseconds;
      return Promise.resolve();
    },
    print: (line) => void printed.push(line),
  };
  return { machine, calls, printed, seconds: () => clock / 1000 };
} // prettier-ignore

describe("npm run image-check", () => {
  let contracts: ImageContract[];
  let auth: ImageContract;
  before(async () => {
    contracts = await imageContracts("production", STACKS_PROJECT);
    auth = contracts.find(({ service }) => service === "auth")!;
  });

  it("knows what production plans for each service", () => {
    assert.deepEqual(contracts.map(({ service, port }) => [service, port]), [
      ["analytics", 3004], ["auth", 3001], ["core", 3002], ["social", 3003],
    ]);
    const { checks, environment, secrets, ...rest } = auth;
    assert.equal(environment["OTEL_EXPORTER_OTLP_ENDPOINT"], "http://localhost:4318");
    assert.deepEqual(rest, {
      ...{ service: "auth", platform: "linux/arm64", user: "1000:1000", readOnlyRoot: true, init: true },
      writable: [{ path: "/tmp", sizeMiB: 64, options: ["rw", "nosuid", "nodev"] }],
      port: 3001,
      health: {
        command: ["CMD-SHELL", "curl -f http://localhost:3001/health || exit 1"],
        ...{ interval: 30, timeout: 5, retries: 3, startPeriod: 60 },
      },
      targetHealth: { path: "/health", intervalSeconds: 30, timeoutSeconds: 5, healthyThreshold: 2, unhealthyThreshold: 3, matcher: "200" },
      ...{ gateSeconds: 5, stopSeconds: 110, acceptSeconds: 30, idleSeconds: 60 },
      // The collector beside it has 32 units and may take 256 MiB.
      ...{ task: { cpu: 256, memoryMiB: 512 }, cpu: 224, memoryMiB: 256 },
      region: "us-east-1",
    });
    assert.equal(environment["PORT"], "3001");
    assert.deepEqual(secrets, { JWT_SECRET: "/crm/auth/jwt-secret", DB_URL: "/crm/auth/database-url" });
    assert.deepEqual(checks.map((check) => check.path), ["/auth/ready", "/api/auth/ready"]);
  }); // prettier-ignore

  it("starts an image as the task would, with unavailable data stores or those of a file", () => {
    const words = runArguments("crm-auth", auth, undefined);
    const line = words.join(" ");
    assert.match(
      line,
      /^run --detach --platform linux\/arm64 --user 1000:1000 --read-only --init /,
    );
    assert.match(
      line,
      / --tmpfs \/tmp:rw,nosuid,nodev,size=64m --memory 256m --publish 127\.0\.0\.1::3001 /,
    );
    assert.ok(words.includes("NODE_ENV=production") && words.includes("JWT_SECRET=made-up"));
    assert.ok(words.some((word) => /^DB_URL=postgresql:.*@127\.0\.0\.1:1\//.test(word)));
    assert.equal(words.at(-1), "crm-auth");
    const filed = runArguments("crm-auth", auth, "secrets.env").join(" ");
    assert.match(filed, / --env-file secrets\.env /);
    assert.doesNotMatch(filed, /JWT_SECRET|DB_URL/);
    assert.match(line, / --env OTEL_EXPORTER_OTLP_ENDPOINT=http:\/\/localhost:4318 /);
    assert.doesNotMatch(line, /--cpus|--add-host/);
    const watched = runArguments("crm-auth", auth, undefined, { cpus: "0.219", collector: 9 }).join(
      " ",
    );
    assert.match(watched, / --cpus 0\.219 --add-host host\.docker\.internal:host-gateway /);
    assert.match(watched, / --env OTEL_EXPORTER_OTLP_ENDPOINT=http:\/\/host\.docker\.internal:9 /);
  });

  const config = (change: object) => ({
    image: { ...WELL.image, Config: { ...WELL.image.Config, ...change } },
  });
  it("asks what ECS, the load balancer and the gate ask, and takes the container away", async () => {
    const { machine, calls } = machineOf();
    const found = await judged("crm-auth", auth, { envFile: "secrets.env" }, machine);
    assert.deepEqual(found.filter(({ wrong, note }) => wrong !== undefined || note !== undefined), []);
    assert.deepEqual(found.map(({ demand }) => demand), [
      ...["is built for linux/arm64", "holds no secret", "starts a program, not a shell's line"],
      "trusts the database's authorities",
      "passes its own check: curl -f http://localhost:3001/health || exit 1",
      ...["GET /health: 200", "GET /auth/ready: 200", "GET /api/auth/ready: 200"],
      ...["writes its log to standard output", "takes requests for 30 s after SIGTERM, with connection: close", "ends on SIGTERM"],
      "sends traces to the collector",
    ]);
    assert.ok(calls.some(([verb, ...words]) => verb === "run" && words.join(" ").includes("--cpus 0.219 --add-host")));
    assert.deepEqual(calls.find(([verb]) => verb === "kill"), ["kill", "--signal", "SIGTERM", "4f1"]);
    assert.deepEqual(calls.slice(-2), [["closed"], ["rm", "--force", "--volumes", "4f1"]]);
  }); // prettier-ignore

  it("notes what is up to the image, and what this machine cannot ask", async () => {
    const { machine, calls } = machineOf({ batches: 0, processor: "amd64\n" });
    const found = await judged("crm-auth", auth, {}, machine);
    const notes = found.flatMap(({ demand, note }) => (note === undefined ? [] : [[demand, note]]));
    assert.deepEqual(notes.map(([demand]) => demand), ["does all of it with 0.219 of a CPU", "sends traces to the collector"]);
    assert.match(notes[0]![1]!, /^not asked: Docker runs on amd64$/);
    assert.doesNotMatch(calls.find(([verb]) => verb === "run")!.join(" "), /--cpus/);
    // Without tracing there is no daemon, and a service without a database needs no authorities.
    const untraced = Object.entries(auth.environment).filter(([name]) => !name.startsWith("OTEL_"));
    const environment = Object.fromEntries(untraced);
    const plain = machineOf({ files: {} });
    const rest = await judged("crm-auth", { ...auth, environment, secrets: {} }, {}, plain.machine);
    assert.ok(!rest.some(({ demand }) => /traces|authorities/.test(demand)));
    assert.ok(!plain.calls.some(([verb]) => verb === "closed"));
  }); // prettier-ignore

  it("finds the authorities where a variable, the stack or the command says", async () => {
    const wrongOf = async (change: Partial<typeof WELL>, own: Partial<ImageContract> = {}, caFile?: string) => {
      const { machine } = machineOf(change);
      const found = await judged("crm-auth", { ...auth, ...own }, { caFile }, machine);
      return found.find(({ demand }) => demand === "trusts the database's authorities")!.wrong;
    };
    const files = { "/own.pem": authority("us-east-1") };
    assert.match((await wrongOf({ files }))!, /^\/etc\/ssl\/rds\.pem: no such file$/);
    assert.equal(await wrongOf({ files }, {}, "/own.pem"), undefined);
    assert.equal(await wrongOf({ files }, { sslRootCertificate: "/own.pem" }), undefined);
    const environment = { ...auth.environment, PGSSLROOTCERT: "/own.pem" };
    assert.equal(await wrongOf({ files }, { environment }), undefined);
    assert.match((await wrongOf(config({ Env: null })))!, /^expected PGSSLROOTCERT, NODE_EXTRA_CA_CERTS, SSL_CERT_FILE or --ca-file FILE/);
    assert.match((await wrongOf({}, { region: "eu-west-1" }))!, /^expected a valid "Amazon RDS eu-west-1 Root CA" in .*, got 2 others$/);
    const expired = { "/etc/ssl/rds.pem": authority("expired") };
    assert.match((await wrongOf({ files: expired }))!, /, got 0 others$/);
  }); // prettier-ignore

  it("counts the batches of traces that come over HTTP, and nothing else", async () => {
    const collector = await startCollector();
    try {
      const post = (where: string) => fetch(`http://127.0.0.1:${collector.port}${where}`, { method: "POST", body: "x" });
      assert.equal((await post("/v1/traces")).status, 200);
      await post("/v1/metrics");
      assert.equal(collector.batches(), 1);
    } finally {
      collector.close();
    }
  }); // prettier-ignore

  const cases: [string, Partial<typeof WELL>, RegExp][] = [
    ["another processor", { image: { ...WELL.image, Architecture: "amd64" } }, /expected linux\/arm64, got linux\/amd64/],
    ["a secret inside", config({ Env: ["JWT_SECRET=x"] }), /got JWT_SECRET$/],
    ["a shell that takes the signals", config({ Cmd: ["/bin/sh", "-c", "node server.js"] }), /expected CMD as a list of words/],
    ["nothing to start", config({ Cmd: null }), /got nothing$/],
    ["a start that Docker refuses", { run: { status: 125, stdout: "", stderr: "exec format error" } }, /^exec format error$/],
    ["an end at the start", { exec: [1], running: "false\n" }, /it ended at its start/],
    ["a check that never passes", { exec: [127] }, /expected exit code 0 within 5 s, got 127/],
    ["a check that ECS would not wait for", { execSeconds: 6 }, /expected exit code 0 within 5 s, got none: ETIMEDOUT/],
    ["an answer that the load balancer would not wait for", { seconds: { "/health": 6 } }, /expected an answer within 5 s, got none/],
    ["an answer that the gate would not wait for", { seconds: { "/auth/ready": 6 } }, /expected an answer within 5 s, got none/],
    ["an answer that is slower than its check says", { seconds: { "/auth/ready": 4 } }, /expected at most 2 s, got 4\.00/],
    ["a wrong status", { answers: { ...WELL.answers, "/health": [500, ""] } }, /expected 200, got 500/],
    ["another service's answer", { answers: { ...WELL.answers, "/auth/ready": [200, '{"service":"core"}'] } }, /expected "service":"auth" in the body/],
    ["no log", { log: "" }, /expected a line, got none/],
    ["a door that shuts with SIGTERM", { accepts: 0 }, /^0 s after SIGTERM: fetch failed$/],
    ["a door that shuts before the load balancer knows", { accepts: 20 }, /^20 s after SIGTERM: fetch failed$/],
    ["a connection of which it says nothing", { connection: null }, /^0 s after SIGTERM: expected connection: close, got nothing$/],
    ["a connection that is kept", { connection: "keep-alive" }, /expected connection: close, got keep-alive$/],
    ["an end of its own", { isGone: true }, /^is not running$/],
    ["an end by force", { exitCode: "137\n" }, /expected exit code 0 within 110 s of SIGTERM, got 137/],
    ["an end that comes too late", { ends: 120 }, /expected exit code 0 within 110 s of SIGTERM, got none/],
  ]; // prettier-ignore
  for (const [what, change, expected] of cases) {
    it(`refuses ${what}`, async () => {
      const { machine } = machineOf(change);
      const found = await judged("crm-auth", auth, { envFile: "secrets.env" }, machine);
      const wrong = found.flatMap((one) => one.wrong ?? []);
      assert.ok(wrong.some((text) => expected.test(text)), wrong.join("\n"));
    }); // prettier-ignore
  }

  it("waits as long as ECS does, by the clock, and waits for checks without a limit as the gate does", async () => {
    const { machine, calls, seconds } = machineOf({ exec: [1], execSeconds: 4 });
    await judged("crm-auth", auth, {}, machine);
    const { startPeriod, interval, retries } = auth.health;
    const most = startPeriod + interval * retries;
    assert.ok(seconds() >= most && seconds() <= most + 5, `${seconds()}`);
    assert.ok(calls.filter(([verb]) => verb === "exec").length <= most / 4);
    const checks = auth.checks.map(({ maxSeconds: _, ...check }) => check);
    const slow = machineOf({ exec: [0], seconds: { "/auth/ready": 4, "/api/auth/ready": 6 } });
    const found = await judged("crm-auth", { ...auth, checks }, { envFile: "secrets.env" }, slow.machine);
    assert.deepEqual(found.flatMap(({ demand, wrong }) => (wrong === undefined ? [] : [demand])), ["GET /api/auth/ready: 200"]);
  }); // prettier-ignore

  it("exits with 0, 1 or 2, and reports what it did not check", async () => {
    const run = async (args: string[], change: Partial<typeof WELL> = {}) => {
      const { machine, printed } = machineOf(change);
      const { error } = console;
      console.error = (line: string) => void printed.push(line);
      try {
        return { code: await main(args, machine, () => Promise.resolve(contracts)), said: printed.join("\n") };
      } finally {
        console.error = error;
      }
    };
    const well = await run(["crm-auth", "--service", "auth"]);
    assert.equal(well.code, 0);
    assert.match(well.said, /satisfies what production asks of auth; readiness was not asked for/);
    const bad = await run(["crm-auth", "--service", "auth", "--env-file", __filename], { log: "" });
    assert.equal(bad.code, 1);
    assert.match(bad.said, /crm-auth misses 1 of 12$/);
    const other = await run(["crm-auth", "--service", "billing"]);
    assert.deepEqual([other.code, other.said], [2, '--service: expected one of analytics, auth, core, social, got "billing"']);
    assert.equal((await run(["crm-auth"])).code, 2);
    const { machine } = machineOf();
    const docker = () => ({ status: null, stdout: "", stderr: "spawnSync docker ENOENT" });
    assert.equal(await main(["crm-auth", "--service", "auth"], { ...machine, docker }), 2);
  }); // prettier-ignore

  it("finds the example reading variables that the contract or its Dockerfile has, and no other", () => {
    const folder = path.join(ROOT, "examples", "service");
    const text = (file: string) => fs.readFileSync(path.join(folder, file), "utf8");
    const code = ["server.js", "stores.js"].map(text).join("\n");
    const read = new Set(
      [...code.matchAll(/\benv\.([A-Z][A-Z_]+)|[{,] ([A-Z][A-Z_]+)(?=[ ,=}])/g)].map(
        ([, one, other]) => (one ?? other)!,
      ),
    );
    assert.ok(["DB_URL", "REDIS_URL", "SERVICE", "PORT"].every((name) => read.has(name)), [...read].join());
    const given = new Set([
      ...contracts.flatMap(({ environment, secrets }) => [environment, secrets].flatMap(Object.keys)),
      ...[...text("Dockerfile").matchAll(/\b([A-Z_]+)=/g)].map(([, name]) => name!),
    ]);
    assert.deepEqual([...read].filter((name) => !given.has(name)), []);
    const documented = text("README.md").match(/`[A-Z]+_[A-Z_]+`/g)!.map((name) => name.slice(1, -1));
    assert.deepEqual(documented.filter((name) => !given.has(name)), []);
  }); // prettier-ignore

  it("requires nothing of a service without a route, and of all others the same and what a setting changes", async () => {
    const stack = new ChangedStack();
    try {
      const folder = stack.project((config) => {
        const { cpu, memoryMiB } = config["crm:services"].social;
        config["crm:services"].worker = {
          ...{ cpu, memoryMiB, desiredCount: 1, minCapacity: 1, maxCapacity: 2 },
          ...{ containerHealth: { command: ["true"] }, deployment: { strategy: "rolling" } },
        };
        config["crm:cluster"].loadBalancer.idleTimeoutSeconds = 90;
      });
      const changed = await imageContracts("production", folder);
      assert.deepEqual(
        changed,
        contracts.map((one) => ({ ...one, idleSeconds: 90 })),
      );
      assert.match(
        contractPage("production", changed),
        /longer than the load balancer's 90 seconds/,
      );
    } finally {
      stack.remove();
    }
  });

  it("finds that the example accepts requests after SIGTERM, and keeps idle connections, for as long as each service of each stack requires", async () => {
    const file = fs.readFileSync(path.join(ROOT, "examples", "service", "Dockerfile"), "utf8");
    const server = fs.readFileSync(path.join(ROOT, "examples", "service", "server.js"), "utf8");
    const keepsAlive = Number(/keepAliveTimeout = ([\d_]+)/.exec(server)![1]!.replace("_", "")) / 1000;
    const accepts = Number(/ ACCEPT_SECONDS=(\d+)$/m.exec(file)![1]);
    for (const stack of ["production", "staging", "recovery"]) {
      for (const one of await imageContracts(stack, STACKS_PROJECT)) {
        assert.ok(accepts >= one.acceptSeconds && accepts < one.stopSeconds, `${stack} ${one.service}`);
        assert.ok(keepsAlive > one.idleSeconds, `${stack} ${one.service}`);
      }
    }
  }); // prettier-ignore

  it("finds the example's Dockerfile as every service's contract has it", () => {
    const file = fs.readFileSync(path.join(ROOT, "examples", "service", "Dockerfile"), "utf8");
    const last = file.split(/^FROM /m).at(-1)!;
    for (const contract of contracts) {
      assert.equal(/^USER (.*)$/m.exec(last)![1], contract.user);
      assert.match(contract.health.command[1]!, /^curl /);
    }
    assert.match(last, /apk add --no-cache curl/);
    assert.match(last, /^CMD \["node", "server\.js"\]$/m);
    assert.match(last, /NODE_EXTRA_CA_CERTS=\/etc\/ssl\/rds\.pem/);
    assert.doesNotMatch(last, /ENV.*(SECRET|_URL|_KEY)/);
  });
});
