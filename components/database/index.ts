export { CrmDatabase, type CrmDatabaseArgs } from "./database";
