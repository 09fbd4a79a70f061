/**
 * `npm run status [-- <service>]`: how a stack's services are. Exit code 0 if every service has the tasks it
 * wants, no deployment is stuck and no alarm is in state ALARM; 1 otherwise.
 */
import { DescribeAlarmsCommand } from "@aws-sdk/client-cloudwatch";
import { DescribeServicesCommand, type Service } from "@aws-sdk/client-ecs";

import { counted } from "../analysis/counted";
import { DESCRIBED_SERVICES } from "../facts/limits";
import { visible } from "../tools/visible";
import { runDayTwo, type World } from "./aws";
import { type Platform, type PlatformService, serviceOf } from "./platform";

const USAGE = `Usage: npm run status -- [<service>] [--stack <stack>] [--gate]

Shows tasks, deployments, the last messages and the alarms in state ALARM, of one service or of all. Alarms that only
trigger scaling are left out. Exit code 1 if a service is unhealthy or an alarm is in state ALARM.

  --gate   after a deployment: only the alarms on which ECS rolls back`;

/** How one service is. */
export interface ServiceStatus {
  readonly line: string;
  readonly details: readonly string[];
  readonly healthy: boolean;
}

/** Judges a service by what ECS says of it; undefined for one that is not there. */
export function judge(key: string, service: Service | undefined): ServiceStatus {
  if (service === undefined || service.status !== "ACTIVE") {
    return { line: `${key}: not deployed`, details: [], healthy: false };
  }
  const { runningCount = 0, desiredCount = 0, pendingCount = 0, deployments = [] } = service;
  const failed = deployments.filter(({ rolloutState }) => rolloutState === "FAILED");
  const rolling = deployments.filter(({ rolloutState }) => rolloutState === "IN_PROGRESS");
  const healthy = runningCount >= desiredCount && failed.length === 0;
  const state =
    failed.length > 0 ? "deployment failed" : rolling.length > 0 ? "deploying" : "steady";
  const pending = pendingCount > 0 ? `, ${pendingCount} pending` : "";
  const task = service.taskDefinition?.split("/").at(-1) ?? "";
  return {
    line: `${key}: ${runningCount} of ${desiredCount} tasks${pending}, ${state}, ${task}`,
    details: [
      ...[...failed, ...rolling].map(({ rolloutStateReason }) => rolloutStateReason ?? ""),
      ...(healthy && rolling.length === 0
        ? []
        : (service.events ?? [])
            .slice(0, 3)
            .map(({ createdAt, message }) => `${createdAt?.toISOString()} ${message}`)),
    ].filter(Boolean),
    healthy,
  };
}

/** Whether an alarm does nothing but scale: an idle service's scale-in alarm is always on. */
function onlyScales(actions: readonly string[] | undefined): boolean {
  const scaling = /^arn:[\w-]+:(autoscaling|application-autoscaling):/;
  return actions !== undefined && actions.length > 0 && actions.every((one) => scaling.test(one));
}

/** What customers feel, as ECS has it: the alarms that a service's deployment is rolled back for. */
function alarmsOfDeployments(services: Iterable<Service>): Set<string> {
  return new Set(
    [...services].flatMap(({ deploymentConfiguration }) => {
      return deploymentConfiguration?.alarms?.alarmNames ?? [];
    }),
  );
}

/** Names and reasons of the stack's alarms that are on; `part` narrows them to a service's, `only` to these. */
export async function alarmsOn(
  world: Pick<World, "alarms">,
  platform: Platform,
  part: string,
  only?: ReadonlySet<string>,
): Promise<string[]> {
  const on: string[] = [];
  // CloudWatch takes a prefix or names, not both; no alarm with a whole name is a service's.
  const named = part === "" && platform.namedAlarms.length > 0;
  for (const which of [
    { AlarmNamePrefix: `${platform.alarmPrefix}${part}` },
    ...(named ? [{ AlarmNames: [...platform.namedAlarms] }] : []),
  ]) {
    let NextToken: string | undefined;
    do {
      const page = await world.alarms.send(
        new DescribeAlarmsCommand({
          ...which,
          AlarmTypes: ["MetricAlarm", "CompositeAlarm"],
          StateValue: "ALARM",
          NextToken,
        }),
      );
      for (const alarm of [...(page.MetricAlarms ?? []), ...(page.CompositeAlarms ?? [])]) {
        const name = alarm.AlarmName ?? "";
        if (onlyScales(alarm.AlarmActions) || (only !== undefined && !only.has(name))) continue;
        // Production's prefix is the start of every stack's.
        if (!platform.foreignPrefixes.some((prefix) => name.startsWith(prefix))) {
          on.push(`${name}: ${alarm.StateReason}`);
        }
      }
      NextToken = page.NextToken;
    } while (NextToken !== undefined);
  }
  return on;
}

/** What ECS says of services, by their names there. */
export async function servicesIn(
  world: Pick<World, "ecs">,
  platform: Platform,
  wanted: readonly PlatformService[],
): Promise<Map<string, Service>> {
  const found = new Map<string, Service>();
  const { most } = DESCRIBED_SERVICES;
  for (let index = 0; index < wanted.length; index += most) {
    const { services = [] } = await world.ecs.send(
      new DescribeServicesCommand({
        cluster: platform.clusterName,
        services: wanted.slice(index, index + most).map(({ serviceName }) => serviceName),
      }),
    );
    services.forEach((service) => found.set(service.serviceName!, service));
  }
  return found;
}

/** The command; returns its exit code. */
export function main(args: readonly string[], world?: World): Promise<number> {
  return runDayTwo(
    {
      usage: USAGE,
      options: { gate: { type: "boolean" } },
      service: "optional",
      act: async ({ platform, world: aws, key, values }) => {
        const wanted = key === undefined ? platform.services : [serviceOf(platform, key)];
        const found = await servicesIn(aws, platform, wanted);
        aws.print(`${platform.stack}: cluster ${platform.clusterName} in ${platform.region}`);
        const statuses = wanted.map((service) =>
          judge(service.key, found.get(service.serviceName)),
        );
        for (const { line, details } of statuses) {
          aws.print(`  ${visible(line)}`);
          details.forEach((detail) => aws.print(`    ${visible(detail)}`));
        }
        const only = values["gate"] ? alarmsOfDeployments(found.values()) : undefined;
        const alarms = await alarmsOn(aws, platform, key ?? "", only);
        aws.print(
          alarms.length === 0
            ? "  no alarm is in state ALARM"
            : `  ${counted(alarms.length, "alarm is", "alarms are")} in state ALARM`,
        );
        alarms.forEach((alarm) => aws.print(`    ${visible(alarm)}`));
        return statuses.every(({ healthy }) => healthy) && alarms.length === 0 ? 0 : 1;
      },
    },
    args,
    world,
  );
}
