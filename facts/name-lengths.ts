/** How long the name of a resource may be. */
import type { Fact } from "./fact";

/** The longest name of one kind of resource. */
export interface NameLength extends Fact {
  readonly maximum: number;
}

const asOf = "2026-11-23";
const API = {
  cloudwatch: "https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference",
  ecr: "https://docs.aws.amazon.com/AmazonECR/latest/APIReference",
  ecs: "https://docs.aws.amazon.com/AmazonECS/latest/APIReference",
  elb: "https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference",
  iam: "https://docs.aws.amazon.com/IAM/latest/APIReference",
  kms: "https://docs.aws.amazon.com/kms/latest/APIReference",
  lambda: "https://docs.aws.amazon.com/lambda/latest/api",
  logs: "https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference",
  rds: "https://docs.aws.amazon.com/AmazonRDS/latest/APIReference",
  elasticache: "https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference",
  secrets: "https://docs.aws.amazon.com/secretsmanager/latest/apireference",
  sns: "https://docs.aws.amazon.com/sns/latest/api",
  sqs: "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference",
  ssm: "https://docs.aws.amazon.com/systems-manager/latest/APIReference",
};

export const NAME_LENGTHS = {
  alarm: { maximum: 255, source: `${API.cloudwatch}/API_PutMetricAlarm.html`, asOf },
  bucket: {
    maximum: 63,
    source: "https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html",
    asOf,
  },
  databaseInstance: { maximum: 63, source: `${API.rds}/API_CreateDBInstance.html`, asOf },
  function: { maximum: 64, source: `${API.lambda}/API_CreateFunction.html`, asOf },
  keyAlias: { maximum: 256, source: `${API.kms}/API_CreateAlias.html`, asOf },
  loadBalancer: { maximum: 32, source: `${API.elb}/API_CreateLoadBalancer.html`, asOf },
  logGroup: { maximum: 512, source: `${API.logs}/API_CreateLogGroup.html`, asOf },
  parameter: { maximum: 1011, source: `${API.ssm}/API_PutParameter.html`, asOf },
  queue: { maximum: 80, source: `${API.sqs}/API_CreateQueue.html`, asOf },
  replicationGroup: {
    maximum: 40,
    source: `${API.elasticache}/API_CreateReplicationGroup.html`,
    asOf,
  },
  repository: { maximum: 256, source: `${API.ecr}/API_CreateRepository.html`, asOf },
  role: { maximum: 64, source: `${API.iam}/API_CreateRole.html`, asOf },
  secret: { maximum: 512, source: `${API.secrets}/API_CreateSecret.html`, asOf },
  service: { maximum: 255, source: `${API.ecs}/API_CreateService.html`, asOf },
  topic: { maximum: 256, source: `${API.sns}/API_CreateTopic.html`, asOf },
  /** What AWS accepts for the name of almost anything, such as an IAM policy. */
  other: { maximum: 128, source: `${API.iam}/API_CreatePolicy.html`, asOf },
} as const satisfies Readonly<Record<string, NameLength>>;

/** The kinds of resource whose name length is known. */
export type NameKind = keyof typeof NAME_LENGTHS;
