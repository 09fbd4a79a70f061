/** The database and the cache, as a task reaches them: encrypted, with few connections, and back again after a failover. */
import { createCluster } from "@redis/client";
import pg from "pg";

/** Milliseconds for a connection, and for one question: a store that is away must not hold up requests. */
const CONNECT_MS = 1500;
const QUERY_MS = 5000;

/**
 * Connects to the stores whose URLs are there; the pool opens its connections when they are first needed.
 *
 * @param env variables of the task: DB_URL, REDIS_URL, and DB_POOL_MAX, the most connections of this task. All tasks of all services
 *   together, twice during a deployment, must stay below `max_connections` of the database.
 * @param log takes what went wrong between two requests
 */
export function openStores(env, log) {
  const database = env.DB_URL && openDatabase(env, log);
  const cache = env.REDIS_URL && openCache(env.REDIS_URL, log);
  return {
    database,
    cache,
    /** Why the service cannot work, by store; nothing where it can. */
    async problems() {
      const questions = {
        ...(database && { database: () => database.query("SELECT 1") }),
        ...(cache && { cache: () => cache.exists("ready") }),
      };
      const answers = await Promise.all(
        Object.entries(questions).map(([store, ask]) =>
          soon(ask()).then(
            () => undefined,
            (error) => [store, error.message || error.code || error.name],
          ),
        ),
      );
      return Object.fromEntries(answers.filter((answer) => answer !== undefined));
    },
    async close() {
      await Promise.allSettled([database?.end(), cache?.destroy()]);
    },
  };
}

function openDatabase({ DB_URL, DB_POOL_MAX = "10", SERVICE }, log) {
  const pool = new pg.Pool({
    // sslmode=verify-full of the URL: certificate and name are checked; the authorities are in NODE_EXTRA_CA_CERTS.
    connectionString: DB_URL,
    max: Number(DB_POOL_MAX),
    connectionTimeoutMillis: CONNECT_MS,
    query_timeout: QUERY_MS,
    idleTimeoutMillis: 30_000,
    // A new login takes over within this time (docs/runbooks/secret-rotation.md).
    maxLifetimeSeconds: 900,
    keepAlive: true,
    application_name: SERVICE,
  });
  // An idle connection that breaks, such as in a failover: the pool opens another.
  pool.on("error", (error) => log("database", error));
  return pool;
}

function openCache(address, log) {
  const { protocol, password } = new URL(address);
  const cluster = createCluster({
    rootNodes: [{ url: address }],
    // The nodes that the first one names get the same; the key's slot says which of them is asked.
    defaults: {
      password: decodeURIComponent(password) || undefined,
      // Where no node answers a command fails at once, instead of waiting for one.
      disableOfflineQueue: true,
      socket: {
        tls: protocol === "rediss:",
        connectTimeout: CONNECT_MS,
        reconnectStrategy: (retries) => Math.min(100 * 2 ** retries, 5000),
      },
    },
  });
  cluster.on("error", (error) => log("cache", error));
  cluster.on("node-error", (error) => log("cache", error));
  connect(cluster, log);
  return cluster;
}

/** The first connection, as often as it takes: a cache that is away must not keep a task from starting. */
function connect(cluster, log) {
  cluster.connect().catch((error) => {
    log("cache", error);
    setTimeout(() => connect(cluster, log), CONNECT_MS).unref();
  });
}

/** An answer, or an error when it takes too long. */
function soon(answer) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer in ${CONNECT_MS} ms`)), CONNECT_MS);
  });
  return Promise.race([answer, late]).finally(() => clearTimeout(timer));
}
