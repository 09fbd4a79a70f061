/** What a database does: for its services and functions, and on a replica for the writes of its source too. */
import { isSet, text, type RecoveryResource, type RecoveryStack } from "../recovery/resources";
import type { Database } from "./connections";
import { executionsByClock } from "./executions";
import { plus, times, type Figure, type Range } from "./figures";
import type { Load } from "./load";
import type { Part } from "./model";
import { queuesOf } from "./queue-limits";
import { mappingsOf } from "./queues";

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
  /** Of the parts, what does not come from its services: for each request a second at the edge. */
  readonly besides: Range;
  readonly figures: readonly Figure[];
}

/** The work of a database, by all that reaches it. */
export function workOf(load: Load, database: Database, work: Work): DatabaseWork {
  const { replayed } = COUNTED[work];
  const own = queriesOf(load, database, work);
  const others = executions(load, database, work);
  const source = sourceOf(load, database);
  if (source === undefined) {
    const figures = [...own.figures, ...others.figures];
    return { fixed: others.fixed, parts: own.parts, besides: own.ofQueues, figures };
  }
  const reads = load.assumptions.general("readShare");
  const writes: Range = [1 - reads.value[1], 1 - reads.value[0]];
  const ofSource = queriesOf(load, source, work);
  const replays = ofSource.parts.map(({ perRequest }) => times(perRequest, writes, replayed));
  return {
    fixed: others.fixed,
    parts: [...own.parts, ...replays.map((perRequest) => ({ perRequest, isReplayed: true }))],
    besides: plus(own.ofQueues, ...replays),
    figures: [...own.figures, ...others.figures, reads, ...ofSource.figures],
  };
}

/** The database that a replica follows, where it is in the stack. */
export function sourceOf(
  { databases }: Pick<Load, "databases">,
  { resource }: Pick<Database, "resource">,
): Database | undefined {
  if (!isSet(resource, "replicateSourceDb")) return undefined;
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
    .filter(({ mappings }) => mappings.some((one) => one.function && called.includes(one.function)))
    .map(({ queue }) => {
      const figures = ["messages", "queries", query].map((id) => assumptions.queue(queue, id));
      const perMessage = figures.map(({ value }) => value);
      return {
        perRequest: times(apiShare.value, ...perMessage, unit),
        figures: [apiShare, ...figures],
      };
    });
  const all = [...ofServices, ...ofQueues];
  return {
    parts: all.map(({ perRequest }): Part => ({ perRequest })),
    ofQueues: plus(...ofQueues.map(({ perRequest }) => perRequest)),
    figures: all.flatMap(({ figures }) => figures),
  };
}

/** Executions that schedules and other events start: no load of users has a part in them. */
function executions(load: Load, { functions }: Database, work: Work) {
  const each = load.assumptions.general(COUNTED[work].execution);
  const counted = functions
    .filter(({ resource }) => !readsQueue(load.stack, resource))
    // Of a function without a bound the plan names no number: one event starts one execution.
    .map(({ resource, executions: { value, origin } }) => {
      const count: Range = origin.from === "plan" ? value : [1, 1];
      const figure: Figure[] =
        origin.from === "plan" ? [{ name: "executions", value, unit: "", origin }] : [];
      const scheduled = executionsByClock(load.stack, resource);
      if (scheduled === undefined) return { count, figure };
      const most = Math.min(count[1], scheduled.count);
      return { count: [most, most] as const, figure: [...figure, ...scheduled.figures] };
    });
  return {
    fixed: plus(...counted.map(({ count }) => times(count, each.value))),
    figures: counted.length === 0 ? [] : [...counted.flatMap(({ figure }) => figure), each],
  };
}

function readsQueue(stack: RecoveryStack, one: RecoveryResource): boolean {
  return mappingsOf(stack).some((each) => each.function === one);
}
