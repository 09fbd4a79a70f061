/** Every network path of a stack: from the internet, and between its components. */
import { PORTS } from "../../facts/setting-bounds";
import type { Node, StackGraph } from "../graph";
import { read } from "../properties";
import { aclPortBounds } from "./acls";
import { holds, INTERNET, intersection, ALL_V4, networksOf, union } from "./addresses";
import { balancerHops, DISTRIBUTION, distributionHops, type Hop } from "./balancers";
import { bySystem, type Cell, decideAmong, type Outcome, type Variant } from "./decide";
import {
  INTERNET_PLACE,
  type NetworkPath,
  type Place,
  type PortRange,
  type Protocol,
  type Setting,
} from "./model";
import { asNamed } from "./named";
import { type Call, CLOUDFRONT, nattedAs, Network, STRANGERS, systemsOf } from "./network";
import { type Site, type Station, stationsOf } from "./stations";
import { worse } from "./verdicts";

/** The places of a stack, the internet first. */
export function placesOf(graph: StackGraph): readonly Place[] {
  return reachOf(graph).places;
}

/**
 * Every path that matters: from the internet to all, from load balancers and distributions to what they call, and
 * from compute to stores, services by endpoint, load balancers and the internet; by the ports that answer.
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
    const answering = this.stations.filter(({ place }) => place.kind !== "service");
    const callers = this.stations.filter(({ place }) => place.kind === "compute");
    const called = this.stations.filter(({ place }) => place.kind !== "compute");
    return [
      ...this.distributions.flatMap((place) => this.toAll(INTERNET_PLACE, place)),
      ...answering.flatMap(({ place }) => this.toAll(INTERNET_PLACE, place)),
      ...this.hops.flatMap((hop) => this.hop(hop)),
      ...callers.flatMap(({ place }) => [
        ...called.flatMap((other) => this.toAll(place, other.place)),
        this.path(place, INTERNET_PLACE, { protocol: "tcp", port: 443 }),
      ]),
    ];
  }

  public path(from: Place, to: Place, call: Call): NetworkPath {
    const { protocol, port } = call;
    const outcome = this.outcome(from, to, call);
    return pathOf(from, to, { protocol, ports: [port, port] }, outcome);
  }

  private outcome(from: Place, to: Place, call: Call): Outcome {
    const [caller, called] = [this.byId.get(from.id), this.byId.get(to.id)];
    if (to.kind === "distribution") return this.toDistribution(to, call);
    if (caller === undefined) {
      const hop = this.hops.find((one) => one.from.urn === from.id && one.to.urn === to.id);
      return called ? this.fromOutside(from, called, call, hop?.inside) : unjudged(to);
    }
    if (called === undefined) return this.toInternet(caller, call);
    const hop = this.hops.find((one) => one.from.urn === from.id && one.to.urn === to.id);
    if (hop?.keepsCaller && caller.membership.free) {
      return this.fromOutside(INTERNET_PLACE, called, call, false);
    }
    // The name of a load balancer of the internet leads to its public addresses, from everywhere.
    const isPublic = to.kind === "balancer" && read(called.node.properties, "internal") !== true;
    return isPublic && from.kind === "compute"
      ? inSeries(this.toInternet(caller, call), this.fromOutside(caller.place, called, call))
      : this.between(caller, called, call);
  }

  private toDistribution({ label, resource }: Place, { port, protocol }: Call): Outcome {
    const enabled = this.distributions.find(({ id }) => id === resource?.urn)?.ports ?? [];
    const answers = enabled.some((range) => range.protocol === protocol && range.ports[0] === port);
    const says = `${label} does not answer on ${protocol} ${port}`;
    return answers
      ? { verdict: "reachable", settings: [], cells: [] }
      : {
          verdict: "blocked",
          cells: [],
          settings: [{ effect: "blocks", resource: resource!, property: "enabled", says }],
        };
  }

  private fromOutside(from: Place, to: Station, call: Call, inside = false): Outcome {
    if (to.outside) return outsideOutcome(to);
    if (to.gateway) return unjudged(to.place);
    const outsider =
      from.kind === "distribution" ? CLOUDFRONT
      : from.kind === "compute" ? nattedAs(`${from.label}, by the internet`)
      : STRANGERS; // prettier-ignore
    return this.among(to, outsider.systems, (site) =>
      inside
        ? this.network.fromVpcOrigin([to, site], call)
        : this.network.fromOutside(outsider, [to, site], call),
    );
  }

  private toInternet(from: Station, call: Call): Outcome {
    if (from.outside) return { verdict: "reachable", settings: [], cells: [] };
    return this.among(from, systemsOf(from), (site) =>
      this.network.toOutside([from, site], call, "the internet"),
    );
  }

  private between(from: Station, to: Station, call: Call): Outcome {
    if (to.outside) return this.toInternet(from, call);
    if (from.outside) {
      const outcome = to.gateway ? unjudged(to.place) : this.fromOutside(INTERNET_PLACE, to, call);
      const says = `${from.place.label} runs outside of every VPC`;
      const setting = {
        effect: "blocks",
        resource: asNamed(from.node),
        property: "vpcConfig",
        says,
      } as const;
      return outcome.verdict === "reachable"
        ? outcome
        : { ...outcome, verdict: "blocked", settings: [setting] };
    }
    if (to.gateway) {
      return this.among(from, systemsOf(from), (site) =>
        this.network.toGateway([from, site], to, call),
      );
    }
    const systems = systemsOf(from);
    return combine(
      from.sites.flatMap((at) =>
        to.sites.map((there) =>
          decideAmong(bySystem(this.network.between([from, at], [to, there], call), systems)),
        ),
      ),
      [from, to].filter(({ exact }) => !exact),
    );
  }

  private among(
    station: Station,
    systems: readonly Cell["reply"][],
    variants: (site: Site) => readonly Variant[],
  ): Outcome {
    return combine(
      station.sites.map((site) => decideAmong(bySystem(variants(site), systems))),
      station.exact ? [] : [station],
    );
  }

  private hop({ from, to, protocol, port }: Hop): readonly NetworkPath[] {
    const find = (node: Node) => this.places.find(({ id }) => id === node.urn);
    const [start, end] = [find(from), find(to)];
    return start && end ? [this.path(start, end, { protocol, port })] : [];
  }

  /** All ports on which a place answers; where that is not known, those that its groups open. */
  private toAll(from: Place, to: Place): readonly NetworkPath[] {
    if (to.ports.length > 0) {
      return to.ports.map(({ protocol, ports }) =>
        this.path(from, to, { protocol, port: ports[0] }),
      );
    }
    const station = this.byId.get(to.id);
    if (station === undefined || to.kind !== "compute") return [];
    const parts = this.portParts(station);
    const paths = (["tcp", "udp"] as const).flatMap((protocol) =>
      merged(
        parts.map((ports) =>
          pathOf(
            from,
            to,
            { protocol, ports },
            this.outcome(from, to, { protocol, port: ports[0] }),
          ),
        ),
      ),
    );
    const open = paths.filter(({ verdict }) => verdict !== "blocked");
    if (open.length > 0) return open;
    const [largest] = [...paths].sort((one, other) => span(other) - span(one));
    return largest ? [{ ...largest, ports: [1, PORTS.maximum] }] : [];
  }

  /** All ports in parts within which no rule makes a difference. */
  private portParts(station: Station): readonly (readonly [number, number])[] {
    const bounds = [
      ...this.network.groups.portBounds(station.membership, "ingress"),
      ...station.sites.flatMap((site) => {
        const acl = this.network.aclOf(site);
        return acl ? aclPortBounds(acl) : [];
      }),
    ].filter((port) => port > 1 && port <= PORTS.maximum);
    const starts = [1, ...[...new Set(bounds)].sort((one, other) => one - other)];
    return starts.map(
      (start, index) => [start, (starts[index + 1] ?? PORTS.maximum + 1) - 1] as const,
    );
  }
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

