/** Limits between the load balancer and the tasks: targets, connections to each, requests that tasks keep open. */
import { TARGET_CONNECTIONS } from "../../facts/capacity-limits";
import { LOAD_BALANCER_LIMITS } from "../../facts/limits";
import { text } from "../recovery/resources";
import { known, over, planned, plus, times, type Range } from "./figures";
import type { Load } from "./load";
import type { Draft } from "./model";
import type { Service } from "./services";

export function balancerLimits(load: Load): Draft[] {
  const routed = load.services.filter(({ isRouted, vcpus }) => isRouted && vcpus > 0);
  return [...targetLimit(load, routed), ...routed.flatMap((service) => ofService(load, service))];
}

function targetLimit(load: Load, routed: readonly Service[]): Draft[] {
  const [balancer] = load.stack
    .ofType("aws:lb/loadBalancer:LoadBalancer")
    .filter((one) => text(one, "loadBalancerType") !== "network");
  if (balancer === undefined || routed.length === 0) return [];
  const { targets } = LOAD_BALANCER_LIMITS;
  return [
    {
      ...({ kind: "targets", of: balancer.name, urn: balancer.urn, unit: "targets" } as const),
      capacity: [targets, targets],
      parts: load.tasks(routed, () => 1),
      figures: [known("targets", targets, "", LOAD_BALANCER_LIMITS), ...load.taskFigures(routed)],
    },
  ];
}

/** What a slow other party does: the service whose tasks first keep open as many requests as they can. */
export interface SlowParty {
  readonly of: string;
  /** Requests that are open for each one a second at the edge. */
  readonly open: Range;
  /** Requests a second at the edge up to which its tasks keep all open. */
  readonly holds: Range;
}

/** By Little's law; undefined where no service calls another party. */
export function slowPartyOf(load: Load, slower: number): SlowParty | undefined {
  const found = load.services
    .filter(
      ({ isRouted, name }) => isRouted && load.assumptions.service(name, "calls").value[1] > 0,
    )
    .map((service): SlowParty => {
      const open = times(load.of(service), load.openSeconds(service, slower));
      const atATime = load.assumptions.service(service.name, "requestsAtATime");
      return { of: service.name, open, holds: over(times(service.most, atATime.value), open) };
    });
  return found.sort((one, other) => one.holds[0] - other.holds[0])[0];
}

/** By Little's law, in all tasks that scaling may come to: what arrives times the seconds for which it stays. */
function ofService(load: Load, service: Service): Draft[] {
  const { name: of, most, desired, resource } = service;
  const base = { of, urn: resource.urn, tasks: { most, desired } };
  const open = load.openSeconds(service);
  const atATime = load.assumptions.service(of, "requestsAtATime");
  const opened = load.assumptions.service(of, "newConnections");
  const { perTarget, seconds } = TARGET_CONNECTIONS;
  const tasks = planned("tasks at most", most, "", service.mostOf, service.mostProperty);
  const figures = load.figures(service, "cpuMs", "waitMs", "calls", "callSeconds");
  const perRequest = (each: Range) => [{ perRequest: times(load.of(service), each) }];
  return [
    {
      ...base,
      ...({ kind: "open-requests", unit: "requests" } as const),
      capacity: times(most, atATime.value),
      parts: perRequest(open),
      figures: [tasks, atATime, ...figures],
    },
    {
      ...base,
      ...({ kind: "target-connections", unit: "connections" } as const),
      capacity: times(most, perTarget),
      // With keep-alive a request takes one while it is open; one that was opened for it keeps its port for a minute.
      parts: perRequest(plus(open, times(opened.value, seconds))),
      figures: [
        ...[tasks, known("connections to a target", perTarget, "", TARGET_CONNECTIONS)],
        known("seconds that a port is taken", seconds, "s", TARGET_CONNECTIONS),
        ...[opened, ...figures],
      ],
    },
  ];
}
