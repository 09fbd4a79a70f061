import { type PropertyBag, UNKNOWN } from "../../../analysis/plan/model";
import { isUnknown, reveal, scalarText } from "../../../analysis/plan/values";
import { list, record } from "./vpc-args";

/** Where the containers of a task write their logs. */
export interface LogTarget {
  readonly group: unknown;
  readonly region: unknown;
}

/** The containers by name, in the order in which awsx writes them. Throws unless the program gives one or several. */
export function containersOf({ container, containers }: PropertyBag): [string, PropertyBag][] {
  if ((container === undefined) === (containers === undefined)) {
    throw new Error(
      `expected container or containers, got ${container === undefined ? "neither" : "both"}`,
    );
  }
  if (container !== undefined) {
    const one = record(container, "container");
    return [[isUnknown(one.name) ? UNKNOWN : scalarText(one.name ?? "container"), one]];
  }
  return Object.entries(record(containers, "containers"))
    .sort(([one], [other]) => one.localeCompare(other))
    .map(([name, one]) => [name, record(one, `containers.${name}`)]);
}

/** The containers as the task definition has them; those without a log configuration get awsx's. */
export function definitionsOf(
  containers: readonly [string, PropertyBag][],
  logs: LogTarget | undefined,
): PropertyBag[] {
  return containers.map(([name, container]) => {
    const mappings = list(container.portMappings, "portMappings");
    return {
      // Pulumi's engine passes properties in this order, and awsx hashes what it gets.
      ...(sorted(container) as PropertyBag),
      ...(mappings && { portMappings: mappings.map(mappingOf) }),
      name,
      ...(container.logConfiguration === undefined &&
        logs && {
          logConfiguration: {
            logDriver: "awslogs",
            options: {
              "awslogs-group": logs.group,
              "awslogs-region": logs.region,
              "awslogs-stream-prefix": name,
            },
          },
        }),
    };
  });
}

/** A port mapping; container and host port follow from each other, and both from the target group. */
function mappingOf(value: unknown): unknown {
  if (isUnknown(value)) return UNKNOWN;
  const mapping = record(value, "portMappings");
  const { name, containerPortRange, appProtocol, containerPort, hostPort, protocol } = mapping;
  const target = mapping.targetGroup === undefined ? undefined : UNKNOWN;
  const ports = {
    containerPort: containerPort ?? hostPort ?? target,
    hostPort: hostPort ?? target ?? containerPort,
  };
  return present({ name, containerPortRange, appProtocol, ...ports, protocol });
}

function present(bag: PropertyBag): PropertyBag {
  return Object.fromEntries(Object.entries(bag).filter(([, value]) => value !== undefined));
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1));
  return Object.fromEntries(entries.map(([key, item]) => [key, sorted(item)]));
}

/** Gigabytes that awsx knows for a number of vCPU, from and to; a step is 1 unless they are listed. */
const SIZES: readonly (readonly [vcpu: number, gigabytes: readonly number[]])[] = [
  [0.25, [0.5, 1, 2]],
  [0.5, range(1, 4)],
  [1, range(2, 8)],
  [2, range(4, 16)],
  [4, range(8, 30)],
  [8, range(16, 60)],
  [16, range(32, 120)],
  [32, [60, 120, 244]],
];

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, index) => from + index);
}

/** The size with the least memory that holds all containers, as awsx chooses it; Fargate's units. */
export function sizeOf(definitions: readonly PropertyBag[]): { cpu: string; memory: string } {
  const all = reveal(definitions) as PropertyBag[];
  const sum = (amount: (one: PropertyBag) => unknown) =>
    all.reduce((total, one) => total + Number(amount(one) ?? 0), 0) / 1024;
  const vcpu = sum((one) => one.cpu);
  const gigabytes = sum((one) => one.memoryReservation || one.memory);
  const fitting = SIZES.flatMap(([cpu, sizes]) => sizes.map((memory) => ({ cpu, memory })))
    .sort((one, other) => one.memory - other.memory || one.cpu - other.cpu)
    .find(({ cpu, memory }) => cpu >= vcpu && memory >= gigabytes);
  if (!fitting) {
    throw new Error(
      `expected containers that fit into 32 vCPU and 244 GB, got ${vcpu} vCPU and ${gigabytes} GB`,
    );
  }
  return { cpu: `${fitting.cpu * 1024}`, memory: `${fitting.memory * 1024}` };
}
