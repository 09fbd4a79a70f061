export { CrmDatabase } from "./database";
export type { CrmDatabaseArgs } from "./database-args";
export { primaryArnOf } from "./database-names";
