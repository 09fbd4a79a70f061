/* eslint max-lines: off -- a table of what was read, and four tests */
/**
 * The calls that the provider's source makes, read in it by hand and apart from the table: internal/service/ of
 * terraform-provider-aws, 2026-11-28. A read follows each creation and most updates; tags are calls of their own. What
 * only settings reach that no stack has is left out: blue/green updates of a database, imported certificates, instance
 * profiles of a role, network interfaces that a subnet's deletion finds.
 */
import assert from "node:assert/strict";

import { namedCalls } from "../../analysis/rights/calls";
import { providerCalls } from "../../facts/called-by-provider";
import table from "../../facts/provider-calls.json";
import { planOf } from "../support/plans";
import readInSource from "./read-in-source.json";

type Calls = Partial<Record<Step, readonly string[]>>;
type Step = "create" | "read" | "update" | "delete";

const READ: readonly (readonly [
  type: string,
  file: string,
  calls: Partial<Record<Step, string>>,
])[] = [
  [
    "aws:sns/topic:Topic",
    "sns/topic.go",
    {
      create: "sns:CreateTopic sns:SetTopicAttributes sns:GetTopicAttributes",
      read: "sns:GetTopicAttributes",
      update: "sns:SetTopicAttributes sns:GetTopicAttributes",
      delete: "sns:DeleteTopic",
    },
  ],
  [
    "aws:sns/topicSubscription:TopicSubscription",
    "sns/topic_subscription.go",
    {
      create: "sns:Subscribe sns:GetSubscriptionAttributes",
      read: "sns:GetSubscriptionAttributes",
      update: "sns:SetSubscriptionAttributes sns:GetSubscriptionAttributes",
      delete: "sns:Unsubscribe sns:GetSubscriptionAttributes",
    },
  ],
  [
    "aws:sqs/queue:Queue",
    "sqs/queue.go",
    {
      create: "sqs:CreateQueue sqs:GetQueueAttributes",
      read: "sqs:GetQueueAttributes",
      update: "sqs:SetQueueAttributes sqs:GetQueueAttributes",
      delete: "sqs:DeleteQueue sqs:GetQueueAttributes",
    },
  ],
  [
    "aws:ecs/service:Service",
    "ecs/service.go",
    {
      create: "ecs:CreateService ecs:DescribeServices",
      read: "ecs:DescribeServices",
      update: "ecs:UpdateService ecs:DescribeServices",
      delete: "ecs:DescribeServices ecs:UpdateService ecs:DeleteService",
    },
  ],
  [
    "aws:ecs/taskDefinition:TaskDefinition",
    "ecs/task_definition.go",
    {
      create: "ecs:RegisterTaskDefinition ecs:DescribeTaskDefinition",
      read: "ecs:DescribeTaskDefinition",
      update: "ecs:TagResource ecs:UntagResource",
      delete: "ecs:DeregisterTaskDefinition",
    },
  ],
  [
    "aws:lb/loadBalancer:LoadBalancer",
    "elbv2/load_balancer.go",
    {
      create:
        "elasticloadbalancing:DescribeLoadBalancers elasticloadbalancing:CreateLoadBalancer elasticloadbalancing:ModifyCapacityReservation elasticloadbalancing:ModifyLoadBalancerAttributes elasticloadbalancing:SetSecurityGroups elasticloadbalancing:DescribeLoadBalancerAttributes elasticloadbalancing:DescribeCapacityReservation",
      read: "elasticloadbalancing:DescribeLoadBalancers elasticloadbalancing:DescribeLoadBalancerAttributes elasticloadbalancing:DescribeCapacityReservation",
      update:
        "elasticloadbalancing:ModifyLoadBalancerAttributes elasticloadbalancing:SetSecurityGroups elasticloadbalancing:SetSubnets elasticloadbalancing:SetIpAddressType elasticloadbalancing:ModifyIpPools elasticloadbalancing:ModifyCapacityReservation elasticloadbalancing:DescribeLoadBalancers",
      delete: "elasticloadbalancing:DeleteLoadBalancer ec2:DescribeNetworkInterfaces",
    },
  ],
  [
    "aws:ec2/vpc:Vpc",
    "ec2/vpc_.go",
    {
      create: "ec2:CreateVpc ec2:DescribeVpcs ec2:ModifyVpcAttribute ec2:DescribeVpcAttribute",
      read: "ec2:DescribeVpcs ec2:DescribeVpcAttribute ec2:DescribeNetworkAcls ec2:DescribeRouteTables ec2:DescribeSecurityGroups",
      update:
        "ec2:ModifyVpcAttribute ec2:ModifyVpcTenancy ec2:AssociateVpcCidrBlock ec2:DisassociateVpcCidrBlock",
      delete: "ec2:DeleteVpc ec2:DescribeVpcs",
    },
  ],
  [
    "aws:cloudwatch/logGroup:LogGroup",
    "logs/group.go",
    {
      create: "logs:CreateLogGroup logs:PutRetentionPolicy logs:DescribeLogGroups",
      read: "logs:DescribeLogGroups",
      update:
        "logs:PutRetentionPolicy logs:DeleteRetentionPolicy logs:AssociateKmsKey logs:DisassociateKmsKey logs:DescribeLogGroups",
      delete: "logs:DeleteLogGroup",
    },
  ],
  [
    "aws:kms/alias:Alias",
    "kms/alias.go",
    {
      create: "kms:CreateAlias kms:ListAliases",
      read: "kms:ListAliases",
      update: "kms:UpdateAlias kms:ListAliases",
      delete: "kms:DeleteAlias",
    },
  ],
  [
    "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
    "s3/bucket_public_access_block.go",
    {
      create: "s3:PutBucketPublicAccessBlock s3:GetBucketPublicAccessBlock",
      read: "s3:GetBucketPublicAccessBlock",
      update: "s3:PutBucketPublicAccessBlock",
      delete: "s3:PutBucketPublicAccessBlock s3:GetBucketPublicAccessBlock",
    },
  ],
  [
    "aws:route53/keySigningKey:KeySigningKey",
    "route53/key_signing_key.go",
    {
      create: "route53:CreateKeySigningKey route53:GetDNSSEC route53:GetChange",
      read: "route53:GetDNSSEC",
      update:
        "route53:ActivateKeySigningKey route53:DeactivateKeySigningKey route53:GetDNSSEC route53:GetChange",
      delete: "route53:DeactivateKeySigningKey route53:DeleteKeySigningKey route53:GetChange",
    },
  ],
  [
    "aws:sfn/activity:Activity",
    "sfn/activity.go",
    {
      create: "states:CreateActivity states:DescribeActivity",
      read: "states:DescribeActivity",
      update: "states:DescribeActivity",
      delete: "states:DeleteActivity",
    },
  ],
  [
    "aws:rds/instance:Instance",
    "rds/instance.go, blue_green.go",
    {
      create: "rds:CreateDBInstance rds:ModifyDBInstance rds:DescribeDBInstances",
      read: "rds:DescribeDBInstances",
      update: "rds:ModifyDBInstance rds:PromoteReadReplica rds:DescribeDBInstances",
      delete: "rds:DeleteDBInstance rds:ModifyDBInstance rds:DescribeDBInstances",
    },
  ],
  [
    "aws:elasticache/replicationGroup:ReplicationGroup",
    "elasticache/replication_group.go",
    {
      create:
        "elasticache:CreateReplicationGroup elasticache:DescribeReplicationGroups elasticache:DescribeCacheClusters",
      read: "elasticache:DescribeReplicationGroups elasticache:DescribeCacheClusters",
      update:
        "elasticache:ModifyReplicationGroup elasticache:ModifyReplicationGroupShardConfiguration elasticache:IncreaseReplicaCount elasticache:DecreaseReplicaCount elasticache:DescribeReplicationGroups elasticache:DescribeCacheClusters",
      delete: "elasticache:DeleteReplicationGroup elasticache:DescribeReplicationGroups",
    },
  ],
  [
    "aws:lb/targetGroup:TargetGroup",
    "elbv2/target_group.go",
    {
      create:
        "elasticloadbalancing:DescribeTargetGroups elasticloadbalancing:CreateTargetGroup elasticloadbalancing:ModifyTargetGroupAttributes elasticloadbalancing:DescribeTargetGroupAttributes",
      read: "elasticloadbalancing:DescribeTargetGroups elasticloadbalancing:DescribeTargetGroupAttributes",
      update:
        "elasticloadbalancing:ModifyTargetGroup elasticloadbalancing:ModifyTargetGroupAttributes elasticloadbalancing:DescribeTargetGroups elasticloadbalancing:DescribeTargetGroupAttributes",
      delete: "elasticloadbalancing:DeleteTargetGroup",
    },
  ],
  [
    "aws:lb/listener:Listener",
    "elbv2/listener.go",
    {
      create:
        "elasticloadbalancing:CreateListener elasticloadbalancing:ModifyListenerAttributes elasticloadbalancing:DescribeListeners elasticloadbalancing:DescribeListenerAttributes",
      read: "elasticloadbalancing:DescribeListeners elasticloadbalancing:DescribeListenerAttributes",
      update:
        "elasticloadbalancing:ModifyListener elasticloadbalancing:ModifyListenerAttributes elasticloadbalancing:DescribeListeners elasticloadbalancing:DescribeListenerAttributes",
      delete: "elasticloadbalancing:DeleteListener",
    },
  ],
  [
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
    "ec2/vpc_security_group_ingress_rule.go",
    {
      create: "ec2:AuthorizeSecurityGroupIngress ec2:CreateTags",
      read: "ec2:DescribeSecurityGroupRules",
      update: "ec2:ModifySecurityGroupRules ec2:CreateTags ec2:DeleteTags",
      delete: "ec2:RevokeSecurityGroupIngress",
    },
  ],
  [
    "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule",
    "ec2/vpc_security_group_egress_rule.go",
    {
      create: "ec2:AuthorizeSecurityGroupEgress ec2:CreateTags",
      read: "ec2:DescribeSecurityGroupRules",
      update: "ec2:ModifySecurityGroupRules ec2:CreateTags ec2:DeleteTags",
      delete: "ec2:RevokeSecurityGroupEgress",
    },
  ],
  [
    "aws:backup/selection:Selection",
    "backup/selection.go",
    {
      create: "backup:CreateBackupSelection backup:GetBackupSelection",
      read: "backup:GetBackupSelection",
      delete: "backup:DeleteBackupSelection",
    },
  ],
  [
    "aws:cloudwatch/logMetricFilter:LogMetricFilter",
    "logs/metric_filter.go",
    {
      create: "logs:PutMetricFilter logs:DescribeMetricFilters",
      read: "logs:DescribeMetricFilters",
      update: "logs:PutMetricFilter logs:DescribeMetricFilters",
      delete: "logs:DeleteMetricFilter",
    },
  ],
  [
    "aws:ec2/flowLog:FlowLog",
    "ec2/vpc_flow_log.go",
    {
      create: "ec2:CreateFlowLogs ec2:DescribeFlowLogs",
      read: "ec2:DescribeFlowLogs",
      update: "ec2:DescribeFlowLogs",
      delete: "ec2:DeleteFlowLogs",
    },
  ],
  [
    "aws:scheduler/scheduleGroup:ScheduleGroup",
    "scheduler/schedule_group.go",
    {
      create: "scheduler:CreateScheduleGroup scheduler:GetScheduleGroup",
      read: "scheduler:GetScheduleGroup",
      update: "scheduler:GetScheduleGroup",
      delete: "scheduler:DeleteScheduleGroup scheduler:GetScheduleGroup",
    },
  ],
  [
    "aws:sqs/queuePolicy:QueuePolicy",
    "sqs/queue_policy.go",
    {
      create: "sqs:SetQueueAttributes sqs:GetQueueAttributes",
      read: "sqs:GetQueueAttributes",
      update: "sqs:SetQueueAttributes sqs:GetQueueAttributes",
      delete: "sqs:SetQueueAttributes sqs:GetQueueAttributes",
    },
  ],
  [
    "aws:rds/eventSubscription:EventSubscription",
    "rds/event_subscription.go",
    {
      create: "rds:CreateEventSubscription rds:DescribeEventSubscriptions",
      read: "rds:DescribeEventSubscriptions",
      update:
        "rds:ModifyEventSubscription rds:RemoveSourceIdentifierFromSubscription rds:AddSourceIdentifierToSubscription rds:DescribeEventSubscriptions",
      delete: "rds:DeleteEventSubscription rds:DescribeEventSubscriptions",
    },
  ],
  [
    "aws:ecs/clusterCapacityProviders:ClusterCapacityProviders",
    "ecs/cluster_capacity_providers.go",
    {
      create: "ecs:PutClusterCapacityProviders ecs:DescribeClusters",
      read: "ecs:DescribeClusters",
      update: "ecs:PutClusterCapacityProviders ecs:DescribeClusters",
      delete: "ecs:PutClusterCapacityProviders ecs:DescribeClusters",
    },
  ],
  [
    "aws:ec2/securityGroup:SecurityGroup",
    "ec2/vpc_security_group.go",
    {
      create: "ec2:CreateSecurityGroup ec2:RevokeSecurityGroupEgress ec2:DescribeSecurityGroups",
      read: "ec2:DescribeSecurityGroups",
      update:
        "ec2:AuthorizeSecurityGroupIngress ec2:AuthorizeSecurityGroupEgress ec2:RevokeSecurityGroupIngress ec2:RevokeSecurityGroupEgress ec2:DescribeSecurityGroups",
      delete: "ec2:DescribeNetworkInterfaces ec2:DeleteSecurityGroup ec2:DescribeSecurityGroups",
    },
  ],
  [
    "aws:ec2/subnet:Subnet",
    "ec2/vpc_subnet.go",
    {
      create: "ec2:CreateSubnet ec2:ModifySubnetAttribute ec2:DescribeSubnets",
      read: "ec2:DescribeSubnets",
      update:
        "ec2:ModifySubnetAttribute ec2:AssociateSubnetCidrBlock ec2:DisassociateSubnetCidrBlock ec2:DescribeSubnets",
      delete: "ec2:DescribeNetworkInterfaces ec2:DeleteSubnet",
    },
  ],
  [
    "aws:s3/bucket:Bucket",
    "s3/bucket.go",
    {
      create: "s3:CreateBucket s3:ListBucket",
      read: "s3:ListBucket s3:GetBucketPolicy s3:GetBucketAcl s3:GetBucketCORS s3:GetBucketWebsite s3:GetBucketVersioning s3:GetAccelerateConfiguration s3:GetBucketRequestPayment s3:GetBucketLogging s3:GetLifecycleConfiguration s3:GetReplicationConfiguration s3:GetEncryptionConfiguration s3:GetBucketObjectLockConfiguration s3:GetBucketTagging",
      update: "s3:PutBucketTagging s3:ListBucket",
      delete: "s3:DeleteBucket s3:ListBucket",
    },
  ],
  [
    "aws:kms/key:Key",
    "kms/key.go",
    {
      create:
        "kms:CreateKey kms:EnableKeyRotation kms:DescribeKey kms:GetKeyPolicy kms:GetKeyRotationStatus kms:ListResourceTags",
      read: "kms:DescribeKey kms:GetKeyPolicy kms:GetKeyRotationStatus kms:ListResourceTags",
      update:
        "kms:EnableKey kms:EnableKeyRotation kms:UpdateKeyDescription kms:PutKeyPolicy kms:DescribeKey kms:GetKeyPolicy kms:GetKeyRotationStatus kms:ListResourceTags",
      delete: "kms:ScheduleKeyDeletion kms:DescribeKey",
    },
  ],
  [
    "aws:lambda/function:Function",
    "lambda/function.go",
    {
      create:
        "lambda:CreateFunction lambda:PutFunctionConcurrency lambda:GetFunction lambda:ListVersionsByFunction lambda:GetFunctionCodeSigningConfig",
      read: "lambda:GetFunction lambda:ListVersionsByFunction lambda:GetFunctionCodeSigningConfig",
      update:
        "lambda:UpdateFunctionConfiguration lambda:UpdateFunctionCode lambda:PutFunctionCodeSigningConfig lambda:DeleteFunctionCodeSigningConfig lambda:PutFunctionConcurrency lambda:DeleteFunctionConcurrency lambda:PublishVersion lambda:GetFunctionConfiguration lambda:GetFunction",
      delete: "lambda:DeleteFunction lambda:GetFunction",
    },
  ],
  [
    "aws:iam/role:Role",
    "iam/role.go",
    {
      create: "iam:CreateRole iam:GetRole iam:ListRolePolicies iam:ListAttachedRolePolicies",
      read: "iam:GetRole iam:ListRolePolicies iam:GetRolePolicy iam:ListAttachedRolePolicies",
      update:
        "iam:UpdateAssumeRolePolicy iam:UpdateRoleDescription iam:UpdateRole iam:PutRolePermissionsBoundary iam:GetRole",
      delete: "iam:ListInstanceProfilesForRole iam:DeleteRole",
    },
  ],
  [
    "aws:route53/record:Record",
    "route53/record.go",
    {
      create:
        "route53:GetHostedZone route53:ChangeResourceRecordSets route53:GetChange route53:ListResourceRecordSets",
      read: "route53:GetHostedZone route53:ListResourceRecordSets",
      update:
        "route53:GetHostedZone route53:ChangeResourceRecordSets route53:GetChange route53:ListResourceRecordSets",
      delete: "route53:ListResourceRecordSets route53:ChangeResourceRecordSets route53:GetChange",
    },
  ],
  [
    "aws:acm/certificate:Certificate",
    "acm/certificate.go",
    {
      create: "acm:RequestCertificate acm:DescribeCertificate",
      read: "acm:DescribeCertificate",
      update: "acm:UpdateCertificateOptions acm:DescribeCertificate",
      delete: "acm:DeleteCertificate",
    },
  ],
  [
    "aws:cloudfront/function:Function",
    "cloudfront/function.go",
    {
      create:
        "cloudfront:CreateFunction cloudfront:PublishFunction cloudfront:DescribeFunction cloudfront:GetFunction",
      read: "cloudfront:DescribeFunction cloudfront:GetFunction",
      update:
        "cloudfront:UpdateFunction cloudfront:PublishFunction cloudfront:DescribeFunction cloudfront:GetFunction",
      delete: "cloudfront:DeleteFunction",
    },
  ],
  [
    "aws:ecr/repository:Repository",
    "ecr/repository.go",
    {
      create: "ecr:CreateRepository ecr:DescribeRepositories ecr:ListTagsForResource",
      read: "ecr:DescribeRepositories ecr:ListTagsForResource",
      update:
        "ecr:PutImageTagMutability ecr:PutImageScanningConfiguration ecr:TagResource ecr:UntagResource ecr:DescribeRepositories ecr:ListTagsForResource",
      delete: "ecr:DeleteRepository ecr:DescribeRepositories",
    },
  ],
  [
    "aws:ecr/repositoryPolicy:RepositoryPolicy",
    "ecr/repository_policy.go",
    {
      create: "ecr:SetRepositoryPolicy ecr:GetRepositoryPolicy",
      read: "ecr:GetRepositoryPolicy",
      update: "ecr:SetRepositoryPolicy ecr:GetRepositoryPolicy",
      delete: "ecr:DeleteRepositoryPolicy",
    },
  ],
  [
    "aws:secretsmanager/secretPolicy:SecretPolicy",
    "secretsmanager/secret_policy.go",
    {
      create: "secretsmanager:PutResourcePolicy secretsmanager:GetResourcePolicy",
      read: "secretsmanager:GetResourcePolicy",
      update: "secretsmanager:PutResourcePolicy secretsmanager:GetResourcePolicy",
      delete: "secretsmanager:DeleteResourcePolicy",
    },
  ],
];

