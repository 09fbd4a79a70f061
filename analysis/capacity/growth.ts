/** What one stack carries with all that AWS gives, and how the design grows past that: each step is computed from the limits. */
import { CLUSTER_SIZE } from "../../facts/cache-engines";
import {
  CACHE_MEMORY,
  INSTANCE_VCPUS,
  LARGEST_CACHE_GIB,
  LARGEST_INSTANCE,
  NAT_GATEWAY,
} from "../../facts/capacity-limits";
import { AURORA, LIMITLESS, READ_REPLICAS, REPLAY } from "../../facts/database-growth";
import { INSTANCE_CLASSES, knownMemoryGiB, MAX_CONNECTIONS } from "../../facts/instance-memory";
import { isReplica } from "../recovery/resources";
import { runningOf } from "./executions";
import { known, over, plus, times, type Figure, type Range } from "./figures";
import type { Load } from "./load";
import { holding, scaled, UNREACHED, type Kind, type Limit } from "./model";

/** One step of growth, on top of those before it. */
export interface GrowthStep {
  readonly title: string;
  /** What is done, with its numbers. */
  readonly what: string;
  /** Requests a second at the edge that a stack then holds: the least of all limits, surely and at best. */
  readonly holds: Range;
  /** What binds then; undefined where nothing does. */
  readonly bound?: Limit;
  readonly figures: readonly Figure[];
}

/** A limit as it is at its largest. */
type Ceiled = Omit<Limit, "holds">;

/** The steps in their order; each holds no less than the one before. */
export function growthOf(load: Load, limits: readonly Limit[]): GrowthStep[] {
  const read = load.assumptions.general("readShare");
  const { databases } = load;
  const { upTo7, from8 } = LARGEST_INSTANCE.multiple;
  const largestMultiples: Range = [upTo7, from8];
  const whole = limits.map(atCeiling);
  const shared = whole.map((limit) => shareConnections(load, limit));
  const replicated = replicate(load, shared, read.value, "each repeats all writes");
  const onAurora = replicate(load, shared, read.value, "one storage");
  const sharded = shard(load, onAurora);
  const steps: readonly (readonly [string, string, readonly Ceiled[], readonly Figure[]])[] = [
    [
      "one stack",
      `each limit at the most that AWS gives, connections at RDS's default of at most ${MAX_CONNECTIONS.most} (max_connections may say more), pools as they are`,
      whole,
      [
        known("max_connections", MAX_CONNECTIONS.most, "", MAX_CONNECTIONS),
        known("xlarge of the largest class", largestMultiples, "", LARGEST_INSTANCE),
        known("nodes of a cache", CLUSTER_SIZE.nodes.raised, "", CLUSTER_SIZE),
        known("GiB of its largest node", LARGEST_CACHE_GIB, "GiB", CACHE_MEMORY),
        known("addresses of a NAT gateway", NAT_GATEWAY.mostAddresses, "", NAT_GATEWAY),
      ],
    ],
    [
      "shared connections",
      "RDS Proxy between tasks and database: a connection is in use only while a query runs",
      shared,
      databases.flatMap(({ services }) =>
        services.flatMap(({ service }) => load.figures(service, "queries", "queryHeldMs")),
      ),
    ],
    [
      "read replicas",
      `${READ_REPLICAS.most} replicas answer the queries that only read`,
      replicated,
      [
        known("replicas", READ_REPLICAS.most, "", READ_REPLICAS),
        known("processes that replay", REPLAY.processes, "", REPLAY),
        read,
      ],
    ],
    [
      "Aurora",
      `one storage for a writer and ${AURORA.readers} readers, which do not replay writes; up to ${AURORA.storageTiB} TiB without IOPS to buy`,
      onAurora,
      [known("readers", AURORA.readers, "", AURORA), read],
    ],
    [
      "shards",
      `Aurora Limitless: ${LIMITLESS.shards} shards and ${LIMITLESS.routers} routers with ${LIMITLESS.acus} ACUs; each table has a key to split it by`,
      sharded,
      [
        known("ACUs", LIMITLESS.acus, "", LIMITLESS),
        known("routers", LIMITLESS.routers, "", LIMITLESS),
        known("GiB of memory beside a vCPU", GIB_PER_VCPU, "GiB", INSTANCE_CLASSES),
      ],
    ],
  ];
  return steps.map(([title, what, now, figures]) => ({
    ...{ title, what, figures },
    ...leastOf(now),
  }));
}

/** Stacks of a kind that a load needs: cells, each with a part of the customers. */
export function cellsFor({ holds: [least, most] }: Pick<GrowthStep, "holds">, rps: number): Range {
  return [Math.ceil(rps / most), Math.ceil(rps / least)];
}

function leastOf(limits: readonly Ceiled[]): Pick<GrowthStep, "holds" | "bound"> {
  const ends = limits
    .filter(({ ceiling }) => ceiling !== Infinity)
    .map((limit): Limit => ({ ...limit, holds: holding(limit) }))
    .sort((one, other) => one.holds[0] - other.holds[0]);
  const [first] = ends;
  const most = Math.min(UNREACHED, ...ends.map(({ holds }) => holds[1]));
  return {
    holds: [first?.holds[0] ?? UNREACHED, most],
    ...(first && first.holds[0] < UNREACHED && { bound: first }),
  };
}

/** As much as AWS gives of it. */
function atCeiling(limit: Limit): Ceiled {
  // The largest instance always has what a smaller one has in a burst.
  if (OF_STORAGE.has(limit.kind)) return { ...limit, capacity: [limit.ceiling, limit.ceiling] };
  // Of processors it is what surely serves; of the rest, the most.
  const now = limit.capacity[limit.kind === "database-cpu" ? 0 : 1];
  const factor = limit.ceiling === Infinity ? 1 : Math.max(1, limit.ceiling / now);
  return { ...limit, capacity: times(limit.capacity, factor) };
}

