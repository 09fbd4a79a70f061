/** Every limit of a stack by its plan, the facts and the assumptions, the first that is reached first. */
import {
  CACHE_CONNECTIONS,
  CACHE_MEMORY,
  cacheMemoryGiB,
  DISTRIBUTION,
  IN_FLIGHT_MESSAGES,
  LOG_INGESTION,
  NAT_GATEWAY,
  SUBNET_ADDRESSES,
} from "../../facts/capacity-limits";
import { parseCidr } from "../../facts/cidr";
import { LOAD_BALANCER_LIMITS } from "../../facts/limits";
import { SERVICE_QUOTAS } from "../../facts/service-quotas";
import {
  isSet,
  number,
  records,
  text,
  value,
  type RecoveryResource,
  type RecoveryStack,
} from "../recovery/resources";
import { carriersOf, gets } from "./connections";
import { databaseLimits } from "./database-limits";
import { known, planned, times, type Figure, type Range } from "./figures";
import type { Load } from "./load";
import { holding, type Draft, type Limit } from "./model";

export const CACHE = "aws:elasticache/replicationGroup:ReplicationGroup";

/** The limits of a stack; those that a load has an effect on come first, in the order in which they are reached. */
export function limitsOf(load: Load): Limit[] {
  const drafts = [
    ...serviceLimits(load),
    ...databaseLimits(load),
    ...cacheLimits(load),
    ...quotaLimits(load),
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
      const desired = planned(
        "tasks asked for",
        service.desired,
        "",
        service.resource,
        "desiredCount",
      );
      const size = planned("vCPUs of a task", service.vcpus, "", service.definition!, "cpu");
      const target = load.target(service);
      const [low] = target.value;
      return {
        ...({ kind: "tasks", of: service.name, urn: service.resource.urn, unit: "vCPUs" } as const),
        capacity: times(service.most, service.vcpus, [low / 100, 1]),
        parts: [{ perRequest: load.cpu(service) }],
        figures: [most, desired, size, target, ...load.figures(service, "cpuMs")],
      };
    });
}

function cacheLimits(load: Load): Draft[] {
  const { stack } = load;
  return stack.ofType(CACHE).flatMap((group) => {
    const carriers = carriersOf(stack, group);
    const users = load.services.filter((service) => gets(service, carriers));
    const shards = number(group, "numNodeGroups") ?? 1;
    const gib = cacheMemoryGiB(text(group, "nodeType") ?? "");
    const all = planned("shards", shards, "", group, "numNodeGroups");
    const base = { of: group.name, urn: group.urn };
    const sums = (id: string) => users.map((service) => ({ perRequest: load.of(service, id) }));
    const from = (id: string) => users.flatMap((service) => load.figures(service, id));
    const { assumptions } = load;
    const busy = assumptions.general("busyShare");
    const commands = assumptions.general("cacheCommandsPerSecond");
    const reserved = assumptions.general("cacheReserved");
    const free = 1 - reserved.value[1];
    return [
      {
        ...base,
        ...({ kind: "cache-connections", unit: "connections" } as const),
        capacity: [CACHE_CONNECTIONS.perNode, CACHE_CONNECTIONS.perNode],
        // Serves from as many nodes as there are shards; a client connects to each.
        parts: load.tasks(users, (service) => load.value(service, "cachePool")),
        figures: [
          known("clients of a node", CACHE_CONNECTIONS.perNode, "", CACHE_CONNECTIONS),
          ...from("cachePool"),
        ],
      },
      ...(gib === undefined
        ? []
        : [
            {
              ...base,
              ...({ kind: "cache-memory", unit: "MiB" } as const),
              capacity: [shards * gib * 1024 * free, shards * gib * 1024 * free] as Range,
              parts: sums("cacheMiBPerRequestRate"),
              figures: [
                all,
                planned("GiB of a node", gib, "GiB", group, "nodeType"),
                known("GiB of node types", gib, "GiB", CACHE_MEMORY),
                reserved,
                ...from("cacheMiBPerRequestRate"),
              ],
            },
          ]),
      {
        ...base,
        ...({ kind: "cache-cpu", unit: "commands a second" } as const),
        capacity: times(shards, commands.value, busy.value),
        parts: sums("cacheCommands"),
        figures: [all, commands, busy, ...from("cacheCommands")],
      },
    ];
  });
}

