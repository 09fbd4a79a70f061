/**
 * What a deployment may do, as plain policy statements: change what the platform is made of, in its regions, never in
 * another environment, and never the roles and keys of this program. Its state is in state-rights.ts, what the drift check
 * looks at in reading.ts.
 */
import { repositoryArn } from "../components/images";
import { FUNCTION_IMAGE_CALLS, NAMELESS_ACTIONS } from "../facts/service-calls";
import { SERVICE_PRINCIPALS } from "../facts/service-principals";
import type { Arns } from "../platform/arns";
import { managedPolicyArn, MANAGED_POLICIES } from "../platform/managed-policies";
import type { Statement } from "../platform/policy-documents";
import { mapKeys } from "../platform/records";
import { secretsKeyAlias, stateObjects, type StateScope } from "./state-rights";

/** Name of the role of a stack's deployments. */
export function deployRoleName(stack: string): string {
  return `crm-pipeline-${stack}`;
}

/** Services whose resources have ids of AWS's own, or names that their actions are not limited by. */
export const UNNAMED_SERVICES = [
  "acm",
  "application-autoscaling",
  "backup",
  "backup-storage",
  "budgets",
  "ce",
  "cloudfront",
  "cloudwatch",
  "ec2",
  "ecs",
  "elasticache",
  "elasticloadbalancing",
  "events",
  "logs",
  "rds",
  "route53",
  "scheduler",
  "servicequotas",
  "wafv2",
  "xray",
] as const;

/** Services whose resources carry the platform's prefix in their ARN, and how. */
const NAMED_SERVICES: Readonly<Record<string, (prefix: string) => string>> = {
  ecr: (prefix) => `repository/${prefix}-*`,
  lambda: (prefix) => `function:${prefix}-*`,
  secretsmanager: (prefix) => `secret:${prefix}-*`,
  sns: (prefix) => `${prefix}-*`,
  sqs: (prefix) => `${prefix}-*`,
  ssm: (prefix) => `parameter/${prefix}/*`,
};

/** ARNs of AWS's policies that a deployment attaches. */
export function attachable(arns: Arns): string[] {
  return Object.values(MANAGED_POLICIES)
    .sort()
    .map((name) => managedPolicyArn(arns, name));
}

/** Services that take one of the platform's roles (`iam:PassRole`). */
const ROLE_TAKERS = [
  SERVICE_PRINCIPALS.applicationAutoscaling,
  SERVICE_PRINCIPALS.backup,
  SERVICE_PRINCIPALS.cloudwatch,
  SERVICE_PRINCIPALS.logDelivery,
  SERVICE_PRINCIPALS.ecsTasks,
  SERVICE_PRINCIPALS.ecs,
  SERVICE_PRINCIPALS.events,
  SERVICE_PRINCIPALS.lambda,
  SERVICE_PRINCIPALS.rdsMonitoring,
  SERVICE_PRINCIPALS.s3,
  SERVICE_PRINCIPALS.scheduler,
  SERVICE_PRINCIPALS.sns,
  SERVICE_PRINCIPALS.vpcFlowLogs,
];

const ATTACHMENTS = ["iam:AttachRolePolicy", "iam:DetachRolePolicy"];

/** What a deployment does to a role that has its boundary, and to no other. */
const BOUND_CHANGES = [
  "iam:CreateRole",
  "iam:DeleteRolePolicy",
  "iam:PutRolePermissionsBoundary",
  "iam:PutRolePolicy",
];

/** What IAM knows no condition on the boundary for, and what gives no right. */
const OTHER_CHANGES = [
  "iam:DeleteRole",
  "iam:TagRole",
  "iam:UntagRole",
  "iam:UpdateAssumeRolePolicy",
  "iam:UpdateRole",
  "iam:UpdateRoleDescription",
];

const ROLE_CHANGES = [...BOUND_CHANGES, ...OTHER_CHANGES, "iam:DeleteRolePermissionsBoundary"];

/** What a deployment role is for. */
export interface DeployScope {
  readonly arns: Arns;
  /** Start of the names of the stack's roles. */
  readonly prefix: string;
  /** Names of its buckets, with `*` for any characters. */
  readonly buckets: readonly string[];
  /** Names of its queues that do not begin with the prefix. @default none */
  readonly queues?: readonly string[];
  /** Repositories of other stacks whose images its functions run, of other accounts by their address. @default none */
  readonly repositories?: readonly string[];
  /** Regions that the stack has resources in. */
  readonly regions: readonly string[];
  /** Values of the tag Environment that are not the stack's. */
  readonly otherEnvironments: readonly string[];
  /** Tags by which a key is the stack's: the platform's project, the stack's environment. */
  readonly keyTags: Readonly<Record<string, string>>;
  /** Name of the managed policy that bounds every role of the stack. */
  readonly boundary: string;
}

