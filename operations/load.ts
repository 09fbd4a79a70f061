/**
 * `npm run load -- --stack staging --profile flash-sale`: a load test of the platform's public API. Exit code 0: its time was
 * over; 1: it was stopped, or cannot begin; 2: wrong usage.
 */
import * as path from "node:path";

import { idsOf, type Assumed } from "../analysis/capacity/assumed";
import type { Load } from "../analysis/capacity/load";
import { limitsOfPlan } from "../analysis/capacity/of-plan";
import { answerSeconds } from "../analysis/capacity/sim-of-plan";
import { expectedText } from "../facts/problem-text";
import { numberOf, optionsOf, requestRate, wrongUsage } from "../tools/commands/options";
import { previewStack, type Plan } from "../tools/preview/index";
import { visible } from "../tools/visible";
import { explained, realWorld, type World } from "./aws";
import { drive, minuteOfClock, Progress, Tally, type Request } from "./load/driver";
import { cpuMsOf, messageSecondsOf, queriesOf, rounded } from "./load/measure";
import {
  blockedBy,
  PROFILES,
  requestsOfFile,
  requestsOfPlan,
  testProfile,
  type ProfileId,
  type TestProfile,
} from "./load/profile";
import { used, watch, type Tallies, type Used } from "./load/watch";
import { addMeasured, type NewlyMeasured } from "./measured-file";
import { platformOf, stackToTry } from "./platform";
import { alarmsOn } from "./status";

const USAGE = `Usage: npm run load -- --stack <name> --profile <${PROFILES.join("|")}> [options]

Sends requests to the stack's public API as users would: at the profile's rate, whether or not earlier ones were answered. It
ends after --minutes, when an alarm of the stack fires, when the alarms cannot be read, or when half of the requests fail.
The results go into Pulumi.<stack>.measured.json, where npm run capacity uses them instead of its assumptions: cpuMs, payloadKB,
queryCpuMs and queryIos of the services, seconds of the queues that functions read. Write the rest of what you measure by hand.

  --rps N          requests a second in the busiest hour of the profile; default: today's load in npm run capacity
  --minutes N      length of the test, 1 to 240; default: 30; the profile is compressed to it
  --requests FILE  JSON: a list of {"service", "method", "path", "body"}; absent: GET of each service's first path
  --plan           prints what it would do; no account is needed
  --no-write       measures, and writes nothing
  --in-production  allows a stack whose crm:environment is production

LOAD_AUTHORIZATION in the environment is sent as the header Authorization.`;

const OPTIONS = {
  stack: { type: "string", short: "s" },
  profile: { type: "string" },
  rps: { type: "string" },
  minutes: { type: "string" },
  requests: { type: "string" },
  plan: { type: "boolean" },
  "no-write": { type: "boolean" },
  "in-production": { type: "boolean" },
} as const;

/** What a test stands in for. */
export interface Surroundings {
  readonly root: string;
  readonly planned: (stack: string) => Promise<Plan>;
  readonly world?: World;
  /** A server of the test's own, in place of the stack's. */
  readonly target?: URL;
  readonly secondsBetweenLooks?: number;
  /** Time of the profile by the time of the test. */
  readonly pace?: number;
  /** Minute of the clock at a moment. */
  readonly minuteOf?: (milliseconds: number) => number;
}

const ROOT = path.join(__dirname, "..");
const REAL: Surroundings = {
  root: ROOT,
  planned: (stack) => previewStack({ cwd: ROOT, stack, policyPacks: [] }),
};

/** The driver of this command sends so many a second at most; more is for a tool that is made for it, on several machines. */
const MOST_RPS = 1000;
/** CloudWatch has the figures of a minute two or three minutes later. */
const METRICS_LATE_MILLISECONDS = 180_000;
/** With fewer good answers a test measures no request, because an error takes less time than an answer. */
const GOOD_SHARE = 0.99;

class Refused extends Error {}

/** The command; returns its exit code. */
export async function main(args: readonly string[], given: Surroundings = REAL): Promise<number> {
  const options = optionsOf(args, USAGE, OPTIONS);
  if (typeof options === "number") return options;
  const { profile, rps: rate, minutes: length = "30" } = options;
  const chosen = stackToTry(options.stack, given.root, options["in-production"]);
  if (typeof chosen === "string") return wrong(chosen);
  const { stack } = chosen;
  if (!PROFILES.includes(profile as ProfileId)) {
    return wrong(expectedText("--profile", `one of ${PROFILES.join(", ")}`, profile));
  }
  const rps = rate === undefined ? undefined : requestRate(rate);
  if (typeof rps === "string") return wrong(rps);
  const accepts = (value: number) => value >= 1 && value <= 240;
  const minutes = numberOf("--minutes", length, "a number from 1 to 240", accepts);
  if (typeof minutes === "string") return wrong(minutes);
  try {
    const plan = await given.planned(stack);
    const test = testOf(plan, profile as ProfileId, { rps, minutes, file: options.requests });
    announced(stack, test).forEach((line) => console.log(line));
    if (options.plan) return 0;
    return await run(stack, test, given, !options["no-write"]);
  } catch (error) {
    console.error(explained(error as Error));
    return 1;
  }
}

