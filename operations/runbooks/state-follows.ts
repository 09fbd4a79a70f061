/** After a restore: Pulumi's state, the read replica and the copies follow the new instance. */
import { text, type RecoveryResource, type RecoveryStack } from "../../analysis/recovery/resources";
import { hasPilotLight } from "../../analysis/recovery/stand-in";
import { creationMinutes, minutesOf } from "../../analysis/recovery/steps";
import { WINDOW_LEAD } from "../../facts/duration-rows";
import {
  act,
  check,
  commit,
  describeInstance,
  functionsRun,
  ON_MAIN,
  prints,
  printsSomething,
  prove,
  RESTORED_FROM,
  set,
  up,
  wait,
} from "./commands";
import { beside, type Named } from "./names";
import type { Part, Step } from "./step";

/** A stack with a database of its own, and the names that a restore makes. */
export interface WithDatabase extends Named {
  readonly primary: RecoveryResource;
  readonly id: string;
  readonly restored: string;
  readonly broken: string;
}

/** @throws for a stack without a database */
export function withDatabase(named: Named): WithDatabase {
  const id = named.primary && text(named.primary, "identifier");
  if (named.primary === undefined || id === undefined) {
    throw new Error(`${named.stackName}: expected a database with a known identifier, got none`);
  }
  return {
    ...named,
    primary: named.primary,
    ...{ id, restored: beside(id, "restored"), broken: beside(id, "broken") },
  };
}

/** Steps 5 to 9: the state follows. Other runbooks that put an instance in the place of another have them, too. */
export function statePart(named: WithDatabase, standby: string): Part {
  const copies = named.stack.ofType(COPIES)[0];
  return {
    id: "state",
    first: 5,
    steps: [
      {
        id: "new-id",
        title: "The new id",
        says: "Pulumi identifies an instance by the id that AWS generated, not by its name.",
        // Counted with the next step.
        minutes: 0,
        commands: [
          prove("The id", describeInstance(named.region, named.id, "DbiResourceId"), {
            keeps: ["new id"],
            good: { says: "db- and capital letters", holds: (id) => /^db-[A-Z0-9]+$/.test(id) },
          }),
        ],
        undo: "Nothing was changed.",
      },
      ...stateSteps(named),
      ...(named.replica === undefined ? [] : [replicaStep(named, named.replica)]),
      ...(copies === undefined ? [] : [copiesStep(named, copies, standby)]),
    ],
  };
}

/** Minutes of an update in which tasks restart. */
export function minutesOfUpdate(stack: RecoveryStack): number {
  return minutesOf(stack, "runUpdate") + minutesOf(stack, "startAndDrain");
}

/** Minutes until a read replica is there, in any region. */
export function replicaMinutes(stack: RecoveryStack): number {
  return creationMinutes(stack, "aws:rds/instance:Instance", { replicateSourceDb: "set" });
}

/** What the hook of components/recovery/deployment-backup.ts means for an update here, where writes may be stopped. */
export const BACKUP_FIRST = `If the stack takes a backup before a deployment, and the primary or a service changes, the update waits for the backup. In the database's backup and maintenance windows, and in the ${WINDOW_LEAD} minutes before, AWS starts none, and the update fails at once. To skip the backup, set \`crm:recovery.beforeDeployment.skipUntil\` to today before the update: the old instance still has its data.`;

const COPIES = "aws:rds/instanceAutomatedBackupsReplication:InstanceAutomatedBackupsReplication";

function stateSteps(named: WithDatabase): Step[] {
  const { primary, replica, stackName, stack } = named;
  const without = replica && ` --exclude '**aws:rds/instance:Instance::${replica.name}'`;
  const select = `.deployment.resources[] | select(.urn | endswith("aws:rds/instance:Instance::${primary.name}"))`;
  return [
    {
      id: "import",
      title: "Put the id into the state",
      says: "Keep `state.json` until step 9 is done: you need it for a rollback. Secrets in it are encrypted.",
      minutes: minutesOf(stack, "byHand"),
      commands: [
        act("Save the state", `pulumi stack export --stack ${stackName} --file state.json`),
        act("Write the id", `jq --arg id <new id> '(${select} | .id) = $id' state.json`, {
          into: "restored.json",
        }),
        act("Put it back", `pulumi stack import --stack ${stackName} --file restored.json`),
        act("Read the state", `pulumi stack export --stack ${stackName} --file restored.json`),
        prove("The state has the id", `jq -r '${select} | .id' restored.json`, {
          good: { says: "the new id", holds: (id, values) => id === values["new id"] },
        }),
      ],
      undo: `pulumi stack import --stack ${stackName} --file state.json`,
    },
    {
      id: "update",
      title: "Reconcile the state with the program",
      // The provider's update of replicate_source_db: "cannot elect new source database for replication".
      says: `Nothing may be replaced: the guard checks this. The update also starts what was stopped.${without === undefined ? "" : " The replica is excluded: its source differs now, and the provider refuses to change it."} ${BACKUP_FIRST}`,
      minutes: minutesOfUpdate(stack),
      commands: [
        act(
          "Read the instance",
          `pulumi refresh --stack ${stackName} --target '**aws:rds/instance:Instance::${primary.name}'`,
          { terminal: true },
        ),
        act("What would change", `pulumi preview --json --stack ${stackName}`, {
          into: "changes.json",
        }),
        prove("No data store is deleted or replaced", "npm run guard -- changes.json"),
        up("Update", stackName, `--refresh${without ?? ""}`),
        ...functionsRun(named),
      ],
      undo: "Stop before the update: only the state was changed, and step 6 has its rollback.",
    },
  ];
}