/** What the account allows the tasks together, both colours at a time. */
function quotaLimits(load: Load): Draft[] {
  const { stack } = load;
  const [first] = load.services;
  if (first === undefined) return [];
  const base = { of: "the account", urn: first.resource.urn };
  const quota = (name: "fargateVcpus" | "fargateSpotVcpus" | "lambdaConcurrency") =>
    load.assumptions.quota(name) ??
    known(SERVICE_QUOTAS[name].title, SERVICE_QUOTAS[name].usual, "", SERVICE_QUOTAS[name]);
  const sizes = load.services.flatMap((service) => load.figures(service, "cpuMs"));
  const spot = load.services.filter(({ spotShare }) => spotShare > 0);
  const functions = stack
    .ofType("aws:lambda/function:Function")
    .filter((one) => !isSet(one, "region"))
    .map((one) => ({ one, reserved: number(one, "reservedConcurrentExecutions") ?? 0 }))
    .filter(({ reserved }) => reserved > 0);
  const reserved = functions.reduce((sum, one) => sum + one.reserved, 0);
  const balancers = stack
    .ofType("aws:lb/loadBalancer:LoadBalancer")
    .filter((one) => text(one, "loadBalancerType") !== "network");
  const targets = LOAD_BALANCER_LIMITS.targets;
  return [
    {
      ...base,
      ...({ kind: "fargate-vcpus", unit: "vCPUs" } as const),
      capacity: quota("fargateVcpus").value,
      parts: load.tasks(load.services, ({ vcpus, spotShare }) => vcpus * (1 - spotShare)),
      figures: [quota("fargateVcpus"), ...sizes],
    },
    ...(spot.length === 0
      ? []
      : [
          {
            ...base,
            ...({ kind: "fargate-spot-vcpus", unit: "vCPUs" } as const),
            capacity: quota("fargateSpotVcpus").value,
            parts: load.tasks(spot, ({ vcpus, spotShare }) => vcpus * spotShare, false),
            figures: [quota("fargateSpotVcpus"), ...sizes],
          },
        ]),
    ...balancers.slice(0, 1).map((balancer) => ({
      ...({ kind: "targets", of: balancer.name, urn: balancer.urn, unit: "targets" } as const),
      capacity: [targets, targets] as Range,
      parts: load.tasks(load.services, () => 1),
      figures: [known("targets", targets, "", LOAD_BALANCER_LIMITS), ...sizes],
    })),
    ...(functions.length === 0
      ? []
      : [
          {
            ...base,
            ...({ kind: "function-concurrency", unit: "executions" } as const),
            capacity: quota("lambdaConcurrency").value,
            fixed: [reserved, reserved] as Range,
            parts: [],
            figures: [
              quota("lambdaConcurrency"),
              ...functions.map((each) =>
                planned("reserved", each.reserved, "", each.one, "reservedConcurrentExecutions"),
              ),
            ],
          },
        ]),
    {
      ...base,
      ...({ kind: "log-ingestion", unit: "calls a second" } as const),
      capacity: [...LOG_INGESTION.callsPerSecond] as unknown as Range,
      parts: load.tasks(load.services, () => load.assumptions.general("logCallsPerTask").value),
      figures: [
        known("calls a second", LOG_INGESTION.callsPerSecond, "", LOG_INGESTION),
        load.assumptions.general("logCallsPerTask"),
        ...sizes,
      ],
    },
  ];
}

