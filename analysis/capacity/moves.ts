/** What it takes to move a limit far enough for a load, and what that costs a month more. */
import { familySizes } from "../../facts/instance-storage";
import { sizeMultiple } from "../../facts/size-multiple";
import type { CostEstimate } from "../cost/model";
import { parseUrn } from "../plan/urn";
import type { Assumptions } from "./assumed";
import { KINDS, usedBy, type Bound, type Kind, type Limit, type Paid } from "./model";

/** A move of one limit. */
export interface Move {
  /** The program's setting, else the property of AWS. */
  readonly setting: string;
  /** Whether no setting goes as far as the load asks for: the growth table says what does. */
  readonly isBeyond: boolean;
  /** How many times as much as now it has to be; below 1 where less of it is the move. */
  readonly factor: number;
  /** USD a month more than now; undefined where the price table does not say. */
  readonly monthlyUsd?: number;
}

/** How the price of what is moved grows, where a bound does not say. */
const GROWTH: Readonly<Record<Kind, "tasks" | "sizes" | "free">> = {
  tasks: "tasks",
  pool: "free",
  connections: "sizes",
  "database-cpu": "sizes",
  replay: "free",
  "database-storage": "sizes",
  "database-throughput": "sizes",
  "cache-connections": "free",
  "cache-memory": "sizes",
  "cache-cpu": "sizes",
  "fargate-vcpus": "free",
  "fargate-spot-vcpus": "free",
  "open-requests": "tasks",
  "target-connections": "tasks",
  targets: "free",
  addresses: "free",
  "nat-connections": "free",
  "distribution-requests": "free",
  "distribution-bandwidth": "free",
  "firewall-rate": "free",
  "firewall-requests": "free",
  queue: "free",
  "in-flight": "free",
  visibility: "free",
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
  const own: Bound = { kind: limit.kind, least: limit.capacity[0] };
  const bounds = (limit.bounds ?? [own]).filter(({ least }) => least < most);
  const service = serviceOf(limit, bounds);
  const setting = bounds
    .flatMap((bound) => [bound, ...furtherOf(bound, most)])
    .map((bound) => settingOf(bound, service, assumptions))
    .join(" and ");
  if (!isWithin(limit, most)) return { setting, factor, isBeyond: true };
  const prices = bounds.map((bound) => priceOf(limit, bound, most, cost));
  const monthlyUsd = prices.includes(undefined)
    ? undefined
    : prices.reduce<number>((sum, usd) => sum + usd!, 0);
  return {
    ...{ setting, isBeyond: false },
    factor: limit.shrinks === undefined ? factor : 1 / factor,
    ...(monthlyUsd !== undefined && { monthlyUsd }),
  };
}

/** Whether a setting goes as far as a load asks for: one that shrinks stays at 1 at least. */
function isWithin({ ceiling, capacity, shrinks }: Limit, most: number): boolean {
  return shrinks === undefined ? most <= ceiling : (shrinks[0] * capacity[0]) / most >= 1;
}

/** What has to move besides, where the largest size does not go as far. */
function furtherOf({ largest, least }: Bound, most: number): Bound[] {
  return largest !== undefined && most > largest.times * least
    ? [{ kind: largest.more, least }]
    : [];
}

/** The program's name of a service, without the beginning that all names of a stack share. */
function serviceOf({ of, urn }: Limit, [first]: readonly Bound[]): string {
  // A queue has its own name; the service that works on it is the resource.
  const name = first?.which === "worker" ? parseUrn(urn).name : of;
  return name.replace(/^.*?-/, "");
}

/** The program's setting of a bound: the most exact one that it names, else the property of AWS. */
function settingOf({ kind, which }: Bound, service: string, assumptions: Assumptions): string {
  const words = which?.split(".") ?? [];
  const keys = words.map((_, index) => [kind, ...words.slice(0, words.length - index)].join("."));
  const settings = [...keys, kind].map((key) => assumptions.setting(key, service));
  return settings.find((one) => one !== undefined) ?? KINDS[kind].moves;
}

/** USD a month more so that a bound lets so many units through; undefined where no price is known. */
function priceOf(
  limit: Limit,
  bound: Bound,
  units: number,
  cost: CostEstimate,
): number | undefined {
  const { kind, least, growth = GROWTH[kind], largest } = bound;
  if (growth === "free") return 0;
  if (typeof growth === "object" && "step" in growth)
    return pricePaid(growth, units - least, units);
  const lines = cost.lines.filter(({ urn }) => urn === limit.urn);
  if (growth === "tasks") {
    if (lines.length === 0 || limit.tasks === undefined) return undefined;
    // The estimate has the tasks that are asked for; a limit counts those that scaling may come to.
    const now = lines.reduce((sum, { monthlyUsd }) => sum + monthlyUsd, 0);
    const { most, desired } = limit.tasks;
    return desired === 0 ? undefined : (now / desired) * (Math.ceil((most * units) / least) - most);
  }
  const sized = lines.filter(({ price }) => price === limit.size);
  if (sized.length === 0) return undefined;
  const now = sized.reduce((sum, { monthlyUsd }) => sum + monthlyUsd, 0);
  if (typeof growth === "object") {
    const { count } = growth;
    return now * (Math.ceil((count * units) / least) / count - 1);
  }
  const ofLargest = largest === undefined ? 1 : Math.ceil(units / least / largest.times);
  const size = sizeTimes(limit.size ?? "", units / least / ofLargest);
  return size === undefined ? undefined : now * (size * ofLargest - 1);
}

/** How many times as large the next size of the family is that has so much more; undefined where none has. */
function sizeTimes(type: string, factor: number): number | undefined {
  const [, family, name] = /^[a-z]+\.([a-z0-9]+)\.([a-z0-9]+)$/.exec(type) ?? [];
  const now = sizeMultiple(name ?? "");
  const sizes = familySizes(family ?? "");
  // Sizes of burstable families double, up to those of the others.
  if (now === undefined || sizes.length === 0) return 2 ** Math.ceil(Math.log2(factor));
  const next = sizes.find((one) => one >= now * factor * (1 - 1e-9));
  return next === undefined ? undefined : next / now;
}

function pricePaid(
  { step, quantity, unitUsd, upTo = Infinity }: Paid,
  more: number,
  units: number,
) {
  if (unitUsd === undefined || units > upTo) return undefined;
  return Math.ceil(more / step) * quantity * unitUsd;
}
