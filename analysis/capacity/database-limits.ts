/** Limits of databases: connections, processors, storage. */
import { instanceVcpus, INSTANCE_VCPUS, largestVcpus } from "../../facts/capacity-limits";
import { gp3Included, POSTGRES_GP3 } from "../../facts/database-engines";
import { REPLAY } from "../../facts/database-growth";
import { MAX_CONNECTIONS } from "../../facts/instance-memory";
import {
  INSTANCE_STORAGE,
  instanceStorage,
  largestInstanceStorage,
  type InstanceStorage,
} from "../../facts/instance-storage";
import { isReplica, number, text, value, type RecoveryResource } from "../recovery/resources";
import type { Database } from "./connections";
import { sourceOf, workOf, type DatabaseWork } from "./database-work";
import { runningOf } from "./executions";
import { known, planned, plus, times, type Figure, type Range } from "./figures";
import type { Load } from "./load";
import { scaled, type Bound, type Draft, type Kind, type Paid } from "./model";
import { usdOf } from "./prices";

export function databaseLimits(load: Load): Draft[] {
  const { databases } = load;
  return databases.flatMap((database) => {
    const work = workOf(load, database, "cpu");
    return [
      ...poolLimits(database, load),
      ...connectionLimit(database, load),
      ...processorLimit(database, work, load),
      ...replayLimit(database, work, load),
      ...storageLimit(database, load),
    ];
  });
}

/** What moves a limit: the replica's own setting, where the database is one. */
function movedBy(
  resource: RecoveryResource,
  kind: Kind,
  least: number,
  { which, growth }: Pick<Bound, "which" | "growth"> = {},
): Bound {
  const parts = [which, isReplica(resource) ? "replica" : undefined];
  const all = parts.filter((part) => part !== undefined).join(".");
  return { kind, least, ...(all !== "" && { which: all }), ...(growth && { growth }) };
}

/** Connections that requests hold at a time, by Little's law, in the pools of the tasks that scaling may come to. */
function poolLimits({ services }: Database, load: Load): Draft[] {
  return services.map(({ service, pool }) => {
    const held = load.of(service, "queries", "queryHeldMs");
    const size = poolFigure(load, service, pool);
    return {
      ...({ kind: "pool", of: service.name, urn: service.resource.urn } as const),
      unit: "connections",
      capacity: times(service.most, size.value),
      parts: [{ perRequest: times(held, 1e-3) }],
      figures: [
        planned("tasks at most", service.most, "", service.mostOf, service.mostProperty),
        size,
        ...load.figures(service, "queries", "queryHeldMs"),
      ],
    };
  });
}

type Client = Database["services"][number];

/** Connections of one task: what its variable says, else the usual default. */
function poolFigure(
  load: Load,
  { name, definition }: Pick<Client["service"], "name" | "definition">,
  pool: number | undefined,
): Figure {
  return pool === undefined
    ? load.assumptions.service(name, "pool")
    : planned("pool", pool, "", definition!, "containerDefinitions");
}

function connectionLimit(
  { resource, accepts, services, tasks, functions }: Database,
  load: Load,
): Draft[] {
  if (accepts === undefined) return [];
  const spare = load.assumptions.general("spareConnections");
  const pools = services.map(({ service, pool }) => poolFigure(load, service, pool));
  const others = tasks.map(({ definition, pool, count }) => ({
    count,
    figure: poolFigure(load, { name: definition.name, definition }, pool),
  }));
  const running = runningOf(load, functions);
  const parts = services.flatMap(({ service }, index) =>
    load.tasks([service], () => pools[index]!.value),
  );
  return [
    {
      ...({ kind: "connections", of: resource.name, urn: resource.urn } as const),
      size: text(resource, "instanceClass"),
      unit: "connections",
      capacity: accepts.connections,
      fixed: plus(
        spare.value,
        ...others.map(({ count, figure }) => times(count, figure.value)),
        running.fixed,
      ),
      parts: [...parts, ...running.parts],
      bounds: [
        movedBy(
          resource,
          "connections",
          accepts.connections[0],
          isOwn(accepts) ? { which: "own", growth: "free" } : {},
        ),
      ],
      ceiling: Math.max(MAX_CONNECTIONS.most, accepts.connections[0]),
      figures: [
        ...accepts.figures,
        ...pools,
        ...others.map(({ figure }) => figure),
        spare,
        ...running.figures,
        ...load.taskFigures(services.map(({ service }) => service)),
      ],
    },
  ];
}

/** Whether a parameter says how many connections it accepts, and not its class. */
function isOwn({ figures }: NonNullable<Database["accepts"]>): boolean {
  return figures.some(({ origin }) => origin.from === "plan" && origin.property === "parameters");
}

/** Whether anything is known to reach it. */
function isUsed({ services, functions }: Database): boolean {
  return services.length + functions.length > 0;
}

function processorLimit(database: Database, work: DatabaseWork, load: Load): Draft[] {
  const { resource } = database;
  const vcpus = instanceVcpus(text(resource, "instanceClass") ?? "");
  if (vcpus === undefined || !isUsed(database)) return [];
  const busy = load.assumptions.general("busyShare");
  return [
    {
      ...({ kind: "database-cpu", of: resource.name, urn: resource.urn, unit: "vCPUs" } as const),
      size: text(resource, "instanceClass"),
      capacity: times(vcpus, busy.value),
      bounds: [movedBy(resource, "database-cpu", vcpus * busy.value[0])],
      fixed: work.fixed,
      parts: work.parts,
      ceiling: largestVcpus(text(resource, "instanceClass") ?? "") * busy.value[0],
      figures: [
        planned("vCPUs by class", vcpus, "", resource, "instanceClass"),
        known("vCPUs of classes", vcpus, "", INSTANCE_VCPUS),
        busy,
        ...work.figures,
      ],
    },
  ];
}

