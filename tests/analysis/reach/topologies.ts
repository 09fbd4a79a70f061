/** Random small topologies, with a question about each. */
import type { AclEntry, End, GroupRule, Open, Question, Topology, Value } from "./packets";

/** Numbers from a seed: the same on every run. */
export class Random {
  public constructor(private state: number) {}

  public next(): number {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  public below(count: number): number {
    return Math.floor(this.next() * count);
  }

  public of<T>(list: readonly T[]): T {
    return list[this.below(list.length)]!;
  }

  public odds(chance: number): boolean {
    return this.next() < chance;
  }

  public some<T>(most: number, make: () => T): T[] {
    return Array.from({ length: this.below(most + 1) }, make);
  }
}

export interface Case {
  readonly topology: Topology;
  readonly question: Question;
  /** The number of values of each open value. */
  readonly open: readonly number[];
}

const VPCS = ["10.0.0.0/24", "10.1.0.0/24"];
const SUBNETS = ["10.0.0.0/30", "10.0.0.4/30", "10.1.0.0/30"];
const INSIDE = [...VPCS, ...SUBNETS, "10.0.0.0/31", "10.0.0.4/31", "10.0.0.5/32", "10.0.0.0/8"];
const OUTSIDE = ["203.0.113.0/24", "198.51.100.0/24", "128.0.0.0/1", "8.0.0.0/8"];
const EVERYWHERE = "0.0.0.0/0";
/** Where nothing of a topology is. */
const NOWHERE = "192.168.77.0/24";
const ANY_RULE: readonly GroupRule[] = [{ protocol: "tcp", ports: [443, 443], cidr: EVERYWHERE }];
const ANY_ENTRY: readonly AclEntry[] = [
  { number: 100, allow: true, protocol: "-1", ports: [0, 65_535], cidr: EVERYWHERE },
];
type Ranges = readonly (readonly [number, number])[];
const PORTS: Ranges = [[443, 443], [400, 500], [0, 65_535], [80, 80]]; // prettier-ignore
const REPLIES: Ranges = [[1024, 65_535], [32_768, 65_535], [0, 65_535], [1024, 30_000], [40_000, 65_535], [32_768, 50_000]]; // prettier-ignore

/** What is asked: each pair once, those within the networks and with the internet more often. */
type Pair = readonly [End, End];
const ENDS: readonly Pair[] = [
  ...repeated(3, [["internet", 0], ["internet", 2], [0, 1], [0, 2], [2, 1], [0, "internet"], [2, "internet"]]),
  ...repeated(2, [["edge", 0], ["lambda", 0], ["lambda", 2], [0, 3], [2, 3], [0, "gate"], [2, "gate"], [0, "edge"], [2, "edge"]]),
  ...repeated(1, [["edge", 2], ["internet", "edge"], ["lambda", "edge"], ["lambda", "internet"], ["lambda", 3], ["lambda", "gate"], ["internet", 3]]),
]; // prettier-ignore
/** An endpoint opens no connections, a function takes none. */
const SILENT: readonly Pair[] = [[3, 0], [3, "internet"], ["gate", 2], [0, "lambda"], ["internet", "lambda"]]; // prettier-ignore

function repeated(times: number, list: readonly Pair[]): readonly Pair[] {
  return Array.from({ length: times }, () => list).flat();
}

/** A topology with a question about it. */
export function randomCase(random: Random): Case {
  const open: number[] = [];
  // Of independent choices alone, nearly all topologies would block; most start open and have faults.
  const isOpen = random.odds(0.75);
  const startsOpen = () => isOpen && random.odds(0.93);
  const maybe = <T>(value: T, values: readonly T[]): Value<T> => {
    if (open.length >= 2 || !random.odds(0.08)) return value;
    open.push(values.length);
    return { open: values, at: open.length - 1 } satisfies Open<T>;
  };
  const cidr = () =>
    random.odds(0.5) ? EVERYWHERE : random.odds(0.6) ? random.of(INSIDE) : random.of(OUTSIDE);
  const openCidr = () => maybe(cidr(), [EVERYWHERE, NOWHERE]);
  const protocol = () => random.of(["tcp", "tcp", "-1", "udp"] as const);
  const groupCount = 1 + random.below(3);
  const groupRule = (): GroupRule => ({
    ...{ protocol: protocol(), ports: random.of(PORTS) },
    ...(random.odds(0.1) ? { list: random.of(["cloudfront", "gate"] as const) }
      : random.odds(0.5) ? { cidr: openCidr() }
      : { group: random.below(groupCount) }), // prettier-ignore
  });
  const entries = (): AclEntry[] => {
    const numbers = new Set<number>();
    return random
      .some(4, (): AclEntry | undefined => {
        const number = 10 + random.below(20);
        if (numbers.has(number)) return undefined;
        numbers.add(number);
        return {
          number: maybe(number, [1, 32_000]),
          allow: maybe(random.odds(0.75), [true, false]),
          protocol: protocol(),
          ports: random.of(random.odds(0.5) ? PORTS : REPLIES),
          cidr: openCidr(),
        };
      })
      .filter((entry) => entry !== undefined);
  };
  const tableCount = 3;
  const route = (vpc: number) => {
    const via = random.of(["igw", "igw", "nat", "pcx", "wrong igw"] as const);
    const to =
      via === "pcx" && random.odds(0.8) ? VPCS[1 - vpc]!
      : random.odds(0.7) ? EVERYWHERE
      : random.of([...OUTSIDE, ...INSIDE.filter((one) => !one.endsWith("/31") && !VPCS.includes(one))]); // prettier-ignore
    return { to, via };
  };
  const nat = random.odds(0.7) && { subnet: random.below(2), isPublic: random.odds(0.9) };
  const peering = random.odds(0.7) && { accepted: random.odds(0.9) };
  const tables = Array.from({ length: tableCount }, (_, place) => {
    const vpc = place === 2 ? 1 : 0;
    const base = [{ to: EVERYWHERE, via: "igw" }, { to: VPCS[1 - vpc]!, via: "pcx" }] as const; // prettier-ignore
    const routes = [...random.some(3, () => route(vpc)), ...base.filter(startsOpen)]
      // The NAT gateway is in the first VPC; AWS refuses a route to one of another VPC.
      .filter(({ via }) => (via !== "nat" || (nat && vpc === 0)) && (via !== "pcx" || peering));
    return { vpc, routes: [...new Map(routes.map((one) => [one.to, one])).values()] };
  });
  const aclCount = 2;
  const subnets = SUBNETS.map((network, place) => {
    const vpc = place === 2 ? 1 : 0;
    const table = vpc === 1 ? 2 : random.below(2);
    return {
      ...{ vpc, cidr: network, mapsPublic: random.odds(0.5) },
      ...(random.odds(0.75) && { table }),
      ...(random.odds(0.6) && { acl: random.below(aclCount) }),
    };
  });
  const host = (isService: boolean) => {
    const first = random.below(3);
    const others = first === 2 ? [] : [1 - first];
    const address = !isService && random.odds(0.4) ? addressIn(SUBNETS[first]!, random) : undefined;
    return {
      subnets: [first, ...(isService && random.odds(0.5) ? others : [])],
      ...(address !== undefined && { address }),
      groups: [
        ...new Set([
          random.below(groupCount),
          ...(random.odds(0.3) ? [random.below(groupCount)] : []),
        ]),
      ],
      isPublic:
        isService ? maybe(random.odds(0.6), [true, false])
        : random.odds(0.4) ? undefined
        : maybe(random.odds(0.7), [true, false]), // prettier-ignore
    };
  };
  // Host 0 and 1 are servers, 2 is a service, which may run in two subnets.
  const hosts = [host(false), host(false), host(true), { ...host(true), isPublic: false }];
  const origin = random.odds(0.85) && {
    ...{ inside: random.odds(0.3), port: random.odds(0.9) ? 443 : 8443 },
  };
  const ends = random.of(random.odds(0.97) ? ENDS : SILENT);
  const topology: Topology = {
    vpcs: VPCS.map((network, vpc) => ({
      cidr: network,
      gateway: random.odds(0.85),
      ...(random.odds(0.5) && { main: vpc === 1 ? 2 : random.below(2) }),
    })),
    groups: Array.from({ length: groupCount }, () => ({
      ingress: [...random.some(3, groupRule), ...ANY_RULE.filter(startsOpen)],
      egress: [...random.some(3, groupRule), ...ANY_RULE.filter(startsOpen)],
    })),
    acls: Array.from({ length: aclCount }, () => ({
      ingress: [...entries(), ...ANY_ENTRY.filter(startsOpen)],
      egress: [...entries(), ...ANY_ENTRY.filter(startsOpen)],
    })),
    ...{ tables, subnets, hosts },
    edge: { enabled: random.odds(0.9), ...(origin && { origin }) },
    gate: [0, 1, 2].filter(() => random.odds(0.6)),
    ...(nat && { nat }),
    ...(peering && { peering }),
  };
  const [from, to] = ends;
  return {
    topology,
    // A distribution neither answers nor calls by UDP.
    question: {
      from,
      to,
      protocol: random.odds(0.9) || [from, to].includes("edge") ? "tcp" : "udp",
      port: 443,
    },
    open,
  };
}

function addressIn(cidr: string, random: Random): string {
  const [start] = cidr.split("/");
  const parts = start!.split(".").map(Number);
  return [...parts.slice(0, 3), parts[3]! + random.below(4)].join(".");
}
