/** What the image workflow does in ECR, and nothing else. */
import type { Arns } from "../platform/arns";
import type { Statement } from "../platform/policy-documents";

/** Pushes images into the stacks' repositories and reads what ECR's scan found; deletes nothing, and makes no repository. */
export function pushImages(
  arns: Arns,
  prefixes: readonly string[],
  regions: readonly string[],
): Statement[] {
  return [
    // The token is the caller's own: it opens what the statement below allows.
    { sid: "LogIn", actions: ["ecr:GetAuthorizationToken"], resources: ["*"] },
    {
      // Source: Amazon ECR User Guide, "IAM permissions for pushing an image"; the last is the scan's.
      sid: "PushImages",
      actions: [
        "ecr:BatchCheckLayerAvailability",
        "ecr:BatchGetImage",
        "ecr:CompleteLayerUpload",
        "ecr:DescribeImageScanFindings",
        "ecr:InitiateLayerUpload",
        "ecr:PutImage",
        "ecr:UploadLayerPart",
      ],
      resources: regions.flatMap((region) =>
        prefixes.map((prefix) => arns.inRegion(region).regional("ecr", `repository/${prefix}-*`)),
      ),
    },
  ];
}
