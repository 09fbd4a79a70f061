import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

import type { Names } from "../../platform/names";
import type { Tags } from "../../platform/tags";
import { createAlarm, serviceMetrics, type MetricSource } from "../alarm";

export interface StandbyHealthArgs {
  /** The service that answers the health check: if it has tasks, the platform answers. */
  readonly service: { readonly metricSource: MetricSource; readonly ecsService: pulumi.Resource };
  /** Region of the alarm. */
  readonly region: string;
  /** Topic, by ARN, that is notified when the standby begins to serve. */
  readonly topicArn: pulumi.Input<string>;
  /** Folder or URL of the runbooks. */
  readonly runbooks: string;
  readonly names: Names;
  readonly tags: Tags;
}

/**
 * Whether a pilot light serves, as DNS sees it: its load balancer always exists, and must get no requests before there
 * are tasks. Container Insights sends nothing about a service without tasks: the alarm has no data then, and the check takes
 * that as unhealthy. An alarm that kept its state would continue to send users to a standby that no longer serves. Health checkers cannot
 * reach the load balancer, which accepts CloudFront only. AWS bills it by the month.
 * Source: Route 53 API Reference, HealthCheckConfig, InsufficientDataHealthStatus, and AlarmIdentifier.
 */
export function standbyHealth(
  name: string,
  args: StandbyHealthArgs,
  opts: { readonly parent: pulumi.Resource },
): aws.route53.HealthCheck {
  const { alarmName, resource } = createAlarm(
    { ...args, name },
    {
      metric: serviceMetrics(args.service.metricSource).running,
      part: "standby-serves",
      meaning:
        "No task answers here, so that DNS leads nobody here; OK says that the standby serves",
      runbook: "alarms#no-tasks",
      threshold: 1,
      when: "below",
      // While it serves, a late datapoint must not lead users to the lost region; the first good one leads them here.
      periodSeconds: 60,
      periods: 5,
      silence: "unknown",
      after: [args.service.ecsService],
    },
    opts,
  );
  return new aws.route53.HealthCheck(
    name,
    {
      type: "CLOUDWATCH_METRIC",
      cloudwatchAlarmName: alarmName,
      cloudwatchAlarmRegion: args.region,
      insufficientDataHealthStatus: "Unhealthy",
      triggers: { alarm: settingsOf(resource) },
      tags: { ...args.tags, Name: alarmName },
    },
    { ...opts, dependsOn: [resource] },
  );
}

/**
 * What Route 53 copies when it makes the check. It asks the metric itself from then on, and an alarm that changes reaches it with
 * the check's next update alone. Source: Route 53 Developer Guide, "Updating health checks when you change CloudWatch alarm
 * settings"; hashicorp/terraform-provider-aws, pull request 40918.
 */
function settingsOf(alarm: aws.cloudwatch.MetricAlarm): pulumi.Output<string> {
  const { namespace, metricName, dimensions, statistic, period } = alarm;
  const { comparisonOperator, threshold, evaluationPeriods, datapointsToAlarm } = alarm;
  const { treatMissingData } = alarm;
  return pulumi.jsonStringify({
    ...{ namespace, metricName, dimensions, statistic, period },
    ...{ comparisonOperator, threshold, evaluationPeriods, datapointsToAlarm, treatMissingData },
  });
}
