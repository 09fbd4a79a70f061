/** Functions that read a database: each has a parameter of its own with the URL. */
import { entryOf } from "../facts/entry-of";
import type { Names } from "./names";
import { mapped } from "./records";

/** What of the database's configuration a URL follows from. */
interface LoginVersions {
  readonly passwordVersion: number;
  readonly logins: {
    readonly active: string;
    readonly blueVersion: number;
    readonly greenVersion: number;
  };
  readonly users: Readonly<Record<string, { readonly active: boolean }>>;
}

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

/**
 * A text that changes with every password of the database. A function reads its URL once, when an execution environment
 * begins: in the environment's variables, the text makes Lambda begin new ones. The login that is not in the URL counts, too:
 * its password is taken away in an update of its own, after the URL has changed, and no function may still have it then.
 */
export function databaseUrlVersion(
  { passwordVersion, logins: { active, blueVersion, greenVersion }, users }: LoginVersions,
  label: string,
): string {
  const own = entryOf(users, label)?.active === true ? ", its own login" : "";
  return `${active}, owner ${passwordVersion}, blue ${blueVersion}, green ${greenVersion}${own}`;
}

/** These texts by function. */
export function databaseUrlVersions(
  database: LoginVersions,
  functions: Readonly<Record<string, unknown>>,
): Record<string, string> {
  return mapped(functions, (_, label) => databaseUrlVersion(database, label));
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
