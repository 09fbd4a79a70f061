/** How long the name of a resource may be. */
import { apiModel, CFN_LINT_SCHEMAS, type Fact } from "./fact";

/** The longest name of one kind of resource. */
export interface NameLength extends Fact {
  readonly maximum: number;
}

const asOf = "2026-11-28";
/** AWS's SDK reference, a page for each property of a request. */
const SDK = "https://docs.aws.amazon.com/sdk-for-kotlin/api/latest";

export const NAME_LENGTHS = {
  alarm: { maximum: 255, source: CFN_LINT_SCHEMAS, asOf },
  bucket: { maximum: 63, source: CFN_LINT_SCHEMAS, asOf },
  cluster: {
    maximum: 255,
    source:
      "https://pub.dev/documentation/aws_ecs_api/latest/ecs-2014-11-13/ECS/createCluster.html",
    asOf,
  },
  databaseInstance: { maximum: 63, source: CFN_LINT_SCHEMAS, asOf },
  databaseSubnetGroup: {
    maximum: 255,
    source: `${SDK}/rds/aws.sdk.kotlin.services.rds.model/-create-db-subnet-group-request/-builder/db-subnet-group-name.html`,
    asOf,
  },
  function: { maximum: 64, source: CFN_LINT_SCHEMAS, asOf },
  keyAlias: { maximum: 256, source: CFN_LINT_SCHEMAS, asOf },
  loadBalancer: {
    maximum: 32,
    source: `${SDK}/elasticloadbalancingv2/aws.sdk.kotlin.services.elasticloadbalancingv2.model/-create-load-balancer-request/name.html`,
    asOf,
  },
  logGroup: { maximum: 512, source: CFN_LINT_SCHEMAS, asOf },
  /** 1011 with the ARN before the name, whose beginning has at most 55 characters. */
  parameter: {
    maximum: 1011 - 55,
    source: "https://docs.amazonaws.cn/cdk/api/v1/python/aws_cdk.aws_ssm/CfnParameterProps.html",
    asOf,
  },
  queue: {
    maximum: 80,
    source: `${SDK}/sqs/aws.sdk.kotlin.services.sqs.model/-create-queue-request/queue-name.html`,
    asOf,
  },
  replicationGroup: {
    maximum: 40,
    source: `${SDK}/elasticache/aws.sdk.kotlin.services.elasticache.model/-create-replication-group-request/replication-group-id.html`,
    asOf,
  },
  repository: { maximum: 256, source: CFN_LINT_SCHEMAS, asOf },
  role: { maximum: 64, source: CFN_LINT_SCHEMAS, asOf },
  samplingRule: { maximum: 32, source: CFN_LINT_SCHEMAS, asOf },
  secret: { maximum: 512, source: CFN_LINT_SCHEMAS, asOf },
  service: {
    maximum: 255,
    source:
      "https://raw.githubusercontent.com/api-evangelist/amazon-ecs/refs/heads/main/json-schema/amazon-ecs-create-service-request-schema.json",
    asOf,
  },
  taskVolume: {
    maximum: 255,
    source: apiModel("ecs", "2014-11-13"),
    asOf: "2026-11-29",
  },
  topic: { maximum: 256, source: CFN_LINT_SCHEMAS, asOf },
  /** What AWS accepts for the name of almost anything, such as an IAM policy. */
  other: {
    maximum: 128,
    source: apiModel("iam", "2010-05-08"),
    asOf: "2026-11-29",
  },
} as const satisfies Readonly<Record<string, NameLength>>;

/** The longest text that a property takes; resource-schemas.json holds the same. */
export interface TextLength extends NameLength {
  /** Type, then the path to the property. */
  readonly published: `AWS::${string}`;
}

const published = (maximum: number, path: TextLength["published"]): TextLength => ({
  ...{ maximum, published: path, source: CFN_LINT_SCHEMAS, asOf },
});

const SAMPLING = "AWS::XRay::SamplingRule/definitions/SamplingRule/properties";

/** Texts that are no names of resources. */
export const TEXT_LENGTHS = {
  dimensionName: published(255, "AWS::CloudWatch::Alarm/definitions/Dimension/properties/Name"),
  dimensionValue: published(1024, "AWS::CloudWatch::Alarm/definitions/Dimension/properties/Value"),
  handler: published(128, "AWS::Lambda::Function/properties/Handler"),
  functionDescription: published(256, "AWS::Lambda::Function/properties/Description"),
  /** Of a rule or a rule group of a firewall. */
  firewallRule: published(128, "AWS::WAFv2::WebACL/definitions/EntityName"),
  metricExpression: published(
    2048,
    "AWS::CloudWatch::Alarm/definitions/MetricDataQuery/properties/Expression",
  ),
  metricId: published(255, "AWS::CloudWatch::Alarm/definitions/MetricDataQuery/properties/Id"),
  metricName: published(255, "AWS::CloudWatch::Alarm/properties/MetricName"),
  metricNamespace: published(255, "AWS::CloudWatch::Alarm/properties/Namespace"),
  /** S3 counts bytes. */
  objectKey: published(1024, "AWS::Lambda::Function/definitions/Code/properties/S3Key"),
  objectVersion: published(
    1024,
    "AWS::Lambda::Function/definitions/Code/properties/S3ObjectVersion",
  ),
  /** Of a rule for traces: what it compares with the request. */
  sampledService: published(64, `${SAMPLING}/ServiceName`),
  sampledMethod: published(10, `${SAMPLING}/HTTPMethod`),
  sampledPath: published(128, `${SAMPLING}/URLPath`),
} as const satisfies Readonly<Record<string, TextLength>>;

/** Names of buckets; a certificate of S3 does not cover one with dots. Some beginnings and ends are S3's own. */
export const BUCKET_NAMES = {
  pattern:
    /^(?!xn--|sthree-|amzn-s3-demo-)(?!.*(-s3alias|--ol-s3)$)[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/,
  withDots: /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/,
  says: "3 to 63 lower-case letters, digits and hyphens",
  source: "https://docs.aws.amazon.com/en_us/AmazonS3/latest/userguide/bucketnamingrules.html",
  asOf,
} as const satisfies Fact & Record<string, unknown>;

/** Names of ECR's repositories, and the registry that stands before one in an image's address, as parts of patterns. */
export const REPOSITORY_NAMES = {
  pattern:
    "(?=[^@]{2,256}(@|$))[a-z0-9]+((\\.|_|__|-+)[a-z0-9]+)*(\\/[a-z0-9]+((\\.|_|__|-+)[a-z0-9]+)*)*",
  registry: "\\d{12}\\.dkr\\.ecr\\.[a-z0-9-]+\\.amazonaws\\.com",
  source:
    "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ecr-repository.html",
  asOf,
} as const satisfies Fact & Record<string, unknown>;

/** The kinds of resource whose name length is known. */
export type NameKind = keyof typeof NAME_LENGTHS;
