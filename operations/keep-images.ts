/** `npm run keep-images`: gives the images that a stack file names the tag that ECR never deletes. */
import { releasedTag } from "../platform/image-lifecycle";
import { runDayTwo, type World } from "./aws";
import { type Platform, type PlatformImage, serviceOf } from "./platform";

const USAGE = `Usage: npm run keep-images [-- <service>] [--stack <stack>]

Tags the image of each service in the stack file with released-<digest>, so that the repository's
lifecycle never deletes it: a task definition or a rollback may need it for years. Without <service> also the
images of functions, crm:database.task and crm:cluster.collector. Needs the AWS CLI and ecr:DescribeImages,
ecr:BatchGetImage and ecr:PutImage.`;

/** The command. */
export function main(args: readonly string[], world?: World): Promise<number> {
  return runDayTwo(
    {
      usage: USAGE,
      options: {},
      service: "optional",
      act: ({ platform, world: aws, key }) => {
        const images =
          key === undefined
            ? [...platform.services, ...platform.otherImages]
            : [serviceOf(platform, key)];
        for (const { key: of, image } of images) {
          const done =
            image === undefined
              ? "no image in a repository of the stack"
              : keep(aws, platform, image);
          aws.print(`${of}: ${done}`);
        }
        return Promise.resolve(0);
      },
    },
    args,
    world,
  );
}

/** What was done to an image. */
function keep(aws: World, platform: Platform, { repository, reference }: PlatformImage): string {
  const id = `${reference.startsWith("sha256:") ? "imageDigest" : "imageTag"}=${reference}`;
  const ecr = (command: string, ...rest: readonly string[]): unknown =>
    JSON.parse(
      aws.output("aws", [
        ...["ecr", command, "--region", platform.region, "--repository-name", repository],
        ...["--output", "json", ...rest],
      ]),
    );
  const { imageDetails } = ecr("describe-images", "--image-ids", id) as {
    readonly imageDetails: readonly [{ imageDigest: string; imageTags?: readonly string[] }];
  };
  const [{ imageDigest, imageTags = [] }] = imageDetails;
  const tag = releasedTag(platform.releasedPrefix, imageDigest);
  if (imageTags.includes(tag)) {
    return `${tag} is there`;
  }
  const { images } = ecr("batch-get-image", "--image-ids", `imageDigest=${imageDigest}`) as {
    readonly images: readonly [{ imageManifest: string; imageManifestMediaType: string }];
  };
  const [{ imageManifest, imageManifestMediaType }] = images;
  ecr(
    "put-image",
    ...["--image-tag", tag, "--image-digest", imageDigest],
    ...["--image-manifest-media-type", imageManifestMediaType],
    ...["--image-manifest", imageManifest],
  );
  return `${tag} given`;
}
