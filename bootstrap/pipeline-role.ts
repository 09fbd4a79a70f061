import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

import type { Arns } from "../platform/arns";
import { policyDocument, type Statement } from "../platform/policy-documents";
import type { Tags } from "../platform/tags";

/** GitHub's issuer of tokens for workflows. Source: GitHub, "OpenID Connect in Amazon Web Services". */
export const GITHUB_ISSUER = "token.actions.githubusercontent.com";

export interface PipelineRoleArgs {
  /** Physical name; a change replaces the role and breaks the workflows that name it. */
  readonly roleName: string;
  readonly description: string;
  /** Repository on GitHub, `owner/name`. */
  readonly repository: string;
  /**
   * Which runs may assume the role: ends of the token's `sub` after `repo:<repository>:`, such as
   * `environment:production`. No wildcards.
   */
  readonly subjects: readonly string[];
  /** Inline policies by name; IAM takes 10,240 characters of them in all for a role. */
  readonly policies: Readonly<Record<string, readonly Statement[]>>;
  /** AWS's managed policies by ARN. @default none */
  readonly managedPolicyArns?: readonly string[];
  /** Longest session in seconds: a deployment that bakes blue-green takes most of an hour. */
  readonly sessionSeconds: number;
  readonly arns: Arns;
  readonly tags: Tags;
}

/** A role that workflows of one repository assume with a token of their own: no keys are stored anywhere. */
export class PipelineRole extends pulumi.ComponentResource {
  /** ARN, known before the role exists. */
  public readonly roleArn: string;

  public constructor(name: string, args: PipelineRoleArgs, opts?: pulumi.ComponentResourceOptions) {
    super("crm:aws:PipelineRole", name, {}, opts);

    const role = new aws.iam.Role(
      name,
      {
        name: args.roleName,
        description: args.description,
        assumeRolePolicy: trust(args),
        maxSessionDuration: args.sessionSeconds,
        tags: args.tags,
      },
      { parent: this },
    );
    for (const [part, statements] of Object.entries(args.policies)) {
      new aws.iam.RolePolicy(
        `${name}-${part}`,
        { name: part, role: role.name, policy: policyDocument(...statements) },
        { parent: this },
      );
    }
    for (const policyArn of args.managedPolicyArns ?? []) {
      const part = policyArn.split("/").at(-1)!;
      new aws.iam.RolePolicyAttachment(
        `${name}-${part}`,
        { role: role.name, policyArn },
        { parent: this },
      );
    }

    this.roleArn = args.arns.role(args.roleName);
    this.registerOutputs({ roleArn: this.roleArn });
  }
}

/** Trust in GitHub's tokens for this repository's runs and for AWS as their audience. */
function trust({ arns, repository, subjects }: PipelineRoleArgs): string {
  return JSON.stringify({
    Version: "2012-10-17",
    Statement: [
      {
        Sid: "AssumedByWorkflows",
        Effect: "Allow",
        Principal: { Federated: arns.global("iam", `oidc-provider/${GITHUB_ISSUER}`) },
        Action: "sts:AssumeRoleWithWebIdentity",
        Condition: {
          StringEquals: {
            [`${GITHUB_ISSUER}:aud`]: "sts.amazonaws.com",
            [`${GITHUB_ISSUER}:sub`]: subjects.map((subject) => `repo:${repository}:${subject}`),
          },
        },
      },
    ],
  });
}
