import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

import type { Arns } from "../../platform/arns";
import { type ImageLifecycle, imageLifecycle } from "../../platform/image-lifecycle";

export interface ImageReplicationArgs {
  /** Region that images are copied to. */
  readonly region: string;
  /** Start of the names of the repositories whose images are copied, such as `crm-`. */
  readonly prefix: string;
  readonly lifecycle: ImageLifecycle;
  /** Whether a push may move a tag to another image, in the copy as in the original. */
  readonly imageTags: "IMMUTABLE" | "MUTABLE";
  readonly arns: Arns;
}

/**
 * The template of every repository that no other template of the registry matches. A prefix other than this one
 * is a whole part of a path: ECR adds the "/" that may be missing, so `crm` matches `crm/auth` and never
 * `crm-auth`, and `crm-` is refused. Source: Amazon ECR API Reference, CreateRepositoryCreationTemplate, `prefix`.
 */
const EVERY_REPOSITORY = "ROOT";

/**
 * Copies each image that is pushed to another region, usually within minutes; what was pushed before is not
 * copied. The setting belongs to the registry, of which an account has one in a region. ECR makes the
 * repositories there automatically, from this template; the template also applies to every other repository that
 * replication creates in that registry, unless it has a template of its own.
 */
export class ImageReplication extends pulumi.ComponentResource {
  public constructor(
    name: string,
    args: ImageReplicationArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("crm:aws:ImageReplication", name, {}, opts);

    const template = new aws.ecr.RepositoryCreationTemplate(
      name,
      {
        region: args.region,
        prefix: EVERY_REPOSITORY,
        description: "Repositories for images copied from the primary region",
        appliedFors: ["REPLICATION"],
        imageTagMutability: args.imageTags,
        lifecyclePolicy: imageLifecycle(args.lifecycle),
      },
      { parent: this },
    );
    new aws.ecr.ReplicationConfiguration(
      name,
      {
        replicationConfiguration: {
          rules: [
            {
              destinations: [{ region: args.region, registryId: args.arns.accountId }],
              repositoryFilters: [{ filter: args.prefix, filterType: "PREFIX_MATCH" }],
            },
          ],
        },
      },
      { parent: this, dependsOn: [template] },
    );
    this.registerOutputs({});
  }
}
