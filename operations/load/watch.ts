/** What AWS says while a load test runs and after it: alarms, tasks, the use of processors. */
import { GetMetricDataCommand } from "@aws-sdk/client-cloudwatch";

import { executionsByClock } from "../../analysis/capacity/function-starts";
import type { Load } from "../../analysis/capacity/load";
import { queuesOf } from "../../analysis/capacity/queue-limits";
import type { QueueMapping } from "../../analysis/capacity/queues";
import { text } from "../../analysis/recovery/resources";
import { instanceVcpus } from "../../facts/capacity-limits";
import type { World } from "../aws";
import type { Platform } from "../platform";
import { alarmsOn, servicesIn } from "../status";
import type { Progress, Tally } from "./driver";
import type { MeasuredDatabase, MeasuredQueue, Minute } from "./measure";

/** Running tasks by service as ECS names it, and the minute of the clock; the mean of what was seen. */
export type Tasks = ReadonlyMap<string, ReadonlyMap<number, readonly number[]>>;

export interface Watched {
  /** Why the test was ended; undefined where its time was over. */
  readonly stopped?: string;
  readonly tasks: Tasks;
}

/** Past this share of failures there is nothing more to learn; so many answers are needed to tell. */
const FAILED = { share: 0.5, seconds: 30, fewest: 50 };

/** What is watched, and by whose clock. */
export interface Watch {
  readonly world: World;
  readonly platform: Platform;
  /** Settles when nothing more is sent. */
  readonly over: Promise<unknown>;
  readonly end: AbortController;
  readonly progress: Progress;
  readonly minuteOf: (milliseconds: number) => number;
  /** @default 15 */
  readonly everySeconds?: number;
}

/**
 * Looks at the alarms again and again until the test is over, and ends it when one is on, when they cannot be read, or when
 * half of the requests fail.
 */
export async function watch(job: Watch): Promise<Watched> {
  const { world, platform, over, end, progress, minuteOf, everySeconds = 15 } = job;
  const tasks = new Map<string, Map<number, number[]>>();
  let isOver = false;
  let stopped: string | undefined;
  const done = over.then(() => (isOver = true));
  while (!isOver && stopped === undefined) {
    stopped = await reason(world, platform, progress);
    await noteTasks(world, platform, tasks, minuteOf(Date.now())).catch(() => undefined);
    if (stopped === undefined) {
      const pause = new AbortController();
      await Promise.race([done, waited(everySeconds * 1000, pause.signal)]);
      pause.abort();
    }
  }
  if (stopped !== undefined) end.abort();
  await done;
  return { tasks, ...(stopped !== undefined && { stopped }) };
}

function waited(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, milliseconds);
    signal.addEventListener("abort", () => clearTimeout(timer));
  });
}

async function reason(
  world: World,
  platform: Platform,
  progress: Progress,
): Promise<string | undefined> {
  try {
    const on = await alarmsOn(world, platform, "");
    if (on.length > 0) return `an alarm is in state ALARM: ${on.join("; ")}`;
  } catch (error) {
    return `the alarms cannot be read: ${(error as Error).message}`;
  }
  const share = progress.failedShare(FAILED.seconds, FAILED.fewest);
  return share > FAILED.share
    ? `${Math.round(100 * share)} % of the requests of the last ${FAILED.seconds} seconds failed`
    : undefined;
}

async function noteTasks(
  world: World,
  platform: Platform,
  tasks: Map<string, Map<number, number[]>>,
  minute: number,
): Promise<void> {
  for (const [name, { runningCount = 0 }] of await servicesIn(world, platform, platform.services)) {
    const minutes = tasks.get(name) ?? new Map<number, number[]>();
    tasks.set(name, minutes);
    minutes.set(minute, [...(minutes.get(minute) ?? []), runningCount]);
  }
}

/** Requests by the service's name in the program and the minute of the clock. */
export type Tallies = ReadonlyMap<string, ReadonlyMap<number, Tally>>;

/** Minutes of services and databases, of the whole minutes in which requests were sent. */
export interface Used {
  readonly services: ReadonlyMap<string, readonly Minute[]>;
  readonly databases: readonly MeasuredDatabase[];
  readonly queues: readonly MeasuredQueue[];
}

/** Asks CloudWatch for what the test used. */
export async function used(
  world: World,
  load: Load,
  tallies: Tallies,
  tasks: Tasks,
): Promise<Used> {
  const minutes = wholeMinutes(tallies);
  const services = new Map<string, readonly Minute[]>();
  for (const { name, vcpus, resource } of load.services) {
    const own = tallies.get(name);
    const ecsName = text(resource, "name") ?? "";
    const running = tasks.get(ecsName);
    if (own === undefined || running === undefined) continue;
    const [clusterName = ""] = load.stack
      .ofType("aws:ecs/cluster:Cluster")
      .flatMap((one) => text(one, "name") ?? []);
    const percent = await statistics(world, minutes, "AWS/ECS", "CPUUtilization", {
      ClusterName: clusterName,
      ServiceName: ecsName,
    });
    services.set(
      name,
      minutes.flatMap((minute): Minute[] => {
        const [use, seen] = [percent.get(minute), running.get(minute)];
        if (use === undefined || seen === undefined) return [];
        // ECS User Guide, "service utilization metrics": of all tasks, by what their definition reserves.
        const mean = seen.reduce((sum, one) => sum + one, 0) / seen.length;
        const cpuSeconds = (use / 100) * vcpus * mean * 60;
        return [{ requests: own.get(minute)?.sent ?? 0, used: cpuSeconds }];
      }),
    );
  }
  return {
    services,
    databases: await usedOfDatabases(world, load, tallies, minutes),
    queues: await usedOfQueues(world, load, minutes),
  };
}

