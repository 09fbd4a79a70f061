/** `npm run restore-database`: rows, tables or the instance are gone, and the region works. */
import { databaseRestore, minutesOf } from "../../analysis/recovery/steps";
import {
  act,
  available,
  check,
  describeInstance,
  healthy,
  MOMENT,
  newestBackup,
  PLACE,
  placeOf,
  placeOptions,
  prints,
  prove,
  rename,
  restoreTo,
  roomForInstance,
  signedIn,
  stateAnswers,
  stopFunction,
  stopQuestions,
  stopService,
} from "./commands";
import { namedOf, type BookPlan, type Named } from "./names";
import {
  bringHome,
  choosePoint,
  lockOut,
  restoreJob,
  VAULT_QUESTIONS,
  vaultsOf,
  type Vaults,
} from "./restore-from-vault";
import { laterStep, statePart, withDatabase, type WithDatabase } from "./state-follows";
import type { Command, Runbook, Step } from "./step";

export function restoreDatabase(plan: BookPlan, standby = "recovery"): Runbook {
  const named = withDatabase(namedOf(plan));
  const vaults = vaultsOf(named);
  const copies = vaults?.copies;
  return {
    command: "restore-database",
    stack: named.stackName,
    page: "database-restore.md",
    before: [signedIn(named), stateAnswers(named.stackName)],
    parts: [
      { id: "restored", first: 1, steps: beforeSteps(named) },
      { id: "swap", first: 3, after: "restored", steps: afterSteps(named) },
      statePart(named, standby),
      { id: "later", first: 10, steps: [laterStep(named)] },
      { id: "gone", first: 1, steps: goneSteps(named) },
      ...(vaults ? [{ id: "vault", first: 1, steps: vaultSteps(named, vaults) }] : []),
      ...(vaults && copies
        ? [{ id: "compromised", first: 1, steps: compromisedSteps(named, vaults, copies) }]
        : []),
    ],
    cases: {
      destroyed: ["restored", "swap", "state"],
      gone: ["gone", "state"],
      ...(vaults && { vault: ["vault", "swap", "state"] }),
      ...(copies && { compromised: ["compromised", "vault", "swap", "state"] }),
      later: ["later"],
    },
    questions: {
      ...stopQuestions(named),
      moment: MOMENT,
      milliseconds: {
        asks: "From when on to look in the log, in milliseconds since 1970",
        pattern: /^\d{13}$/,
        expects: "13 digits, such as `date +%s000` prints",
        optional: true,
      },
      ...VAULT_QUESTIONS,
    },
  };
}

function beforeSteps(named: WithDatabase): Step[] {
  const { region, id, restored, stack } = named;
  const { minutes } = databaseRestore(stack, named.primary);
  return [
    stopStep(named),
    {
      id: "restore",
      title: `Restore to a new instance, ${restored}`,
      says: "The old instance stays unchanged, and users continue to work with it. A restore usually takes five minutes, longer for a large database. The first read of restored data is slow.",
      minutes,
      commands: [
        roomForInstance(region),
        placeOf(region, id),
        restoreTo(
          region,
          `identifier ${id}`,
          restored,
          `--restore-time <moment> ${placeOptions(named)}`,
        ),
        available(region, restored, minutes),
      ],
      undo: `Nothing uses ${restored}: delete it with the commands in the paragraph about a few tables.`,
    },
  ];
}

function stopStep(named: WithDatabase): Step {
  const { region, id, stack } = named;
  return {
    id: "stop",
    title: "Stop the damage, and find the last good moment",
    says: "Stop the service or function that damages data, or it does so again. The update at the end of the runbook starts it again.",
    minutes: minutesOf(stack, "decide"),
    commands: [
      check(
        "What was deleted, and when",
        `aws logs filter-log-events --region ${region} --log-group-name /aws/rds/instance/${id}/postgresql --filter-pattern DELETE --start-time <milliseconds> --query 'events[].[timestamp,message]' --output text`,
      ),
      check(
        "From when to when a restore is possible",
        `aws rds describe-db-instance-automated-backups --region ${region} --db-instance-identifier ${id} --query '${newestBackup("")}.RestoreWindow.[EarliestTime,LatestTime]' --output text`,
        WINDOW,
      ),
      ...stopService(named, "<service name>"),
      ...stopFunction(named, "<function name>"),
    ],
    undo: `pulumi up --stack ${named.stackName} --refresh restarts what was stopped; environments that a function keeps ready in peak hours return with the next peak.`,
  };
}

/** Two moments, and one of the person's between them. */
const WINDOW: Partial<Command> = {
  keeps: ["earliest", "latest"],
  asks: ["moment"],
  good: {
    says: "two moments with the last good one between them",
    holds: (_, { moment, earliest, latest }) =>
      Date.parse(moment!) >= Date.parse(earliest!) && Date.parse(moment!) <= Date.parse(latest!),
  },
};

function afterSteps(named: WithDatabase): Step[] {
  const { region, id, restored, broken, stack } = named;
  const minutes = minutesOf(stack, "rename");
  return [
    {
      id: "swap",
      title: "Swap the names",
      says: "Writes fail from here until the end of the step. The host name and the URLs do not change. If the password was rotated after the moment that you restored, raise `crm:database.passwordVersion` in the update of step 7, and run that update immediately.",
      minutes,
      commands: [
        check(
          "The restored one is ready",
          describeInstance(region, restored, "DBInstanceStatus"),
          // After a stop between the two renames it has its new name already.
          { good: prints("available") },
        ),
        ...rename(region, id, broken, minutes / 2),
        ...rename(region, restored, id, minutes / 2),
        prove("The host name is the old one", describeInstance(region, id, "Endpoint.Address"), {
          good: { says: `a host starting with ${id}`, holds: (name) => name.startsWith(`${id}.`) },
        }),
      ],
      undo: `Rename ${id} (where it has that name) to ${restored}, then ${broken} to ${id}: the commands of this step with the names the other way round.`,
    },
    verifyStep(named),
  ];
}

