/** Restores from AWS Backup's copies: older than a data store's own backups, or the only ones after a deliberate deletion. */
import { text, type RecoveryResource } from "../../analysis/recovery/resources";
import { minutesOf } from "../../analysis/recovery/steps";
import { NAME_LENGTHS } from "../../facts/name-lengths";
import { act, check, prints, prove, wait } from "./commands";
import { type Named } from "./names";
import type { Command, Question, Step } from "./step";

/** What AWS Backup has of a stack; undefined where it has no backups. */
export interface Vaults {
  readonly vault: string;
  readonly backupRole: string;
  readonly restoreRole: string;
  /** The vault of copies, from which no principal can delete. */
  readonly copies: { readonly vault: string; readonly region: string } | undefined;
}

export function vaultsOf({ stack, account }: Named): Vaults | undefined {
  const vaults = stack.ofType("aws:backup/vault:Vault");
  const role = (end: string) => {
    const found = stack
      .ofType("aws:iam/role:Role")
      .find(({ name, urn }) => urn.includes("crm:aws:CrmRecovery$") && name.endsWith(end));
    const name = found && text(found, "name");
    return name === undefined ? undefined : `arn:aws:iam::${account}:role/${name}`;
  };
  const own = vaults.find((one) => text(one, "region") === undefined);
  const copies = vaults.find((one) => text(one, "region") !== undefined);
  const [vault, backupRole, restoreRole] = [
    own && text(own, "name"),
    role("-backup"),
    role("-restore"),
  ];
  if (vault === undefined || backupRole === undefined || restoreRole === undefined)
    return undefined;
  return { vault, backupRole, restoreRole, copies: placeOf(copies) };
}

function placeOf(copies: RecoveryResource | undefined): Vaults["copies"] {
  const [vault, region] = [copies && text(copies, "name"), copies && text(copies, "region")];
  return vault === undefined || region === undefined ? undefined : { vault, region };
}

/** Questions of the steps here. */
export const VAULT_QUESTIONS: Readonly<Record<string, Question>> = {
  "recovery point": {
    asks: "Which recovery point, from the list above",
    pattern: /^arn:aws[\w-]*:[\w-]+:[\w-]*:\d*:\S+$/,
    expects: "an ARN of the list",
  },
  role: {
    asks: "Which role has deleted",
    pattern: new RegExp(`^[\\w+=,.@-]{1,${NAME_LENGTHS.role.maximum}}$`),
    expects: "the name of a role",
  },
};

/** The newest backups of a store; the person chooses one. */
export function choosePoint(region: string, vault: string, arn: string): Command {
  return check(
    "Which backups there are",
    `aws backup list-recovery-points-by-backup-vault --region ${region} --backup-vault-name ${vault} --by-resource-arn ${arn} --query 'RecoveryPoints[?Status==\`COMPLETED\` || Status==\`AVAILABLE\`].[CreationDate,RecoveryPointArn]' --output text`,
    {
      asks: ["recovery point"],
      good: {
        says: "a list with the recovery point in it",
        holds: (printed, values) => printed.split(/\s+/).includes(values["recovery point"]!),
      },
    },
  );
}

/** A restore job, and a wait for its end. */
export function restoreJob(
  region: string,
  type: string,
  { restoreRole }: Vaults,
  minutes: number,
): Command[] {
  return [
    act(
      "Restore",
      `aws backup start-restore-job --region ${region} --recovery-point-arn <recovery point> --iam-role-arn ${restoreRole} --resource-type ${type} --metadata file://restore.json --query RestoreJobId --output text`,
      { keeps: ["restore job"] },
    ),
    wait(
      "The job is done",
      `aws backup describe-restore-job --region ${region} --restore-job-id <restore job> --query Status --output text`,
      "COMPLETED",
      minutes,
      { bad: /^(ABORTED|FAILED)$/, redo: true },
    ),
  ];
}

/** Locks the identity out that has deleted. */
export function lockOut({ stack }: Named): Step {
  const policy =
    '{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"*","Resource":"*"}]}';
  return {
    id: "lock-out",
    title: "Lock out the identity and all its sessions",
    says: "A policy that denies everything also applies to open sessions.",
    minutes: minutesOf(stack, "lockOut"),
    commands: [
      act(
        "Deny everything",
        `aws iam put-role-policy --role-name <role> --policy-name locked-out --policy-document '${policy}'`,
      ),
      prove(
        "It is denied",
        "aws iam get-role-policy --role-name <role> --policy-name locked-out --query PolicyName --output text",
        { good: prints("locked-out") },
      ),
    ],
    undo: "aws iam delete-role-policy --role-name <role> --policy-name locked-out",
  };
}

/** Brings a copy home from the vault of copies. */
export function bringHome(
  { region, account, stack }: Named,
  { vault, backupRole }: Vaults,
  copies: NonNullable<Vaults["copies"]>,
): Step[] {
  const copied = minutesOf(stack, "copyHome");
  return [
    {
      id: "copies-left",
      title: "Find the copies",
      says: `Choose the newest good one. No principal can delete from ${copies.vault}.`,
      minutes: minutesOf(stack, "chooseBackup"),
      commands: [
        check(
          "The copies",
          `aws backup list-recovery-points-by-backup-vault --region ${copies.region} --backup-vault-name ${copies.vault} --query 'RecoveryPoints[?Status==\`COMPLETED\` || Status==\`AVAILABLE\`].[ResourceType,CreationDate,RecoveryPointArn]' --output text`,
          {
            asks: ["recovery point"],
            good: {
              says: "a list with the recovery point in it",
              holds: (printed, values) => printed.split(/\s+/).includes(values["recovery point"]!),
            },
          },
        ),
      ],
      undo: "Nothing was changed.",
    },
    {
      id: "bring-home",
      title: `Copy it to ${vault}`,
      says: `The original stays in ${copies.vault}.`,
      minutes: copied,
      commands: [
        act(
          "Copy",
          `aws backup start-copy-job --region ${copies.region} --recovery-point-arn <recovery point> --source-backup-vault-name ${copies.vault} --destination-backup-vault-arn arn:aws:backup:${region}:${account}:backup-vault:${vault} --iam-role-arn ${backupRole} --query CopyJobId --output text`,
          { keeps: ["copy job"] },
        ),
        wait(
          "The copy is there",
          `aws backup describe-copy-job --region ${copies.region} --copy-job-id <copy job> --query CopyJob.State --output text`,
          "COMPLETED",
          copied,
          { bad: /^(FAILED|PARTIAL)$/, redo: true },
        ),
        prove(
          "ARN of the new copy",
          `aws backup describe-copy-job --region ${copies.region} --copy-job-id <copy job> --query CopyJob.DestinationRecoveryPointArn --output text`,
          { keeps: ["recovery point"], good: { says: "an ARN" } },
        ),
      ],
      undo: "An additional copy does no harm: it expires after its retention.",
    },
  ];
}
