/**
 * What Pulumi itself asks of AWS: a stack's state in a bucket, and its secrets' key.
 *
 * Sources: Pulumi, "Using a DIY backend" (files below `.pulumi`), "Secrets" (a key of KMS); S3 User Guide, "Using
 * server-side encryption with AWS KMS keys": who writes an object of such a bucket needs GenerateDataKey. Locks: pulumi/pulumi,
 * pkg/backend/diy/backend.go: Update, Import, Refresh and Destroy take a stack's lock; Preview takes none, with --refresh neither.
 */
import { shownValue } from "../../facts/problem-text";
import type { Step } from "./calls";
import { aliasesOf } from "./context";
import type { PlanIndex } from "./plan-index";
import { textOf } from "./plan-index";
import type { Questions } from "./walk";

/** A stack whose state is used. */
export interface StateUse {
  readonly bucket: string;
  readonly project: string;
  readonly stack: string;
  /** Alias of the key of its secrets, and where that key is. */
  readonly secrets: { readonly alias: string; readonly region: string };
}

/** `s3://bucket?region=...` or `awskms://alias/name?region=...` in its parts. */
export function addressOf(text: string): { readonly name: string; readonly region: string } {
  const [, name, region] = /^[a-z0-9]+:\/\/\/?([^?]+)\?.*region=([\w-]+)/.exec(text) ?? [];
  if (name === undefined || region === undefined) {
    throw new Error(
      `expected an address such as s3://bucket?region=us-east-1, got ${shownValue(text)}`,
    );
  }
  return { name, region };
}

const READS = ["s3:GetObject"];
const WRITES = ["s3:PutObject", "s3:DeleteObject"];

/** How far a command goes: it reads the state, as a preview does, or takes its lock and writes it. */
export type Depth = "reads" | "writes";

/** Adds what Pulumi needs for the state of a stack; `index` is the plan that makes the bucket and the keys. */
export function addState(
  questions: Questions,
  index: PlanIndex,
  use: StateUse,
  depth: Depth,
): void {
  const { bucket, project, stack } = use;
  const root = `arn:${index.home.partition}:s3:::${bucket}`;
  const resource = index
    .ofType("aws:s3/bucket:Bucket")
    .find(({ inputs }) => textOf(inputs["bucket"]) === bucket);
  const need = (step: Step) => ({ what: `state of ${stack}`, step, from: "Pulumi" });
  const context = {
    "aws:SecureTransport": true,
    "s3:TlsVersion": 1.2,
    "aws:RequestedRegion": index.home.region,
    "aws:ResourceAccount": index.home.account,
  };
  // S3 honours a bucket's tags where the bucket has them switched on.
  const tags = Object.fromEntries(
    Object.entries(resource === undefined ? {} : index.tagsOf(resource)).map(([tag, value]) => [
      `aws:ResourceTag/${tag}`,
      value,
    ]),
  );
  const s3 = (action: string, arn: string) =>
    questions.add(
      action,
      { arn, ...(resource && { resource }) },
      { ...context, ...tags },
      need(action.includes("Get") || action.includes("List") ? "read" : "update"),
    );
  const files = [
    `stacks/${project}/${stack}.json`,
    `stacks/${project}/${stack}.json.bak`,
    `history/${project}/${stack}/${stack}-1.history.json`,
    `backups/${project}/${stack}/${stack}.1.json.bak`,
  ].map((file) => `${root}/.pulumi/${file}`);
  const lock = `${root}/.pulumi/locks/organization/${project}/${stack}/1.json`;
  s3("s3:ListBucket", root);
  const used = depth === "writes" ? [...files, lock] : files;
  [`${root}/.pulumi/meta.yaml`, ...used].forEach((arn) => READS.forEach((a) => s3(a, arn)));
  if (depth === "writes") used.forEach((arn) => WRITES.forEach((action) => s3(action, arn)));
  const stateKey = resource && keyOfBucket(index, bucket);
  const key = (actions: readonly string[], found: ReturnType<typeof keyOfBucket>, via?: string) => {
    if (found === undefined) return;
    const region = index.regionOf(found);
    const arn = `arn:${index.home.partition}:kms:${region}:${index.home.account}:key/1234abcd-12ab-34cd-56ef-1234567890ab`;
    for (const action of actions) {
      const about = {
        ...context,
        "aws:RequestedRegion": region,
        ...Object.fromEntries(
          Object.entries(index.tagsOf(found)).map(([tag, value]) => [
            `aws:ResourceTag/${tag}`,
            value,
          ]),
        ),
        "kms:CallerAccount": index.home.account,
        "kms:ResourceAliases": [...aliasesOf(index, found)],
        "kms:ViaService": via && `${via}.${region}.amazonaws.com`,
      };
      questions.add(action, { arn, resource: found }, about, need("update"));
    }
  };
  key(["kms:Decrypt", ...(depth === "writes" ? ["kms:GenerateDataKey"] : [])], stateKey, "s3");
  const secretsKey = index
    .ofType("aws:kms/key:Key")
    .find((one) => aliasesOf(index, one).includes(use.secrets.alias));
  // A new secret is encrypted by who writes the state.
  key(["kms:Decrypt", ...(depth === "writes" ? ["kms:Encrypt"] : [])], secretsKey);
}

function keyOfBucket(index: PlanIndex, bucket: string) {
  const [encryption] = index
    .ofType(
      "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
    )
    .filter(({ inputs }) => textOf(inputs["bucket"]) === bucket);
  return encryption && index.referred(encryption).find(({ type }) => type === "aws:kms/key:Key");
}
