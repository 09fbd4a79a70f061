/** Limits of the network and the edge: NAT gateways, addresses, distributions, firewalls. */
import { DISTRIBUTION, NAT_GATEWAY, SUBNET_ADDRESSES, WEB_ACL } from "../../facts/capacity-limits";
import { parseCidr } from "../../facts/cidr";
import { RATE_WINDOWS } from "../../facts/limits";
import {
  isSet,
  number,
  records,
  text,
  value,
  type RecoveryResource,
  type RecoveryStack,
} from "../recovery/resources";
import { known, over, planned, plus, times, type Figure, type Range } from "./figures";
import type { Load } from "./load";
import type { Draft } from "./model";
import { MONTH_HOURS, usdOf } from "./prices";

export function networkLimits(load: Load): Draft[] {
  const { services, stack } = load;
  const gateways = stack.ofType(NAT);
  const addressesOf = gatewayAddresses(stack);
  const connections = natConnections(stack) ?? 0;
  const calls = services.map((service) => ({
    perRequest: load.of(service, "calls", "callSeconds"),
  }));
  const addresses = smallestPerZone(services.flatMap(({ subnets }) => subnets));
  const free = addresses.reduce((sum, { value: [one] }) => sum + one, 0);
  const taken = interfacesOf(stack, addresses.length);
  return [
    ...gateways.slice(0, 1).map((gateway) => ({
      ...({ kind: "nat-connections", of: gateway.name, urn: gateway.urn } as const),
      unit: "connections",
      capacity: [connections, connections] as Range,
      parts: calls,
      ceiling: gateways.length * NAT_GATEWAY.mostAddresses * NAT_GATEWAY.connections,
      bounds: [
        {
          kind: "nat-connections" as const,
          least: connections,
          growth: {
            unitUsd: usdOf(stack, "ipv4-hour"),
            step: NAT_GATEWAY.connections,
            quantity: MONTH_HOURS,
          },
        },
      ],
      figures: [
        ...addressesOf,
        known("connections of an address", NAT_GATEWAY.connections, "", NAT_GATEWAY),
        ...services.flatMap((service) => load.figures(service, "calls", "callSeconds")),
      ],
    })),
    ...addresses.slice(0, 1).map(({ origin }) => ({
      ...({ kind: "addresses", of: "the tasks' subnets", unit: "addresses" } as const),
      urn: origin.from === "plan" ? origin.urn : "",
      capacity: [free, free] as Range,
      fixed: times(taken.interfaces, addresses.length),
      parts: load.tasks(services, () => 1),
      figures: [...addresses, ...taken.figures, ...load.taskFigures(services)],
    })),
  ];
}

/**
 * Interfaces of endpoints and functions in a zone. Functions of the same subnets and security groups share one; which have
 * the same may not be known yet.
 */
function interfacesOf(stack: RecoveryStack, zones: number) {
  const endpoints = stack
    .ofType("aws:ec2/vpcEndpoint:VpcEndpoint")
    .filter((one) => text(one, "vpcEndpointType") === "Interface");
  const functions = stack
    .ofType("aws:lambda/function:Function")
    .filter((one) => isSet(one, "vpcConfig") && !isSet(one, "region"));
  const shared: Range = [Math.min(1, functions.length), functions.length];
  return {
    interfaces: plus(endpoints.length, shared),
    figures: [
      ...endpoints.map((one) => planned("zones of an endpoint", zones, "", one, "vpcEndpointType")),
      ...functions.map((one) => planned("zones of a function", zones, "", one, "vpcConfig")),
    ],
  };
}

const NAT = "aws:ec2/natGateway:NatGateway";

/** Connections at a time of all gateways to one other party; undefined where there is no gateway. */
export function natConnections(stack: RecoveryStack): number | undefined {
  const addresses = gatewayAddresses(stack);
  return addresses.length === 0
    ? undefined
    : NAT_GATEWAY.connections * addresses.reduce((sum, { value: [count] }) => sum + count, 0);
}

function gatewayAddresses(stack: RecoveryStack): Figure[] {
  return stack
    .ofType(NAT)
    .map((one) =>
      planned("addresses of a gateway", 1 + secondaryAddresses(one), "", one, "allocationId"),
    );
}