/** What AWS's handlers and the table name together. */
const known = (type: string, step: Step) => namedCalls(type, step).map(({ action }) => action);

describe("what the provider calls", () => {
  for (const [type, file, steps] of READ) {
    it(`${type}: every call of ${file} is known`, () => {
      for (const step of ["create", "read", "update", "delete"] as const) {
        const calls = known(type, step);
        const missing = (steps[step]?.split(" ") ?? []).filter((action) => !calls.includes(action));
        assert.deepEqual(missing, [], step);
      }
    });
  }

  for (const row of readInSource.types) {
    it(`${row.type}: every call of ${row.file} is known`, () => {
      const steps: Partial<Record<Step, string>> = row;
      for (const step of ["create", "read", "update", "delete"] as const) {
        const calls = known(row.type, step);
        const missing = (steps[step]?.split(" ") ?? []).filter((action) => !calls.includes(action));
        assert.deepEqual(missing, [], step);
      }
    });
  }

  it("does not take a creation or a deletion for what a change calls", () => {
    // A creation that the stand-in refused is tried again with the next change, or its rest deleted.
    const wrong = Object.entries(table.types as Record<string, { calls: Calls }>).flatMap(
      ([type, { calls }]) => {
        const others = new Set([...(calls.create ?? []), ...(calls.delete ?? [])]);
        const again = (calls.update ?? []).filter(
          (action) => others.has(action) && /:(Create(?!Tags$)|Delete)/.test(action),
        );
        return again.map((action) => `${type} ${action}`);
      },
    );
    assert.deepEqual(wrong, []);
  });

  it("removes tags where it adds them", () => {
    const taken: readonly (readonly [RegExp, string])[] = [
      [/:TagResource$/, ":UntagResource"],
      [/:CreateTags$/, ":DeleteTags"],
      [/:AddTagsToResource$/, ":RemoveTagsFromResource"],
      [/:AddTags$/, ":RemoveTags"],
      [/:Tag(Role|Queue)$/, ":Untag$1"],
      [/:AddTagsToCertificate$/, ":RemoveTagsFromCertificate"],
    ];
    const lacking = Object.keys(table.types).flatMap((type) => {
      const calls = known(type, "update");
      const gives = taken.flatMap(([give, take]) =>
        calls.filter((action) => give.test(action)).map((action) => action.replace(give, take)),
      );
      // RDS tags the secret that it keeps itself.
      const own = gives.filter(
        (action) => !action.startsWith("secretsmanager:") || /:secretsm/.test(type),
      );
      return own.filter((action) => !calls.includes(action)).map((action) => `${type} ${action}`);
    });
    assert.deepEqual(lacking, []);
  });

  it("has every type of the stacks recorded, or read in the provider's source", async () => {
    const types = new Set<string>();
    for (const stack of ["production", "staging", "recovery", "bootstrap"]) {
      for (const { type } of (await planOf(stack)).resources) {
        if (/^aws:\w+\//.test(type)) types.add(type);
      }
    }
    assert.ok(types.size > 90);
    const read = new Set([
      ...READ.map(([one]) => one),
      ...readInSource.types.map((row) => row.type),
    ]);
    const without = [...types].filter(
      (type) =>
        !read.has(type) && !/measured|internal\/service\//.test(providerCalls(type)?.from ?? ""),
    );
    assert.deepEqual(without, []);
  });

  it("names the source file or AWS's handlers for rows that were not measured", () => {
    for (const type of [
      ...READ.map(([one]) => one),
      ...readInSource.types.map(({ type }) => type),
    ]) {
      const from = providerCalls(type)?.from ?? "AWS's handlers";
      assert.match(from, /^(measured|internal\/service\/[a-z0-9/_]+\.go|AWS's handlers)/, type);
    }
  });
});