function wrong(message: string): number {
  return wrongUsage(message, USAGE);
}

/** What is tested, and with what. */
interface Test {
  readonly load: Load;
  readonly profile: TestProfile;
  readonly id: ProfileId;
  readonly rps: number;
  readonly requests: readonly Request[];
  readonly target: URL;
}

function testOf(
  plan: Plan,
  id: ProfileId,
  choice: { readonly rps?: number; readonly minutes: number; readonly file?: string },
): Test {
  const { load, today } = limitsOfPlan(plan);
  const rps = choice.rps ?? today[1];
  const profile = testProfile(load, id, rps, choice.minutes);
  const requests =
    choice.file === undefined ? requestsOfPlan(load) : requestsOfFile(load, choice.file);
  if (requests.length === 0) {
    throw new Refused("the plan: expected services with paths at the load balancer, got none");
  }
  const host = (plan.outputs["hosts"] as Record<string, unknown> | undefined)?.["api"];
  if (typeof host !== "string") {
    throw new Refused("crm:edge: expected a host of the API in the stack file, got none");
  }
  return { load, profile, id, rps, requests, target: new URL(`https://${host}`) };
}

function announced(stack: string, { profile, rps, requests, target }: Test): string[] {
  const { rates } = profile;
  const all = rates.reduce((sum, one) => sum + one, 0);
  return [
    `Load test of ${stack}: ${target.origin}`,
    `  ${profile.name} in ${profile.seconds / 60} minutes, of ${rounded(rps)} requests a second at the edge in the busiest hour`,
    `  the API gets ${rounded(Math.min(...rates))} to ${rounded(Math.max(...rates))} a second, ${Math.round(all)} in all`,
    ...requests.map(
      ({ share, service, method, path: route }) =>
        `  ${rounded(100 * share)} % ${visible(service)}: ${method} ${visible(route)}`,
    ),
  ];
}

/** Throws if this machine or the firewall would not let the rates through. */
function refuseTooMuch({ load, profile }: Test): void {
  const rate = Math.max(...profile.rates);
  if (rate > MOST_RPS) {
    throw new Refused(
      `--rps: expected at most ${MOST_RPS} requests a second from one machine, got ${Math.ceil(rate)}`,
    );
  }
  const blocked = blockedBy(load, profile);
  if (blocked.length > 0) {
    throw new Refused(
      [
        ...blocked,
        "A lower --rps, or a higher crm:edge.firewall.rateLimit for the time of the test.",
      ].join("\n"),
    );
  }
}

async function run(
  stack: string,
  test: Test,
  given: Surroundings,
  writes: boolean,
): Promise<number> {
  const { load, profile, requests } = test;
  refuseTooMuch(test);
  const platform = given.world?.platform ?? platformOf(stack, given.root);
  const world = given.world ?? realWorld(platform.region);
  const before = await alarmsOn(world, platform, "");
  if (before.length > 0) {
    throw new Refused(`alarms: expected none to be on before the test, got ${before.join("; ")}`);
  }
  const end = new AbortController();
  const interrupt = () => end.abort();
  process.once("SIGINT", interrupt);
  const progress = new Progress();
  const { pace = 1, minuteOf = minuteOfClock } = given;
  const authorization = process.env["LOAD_AUTHORIZATION"];
  const driving = drive(
    {
      target: given.target ?? test.target,
      ...{ requests, minuteOf, signal: end.signal },
      ...{ timeoutSeconds: answerSeconds(load.stack), mostUnderWay: 2 * MOST_RPS },
      headers: {
        "user-agent": `crm-load-test/${stack}`,
        ...(authorization !== undefined && { authorization }),
      },
      seconds: profile.seconds / pace,
      rateAt: (second) => profile.rateAt(second * pace),
    },
    progress,
  );
  const [driven, watched] = await Promise.all([
    driving,
    watch({
      ...{ world, platform, over: driving, end, progress, minuteOf },
      everySeconds: given.secondsBetweenLooks,
    }),
  ]);
  process.off("SIGINT", interrupt);
  const stopped =
    watched.stopped ?? driven.trouble ?? (end.signal.aborted ? "Ctrl-C was pressed" : undefined);
  const totals = totalsOf(driven.tallies);
  table(totals).forEach((line) => world.print(line));
  world.print(stopped === undefined ? "  its time is over" : `  STOPPED: ${visible(stopped)}`);
  const { sent, good } = totals.get(ALL)!;
  const share = good / Math.max(1, sent);
  if (share < GOOD_SHARE) {
    world.print(
      `  nothing is measured: expected ${100 * GOOD_SHARE} % good answers, got ${rounded(100 * share)} %`,
    );
  } else {
    world.print("  waiting three minutes for the last figures of CloudWatch");
    await world.sleep(METRICS_LATE_MILLISECONDS);
    const use = await used(world, load, driven.tallies, watched.tasks);
    report(stack, measuredOf(test, totals, use, world.now()), given.root, world, writes);
  }
  return stopped === undefined ? 0 : 1;
}

