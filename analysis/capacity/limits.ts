/** Every limit of a stack by its plan, the facts and the assumptions, the first that is reached first. */
import { mostShards } from "../../facts/cache-engines";
import {
  cacheConnections,
  cacheMemory,
  LARGEST_CACHE_GIB,
  LOG_INGESTION,
} from "../../facts/capacity-limits";
import { cacheLayout } from "../cache-layout";
import { scheduledTasks, taskVcpus } from "../recovery/quotas";
import { number, text, type RecoveryResource, type RecoveryStack } from "../recovery/resources";
import { balancerLimits } from "./balancer-limits";
import { reservedMemory } from "./cache-memory";
import { carriersOf, gets } from "./connections";
import { databaseLimits } from "./database-limits";
import { edgeLimits, networkLimits } from "./edge-limits";
import { askedOf } from "./executions";
import { known, planned, plus, times, type Figure, type Range } from "./figures";
import type { Load } from "./load";
import { holding, type Draft, type Limit } from "./model";
import { queueLimits } from "./queue-limits";
import type { Service } from "./services";

export const CACHE = "aws:elasticache/replicationGroup:ReplicationGroup";

/** The limits of a stack; those that a load has an effect on come first, in the order in which they are reached. */
export function limitsOf(load: Load): Limit[] {
  const drafts = [
    ...serviceLimits(load),
    ...databaseLimits(load),
    ...cacheLimits(load),
    ...quotaLimits(load),
    ...balancerLimits(load),
    ...networkLimits(load),
    ...edgeLimits(load),
    ...queueLimits(load),
  ];
  return drafts
    .map((draft): Limit => {
      const whole = { fixed: [0, 0] as Range, ceiling: Infinity, ...draft };
      return { ...whole, holds: holding(whole) };
    })
    .sort((one, other) => one.holds[0] - other.holds[0] || one.holds[1] - other.holds[1]);
}

/** Processors of each service's tasks: above the target that scaling keeps at the latest, and at most all of them. */
function serviceLimits(load: Load): Draft[] {
  return load.services
    .filter(({ vcpus }) => vcpus > 0)
    .map((service) => {
      const most = planned("tasks at most", service.most, "", service.mostOf, service.mostProperty);
      const size = planned("vCPUs of a task", service.vcpus, "", service.definition!, "cpu");
      const target = load.target(service);
      const [low] = target.value;
      return {
        ...({ kind: "tasks", of: service.name, urn: service.resource.urn, unit: "vCPUs" } as const),
        capacity: times(service.most, service.vcpus, [low / 100, 1]),
        parts: [{ perRequest: load.cpu(service) }],
        tasks: { most: service.most, desired: service.desired },
        figures: [most, size, target, ...load.figures(service, "cpuMs")],
      };
    });
}

function cacheLimits(load: Load): Draft[] {
  const { stack } = load;
  return stack.ofType(CACHE).flatMap((group) => {
    const carriers = carriersOf(stack, group);
    const users = load.services.filter((service) => gets(service, carriers));
    const { shards, replicas = 0 } = cacheLayout((input) => number(group, input));
    const nodeType = text(group, "nodeType") ?? "";
    const memory = cacheMemory(nodeType);
    const clients = cacheConnections(nodeType);
    const all = planned("shards", shards, "", group, "numNodeGroups");
    const scaled = shardsAtMost(stack, group, shards);
    const most = scaled?.value[1] ?? shards;
    const largest = mostShards(replicas);
    const base = { of: group.name, urn: group.urn, size: nodeType };
    const sums = (id: string) => users.map((service) => ({ perRequest: load.of(service, id) }));
    const from = (id: string) => users.flatMap((service) => load.figures(service, id));
    const { assumptions } = load;
    const busy = assumptions.general("busyShare");
    const commands = assumptions.general("cacheCommandsPerSecond");
    const reserved = reservedMemory(load, group);
    const free = 1 - reserved.value[1];
    return [
      {
        ...base,
        ...({ kind: "cache-connections", unit: "connections" } as const),
        capacity: [clients.count, clients.count] as Range,
        // A client connects to each node: more of them take no connection from one.
        ceiling: clients.count,
        shrinks: [
          Math.min(...users.map((service) => load.value(service, "cachePool")[0])),
          Math.max(...users.map((service) => load.value(service, "cachePool")[1])),
        ] as Range,
        parts: load.tasks(users, (service) => load.value(service, "cachePool")),
        figures: [
          planned("clients by node type", clients.count, "", group, "nodeType"),
          known("clients of a node", clients.count, "", clients.fact),
          ...from("cachePool"),
          ...load.taskFigures(users),
        ],
      },
      ...(memory === undefined
        ? []
        : [
            {
              ...base,
              ...({ kind: "cache-memory", unit: "MiB" } as const),
              // Scaling adds shards by their memory, and by nothing else.
              capacity: times(most * 1024 * free, memory.gib),
              bounds: [
                {
                  kind: "cache-memory" as const,
                  least: most * 1024 * free * memory.gib,
                  largest: { times: LARGEST_CACHE_GIB / memory.gib, more: "cache-cpu" as const },
                },
              ],
              ceiling: largest * LARGEST_CACHE_GIB * 1024 * free,
              parts: sums("cacheMiBPerRequestRate"),
              figures: [
                scaled ?? all,
                planned("GiB of a node", memory.gib, "GiB", group, "nodeType"),
                known("GiB of node types", memory.gib, "GiB", memory.fact),
                reserved,
                ...from("cacheMiBPerRequestRate"),
              ],
            },
          ]),
      {
        ...base,
        ...({ kind: "cache-cpu", unit: "commands a second" } as const),
        capacity: times([shards, most], commands.value, busy.value),
        bounds: [
          {
            kind: "cache-cpu" as const,
            least: times(shards, commands.value, busy.value)[0],
            growth: { count: shards },
          },
        ],
        ceiling: times(largest, commands.value, busy.value)[0],
        parts: sums("cacheCommands"),
        figures: [all, ...(scaled ? [scaled] : []), commands, busy, ...from("cacheCommands")],
      },
    ];
  });
}

