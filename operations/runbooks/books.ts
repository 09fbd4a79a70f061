/** The runbooks that are programs, by the command that runs each. */
import * as path from "node:path";

import { drill } from "./drill";
import { failback } from "./failback";
import { failover } from "./failover";
import { stateOf, type BookPlan } from "./names";
import { restoreDatabase } from "./restore-database";
import { restoreObjects } from "./restore-objects";
import { rotate } from "./rotate";
import type { Runbook } from "./step";

/** What runbooks read beside plans. */
export interface Project {
  /** Folder of bootstrap's stack file. */
  readonly bootstrap: string;
}

/** This project. */
export const PROJECT: Project = { bootstrap: path.join(__dirname, "..", "..", "bootstrap") };

/** A command. */
export interface Book {
  readonly says: string;
  /** What each case is for. */
  readonly cases: Readonly<Record<string, string>>;
  /** The stack where none is named; absent: one has to be. */
  readonly stack?: string;
  /** The stacks whose plans it reads. */
  readonly reads: (stack: string) => readonly string[];
  /** @param plans of these stacks, in this order */
  readonly make: (plans: readonly BookPlan[], project: Project) => Runbook;
}

/** The stack that takes over. */
const STANDBY = "recovery";

export const BOOKS: ReadonlyMap<string, Book> = new Map<string, Book>([
  [
    "failover",
    {
      says: "Fails the platform over to the recovery region (docs/runbooks/region-loss.md).",
      cases: {
        lost: "the region is lost (default)",
        hold: "keep users on the standby; run it in a second terminal during the update (it waits for Route 53)",
        afterwards:
          "after the failover: the second zone, or what was left out and the read replica",
      },
      stack: "production",
      reads: (stack) => [stack, STANDBY],
      make: ([home, standby], { bootstrap }) => failover(home!, standby!, stateOf(bootstrap)),
    },
  ],
  [
    "failback",
    {
      says: "Moves the platform back to its first region (docs/runbooks/failback.md).",
      cases: {
        ahead: "before the pause (default)",
        pause: "the pause itself, without writes",
        later: "after the pause: replica, copies, cleanup",
        replica: "after a restore without a failover: recreate the standby's replica",
      },
      stack: "production",
      reads: (stack) => [stack, STANDBY],
      make: ([home, standby], { bootstrap }) => failback(home!, standby!, stateOf(bootstrap)),
    },
  ],
  [
    "restore-database",
    {
      says: "Restores the database (docs/runbooks/database-restore.md).",
      cases: {
        destroyed: "rows or tables were deleted or corrupted (default)",
        gone: "the instance is gone, too",
        vault: "from a backup of the vault: older, or from before a deployment",
        compromised:
          "credentials were compromised, and the backups in the region were deleted as well",
        later: "a week later: delete the broken instance",
      },
      reads: (stack) => [stack],
      make: ([plan]) => restoreDatabase(plan!),
    },
  ],
  [
    "restore-objects",
    {
      says: "Brings back objects that were deleted or overwritten (docs/runbooks/objects-restore.md).",
      cases: {
        destroyed: "their versions still exist (default)",
        vault: "the versions were deleted as well: restore a backup from the vault",
      },
      reads: (stack) => [stack],
      make: ([plan]) => restoreObjects(plan!),
    },
  ],
  [
    "drill",
    {
      says: "Rehearses the restore beside the platform and measures its steps (docs/runbooks/drill.md). The times go into Pulumi.<stack>.measured.json.",
      cases: { all: "restore, back up, copy, and delete what the drill created (default)" },
      reads: (stack) => [stack],
      make: ([plan]) => drill(plan!),
    },
  ],
  [
    "rotate",
    {
      says: "Gives a secret a new value and verifies that the old one is refused (docs/runbooks/secret-rotation.md).",
      cases: {
        database: "the password of services and functions (default)",
        "first-login": "the same, while the URLs still contain the owner's password",
        owner: "the password of the database's owner",
        cache: "the token of the cache",
        header: "the header that identifies CloudFront to the load balancer",
        secret: "a service's own secret",
        "leaked-...": "the same for a leaked value: leaked-database and so on",
      },
      reads: (stack) => [stack],
      make: ([plan]) => rotate(plan!),
    },
  ],
]);

/** All runbooks of production and its standby, for the pages. */
export function allBooks(plans: ReadonlyMap<string, BookPlan>, project: Project): Runbook[] {
  return [...BOOKS.values()].map(({ reads, make }) =>
    make(
      reads("production").map((stack) => plans.get(stack)!),
      project,
    ),
  );
}