/** What one process of a replica can replay of the writes of its source: more processors do not help. */
function replayLimit(database: Database, { replayed }: DatabaseWork, load: Load): Draft[] {
  const { resource } = database;
  if (replayed === undefined || replayed.parts.length === 0 || !isUsed(database)) return [];
  const { parts, figures } = replayed;
  const busy = load.assumptions.general("busyShare");
  const capacity = times(REPLAY.processes, busy.value);
  return [
    {
      ...({ kind: "replay", of: resource.name, urn: resource.urn, unit: "vCPUs" } as const),
      ...{ capacity, parts, ceiling: capacity[0] },
      figures: [known("processes that replay", REPLAY.processes, "", REPLAY), busy, ...figures],
    },
  ];
}

/**
 * Reads and writes, and the MiB of them: what gp3 does and the instance lets through, the lesser of the two. At the least the
 * instance has what it always has, at best its burst. A replica has the storage of its source.
 */
function storageLimit(database: Database, load: Load): Draft[] {
  const { resource } = database;
  const source = [resource, sourceOf(load, database)?.resource].find(
    (one) => one !== undefined && number(one, "allocatedStorage") !== undefined,
  );
  if (source === undefined || text(resource, "storageType") !== "gp3" || !isUsed(database)) {
    return [];
  }
  const gib = planned("GiB of storage", number(source, "allocatedStorage")!, "GiB", source, "allocatedStorage"); // prettier-ignore
  const { stripedFromGiB, striped, throughputPerIops } = POSTGRES_GP3;
  const isStriped = gib.value[0] >= stripedFromGiB;
  const ioKiB = load.assumptions.general("ioKiB");
  const mibOfEach = times(ioKiB.value, 1 / 1024);
  const { fixed, parts, figures } = workOf(load, database, "ios");
  const instanceClass = text(resource, "instanceClass") ?? "";
  const limit = (
    { kind, unit, property }: StorageKind,
    included: number,
    maximum: number,
    pick: (storage: InstanceStorage) => Range,
    bought: { readonly growth: Paid; readonly which?: string },
  ) => {
    const [volume, ofVolume] = performanceOf(resource, property, gib, included);
    const instance = instanceStorage(instanceClass);
    const passes: Range = instance === undefined ? [Infinity, Infinity] : pick(instance);
    const largest = largestInstanceStorage(instanceClass);
    return {
      ...{ kind, unit, of: resource.name, urn: resource.urn, size: instanceClass },
      capacity: passes.map((one) => Math.min(one, volume)) as unknown as Range,
      bounds: [
        movedBy(resource, "database-cpu", passes[0]),
        movedBy(resource, kind, volume, bought),
      ],
      ceiling: Math.min(maximum, largest === undefined ? Infinity : pick(largest)[0]),
      figures: [
        ...ofVolume,
        ...(instance === undefined
          ? []
          : [
              planned(`${unit} by class`, passes[0], "", resource, "instanceClass"),
              known(`${unit} of the instance`, passes, "", INSTANCE_STORAGE),
            ]),
      ],
    };
  };
  const included = gp3Included(gib.value[0]);
  const copies = value(resource, "multiAz") === true ? 2 : 1;
  /** What one more of it costs; below the size from which it can be bought, the storage up to there, which has more of it. */
  const bought = (
    price: string,
    own: { readonly included: number },
    below: number,
    upTo: number,
  ) =>
    isStriped
      ? { growth: { unitUsd: usdOf(load.stack, price), step: 1, quantity: copies, upTo } }
      : {
          which: "small",
          growth: {
            unitUsd: usdOf(load.stack, "rds-gp3"),
            step: own.included - below,
            quantity: copies * (stripedFromGiB - gib.value[0]),
            upTo: own.included,
          },
        };
  const iops = Math.max(number(resource, "iops") ?? 0, included.iops);
  const operations = limit(
    OPERATIONS,
    included.iops,
    striped.iops.maximum,
    (one) => one.iops,
    bought("rds-gp3-iops", striped.iops, included.iops, striped.iops.maximum),
  );
  const mib = limit(
    THROUGHPUT,
    included.mibps,
    striped.throughputMiBps.maximum,
    (one) => one.mibps,
    // Beyond a part of the IOPS, more of them have to be bought too.
    bought("rds-gp3-throughput", striped.throughputMiBps, included.mibps, throughputPerIops * iops),
  );
  return [
    {
      ...operations,
      ...{ fixed, parts },
      figures: [...operations.figures, ...figures],
    },
    {
      ...mib,
      fixed: times(fixed, mibOfEach),
      parts: scaled(parts, mibOfEach),
      figures: [...mib.figures, ioKiB, ...figures],
    },
  ];
}

const OPERATIONS = {
  ...({ kind: "database-storage", property: "iops" } as const),
  unit: "operations a second",
};
const THROUGHPUT = {
  ...({ kind: "database-throughput", property: "storageThroughput" } as const),
  unit: "MiB a second",
};
type StorageKind = typeof OPERATIONS | typeof THROUGHPUT;

/** What a property buys, else what comes with the size. */
function performanceOf(
  resource: RecoveryResource,
  property: "iops" | "storageThroughput",
  gib: Figure,
  included: number,
): readonly [number, readonly Figure[]] {
  const own = number(resource, property);
  return own === undefined
    ? [included, [gib, known(`${property} of gp3`, included, "", POSTGRES_GP3)]]
    : [own, [planned(property, own, "", resource, property)]];
}
