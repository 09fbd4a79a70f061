/** `crm:storage`: the buckets, what happens to their objects in time and what is copied to another region. */
import { z } from "zod";

import { REPLICATION_MINUTES } from "../facts/duration-rows";
import { CORS_RULES, INFREQUENT_ACCESS } from "../facts/limits";
import { BUCKET_NAMES, NAME_LENGTHS } from "../facts/name-lengths";
import { DESCENDING_CLASSES, PAID_DAYS } from "../facts/object-storage";
import { KEY_DELETION_DAYS, OBJECT_LOCK_DAYS } from "../facts/setting-bounds";
import {
  flag,
  group,
  hostName,
  integer,
  within,
  list,
  namedGroup,
  oneOf,
  region,
  text,
  word,
  type Report,
  type SectionRules,
} from "./common";

/** Key of the bucket that the component always creates: the other buckets' logs go there. */
export const ACCESS_LOGS = "access-logs";

/** Keys of the buckets for logs that the component creates: copies have their own, in their region. */
export function logBucketsOf({ buckets, replicationRegion }: StorageConfig): string[] {
  const copied = Object.values(buckets).some(({ replication }) => replication !== undefined);
  return copied && replicationRegion !== undefined
    ? [ACCESS_LOGS, accessLogsIn(replicationRegion)]
    : [ACCESS_LOGS];
}

/** Key of the bucket for the logs of copies in a region. */
export function accessLogsIn(region: string): string {
  return `${ACCESS_LOGS}-${region}`;
}

const ruleId = () =>
  text(/^[A-Za-z][A-Za-z0-9_-]{0,99}$/, "1 to 100 letters, digits, hyphens or underscores");

const days = () => within(OBJECT_LOCK_DAYS, "days");

const bucketName = () => text(BUCKET_NAMES.pattern, "a bucket's name without dots");

const origin = () =>
  z
    .string({ error: "an origin such as https://app.example.com" })
    .refine((value) => isHttpsOrigin(value), {
      error: "an origin such as https://app.example.com",
    });

function isHttpsOrigin(value: string): boolean {
  return value.startsWith("https://") && hostName().safeParse(value.slice(8)).success;
}

const corsSchema = group({
  allowedOrigins: list(origin(), 1, 20, "origins")
    .optional()
    .describe(
      "Origins whose pages may request the objects; without them the application's own host of crm:edge",
    ),
  allowedMethods: list(oneOf(["GET", "HEAD", "PUT", "POST", "DELETE"]), 1, 5, "methods").describe(
    "HTTP methods that these pages may use",
  ),
  allowedHeaders: list(
    text(/^[A-Za-z0-9*-]{1,100}$/, "the name of a header, or *"),
    0,
    50,
    "headers",
  )
    .default(["*"])
    .describe("Request headers that these pages may send"),
  maxAgeSeconds: integer(0, 86_400, "seconds")
    .default(3600)
    .describe("Seconds for which a browser caches the answer"),
});

const transitionSchema = group({
  id: ruleId().describe("Name of the lifecycle rule"),
  days: days().describe("Age in days at which objects move"),
  storageClass: oneOf(DESCENDING_CLASSES.names).describe("Class to which objects move"),
});

const replicationSchema = group({
  bucketName: bucketName().describe(
    "Name of the bucket with the copies. A change creates a new bucket and leaves the copies in the old one",
  ),
  deleteMarkers: flag()
    .default(true)
    .describe(
      "Whether a deletion also hides the copy; its versions are kept as long as replaced versions",
    ),
});

const bucketSchema = group({
  component: word()
    .default("storage")
    .describe("Value of the tag Component: the service it belongs to"),
  encryption: oneOf(["kms", "s3"])
    .default("kms")
    .describe("kms: the stack's own storage key; s3: AES256 with keys that S3 manages"),
  versioning: flag()
    .default(true)
    .describe(
      "Whether replaced and deleted objects are kept. Once on, it can only be suspended: off then means suspended",
    ),
  noncurrentDays: days()
    .default(30)
    .describe("Days that replaced and deleted objects are kept, if versioning is on"),
  abortUploadDays: days()
    .default(7)
    .describe("Days after which the parts of an unfinished upload are deleted"),
  transitions: list(transitionSchema, 0, 4, "transitions")
    .default([])
    .describe("Moves to cheaper classes"),
  expiration: group({
    id: ruleId().describe("Name of the lifecycle rule"),
    days: days().describe("Age in days at which objects are deleted"),
  })
    .optional()
    .describe("When objects are deleted; without it, never"),
  cors: list(corsSchema, 0, CORS_RULES.most, "rules")
    .default([])
    .describe("Access to the objects for pages of other origins (CORS)"),
  contentDelivery: flag()
    .default(false)
    .describe("Whether the account's CloudFront distributions read the bucket"),
  objectLock: group({
    mode: oneOf(["GOVERNANCE", "COMPLIANCE"]).describe(
      "GOVERNANCE: principals with the permission may still delete; COMPLIANCE: no principal may, not even the root user",
    ),
    days: days().describe("Days for which a new version cannot be deleted"),
  })
    .optional()
    .describe("Makes versions undeletable for a time; cannot be undone"),
  replication: replicationSchema
    .optional()
    .describe(
      `Copies every new object to the replication region, within ${REPLICATION_MINUTES} minutes as a rule`,
    ),
});

