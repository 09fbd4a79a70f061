/** What a deployment needs for services that a stack's extensions use and the platform does not: docs/extending.md. */
import { iamPrefixes } from "../facts/iam-actions";
import { nearest } from "../facts/nearest";
import type { Statement } from "../platform/policy-documents";
import { UNNAMED_SERVICES } from "./rights";

/**
 * Services that are not opened as a whole: a deployment could give itself, or have done by another's role, what its own policies do not
 * allow. Who hands a service no role can still change what runs with one already; Tenable, "Auditing iam:PassRole", names the actions
 * that take roles.
 */
const CLOSED: Readonly<Record<string, readonly string[]>> = {
  "it says who may do what": [
    ...["account", "iam", "identitystore", "organizations", "ram", "rolesanywhere", "sso"],
    ...["sso-directory", "sts", "resource-groups", "tag", "controltower"],
  ],
  "it holds keys": ["cloudhsm", "kms", "payment-cryptography"],
  "the deployment changes only what has the platform's prefix there": [
    ...["ecr", "lambda", "s3", "secretsmanager", "sns", "sqs", "ssm", "chatbot", "fis"],
  ],
  "what it runs acts with a role of its own": [
    ...["airflow", "amplify", "apprunner", "appstream", "batch", "bedrock", "bedrock-agentcore"],
    ...["cloud9", "cloudformation", "cloudshell", "codebuild", "codedeploy", "codepipeline"],
    ...["datapipeline", "dms", "ec2-instance-connect", "eks", "eks-auth", "elasticbeanstalk"],
    ...["elasticmapreduce", "emr-containers", "emr-serverless", "gamelift", "glue", "greengrass"],
    ...["imagebuilder", "iot", "lightsail", "m2", "omics", "opsworks", "proton", "sagemaker"],
    ...["servicecatalog", "ssm-guiconnect", "ssmmessages", "states", "transfer", "workspaces"],
  ],
};

/** All of them. */
export const closedServices: readonly string[] = Object.values(CLOSED).flat();

/** Why a service is not opened to extensions; undefined where it may be. */
export function closedService(service: string): string | undefined {
  const closed = Object.entries(CLOSED).find(([, services]) => services.includes(service));
  if (closed !== undefined) {
    return `a service that a deployment cannot gain permissions with: of ${service}, ${closed[0]}`;
  }
  if ((UNNAMED_SERVICES as readonly string[]).includes(service)) {
    return `a service that the deployment role may not use yet: it has ${service}`;
  }
  if (iamPrefixes.has(service)) return undefined;
  const meant = /^[a-z]{3}/.test(service) ? nearest(service, [...iamPrefixes]) : undefined;
  return meant === undefined
    ? "a service's prefix in IAM policies, such as elasticfilesystem"
    : `${meant}, or another service's prefix in IAM policies`;
}

/**
 * Opens services to a deployment, in the stack's regions. What carries another environment's tag stays denied (`NotOtherEnvironments`),
 * and no role is handed to them. The boundary of the stack's roles allows them already.
 */
export function extensionRights(
  services: readonly string[],
  regions: readonly string[],
): Statement[] {
  return [
    {
      sid: "ExtensionServices",
      actions: [...services].sort().map((service) => `${service}:*`),
      // AWS chooses the ids of most of what they make.
      resources: ["*"],
      conditions: { StringEquals: { "aws:RequestedRegion": regions } },
    },
  ];
}
