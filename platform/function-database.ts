/** Functions that read a database: each has a parameter of its own with the URL. */
import type { Names } from "./names";
import { mapped } from "./records";

/** What of a function's configuration decides it. */
interface DatabaseReader {
  readonly databaseUrl?: "primary" | "replica";
}

/** The path of the function's parameter, `/crm/analytics-aggregator/database-url`; none without a database. */
export function functionDatabaseParameter(
  names: Names,
  label: string,
  fn: DatabaseReader,
): string | undefined {
  return fn.databaseUrl && names.parameter(label, "database-url");
}

/** A service or function that gets the URL of a database. */
export interface DatabaseUrl {
  /** Its key in the stack file. */
  readonly service: string;
  /** The instance that the URL leads to. */
  readonly database: "primary" | "replica";
}

/** The services and functions that get a URL: what CrmDatabase publishes parameters for. */
export function databaseUrls(
  services: Readonly<Record<string, DatabaseUrl["database"]>>,
  functions: Readonly<Record<string, DatabaseReader>>,
): DatabaseUrl[] {
  const readers = mapped(functions, ({ databaseUrl }) => databaseUrl);
  return [...Object.entries(services), ...Object.entries(readers)].flatMap(([service, database]) =>
    database === undefined ? [] : [{ service, database }],
  );
}
