/**
 * Policies of VPC endpoints: what may pass. They close the network's way to other accounts, which a
 * security group cannot tell from one's own: credentials brought in from elsewhere get nothing, and nothing
 * is written to another account's queue, log group or bucket. Source: IAM User Guide, "Data perimeters".
 */
import { entryOf } from "../../facts/entry-of";
import type { Arns } from "../../platform/arns";
import { policyDocument, type Statement } from "../../platform/policy-documents";

/** IAM prefixes that differ from the endpoint's name up to its first dot. */
const IAM_PREFIXES: Readonly<Record<string, string>> = { monitoring: "cloudwatch" };

/** Policy of the interface endpoint of `service`, such as `ecr.api`. */
export function interfaceEndpointPolicy(arns: Arns, service: string): string {
  const endpoint = service.split(".")[0]!;
  const prefix = entryOf(IAM_PREFIXES, endpoint) ?? endpoint;
  return policyDocument(ownAccount(arns, `${prefix}:*`), ...exceptions(arns, prefix));
}

/**
 * Policy of the S3 gateway endpoint. Reading stays open: image layers of ECR lie in a bucket of AWS, and
 * partners hand out files by signed links.
 */
export function s3EndpointPolicy(arns: Arns): string {
  return policyDocument(ownAccount(arns, "s3:*"), {
    sid: "ReadObjects",
    principals: "*",
    actions: ["s3:GetObject"],
    resources: [`arn:${arns.partition}:s3:::*/*`],
  });
}

function ownAccount(arns: Arns, action: string): Statement {
  return {
    sid: "OwnAccount",
    principals: "*",
    actions: [action],
    resources: ["*"],
    conditions: {
      StringEquals: {
        "aws:PrincipalAccount": arns.accountId,
        "aws:ResourceAccount": arns.accountId,
      },
    },
  };
}

/** What our principals read from accounts of AWS and of partners. */
function exceptions(arns: Arns, prefix: string): Statement[] {
  const own = { StringEquals: { "aws:PrincipalAccount": arns.accountId } };
  switch (prefix) {
    case "ecr":
      return [
        {
          sid: "PullImages",
          principals: "*",
          actions: [
            "ecr:BatchCheckLayerAvailability",
            "ecr:BatchGetImage",
            "ecr:GetDownloadUrlForLayer",
          ],
          resources: [`arn:${arns.partition}:ecr:*:*:repository/*`],
          conditions: own,
        },
      ];
    case "ssm":
      return [
        {
          sid: "ReadParametersOfAws",
          principals: "*",
          actions: ["ssm:GetParameter", "ssm:GetParameters", "ssm:GetParametersByPath"],
          resources: [`arn:${arns.partition}:ssm:${arns.region}::parameter/aws/*`],
          conditions: own,
        },
      ];
    default:
      return [];
  }
}
