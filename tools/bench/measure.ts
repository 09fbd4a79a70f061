/**
 * `npm run bench [-- --write] [-- --quick]`: how fast the offline preview and the pack are, as ratios within
 * one run, so that the machine does not matter: the unit is a bare start of Node.js with the same SDKs.
 */
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";

import { LOAD_BALANCER_LIMITS } from "../../facts/limits";
import { optionsOf } from "../commands/options";
import { engineSection, measureEngine, missing } from "./engine";
import { inTurns, measure, type Run } from "./process";
import { withResources, withServices } from "./projects";

const ROOT = path.join(__dirname, "..", "..");
const PAGE = path.join(ROOT, "docs", "bench.md");
const PACK = path.join(ROOT, "policy-pack");

const USAGE = `Usage: npm run bench -- [--write] [--quick] [--engine [--terraform DIR] [--before DIR]]

Measures the preview and the pack.

--write   writes docs/bench.md
--quick   run each once, without the test suite
--engine  use Pulumi's own engine instead: the installed pulumi and the plugins aws, awsx and random
--terraform DIR   an initialised folder with as many resources, which Terraform plans alternately
--before DIR      a checkout of an older commit with its packages, measured alternately`;

/** What is aimed at. */
export const TARGETS = {
  fullPreview: 2.5,
  packShare: 0.25,
  growth: 1,
  packGrowth: 1,
  peakMiB: 300,
} as const;

/** A line of the table. */
export interface Result {
  readonly what: string;
  readonly seconds: number;
  /** In units of the bare start. */
  readonly ratio: number;
  readonly peakMiB: number;
  readonly note: string;
}

/** Everything that was measured. */
export interface Bench {
  readonly results: readonly Result[];
  /** What the numbers say, against {@link TARGETS}. */
  readonly findings: readonly string[];
}

const SDKS = "require('@pulumi/pulumi'); require('@pulumi/aws'); require('@pulumi/awsx')";