/** What is outside of every VPC answers everybody: policies alone decide. */
function outsideOutcome({ place, node }: Station): Outcome {
  return place.kind === "store"
    ? { verdict: "reachable", settings: [], cells: [] }
    : {
        verdict: "blocked",
        cells: [],
        settings: [
          {
            effect: "blocks",
            resource: asNamed(node),
            says: `${place.label} takes no connections`,
          },
        ],
      };
}

function unjudged(place: Place): Outcome {
  const says = `${place.label} takes no connections from there`;
  const setting = place.resource && ({ effect: "blocks", resource: place.resource, says } as const);
  return { verdict: "blocked", settings: setting ? [setting] : [], cells: [] };
}

/** Two paths of which both are needed. */
function inSeries(one: Outcome, other: Outcome): Outcome {
  const verdict = worse(one.verdict, other.verdict);
  const settings = distinct([...one.settings, ...other.settings]);
  const counts = ({ effect }: Setting) => verdict === "reachable" || effect !== "allows";
  return { verdict, settings: settings.filter(counts), cells: other.cells };
}

/** Of all places where the ends may be, what holds for the whole; `vague` ends are in some of theirs. */
function combine(outcomes: readonly Outcome[], vague: readonly Station[]): Outcome {
  const of = (verdict: Outcome["verdict"]) => outcomes.filter((one) => one.verdict === verdict);
  const reachable = of("reachable");
  const settings = distinct(outcomes.flatMap((one) => one.settings));
  const having = (effect: Setting["effect"]) =>
    settings.filter((setting) => setting.effect === effect);
  const cells = reachable.flatMap((one) => one.cells);
  if (reachable.length === outcomes.length || (reachable.length > 0 && vague.length === 0)) {
    return {
      verdict: "reachable",
      settings: [...having("allows"), ...having("blocks"), ...having("unknown")],
      cells,
    };
  }
  if (of("blocked").length === outcomes.length) {
    return { verdict: "blocked", settings: blocking(withLeast(outcomes), vague), cells: [] };
  }
  const blocks = having("blocks");
  const places = blocks.length > 0 ? vague.map((one) => somewhere(one, blocks)) : [];
  return { verdict: "undecided", settings: [...having("unknown"), ...places], cells: [] };
}

