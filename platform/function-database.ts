/** Functions that read a database: each has a parameter of its own with the URL. */
import type { Names } from "./names";

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

/** The functions that need a URL, and of which database: what CrmDatabase has to publish for them. */
export function functionDatabases(
  functions: Readonly<Record<string, DatabaseReader>>,
): { readonly service: string; readonly database: "primary" | "replica" }[] {
  return Object.entries(functions).flatMap(([service, { databaseUrl: database }]) =>
    database === undefined ? [] : [{ service, database }],
  );
}
