/** Services whose guides show aws:SourceAccount or aws:SourceArn in the trust policy of the role that they assume. */
import type { Fact } from "./fact";

const DOCS = "https://docs.aws.amazon.com";
const page = (path: string) => `${DOCS}/${path}.html`;
/** The page of that title in a guide. */
const prevention = (guide: string, prefix = "") =>
  page(`${guide}/${prefix}cross-service-confused-deputy-prevention`);

/**
 * The page that shows it, by the service's principal without the domain. None was found for AWS Backup, Firehose, Glue,
 * Lambda, replication by S3 and SNS.
 */
export const ROLE_TRUST_SOURCES = {
  pages: {
    appsync: page("appsync/latest/devguide/attaching-a-data-source"),
    bedrock: prevention("bedrock/latest/userguide"),
    cloudfront: page("AmazonCloudFront/latest/DeveloperGuide/real-time-logs"),
    cloudtrail: page("awscloudtrail/latest/userguide/cloudtrail-copy-trail-to-lake"),
    codebuild: prevention("codebuild/latest/userguide"),
    config: page("config/latest/developerguide/iamrole-permissions"),
    datasync: prevention("datasync/latest/userguide"),
    dms: prevention("dms/latest/userguide"),
    "ecs-tasks": page("AmazonECS/latest/developerguide/task-iam-roles"),
    events: prevention("eventbridge/latest/userguide"),
    kafkaconnect: prevention("msk/latest/developerguide"),
    kinesisanalytics: prevention("managed-flink/latest/java", "iam-"),
    logs: page("AmazonCloudWatch/latest/logs/Subscriptions-confused-deputy"),
    "monitoring.rds": page("AmazonRDS/latest/UserGuide/USER_Monitoring.OS.Enabling"),
    pipes: prevention("eventbridge/latest/userguide"),
    rds: prevention("AmazonRDS/latest/UserGuide"),
    sagemaker: page("sagemaker/latest/dg/security-confused-deputy-prevention"),
    scheduler: prevention("scheduler/latest/UserGuide"),
    spotfleet: page("AWSEC2/latest/UserGuide/spot-fleet-prerequisites"),
    states: page("step-functions/latest/dg/procedure-create-iam-role"),
    transfer: page("transfer/latest/userguide/confused-deputy"),
    "vpc-flow-logs": page("vpc/latest/userguide/flow-logs-iam-role"),
  },
  source: page("IAM/latest/UserGuide/confused-deputy"),
  asOf: "2026-11-29",
} as const satisfies Fact & Record<string, unknown>;
