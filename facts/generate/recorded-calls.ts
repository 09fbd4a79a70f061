/**
 * Writes facts/recorded-calls.json: what the provider called of a stand-in for AWS while it made, read, changed and deleted a
 * stack's resources. The stack's plan is written as Terraform configuration, each service's endpoint is the stand-in's, and the
 * provider writes its requests down:
 *
 *     moto_server -p 5055
 *     TF_LOG=JSON TF_LOG_PROVIDER=DEBUG TF_LOG_PATH=create.log terraform apply    # then `plan`, with a tag changed, `-destroy`
 *     node facts/generate/run.js recorded-calls "moto 5.2.1" production create=create.log update=update.log delete=delete.log
 *
 * Nothing here looks at what is predicted (provider-calls.json): the file is what analysis/rights/recall.ts judges that by.
 */
import * as fs from "node:fs";
import * as path from "node:path";
import * as readline from "node:readline";

import { iamAction } from "../iam-actions";
import { shownValue } from "../problem-text";
import { FACTS, lines, today } from "./sources";

const RECORDED_CALLS_FILE = path.join(FACTS, "recorded-calls.json");

/** IAM's prefixes of services whose name in the SDK is another. Source: Service Authorization Reference, "service prefix". */
const PREFIXES: Readonly<Record<string, string>> = {
  "Application Auto Scaling": "application-autoscaling",
  "CloudWatch Logs": "logs",
  "Cost Explorer": "ce",
  "Elastic Load Balancing v2": "elasticloadbalancing",
  EventBridge: "events",
  "Resource Groups Tagging API": "tag",
  "S3 Control": "s3",
  SFN: "states",
};

/** Operations whose action has another name. Source: S3 API Reference, "Permissions" of each; AWS Budgets API Reference. */
const ACTIONS: Readonly<Record<string, string>> = {
  "budgets:CreateBudget": "budgets:ModifyBudget",
  "budgets:DeleteBudget": "budgets:ModifyBudget",
  "budgets:DescribeBudget": "budgets:ViewBudget",
  "budgets:DescribeNotificationsForBudget": "budgets:ViewBudget",
  "budgets:DescribeSubscribersForNotification": "budgets:ViewBudget",
  "budgets:UpdateBudget": "budgets:ModifyBudget",
  "s3:DeleteBucketCors": "s3:PutBucketCORS",
  "s3:DeleteBucketEncryption": "s3:PutEncryptionConfiguration",
  "s3:DeleteBucketLifecycle": "s3:PutLifecycleConfiguration",
  "s3:DeleteBucketOwnershipControls": "s3:PutBucketOwnershipControls",
  "s3:DeleteBucketReplication": "s3:PutReplicationConfiguration",
  "s3:DeleteBucketTagging": "s3:PutBucketTagging",
  "s3:DeleteObjects": "s3:DeleteObject",
  "s3:DeletePublicAccessBlock": "s3:PutBucketPublicAccessBlock",
  "s3:GetBucketAccelerateConfiguration": "s3:GetAccelerateConfiguration",
  "s3:GetBucketCors": "s3:GetBucketCORS",
  "s3:GetBucketEncryption": "s3:GetEncryptionConfiguration",
  "s3:GetBucketLifecycleConfiguration": "s3:GetLifecycleConfiguration",
  "s3:GetBucketNotificationConfiguration": "s3:GetBucketNotification",
  "s3:GetBucketReplication": "s3:GetReplicationConfiguration",
  "s3:GetObjectLockConfiguration": "s3:GetBucketObjectLockConfiguration",
  "s3:GetPublicAccessBlock": "s3:GetBucketPublicAccessBlock",
  "s3:HeadBucket": "s3:ListBucket",
  "s3:HeadObject": "s3:GetObject",
  "s3:ListObjectVersions": "s3:ListBucketVersions",
  "s3:ListObjectsV2": "s3:ListBucket",
  "s3:PutBucketAccelerateConfiguration": "s3:PutAccelerateConfiguration",
  "s3:PutBucketCors": "s3:PutBucketCORS",
  "s3:PutBucketEncryption": "s3:PutEncryptionConfiguration",
  "s3:PutBucketLifecycleConfiguration": "s3:PutLifecycleConfiguration",
  "s3:PutBucketNotificationConfiguration": "s3:PutBucketNotification",
  "s3:PutBucketReplication": "s3:PutReplicationConfiguration",
  "s3:PutObjectLockConfiguration": "s3:PutBucketObjectLockConfiguration",
  "s3:PutPublicAccessBlock": "s3:PutBucketPublicAccessBlock",
};

interface Entry {
  readonly "@message"?: string;
  readonly "rpc.service"?: string;
  readonly "rpc.method"?: string;
  readonly tf_resource_type?: string;
  readonly tf_rpc?: string;
}

/** Different calls of a type by step, and how many requests they were. */
export interface Recorded {
  requests: number;
  readonly types: Record<string, Record<string, string[]>>;
}

/** The action that a request asks for. @throws where IAM has none of that name: a row is missing here */
export function actionOf(service: string, operation: string): string {
  const prefix = PREFIXES[service] ?? service.toLowerCase().replaceAll(" ", "");
  const named = `${prefix}:${operation}`;
  const action = ACTIONS[named] ?? named;
  if (iamAction(action) === undefined) {
    throw new Error(
      `${service} ${operation}: expected an action of IAM, got ${shownValue(action)}`,
    );
  }
  return action;
}

/** Adds a line of the provider's log to what was recorded while resources were in a step. */
export function note(recorded: Recorded, step: string, line: string): void {
  if (!line.includes('"rpc.method"')) return;
  const entry = JSON.parse(line) as Entry;
  const { "rpc.service": service, "rpc.method": method, tf_resource_type: type } = entry;
  const at = entry.tf_rpc === "ApplyResourceChange" ? step : entry.tf_rpc === "ReadResource" ? "read" : undefined; // prettier-ignore
  if (entry["@message"] !== "HTTP Request Sent" || type === undefined || at === undefined) return;
  const calls = ((recorded.types[type] ??= {})[at] ??= []);
  const action = actionOf(service!, method!);
  recorded.requests++;
  if (!calls.includes(action)) calls.push(action);
}

/** Node's own reader gives up where the log's last line was cut off. */
const isWhole = (line: string) => line.endsWith("}");

export async function main([standIn, stack, ...logs]: readonly string[]): Promise<number> {
  if (standIn === undefined || stack === undefined || logs.length === 0) {
    console.error("expected the stand-in with its version, a stack, and <step>=<log>...");
    return 2;
  }
  const recorded: Recorded = { requests: 0, types: {} };
  let provider = "";
  for (const [step, file] of logs.map((one) => one.split("=") as [string, string])) {
    for await (const line of readline.createInterface({ input: fs.createReadStream(file) })) {
      provider = /terraform-provider-aws\/([\d.]+)/.exec(line)?.[1] ?? provider;
      if (isWhole(line)) note(recorded, step, line);
    }
  }
  const types = Object.fromEntries(
    Object.entries(recorded.types)
      .sort(([one], [other]) => (one < other ? -1 : 1))
      .map(([type, steps]) => [
        type,
        Object.fromEntries(Object.entries(steps).map(([step, calls]) => [step, calls.sort()])),
      ]),
  );
  const source = { provider, standIn, stack, date: today(), requests: recorded.requests };
  fs.writeFileSync(RECORDED_CALLS_FILE, lines({ source, types }, ["types"]));
  return 0;
}