function networkLimits(load: Load): Draft[] {
  const { services, stack } = load;
  const gateways = stack.ofType("aws:ec2/natGateway:NatGateway");
  const connections = gateways.length * NAT_GATEWAY.connections;
  const calls = services.map((service) => ({
    perRequest: load.of(service, "calls", "callSeconds"),
  }));
  const addresses = smallestPerZone(services.flatMap(({ subnets }) => subnets));
  const free = addresses.reduce((sum, { value: [one] }) => sum + one, 0);
  return [
    ...gateways.slice(0, 1).map((gateway) => ({
      ...({ kind: "nat-connections", of: gateway.name, urn: gateway.urn } as const),
      unit: "connections",
      capacity: [connections, connections] as Range,
      parts: calls,
      figures: [
        ...gateways.map((one) => planned("gateway", 1, "", one, "subnetId")),
        known("connections of a gateway", NAT_GATEWAY.connections, "", NAT_GATEWAY),
        ...services.flatMap((service) => load.figures(service, "calls", "callSeconds")),
      ],
    })),
    ...addresses.slice(0, 1).map(({ origin }) => ({
      ...({ kind: "addresses", of: "the tasks' subnets", unit: "addresses" } as const),
      urn: origin.from === "plan" ? origin.urn : "",
      capacity: [free, free] as Range,
      parts: load.tasks(services, () => 1),
      figures: [...addresses, ...services.flatMap((service) => load.figures(service, "cpuMs"))],
    })),
  ];
}

/** Addresses of one subnet of each zone, the smallest: which of several the tasks get may not be known yet. */
function smallestPerZone(subnets: readonly RecoveryResource[]): Figure[] {
  const byZone = new Map<string, Figure>();
  for (const subnet of subnets) {
    const zone = text(subnet, "availabilityZone") ?? subnet.name;
    const block = parseCidr(text(subnet, "cidrBlock") ?? "");
    if (block === undefined) continue;
    const free = block.last - block.first + 1 - SUBNET_ADDRESSES.kept;
    const figure = planned("addresses", free, "", subnet, "cidrBlock");
    const other = byZone.get(zone);
    if (other === undefined || figure.value[0] < other.value[0]) byZone.set(zone, figure);
  }
  return [...byZone.values()];
}

function edgeLimits(load: Load): Draft[] {
  const { stack } = load;
  const distributions = stack.ofType("aws:cloudfront/distribution:Distribution");
  const payload = load.services.map((service) => ({
    perRequest: times(load.of(service, "payloadKB"), 8e-6),
  }));
  const busiest = load.assumptions.general("busiestAddress");
  const seenBy = (acl: RecoveryResource): Figure =>
    text(acl, "scope") === "REGIONAL"
      ? load.apiShare
      : planned("all requests at the edge", 1, "", acl, "scope");
  return [
    ...distributions.slice(0, 1).flatMap((distribution): Draft[] => [
      {
        ...({
          kind: "distribution-requests",
          of: distribution.name,
          urn: distribution.urn,
        } as const),
        unit: "requests a second",
        capacity: [DISTRIBUTION.requestsPerSecond, DISTRIBUTION.requestsPerSecond],
        parts: [{ perRequest: [1, 1] }],
        figures: [known("requests a second", DISTRIBUTION.requestsPerSecond, "", DISTRIBUTION)],
      },
      {
        ...({
          kind: "distribution-bandwidth",
          of: distribution.name,
          urn: distribution.urn,
        } as const),
        unit: "Gbit/s",
        capacity: [DISTRIBUTION.gbps, DISTRIBUTION.gbps],
        parts: payload,
        figures: [
          known("Gbit/s", DISTRIBUTION.gbps, "", DISTRIBUTION),
          ...load.services.flatMap((service) => load.figures(service, "payloadKB")),
        ],
      },
    ]),
    ...addressRules(stack).map(({ acl, most, windowSeconds, property }): Draft => ({
      ...({ kind: "firewall-rate", of: acl.name, urn: acl.urn, unit: "requests" } as const),
      capacity: [most, most],
      // Before the load balancer, an ACL sees what the edge has not answered itself.
      parts: [{ perRequest: times(busiest.value, windowSeconds, seenBy(acl).value) }],
      figures: [planned("requests of an address", most, "", acl, property), busiest, seenBy(acl)],
    })),
  ];
}

/** A rule of a web ACL by which an address that asks more often is blocked. */
export interface AddressRule {
  readonly acl: RecoveryResource;
  /** Requests of one address in the window. */
  readonly most: number;
  readonly windowSeconds: number;
  readonly property: string;
}

