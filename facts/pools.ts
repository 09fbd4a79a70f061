/** The pools of connections that tasks open to a database: the variable that sets a container's own, and the default size. */

export const POOL = {
  /** The variable that bounds the pool of a container. */
  variable: "DB_POOL_MAX",
  /** Connections of a task for which nothing says how many: the default of node-postgres and HikariCP. */
  usual: 10,
  /** Connections beside those of services and functions: for migrations, monitoring and people. */
  spare: 20,
  /** Part of what a database accepts that stays free, in percent. */
  marginPercent: 10,
} as const;
