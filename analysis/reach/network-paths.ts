/** Every network path of a stack: from the internet, and between its components. */
import { canonicalType } from "../../facts/twin-types";
import type { Node, StackGraph } from "../graph";
import { read } from "../properties";
import { holds, INTERNET, intersection, ALL_V4, networksOf, union } from "./addresses";
import { balancerHops, DISTRIBUTION, distributionHops, type Hop } from "./balancers";
import { fromBeside, fromVpcOrigin } from "./beside";
import { combine, inSeries } from "./combine";
import {
  areClosed,
  areOpen,
  bySystem,
  type Cell,
  decideAmong,
  type Layer,
  once,
  type Outcome,
  outcomeOf,
  type Variant,
} from "./decide";
import {
  type Call,
  CLOUDFRONT,
  endsOf,
  groupsOf,
  type FarEnd,
  nattedAs,
  STRANGERS,
  systemsOf,
  TO_CLOUDFRONT,
  TO_INTERNET,
  TO_SERVICE,
} from "./ends";
import {
  INTERNET_PLACE,
  type NetworkPath,
  type Place,
  type PortRange,
  type Protocol,
  type Setting,
} from "./model";
import { asNamed } from "./named";
import { Network } from "./network";
import { openRanges } from "./port-ranges";
import { type Site, type Station, stationsOf } from "./stations";
import type { Verdict } from "./verdicts";

/** The places of a stack, the internet first. */
export function placesOf(graph: StackGraph): readonly Place[] {
  return reachOf(graph).places;
}

/**
 * Every path from the internet and between components: from the internet to all, from load balancers and distributions to what
 * they call, and from compute to all and to the internet. By the ports that answer; where those are not known, and to the
 * internet, by all ports.
 */
export function networkPaths(graph: StackGraph): readonly NetworkPath[] {
  return reachOf(graph).all();
}

/** One path between two places of `placesOf`, as a declared dependency asks for it. */
export function networkPath(
  graph: StackGraph,
  from: Place,
  to: Place,
  protocol: Protocol,
  port: number,
): NetworkPath {
  return reachOf(graph).path(from, to, { protocol, port });
}

const FUNCTION = "aws:lambda/function:Function";
const known = new WeakMap<StackGraph, Reach>();

function reachOf(graph: StackGraph): Reach {
  let reach = known.get(graph);
  if (reach === undefined) {
    reach = new Reach(graph);
    known.set(graph, reach);
  }
  return reach;
}

class Reach {
  public readonly places: readonly Place[];
  private readonly network: Network;
  private readonly stations: readonly Station[];
  private readonly byId: ReadonlyMap<string, Station>;
  private readonly distributions: readonly Place[];
  private readonly hops: readonly Hop[];
  private readonly outcomes = new Map<string, Outcome>();
  private readonly verdicts = new Map<string, Verdict>();

  public constructor(graph: StackGraph) {
    this.network = new Network(graph);
    this.stations = stationsOf(graph);
    this.byId = new Map(this.stations.map((station) => [station.place.id, station]));
    this.distributions = graph.ofType(DISTRIBUTION).map(distributionPlace);
    this.hops = [...balancerHops(graph), ...distributionHops(graph)];
    this.places = [
      INTERNET_PLACE,
      ...this.distributions,
      ...this.stations.map(({ place }) => place),
    ];
  }

  public all(): readonly NetworkPath[] {
    const callers = this.stations.filter(({ place }) => place.kind === "compute");
    const called = [
      ...this.distributions,
      ...this.stations.filter((station) => !isFunction(station)).map(({ place }) => place),
    ];
    const answering = called.filter(({ kind }) => kind !== "service");
    return [
      ...answering.flatMap((place) => this.toAll(INTERNET_PLACE, place)),
      ...this.hops.flatMap((hop) => this.hop(hop)),
      ...callers.flatMap(({ place }) =>
        [...called, INTERNET_PLACE]
          .filter((other) => other !== place)
          .flatMap((other) => this.toAll(place, other)),
      ),
    ];
  }

  public path(from: Place, to: Place, call: Call): NetworkPath {
    const { protocol, port } = call;
    const outcome = this.outcome(from, to, call);
    return pathOf(from, to, { protocol, ports: [port, port] }, outcome);
  }

  private outcome(from: Place, to: Place, call: Call): Outcome {
    const key = [from.id, to.id, call.protocol, call.port].join(" ");
    const outcome = this.outcomes.get(key) ?? this.decided(from, to, call);
    this.outcomes.set(key, outcome);
    return outcome;
  }