async function usedOfDatabases(
  world: World,
  load: Load,
  tallies: Tallies,
  minutes: readonly number[],
): Promise<MeasuredDatabase[]> {
  const found: MeasuredDatabase[] = [];
  for (const { resource, services } of load.databases) {
    const vcpus = instanceVcpus(text(resource, "instanceClass") ?? "");
    const identifier = text(resource, "identifier");
    const own = services.filter(({ service }) => tallies.has(service.name));
    if (vcpus === undefined || identifier === undefined || own.length === 0) continue;
    const [percent, reads, writes] = await Promise.all(
      ["CPUUtilization", "ReadIOPS", "WriteIOPS"].map((metric) =>
        statistics(world, minutes, "AWS/RDS", metric, { DBInstanceIdentifier: identifier }),
      ),
    );
    const sent = (name: string, minute: number) => tallies.get(name)?.get(minute)?.sent ?? 0;
    const minutesOf = (used: (minute: number) => number | undefined) =>
      minutes.flatMap((minute): Minute[] => {
        const whole = used(minute);
        const requests = own.reduce((sum, { service }) => sum + sent(service.name, minute), 0);
        return whole === undefined ? [] : [{ requests, used: whole }];
      });
    found.push({
      name: resource.name,
      services: own.map(({ service }) => ({
        name: service.name,
        queries: load.value(service, "queries"),
        takes: {
          queryCpuMs: load.value(service, "queryCpuMs"),
          queryIos: load.value(service, "queryIos"),
        },
        requests: minutes.reduce((sum, minute) => sum + sent(service.name, minute), 0),
      })),
      minutes: {
        queryCpuMs: minutesOf((minute) => {
          const use = percent!.get(minute);
          return use === undefined ? undefined : (use / 100) * vcpus * 60;
        }),
        queryIos: minutesOf((minute) => {
          const [read, written] = [reads!.get(minute), writes!.get(minute)];
          return read === undefined || written === undefined ? undefined : (read + written) * 60;
        }),
      },
    });
  }
  return found;
}

/** Of the queues that functions read; a function that reads several, or that something else starts too, says of none. */
async function usedOfQueues(
  world: World,
  load: Load,
  minutes: readonly number[],
): Promise<MeasuredQueue[]> {
  const queues = queuesOf(load);
  const total = async (namespace: string, metric: string, dimensions: Record<string, string>) => {
    const sums = await statistics(world, minutes, namespace, metric, dimensions, "Sum");
    return [...sums.values()].reduce((sum, one) => sum + one, 0);
  };
  const found: MeasuredQueue[] = [];
  for (const { queue, mappings } of queues) {
    const names = mappings.flatMap((one) => (one.function && text(one.function, "name")) ?? []);
    if (!areReadAlone(load, mappings) || names.length < mappings.length) continue;
    const milliseconds = await Promise.all(
      names.map((FunctionName) => total("AWS/Lambda", "Duration", { FunctionName })),
    );
    found.push({
      queue,
      seconds: milliseconds.reduce((sum, one) => sum + one, 0) / 1000,
      messages: await total("AWS/SQS", "NumberOfMessagesDeleted", { QueueName: queue }),
    });
  }
  return found;
}

/** Whether the functions of a queue's mappings work for that queue alone. */
export function areReadAlone(load: Load, mappings: readonly QueueMapping[]): boolean {
  const all = queuesOf(load).flatMap((one) => one.mappings);
  return mappings.every(
    ({ function: reader }) =>
      all.filter((one) => one.function?.urn === reader?.urn).length === 1 &&
      !(reader && executionsByClock(load.stack, reader).isStarted),
  );
}

/** Minutes in which requests were sent, without the first and the last: they are not whole. */
function wholeMinutes(tallies: Tallies): number[] {
  const all = [...tallies.values()].flatMap((minutes) => [...minutes.keys()]);
  const [first, last] = [Math.min(...all), Math.max(...all)];
  return Array.from({ length: Math.max(0, last - first - 1) }, (_, index) => first + 1 + index);
}

async function statistics(
  world: World,
  minutes: readonly number[],
  Namespace: string,
  MetricName: string,
  dimensions: Readonly<Record<string, string>>,
  Stat: "Average" | "Sum" = "Average",
): Promise<Map<number, number>> {
  const found = new Map<number, number>();
  if (minutes.length === 0) return found;
  const Dimensions = Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value }));
  let NextToken: string | undefined;
  do {
    const page = await world.alarms.send(
      new GetMetricDataCommand({
        StartTime: new Date(minutes[0]! * 60_000),
        EndTime: new Date((minutes.at(-1)! + 1) * 60_000),
        MetricDataQueries: [
          {
            Id: "use",
            MetricStat: {
              Metric: { Namespace, MetricName, Dimensions },
              ...{ Period: 60, Stat },
            },
          },
        ],
        NextToken,
      }),
    );
    for (const { Timestamps = [], Values = [] } of page.MetricDataResults ?? []) {
      Timestamps.forEach((at, index) =>
        found.set(Math.floor(at.getTime() / 60_000), Values[index]!),
      );
    }
    NextToken = page.NextToken;
  } while (NextToken !== undefined);
  return found;
}