/** Changes what the platform is made of; its backups are given to no other account. By the names of the policies. */
export function deploy(scope: DeployScope) {
  return {
    services: [...services(scope), ...limits(scope)],
    keys: keys(scope),
    roles: roles(scope),
  } as const;
}

function services(scope: DeployScope): Statement[] {
  const { arns, prefix, buckets, queues = [], repositories = [], regions } = scope;
  return [
    {
      sid: "Services",
      actions: UNNAMED_SERVICES.map((service) => `${service}:*`),
      // Ids of what does not exist yet: the statements below take away what is not this stack's.
      resources: ["*"],
      conditions: { StringEquals: { "aws:RequestedRegion": regions } },
    },
    {
      sid: "NamedServices",
      actions: [...Object.keys(NAMED_SERVICES), "s3"].map((service) => `${service}:*`),
      resources: [
        ...Object.entries(NAMED_SERVICES).flatMap(([service, resource]) =>
          regions.map((region) => arns.inRegion(region).regional(service, resource(prefix))),
        ),
        ...queues.flatMap((queue) =>
          regions.map((one) => arns.inRegion(one).regional("sqs", queue)),
        ),
        ...buckets.flatMap((bucket) => [arns.bucket(bucket), `${arns.bucket(bucket)}/*`]),
      ],
    },
    ...(repositories.length === 0
      ? []
      : [
          {
            // Lambda checks that who creates a function may read its image.
            sid: "ReadFunctionImages",
            actions: FUNCTION_IMAGE_CALLS.actions,
            resources: repositories.flatMap(
              (one) =>
                repositoryArn(one) ??
                regions.map((region) => arns.inRegion(region).regional("ecr", `repository/${one}`)),
            ),
          },
        ]),
    {
      sid: "WithoutName",
      actions: NAMELESS_ACTIONS.actions,
      resources: ["*"],
      conditions: { StringEquals: { "aws:RequestedRegion": regions } },
    },
  ];
}

/**
 * Keys by their own tags, new ones by those of the request: an account has keys of others, and a principal that may give one of
 * them a name or a tag may use it. Sources: KMS Developer Guide, "Controlling access to tags", "... to aliases".
 */
function keys({ arns, prefix, regions, keyTags }: DeployScope): Statement[] {
  const own = mapKeys(keyTags, (tag) => `aws:ResourceTag/${tag}`);
  const keysHere = regions.map((region) => arns.inRegion(region).anyKey());
  const aliases = ["kms:CreateAlias", "kms:DeleteAlias", "kms:UpdateAlias"];
  return [
    {
      sid: "LookAtKeys",
      // Rotation makes no key weaker, and is switched on before a new key's tags count for sure.
      actions: ["kms:Describe*", "kms:EnableKeyRotation", "kms:Get*", "kms:List*"],
      resources: ["*"],
    },
    {
      sid: "MakeKeys",
      actions: ["kms:CreateKey", "kms:TagResource"],
      // KMS asks for the right to tag a new key on all keys.
      resources: ["*"],
      conditions: { StringEquals: mapKeys(keyTags, (tag) => `aws:RequestTag/${tag}`) },
    },
    {
      sid: "NotOthersNamedKeys",
      effect: "Deny",
      actions: ["kms:EnableKeyRotation", "kms:TagResource"],
      resources: keysHere,
      // A new key has no alias; others' do. One of another's without an alias cannot be told from a new one.
      conditions: {
        "ForAnyValue:StringNotLike": { "kms:ResourceAliases": `alias/${prefix}-*` },
      },
    },
    {
      sid: "ChangeKeys",
      actions: [
        ...aliases,
        "kms:CancelKeyDeletion",
        "kms:EnableKey",
        "kms:PutKeyPolicy",
        "kms:ScheduleKeyDeletion",
        "kms:TagResource",
        "kms:UntagResource",
        "kms:UpdateKeyDescription",
      ],
      resources: keysHere,
      conditions: { StringEquals: own },
    },
    {
      sid: "NameKeys",
      actions: aliases,
      resources: regions.map((region) =>
        arns.inRegion(region).regional("kms", `alias/${prefix}-*`),
      ),
    },
    {
      // By tags: KMS takes up to five minutes until an alias counts, and `up` uses a key seconds after it was made. What
      // AWS's handlers call for the planned types; Sign for the zone's key (Route 53, "... permissions required for DNSSEC").
      sid: "UseKeys",
      actions: [
        "kms:CreateGrant",
        "kms:Decrypt",
        "kms:Encrypt",
        "kms:GenerateDataKey*",
        "kms:ReEncrypt*",
        "kms:RetireGrant",
        "kms:Sign",
      ],
      resources: keysHere,
      conditions: { StringEquals: own },
    },
  ];
}