/** Everything that was measured, and why the rest was not. */
function measuredOf(
  { id, rps }: Test,
  totals: Totals,
  use: Used,
  now: Date,
): { readonly newly: NewlyMeasured; readonly missing: readonly string[] } {
  const asOf = now.toISOString().slice(0, 10);
  const said = `npm run load, ${id} at ${rounded(rps)} requests a second`;
  const services: Record<string, Record<string, Assumed>> = {};
  const missing: string[] = [];
  for (const [name, all] of totals) {
    if (name === ALL) continue;
    const cpuMs = cpuMsOf(use.services.get(name) ?? []);
    if ("why" in cpuMs) missing.push(`${name}.cpuMs: ${cpuMs.why}`);
    services[name] = {
      ...("value" in cpuMs && { cpuMs: { value: cpuMs.value, why: said, asOf } }),
      payloadKB: { value: rounded(all.bytes / Math.max(1, all.good) / 1000), why: said, asOf },
    };
  }
  for (const database of use.databases) {
    for (const id of ["queryCpuMs", "queryIos"] as const) {
      const measured = queriesOf(database, id, said, asOf);
      if ("why" in measured) missing.push(measured.why);
      for (const [name, values] of Object.entries("why" in measured ? {} : measured.services)) {
        services[name] = { ...services[name], ...values };
      }
    }
  }
  const queues: Record<string, Record<string, Assumed>> = {};
  for (const one of use.queues) {
    const seconds = messageSecondsOf(one);
    if ("why" in seconds) missing.push(`${one.queue}.seconds: ${seconds.why}`);
    else queues[one.queue] = { seconds: { value: seconds.value, why: said, asOf } };
  }
  return { newly: { services, queues }, missing };
}

/** What a request takes besides: no metric of AWS says it by request. */
const BY_HAND = idsOf("services").filter(
  (id) => !["share", "pool", "cpuMs", "payloadKB", "queryCpuMs", "queryIos"].includes(id),
);

function report(
  stack: string,
  { newly, missing }: ReturnType<typeof measuredOf>,
  root: string,
  { print }: World,
  writes: boolean,
): void {
  print("measured");
  for (const [service, values] of Object.entries({ ...newly.services, ...newly.queues })) {
    for (const [id, { value }] of Object.entries(values)) {
      print(
        `  ${visible(service)}.${id}: ${typeof value === "number" ? value : value.join(" to ")}`,
      );
    }
  }
  missing.forEach((line) => print(`  not measured: ${visible(line)}`));
  print(`  to measure and write by hand: ${BY_HAND.join(", ")}`);
  if (writes) print(`  written into ${addMeasured(root, stack, newly)}`);
}

const ALL = "all";

/** By service, and all together as `all`. */
type Totals = ReadonlyMap<string, Tally>;

function totalsOf(tallies: Tallies): Totals {
  const totals = new Map([...tallies.keys(), ALL].map((name) => [name, new Tally()]));
  for (const [name, minutes] of tallies) {
    for (const one of minutes.values()) {
      totals.get(name)!.add(one);
      totals.get(ALL)!.add(one);
    }
  }
  return totals;
}

function table(totals: Totals): string[] {
  return [
    "  service: sent; good; failed; answered within ms: half, 95 %, 99 %; other answers",
    ...[...totals].map(([name, tally]) => {
      const times = tally.within(0.5, 0.95, 0.99).map(rounded);
      const others = [...tally.statuses]
        .filter(([status]) => status >= 400)
        .map(([status, count]) => `${status}: ${count}`);
      return `  ${visible(name)}: ${tally.sent}; ${tally.good}; ${tally.failed}; ${times.join(", ")}; ${others.join(", ") || "none"}`;
    }),
  ];
}
