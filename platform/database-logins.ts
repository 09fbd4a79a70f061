/** Logins of the database that take turns, and the task that makes them. */
import * as crypto from "node:crypto";

/** The task, by the word that its names and parameters have. */
export const DATABASE_TASK = "database-task";

/** What the task is handed without users: variables, each with the last part of its parameter's path. */
export const DATABASE_TASK_PARAMETERS = {
  BLUE_VERIFIER: "blue-verifier",
  DATABASE_URL: "database-url",
  GREEN_VERIFIER: "green-verifier",
} as const;

/** Role that owns what is in the database; the two shared logins act as it. */
export const OWNING_ROLE = "crm_app";

/** Names of the two shared logins that take turns. */
export const LOGINS = { blue: "crm_app_blue", green: "crm_app_green" } as const;

const COLORS = ["blue", "green"] as const;
export type Color = (typeof COLORS)[number];

/** What a user may do with what `crm_app` owns; `owner` acts as `crm_app`. */
export const DATABASE_ACCESS = ["read", "write", "owner"] as const;

/** Services and functions that have logins of their own, by key. */
export type DatabaseUsers = Readonly<
  Record<string, { readonly access: (typeof DATABASE_ACCESS)[number] }>
>;

const inPostgres = (key: string) => key.replaceAll("-", "_");

/** A service's or function's own login; its role is `crm_user_<key>`. */
export function loginOf(key: string, color: Color): string {
  return `crm_${color}_${inPostgres(key)}`;
}

/** Longest key whose logins PostgreSQL does not truncate. Source: PostgreSQL Documentation, "Identifiers and Key Words". */
export const LONGEST_USER = 63 - loginOf("", "green").length;

/** Whether the task creates a login of this name. */
export function isLogin(name: string): boolean {
  return Object.values<string>(LOGINS).includes(name) || /^crm_(?:blue|green)_/.test(name);
}

/** Last part of the path of the parameter with an own login's verifier. */
export function verifierParameter(key: string, color: Color): string {
  return `${color}-verifier-${key}`;
}

function verifierVariable(key: string, color: Color): string {
  return `${color}_verifier_${inPostgres(key)}`.toUpperCase();
}

const ownLogins = (users: DatabaseUsers) =>
  Object.keys(users).flatMap((key) => COLORS.map((color) => ({ key, color })));

/** What the task is handed: variables, each with the last part of its parameter's path. */
export function databaseTaskParameters(users: DatabaseUsers): Readonly<Record<string, string>> {
  const own = ownLogins(users).map(
    ({ key, color }) => [verifierVariable(key, color), verifierParameter(key, color)] as const,
  );
  return { ...DATABASE_TASK_PARAMETERS, ...Object.fromEntries(own) };
}

/** Those parameters as its role names them: each user's verifiers by their start, as IAM limits a role's inline policies. */
export function readableTaskParameters(users: DatabaseUsers): string[] {
  const own = Object.keys(users).length === 0 ? [] : COLORS;
  return [
    ...Object.values(DATABASE_TASK_PARAMETERS),
    ...own.map((color) => verifierParameter("*", color)),
  ];
}

/**
 * SQL for psql, which may run any number of times: roles and logins are there, each login has the password of its verifier, all
 * objects that the owner and the shared logins create belong to the role, and each user may do what its access says. Only verifiers
 * are passed: `log_statement` writes what ALTER ROLE is given into the log.
 * Source: PostgreSQL Documentation, "ALTER ROLE" (a password that is a SCRAM verifier is stored as it is), psql's \\getenv and \\gexec.
 */
export function loginStatements(users: DatabaseUsers): string {
  const access = Object.fromEntries(
    Object.entries(users).map(([key, user]) => [inPostgres(key), user.access]),
  );
  const passwords = ownLogins(users).map(
    ({ key, color }) => String.raw`\getenv verifier ${verifierVariable(key, color)}
ALTER ROLE ${loginOf(key, color)} LOGIN PASSWORD :'verifier';
`,
  );
  return `${String.raw`
\set users '${JSON.stringify(access)}'`}${SHARED_LOGINS}${OWN_LOGINS}${passwords.join("")}`;
}