function roles({ arns, prefix, boundary }: DeployScope): Statement[] {
  const bound = { StringEquals: { "iam:PermissionsBoundary": arns.policy(boundary) } };
  return [
    { sid: "LookAtRoles", actions: ["iam:Get*", "iam:List*"], resources: ["*"] },
    {
      sid: "MakeBoundRoles",
      actions: BOUND_CHANGES,
      resources: [arns.role(`${prefix}-*`)],
      conditions: bound,
    },
    { sid: "ChangeRoles", actions: OTHER_CHANGES, resources: [arns.role(`${prefix}-*`)] },
    {
      sid: "AttachPolicies",
      actions: ATTACHMENTS,
      resources: [arns.role(`${prefix}-*`)],
      conditions: { ArnEquals: { "iam:PolicyARN": attachable(arns) }, ...bound },
    },
    {
      sid: "PassRoles",
      actions: ["iam:PassRole"],
      resources: [arns.role(`${prefix}-*`)],
      conditions: { StringEquals: { "iam:PassedToService": ROLE_TAKERS } },
    },
    {
      sid: "ServiceLinkedRoles",
      actions: ["iam:CreateServiceLinkedRole"],
      resources: [arns.global("iam", "role/aws-service-role/*")],
    },
  ];
}

/** What neither a deployment nor a role of its stack does. */
export function limits({ otherEnvironments }: Pick<DeployScope, "otherEnvironments">): Statement[] {
  return [
    {
      sid: "NotSharedBackups",
      effect: "Deny",
      actions: [
        "ec2:ModifyImageAttribute",
        "ec2:ModifySnapshotAttribute",
        "rds:ModifyDBClusterSnapshotAttribute",
        "rds:ModifyDBSnapshotAttribute",
      ],
      resources: ["*"],
    },
    ...(otherEnvironments.length === 0
      ? []
      : [
          {
            sid: "NotOtherEnvironments",
            effect: "Deny" as const,
            actions: ["*"],
            resources: ["*"],
            conditions: { StringEquals: { "aws:ResourceTag/Environment": otherEnvironments } },
          },
        ]),
  ];
}

/** No role of the pipeline changes the pipeline: not the roles, the keys, the state of others or their bucket. */
export function notThePipeline(scope: StateScope, otherStacks: readonly string[]): Statement[] {
  const bucket = scope.arns.bucket(scope.bucket);
  const everywhere = scope.arns.inRegion("*");
  return [
    {
      sid: "NotPipelineRoles",
      effect: "Deny",
      actions: [...ROLE_CHANGES, ...ATTACHMENTS, "iam:PassRole"],
      resources: [scope.arns.role("crm-pipeline-*")],
    },
    {
      sid: "NotPipelineKeys",
      effect: "Deny",
      actions: [
        "kms:CancelKeyDeletion",
        "kms:CreateAlias",
        "kms:CreateGrant",
        "kms:EnableKey",
        "kms:PutKeyPolicy",
        "kms:ReEncrypt*",
        "kms:RetireGrant",
        "kms:ScheduleKeyDeletion",
        "kms:Sign",
        "kms:TagResource",
        "kms:UntagResource",
        "kms:UpdateAlias",
        "kms:UpdateKeyDescription",
      ],
      resources: [everywhere.anyKey()],
      conditions: { "ForAnyValue:StringLike": { "kms:ResourceAliases": "alias/crm-pulumi-*" } },
    },
    {
      // The conditions on keys go by these.
      sid: "NotPipelineAliases",
      effect: "Deny",
      actions: ["kms:CreateAlias", "kms:DeleteAlias", "kms:UpdateAlias"],
      resources: [everywhere.regional("kms", "alias/crm-pulumi-*")],
    },
    {
      sid: "NotOtherSecrets",
      effect: "Deny",
      actions: ["kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey*"],
      resources: [everywhere.anyKey()],
      conditions: {
        "ForAnyValue:StringEquals": { "kms:ResourceAliases": otherStacks.map(secretsKeyAlias) },
      },
    },
    {
      sid: "NotStateBucket",
      effect: "Deny",
      actions: [
        "s3:DeleteBucket*",
        "s3:PutBucket*",
        "s3:PutEncryptionConfiguration",
        "s3:PutLifecycleConfiguration",
        "s3:PutReplicationConfiguration",
      ],
      // Its copy and its log likewise.
      resources: [bucket, `${bucket}-*`],
    },
    {
      sid: "NotOtherState",
      effect: "Deny",
      actions: ["s3:GetObject*", "s3:PutObject*", "s3:DeleteObject*"],
      resources: stateObjects({ ...scope, stacks: otherStacks }),
    },
    {
      sid: "NotVersions",
      effect: "Deny",
      actions: ["s3:DeleteObjectVersion"],
      resources: [`${bucket}/*`, `${bucket}-*/*`],
    },
  ];
}
