/** Part of `crm:database`: logins in place of the owner's, and the task that creates them. */
import type { z } from "zod";

import { DATABASE_ACCESS, LONGEST_USER } from "../platform/database-logins";
import { flag, group, integer, namedGroup, oneOf, text, word, type Report } from "./common";

export const loginsSchema = group({
  active: oneOf(["owner", "blue", "green"])
    .default("owner")
    .describe(
      "Login in the URLs: the owner's, or one of two alternating logins, which the database task creates first",
    ),
  blueVersion: integer(1, 1_000_000)
    .default(1)
    .describe(
      "Raise it to generate a new password of crm_app_blue, while it is not the active login",
    ),
  greenVersion: integer(1, 1_000_000)
    .default(1)
    .describe(
      "Raise it to generate a new password of crm_app_green, while it is not the active login",
    ),
});

const userSchema = group({
  access: oneOf(DATABASE_ACCESS).describe(
    "What it may do with all tables: read, write (rows, no DDL), or owner, for migrations",
  ),
  active: flag()
    .default(false)
    .describe(
      "Whether its URL has a login of its own, which an update and the database task create first",
    ),
});

export const usersSchema = namedGroup(word(), userSchema).default({});

export const taskSchema = group({
  image: text(
    /^(sha256:[0-9a-f]{64}|[\w][\w.-]{0,127}|[\w.:-]+(\/[\w.-]+)+(:[\w.-]+)?(@sha256:[0-9a-f]{64})?)$/,
    "a digest such as sha256:0123..., a tag, or a full reference",
  )
    .optional()
    .describe(
      "An image with psql 15 or later and AWS's certificate authorities: a digest or tag of the task's own repository, or a full reference. Without it only the repository is created",
    ),
  architecture: oneOf(["X86_64", "ARM64"]).default("X86_64").describe("Processor of the task"),
});

interface LoginSettings {
  readonly logins: z.infer<typeof loginsSchema>;
  readonly users: z.infer<typeof usersSchema>;
  readonly task?: z.infer<typeof taskSchema> | undefined;
}

/** The logins exist once the task has run. */
export function loginRules({ logins, users, task }: LoginSettings, report: Report): void {
  if (logins.active !== "owner" && task?.image === undefined) {
    report(["logins", "active"], logins.active, "owner, as task.image is not set");
  }
  for (const [key, { active }] of Object.entries(users)) {
    if (task?.image === undefined) {
      report(["users", key], key, "no users, as task.image is not set");
    }
    if (active && logins.active === "owner") {
      report(["users", key, "active"], active, "false, as logins.active is owner");
    }
    if (key.length > LONGEST_USER) {
      report(["users", key], key, `a name of at most ${LONGEST_USER} letters, for its logins`);
    }
  }
}
