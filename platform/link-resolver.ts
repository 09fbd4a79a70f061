/** Makes links of what the stack file says: one mechanism for services and functions. */
import type { Arns } from "./arns";
import {
  bucketLink,
  LINK_VARIABLES,
  queueLink,
  serviceLink,
  topicLink,
  variable,
  type BucketAccess,
  type Link,
  type QueueAccess,
} from "./links";
import type { Names } from "./names";

/** One link as the stack file has it: one of the targets, by its key, and what is allowed. */
export interface LinkRequest {
  readonly bucket?: string;
  readonly queue?: string;
  readonly topic?: string;
  readonly service?: string;
  readonly access: string;
}

/** The keys that encrypt what links lead to. */
export interface LinkKeys {
  readonly storage: BucketKeys;
  /** Alias of the queues' and topics' key: `alias/crm-messaging`. */
  readonly messaging: string;
  /** Ports of the services that links lead to, by key. @default none: for functions */
  readonly ports?: Readonly<Record<string, number | undefined>>;
}

/** Which key a bucket has; a CrmStorage knows it of all buckets. */
export interface BucketKeys {
  /** Alias of the buckets' key: `alias/crm-storage`. */
  readonly keyAlias: string;
  /** Buckets, by key, that S3 encrypts with a key of its own (SSE-S3): no key to be allowed. */
  readonly managedBuckets: readonly string[];
  /** Buckets of another stack, by key: links lead there as to the stack's own. @default none */
  readonly adopted?: Readonly<Record<string, AdoptedBucket>>;
}

/** A bucket that another stack made, in this stack's region. */
export interface AdoptedBucket {
  readonly bucketName: string;
  /** Alias of its key, with prefix. @default a key that S3 manages */
  readonly keyAlias?: string;
}

/** Variable that a link sets. */
export function linkVariable(link: Omit<LinkRequest, "access">): string {
  const kinds = Object.keys(LINK_VARIABLES) as (keyof typeof LINK_VARIABLES)[];
  for (const kind of kinds) {
    const label = link[kind];
    if (label !== undefined) return variable({ label }, kind);
  }
  throw new Error(NO_TARGET);
}

const NO_TARGET = "A link names a bucket, a queue, a topic or a service.";

/** The links in the order of the stack file. */
export function resolveLinks(
  arns: Arns,
  names: Names,
  keys: LinkKeys,
  configs: readonly LinkRequest[],
): Link[] {
  return configs.map((config) => {
    if (config.bucket !== undefined) {
      const label = config.bucket;
      const adopted = keys.storage.adopted?.[label];
      if (adopted !== undefined) {
        const target = { name: adopted.bucketName, keyAlias: adopted.keyAlias, label };
        return bucketLink(arns, target, config.access as BucketAccess);
      }
      const keyAlias = keys.storage.managedBuckets.includes(label)
        ? undefined
        : keys.storage.keyAlias;
      const target = { name: names.bucket(label), keyAlias, label };
      return bucketLink(arns, target, config.access as BucketAccess);
    }
    if (config.service !== undefined) {
      const port = keys.ports?.[config.service];
      if (port === undefined) throw new Error(`Service ${config.service} has no port to call.`);
      return serviceLink(config.service, port);
    }
    const label = config.queue ?? config.topic;
    if (label === undefined) {
      throw new Error(NO_TARGET);
    }
    const kind = config.queue !== undefined ? "queue" : "topic";
    const target = { name: names.of(label, kind), keyAlias: keys.messaging, label };
    return kind === "queue"
      ? queueLink(arns, target, config.access as QueueAccess)
      : topicLink(arns, target);
  });
}
