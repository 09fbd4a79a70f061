/**
 * Actions by what they can do: the pack's choice of what is dangerous. Sources: Service Authorization Reference;
 * Cloudsplaining, "Risk definitions".
 */
import { expandActions, iamAction } from "../../facts/iam-actions";
import { coversAction } from "../documents";

/**
 * Actions for which the pack asks no resource, although the reference has a type for them: those on network interfaces, which
 * Lambda requires with `*` for a function in a VPC, and metrics, whose one type, a dataset, is optional.
 */
const ASKS_NONE: readonly string[] = [
  "cloudwatch:GetMetricData",
  "cloudwatch:ListMetrics",
  "cloudwatch:PutMetricData",
  "ec2:AssignPrivateIpAddresses",
  "ec2:CreateNetworkInterface",
  "ec2:DeleteNetworkInterface",
  "ec2:UnassignPrivateIpAddresses",
];

/** Whether an action, or each that a pattern covers, has no type of resource, or none that the pack asks for. */
export function isWithoutResources(action: string, more: readonly string[] = []): boolean {
  const all = expandActions(action);
  return (
    more.some((pattern) => coversAction(pattern, action)) ||
    ASKS_NONE.includes(action) ||
    (all.length > 0 && all.every(takesNone))
  );
}

const takesNone = (action: string) =>
  ASKS_NONE.includes(action) || iamAction(action)!.resources.length === 0;

/** An action that takes a resource, of a pattern that also covers some that take none: `ec2:Describe*`. */
export function takesOneOf(pattern: string): string | undefined {
  const all = expandActions(pattern);
  return all.some(takesNone) ? all.find((action) => !takesNone(action)) : undefined;
}

/** Whether an action, or a pattern, only reads. */
export function isReading(action: string): boolean {
  return /:(BatchCheck|BatchDescribe|BatchGet|Check|Describe|Get|Head|List|Lookup|Query|Read|Scan|Search|Select|Simulate|Test|Validate|View)[A-Za-z]*\*?$/i.test(
    action,
  );
}

/** Permissions that together allow privilege escalation to all permissions of the account. */
export const ESCALATIONS: readonly (readonly string[])[] = [
  ["iam:CreatePolicyVersion"],
  ["iam:SetDefaultPolicyVersion"],
  ["iam:CreateAccessKey"],
  ["iam:CreateLoginProfile"],
  ["iam:UpdateLoginProfile"],
  ["iam:AttachUserPolicy"],
  ["iam:AttachGroupPolicy"],
  ["iam:AttachRolePolicy"],
  ["iam:PutUserPolicy"],
  ["iam:PutGroupPolicy"],
  ["iam:PutRolePolicy"],
  ["iam:AddUserToGroup"],
  ["iam:UpdateAssumeRolePolicy"],
  ["lambda:UpdateFunctionCode"],
  ["lambda:UpdateFunctionConfiguration"],
  ["glue:UpdateDevEndpoint"],
  ["iam:PassRole", "ec2:RunInstances"],
  ["iam:PassRole", "lambda:CreateFunction"],
  ["iam:PassRole", "ecs:RunTask"],
  ["iam:PassRole", "ecs:StartTask"],
  ["iam:PassRole", "ecs:CreateService"],
  ["iam:PassRole", "ecs:UpdateService"],
  ["iam:PassRole", "ecs:RegisterTaskDefinition"],
  ["iam:PassRole", "cloudformation:CreateStack"],
  ["iam:PassRole", "codebuild:CreateProject"],
  ["iam:PassRole", "datapipeline:CreatePipeline"],
  ["iam:PassRole", "glue:CreateDevEndpoint"],
  ["iam:PassRole", "glue:CreateJob"],
  ["iam:PassRole", "sagemaker:CreateNotebookInstance"],
  ["iam:PassRole", "scheduler:CreateSchedule"],
  ["iam:PassRole", "states:CreateStateMachine"],
];

/** Actions that return credentials. A token for ECR alone allows nothing: pulling needs permissions of its own. */
export const CREDENTIALS: readonly string[] = [
  "codeartifact:GetAuthorizationToken",
  "cognito-identity:GetCredentialsForIdentity",
  "cognito-identity:GetOpenIdToken*",
  "iam:CreateAccessKey",
  "iam:CreateLoginProfile",
  "iam:CreateServiceSpecificCredential",
  "iam:ResetServiceSpecificCredential",
  "iam:UpdateAccessKey",
  "iam:UpdateLoginProfile",
  "rds-db:connect",
  "redshift:GetClusterCredentials",
  "sts:AssumeRole",
  "sts:AssumeRoleWithSAML",
  "sts:AssumeRoleWithWebIdentity",
  "sts:GetFederationToken",
  "sts:GetSessionToken",
];

/** Actions that read data out of the account. */
export const DATA: readonly string[] = [
  "backup:StartCopyJob",
  "dynamodb:GetItem",
  "dynamodb:Query",
  "dynamodb:Scan",
  "ec2:ModifySnapshotAttribute",
  "rds:CopyDBSnapshot",
  "rds:ModifyDBSnapshotAttribute",
  "rds:StartExportTask",
  "s3:GetObject",
  "s3:GetObjectVersion",
  "secretsmanager:GetSecretValue",
  "sqs:ReceiveMessage",
  "ssm:GetParameter",
  "ssm:GetParameterHistory",
  "ssm:GetParameters",
  "ssm:GetParametersByPath",
];

/** Actions that change permissions. */
export const PERMISSIONS: readonly string[] = [
  "acm-pca:PutPolicy",
  "backup:DeleteBackupVaultAccessPolicy",
  "backup:PutBackupVaultAccessPolicy",
  "ecr:DeleteRepositoryPolicy",
  "ecr:SetRepositoryPolicy",
  "events:PutPermission",
  "iam:AttachRolePolicy",
  "iam:CreatePolicy",
  "iam:CreatePolicyVersion",
  "iam:CreateRole",
  "iam:CreateUser",
  "iam:DeleteRolePermissionsBoundary",
  "iam:DeleteRolePolicy",
  "iam:DetachRolePolicy",
  "iam:PassRole",
  "iam:PutRolePermissionsBoundary",
  "iam:PutRolePolicy",
  "iam:PutUserPolicy",
  "iam:SetDefaultPolicyVersion",
  "iam:UpdateAssumeRolePolicy",
  "kms:CreateGrant",
  "kms:PutKeyPolicy",
  "lambda:AddPermission",
  "lambda:RemovePermission",
  "ram:CreateResourceShare",
  "s3:DeleteBucketPolicy",
  "s3:PutAccountPublicAccessBlock",
  "s3:PutBucketAcl",
  "s3:PutBucketPolicy",
  "s3:PutBucketPublicAccessBlock",
  "s3:PutObjectAcl",
  "secretsmanager:DeleteResourcePolicy",
  "secretsmanager:PutResourcePolicy",
  "sns:AddPermission",
  "sns:SetTopicAttributes",
  "sqs:AddPermission",
  "sqs:SetQueueAttributes",
];