/** More combinations than this are not compared. */
const COMBINATIONS = 1000;

/** Each with the variant by which all of them together need the fewest changes. */
function withLeast(outcomes: readonly Outcome[]): readonly Outcome[] {
  const ways = outcomes.map((one) => one.ways ?? [one.settings]);
  const count = ways.reduce((product, some) => product * some.length, 1);
  if (count === 1 || count > COMBINATIONS) return outcomes;
  const combinations = ways.reduce<(readonly Setting[])[][]>(
    (all, some) => all.flatMap((one) => some.map((way) => [...one, way])),
    [[]],
  );
  const cost = (combination: readonly (readonly Setting[])[]) =>
    distinct(combination.flat()).filter(({ effect }) => effect === "blocks").length;
  const best = combinations.reduce((least, one) => (cost(one) < cost(least) ? one : least));
  return outcomes.map((one, place) => ({ ...one, settings: best[place]! }));
}

/** All that has to change. Where an end is in some of the subnets only, what stops in one of them need not count. */
function blocking(outcomes: readonly Outcome[], vague: readonly Station[]): readonly Setting[] {
  const counts = ({ effect, says }: Setting) =>
    outcomes.filter((one) =>
      one.settings.some((other) => other.says === says && other.effect === effect),
    ).length;
  const settings = distinct(outcomes.flatMap((one) => one.settings));
  const blocks = settings.filter(({ effect }) => effect === "blocks");
  const unknown = settings.filter(({ effect }) => effect === "unknown");
  const everywhere = blocks.filter((setting) => counts(setting) === outcomes.length);
  if (vague.length === 0 || everywhere.length === 0) return [...blocks, ...unknown];
  const elsewhere = blocks.filter((setting) => !everywhere.includes(setting));
  const some = elsewhere.length > 0 ? vague.map((one) => somewhere(one, elsewhere)) : [];
  return [...everywhere, ...unknown, ...some];
}

/** What may have to change as well, by the subnets that an end gets. */
function somewhere({ node, spec, place }: Station, blocks: readonly Setting[]): Setting {
  const names = [
    ...new Set(blocks.map(({ resource, property }) => [resource.name, property].join(" "))),
  ];
  const listed = names.length > 3 ? [...names.slice(0, 3), `${names.length - 3} more`] : names;
  return {
    ...{ effect: "unknown", resource: asNamed(node), property: spec.subnets },
    says: `the subnets of ${place.label} are not known yet; some of those that it may get are stopped by ${listed.join(", ")}`,
  };
}

function distinct(settings: readonly Setting[]): readonly Setting[] {
  const keyed = [...new Set(settings)].map(
    (one) => [`${one.effect} ${one.resource.urn} ${one.says}`, one] as const,
  );
  return [...new Map(keyed).values()];
}

function pathOf(
  from: Place,
  to: Place,
  { protocol, ports }: PortRange,
  outcome: Outcome,
): NetworkPath {
  const { verdict, settings, cells } = outcome;
  const callers = cells.map(({ caller }) => caller);
  const isNarrow =
    from.kind === "internet" &&
    callers.length > 0 &&
    !callers.some((set) => holds(set, intersection(INTERNET, ALL_V4)));
  return {
    ...{ from, to, protocol, ports, verdict, settings },
    ...(isNarrow && { sources: networksOf(callers.reduce(union)) }),
  };
}

/** Neighbouring ports with the same verdict by the same settings, as one range. */
function merged(paths: readonly NetworkPath[]): readonly NetworkPath[] {
  const result: NetworkPath[] = [];
  const likeness = ({ verdict, settings, sources }: NetworkPath) =>
    JSON.stringify([
      verdict,
      sources,
      settings.map(({ effect, resource, property }) => [effect, resource.urn, property]),
    ]);
  for (const path of paths) {
    const previous = result.at(-1);
    if (previous !== undefined && likeness(previous) === likeness(path)) {
      result[result.length - 1] = { ...previous, ports: [previous.ports[0], path.ports[1]] };
    } else {
      result.push(path);
    }
  }
  return result;
}

function span({ ports }: NetworkPath): number {
  return ports[1] - ports[0];
}
