/** How many connections to its database a task of each service may open. */
import { acceptedConnections, RESERVED_CONNECTIONS } from "../facts/capacity-limits";
import { knownMemoryGiB } from "../facts/instance-memory";
import { POOL } from "../facts/pools";
import { SERVICE_QUOTAS } from "../facts/service-quotas";
import type { Report } from "./common";
import type { DatabaseConfig } from "./database";
import type { EventingConfig } from "./eventing";
import type { ServiceConfig, ServicesConfig } from "./services";

/** Two sets of tasks run at the same time during a deployment. */
const COLOURS = 2;

type Store = "primary" | "replica";

interface Sections {
  readonly services: ServicesConfig;
  readonly database: DatabaseConfig;
  readonly eventing: EventingConfig;
}

/** Whether a service gets the address of a database. */
export function readsDatabase({ secrets }: Pick<ServiceConfig, "secrets">): boolean {
  return Object.values(secrets).some(({ source }) => source === "database-url");
}

/**
 * Connections by service, for those that read a database: what the stack file says, else the usual number or as many as fit
 * with every service at its largest and in a deployment. 0: none fits.
 */
export function poolSizes(config: Sections): Readonly<Record<string, number>> {
  return Object.fromEntries(
    (["primary", "replica"] as const).flatMap((store) => {
      const readers = Object.entries(config.services).filter(
        ([name, service]) => readsDatabase(service) && config.database.urls[name] === store,
      );
      const derived = readers.filter(([, { databasePoolMax }]) => databasePoolMax === undefined);
      const taken = readers.reduce(
        (sum, [, one]) => sum + tasks(one) * (one.databasePoolMax ?? 0),
        0,
      );
      const room = roomIn(config, store) - taken;
      const most = derived.reduce((sum, [, one]) => sum + tasks(one), 0);
      const size = Math.max(0, Math.min(POOL.usual, Math.floor(room / most)));
      return readers.map(([name, { databasePoolMax }]) => [name, databasePoolMax ?? size] as const);
    }),
  );
}

/** Tasks with a pool: both colours, and one each of those that run once. */
function tasks({ maxCapacity, tasks: once }: ServiceConfig): number {
  return maxCapacity * COLOURS + Object.keys(once).length;
}

/** What a database's parameters say of max_connections; undefined where they do not, or by a formula. */
function ownMaximum({ parameters }: Pick<DatabaseConfig, "parameters">): number | undefined {
  const row = parameters.find(({ name }) => name === "max_connections");
  const own = Number(row?.value ?? NaN);
  return Number.isFinite(own) ? own : undefined;
}

/** Connections that a database has left for services. */
function roomIn({ database, eventing }: Sections, store: Store): number {
  const settings = store === "replica" ? database.replica : database;
  const own = ownMaximum(settings);
  const gib = knownMemoryGiB(settings.instanceClass);
  // Another part of the program refuses a class that is not known.
  if (own === undefined && gib === undefined) return Infinity;
  const least = own === undefined ? acceptedConnections(gib!)[0] : own - RESERVED_CONNECTIONS.count;
  const usable = Math.floor(least * (1 - POOL.marginPercent / 100));
  return usable - POOL.spare - executionsAt(eventing, store);
}

/**
 * Concurrent executions of the functions that read a database, each with one connection: what they reserve, else what their
 * queue may start. The others share what a new account has, as `reserveConcurrency` is false in such a one only.
 */
export function executionsAt(
  { functions, reserveConcurrency }: Sections["eventing"],
  store: Store,
): number {
  const bounds = Object.values(functions)
    .filter(({ databaseUrl }) => databaseUrl === store)
    .map(({ reservedConcurrency, triggers }) =>
      reserveConcurrency ? reservedConcurrency : triggers.queue?.maximumConcurrency,
    );
  const unbound = bounds.includes(undefined) ? SERVICE_QUOTAS.lambdaConcurrency.newAccount : 0;
  return bounds.reduce<number>((sum, bound) => sum + (bound ?? 0), unbound);
}

/** A service without a pool of its own gets one connection at least. */
export function poolRules(config: Partial<Sections>, report: Report): void {
  const { services, database, eventing } = config;
  if (!services || !database || !eventing) return;
  for (const [name, size] of Object.entries(poolSizes({ services, database, eventing }))) {
    if (size < 1) {
      const isReplica = database.urls[name] === "replica";
      const settings = isReplica ? database.replica : database;
      const own = ownMaximum(settings);
      const bound =
        own === undefined
          ? settings.instanceClass
          : `max_connections ${own} in database.${isReplica ? "replica." : ""}parameters`;
      const expected = `databasePoolMax, or fewer tasks: ${bound} has no connection left for each of ${services[name]!.maxCapacity} tasks in a deployment`;
      report(["services", name, "maxCapacity"], services[name]!.maxCapacity, expected);
    }
  }
}
