/** The permissions boundary of a stack's roles. Source: IAM User Guide, "Permissions boundaries for IAM entities". */
import type { Statement } from "../platform/policy-documents";
import { limits, type DeployScope } from "./rights";

/** Name of the policy that bounds the roles of a stack: `crm:permissionsBoundary` of its stack file. */
export function boundaryName(stack: string): string {
  return `crm-pipeline-boundary-${stack}`;
}

/**
 * What no role of a stack may do, with any policies that a deployment writes: change permissions, assume
 * other roles, or touch the pipeline and other environments. It allows the rest, because a boundary grants nothing.
 */
export function boundary(
  scope: Pick<DeployScope, "arns" | "otherEnvironments"> & { readonly stateBucket: string },
): Statement[] {
  const { arns, stateBucket } = scope;
  return [
    { sid: "WhateverItsPoliciesSay", actions: ["*"], resources: ["*"] },
    {
      sid: "NotWhoMayDoWhat",
      effect: "Deny",
      actions: [
        "account:*",
        ...["Add", "Attach", "Create", "Delete", "Detach", "Put", "Remove", "Set", "Update"].map(
          (verb) => `iam:${verb}*`,
        ),
        "organizations:*",
        "sso:*",
      ],
      resources: ["*"],
    },
    {
      // A key's policy, a name or a tag says who may use it: a role of the stack would do what its deployment may not.
      sid: "NotKeysThemselves",
      effect: "Deny",
      actions: [
        "Cancel*",
        "CreateAlias",
        "CreateKey",
        "Delete*",
        "Disable*",
        "Enable*",
        "Import*",
        "Put*",
        "Replicate*",
        "Schedule*",
        "TagResource",
        "UntagResource",
        "Update*",
      ].map((action) => `kms:${action}`),
      resources: ["*"],
    },
    {
      // Services take the platform's roles; these take no others.
      sid: "NotSomebodyElse",
      effect: "Deny",
      actions: ["sts:AssumeRole"],
      resources: ["*"],
    },
    {
      sid: "NotThePipelineRoles",
      effect: "Deny",
      actions: ["iam:PassRole"],
      resources: [arns.role("crm-pipeline-*")],
    },
    {
      sid: "NotTheState",
      effect: "Deny",
      actions: ["s3:*"],
      resources: ["", "-*", "/*", "-*/*"].map((end) => arns.bucket(`${stateBucket}${end}`)),
    },
    {
      sid: "NotThePipelineKeys",
      effect: "Deny",
      actions: ["kms:*"],
      resources: [arns.inRegion("*").anyKey()],
      conditions: { "ForAnyValue:StringLike": { "kms:ResourceAliases": "alias/crm-pulumi-*" } },
    },
    ...limits(scope),
  ];
}
