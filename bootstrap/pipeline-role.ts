import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

import { IAM_LIMITS } from "../facts/limits";
import { STS_AUDIENCE } from "../facts/service-principals";
import type { Arns } from "../platform/arns";
import { policyDocument, type Statement } from "../platform/policy-documents";
import { mapped } from "../platform/records";
import type { Tags } from "../platform/tags";

/** GitHub's issuer of tokens for workflows. Source: GitHub, "OpenID Connect in Amazon Web Services". */
export const GITHUB_ISSUER = "token.actions.githubusercontent.com";

/** A repository by its name and by the number that stays when it is renamed, or its name is taken by another. */
export interface Repository {
  /** `owner/name`. */
  readonly name: string;
  readonly id: string;
  /** Number of its owner. */
  readonly ownerId: string;
  /** How GitHub names it in the subject of a token: see {@link subjectPrefix}. */
  readonly subjects: SubjectForm;
}

/** Forms of a token's subject. */
export const SUBJECT_FORMS = ["ids", "names"] as const;
export type SubjectForm = (typeof SUBJECT_FORMS)[number];

/**
 * How the subject of a repository's tokens begins. With `ids`, the default of repositories that were made, renamed or moved since July 15, 2026, or have
 * opted in: `repo:owner@1/name@2`; with `names`, that of the others: `repo:owner/name`.
 * Source: GitHub, "OpenID Connect reference", Immutable subject claims.
 */
export function subjectPrefix({ name, id, ownerId, subjects }: Repository): string {
  const [owner, short] = name.split("/");
  return subjects === "ids" ? `repo:${owner}@${ownerId}/${short}@${id}` : `repo:${name}`;
}

/**
 * Runs of one workflow, by what GitHub puts into their token. Each claim is one that STS looks at: IAM User Guide,
 * "IAM and AWS STS condition context keys", GitHub; what it means: GitHub, "OpenID Connect reference".
 */
export interface WorkflowRuns {
  /**
   * Ends of `sub` after `repo:<repository>:`, such as `environment:production` or `pull_request`; no wildcards.
   */
  readonly subjects: readonly string[];
  /** File in `.github/workflows` that has the job (`job_workflow_ref`); of one that is called, not of its caller. */
  readonly workflow: string;
  /** What the run is about (`ref`), which the workflow's file is also read from; `*` stands for any text. */
  readonly ref: string;
  /** Who may not have started the run (`actor`); `*` matches any text. @default none */
  readonly notActors?: readonly string[];
}

export interface PipelineRoleArgs {
  /** Physical name; a change replaces the role and breaks the workflows that name it. */
  readonly roleName: string;
  readonly description: string;
  /** Repository on GitHub. */
  readonly repository: Repository;
  /** Which runs may assume the role. */
  readonly runs: WorkflowRuns;
  /** The role's policies by the last part of their names: a managed policy each, as long as IAM_LIMITS allows. */
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
    const trusted = trust(args);
    const documents = mapped(args.policies, (statements) => policyDocument(...statements));
    const problems = tooLong(args, trusted, documents);
    if (problems.length > 0) {
      throw new pulumi.RunError(problems.join("\n"));
    }

    const role = new aws.iam.Role(
      name,
      {
        name: args.roleName,
        description: args.description,
        assumeRolePolicy: trusted,
        maxSessionDuration: args.sessionSeconds,
        tags: args.tags,
      },
      { parent: this },
    );
    for (const [part, policy] of Object.entries(documents)) {
      const policyName = `${args.roleName}-${part}`;
      const made = new aws.iam.Policy(
        `${name}-${part}`,
        {
          name: policyName,
          description: `${args.roleName}: ${part}`,
          policy,
          tags: args.tags,
        },
        { parent: this },
      );
      new aws.iam.RolePolicyAttachment(
        `${name}-${part}`,
        { role: role.name, policyArn: args.arns.policy(policyName) },
        // Its ARN is known before it exists, and says nothing of the order.
        { parent: this, dependsOn: made },
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

/** What IAM would refuse only while the role is made, half of it made already. */
function tooLong(
  { roleName, managedPolicyArns = [] }: PipelineRoleArgs,
  trusted: string,
  documents: Readonly<Record<string, string>>,
): string[] {
  // IAM counts no blanks. No document has any outside of its texts.
  const lengths = [
    ["the trust policy", trusted, IAM_LIMITS.trustPolicyCharacters] as const,
    ...Object.entries(documents).map(
      ([part, text]) => [`policy ${part}`, text, IAM_LIMITS.managedPolicyCharacters] as const,
    ),
  ];
  const count = Object.keys(documents).length + managedPolicyArns.length;
  const most = IAM_LIMITS.managedPoliciesPerRole;
  return [
    ...lengths
      .filter(([, text, limit]) => text.length > limit)
      .map(
        ([what, text, limit]) =>
          `${roleName}, ${what}: expected at most ${limit} characters, got ${text.length}`,
      ),
    ...(count > most ? [`${roleName}: expected at most ${most} policies, got ${count}`] : []),
  ];
}

/** Trust in GitHub's tokens for these runs and for AWS as their audience. */
function trust({ arns, repository, runs }: PipelineRoleArgs): string {
  const claim = (name: string) => `${GITHUB_ISSUER}:${name}`;
  const from = {
    [claim("ref")]: runs.ref,
    [claim("job_workflow_ref")]:
      `${repository.name}/.github/workflows/${runs.workflow}@${runs.ref}`,
  };
  const exact = !runs.ref.includes("*");
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
            [claim("aud")]: STS_AUDIENCE.name,
            [claim("sub")]: runs.subjects.map((end) => `${subjectPrefix(repository)}:${end}`),
            [claim("repository_id")]: repository.id,
            ...(exact && from),
          },
          ...(!exact && { StringLike: from }),
          ...(runs.notActors && { StringNotLike: { [claim("actor")]: runs.notActors } }),
        },
      },
    ],
  });
}
