/** What it takes to move a limit far enough for a load, and what that costs a month more. */
import type { CostEstimate } from "../cost/model";
import type { Assumptions } from "./assumed";
import { KINDS, usedBy, type Kind, type Limit } from "./model";

/** A move of one limit. */
export interface Move {
  /** The program's setting, else the property of AWS. */
  readonly setting: string;
  /** How many times as much as now it has to be. */
  readonly factor: number;
  /** USD a month more than now; undefined where the price table does not say. */
  readonly monthlyUsd?: number;
}

/** How the price of what is moved grows: with each unit, by sizes that double, or not at all. */
const GROWTH: Readonly<Record<Kind, "each" | "sizes" | "free" | "unpriced">> = {
  tasks: "each",
  pool: "free",
  connections: "sizes",
  "database-cpu": "sizes",
  "database-storage": "unpriced",
  "database-throughput": "unpriced",
  "cache-connections": "sizes",
  "cache-memory": "sizes",
  "cache-cpu": "sizes",
  "fargate-vcpus": "free",
  "fargate-spot-vcpus": "free",
  targets: "free",
  addresses: "free",
  "nat-connections": "unpriced",
  "distribution-requests": "free",
  "distribution-bandwidth": "free",
  "firewall-rate": "free",
  "firewall-requests": "free",
  queue: "free",
  "in-flight": "free",
  "function-concurrency": "free",
  "log-ingestion": "free",
};

/** The move that lets a limit carry a load surely, or undefined where it does already. */
export function moveFor(
  limit: Limit,
  rps: number,
  assumptions: Assumptions,
  cost: CostEstimate,
): Move | undefined {
  const [, most] = usedBy(limit, rps);
  const factor = most / limit.capacity[0];
  if (factor <= 1) return undefined;
  const setting = assumptions.setting(limit.kind, limit.of.replace(/^.*?-/, ""));
  const monthlyUsd = priceOf(limit, factor, cost);
  return {
    setting: setting ?? KINDS[limit.kind].moves,
    factor,
    ...(monthlyUsd !== undefined && { monthlyUsd }),
  };
}

function priceOf(limit: Limit, factor: number, cost: CostEstimate): number | undefined {
  const growth = GROWTH[limit.kind];
  if (growth === "free") return 0;
  const lines = cost.lines.filter(({ urn }) => urn === limit.urn);
  if (growth === "unpriced" || lines.length === 0) return undefined;
  if (growth === "each") {
    // The estimate has the tasks that are asked for; a limit counts those that scaling may come to.
    const now = lines.reduce((sum, { monthlyUsd }) => sum + monthlyUsd, 0);
    const desired = limit.figures.find(({ name }) => name === "tasks asked for")?.value[0] ?? 1;
    const most = limit.figures.find(({ name }) => name === "tasks at most")!.value[0];
    return (now / desired) * (Math.ceil(most * factor) - most);
  }
  const sized = lines.filter(({ price }) => /^(db|cache)\./.test(price));
  if (sized.length === 0) return undefined;
  const now = sized.reduce((sum, { monthlyUsd }) => sum + monthlyUsd, 0);
  return now * (2 ** Math.ceil(Math.log2(factor)) - 1);
}
