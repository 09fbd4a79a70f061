/** Which images a repository keeps: the same in the region they are pushed to and where they are copied. */

/** Component of the repository for the telemetry collector's image. */
export const COLLECTOR = "otel-collector";

/** What a stack file says about it; `crm:cluster.imageLifecycle`. */
export interface ImageLifecycle {
  /** Start of the tags of images that are never deleted, such as `released-`. */
  readonly releasedPrefix: string;
  /** Number of newest images to keep, with any tags. */
  readonly keptImages: number;
  /** Days after which an image without a tag, a build that was overwritten, is deleted. */
  readonly untaggedDays: number;
}

/** More images than a repository may hold: a rule with this count selects images and deletes none. */
const NEVER = 1_000_000;

/**
 * The lifecycle policy as the JSON text that ECR takes. An image that a rule selects by its tags is out of reach
 * of the rules after it, so the first one keeps what was released. Source: ECR User Guide, "Automate the cleanup of
 * images by using lifecycle policies" and "Lifecycle policy properties".
 */
export function imageLifecycle(settings: ImageLifecycle): string {
  const { releasedPrefix, keptImages, untaggedDays } = settings;
  const rules = [
    {
      description: `Keep every image with a tag ${releasedPrefix}*: a task definition may name it`,
      selection: {
        tagStatus: "tagged",
        tagPrefixList: [releasedPrefix],
        countType: "imageCountMoreThan",
        countNumber: NEVER,
      },
    },
    {
      description: `Delete images without a tag after ${untaggedDays} days`,
      selection: {
        tagStatus: "untagged",
        countType: "sinceImagePushed",
        countUnit: "days",
        countNumber: untaggedDays,
      },
    },
    {
      description: `Delete others that are not among the newest ${keptImages}`,
      selection: {
        tagStatus: "any",
        countType: "imageCountMoreThan",
        countNumber: keptImages,
      },
    },
  ];
  return JSON.stringify({
    rules: rules.map((rule, index) => ({
      rulePriority: index + 1,
      ...rule,
      action: { type: "expire" },
    })),
  });
}

/** The tag that keeps an image, by its digest: a tag never moves, so each image has its own. */
export function releasedTag(releasedPrefix: string, digest: string): string {
  return `${releasedPrefix}${digest.replace("sha256:", "").slice(0, 12)}`;
}