  private decided(from: Place, to: Place, call: Call): Outcome {
    const [caller, called] = [this.byId.get(from.id), this.byId.get(to.id)];
    if (from.kind === "service") return silent(from, "opens");
    if (called && isFunction(called)) return silent(to, "takes");
    if (to.kind === "distribution") {
      const answer = this.toDistribution(to, call);
      return caller ? inSeries(() => this.toInternet(caller, call, TO_CLOUDFRONT), answer) : answer;
    }
    const { protocol, port } = call;
    const hop = this.hops.find(
      (one) =>
        one.from.urn === from.id &&
        one.to.urn === to.id &&
        one.protocol === protocol &&
        one.port === port,
    );
    if (caller === undefined) {
      if (called === undefined) return unjudged(to);
      const outcome = () => this.fromOutside(from, called, call, hop?.inside);
      if (from.kind !== "distribution" || hop !== undefined) return outcome();
      return inSeries(outcome, withoutOrigin(from, to, call));
    }
    if (called === undefined) return this.toInternet(caller, call);
    if (hop?.keepsCaller && caller.membership.free) {
      return this.fromOutside(INTERNET_PLACE, called, call, false);
    }
    if (caller.outside) return this.fromFunction(caller, called, call);
    if (called.outside) return this.toInternet(caller, call, TO_SERVICE);
    // The name of a load balancer of the internet leads to its public addresses, from everywhere.
    const isPublic = to.kind === "balancer" && read(called.node.properties, "internal") !== true;
    return isPublic && from.kind === "compute"
      ? inSeries(
          () => this.toInternet(caller, call, TO_SERVICE),
          this.fromOutside(caller.place, called, call),
        )
      : this.between(caller, called, call);
  }

  private toDistribution({ label, resource }: Place, { port, protocol }: Call): Outcome {
    const answering = this.distributions.find(({ id }) => id === resource?.urn)?.ports ?? [];
    const answers = answering.some(
      (range) => range.protocol === protocol && range.ports[0] === port,
    );
    const says = `${label} does not answer on ${protocol} ${port}`;
    return answers
      ? OPEN
      : stopped({
          resource: resource!,
          ...(answering.length === 0 && { property: "enabled" }),
          says,
        });
  }

  private fromOutside(from: Place, to: Station, call: Call, inside = false): Outcome {
    // What is outside of every VPC answers everybody: policies alone decide.
    if (to.outside) return OPEN;
    if (to.gateway) return unjudged(to.place);
    const outsider =
      from.kind === "distribution" ? CLOUDFRONT
      : from.kind === "compute" ? nattedAs(`${from.label}, by the internet`)
      : STRANGERS; // prettier-ignore
    if (inside) {
      return this.among(to, outsider.systems, (site) =>
        fromVpcOrigin(this.network.groups, [to, site], call),
      );
    }
    const { some, isCloudFront } = outsider;
    const key = ["in", to.place.id, call.protocol, call.port, some, isCloudFront].join(" ");
    return this.shared(key, this.network.inward(to, call, outsider), () =>
      this.among(to, outsider.systems, (site) =>
        this.network.fromOutside(outsider, [to, site], call),
      ),
    );
  }

  /** From a function outside of every VPC. What has no public address it reaches from within the VPC alone. */
  private fromFunction(from: Station, to: Station, call: Call): Outcome {
    if (to.outside) return OPEN;
    const outcome = to.gateway ? undefined : this.fromOutside(from.place, to, call);
    if (outcome && (outcome.verdict !== "blocked" || this.network.mayBePublic(to))) return outcome;
    const says = `${from.place.label} runs outside of every VPC`;
    const move = stopped({ resource: asNamed(from.node), property: "vpcConfig", says });
    return to.gateway
      ? move
      : inSeries(
          () =>
            this.among(to, systemsOf(from), (site) =>
              fromBeside(this.network.groups, from, [to, site], call),
            ),
          move,
        );
  }

  private toInternet(from: Station, call: Call, far: FarEnd = TO_INTERNET): Outcome {
    if (from.outside) return OPEN;
    const systems = systemsOf(from);
    const key = [
      ...["out", this.network.faceOf(from), groupsOf(from), call.protocol, call.port, systems],
      ...[far.some, far.isCloudFront],
    ].join(" ");
    return this.shared(key, this.network.outward(from, call, far), () =>
      this.among(from, systems, (site) => this.network.toOutside([from, site], call, far)),
    );
  }

  private between(from: Station, to: Station, call: Call): Outcome {
    const systems = systemsOf(from);
    if (to.gateway) {
      return this.among(from, systems, (site) => this.network.toGateway([from, site], to, call));
    }
    const { out, into } = this.network.groupLayers(from, to, call);
    const ends = [from, to].flatMap((end) => [endsOf(end), groupsOf(end)]);
    const key = [...ends, call.protocol, call.port, systems].join(" ");
    const derive = () =>
      combine(
        from.sites.flatMap((at) =>
          to.sites.map(
            (there) => () =>
              decideAmong(bySystem(this.network.between([from, at], [to, there], call), systems)),
          ),
        ),
        [from, to].filter(({ exact }) => !exact),
      );
    return this.shared(key, [...out, ...into], derive, () => this.network.isPlain(from, to));
  }

