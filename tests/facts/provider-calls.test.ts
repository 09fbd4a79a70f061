/**
 * The calls that the provider's source makes, read in it by hand and apart from the table: internal/service/ of
 * terraform-provider-aws, 2026-11-28. A read follows each creation and most updates; tags are calls of their own.
 */
import assert from "node:assert/strict";

import { providerCalls } from "../../facts/called-by-provider";
import { actionsOf } from "../../facts/published-schemas";
import { namesOfType } from "../../facts/type-names";

type Step = "create" | "read" | "update" | "delete";

const READ: readonly (readonly [type: string, file: string, calls: Record<Step, string>])[] = [
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
];

describe("what the provider calls", () => {
  for (const [type, file, steps] of READ) {
    it(`${type}: every call of ${file} is known`, () => {
      const names = namesOfType(type);
      for (const step of ["create", "read", "update", "delete"] as const) {
        const handled = names?.part === true ? [] : (actionsOf(names!.aws!, step) ?? []);
        const known = [...handled, ...(providerCalls(type)?.calls[step] ?? [])];
        const missing = steps[step].split(" ").filter((action) => !known.includes(action));
        assert.deepEqual(missing, [], step);
      }
    });
  }

  it("says of rows that nobody measured which file was read, or whose word it is", () => {
    for (const [type] of READ) {
      const from = providerCalls(type)?.from ?? "AWS's handlers";
      assert.match(from, /^(measured|internal\/service\/[a-z0-9/_]+\.go|AWS's handlers)/, type);
    }
  });
});
