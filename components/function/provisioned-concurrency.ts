import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

import { dailyCron } from "../../facts/schedules";
import type { Tags } from "../../platform/tags";

export interface CrmProvisionedConcurrencyArgs {
  /** Physical name of the function. */
  readonly functionName: string;
  /** Alias of the function; versions and aliases have provisioned concurrency, functions have not. */
  readonly functionAlias: aws.lambda.Alias;
  /** The alias's name. */
  readonly aliasName: string;
  /** Environments kept ready. */
  readonly capacity: number;
  /** Time of day, such as `09:00`, from which they are kept ready. */
  readonly from: string;
  /** Time of day until which they are. */
  readonly until: string;
  /** Time zone of both, such as `America/New_York`. */
  readonly timeZone: string;
  readonly tags: Tags;
}

const SERVICE = "lambda";
const DIMENSION = "lambda:function:ProvisionedConcurrency";

/**
 * Keeps a function's environments ready in peak hours, every day, and none outside. The first peak begins
 * with the next `from`: a deployment in the middle of the day changes nothing until then.
 */
export class CrmProvisionedConcurrency extends pulumi.ComponentResource {
  public constructor(
    name: string,
    args: CrmProvisionedConcurrencyArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("crm:aws:CrmProvisionedConcurrency", name, {}, opts);
    const resourceId = `function:${args.functionName}:${args.aliasName}`;

    const target = new aws.appautoscaling.Target(
      name,
      {
        serviceNamespace: SERVICE,
        scalableDimension: DIMENSION,
        resourceId,
        minCapacity: 0,
        maxCapacity: args.capacity,
        tags: args.tags,
      },
      {
        parent: this,
        dependsOn: args.functionAlias,
        // The scheduled actions set both, twice a day.
        ignoreChanges: ["minCapacity", "maxCapacity"],
      },
    );
    const actions = { begin: [args.from, args.capacity], end: [args.until, 0] } as const;
    for (const [action, [time, capacity]] of Object.entries(actions)) {
      new aws.appautoscaling.ScheduledAction(
        `${name}-${action}`,
        {
          name: `${args.functionName}-peak-${action}`,
          serviceNamespace: SERVICE,
          scalableDimension: DIMENSION,
          resourceId,
          schedule: dailyCron(time),
          timezone: args.timeZone,
          scalableTargetAction: { minCapacity: capacity, maxCapacity: capacity },
        },
        { parent: this, dependsOn: target },
      );
    }
    this.registerOutputs({});
  }
}
