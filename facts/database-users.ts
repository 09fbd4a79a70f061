/** Names that RDS reserves or that attackers try first at the login of a database's master user. */
import { type Fact, guide } from "./fact";

/** Names that AWS's consoles suggest for the master user; Security Hub's RDS.24 and RDS.25 refuse them. */
export const DEFAULT_USERS = {
  names: ["admin", "postgres"],
  source:
    "https://docs.aws.amazon.com/config/latest/developerguide/rds-instance-default-admin-check.html",
  asOf: "2026-11-29",
} as const satisfies Fact & Record<string, unknown>;

/** RDS's own user in each instance. */
export const RESERVED_USER = {
  name: "rdsadmin",
  source: guide(
    "amazon-rds-user-guide",
    "f2e9ed35fba2cb7e3942a1c23ed5b37162222d41",
    "Appendix.PostgreSQL.CommonDBATasks.Roles.md",
  ),
  asOf: "2026-11-29",
} as const satisfies Fact & Record<string, unknown>;

/** Names that are tried at any server. */
const GUESSED_USERS = ["administrator", "master", "root"];

/** All of them, in the order of the alphabet. */
export const WELL_KNOWN_USERS: readonly string[] = [
  ...DEFAULT_USERS.names,
  ...GUESSED_USERS,
  RESERVED_USER.name,
].sort();

/** Whether a user has one of them, in any case. */
export function isWellKnownUser(name: string): boolean {
  return WELL_KNOWN_USERS.includes(name.toLowerCase());
}
