/**
 * Every grant to a service of AWS under a condition: the page that shows the condition, or a row in docs/decisions.md with the command
 * that proves it. A new kind of grant fails until it has one of the two.
 */
import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";

import { SECRET_SIGNATURE, SIGNATURE } from "../../analysis/plan/model";
import { planOf } from "../support/plans";

const DECISIONS = fs.readFileSync(path.join(__dirname, "..", "..", "docs", "decisions.md"), "utf8");
const [, PROVEN_BY_ACCOUNT = ""] = DECISIONS.split("### Grants that only an account proves");

const page = (title: string) => ({ page: title });
/** First cell of the row. */
const unproven = (grant: string) => ({ unproven: grant });

const ACCOUNT = "aws:SourceAccount";
const ARN = "aws:SourceArn";

/** By the kind of policy, the service and the condition keys. */
const GRANTS: Readonly<Record<string, { page: string } | { unproven: string }>> = {
  [`BucketPolicy cloudfront ${ACCOUNT} ${ARN}`]: unproven("bucket policies for CloudFront"),
  [`BucketPolicy delivery.logs ${ACCOUNT} ${ARN}`]: page(
    "CloudWatch Logs: Enable logging from AWS services",
  ),
  [`BucketPolicy delivery.logs ${ACCOUNT} ${ARN} s3:x-amz-acl`]: page(
    "CloudWatch Logs: Enable logging from AWS services",
  ),
  [`BucketPolicy logdelivery.elasticloadbalancing ${ARN}`]: unproven(
    "bucket policy for load balancers' access logs",
  ),
  [`BucketPolicy logging.s3 ${ACCOUNT} ${ARN}`]: page(
    "Amazon S3: Enabling Amazon S3 server access logging",
  ),
  [`Key backup ${ACCOUNT}`]: unproven("the eventing key for RDS and AWS Backup"),
  [`Key budgets ${ACCOUNT}`]: page(
    "Cost Management: Creating an Amazon SNS topic for budget notifications",
  ),
  [`Key cloudwatch ${ACCOUNT}`]: page("Amazon SNS: Managing Amazon SNS encryption keys and costs"),
  [`Key costalerts ${ACCOUNT}`]: page(
    "Cost Management: Creating an Amazon SNS topic for anomaly notifications",
  ),
  [`Key dnssec-route53 ${ACCOUNT}`]: page(
    "Route 53: Working with customer managed keys for DNSSEC",
  ),
  "Key dnssec-route53 kms:GrantIsForAWSResource": page(
    "Route 53: Working with customer managed keys for DNSSEC",
  ),
  "Key events kms:ViaService": unproven("the eventing key for EventBridge"),
  [`Key events.rds ${ACCOUNT}`]: unproven("the eventing key for RDS and AWS Backup"),
  "Key logs kms:EncryptionContext:aws:logs:arn": page(
    "CloudWatch Logs: Encrypt log data in CloudWatch Logs using AWS Key Management Service",
  ),
  [`Key s3 ${ACCOUNT}`]: unproven("the eventing key for SNS and S3"),
  [`Key sns ${ACCOUNT}`]: unproven("the eventing key for SNS and S3"),
  [`LogResourcePolicy delivery.logs ${ACCOUNT} ${ARN}`]: page(
    "CloudWatch Logs: Enable logging from AWS services",
  ),
  [`LogResourcePolicy delivery.logs,events ${ACCOUNT}`]: unproven(
    "EventBridge's resource policy of the log",
  ),
  [`LogResourcePolicy route53 ${ACCOUNT} ${ARN}`]: page("Route 53: Public DNS query logging"),
  [`QueuePolicy sns ${ACCOUNT} ${ARN}`]: unproven("queue policies for SNS"),
  [`Role backup ${ACCOUNT}`]: unproven("trust of AWS Backup's roles"),
  [`Role ecs-tasks ${ACCOUNT} ${ARN}`]: page("Amazon ECS: Amazon ECS task IAM role"),
  [`Role lambda ${ACCOUNT}`]: unproven("trust of Lambda's roles"),
  [`Role monitoring.rds ${ACCOUNT} ${ARN}`]: page(
    "Amazon RDS: Setting up and enabling Enhanced Monitoring",
  ),
  [`Role s3 ${ACCOUNT} ${ARN}`]: unproven("trust of S3's replication roles"),
  [`Role scheduler ${ACCOUNT} ${ARN}`]: page(
    "EventBridge Scheduler: Confused deputy prevention in EventBridge Scheduler",
  ),
  [`Role vpc-flow-logs ${ACCOUNT} ${ARN}`]: page(
    "Amazon VPC: IAM role for publishing flow logs to CloudWatch Logs",
  ),
  [`TopicPolicy backup ${ACCOUNT}`]: unproven("topic policy for AWS Backup"),
  [`TopicPolicy budgets ${ACCOUNT} ${ARN}`]: page(
    "Cost Management: Creating an Amazon SNS topic for budget notifications",
  ),
  [`TopicPolicy cloudwatch ${ACCOUNT} ${ARN}`]: page(
    "Amazon SNS: Example cases for Amazon SNS access control",
  ),
  [`TopicPolicy costalerts ${ACCOUNT}`]: page(
    "Cost Management: Creating an Amazon SNS topic for anomaly notifications",
  ),
  [`TopicPolicy events ${ARN}`]: unproven("topic policy for EventBridge"),
  [`TopicPolicy events.rds ${ACCOUNT} ${ARN}`]: page(
    "Amazon RDS: Granting permissions to publish notifications to an Amazon SNS topic",
  ),
};

interface Statement {
  readonly Principal?: { readonly Service?: string | readonly string[] };
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

/** What is wrapped as a secret, as it is. */
function plain(value: unknown): unknown {
  const secret = value as { [SIGNATURE]?: string; value?: unknown } | null;
  return typeof secret === "object" && secret?.[SIGNATURE] === SECRET_SIGNATURE
    ? plain(secret.value)
    : value;
}

/** The grants of a policy document under conditions, as the table names them. */
function grants(type: string, document: string): string[] {
  const { Statement: statements } = JSON.parse(document) as { Statement: Statement[] };
  return statements.flatMap(({ Principal, Condition }) => {
    const services = [Principal?.Service ?? []].flat();
    if (services.length === 0 || Condition === undefined) return [];
    const names = services.map((one) => one.replace(/(\.[a-z]+-[a-z]+-\d)?\.amazonaws\.com$/, ""));
    const keys = Object.values(Condition).flatMap((values) => Object.keys(values));
    return `${type} ${names.sort().join()} ${keys.sort().join(" ")}`;
  });
}

describe("grants to services of AWS", () => {
  it("have a condition that AWS's page shows, or a command that proves it", async () => {
    const found = new Set<string>();
    for (const stack of ["production", "staging", "recovery", "bootstrap"]) {
      for (const { type, inputs } of (await planOf(stack)).resources) {
        for (const value of Object.values(inputs).map(plain)) {
          if (typeof value !== "string" || !value.includes('"Statement"')) continue;
          for (const grant of grants(type.split(":").at(-1)!, value)) found.add(grant);
        }
      }
    }
    assert.deepEqual([...found].sort(), Object.keys(GRANTS).sort());
  });

  it("that no page shows have their row", () => {
    const rows = PROVEN_BY_ACCOUNT.split("\n").flatMap(
      (line) => /^\| (.+?) \|/.exec(line)?.[1] ?? [],
    );
    for (const [grant, by] of Object.entries(GRANTS)) {
      if ("unproven" in by) assert.ok(rows.includes(by.unproven), `${grant}: ${by.unproven}`);
    }
  });
});