/** Connections that queries hold at a time, by Little's law, in place of those of all pools. */
function shareConnections(load: Load, limit: Ceiled): Ceiled {
  const database = load.databases.find(({ resource }) => resource.urn === limit.urn);
  if (limit.kind !== "connections" || database === undefined) return limit;
  const parts = database.services.map(({ service }) => ({
    perRequest: times(load.of(service, "queries", "queryHeldMs"), 1e-3),
  }));
  // An execution of a function keeps its connection; at such loads there are as many as there may be.
  const executions = runningOf(load, database.functions).parts.map(({ most }) => most);
  return { ...limit, parts, fixed: plus(limit.fixed, ...executions) };
}

const OF_DATABASES: ReadonlySet<Kind> = new Set([
  "connections",
  "database-cpu",
  "replay",
  "database-storage",
  "database-throughput",
]);
const OF_STORAGE: ReadonlySet<Kind> = new Set(["database-storage", "database-throughput"]);

/** Reads of the primary, and all of its replicas, on the most replicas that there may be; writes stay on the primary. */
function replicate(
  load: Load,
  limits: readonly Ceiled[],
  reads: Range,
  storage: "each repeats all writes" | "one storage",
): Ceiled[] {
  const isShared = storage === "one storage";
  const count = isShared ? AURORA.readers : READ_REPLICAS.most;
  const writes: Range = [1 - reads[1], 1 - reads[0]];
  const { primary, replicas } = storesOf(load);
  return limits.flatMap((limit): Ceiled[] => {
    if (!OF_DATABASES.has(limit.kind)) return [limit];
    if (isShared && OF_STORAGE.has(limit.kind)) return [];
    if (replicas.has(limit.urn)) return [];
    if (!primary.has(limit.urn)) return [limit];
    const others = limits.filter(({ kind, urn }) => kind === limit.kind && replicas.has(urn));
    const each: Range = [1 / count, 1 / count];
    const read = [
      ...scaled(limit.parts, over(reads, count)),
      // What its replicas replay today is counted below, for all of them.
      ...others.flatMap(({ parts }) =>
        scaled(
          parts.filter((part) => !part.isReplayed),
          each,
        ),
      ),
    ];
    // Each node keeps connections back; the work of executions is shared.
    const fixed =
      limit.kind === "connections"
        ? limit.fixed
        : plus(...others.map((one) => times(one.fixed, each)));
    // What a replica does for each write: all of its input and output, and at most as much work.
    const repeats: Range = OF_STORAGE.has(limit.kind) ? [1, 1] : [0, 1];
    const repeated =
      isShared || limit.kind === "connections"
        ? []
        : scaled(
            [...limit.parts, { perRequest: [0, 0], least: limit.fixed }],
            times(writes, repeats),
          );
    // Each replica replays them in one process, as today's do.
    const busy = load.assumptions.general("busyShare").value;
    const replayed: Ceiled[] =
      isShared || limit.kind !== "database-cpu"
        ? []
        : [
            {
              ...limit,
              ...({ kind: "replay", of: `${limit.of} replicas` } as const),
              ...{ capacity: times(REPLAY.processes, busy), ceiling: REPLAY.processes * busy[0] },
              ...{ fixed: [0, 0], parts: repeated },
            },
          ];
    return [
      ...replayed,
      { ...limit, parts: scaled(limit.parts, writes) },
      { ...limit, of: `${limit.of} replicas`, nodes: count, fixed, parts: [...read, ...repeated] },
    ];
  });
}

function storesOf({ databases }: Load) {
  const urns = (list: Load["databases"]) => new Set(list.map(({ resource }) => resource.urn));
  return {
    primary: urns(databases.filter(({ resource }) => !isReplica(resource))),
    replicas: urns(databases.filter(({ resource }) => isReplica(resource))),
  };
}

/** A class whose memory beside a vCPU capacity units are taken to have too. */
const LIKEWISE = "db.r6g.large";
const GIB_PER_VCPU = knownMemoryGiB(LIKEWISE)! / INSTANCE_VCPUS.large;

/** Processors of all nodes do the work of writer and readers, and all routers take connections. */
function shard(load: Load, limits: readonly Ceiled[]): Ceiled[] {
  const { acus, gibOfAcu, routers } = LIMITLESS;
  const busy = load.assumptions.general("busyShare").value;
  const merged = (kind: "connections" | "database-cpu", capacity: Range): Ceiled[] => {
    const own = limits.filter((one) => one.kind === kind);
    const [first] = own;
    if (first === undefined) return [];
    // A limit of replicas is that of one of them.
    const parts = own.flatMap(({ nodes = 1, parts: each }) => scaled(each, [nodes, nodes]));
    // Connections that are always taken are those of one database; the work of one node is a part of all.
    const fixed = plus(
      ...own.map((one) => times(one.fixed, kind === "connections" ? 1 : (one.nodes ?? 1))),
    );
    return [{ ...first, of: "shards", capacity, parts, fixed, ceiling: capacity[1] }];
  };
  return [
    ...limits.filter(({ kind }) => !OF_DATABASES.has(kind)),
    ...merged("database-cpu", times((acus * gibOfAcu) / GIB_PER_VCPU, busy)),
    ...merged("connections", [routers * MAX_CONNECTIONS.most, routers * MAX_CONNECTIONS.most]),
  ];
}
