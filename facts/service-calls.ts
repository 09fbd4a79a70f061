/** Actions that AWS's services need of a role, or do for a resource under another name. */
import { apiModel, type Fact, guide, SERVICE_AUTHORIZATION } from "./fact";

const asOf = "2026-11-29";
const POLICIES = "https://docs.aws.amazon.com/aws-managed-policy/latest/reference";

/** Actions that a service needs, and where that stands. */
export interface ServiceCalls extends Fact {
  readonly actions: readonly string[];
}

/** Of a task's execution role: the image. */
export const PULL_CALLS: ServiceCalls = {
  actions: ["BatchCheckLayerAvailability", "BatchGetImage", "GetDownloadUrlForLayer"].map(
    (call) => `ecr:${call}`,
  ),
  source: guide(
    "amazon-ecr-user-guide",
    "8f2dbe9266f0999ac2fe428834588c18657e7e36",
    "ECR_on_ECS.md",
  ),
  asOf,
};

/**
 * Of who creates a function from an image or updates its code, and of Lambda, by the function's role or the repository's
 * policy: in one account either is enough. Source: "Create a Lambda function using a container image", ECR permissions.
 */
export const FUNCTION_IMAGE_CALLS: ServiceCalls = {
  actions: ["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
  source: "https://docs.aws.amazon.com/lambda/latest/dg/images-create.html",
  asOf,
};

/** Of what writes segments of traces: AWSXRayDaemonWriteAccess has them. */
export const TRACE_CALLS: ServiceCalls = {
  actions: ["xray:PutTraceSegments", "xray:PutTelemetryRecords"],
  source: `${POLICIES}/AWSXRayDaemonWriteAccess.html`,
  asOf,
};

/** Of a function that reads a queue. */
export const POLL_CALLS: ServiceCalls = {
  actions: ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"],
  source: guide(
    "aws-lambda-developer-guide",
    "38e9014eba7b2de5dff7e353de675d991e58947d",
    "with-sqs.md",
  ),
  asOf,
};

/** Of a function in a network: what AWS's own policy for it has beside the logs. */
export const INTERFACE_CALLS: ServiceCalls = {
  actions: [
    "ec2:AssignPrivateIpAddresses",
    "ec2:CreateNetworkInterface",
    "ec2:DeleteNetworkInterface",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribeSubnets",
    "ec2:UnassignPrivateIpAddresses",
  ],
  source: `${POLICIES}/AWSLambdaVPCAccessExecutionRole.html`,
  asOf,
};

/** Of a task that a person opens a shell in. */
export const EXEC_CALLS: ServiceCalls = {
  actions: ["Control", "Data"].flatMap((channel) =>
    ["Create", "Open"].map((verb) => `ssmmessages:${verb}${channel}Channel`),
  ),
  source: guide(
    "amazon-ecs-developer-guide",
    "49232cf2ab3bbe78781a45fb1a4c4cf7eee8790a",
    "ecs-exec.md",
  ),
  asOf,
};

/** On the key of a store that is written to; the second is of an upload in parts. */
export const WRITE_KEY_CALLS: ServiceCalls = {
  actions: ["kms:GenerateDataKey", "kms:Decrypt"],
  source: guide(
    "amazon-s3-userguide",
    "cc53dd6a44d3aa1d654e6d3705a0a7550f20fd2a",
    "mpuoverview.md",
  ),
  asOf,
};

/**
 * Calls that answer with the value of a parameter, by the model of Systems Manager, or of a secret, by that of Secrets Manager, which
 * says as well that BatchGetSecretValue is an event GetSecretValue for each secret.
 */
export const VALUE_READS = {
  events: [
    ...["GetParameter", "GetParameters", "GetParametersByPath", "GetParameterHistory"],
    "GetSecretValue",
  ],
  source: apiModel("secretsmanager", "2017-10-17"),
  asOf,
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

/** First word of the address by which a service uses a key for a type, where its module is another: of S3 by KMS's table, of DNSSEC below. */
export const KEY_USERS: Fact & { readonly types: Readonly<Record<string, string>> } = {
  types: { "s3/bucketObjectv2": "s3", "route53/keySigningKey": "dnssec-route53" },
  source: guide(
    "amazon-route53-docs",
    "b5a28eb358f9b71922c4a48677ccd17f0c4d873f",
    "access-control-managing-permissions.md",
  ),
  asOf,
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

/** What AWS's managed policies grant of what a deployment by ECS needs, by the end of their ARNs; iam/managed-policies.json has the first. */
export const GRANTED_BY_POLICIES = {
  policies: {
    AmazonECSInfrastructureRolePolicyForLoadBalancers: "elasticloadbalancing:ModifyRule",
    AWSLambdaRole: "lambda:InvokeFunction",
  },
  source: `${POLICIES}/AWSLambdaRole.html`,
  asOf,
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
  unverified:
    "UpdateService takes other load balancers, containers and ports for a rolling update; of a service that shifts traffic the page does not say what stays",
} as const satisfies Fact & Record<string, unknown>;
