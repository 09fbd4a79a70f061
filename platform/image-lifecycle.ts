/** Which images a repository keeps: the same in the region they are pushed to and where they are copied. */

/** Images kept for a rollback. */
const KEPT_IMAGES = 50;

/** Days after which an image without a tag, a build that was overwritten, is deleted. */
const UNTAGGED_DAYS = 14;

/** The lifecycle policy as the JSON text that ECR takes. Source: ECR User Guide, "Lifecycle policy properties". */
export function imageLifecycle(): string {
  return JSON.stringify({
    rules: [
      {
        rulePriority: 1,
        description: `Delete images without a tag after ${UNTAGGED_DAYS} days`,
        selection: {
          tagStatus: "untagged",
          countType: "sinceImagePushed",
          countUnit: "days",
          countNumber: UNTAGGED_DAYS,
        },
        action: { type: "expire" },
      },
      {
        rulePriority: 2,
        description: `Keep the newest ${KEPT_IMAGES} images`,
        selection: {
          tagStatus: "any",
          countType: "imageCountMoreThan",
          countNumber: KEPT_IMAGES,
        },
        action: { type: "expire" },
      },
    ],
  });
}
