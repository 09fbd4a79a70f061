/**
 * A link gives a service or function the right to use a resource and, with it, the environment variable
 * that says where the resource is: the two cannot get out of step.
 */
import type { Arns } from "./arns";
import { distinctStatements, keyByAlias, type Statement } from "./policy-documents";

/** Permission and address of one resource, for one user of it. */
export interface Link {
  /** Variables for the container or function; plain values, never a secret. */
  readonly environment: Readonly<Record<string, string>>;
  /** Statements for the user's role. */
  readonly statements: readonly Statement[];
}

/** A named resource and the alias of the key that encrypts it. */
export interface LinkTarget {
  /** Physical name. */
  readonly name: string;
  /** Alias of its customer-managed key, with prefix. @default none: AWS's own key */
  readonly keyAlias?: string;
  /** Word in the environment variable: `user-uploads` gives `USER_UPLOADS_BUCKET`. */
  readonly label: string;
}

/** What a link to a bucket allows. */
export type BucketAccess = "read" | "write" | "read-write";

/** What a link to a queue allows. */
export type QueueAccess = "send" | "receive" | "send-receive";

const READ_KEY = ["kms:Decrypt"];
const WRITE_KEY = ["kms:GenerateDataKey", "kms:Decrypt"];

/** Objects of a bucket; `<LABEL>_BUCKET` holds its name. */
export function bucketLink(arns: Arns, bucket: LinkTarget, access: BucketAccess): Link {
  const arn = arns.bucket(bucket.name);
  const reads = access !== "write";
  const writes = access !== "read";
  const statements: Statement[] = [];
  if (reads) {
    statements.push({ sid: sid("List", bucket), actions: ["s3:ListBucket"], resources: [arn] });
  }
  statements.push({
    sid: sid("Objects", bucket),
    actions: [
      ...(reads ? ["s3:GetObject"] : []),
      ...(writes ? ["s3:PutObject", "s3:DeleteObject", "s3:AbortMultipartUpload"] : []),
    ],
    resources: [`${arn}/*`],
  });
  return {
    environment: { [variable(bucket, "bucket")]: bucket.name },
    statements: [...statements, ...keyUse(arns, bucket, writes ? WRITE_KEY : READ_KEY)],
  };
}

/** Messages of a queue; `<LABEL>_QUEUE_URL` holds its address. */
export function queueLink(arns: Arns, queue: LinkTarget, access: QueueAccess): Link {
  const domain = arns.partition === "aws-cn" ? "amazonaws.com.cn" : "amazonaws.com";
  const sends = access !== "receive";
  const receives = access !== "send";
  const actions = [
    ...(sends ? ["sqs:SendMessage"] : []),
    ...(receives ? ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:ChangeMessageVisibility"] : []),
    "sqs:GetQueueAttributes",
  ];
  return {
    environment: {
      [variable(queue, "queue")]:
        `https://sqs.${arns.region}.${domain}/${arns.accountId}/${queue.name}`,
    },
    statements: [
      { sid: sid("Messages", queue), actions, resources: [arns.queue(queue.name)] },
      ...keyUse(arns, queue, sends ? WRITE_KEY : READ_KEY),
    ],
  };
}

/** Publishing to a topic; `<LABEL>_TOPIC_ARN` holds its ARN. */
export function topicLink(arns: Arns, topic: LinkTarget): Link {
  const arn = arns.topic(topic.name);
  return {
    environment: { [variable(topic, "topic")]: arn },
    statements: [
      { sid: sid("Publish", topic), actions: ["sns:Publish"], resources: [arn] },
      ...keyUse(arns, topic, WRITE_KEY),
    ],
  };
}

/** Requests to another service by its name; `<LABEL>_URL` holds its address. No role decides about it, the network does. */
export function serviceLink(label: string, port: number): Link {
  const target = { name: label, label };
  return {
    environment: { [variable(target, "service")]: `http://${label}:${port}` },
    statements: [],
  };
}

/** All environment variables of some links; two links that claim one variable are an error. */
export function linkEnvironment(links: readonly Link[]): Record<string, string> {
  const environment: Record<string, string> = {};
  for (const [name, value] of links.flatMap((link) => Object.entries(link.environment))) {
    if (environment[name] !== undefined && environment[name] !== value) {
      throw new Error(`Two links set ${name}: ${environment[name]} and ${value}.`);
    }
    environment[name] = value;
  }
  return environment;
}

/** All statements of some links, without duplicates. */
export function linkStatements(links: readonly Link[]): Statement[] {
  return distinctStatements(links.flatMap((link) => link.statements));
}

function keyUse(arns: Arns, target: LinkTarget, actions: readonly string[]): Statement[] {
  return target.keyAlias === undefined
    ? []
    : [keyByAlias(arns, sid("Key", target), target.keyAlias, actions)];
}

/** What a link leads to, with the end of the variable that it sets. */
export const LINK_VARIABLES = {
  bucket: "BUCKET",
  queue: "QUEUE_URL",
  topic: "TOPIC_ARN",
  service: "URL",
} as const;

/** Variable of a link to a target: its label, and what it leads to. */
export function variable(
  target: Pick<LinkTarget, "label">,
  kind: keyof typeof LINK_VARIABLES,
): string {
  return `${target.label.replaceAll(/[-.]/g, "_").toUpperCase()}_${LINK_VARIABLES[kind]}`;
}

/** A statement id may hold letters and digits only. */
function sid(what: string, target: LinkTarget): string {
  const words = target.label
    .split(/[-.]/)
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1));
  return `${what}${words.join("")}`;
}