const SHARED_LOGINS = String.raw`
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
 * Each user's rights are set from nothing: for what is there, and for what the owning role creates later. DDL, TRUNCATE and triggers
 * are the owner's. A login that is no longer a user's cannot sign in. Before PostgreSQL 15 every user may create in the schema
 * public, where the names of other users' statements are looked up.
 * Source: PostgreSQL Documentation, "GRANT", "ALTER DEFAULT PRIVILEGES" (of roles that one is a member of), "Schemas" (Usage Patterns).
 */
const OWN_LOGINS = String.raw`
SELECT format('CREATE ROLE %I NOLOGIN', kind || name)
  FROM json_object_keys(:'users') AS users (name), (VALUES ('crm_user_'), ('crm_blue_'), ('crm_green_')) AS kinds (kind)
  WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = kind || name) \gexec
SELECT format('GRANT %I TO %I, %I', 'crm_user_' || name, 'crm_blue_' || name, 'crm_green_' || name),
       format(CASE access WHEN 'owner' THEN 'GRANT ${OWNING_ROLE} TO %I' ELSE 'REVOKE ${OWNING_ROLE} FROM %I' END, 'crm_user_' || name)
  FROM json_each_text(:'users') AS users (name, access) \gexec
SELECT format('ALTER ROLE %I IN DATABASE %I SET role = %L', kind || name, current_database(),
              CASE access WHEN 'owner' THEN '${OWNING_ROLE}' ELSE 'crm_user_' || name END)
  FROM json_each_text(:'users') AS users (name, access), (VALUES ('crm_blue_'), ('crm_green_')) AS kinds (kind) \gexec
SELECT 'REVOKE CREATE ON SCHEMA public FROM PUBLIC', 'GRANT USAGE, CREATE ON SCHEMA public TO ${OWNING_ROLE}'
  WHERE :'users' <> '{}' \gexec
SELECT format('GRANT USAGE ON SCHEMA %I TO %I', nspname, 'crm_user_' || name)
  FROM json_each_text(:'users') AS users (name, access), pg_namespace
  WHERE pg_has_role(nspowner, 'USAGE') AND nspname !~ '^pg_' AND nspname <> 'information_schema' \gexec
SELECT format('REVOKE ALL ON %s FROM %I', object, 'crm_user_' || name),
       format('GRANT %s ON %s TO %I', CASE access WHEN 'read' THEN 'SELECT' ELSE more END, object, 'crm_user_' || name)
  FROM json_each_text(:'users') AS users (name, access),
       (SELECT CASE relkind WHEN 'S' THEN 'SEQUENCE ' ELSE 'TABLE ' END || oid::regclass,
               CASE relkind WHEN 'S' THEN 'USAGE, SELECT' ELSE 'SELECT, INSERT, UPDATE, DELETE' END
          FROM pg_class
         WHERE relowner = '${OWNING_ROLE}'::regrole AND relkind IN ('r', 'p', 'v', 'm', 'f', 'S') AND relpersistence <> 't')
       AS objects (object, more) \gexec
SELECT format('ALTER DEFAULT PRIVILEGES FOR ROLE ${OWNING_ROLE} REVOKE ALL ON %s FROM %I', kind, 'crm_user_' || name),
       format('ALTER DEFAULT PRIVILEGES FOR ROLE ${OWNING_ROLE} GRANT %s ON %s TO %I',
              CASE access WHEN 'read' THEN least ELSE more END, kind, 'crm_user_' || name)
  FROM json_each_text(:'users') AS users (name, access),
       (VALUES ('SCHEMAS', 'USAGE', 'USAGE'), ('TABLES', 'SELECT', 'SELECT, INSERT, UPDATE, DELETE'), ('SEQUENCES', 'SELECT', 'USAGE, SELECT'))
       AS kinds (kind, least, more) \gexec
SELECT format('ALTER ROLE %I NOLOGIN', rolname) FROM pg_roles
  WHERE rolcanlogin AND rolname ~ '^crm_(blue|green)_' AND NOT (:'users')::jsonb ? regexp_replace(rolname, '^crm_(blue|green)_', '') \gexec
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