/** The rules that block an address whatever it asks for. */
export function addressRules(stack: RecoveryStack): AddressRule[] {
  return stack.ofType("aws:wafv2/webAcl:WebAcl").flatMap((acl) =>
    records(value(acl, "rules")).flatMap((rule, index): AddressRule[] => {
      const rate = (rule["statement"] as { rateBasedStatement?: Record<string, unknown> })
        ?.rateBasedStatement;
      const action = rule["action"] as Record<string, unknown> | undefined;
      const most = Number(rate?.["limit"] ?? NaN);
      // A rule for part of the paths or one that only counts stops nobody at large.
      const stops = action?.["block"] !== undefined && rate?.["scopeDownStatement"] === undefined;
      if (!stops || !Number.isFinite(most)) return [];
      const windowSeconds = Number(rate?.["evaluationWindowSec"] ?? 300);
      const property = `rules[${index}].statement.rateBasedStatement.limit`;
      return [{ acl, most, windowSeconds, property }];
    }),
  );
}

/** A queue that a function works on, with the executions that it may start. */
export interface FunctionQueue {
  readonly mapping: RecoveryResource;
  /** Physical name. */
  readonly queue: string;
  readonly most: number;
}

export function queuesOf({ stack }: Load): FunctionQueue[] {
  return stack
    .ofType("aws:lambda/eventSourceMapping:EventSourceMapping")
    .flatMap((mapping): FunctionQueue[] => {
      const queue = text(mapping, "eventSourceArn")?.split(":").at(-1);
      const scaling = value(mapping, "scalingConfig") as { maximumConcurrency?: unknown };
      const most = Number(scaling?.maximumConcurrency ?? NaN);
      return queue === undefined || !Number.isFinite(most) ? [] : [{ mapping, queue, most }];
    });
}

/** Queues that functions and workers work on, and messages in work. */
function queueLimits(load: Load): Draft[] {
  return [
    ...queuesOf(load).flatMap((one) => functionQueueLimits(load, one)),
    ...workerLimits(load),
  ];
}

function workerLimits(load: Load): Draft[] {
  return load.services.flatMap((service): Draft[] => {
    const { queue, most } = service;
    if (queue === undefined) return [];
    const [seconds, atATime] = load.work(queue);
    return [
      {
        ...({ kind: "queue", of: queue, urn: service.resource.urn, unit: "messages" } as const),
        capacity: times(most, atATime.value),
        parts: [{ perRequest: times(load.of(service), seconds.value) }],
        figures: [
          planned("tasks at most", most, "", service.mostOf, service.mostProperty),
          ...[atATime, seconds, load.share(service), load.apiShare],
        ],
      },
    ];
  });
}

function functionQueueLimits(load: Load, { mapping, queue, most }: FunctionQueue): Draft[] {
  const messages = load.assumptions.queue(queue, "messages");
  const seconds = load.assumptions.queue(queue, "seconds");
  const figures = [messages, seconds, load.apiShare];
  const inWork = times(load.apiShare.value, messages.value, seconds.value);
  const window = number(mapping, "maximumBatchingWindowInSeconds") ?? 0;
  const base = { of: queue, urn: mapping.urn };
  return [
    {
      ...base,
      ...({ kind: "queue", unit: "executions" } as const),
      capacity: [most, most],
      // A batch is worked on message by message.
      parts: [{ perRequest: inWork }],
      figures: [
        planned("executions", most, "", mapping, "scalingConfig.maximumConcurrency"),
        ...figures,
      ],
    },
    {
      ...base,
      ...({ kind: "in-flight", unit: "messages" } as const),
      capacity: [IN_FLIGHT_MESSAGES.perQueue, IN_FLIGHT_MESSAGES.perQueue],
      parts: [
        {
          perRequest: times(load.apiShare.value, messages.value, [
            seconds.value[0] + window,
            seconds.value[1] * (number(mapping, "batchSize") ?? 10) + window,
          ]),
        },
      ],
      figures: [
        known("messages in work", IN_FLIGHT_MESSAGES.perQueue, "", IN_FLIGHT_MESSAGES),
        ...figures,
      ],
    },
  ];
}
