/** Actions that AWS's services need of a role, or do for a resource under another name. */
import { apiText, type Fact, guide, SERVICE_AUTHORIZATION } from "./fact";

const asOf = "2026-11-29";
const unverified = "not recorded that the page was opened";

/** Actions that a service needs, and where that stands. */
export interface ServiceCalls extends Fact {
  readonly actions: readonly string[];
}

/** Of a task's execution role: the image. */
export const PULL_CALLS: ServiceCalls = {
  actions: ["BatchCheckLayerAvailability", "BatchGetImage", "GetDownloadUrlForLayer"].map(
    (call) => `ecr:${call}`,
  ),
  source: "https://docs.aws.amazon.com/AmazonECR/latest/userguide/ECR_on_ECS.html",
  asOf,
  unverified,
};

/** Of what writes segments of traces: AWSXRayDaemonWriteAccess has them. */
export const TRACE_CALLS: ServiceCalls = {
  actions: ["xray:PutTraceSegments", "xray:PutTelemetryRecords"],
  source:
    "https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AWSXRayDaemonWriteAccess.html",
  asOf,
  unverified,
};

/** Of a function that reads a queue. */
export const POLL_CALLS: ServiceCalls = {
  actions: ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"],
  source: "https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html",
  asOf,
  unverified,
};

/** Of a function in a network. */
export const INTERFACE_CALLS: ServiceCalls = {
  actions: [
    "ec2:AssignPrivateIpAddresses",
    "ec2:CreateNetworkInterface",
    "ec2:DeleteNetworkInterface",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribeSubnets",
    "ec2:UnassignPrivateIpAddresses",
  ],
  source: "https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html",
  asOf,
  unverified,
};

/** Of a task that a person opens a shell in. */
export const EXEC_CALLS: ServiceCalls = {
  actions: ["Control", "Data"].flatMap((channel) =>
    ["Create", "Open"].map((verb) => `ssmmessages:${verb}${channel}Channel`),
  ),
  source: "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-exec.html",
  asOf,
  unverified,
};

/** On the key of a store that is written to. */
export const WRITE_KEY_CALLS: ServiceCalls = {
  actions: ["kms:GenerateDataKey", "kms:Decrypt"],
  source: guide(
    "amazon-s3-userguide",
    "1b918e0a0da664a139aad2ceb5d2ef10187c272f",
    "UsingKMSEncryption.md",
  ),
  asOf,
  unverified,
};

/** Calls that answer with the value of a parameter or a secret. BatchGetSecretValue is an event GetSecretValue for each secret. */
export const VALUE_READS = {
  events: [
    ...["GetParameter", "GetParameters", "GetParametersByPath", "GetParameterHistory"],
    "GetSecretValue",
  ],
  source: apiText("ssm", "3.1164.0"),
  asOf,
  unverified: "those of parameters are in the SDK; the page of BatchGetSecretValue was not opened",
} as const satisfies Fact & Record<string, unknown>;

/** IAM's further prefixes of types, by the middle of Pulumi's type token, where its module is another and the resource has no ARN to say so. */
export const FURTHER_PREFIXES: Fact & {
  readonly types: Readonly<Record<string, readonly string[]>>;
} = {
  types: {
    "backup/vault": ["backup-storage"],
    "cloudwatch/eventTarget": ["events"],
    "cloudwatch/logDelivery": ["logs"],
    "cloudwatch/logMetricFilter": ["logs"],
    "cloudwatch/logResourcePolicy": ["logs"],
    "cloudwatch/queryDefinition": ["logs"],
    "vpc/securityGroupEgressRule": ["ec2"],
    "vpc/securityGroupIngressRule": ["ec2"],
  },
  source: SERVICE_AUTHORIZATION,
  asOf: "2026-09-26",
};

/** First word of the address by which a service uses a key for a type, where its module is another. */
export const KEY_USERS: Fact & { readonly types: Readonly<Record<string, string>> } = {
  types: { "s3/bucketObjectv2": "s3", "route53/keySigningKey": "dnssec-route53" },
  source: "https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html",
  asOf,
  unverified,
};

/** Actions of services with named resources that work on no resource with a name: an event source mapping's id is AWS's own. */
export const NAMELESS_ACTIONS: ServiceCalls = {
  actions: [
    "ecr:CreateRepositoryCreationTemplate",
    "ecr:DeleteRepositoryCreationTemplate",
    "ecr:DescribeRegistry",
    "ecr:DescribeRepositories",
    "ecr:DescribeRepositoryCreationTemplates",
    "ecr:PutReplicationConfiguration",
    "ecr:UpdateRepositoryCreationTemplate",
    "lambda:*EventSourceMapping*",
    "lambda:GetLayerVersion",
    "lambda:ListTags",
    "lambda:TagResource",
    "lambda:UntagResource",
    "sns:GetSubscriptionAttributes",
    "sns:SetSubscriptionAttributes",
    "sns:Unsubscribe",
    "ssm:DescribeParameters",
  ],
  source: SERVICE_AUTHORIZATION,
  asOf: "2026-09-26",
};

/** What AWS's managed policies grant of what a deployment by ECS needs, by the end of their ARNs. */
export const GRANTED_BY_POLICIES = {
  policies: {
    AmazonECSInfrastructureRolePolicyForLoadBalancers: "elasticloadbalancing:ModifyRule",
    AWSLambdaRole: "lambda:InvokeFunction",
  },
  source: "https://docs.aws.amazon.com/aws-managed-policy/latest/reference/policy-list.html",
  asOf,
  unverified:
    "of the first iam/managed-policies.json has the document; of the second none was read",
} as const satisfies Fact & Record<string, unknown>;

/** Properties of a deployed resource that its service keeps as they are, by type: below which path, and why. */
export const KEPT_PROPERTIES = {
  types: {
    "aws:ecs/service:Service": [
      [
        /^loadBalancers(\[containerName=.*\]$|\b.*containerName$)/,
        "ECS keeps the container's name that the service began with",
      ],
      [/^loadBalancers\b.*containerPort$/, "the port of a deployed service stays"],
      [/^loadBalancers\b.*advancedConfiguration/, "the strategy of a deployed service stays"],
      [/^loadBalancers(\[[^\]]*\])?$/, "the target groups of a deployed service stay"],
    ],
  },
  source: "https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_UpdateService.html",
  asOf,
  unverified,
} as const satisfies Fact & Record<string, unknown>;
