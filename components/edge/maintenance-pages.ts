import * as fs from "node:fs";
import * as path from "node:path";

import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

import { MAINTENANCE_PAGE } from "../../platform/maintenance-page";
import type { Tags } from "../../platform/tags";

export interface MaintenancePagesArgs {
  /** Bucket of the application's files. */
  readonly bucketName: string;
  /** The bucket and its replication: what is written before that is not copied. */
  readonly startAfter: readonly pulumi.Resource[];
  readonly tags: Tags;
}

const DIRECTORY = path.join(__dirname, "..", "..", "functions", "maintenance");

/**
 * What the distributions answer while no task answers: JSON, because the client is the application. It is a file of
 * the application's bucket, so its copy in another region has it too.
 */
export class MaintenancePages extends pulumi.ComponentResource {
  public constructor(
    name: string,
    args: MaintenancePagesArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("crm:aws:MaintenancePages", name, {}, opts);

    new aws.s3.BucketObjectv2(
      `${name}-api`,
      {
        bucket: args.bucketName,
        key: MAINTENANCE_PAGE.slice(1),
        content: fs.readFileSync(path.join(DIRECTORY, path.basename(MAINTENANCE_PAGE)), "utf8"),
        contentType: "application/json",
        // A viewer who keeps it would see it when everything is well again.
        cacheControl: "no-cache",
        tags: args.tags,
      },
      { parent: this, dependsOn: [...args.startAfter] },
    );
    this.registerOutputs({});
  }
}
