/** The standby after a failover, or after a restore at home: its database is a replica again. */
import { minutesOf } from "../../analysis/recovery/steps";
import {
  act,
  check,
  commit,
  MULTI_AZ,
  ON_MAIN,
  describeInstance,
  functionsRun,
  gone,
  prints,
  prove,
  SERVING,
  set,
  SKIP_BACKUP,
  today,
  unset,
  up,
} from "./commands";
import { replicaMinutes, type WithDatabase } from "./state-follows";
import type { Command, Step } from "./step";

/** The standby's database is a replica of the one at home again; all else of it stays. */
export function standAgainStep(home: WithDatabase, away: WithDatabase): Step {
  const stack = away.stackName;
  const snapshot = `${away.id}-served-<today>`;
  return {
    id: "stand-again",
    title: `Return ${stack} to standby`,
    says: `A promoted instance cannot become a replica again: it is deleted, with a final snapshot, and a replica of ${home.id} is created under its name. The same update stops the tasks, and starts the functions that were stopped for the pause. Until the commit is on main, an update of ${stack} from main would promote the replica. Until the replica exists, a lost region is restored from backups: do this soon, on a quiet day.`,
    minutes: minutesOfReplicaAnew(away),
    commands: [
      today(),
      set("It no longer serves", stack, SERVING, "false"),
      set("A replica has one zone", stack, MULTI_AZ, "false"),
      unset("Remove the skipped backup", stack, SKIP_BACKUP),
      // Else the update after the deletion would create an empty database instead of a replica.
      prove("It no longer serves", `pulumi config get --path ${SERVING} --stack ${stack}`, {
        good: prints("false"),
      }),
      prove("The preview is clean", `npm run preview -- --stack ${stack}`),
      ...replicaAnew(
        away,
        `--final-db-snapshot-identifier ${snapshot} --no-delete-automated-backups`,
        "Create the replica, and stop the tasks",
      ),
      commit("fix: the standby waits again", stack),
    ],
    look: ON_MAIN,
    undo: `The snapshot ${snapshot} has what it held.`,
  };
}

/** After a restore at home, the standby's replica follows the instance that was put aside. */
export function followStep(home: WithDatabase, away: WithDatabase): Step {
  return {
    id: "follow",
    title: `${away.stackName}'s replica follows the restored database`,
    says: `A replica's source cannot be changed: the replica is deleted, and a new one of ${home.id} is created under its name. RDS takes no final snapshot of a replica. Until the new one exists, a lost region is restored from backups.`,
    minutes: minutesOfReplicaAnew(away),
    commands: [
      // An instance that serves is none, and would go without a snapshot. Source: RDS API Reference, DBInstanceStatusInfo.
      check(
        "It is a replica until now",
        describeInstance(away.region, away.id, "StatusInfos[0].StatusType"),
        { good: prints("read replication") },
      ),
      ...replicaAnew(away, "--skip-final-snapshot", "Make the replica"),
    ],
    undo: `Repeat the step: the replica's data is in ${home.region}.`,
  };
}

function minutesOfReplicaAnew({ stack }: WithDatabase): number {
  return minutesOf(stack, "deleteInstance") + minutesOf(stack, "runUpdate") + replicaMinutes(stack);
}

/** Deletes a standby's instance, and makes a replica of its name. */
function replicaAnew(away: WithDatabase, options: string, makes: string): Command[] {
  const stack = away.stackName;
  const instance = `--region ${away.region} --db-instance-identifier ${away.id}`;
  return [
    act(
      "Remove its deletion protection",
      `aws rds modify-db-instance ${instance} --no-deletion-protection --apply-immediately --query DBInstance.DBInstanceStatus --output text`,
      { already: /DBInstanceNotFound/ },
    ),
    act(
      "Delete it",
      `aws rds delete-db-instance ${instance} ${options} --query DBInstance.DBInstanceStatus --output text`,
      { already: /DBInstanceNotFound|already being deleted/ },
    ),
    gone(away.region, away.id, minutesOf(away.stack, "deleteInstance")),
    // Pulumi's state has neither the deletion nor what was stopped for a failback.
    up(makes, stack, "--refresh"),
    prove(
      "It is a replica",
      `aws rds describe-db-instances ${instance} --query 'DBInstances[0].StatusInfos[0].Status' --output text`,
      { good: prints("replicating"), minutes: replicaMinutes(away.stack) },
    ),
    ...functionsRun(away),
  ];
}
