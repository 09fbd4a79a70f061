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
      says: "Makes the platform in the other region (docs/runbooks/region-loss.md).",
      cases: {
        lost: "the region is lost; the case without --case",
        hold: "in a second terminal, while the update runs: users stay with the standby",
        afterwards: "what was left out, and the read replica",
      },
      stack: "production",
      reads: (stack) => [stack, STANDBY],
      make: ([home, standby], { bootstrap }) => failover(home!, standby!, stateOf(bootstrap)),
    },
  ],
  [
    "failback",
    {
      says: "Brings the platform home (docs/runbooks/failback.md).",
      cases: {
        ahead: "ahead of the pause; the case without --case",
        pause: "the pause itself",
        later: "replica, copies, and what is left over",
        replica: "after a restore at home, without a failover: re-create the standby's replica",
      },
      stack: "production",
      reads: (stack) => [stack, STANDBY],
      make: ([home, standby], { bootstrap }) => failback(home!, standby!, stateOf(bootstrap)),
    },
  ],
  [
    "restore-database",
    {
      says: "Brings the database back as it was at a moment (docs/runbooks/database-restore.md).",
      cases: {
        destroyed: "rows or tables were destroyed; the case without --case",
        gone: "the instance is gone, too",
        vault: "from a backup of the vault: older, or from before a deployment",
        compromised: "credentials were compromised: backups in the region are deleted, too",
        later: "a week later: the broken instance goes",
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
        destroyed: "their versions are there; the case without --case",
        vault: "the versions are gone, too: from a backup of the vault",
      },
      reads: (stack) => [stack],
      make: ([plan]) => restoreObjects(plan!),
    },
  ],
  [
    "drill",
    {
      says: "Tries the ways back beside the platform and times them (docs/runbooks/drill.md). The times go into Pulumi.<stack>.measured.json.",
      cases: { all: "restore, backup, copy, and what was made for it deleted" },
      reads: (stack) => [stack],
      make: ([plan]) => drill(plan!),
    },
  ],
  [
    "rotate",
    {
      says: "Gives a secret a new value, and proves that the old one is refused (docs/runbooks/secret-rotation.md).",
      cases: {
        database: "the password of services and functions; the case without --case",
        "first-login": "the same where the URLs have the owner's until now",
        owner: "the password of the database's owner",
        cache: "the token of the cache",
        header: "the header by which CloudFront is known",
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
