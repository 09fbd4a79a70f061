import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";

import { limitsOfPlan } from "../../analysis/capacity/of-plan";
import { main, type Surroundings } from "../../operations/load";
import { drive, picker, Tally } from "../../operations/load/driver";
import { readMeasured } from "../../tools/preview/engine/measured";
import { localService, type LocalService } from "../support/local-service";
import { planOf } from "../support/plans";
import { STACKS_PROJECT } from "../support/stack-files";
import { errorsOf, stage } from "./world";

const ALARM = { MetricAlarms: [{ AlarmName: "crm-staging-customers", StateReason: "errors" }] };
const CALM = { DescribeServices: { services: [] }, GetMetricData: {} };

/** What goes to standard output is caught: the test's own does not. */
async function printedBy(run: () => Promise<number>) {
  const original = console.log;
  const lines: string[] = [];
  console.log = (line: string) => void lines.push(line);
  try {
    const { code, text } = await errorsOf(run);
    return { code, text, lines };
  } finally {
    console.log = original;
  }
}

describe("the driver of load tests", () => {
  let service: LocalService;
  afterEach(() => service.close());

  const driven = (rate: number, seconds: number) =>
    drive({
      ...{ target: service.url, seconds, headers: {}, timeoutSeconds: 30, mostUnderWay: 1000 },
      requests: [{ service: "crm-core", method: "GET", path: "/", share: 1 }],
      rateAt: () => rate,
      signal: new AbortController().signal,
    });
  const sumOf = ({ tallies }: Awaited<ReturnType<typeof driven>>) => {
    const all = new Tally();
    for (const one of tallies.get("crm-core")!.values()) all.add(one);
    return all;
  };

  // Two workers of 20 ms answer 100 requests a second.
  it("does not wait for answers: past what a service answers, its queue and so the times grow", async () => {
    service = await localService(2, 20);
    const calm = sumOf(await driven(40, 1));
    assert.ok(Math.abs(calm.sent - 40) <= 1, `${calm.sent} sent`);
    assert.ok(calm.within(0.5)[0]! < 60, `${calm.within(0.5)[0]!} ms`);
    const over = sumOf(await driven(200, 1));
    // A driver that waits for answers sends no more than 100 in the time.
    assert.ok(Math.abs(over.sent - 200) <= 2, `${over.sent} sent`);
    // 200 requests at 100 a second are answered after 2 s: the last waits for one.
    assert.ok(over.within(0.99)[0]! > 700, `${over.within(0.99)[0]!} ms`);
    assert.equal(over.good, over.sent);
  });

  it("ends at once, with what is in flight counted as failed", async () => {
    service = await localService(1, 5000);
    const end = new AbortController();
    setTimeout(() => end.abort(), 300);
    const began = Date.now();
    const { tallies } = await drive({
      ...{ target: service.url, seconds: 60, headers: {}, timeoutSeconds: 30, mostUnderWay: 1000 },
      requests: [{ service: "crm-core", method: "GET", path: "/", share: 1 }],
      ...{ rateAt: () => 50, signal: end.signal },
    });
    assert.ok(Date.now() - began < 1500);
    const all = [...tallies.get("crm-core")!.values()].reduce((sum, one) => sum + one.failed, 0);
    assert.ok(all >= 10 && all <= 20, `${all} failed`);
  });

  it("says that its own machine is the limit", async () => {
    service = await localService(1, 1000);
    const { trouble } = await drive({
      ...{ target: service.url, seconds: 5, headers: {}, timeoutSeconds: 30, mostUnderWay: 20 },
      requests: [{ service: "crm-core", method: "GET", path: "/", share: 1 }],
      ...{ rateAt: () => 100, signal: new AbortController().signal },
    });
    assert.match(trouble!, /^20 requests are in flight/);
  });

  it("sends each request by its share", async () => {
    service = await localService(1, 1);
    const pick = picker([{ share: 0.05 }, { share: 0.8 }, { share: 0.15 }]);
    const counts = new Map<number, number>();
    for (let index = 0; index < 1000; index++) {
      const { share } = pick();
      counts.set(share, (counts.get(share) ?? 0) + 1);
    }
    assert.deepEqual([counts.get(0.05), counts.get(0.8), counts.get(0.15)], [50, 800, 150]);
  });
});