/** The end of every way back. */
function verifyStep(named: Named): Step {
  return {
    id: "verify",
    title: "Verify",
    says: "The platform must be healthy, and the data must be what users expect.",
    minutes: minutesOf(named.stack, "verify"),
    commands: healthy(named, minutesOf(named.stack, "verify")),
    look: "the newest entries are there, and the dashboard shows no errors",
    undo: "Nothing was changed. To undo a swap of the names, use the rollback of that step.",
  };
}

function goneSteps(named: WithDatabase): Step[] {
  const { region, id, stack, primary } = named;
  const { minutes } = databaseRestore(stack, primary);
  const place = "Settings of the old instance";
  return [
    {
      id: "gone-backups",
      title: "Find the backups and the settings of the old instance",
      says: "AWS keeps automated backups for `crm:database.backupRetentionPeriod` days. The state has the subnet group, security group and parameter group.",
      minutes: minutesOf(stack, "chooseBackup"),
      commands: [
        prove(
          "The backups",
          `aws rds describe-db-instance-automated-backups --region ${region} --db-instance-identifier ${id} --query '${newestBackup("")}.[RestoreWindow.EarliestTime,RestoreWindow.LatestTime,DBInstanceAutomatedBackupsArn]' --output text`,
          { ...WINDOW, keeps: ["earliest", "latest", "backups ARN"] },
        ),
        act(
          `${place}: the state`,
          `pulumi stack export --stack ${named.stackName} --file state.json`,
        ),
        prove(`${place}: read them`, `jq -r '${placeInState(primary.name)}' state.json`, {
          keeps: PLACE,
          good: { says: "three values: subnet group, security group, parameter group" },
        }),
      ],
      undo: "Nothing was changed.",
    },
    {
      id: "gone-restore",
      title: `Restore to ${id}`,
      says: "It gets the name that it had: no swap is needed.",
      minutes,
      commands: [
        roomForInstance(region),
        restoreTo(
          region,
          "automated-backups-arn <backups ARN>",
          id,
          `--restore-time <moment> ${placeOptions(named)}`,
        ),
        available(region, id, minutes),
      ],
      undo: `Delete ${id} as long as no service has written into it, and restore another moment.`,
    },
    { ...verifyStep(named), id: "gone-verify" },
  ];
}

/** The three words as the state has them. */
function placeInState(name: string): string {
  return `.deployment.resources[] | select(.urn | endswith("aws:rds/instance:Instance::${name}")) | .outputs | [.dbSubnetGroupName, .vpcSecurityGroupIds[0], .parameterGroupName] | join(" ")`;
}

function vaultSteps(named: WithDatabase, vaults: Vaults): Step[] {
  const { region, id, restored, account, stack, primary } = named;
  const { minutes } = databaseRestore(stack, primary);
  const settled = minutesOf(stack, "verify") / 2;
  const arn = `arn:aws:rds:${region}:${account}:db:${id}`;
  return [
    {
      id: "vault-which",
      title: "Which backup",
      says: "Choose the newest one from before the damage.",
      minutes: minutesOf(stack, "chooseBackup"),
      commands: [choosePoint(region, vaults.vault, arn)],
      undo: "Nothing was changed.",
    },
    {
      id: "vault-metadata",
      title: "Read the backup's metadata",
      says: `A restore needs all settings of the old instance. Only the name changes, to ${restored}.`,
      minutes: minutesOf(stack, "restoreMetadata"),
      commands: [
        act(
          "Ask the backup",
          `aws backup get-recovery-point-restore-metadata --region ${region} --backup-vault-name ${vaults.vault} --recovery-point-arn <recovery point> --query RestoreMetadata`,
          { into: "metadata.json" },
        ),
        act("Give it the name", `jq '.DBInstanceIdentifier = "${restored}"' metadata.json`, {
          into: "restore.json",
        }),
      ],
      undo: "Only files were written.",
    },
    {
      id: "vault-restore",
      title: `Restore it, as ${restored}`,
      says: "The old instance, if it exists, stays unchanged. The restored instance is encrypted with the vault's key and keeps it: the program never changes the key of an instance.",
      minutes,
      commands: [
        roomForInstance(region),
        ...restoreJob(region, "RDS", vaults, minutes - settled),
        available(region, restored, settled),
      ],
      undo: `Nothing uses ${restored}: delete it with the commands in the paragraph about a few tables.`,
    },
  ];
}

function compromisedSteps(
  named: WithDatabase,
  vaults: Vaults,
  copies: NonNullable<Vaults["copies"]>,
): Step[] {
  return [
    lockOut(named),
    ...bringHome(named, vaults, copies),
    {
      id: "compromised-restore",
      title: "Restore it",
      says: `Follow [the section above](#from-a-backup-of-the-vault). If the instance is gone, set the identifier to \`${named.id}\` and skip the swap. For buckets, follow [objects restored](objects-restore.md#the-versions-are-gone-too).`,
      // Its steps have their own, and the case continues with them.
      minutes: 0,
      commands: [],
      undo: "The steps there have their own.",
    },
  ];
}
