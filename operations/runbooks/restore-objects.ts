/** `npm run restore-objects`: objects were deleted or overwritten, and the region works. */
import { bucketPurpose } from "../../analysis/recovery/data-stores";
import { versionDays } from "../../analysis/recovery/protections";
import { records, text, value, type RecoveryStack } from "../../analysis/recovery/resources";
import { minutesOf } from "../../analysis/recovery/steps";
import {
  act,
  check,
  deleteObjects,
  OF_S3,
  printsSomething,
  prove,
  signedIn,
  stopFunction,
  stopQuestions,
  stopService,
} from "./commands";
import { namedOf, type BookPlan, type Named } from "./names";
import {
  choosePoint,
  restoreJob,
  VAULT_QUESTIONS,
  vaultsOf,
  type Vaults,
} from "./restore-from-vault";
import type { Command, Runbook, Step } from "./step";

/** A bucket of customers' objects, and the copy that deletions are replicated to. */
interface Buckets {
  readonly bucket: string;
  readonly copy: Copied | undefined;
  /** Days for which a deleted object's versions stay; undefined if without end. */
  readonly versionDays: number | undefined;
}

/** A copy of a bucket. */
export interface Copied {
  readonly bucket: string;
  readonly region: string;
}

/** Customers' own objects: what must not be lost, and whose deletions reach the copy. */
export function bucketsOf(stack: RecoveryStack): Buckets {
  const buckets = stack.ofType("aws:s3/bucket:Bucket");
  const kept = buckets
    .filter((one) => text(one, "region") === undefined)
    .flatMap((one) => text(one, "bucket") ?? [])
    .filter((name) =>
      bucketPurpose(name, stack.about.buckets).scenarios.includes("compromised credentials"),
    );
  const daysOf = (name: string) =>
    versionDays(
      stack,
      buckets.find((one) => text(one, "bucket") === name)!,
    );
  for (const replication of stack.ofType(
    "aws:s3/bucketReplicationConfig:BucketReplicationConfig",
  )) {
    const bucket = text(replication, "bucket");
    const rule = records(value(replication, "rules")).find(
      ({ status, deleteMarkerReplication }) =>
        status === "Enabled" &&
        (deleteMarkerReplication as { status?: string } | undefined)?.status === "Enabled",
    );
    if (bucket === undefined || rule === undefined || !kept.includes(bucket)) continue;
    const { bucket: arn } = rule["destination"] as { bucket: string };
    const name = arn.split(":::")[1]!;
    const region = buckets
      .filter((one) => text(one, "bucket") === name)
      .flatMap((one) => text(one, "region") ?? [])[0];
    const copy = region === undefined ? undefined : { bucket: name, region };
    return { bucket, copy, versionDays: daysOf(bucket) };
  }
  if (kept[0] === undefined) throw new Error("Expected a bucket of customers' objects, got none.");
  return { bucket: kept[0], copy: undefined, versionDays: daysOf(kept[0]) };
}

export function restoreObjects(plan: BookPlan): Runbook {
  const named = namedOf(plan);
  const { copy, ...from } = bucketsOf(named.stack);
  const { bucket } = from;
  const vaults = vaultsOf(named);
  return {
    command: "restore-objects",
    stack: named.stackName,
    page: "objects-restore.md",
    before: [signedIn(named)],
    parts: [
      { id: "restored", first: 1, steps: restoredSteps(named, from) },
      ...(copy ? [{ id: "copies", first: 1, steps: [copiesStep(named, copy)] }] : []),
      ...(vaults ? [{ id: "vault", first: 1, steps: vaultSteps(named, bucket, vaults) }] : []),
    ],
    cases: {
      destroyed: ["restored", ...(copy ? ["copies"] : [])],
      ...(vaults && { vault: ["vault"] }),
    },
    questions: {
      ...stopQuestions(named),
      moment: { ...OF_S3, asks: "When it began, in UTC" },
      key: {
        asks: "Which object was overwritten",
        pattern: /^\S(.*\S)?$/,
        expects: "its key",
        optional: true,
      },
      version: {
        asks: "Which version was the good one, from the list above",
        pattern: /^\S+$/,
        expects: "an id of the list",
      },
      ...VAULT_QUESTIONS,
    },
  };
}

/** Takes away the delete markers that were made since the moment, five hundred at a time. */
function unhide(region: string, bucket: string): Command[] {
  const markers = `aws s3api list-object-versions --region ${region} --bucket ${bucket} --output json --query`;
  const since = 'DeleteMarkers[?IsLatest && LastModified>=`"<moment>"`]';
  return [
    act("The markers", `${markers} '${since}.{Key:Key,VersionId:VersionId}'`, {
      into: "markers.json",
    }),
    ...deleteObjects("Take them away", region, bucket, "markers.json"),
    prove("None is left", `${markers} 'length(${since} || \`[]\`)'`, {
      good: { says: "0", holds: (printed) => printed === "0" },
    }),
  ];
}

