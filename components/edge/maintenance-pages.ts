import * as fs from "node:fs";
import * as path from "node:path";

import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

import type { Tags } from "../../platform/tags";
import { MAINTENANCE_PAGES } from "./distributions";

export interface MaintenancePagesArgs {
  /** Bucket of the application's files. */
  readonly bucketName: string;
  /** The bucket and its replication: what is written before that is not copied. */
  readonly startAfter: readonly pulumi.Resource[];
  readonly tags: Tags;
}

const DIRECTORY = path.join(__dirname, "..", "..", "functions", "maintenance");

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".json": "application/json",
};

/**
 * What the distributions show while nobody answers behind them: a page for people, JSON for programs. They are files
 * of the application's bucket, so its copy in another region has them too.
 */
export class MaintenancePages extends pulumi.ComponentResource {
  public constructor(
    name: string,
    args: MaintenancePagesArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("crm:aws:MaintenancePages", name, {}, opts);

    for (const [word, page] of Object.entries(MAINTENANCE_PAGES)) {
      new aws.s3.BucketObjectv2(
        `${name}-${word}`,
        {
          bucket: args.bucketName,
          key: page.slice(1),
          content: fs.readFileSync(path.join(DIRECTORY, path.basename(page)), "utf8"),
          contentType: CONTENT_TYPES[path.extname(page)]!,
          // A viewer who keeps it would see it when everything is well again.
          cacheControl: "no-cache",
          tags: args.tags,
        },
        { parent: this, dependsOn: [...args.startAfter] },
      );
    }
    this.registerOutputs({});
  }
}
