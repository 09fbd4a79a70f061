/** What can be done with a data store's data, by IAM action, and what its key has to allow for that. */
import { type Fact, SERVICE_AUTHORIZATION } from "./fact";
import { WRITE_KEY_CALLS } from "./service-calls";

/** One action on a store's data. */
export interface StoreAction {
  /** `s3:GetObject`. */
  readonly action: string;
  /** What the caller needs on the customer-managed key that encrypts the store; none where no data is read or written. */
  readonly key?: "decrypts" | "encrypts" | "writes";
  /** Whether it works on an object in the store: the ARN has its key behind the store's. */
  readonly object?: true;
}

/** A type of data store. */
export interface StoreKind {
  /** Type of the Service Authorization Reference, `sqs:queue`. */
  readonly iam: string;
  /** Placeholder of its ARN, and the input that names the store. */
  readonly named: readonly [placeholder: string, input: string];
  readonly actions: readonly StoreAction[];
  /** Property that names its key; absent where the service uses the key itself. */
  readonly keyed?: string;
}

/**
 * Data stores by type. Which actions a key has to allow stands in the guides: S3 "Protecting data using server-side encryption
 * with AWS KMS" (a multipart upload decrypts too), SQS and SNS "Key management", DynamoDB "Encryption at rest: usage notes"
 * (the table's key is decrypted for reads and writes alike), Secrets Manager "Secret encryption and decryption",
 * Systems Manager "How Parameter Store uses AWS KMS". EventBridge uses the key of a bus itself, not for the caller.
 */
export const STORE_ACTIONS: Fact & { readonly types: Readonly<Record<string, StoreKind>> } = {
  types: {
    "aws:s3/bucket:Bucket": {
      iam: "s3:bucket",
      named: ["BucketName", "bucket"],
      keyed:
        "serverSideEncryptionConfiguration.rule.applyServerSideEncryptionByDefault.kmsMasterKeyId",
      actions: [
        { action: "s3:GetObject", key: "decrypts", object: true },
        { action: "s3:PutObject", key: "writes", object: true },
        { action: "s3:DeleteObject", object: true },
        { action: "s3:ListBucket" },
      ],
    },
    "aws:sqs/queue:Queue": {
      iam: "sqs:queue",
      named: ["QueueName", "name"],
      keyed: "kmsMasterKeyId",
      actions: [
        { action: "sqs:SendMessage", key: "writes" },
        { action: "sqs:ReceiveMessage", key: "decrypts" },
        { action: "sqs:DeleteMessage" },
        { action: "sqs:PurgeQueue" },
      ],
    },
    "aws:sns/topic:Topic": {
      iam: "sns:topic",
      named: ["TopicName", "name"],
      keyed: "kmsMasterKeyId",
      actions: [{ action: "sns:Publish", key: "writes" }, { action: "sns:Subscribe" }],
    },
    "aws:dynamodb/table:Table": {
      iam: "dynamodb:table",
      named: ["TableName", "name"],
      keyed: "serverSideEncryption.kmsKeyArn",
      actions: [
        ...["GetItem", "Query", "Scan", "PutItem", "UpdateItem", "DeleteItem"].map((call) => ({
          action: `dynamodb:${call}`,
          key: "decrypts" as const,
        })),
        { action: "dynamodb:DeleteTable" },
      ],
    },
    "aws:secretsmanager/secret:Secret": {
      iam: "secretsmanager:Secret",
      named: ["SecretId", "name"],
      keyed: "kmsKeyId",
      actions: [
        { action: "secretsmanager:GetSecretValue", key: "decrypts" },
        { action: "secretsmanager:PutSecretValue", key: "writes" },
        { action: "secretsmanager:DeleteSecret" },
      ],
    },
    "aws:ssm/parameter:Parameter": {
      iam: "ssm:parameter",
      named: ["ParameterNameWithoutLeadingSlash", "name"],
      keyed: "keyId",
      actions: [
        { action: "ssm:GetParameter", key: "decrypts" },
        { action: "ssm:GetParameters", key: "decrypts" },
        { action: "ssm:PutParameter", key: "encrypts" },
        { action: "ssm:DeleteParameter" },
      ],
    },
    "aws:cloudwatch/eventBus:EventBus": {
      iam: "events:event-bus",
      named: ["EventBusName", "name"],
      actions: [{ action: "events:PutEvents" }],
    },
  },
  source: SERVICE_AUTHORIZATION,
  asOf: "2026-11-29",
};

/** The actions on the key that an action on a store needs. */
export function keyActionsOf({ key }: Pick<StoreAction, "key">): readonly string[] {
  if (key === undefined) return [];
  return key === "writes"
    ? WRITE_KEY_CALLS.actions
    : [key === "encrypts" ? "kms:Encrypt" : "kms:Decrypt"];
}
