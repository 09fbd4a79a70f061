/** Logins of the database that take turns, and the task that makes them. */
import * as crypto from "node:crypto";

/** The task, by the word that its names and parameters have. */
export const DATABASE_TASK = "database-task";

/** What the task is handed: variables, each with the last part of its parameter's path. */
export const DATABASE_TASK_PARAMETERS = {
  BLUE_VERIFIER: "blue-verifier",
  DATABASE_URL: "database-url",
  GREEN_VERIFIER: "green-verifier",
} as const;

/** Role that owns what is in the database; the two logins act as it. */
export const OWNING_ROLE = "crm_app";

/** Names of the two logins that take turns. */
export const LOGINS = { blue: "crm_app_blue", green: "crm_app_green" } as const;

/**
 * SQL for psql, which may run any number of times: the role and both logins are there, each login has the password of its
 * verifier, and all objects that a login creates belong to the role. Only verifiers are passed: `log_statement` writes what
 * ALTER ROLE is given into the log.
 * Source: PostgreSQL Documentation, "ALTER ROLE" (a password that is a SCRAM verifier is stored as it is), psql's \\getenv and \\gexec.
 */
export const LOGIN_STATEMENTS = String.raw`
\getenv blue BLUE_VERIFIER
\getenv green GREEN_VERIFIER
SELECT format('CREATE ROLE %I NOLOGIN', role)
  FROM (VALUES ('${OWNING_ROLE}'), ('${LOGINS.blue}'), ('${LOGINS.green}')) AS wanted (role)
  WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = role) \gexec
GRANT ${OWNING_ROLE} TO CURRENT_USER;
GRANT ${OWNING_ROLE} TO ${LOGINS.blue}, ${LOGINS.green};
ALTER ROLE ${LOGINS.blue} LOGIN PASSWORD :'blue';
ALTER ROLE ${LOGINS.green} LOGIN PASSWORD :'green';
SELECT format('ALTER ROLE %I IN DATABASE %I SET role = %L', login, current_database(), '${OWNING_ROLE}')
  FROM (VALUES ('${LOGINS.blue}'), ('${LOGINS.green}')) AS logins (login) \gexec
SELECT format('ALTER DATABASE %I OWNER TO ${OWNING_ROLE}', current_database()) \gexec
REASSIGN OWNED BY CURRENT_USER TO ${OWNING_ROLE};
`;

/**
 * SQL for psql that ends a login's sessions. Until its end, a session can set another password, and sign in with it again
 * before the task sets the stack's: so the login cannot sign in first, which is in force once it is committed. The task itself
 * signs in as the owner, which stays as it is. LOGIN_STATEMENTS let the login in again.
 * Source: PostgreSQL Documentation, "ALTER ROLE"; pg_terminate_backend in "System Administration Functions"; psql's \\gexec.
 */
export function endSessions(login: string): string {
  return String.raw`SELECT format('ALTER ROLE %I NOLOGIN', '${login}') WHERE '${login}' <> current_user \gexec
COMMIT;
SELECT pg_terminate_backend(pid) ${sessionsOf(login)};`;
}

/** Where the sessions of a login are, but for the task's own: the end of a query. */
export function sessionsOf(login: string): string {
  return `FROM pg_stat_activity WHERE usename = '${login}' AND pid <> pg_backend_pid()`;
}

/** Rounds of PBKDF2 that PostgreSQL makes. Source: PostgreSQL Documentation, scram_iterations. */
const ITERATIONS = 4096;

/**
 * What PostgreSQL stores of a password: who reads it can check the password and not sign in with it. The salt follows from
 * the password, which is random, so that the same password has one verifier.
 * Source: RFC 5802, section 3; PostgreSQL Documentation, "pg_authid", rolpassword.
 */
export function scramVerifier(
  password: string,
  salt = crypto.createHash("sha256").update(`salt ${password}`).digest().subarray(0, 16),
): string {
  const salted = crypto.pbkdf2Sync(password, salt, ITERATIONS, 32, "sha256");
  const keyed = (text: string) => crypto.createHmac("sha256", salted).update(text).digest();
  const stored = crypto.createHash("sha256").update(keyed("Client Key")).digest();
  const texts = [salt, stored, keyed("Server Key")].map((bytes) => bytes.toString("base64"));
  return `SCRAM-SHA-256$${ITERATIONS}:${texts[0]}$${texts[1]}:${texts[2]}`;
}