describe("npm run load", () => {
  let service: LocalService;
  let scratch: string;
  beforeEach(async () => {
    service = await localService(50, 5);
    scratch = fs.mkdtempSync(path.join(os.tmpdir(), "load-"));
    for (const file of ["Pulumi.yaml", "Pulumi.staging.yaml", "Pulumi.production.yaml"]) {
      fs.cpSync(path.join(STACKS_PROJECT, file), path.join(scratch, file));
    }
  });
  afterEach(async () => {
    await service.close();
    fs.rmSync(scratch, { recursive: true });
  });

  const surroundings = (answers: Record<string, unknown>, pace = 60): Surroundings => {
    const { world } = stage({ ...CALM, ...answers });
    const calm = { ...world, root: scratch, sleep: () => Promise.resolve() };
    return {
      ...{ root: scratch, planned: planOf, target: service.url, secondsBetweenLooks: 0.2, pace },
      world: calm,
    };
  };
  const load = async (
    answers: Record<string, unknown>,
    { args = [], pace }: { args?: string[]; pace?: number } = {},
  ) => {
    const lines: string[] = [];
    const given = surroundings(answers, pace);
    const result = await printedBy(() =>
      main(["--stack", "staging", "--profile", "slow-rise", "--minutes", "2", ...args], {
        ...given,
        world: { ...given.world!, print: (line) => lines.push(line) },
      }),
    );
    return { ...result, shown: lines.join("\n") };
  };
  const total = () => [...service.seen.values()].reduce((sum, one) => sum + one, 0);

  it("sends a profile to the routes of the plan, and writes what it measured", async () => {
    process.env["LOAD_AUTHORIZATION"] = "Bearer one";
    // At a pace of 60 two minutes take two seconds.
    const { code, shown } = await load({ DescribeAlarms: {} }, { args: ["--rps", "20"] });
    delete process.env["LOAD_AUTHORIZATION"];
    assert.equal(code, 0, shown);
    assert.match(shown, /its time is over/);
    assert.deepEqual([...service.seen.keys()].sort(), ["/", "/analytics/", "/auth/", "/social/"]);
    assert.ok(service.headers.every(({ authorization }) => authorization === "Bearer one"));
    const core = service.seen.get("/")! / total();
    assert.ok(core > 0.77 && core < 0.83, `${core} of the requests`);
    const { capacity } = readMeasured(path.join(scratch, "Pulumi.staging.measured.json"));
    assert.equal(capacity!.services!["crm-core"]!["payloadKB"]!.value, 2);
    assert.match(shown, /not measured: crm-core\.cpuMs: 0 minutes have figures, and 5 are needed/);
  });

  it("measures milliseconds of services and database in a whole run, which npm run capacity then counts with", async () => {
    const staging = await planOf("staging");
    const resources = staging.resources.map((one) =>
      one.type.endsWith(":EventSourceMapping")
        ? { ...one, inputs: { ...one.inputs, enabled: true } }
        : one,
    );
    const plan = { ...staging, resources };
    const before = limitsOfPlan(plan);
    // A minute of the test takes a second; the service answers by its load, and CloudWatch says what that took.
    const [began, pace] = [Date.now(), 60];
    const minuteOf = (now: number) => Math.floor((began + (now - began) * pace) / 60_000);
    const paths: Readonly<Record<string, string>> = {
      ...{ "crm-core": "/", "crm-auth": "/auth/", "crm-social": "/social/" },
      "crm-analytics": "/analytics/",
    };
    const requestsIn = (minute: number, names: readonly string[]) =>
      service.times.filter(
        ({ path, at }) => names.some((name) => paths[name] === path) && minuteOf(at) === minute,
      ).length;
    const { services, databases } = before.load;
    const send = ({ input }: { input: any }) => {
      if (input.MetricDataQueries === undefined) {
        const running = services.map(({ resource }) => ({ serviceName: resource.inputs["name"], runningCount: 2 })); // prettier-ignore
        return Promise.resolve({ services: running });
      }
      const { Metric } = input.MetricDataQueries[0].MetricStat;
      const is = (value: unknown) => Metric.Dimensions.some((one: any) => one.Value === value);
      const from = input.StartTime.getTime() / 60_000;
      const minutes = Array.from({ length: input.EndTime.getTime() / 60_000 - from }, (_, index) => from + index); // prettier-ignore
      const Timestamps = minutes.map((one) => new Date(one * 60_000));
      const answer = (Values: readonly number[]) =>
        Promise.resolve({ MetricDataResults: [{ Timestamps, Values }] });
      // Lambda's Duration is in milliseconds, of a batch; the sum of it by the messages that were deleted is that of a message.
      if (Metric.Namespace === "AWS/Lambda") return answer(minutes.map(() => 6000));
      if (Metric.Namespace === "AWS/SQS") return answer(minutes.map(() => 4));
      const own = services.find(({ resource }) => is(resource.inputs["name"]));
      const store = databases.find(({ resource }) => is(resource.inputs["identifier"]));
      const names = own ? [own.name] : store!.services.map((one) => one.service.name);
      // 3 reads and 2 writes of storage for a request, 60 in a minute are one a second; a few without requests.
      const ios = { ReadIOPS: 3, WriteIOPS: 2 }[Metric.MetricName as string];
      if (ios !== undefined) return answer(minutes.map((one) => 4 + (ios * requestsIn(one, names)) / 60)); // prettier-ignore
      // 40 ms of a task's processor, 8 ms of the database's two, beside what is used without requests.
      const [ms, vcpus] = own ? [40, 2 * own.vcpus] : [8, 2];
      return answer(minutes.map((one) => 5 + (100 * (ms / 1000) * requestsIn(one, names)) / (60 * vcpus))); // prettier-ignore
    };
    const lines: string[] = [];
    const given = surroundings({ DescribeAlarms: {} }, pace);
    const calm = given.world!.alarms;
    const alarms = {
      send: (command: any) =>
        command.input.MetricDataQueries === undefined ? calm.send(command) : send(command),
    };
    const world = { ...given.world!, ecs: { send }, alarms, print: (line: string) => lines.push(line) }; // prettier-ignore
    const { code } = await printedBy(() =>
      main(["--stack", "staging", "--profile", "slow-rise", "--minutes", "9", "--rps", "10"], {
        ...given,
        ...{ minuteOf, world: world, planned: () => Promise.resolve(plan) },
      }),
    );
    assert.equal(code, 0, lines.join("\n"));
    const measured = readMeasured(path.join(scratch, "Pulumi.staging.measured.json"));
    const { value } = measured.capacity!.services!["crm-core"]!["cpuMs"]!;
    assert.ok(Array.isArray(value), JSON.stringify(value));
    const [least, most] = value as readonly [number, number];
    assert.ok(least <= 41 && most >= 39 && most - least < 10, `${least} to ${most} ms`);
    // 5 reads and writes for a request at the database, whichever service's.
    const { why } = measured.capacity!.services!["crm-core"]!["queryIos"]!;
    const [, low, high] = /used ([\d.]+) to ([\d.]+) reads and writes of storage/.exec(why)!;
    assert.ok(Number(low) <= 5.1 && Number(high) >= 4.9 && Number(high) - Number(low) < 1, why);
    const [queue] = Object.values(measured.capacity!.queues!);
    assert.equal(queue!["seconds"]!.value, 1.5);
    assert.match(lines.join("\n"), /by hand: .*cacheCommands/);
    const after = limitsOfPlan({ ...plan, measured });
    const holds = (of: typeof after, kind: string) =>
      of.limits.find((one) => one.kind === kind && /core|primary/.test(one.of))!;
    for (const kind of ["tasks", "database-cpu"]) {
      const { figures } = holds(after, kind);
      assert.notDeepEqual(holds(after, kind).holds, holds(before, kind).holds, kind);
      assert.ok(figures.some(({ origin }) => origin.from === "measurement"), kind); // prettier-ignore
    }
  });

  it("stops when an alarm is in state ALARM", async () => {
    const answers = { DescribeAlarms: [{}, {}, {}, ALARM] };
    const { code, shown } = await load(answers, { args: ["--rps", "20"], pace: 2 });
    assert.equal(code, 1);
    assert.match(shown, /STOPPED: an alarm is in state ALARM: crm-staging-customers: errors/);
    const then = total();
    assert.ok(then > 0 && then < 60, `${then} requests`);
    await new Promise((resolve) => setTimeout(resolve, 200));
    assert.equal(total(), then);
  });

  it("stops when the alarms cannot be read", async () => {
    const refused = new Error("not authorized");
    const { world } = stage({ ...CALM, DescribeAlarms: [{}] });
    let looks = 0;
    const alarms = {
      send: (command: { constructor: { name: string } }) =>
        command.constructor.name === "DescribeAlarmsCommand" && ++looks > 2
          ? Promise.reject(refused)
          : Promise.resolve({}),
    };
    const given = surroundings({}, 2);
    const lines: string[] = [];
    const { code } = await printedBy(() =>
      main(["--stack", "staging", "--profile", "day"], {
        ...given,
        world: {
          ...world,
          ...{ root: scratch, alarms: alarms as never, sleep: () => Promise.resolve() },
          print: (line) => lines.push(line),
        },
      }),
    );
    assert.equal(code, 1);
    assert.match(lines.join("\n"), /STOPPED: the alarms cannot be read: not authorized/);
  });

  it("stops when most requests fail, and measures nothing of them", async () => {
    await service.close();
    service = await localService(50, 5, () => 503);
    const { code, shown } = await load({ DescribeAlarms: {} }, { args: ["--rps", "20"], pace: 20 });
    assert.equal(code, 1);
    assert.match(shown, /STOPPED: 100 % of the requests of the last 30 seconds failed/);
    assert.match(shown, /nothing is measured: expected 99 % good answers, got 0 %/);
    assert.ok(!fs.existsSync(path.join(scratch, "Pulumi.staging.measured.json")));
  });

  it("measures nothing of requests that are refused", async () => {
    await service.close();
    service = await localService(50, 5, () => 401);
    const { code, shown } = await load({ DescribeAlarms: {} }, { args: ["--rps", "20"] });
    assert.equal(code, 0);
    assert.match(shown, /crm-core: \d+; 0; 0; .*401: \d+[^]*nothing is measured/);
  });

  it("does not begin while an alarm fires, above the firewall's rate limit, or above one machine's capacity", async () => {
    const ringing = await load({ DescribeAlarms: ALARM });
    assert.equal(ringing.code, 1);
    assert.match(ringing.text, /^alarms: expected none to be on before the test, got crm-staging-/);
    const blocked = await load(
      { DescribeAlarms: {} },
      { args: ["--rps", "80", "--minutes", "30"] },
    );
    assert.equal(blocked.code, 1);
    assert.match(
      blocked.text,
      /^crm-firewall-edge: expected at most 20000 requests of one address in 300 s, got \d+$/m,
    );
    const most = await load({ DescribeAlarms: {} }, { args: ["--rps", "900"] });
    assert.match(
      most.text,
      /^--rps: expected at most 1000 requests a second from one machine, got /,
    );
    assert.equal(total(), 0);
  });

  it("refuses production without a flag, and what it does not know", async () => {
    const refused = async (...args: string[]) => {
      const { code, text } = await printedBy(() => main(args, surroundings({})));
      assert.equal(code, 2);
      return text.split("\n")[0]!;
    };
    assert.match(
      await refused("--stack", "production", "--profile", "day"),
      /^--stack: "production" has crm:environment production; add --in-production to allow it$/,
    );
    assert.match(
      await refused("--stack", "staging", "--profile", "dya"),
      /^--profile: expected one of day, flash-sale, slow-rise, got "dya"$/,
    );
    assert.match(
      await refused("--profile", "day"),
      /^--stack is required; this command has no default\.$/,
    );
    const staging = ["--stack", "staging", "--profile", "day"];
    assert.match(await refused(...staging, "--rps", "0"), /^--rps: expected a number above 0/);
    assert.match(
      await refused(...staging, "--minutes", "0"),
      /^--minutes: expected a number from 1 to 240, got "0"/,
    );
  });

  it("reads requests from a file, and names everything that is wrong with them", async () => {
    const file = path.join(scratch, "requests.json");
    const write = (list: unknown) => fs.writeFileSync(file, JSON.stringify(list));
    write([
      { service: "crm-core", method: "POST", path: "/v1/contacts", body: { name: "A" } },
      { service: "crm-core", path: "/v1/contacts" },
    ]);
    const planned = await load({}, { args: ["--plan", "--requests", file] });
    assert.equal(planned.code, 0);
    assert.deepEqual(planned.lines.slice(-2), [
      "  50 % crm-core: POST /v1/contacts",
      "  50 % crm-core: GET /v1/contacts",
    ]);
    write([{ service: "crm-cor", path: "//elsewhere.example/" }]);
    const { code, text } = await load({}, { args: ["--plan", "--requests", file] });
    assert.equal(code, 1);
    assert.match(text, /\[0\]\.service: expected one of .*crm-core.*, got "crm-cor"/);
    assert.match(text, /\[0\]\.path: expected a path that begins with one \/, got "\/\/elsewhere/);
  });
});
