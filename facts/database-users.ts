/** Names that RDS reserves or that attackers try first at the login of a database's master user. */
export const WELL_KNOWN_USERS: readonly string[] = [
  "admin",
  "administrator",
  "master",
  "postgres",
  "rdsadmin",
  "root",
];

/** Whether a user has one of them, in any case. */
export function isWellKnownUser(name: string): boolean {
  return WELL_KNOWN_USERS.includes(name.toLowerCase());
}
