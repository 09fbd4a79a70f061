export { CrmDatabase, type CrmDatabaseArgs } from "./database";
export { primaryArnOf } from "./database-names";
