import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";

import { INSTANCE_EVENT_CATEGORIES } from "../../facts/limits";
import type { Names } from "../../platform/names";
import type { Tags } from "../../platform/tags";

export interface DatabaseEventsArgs {
  /** Identifiers of the instances. */
  readonly identifiers: readonly string[];
  /** Names of their parameter groups. */
  readonly parameterGroups: readonly pulumi.Input<string>[];
  /** Topic that RDS publishes to. */
  readonly systemTopicArn: pulumi.Input<string>;
  readonly names: Names;
  readonly tags: Tags;
}

/** Has RDS report what happens to the instances and who changes their parameters. */
export function createDatabaseEvents(
  name: string,
  args: DatabaseEventsArgs,
  opts: pulumi.CustomResourceOptions,
  instances: readonly pulumi.Resource[],
): void {
  new aws.rds.EventSubscription(
    `${name}-instances`,
    {
      name: args.names.of("database-events"),
      snsTopic: args.systemTopicArn,
      sourceType: "db-instance",
      sourceIds: [...args.identifiers],
      eventCategories: [...INSTANCE_EVENT_CATEGORIES.names],
      tags: args.tags,
    },
    // RDS accepts only identifiers of existing instances.
    { ...opts, dependsOn: [...instances] },
  );
  new aws.rds.EventSubscription(
    `${name}-parameters`,
    {
      name: args.names.of("database-parameter-events"),
      snsTopic: args.systemTopicArn,
      sourceType: "db-parameter-group",
      sourceIds: [...args.parameterGroups],
      eventCategories: ["configuration change"],
      tags: args.tags,
    },
    opts,
  );
  // Without names it covers all there are. Source: Security Hub User Guide, RDS.22.
  new aws.rds.EventSubscription(
    `${name}-security-groups`,
    {
      name: args.names.of("database-security-group-events"),
      snsTopic: args.systemTopicArn,
      sourceType: "db-security-group",
      eventCategories: ["configuration change", "failure"],
      tags: args.tags,
    },
    opts,
  );
}
