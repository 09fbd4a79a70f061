import type * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

/**
 * Bounds every role that the program makes from now on by a managed policy: whatever a role's own policies say,
 * it may do no more than the boundary allows. Source: IAM User Guide, "Permissions boundaries for IAM entities".
 */
export function boundRoles(policyArn: string): void {
  pulumi.runtime.registerStackTransformation(({ type, props, opts }) => {
    const bound: aws.iam.RoleArgs = {
      ...(props as aws.iam.RoleArgs),
      permissionsBoundary: policyArn,
    };
    return type === "aws:iam/role:Role" ? { props: bound, opts } : undefined;
  });
}