function restoredSteps(
  named: Named,
  { bucket, versionDays: days }: Pick<Buckets, "bucket" | "versionDays">,
): Step[] {
  const { region, stack, stackName } = named;
  const long = days === undefined ? "" : ` for ${days} days`;
  const verify = minutesOf(stack, "verify");
  const list = `aws s3api list-object-versions --region ${region} --bucket ${bucket}`;
  return [
    {
      id: "stop",
      title: "Stop the deletions, and find what was deleted and when",
      says: "Stop the service or function that deletes objects, or it does so again.",
      minutes: minutesOf(stack, "decide"),
      commands: [
        check(
          "What was deleted",
          `${list} --query 'DeleteMarkers[?IsLatest].[LastModified,Key]' --output text`,
          {
            asks: ["moment"],
            good: { says: "moments with the keys of what was deleted" },
          },
        ),
        ...stopService(named, "<service name>"),
        ...stopFunction(named, "<function name>"),
      ],
      undo: `pulumi up --stack ${stackName} --refresh restarts what was stopped; environments that a function keeps ready in peak hours return with the next peak.`,
    },
    {
      id: "unhide",
      title: "Remove the delete markers",
      says: `This restores the objects, because a deletion keeps their versions${long}. To restore only some of them, add \`--prefix\` to the first command.`,
      minutes: minutesOf(stack, "bucketVersionRestore"),
      commands: unhide(region, bucket),
      undo: `Delete again each object that must stay deleted: aws s3api delete-object --bucket ${bucket} --key <key>.`,
    },
    {
      id: "overwritten",
      title: "What was overwritten",
      says: "Repeat this for each overwritten object. In `--copy-source`, percent-encode the special characters of a key (`%20` for a space).",
      minutes: verify / 2,
      commands: [
        check(
          "Its versions",
          `${list} --prefix <key> --query 'Versions[].[LastModified,VersionId]' --output text`,
          { asks: ["version"], good: printsSomething("moments with versions") },
        ),
        act(
          "The good one becomes the newest",
          `aws s3api copy-object --region ${region} --bucket ${bucket} --key <key> --copy-source ${bucket}/<key>?versionId=<version>`,
        ),
      ],
      undo: "The overwritten version is still there: copy it in the same way.",
    },
    lookStep(verify / 2, "look"),
  ];
}

function lookStep(minutes: number, id: string): Step {
  return {
    ...{ id, minutes, commands: [], title: "Verify" },
    says: "Open an upload in the application.",
    look: "an upload that was gone opens",
    undo: "Nothing was changed.",
  };
}

function copiesStep(
  { stack }: Named,
  { bucket, region }: { readonly bucket: string; readonly region: string },
): Step {
  return {
    id: "copies",
    title: `The same for the copies in ${region}`,
    says: "S3 replicates delete markers, but not their removal.",
    minutes: minutesOf(stack, "bucketVersionRestore"),
    commands: unhide(region, bucket),
    undo: `Delete again each object that must stay deleted: aws s3api delete-object --bucket ${bucket} --key <key>.`,
  };
}

function vaultSteps({ region, stack }: Named, bucket: string, vaults: Vaults): Step[] {
  const minutes = minutesOf(stack, "bucketBackupRestore");
  return [
    {
      id: "vault-which",
      title: "Which backup",
      says: "If the backup is only in the vault of copies, copy it back first: [database restore](database-restore.md#compromised-credentials), steps 2 and 3.",
      minutes: minutesOf(stack, "chooseBackup"),
      commands: [choosePoint(region, vaults.vault, `arn:aws:s3:::${bucket}`)],
      undo: "Nothing was changed.",
    },
    {
      id: "vault-metadata",
      title: "Prepare the settings of the restore",
      says: `It goes to ${bucket} itself.`,
      minutes: minutesOf(stack, "restoreMetadata"),
      commands: [
        act(
          "Ask the backup",
          `aws backup get-restore-testing-inferred-metadata --region ${region} --backup-vault-name ${vaults.vault} --recovery-point-arn <recovery point> --query InferredMetadata`,
          { into: "metadata.json" },
        ),
        act(
          "Give it the bucket",
          `jq '.DestinationBucketName = "${bucket}" | .NewBucket = "false"' metadata.json`,
          { into: "restore.json" },
        ),
      ],
      undo: "Only files were written.",
    },
    {
      id: "vault-restore",
      title: "Restore",
      says: "Objects that are there already stay. It takes most of a working day.",
      minutes,
      commands: restoreJob(region, "S3", vaults, minutes),
      undo: "A restored object is a new version of an existing one: the previous version is still there.",
    },
    lookStep(minutesOf(stack, "verify"), "vault-look"),
  ];
}