function replicaStep(
  { region, stackName, stack, id }: WithDatabase,
  replica: RecoveryResource,
): Step {
  const identifier = text(replica, "identifier")!;
  return {
    id: "replica",
    title: "Re-create the read replica",
    says: "It still replicates the broken instance. Queries to it fail until it is re-created.",
    minutes:
      minutesOf(stack, "runUpdate") + minutesOf(stack, "deleteInstance") + replicaMinutes(stack),
    commands: [
      act(
        "Remove Pulumi's protection",
        `pulumi state unprotect '${replica.urn}' --stack ${stackName} --yes`,
      ),
      act(
        "Remove AWS's deletion protection",
        `aws rds modify-db-instance --region ${region} --db-instance-identifier ${identifier} --no-deletion-protection --apply-immediately`,
      ),
      up(
        "Re-create it",
        stackName,
        `--target-replace '**aws:rds/instance:Instance::${replica.name}'`,
      ),
      prove(
        "It follows the new primary",
        describeInstance(region, identifier, "ReadReplicaSourceDBInstanceIdentifier"),
        { good: prints(id) },
      ),
    ],
    undo: `Without the replica, reads go to the primary: crm:database.urls of ${stackName}.`,
  };
}

function copiesStep(
  { stackName, stack }: WithDatabase,
  { name, type, inputs }: RecoveryResource,
  standby: string,
): Step {
  const region = String(inputs["region"]);
  const stands = hasPilotLight(stack);
  const behind = minutesOf(stack, "automatedBackupReplication");
  const replica = stands
    ? ` The replica in ${region} follows it as well: \`npm run failback -- --case replica\` re-creates it ([failback](failback.md#re-create-the-standbys-replica)).`
    : "";
  return {
    id: "copies",
    title: `Re-create the copies in ${region}`,
    says: `They still belong to the broken instance: until this is done, only AWS Backup's copies survive the loss of the region.${replica}`,
    minutes: minutesOf(stack, "runUpdate") + creationMinutes(stack, COPIES) + behind,
    commands: [
      up("Re-create them", stackName, `--target-replace '**${type.split(":")[2]}::${name}'`),
      prove("Their ARN", `pulumi stack output replicatedBackupsArn --stack ${stackName}`, {
        keeps: ["ARN"],
        good: {
          says: "an ARN with auto-backup in it",
          holds: (arn) => arn.includes(":auto-backup:"),
        },
      }),
      // A stack with a replica takes no backups to restore from.
      ...(stands
        ? []
        : [
            set(`Tell ${standby}`, standby, RESTORED_FROM, "<ARN>"),
            commit("fix: the standby restores from the new copies", standby),
          ]),
      wait(
        "A first copy is there",
        `aws rds describe-db-instance-automated-backups --region ${region} --db-instance-automated-backups-arn <ARN> --query 'DBInstanceAutomatedBackups[0].RestoreWindow.LatestTime' --output text`,
        printsSomething("the latest restorable time of the copy"),
        behind,
      ),
    ],
    ...(!stands && { look: ON_MAIN }),
    undo: "Repeat the step: it re-creates the copies each time.",
  };
}

/** The last step: the instance that was put aside goes. */
export function laterStep({ region, broken, stack }: WithDatabase): Step {
  const deletion = minutesOf(stack, "deleteInstance");
  return {
    id: "broken",
    title: "A week later, the broken one",
    says: "A final snapshot is kept, in case its data is needed.",
    minutes: minutesOf(stack, "byHand") + deletion,
    commands: [
      check("It is not in use", describeInstance(region, broken, "DBInstanceStatus"), {
        good: printsSomething("a status"),
      }),
      act(
        "Remove its deletion protection",
        `aws rds modify-db-instance --region ${region} --db-instance-identifier ${broken} --no-deletion-protection --apply-immediately`,
      ),
      act(
        "Delete it",
        `aws rds delete-db-instance --region ${region} --db-instance-identifier ${broken} --final-db-snapshot-identifier ${broken}-final`,
        { already: /DBInstanceNotFound|InvalidDBInstanceState/ },
      ),
      wait(
        "Its last snapshot is there",
        `aws rds describe-db-snapshots --region ${region} --db-snapshot-identifier ${broken}-final --query 'DBSnapshots[0].Status' --output text`,
        "available",
        deletion,
        { pending: /DBSnapshotNotFound/, bad: /^failed$/ },
      ),
    ],
    undo: `Restore ${broken}-final with aws rds restore-db-instance-from-db-snapshot.`,
  };
}
