/** Whether the images are there that a stack's tasks start with. */
import { pulledImages } from "../../analysis/recovery/images";
import { check, prints, shell } from "./commands";
import type { Named } from "./names";
import type { Command } from "./step";

/** The images that the tasks start with: copies in that region, and what public registries have. */
export function imageChecks({ stack, region }: Named): Command[] {
  return pulledImages(stack).map(({ image, containers, own }): Command => {
    if (own === undefined) {
      return {
        ...shell(
          "check",
          `The public image of ${containers.join(", ")} can be pulled`,
          `docker manifest inspect ${byDigest(image)} > /dev/null && echo there`,
        ),
        good: prints("there"),
        // Without Docker, or with a login that has expired, it shows when the tasks start.
        passes: /docker: (?:command )?not found|authorization token has expired/,
      };
    }
    const id = own.of.startsWith("sha256:") ? "imageDigest" : "imageTag";
    return check(
      `The image of ${containers.join(", ")} is there`,
      `aws ecr describe-images --region ${region} --repository-name ${own.repository} --image-ids ${id}=${own.of} --query 'imageDetails[0].imageDigest' --output text`,
      { good: { says: "a digest", holds: (printed) => printed.startsWith("sha256:") } },
    );
  });
}

/** A reference with a tag and a digest as its digest alone, which is what ECS pulls; Docker would ask for the tag. */
function byDigest(image: string): string {
  return image.replace(/:[^:@/]+@/, "@");
}
