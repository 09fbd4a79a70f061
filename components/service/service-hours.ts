import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

import { dailyCron } from "../../facts/schedules";
import type { Hours } from "../../schema/hours";

export interface ServiceHoursArgs {
  readonly hours: Hours;
  /** Physical name of the ECS service; part of the actions' names. */
  readonly serviceName: string;
  /** Its scalable target. Who makes it ignores changes of both capacities: the actions set them. */
  readonly target: aws.appautoscaling.Target;
  /** Fewest and most tasks within the hours. */
  readonly minCapacity: number;
  readonly maxCapacity: number;
}

/**
 * Starts a service's tasks at the beginning of its hours and stops them at the end. A deployment
 * outside of them changes no number of tasks, and a new number counts from the next beginning.
 */
export class ServiceHours extends pulumi.ComponentResource {
  public constructor(name: string, args: ServiceHoursArgs, opts?: pulumi.ComponentResourceOptions) {
    super("crm:aws:ServiceHours", name, {}, opts);

    const { hours, target, serviceName, minCapacity, maxCapacity } = args;
    const actions = {
      begin: [hours.from, { minCapacity, maxCapacity }],
      end: [hours.until, { minCapacity: 0, maxCapacity: 0 }],
    } as const;
    for (const [action, [time, scalableTargetAction]] of Object.entries(actions)) {
      new aws.appautoscaling.ScheduledAction(
        `${name}-${action}`,
        {
          name: `${serviceName}-hours-${action}`,
          serviceNamespace: target.serviceNamespace,
          scalableDimension: target.scalableDimension,
          resourceId: target.resourceId,
          schedule: dailyCron(time, hours.days),
          timezone: hours.timeZone,
          scalableTargetAction,
        },
        { parent: this, dependsOn: target },
      );
    }
    this.registerOutputs({});
  }
}
