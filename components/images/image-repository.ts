import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

import { type ImageLifecycle, imageLifecycle } from "../../platform/image-lifecycle";
import type { Tags } from "../../platform/tags";

export interface ImageRepositoryArgs {
  /** Physical name, such as `crm-auth`. Changing it replaces the repository. */
  readonly repositoryName: string;
  /** Key of the images. Changing it replaces the repository. */
  readonly keyArn: pulumi.Input<string>;
  readonly lifecycle: ImageLifecycle;
  /** Whether a push may move a tag to another image. */
  readonly imageTags: "IMMUTABLE" | "MUTABLE";
  /** Whether Pulumi refuses to delete the repository with its images. */
  readonly protect: boolean;
  readonly tags: Tags;
}

/**
 * The images of one service: a tag is moved to another image only if `imageTags` says so, each image is scanned when it is pushed,
 * old ones are deleted unless they were released. Costs by the size of what it holds.
 */
export class ImageRepository extends pulumi.ComponentResource {
  public readonly arn: pulumi.Output<string>;
  public readonly url: pulumi.Output<string>;

  public constructor(
    name: string,
    args: ImageRepositoryArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("crm:aws:ImageRepository", name, {}, opts);

    const repository = new aws.ecr.Repository(
      name,
      {
        name: args.repositoryName,
        imageTagMutability: args.imageTags,
        imageScanningConfiguration: { scanOnPush: true },
        encryptionConfigurations: [{ encryptionType: "KMS", kmsKey: args.keyArn }],
        forceDelete: !args.protect,
        tags: args.tags,
      },
      { parent: this, protect: args.protect },
    );
    new aws.ecr.LifecyclePolicy(
      name,
      { repository: repository.name, policy: imageLifecycle(args.lifecycle) },
      { parent: this },
    );

    this.arn = repository.arn;
    this.url = repository.repositoryUrl;
    this.registerOutputs({ arn: this.arn, url: this.url });
  }
}
