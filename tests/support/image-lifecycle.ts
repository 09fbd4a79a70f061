/** ECR's evaluation of a lifecycle policy, after the ECR User Guide, "How lifecycle policies work". */

export interface StoredImage {
  readonly name: string;
  readonly tags: readonly string[];
  readonly ageDays: number;
}

interface Rule {
  readonly rulePriority: number;
  readonly selection: {
    readonly tagStatus: "tagged" | "untagged" | "any";
    readonly tagPrefixList?: readonly string[];
    readonly countType: "imageCountMoreThan" | "sinceImagePushed";
    readonly countNumber: number;
  };
}

/**
 * What is left. All rules are evaluated at once and applied by priority; an image that matches the tagging of a rule
 * cannot be expired by one of lower priority, though it counts there; each prefix of a list must be among the tags.
 */
export function keptImages(policy: string, images: readonly StoredImage[]): StoredImage[] {
  const { rules } = JSON.parse(policy) as { readonly rules: readonly Rule[] };
  const settled = new Set<StoredImage>();
  const expired = new Set<StoredImage>();
  for (const { selection } of [...rules].sort((a, b) => a.rulePriority - b.rulePriority)) {
    const matching = images
      .filter((image) => matches(selection, image))
      .sort((a, b) => a.ageDays - b.ageDays);
    const doomed =
      selection.countType === "imageCountMoreThan"
        ? matching.slice(selection.countNumber)
        : matching.filter(({ ageDays }) => ageDays > selection.countNumber);
    doomed.filter((image) => !settled.has(image)).forEach((image) => expired.add(image));
    if (selection.tagStatus !== "any") {
      matching.forEach((image) => settled.add(image));
    }
  }
  return images.filter((image) => !expired.has(image));
}

function matches({ tagStatus, tagPrefixList = [] }: Rule["selection"], image: StoredImage) {
  if (tagStatus === "untagged") {
    return image.tags.length === 0;
  }
  return (
    tagStatus === "any" ||
    tagPrefixList.every((prefix) => image.tags.some((tag) => tag.startsWith(prefix)))
  );
}
