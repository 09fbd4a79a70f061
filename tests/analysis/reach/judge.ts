/** The derivation of network paths against a simulation of single packets. */
import assert from "node:assert/strict";

import type { NetworkPath, Place, Setting } from "../../../analysis/reach/model";
import { networkPath, placesOf } from "../../../analysis/reach/network-paths";
import { DOOR } from "./packet-ends";
import type { End } from "./packets";
import { type Case, Random, randomCase } from "./topologies";
import { planOf, type Stage } from "./topology-plans";
import { type Truth, truthOf } from "./truth";

/** What a named setting means to the simulation. */
function repairOf({ says, resource, property }: Setting): string {
  const way = says.includes("answers (") ? "back" : "forth";
  const subnet = /\(subnet (subnet-\d)\)/.exec(says)?.[1];
  if (subnet !== undefined) return `acl ${subnet} ${property} ${way}`;
  if (property === "routes")
    return `table ${resource.name}${/ by nat-0$/.test(says) ? " nat" : ""}`;
  if (resource.name.startsWith("group")) return `group ${resource.name} ${property}`;
  // The setting may be that of its launch template.
  const [, lonely] = /^(\S+) has no public address$/.exec(says) ?? [];
  if (lonely !== undefined) return `public ${lonely}`;
  if (/not connected$/.test(says)) return "peering";
  if (/not accepted$/.test(says)) return "accept";
  if (/is private$/.test(says)) return "nat";
  if (property === "subnetId") return "nat place";
  if (/runs outside of every VPC$/.test(says)) return "lambda in vpc";
  if (/does not answer on/.test(says)) return "edge on";
  if (/has no origin/.test(says)) return "edge origin";
  const table = /not in the route table of subnet-(\d)$/.exec(says)?.[1];
  if (table !== undefined) return `gate ${table}`;
  return assert.fail(`no meaning for: ${says}`);
}

function derive({ topology, question }: Case, stage: Stage, seed: number): NetworkPath {
  const graph = planOf(topology, stage, new Random(seed));
  const places = placesOf(graph);
  const place = (end: End): Place =>
    places.find(({ label }) => label === (typeof end === "number" ? `host-${end}` : end))!;
  return networkPath(
    graph,
    place(question.from),
    place(question.to),
    question.protocol,
    question.port,
  );
}

/** What is changed beside the networks. */
const APART: readonly string[] = ["edge on", "edge origin", "lambda in vpc"];

/** Of an endpoint, which opens no connections, or to a function, which takes none. */
const isSilent = ({ question: { from, to } }: Case) =>
  from === DOOR || from === "gate" || to === "lambda" || (from === "internet" && to === "gate");

function judge(one: Case, truth: Truth, stage: Stage, seed: number): string | undefined {
  const path = derive(one, stage, seed);
  if (path.verdict !== truth.verdict) {
    return `${seed} ${stage}: ${path.verdict}, but the packets say ${truth.verdict}`;
  }
  if (path.verdict !== "blocked") return undefined;
  // Nothing that could change.
  if (isSilent(one)) {
    const [only, ...more] = path.settings;
    const isSaid = /(opens|takes) no connections$/.test(only?.says ?? "") && more.length === 0;
    return isSaid ? undefined : `${seed} ${stage}: ${path.settings.map(({ says }) => says).join()}`;
  }
  const repairs = path.settings.filter(({ effect }) => effect === "blocks").map(repairOf);
  const all = truthOf(one.topology, one.question, one.open, new Set(repairs));
  // A path of two parts has to be open somewhere; one of a single part, in each pair of subnets.
  const isStopped = repairs.some((repair) => APART.includes(repair))
    ? all.verdict === "blocked"
    : all.pairs.includes("none");
  if (isStopped) return `${seed} ${stage}: blocked after all of ${repairs.join(", ")}`;
  const needless = repairs.find((left) => {
    const rest = new Set(repairs.filter((other) => other !== left));
    return !truthOf(one.topology, one.question, one.open, rest).pairs.includes("none");
  });
  return needless && `${seed} ${stage}: of ${repairs.join(", ")}, ${needless} is not needed`;
}

/** Registers the test for the first topologies: from their seeds, so the same ones in each run. */
export function judgeTopologies(count: number): void {
  it(`${count} random topologies: the same verdict, and a blocked path names all that has to change and nothing else`, () => {
    const counts = { reachable: 0, blocked: 0, undecided: 0 };
    const faults: string[] = [];
    for (let seed = 1; seed <= count; seed++) {
      const one = randomCase(new Random(seed));
      const truth = truthOf(one.topology, one.question, one.open);
      const fault = judge(one, truth, seed % 2 === 0 ? "deployed" : "planned", seed);
      if (fault !== undefined) faults.push(fault);
      counts[truth.verdict]++;
    }
    assert.deepEqual(faults.slice(0, 10), [], `${faults.length} faults`);
    // Each verdict has to occur often enough to be judged.
    assert.ok(Math.min(...Object.values(counts)) >= count / 50, JSON.stringify(counts));
  });
}
