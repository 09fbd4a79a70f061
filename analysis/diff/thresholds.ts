/** Alarms whose threshold is a part of what they watch, and follows its size: a larger instance, and the alarm fires as before. */
import { entryOf } from "../../facts/entry-of";
import { knownMemoryGiB, maximumConnections } from "../../facts/instance-memory";
import type { PlannedResource } from "../plan/model";
import { reveal } from "../plan/values";
import type { Pair } from "./pairs";

type Shape = Readonly<Record<string, unknown>>;
type Side = readonly PlannedResource[];

/** How much there is of what a metric counts. */
interface Size {
  /** Undefined: not known. */
  readonly of: (dimensions: Shape, side: Side) => number | undefined;
  /** What the threshold keeps the same distance to; else it is a share. */
  readonly distance?: true;
}

/** By namespace and metric. Sources: the pages of the metrics, RDS, Lambda and ECS Container Insights. */
const SIZES: Readonly<Record<string, Size>> = {
  "AWS/RDS FreeStorageSpace": { of: storage },
  "AWS/RDS FreeableMemory": { of: memory },
  "AWS/RDS DatabaseConnections": {
    of: (dimensions, side) => {
      const memoryGiB = memory(dimensions, side);
      return memoryGiB && maximumConnections(memoryGiB);
    },
  },
  "AWS/Lambda Duration": {
    of: ({ FunctionName: name }, side) =>
      number(named(side, "aws:lambda/function:Function", "name", name)?.inputs["timeout"]),
  },
  "ECS/ContainerInsights DesiredTaskCount": {
    of: ({ ClusterName: cluster, ServiceName: name }, side) => {
      const id = `service/${String(cluster)}/${String(name)}`;
      const target = named(side, "aws:appautoscaling/target:Target", "resourceId", id);
      return number(target?.inputs["maxCapacity"]);
    },
    distance: true,
  },
};

/** Rounding of a threshold, in parts of it. */
const ROUNDING = 0.01;

/** Whether an alarm fires no later in what it watches than before, because that has another size. */
export function followsSize(
  old: Shape,
  now: Shape,
  above: boolean,
  both: readonly Pair[],
): boolean {
  const key = `${String(now["namespace"])} ${String(now["metricName"])}`;
  const size = entryOf(SIZES, key);
  if (size === undefined) return false;
  const sides: readonly [Side, Side] = [both.map((pair) => pair.old), both.map((pair) => pair.now)];
  const [was, is] = [old, now].map((alarm, index) =>
    size.of(reveal(alarm["dimensions"] ?? {}) as Shape, sides[index]!),
  );
  if (was === undefined || is === undefined || was === is) return false;
  const [before, after] = [old, now].map(({ threshold }) => Number(threshold)) as [number, number];
  const change = size.distance ? after - is - (before - was) : after / is / (before / was) - 1;
  return above ? change <= ROUNDING : change >= -ROUNDING;
}

function number(value: unknown): number | undefined {
  return typeof value === "number" ? value : undefined;
}

/** The resource with a name that both sides say. */
function named(
  side: Side,
  type: string,
  property: string,
  name: unknown,
): PlannedResource | undefined {
  return typeof name === "string"
    ? side.find((one) => one.type === type && one.inputs[property] === name)
    : undefined;
}

function instance({ DBInstanceIdentifier: name }: Shape, side: Side): PlannedResource | undefined {
  return named(side, "aws:rds/instance:Instance", "identifier", name);
}

/** A replica has its source's. */
function storage(dimensions: Shape, side: Side): number | undefined {
  const own = instance(dimensions, side);
  const [source] = own?.propertyDependencies["replicateSourceDb"] ?? [];
  const holder = source === undefined ? own : side.find(({ urn }) => urn === source);
  return number(own?.inputs["allocatedStorage"] ?? holder?.inputs["allocatedStorage"]);
}

function memory(dimensions: Shape, side: Side): number | undefined {
  const instanceClass = instance(dimensions, side)?.inputs["instanceClass"];
  return typeof instanceClass === "string" ? knownMemoryGiB(instanceClass) : undefined;
}