const adoptedSchema = group({
  bucketName: bucketName().describe("Name of the bucket, which is in this stack's region"),
  keyAlias: text(
    new RegExp(`^alias/[a-zA-Z0-9/_-]{1,${NAME_LENGTHS.keyAlias.maximum - "alias/".length}}$`),
    "a key's alias such as alias/crm-storage",
  )
    .optional()
    .describe("Alias of the key that encrypts it; without it a key that S3 manages"),
});

export const storageSchema = group({
  protect: flag()
    .default(true)
    .describe("Whether Pulumi refuses to delete the buckets and their keys"),
  forceDestroy: flag()
    .default(false)
    .describe("Whether deleting a bucket deletes the objects in it"),
  keyDeletionWindowDays: within(KEY_DELETION_DAYS, "days")
    .default(30)
    .describe("Days between the deletion of a key and its effect"),
  replicationRegion: region()
    .optional()
    .describe(
      "Region of the copies, by default that of crm:recovery; required if a bucket has replication",
    ),
  accessLogRetentionDays: integer(1, 3653, "days")
    .default(365)
    .describe("Days that access logs of buckets, load balancer and distributions are kept"),
  buckets: namedGroup(word(), bucketSchema).describe(
    "The buckets; the key is the middle of a bucket's name, crm-<key>-<suffix>",
  ),
  adopted: namedGroup(word(), adoptedSchema)
    .default({})
    .describe("Buckets of another stack, by the key for links: they are used, not created"),
});

export type BucketConfig = z.infer<typeof bucketSchema>;
export type StorageConfig = z.infer<typeof storageSchema>;

export const storageRules: SectionRules<StorageConfig> = (storage, report) => {
  if (storage.protect && storage.forceDestroy) {
    report(["forceDestroy"], true, "false while protect is true");
  }
  for (const key of Object.keys(storage.adopted)) {
    if (Object.hasOwn(storage.buckets, key) || key === ACCESS_LOGS) {
      report(["adopted", key], key, "a key that no bucket of the stack has");
    }
  }
  const logs = logBucketsOf(storage);
  for (const [key, bucket] of Object.entries(storage.buckets)) {
    const path = ["buckets", key];
    if (logs.includes(key)) {
      report(path, key, "another name: this bucket is always there");
    }
    if (!bucket.versioning && (bucket.replication ?? bucket.objectLock) !== undefined) {
      const reason = bucket.replication === undefined ? "objectLock" : "replication";
      report([...path, "versioning"], false, `true with ${reason}`);
    }
    if (bucket.objectLock !== undefined && storage.forceDestroy) {
      report([...path, "objectLock"], bucket.objectLock.mode, "no object lock with forceDestroy");
    }
    if (bucket.contentDelivery && bucket.encryption === "kms") {
      report(
        [...path, "encryption"],
        "kms",
        "s3 with contentDelivery: CloudFront has no permission for the key",
      );
    }
    lifecycleRules(bucket, path, report);
    if (bucket.replication !== undefined) {
      if (storage.replicationRegion === undefined) {
        report(["replicationRegion"], undefined, `the region of ${key}'s copies`);
      }
    }
  }
};

/** Settings by which objects leave a class before the time that is paid at least: no error, as moving may still be cheaper. */
export function earlyMoves({ buckets }: Pick<StorageConfig, "buckets">): string[] {
  return Object.entries(buckets).flatMap(([name, { transitions, expiration }]) =>
    transitions.flatMap(({ days, storageClass }, index) => {
      const at = `crm:storage.buckets.${name}`;
      const next = transitions[index + 1];
      const end = next?.days ?? expiration?.days;
      const paid = PAID_DAYS[storageClass];
      if (end === undefined || end - days >= paid) return [];
      const key = next === undefined ? "expiration" : `transitions[${index + 1}]`;
      return [
        `${at}.${key}.days is ${end}: objects leave ${storageClass} after ${end - days} of the ${paid} days that are paid at least, ` +
          `so the days from ${end} to ${days + paid} are paid for nothing.`,
      ];
    }),
  );
}

/** Objects only ever move to a colder class, later, and are deleted last. */
function lifecycleRules(bucket: BucketConfig, path: readonly string[], report: Report): void {
  const ids = [...bucket.transitions.map(({ id }) => id), bucket.expiration?.id].filter(
    (id) => id !== undefined,
  );
  if (new Set(ids).size < ids.length) {
    report([...path, "transitions"], ids, "lifecycle rules with different ids");
  }
  bucket.transitions.forEach((transition, index) => {
    const at = [...path, "transitions", index];
    const previous = bucket.transitions[index - 1];
    const colder = DESCENDING_CLASSES.names.indexOf(transition.storageClass);
    if (
      previous !== undefined &&
      DESCENDING_CLASSES.names.indexOf(previous.storageClass) >= colder
    ) {
      const order = DESCENDING_CLASSES.names.join(", ");
      report(
        [...at, "storageClass"],
        transition.storageClass,
        `a class after ${previous.storageClass} in ${order}`,
      );
      return;
    }
    const earliest =
      previous === undefined
        ? transition.storageClass === "STANDARD_IA"
          ? INFREQUENT_ACCESS.days
          : 1
        : previous.days + (previous.storageClass === "STANDARD_IA" ? INFREQUENT_ACCESS.days : 1);
    if (transition.days < earliest) {
      report([...at, "days"], transition.days, `at least ${earliest} days for this class`);
    }
  });
  const last = bucket.transitions.at(-1);
  if (
    last !== undefined &&
    bucket.expiration !== undefined &&
    bucket.expiration.days <= last.days
  ) {
    report(
      [...path, "expiration", "days"],
      bucket.expiration.days,
      `more than the ${last.days} days of the last transition`,
    );
  }
}
