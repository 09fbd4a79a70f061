/** What a database does: for its services and functions, and on a replica for the writes of its source too. */
import { isReplica, text } from "../recovery/resources";
import type { Database } from "./connections";
import { runningBesidesQueues } from "./executions";
import { times, type Figure, type Range } from "./figures";
import type { Load } from "./load";
import { scaled, type Part } from "./model";
import { partOf, queuesOf } from "./queue-limits";

/** What is counted: vCPUs, or reads and writes of storage a second. */
export type Work = "cpu" | "ios";

/** Assumptions by what is counted: of a query, and of an execution that no queue starts; and the unit of the first. */
const COUNTED = {
  cpu: { query: "queryCpuMs", execution: "executionDatabaseCpu", unit: 1e-3, replayed: [0, 1] },
  // A replica writes all that its source writes; of the work it does less: what to write is found already.
  ios: { query: "queryIos", execution: "executionDatabaseIos", unit: 1, replayed: [1, 1] },
} as const;

export interface DatabaseWork {
  /** What is taken at every load. */
  readonly fixed: Range;
  readonly parts: readonly Part[];
  /** Of the parts, those that do not come from its services. */
  readonly besides: readonly Part[];
  readonly figures: readonly Figure[];
  /** Of a replica's work, what it does for the writes of its source. */
  readonly replayed?: { readonly parts: readonly Part[]; readonly figures: readonly Figure[] };
}

/** The work of a database, by all that reaches it. */
export function workOf(load: Load, database: Database, work: Work): DatabaseWork {
  const own = queriesOf(load, database, work);
  const others = executions(load, database, work);
  const besides = [...own.ofQueues, ...others.parts];
  const source = sourceOf(load, database);
  if (source === undefined) {
    const figures = [...own.figures, ...others.figures];
    return { fixed: others.fixed, parts: [...own.ofServices, ...besides], besides, figures };
  }
  const reads = load.assumptions.general("readShare");
  const writes: Range = [1 - reads.value[1], 1 - reads.value[0]];
  const ofSource = queriesOf(load, source, work);
  const itsOthers = executions(load, source, work);
  const written = [
    ...[...ofSource.ofServices, ...ofSource.ofQueues, ...itsOthers.parts],
    ...(itsOthers.fixed[1] > 0 ? [{ perRequest: [0, 0], least: itsOthers.fixed } as const] : []),
  ];
  const replayed = {
    parts: scaled(written, times(writes, COUNTED[work].replayed)).map((part): Part => ({
      ...part,
      isReplayed: true,
    })),
    figures: [reads, ...ofSource.figures, ...itsOthers.figures],
  };
  return {
    fixed: others.fixed,
    parts: [...own.ofServices, ...besides, ...replayed.parts],
    besides: [...besides, ...replayed.parts],
    replayed,
    figures: [...own.figures, ...others.figures, ...replayed.figures],
  };
}

/** The database that a replica follows, where it is in the stack. */
export function sourceOf(
  { databases }: Pick<Load, "databases">,
  { resource }: Pick<Database, "resource">,
): Database | undefined {
  if (!isReplica(resource)) return undefined;
  const referred = resource.references["replicateSourceDb"] ?? [];
  const named = text(resource, "replicateSourceDb");
  return databases.find(
    ({ resource: other }) =>
      referred.includes(other.urn) ||
      (named !== undefined && [text(other, "identifier"), text(other, "arn")].includes(named)),
  );
}

/** Queries of services, and of the functions that work on queues. */
function queriesOf(load: Load, { services, functions }: Database, work: Work) {
  const { query, unit } = COUNTED[work];
  const { assumptions, apiShare } = load;
  const ofServices = services.map(({ service }) => ({
    perRequest: times(load.of(service, "queries", query), unit),
    figures: load.figures(service, "queries", query),
  }));
  const called = functions.map(({ resource }) => resource);
  const ofQueues = queuesOf(load)
    .map((one) => ({ ...one, part: partOf(one, called) }))
    .filter(({ part }) => part > 0)
    .map(({ queue, part }) => {
      const figures = ["messages", "queries", query].map((id) => assumptions.queue(queue, id));
      const perMessage = figures.map(({ value }) => value);
      return {
        perRequest: times(apiShare.value, part, ...perMessage, unit),
        figures: [apiShare, ...figures],
      };
    });
  const parts = (list: typeof ofServices) => list.map(({ perRequest }): Part => ({ perRequest }));
  return {
    ...{ ofServices: parts(ofServices), ofQueues: parts(ofQueues) },
    figures: [...ofServices, ...ofQueues].flatMap(({ figures }) => figures),
  };
}

/** What executions do that no queue starts. */
function executions(load: Load, { functions }: Database, work: Work) {
  const each = load.assumptions.general(COUNTED[work].execution);
  const { fixed, parts, figures } = runningBesidesQueues(load, functions);
  return {
    fixed: times(fixed, each.value),
    parts: scaled(parts, each.value),
    figures: [...figures, ...(figures.length === 0 ? [] : [each])],
  };
}