/** The command; returns its exit code. */
export async function main(args: readonly string[]): Promise<number> {
  const given = optionsOf(args, USAGE, OPTIONS);
  if (typeof given === "number") return given;
  const { write, quick, engine, terraform, before } = given;
  const [own = "", engines = "", ...more] = fs.readFileSync(PAGE, "utf8").split(/(?=^## )/m);
  if (engine) {
    const lacking = missing(terraform);
    if (lacking !== undefined) {
      console.error(lacking);
      return 1;
    }
    const section = engineSection(await measureEngine(quick ? 1 : 3, { terraform, before }));
    console.log(section);
    if (write) fs.writeFileSync(PAGE, [own + section, ...more].join("\n"));
    return 0;
  }
  const text = page(await run(quick ?? false));
  console.log(text);
  if (write) fs.writeFileSync(PAGE, [text, engines, ...more].filter(Boolean).join("\n"));
  return 0;
}

const OPTIONS = {
  write: { type: "boolean" },
  quick: { type: "boolean" },
  engine: { type: "boolean" },
  terraform: { type: "string" },
  before: { type: "string" },
} as const;

/** What a preview's document says, as far as it matters here. */
interface Document {
  readonly resources: readonly unknown[];
  readonly policies?: { readonly packs: readonly { readonly policies: number }[] };
  readonly error?: { readonly failures: readonly { readonly message: string }[] };
}

interface Preview extends Run {
  readonly resources: number;
  readonly rules: number;
}

async function run(quick: boolean): Promise<Bench> {
  const times = quick ? 1 : 5;
  const results: Result[] = [];
  // Once beforehand, so that all caches are filled.
  await preview(ROOT, "production", true);
  const [start, noPack, full] = await inTurns(times, [
    () => measure(["-e", SDKS], ROOT),
    () => preview(ROOT, "production", false),
    () => preview(ROOT, "production", true),
  ]);
  const add = (what: string, result: Run, note = "") => {
    const ratio = result.seconds / start.seconds;
    results.push({ what, seconds: result.seconds, ratio, peakMiB: result.peakMiB, note });
    console.error(`${what}: ${result.seconds.toFixed(2)} s, ${ratio.toFixed(2)}`);
  };
  add("bare start: Node.js with the SDKs loaded", start, "the unit");
  add("preview of production, no pack", noPack, `${noPack.resources} resources`);
  add("preview of production, whole pack", full, `${full.rules} rules`);

  // Nearly as many as a load balancer has target groups for, two for each service.
  const most = LOAD_BALANCER_LIMITS.targetGroups / 2 - 2;
  const [few, many] = await withServices(4, (small) =>
    withServices(most, (large) =>
      inTurns(quick ? 1 : 3, [
        () => preview(small, "production", false),
        () => preview(large, "production", false),
      ]),
    ),
  );
  add("preview with 4 services, no pack", few, `${few.resources} resources`);
  add(`preview with ${most} services, no pack`, many, `${many.resources} resources`);

  const packs = [];
  for (const count of [500, 5000]) {
    const [bare, judged] = await withResources(count, (directory) =>
      inTurns(quick ? 1 : 3, [
        () => preview(directory, "bench", false),
        () => preview(directory, "bench", true),
      ]),
    );
    add(`${count} plain resources, no pack`, bare);
    add(`${count} plain resources, whole pack`, judged);
    packs.push({ count, seconds: judged.seconds - bare.seconds, judged });
  }
  if (!quick) {
    const mocha = require.resolve("mocha/bin/mocha.js");
    add("the test suite", await measure([mocha, "tests/**/*.test.ts"], ROOT));
  }
  return { results, findings: findings({ start, noPack, full, few, many, packs }) };
}

interface Measured {
  readonly start: Run;
  readonly noPack: Preview;
  readonly full: Preview;
  readonly few: Preview;
  readonly many: Preview;
  readonly packs: readonly { count: number; seconds: number; judged: Preview }[];
}

/** What the numbers say, and whether it is what is aimed at. */
export function findings({ start, noPack, full, few, many, packs }: Measured): string[] {
  const verdict = (met: boolean) => (met ? "met" : "not met");
  const ratio = full.seconds / start.seconds;
  const share = 1 - noPack.seconds / full.seconds;
  // Linear: the time for one more resource is no more than what one takes on average in the small stack.
  const growth = many.seconds / few.seconds / (many.resources / few.resources);
  const [small, large] = packs as [Measured["packs"][number], Measured["packs"][number]];
  const packGrowth = large.seconds / small.seconds / (large.count / small.count);
  const perRule = (large.seconds / large.count / large.judged.rules) * 1e6;
  return [
    `Production with the whole pack takes ${ratio.toFixed(2)} times the bare start; target ${TARGETS.fullPreview}: ${verdict(ratio <= TARGETS.fullPreview)}.`,
    `The pack takes ${(share * 100).toFixed(0)} % of that; target less than ${TARGETS.packShare * 100} %: ${verdict(share < TARGETS.packShare)}.`,
    `Its peak is ${full.peakMiB.toFixed(0)} MiB over all of its processes; target ${TARGETS.peakMiB}: ${verdict(full.peakMiB <= TARGETS.peakMiB)}.`,
    `From 4 to 48 services (a load balancer takes no more than 50) the time grows ${growth.toFixed(2)} times as fast as the number of resources; target ${TARGETS.growth} (linear): ${verdict(growth <= TARGETS.growth)}.`,
    `From 500 to 5,000 resources the pack's time grows ${packGrowth.toFixed(2)} times as fast as their number; target ${TARGETS.packGrowth} (linear): ${verdict(packGrowth <= TARGETS.packGrowth)}.`,
    `The pack takes ${perRule.toFixed(1)} microseconds for a resource and rule (${large.judged.rules} rules, ${large.count} resources).`,
  ];
}

async function preview(cwd: string, stack: string, pack: boolean): Promise<Preview> {
  const packArguments = pack ? ["--policy-pack", PACK] : ["--no-policy"];
  const args = [
    path.join(ROOT, "tools", "preview", "cli.js"),
    "-C",
    cwd,
    "--stack",
    stack,
    "--json",
  ];
  const run = await measure([...args, ...packArguments], cwd);
  const document = JSON.parse(run.stdout) as Document;
  if (document.error !== undefined) {
    throw new Error(document.error.failures.map(({ message }) => message).join("\n"));
  }
  return {
    ...run,
    resources: document.resources.length,
    rules: document.policies?.packs[0]?.policies ?? 0,
  };
}

/** The page: table, findings, and what they were measured on. */
export function page({ results, findings: sentences }: Bench): string {
  const rows = results.map(
    ({ what, seconds, ratio, peakMiB, note }) =>
      `| ${what} | ${seconds.toFixed(2)} | ${ratio.toFixed(2)} | ${Number.isNaN(peakMiB) ? "" : peakMiB.toFixed(0)} | ${note} |`,
  );
  return `${[
    "# Bench",
    "Written by `npm run bench -- --write`. Ratios hold on other machines, seconds do not: the unit is a start of Node.js that loads the " +
      "same SDKs (`@pulumi/pulumi`, `@pulumi/aws`, `@pulumi/awsx`) and does nothing. Medians; memory is the highest sum over all processes of a run, shared pages " +
      "counted once.",
    ["| what | s | ratio | peak MiB | |", "|---|---|---|---|---|", ...rows].join("\n"),
    sentences.map((sentence) => `- ${sentence}`).join("\n"),
    `Measured with Node.js ${process.versions.node} on ${os.cpus().length} cores (${os.cpus()[0]?.model.trim() ?? "unknown"}).`,
  ].join("\n\n")}\n`;
}