/** Addresses beside the first. */
function secondaryAddresses(gateway: RecoveryResource): number {
  const listed = value(gateway, "secondaryAllocationIds");
  return Array.isArray(listed)
    ? listed.length
    : (number(gateway, "secondaryPrivateIpAddressCount") ?? 0);
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

/** A distribution, and its part of the viewers' requests. */
interface Distribution {
  readonly resource: RecoveryResource;
  readonly isApi: boolean;
  readonly share: Range;
}

/** Those that ask the load balancer by default share its requests, the others the rest. */
function distributionsOf({ stack, apiShare }: Load): Distribution[] {
  const all = stack.ofType("aws:cloudfront/distribution:Distribution").map((resource) => {
    const behaviour = (value(resource, "defaultCacheBehavior") ?? {}) as Record<string, unknown>;
    const origin = records(value(resource, "origins")).find(
      ({ originId }) => originId === behaviour["targetOriginId"],
    );
    return { resource, isApi: origin?.["customOriginConfig"] !== undefined };
  });
  const api = all.filter(({ isApi }) => isApi).length;
  const others = all.length - api;
  const [least, most] = apiShare.value;
  return all.map((one): Distribution => {
    const whole: Range = api === 0 || others === 0 ? [1, 1] : one.isApi ? [least, most] : [1 - most, 1 - least]; // prettier-ignore
    return { ...one, share: over(whole, one.isApi ? api : others) };
  });
}

export function edgeLimits(load: Load): Draft[] {
  const distributions = distributionsOf(load);
  return [
    ...distributions.flatMap((one) => distributionLimits(load, one)),
    ...firewallLimits(load, distributions),
  ];
}

function distributionLimits(load: Load, { resource, isApi, share }: Distribution): Draft[] {
  const base = { of: resource.name, urn: resource.urn };
  const origin = planned("default origin", 1, "", resource, "defaultCacheBehavior");
  const answering = load.services.filter(({ isRouted }) => isRouted);
  return [
    {
      ...base,
      ...({ kind: "distribution-requests", unit: "requests a second" } as const),
      capacity: [DISTRIBUTION.requestsPerSecond, DISTRIBUTION.requestsPerSecond],
      parts: [{ perRequest: share }],
      figures: [
        known("requests a second", DISTRIBUTION.requestsPerSecond, "", DISTRIBUTION),
        origin,
        load.apiShare,
      ],
    },
    ...(isApi
      ? [
          {
            ...base,
            ...({ kind: "distribution-bandwidth", unit: "Gbit/s" } as const),
            capacity: [DISTRIBUTION.gbps, DISTRIBUTION.gbps] as Range,
            parts: answering.map((service) => ({
              perRequest: times(load.of(service, "payloadKB"), 8e-6),
            })),
            figures: [
              known("Gbit/s", DISTRIBUTION.gbps, "", DISTRIBUTION),
              origin,
              ...answering.flatMap((service) => load.figures(service, "payloadKB")),
            ],
          },
        ]
      : []),
  ];
}

function firewallLimits(load: Load, distributions: readonly Distribution[]): Draft[] {
  const { stack } = load;
  const busiest = load.assumptions.general("busiestAddress");
  /** What an ACL sees: the requests of its distributions; before the load balancer, what the edge has not answered itself. */
  const seenBy = (acl: RecoveryResource): readonly [share: Range, figures: readonly Figure[]] => {
    if (text(acl, "scope") === "REGIONAL") return [load.apiShare.value, [load.apiShare]];
    const own = distributions.filter(({ resource }) =>
      resource.references["webAclId"]?.includes(acl.urn),
    );
    const [least, most] = plus(...own.map(({ share }) => share));
    const before = planned("distributions before it", own.length, "", acl, "scope");
    return own.length === 0
      ? [[1, 1], [before]]
      : [
          [least, Math.min(1, most)],
          [before, load.apiShare],
        ];
  };
  const { requestsPerSecond } = WEB_ACL;
  return [
    // One rule counts all that its ACL sees, of whichever distribution.
    ...addressRules(stack).map(({ acl, most, windowSeconds, property }): Draft => {
      const [share, figures] = seenBy(acl);
      return {
        ...({ kind: "firewall-rate", of: acl.name, urn: acl.urn, unit: "requests" } as const),
        capacity: [most, most],
        parts: [{ perRequest: times(busiest.value, windowSeconds, share) }],
        figures: [planned("requests of an address", most, "", acl, property), busiest, ...figures],
      };
    }),
    ...stack
      .ofType("aws:wafv2/webAcl:WebAcl")
      .filter((acl) => text(acl, "scope") === "REGIONAL")
      .map((acl): Draft => {
        const [perRequest, figures] = seenBy(acl);
        return {
          ...({ kind: "firewall-requests", of: acl.name, urn: acl.urn } as const),
          unit: "requests a second",
          capacity: [requestsPerSecond, requestsPerSecond],
          parts: [{ perRequest }],
          figures: [known("requests a second", requestsPerSecond, "", WEB_ACL), ...figures],
        };
      }),
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

/** The rules that block an address on all paths. */
export function addressRules(stack: RecoveryStack): AddressRule[] {
  return stack.ofType("aws:wafv2/webAcl:WebAcl").flatMap((acl) =>
    records(value(acl, "rules")).flatMap((rule, index): AddressRule[] => {
      const rate = (rule["statement"] as { rateBasedStatement?: Record<string, unknown> })
        ?.rateBasedStatement;
      const action = rule["action"] as Record<string, unknown> | undefined;
      const most = Number(rate?.["limit"] ?? NaN);
      // A rule for part of the paths, or one that only counts, does not bound the total load.
      const stops = action?.["block"] !== undefined && rate?.["scopeDownStatement"] === undefined;
      if (!stops || !Number.isFinite(most)) return [];
      const windowSeconds = Number(rate?.["evaluationWindowSec"] ?? RATE_WINDOWS.unset.seconds);
      const property = `rules[${index}].statement.rateBasedStatement.limit`;
      return [{ acl, most, windowSeconds, property }];
    }),
  );
}
