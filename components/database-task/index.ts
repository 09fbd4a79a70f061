export { CrmDatabaseTask, type CrmDatabaseTaskArgs } from "./database-task";