/** Shards that scaling may come to. */
function shardsAtMost(
  stack: RecoveryStack,
  group: RecoveryResource,
  shards: number,
): Figure | undefined {
  const id = `replication-group/${text(group, "replicationGroupId")}`;
  const target = stack
    .ofType("aws:appautoscaling/target:Target")
    .find((one) => text(one, "resourceId") === id);
  const most = target && number(target, "maxCapacity");
  if (target === undefined || most === undefined || most < shards) return undefined;
  return planned("shards at most", most, "", target, "maxCapacity");
}

function vcpusOf({ vcpus, definition, resource }: Service): Figure {
  return planned("vCPUs of a task", vcpus, "", definition ?? resource, "cpu");
}

/** Part of a service's tasks that is on Spot. */
function spotFigure({ spotShare, resource }: Service): Figure {
  return planned("part on Spot", spotShare, "", resource, "capacityProviderStrategies");
}

function baseFigure({ onDemandBase, resource }: Service): Figure {
  return planned("base", onDemandBase, "", resource, "capacityProviderStrategies");
}

/** What the account allows the tasks together, both colours at a time. */
function quotaLimits(load: Load): Draft[] {
  const { stack } = load;
  const [first] = load.services;
  if (first === undefined) return [];
  const base = { of: "the account", urn: first.resource.urn };
  const quota = load.quota.bind(load);
  const sizes = load.taskFigures(load.services);
  const scheduled = scheduledTasks(stack);
  const spot = load.services.filter(({ spotShare }) => spotShare > 0);
  const executions = askedOf(load);
  return [
    {
      ...base,
      ...({ kind: "fargate-vcpus", unit: "vCPUs" } as const),
      capacity: quota("fargateVcpus").value,
      fixed: plus(...scheduled.map(({ definition, count }) => count * taskVcpus(definition))),
      parts: load.vcpus(load.services, "demand"),
      figures: [
        quota("fargateVcpus"),
        ...scheduled.map(({ schedule, definition, count }) =>
          planned(
            `${schedule.name}: vCPUs of ${count}`,
            taskVcpus(definition),
            "",
            definition,
            "cpu",
          ),
        ),
        ...load.services.map(baseFigure),
        ...load.services.map(spotFigure),
        ...load.services.map(vcpusOf),
        ...sizes,
      ],
    },
    ...(spot.length === 0
      ? []
      : [
          {
            ...base,
            ...({ kind: "fargate-spot-vcpus", unit: "vCPUs" } as const),
            capacity: quota("fargateSpotVcpus").value,
            parts: load.vcpus(spot, "spot"),
            figures: [
              quota("fargateSpotVcpus"),
              ...spot.map(baseFigure),
              ...spot.map(spotFigure),
              ...spot.map(vcpusOf),
              ...load.taskFigures(spot),
            ],
          },
        ]),
    ...(executions === undefined
      ? []
      : [
          {
            ...base,
            ...executions,
            ...({ kind: "function-concurrency", unit: "executions" } as const),
            capacity: quota("lambdaConcurrency").value,
            figures: [quota("lambdaConcurrency"), ...executions.figures],
          },
        ]),
    {
      ...base,
      ...({ kind: "log-ingestion", unit: "calls a second" } as const),
      capacity: [LOG_INGESTION.callsPerSecond, LOG_INGESTION.callsPerSecond],
      parts: load.tasks(load.services, () => load.assumptions.general("logCallsPerTask").value),
      figures: [
        known("calls a second", LOG_INGESTION.callsPerSecond, "", LOG_INGESTION),
        load.assumptions.general("logCallsPerTask"),
        ...sizes,
      ],
    },
  ];
}