  /**
   * An outcome with a verdict that is derived once for all with the same key: the same places and groups. Groups that stop
   * everything decide alone, and with `alone` those that let everything through.
   */
  private shared(
    key: string,
    groups: readonly Layer[],
    derive: () => Outcome,
    alone: () => boolean = () => false,
  ): Outcome {
    const whole = once(derive);
    const byGroups = () =>
      areClosed(groups) ? "blocked"
      : areOpen(groups) && alone() ? "reachable"
      : undefined; // prettier-ignore
    const verdict = this.verdicts.get(key) ?? byGroups() ?? whole().verdict;
    this.verdicts.set(key, verdict);
    return outcomeOf(verdict, whole);
  }

  private among(
    station: Station,
    systems: readonly Cell["reply"][],
    variants: (site: Site) => readonly Variant[],
  ): Outcome {
    return combine(
      station.sites.map((site) => () => decideAmong(bySystem(variants(site), systems))),
      station.exact ? [] : [station],
    );
  }

  private hop({ from, to, protocol, port }: Hop): readonly NetworkPath[] {
    const find = (node: Node) => this.places.find(({ id }) => id === node.urn);
    const [start, end] = [find(from), find(to)];
    return start && end ? [this.path(start, end, { protocol, port })] : [];
  }

  /** All ports on which a place answers; where that is not known, and to the internet, those that are open. */
  private toAll(from: Place, to: Place): readonly NetworkPath[] {
    const mayAnswer = ["compute", "store", "internet"].includes(to.kind);
    if (to.ports.length > 0 || !mayAnswer) {
      return to.ports.map(({ protocol, ports }) =>
        this.path(from, to, { protocol, port: ports[0] }),
      );
    }
    const bounds = this.network.portBounds(this.byId.get(from.id), this.byId.get(to.id));
    return openRanges(bounds, (protocol, ports) =>
      pathOf(from, to, { protocol, ports }, this.outcome(from, to, { protocol, port: ports[0] })),
    );
  }
}

function isFunction({ node }: Station): boolean {
  return canonicalType(node.type) === FUNCTION;
}

function distributionPlace(node: Node): Place {
  const ports: readonly PortRange[] = [80, 443].map((port) => ({
    protocol: "tcp",
    ports: [port, port],
  }));
  return {
    ...{ id: node.urn, label: node.name, kind: "distribution", resource: asNamed(node) },
    ports: read(node.properties, "enabled") === false ? [] : ports,
  };
}

/** Nothing is in the way. */
const OPEN: Outcome = { verdict: "reachable", settings: [], cells: [] };

/** A setting that stops all. */
function stopped(setting: Omit<Setting, "effect">): Outcome {
  return { verdict: "blocked", settings: [{ effect: "blocks", ...setting }], cells: [] };
}

/** A place that opens or takes no connections: an endpoint answers only, a function calls only. */
function silent({ label, resource }: Place, does: "opens" | "takes"): Outcome {
  return stopped({ resource: resource!, says: `${label} ${does} no connections` });
}

/** A distribution calls its origins and nothing else. */
function withoutOrigin({ label, resource }: Place, to: Place, { protocol, port }: Call): Outcome {
  const says = `${label} has no origin that is ${to.label} on ${protocol} ${port}`;
  return stopped({ resource: resource!, property: "origins", says });
}

function unjudged(place: Place): Outcome {
  const says = `${place.label} takes no connections from there`;
  return place.resource
    ? stopped({ resource: place.resource, says })
    : { verdict: "blocked", settings: [], cells: [] };
}

function pathOf(
  from: Place,
  to: Place,
  { protocol, ports }: PortRange,
  outcome: Outcome,
): NetworkPath {
  const { verdict } = outcome;
  const sources = from.kind === "internet" && verdict === "reachable" ? sourcesOf(outcome) : [];
  return {
    ...{ from, to, protocol, ports, verdict },
    ...(sources.length > 0 && { sources }),
    get settings() {
      return outcome.settings;
    },
  };
}

/** The networks that get through, where not all do. */
function sourcesOf({ cells }: Outcome): readonly string[] {
  const callers = cells.map(({ caller }) => caller);
  const isNarrow =
    callers.length > 0 && !callers.some((set) => holds(set, intersection(INTERNET, ALL_V4)));
  return isNarrow ? networksOf(callers.reduce(union)) : [];
}
