import type * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

import type { Arns } from "../../platform/arns";

/**
 * Bounds every role that the program creates from now on by a managed policy: with any policies of its own,
 * it may do at most what the boundary allows. None if no policy is named. Source: IAM User Guide, "Permissions boundaries for IAM entities".
 */
export function boundRoles(arns: Arns, policyName: string | undefined): void {
  if (policyName === undefined) {
    return;
  }
  const policyArn = arns.policy(policyName);
  pulumi.runtime.registerStackTransformation(({ type, props, opts }) => {
    const bound: aws.iam.RoleArgs = {
      ...(props as aws.iam.RoleArgs),
      permissionsBoundary: policyArn,
    };
    return type === "aws:iam/role:Role" ? { props: bound, opts } : undefined;
  });
}
