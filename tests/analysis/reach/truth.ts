/** What is true of a topology: all packets, tried one by one. */
import { Packets } from "./packet-ends";
import {
  addressesIn,
  type Choice,
  type End,
  NAT_PORTS,
  numberOf,
  type Question,
  type Repairs,
  STRANGERS,
  SYSTEMS,
  type Topology,
} from "./packets";

/** What an exhaustive trial of all packets says. */
export interface Truth {
  readonly verdict: "reachable" | "blocked" | "undecided";
  /** By pair of subnets: connects with all addresses, ports and values, with some, or with none. */
  readonly pairs: readonly ("all" | "some" | "none")[];
}

/** All choices of the open values. */
function choicesOf(open: readonly number[]): Choice[] {
  return open.reduce<number[][]>(
    (choices, count) =>
      choices.flatMap((one) => [...Array(count).keys()].map((value) => [...one, value])),
    [[]],
  );
}

/** The addresses of an end in one of the subnets; a distribution may call from beside its origin, which is there. */
function addressesOf(topology: Topology, end: End, at: number, there: number): number[] {
  if (end === "edge" && topology.edge.origin?.inside) return addressesIn(topology, there);
  if (typeof end !== "number") return [0];
  const { address } = topology.hosts[end]!;
  return address === undefined ? addressesIn(topology, at) : [numberOf(address)];
}

/** Tries all. `open` has the number of values of each open value. */
export function truthOf(
  topology: Topology,
  question: Question,
  open: readonly number[],
  repairs: Repairs = new Set(),
): Truth {
  const sitesOf = (end: End) => (typeof end === "number" ? topology.hosts[end]!.subnets : [0]);
  const { from, to } = question;
  // Of the internet some address is enough; AWS calls and answers from one that is not known.
  const isOfAws = from === "edge" || from === "lambda";
  const isUnknown = isOfAws || to === "edge" || to === "gate";
  const isOutside = typeof from !== "number" || typeof to !== "number";
  const foreign =
    isUnknown ? STRANGERS.map((one) => [one])
    : isOutside ? [STRANGERS]
    : [STRANGERS.slice(0, 1)]; // prettier-ignore
  const worlds = choicesOf(open).map((choice) => new Packets(topology, choice, repairs));
  const pairs = sitesOf(from).flatMap((at) =>
    sitesOf(to).map((there) => {
      const ends = worlds.flatMap((world) =>
        addressesOf(topology, from, at, there).flatMap((source) =>
          addressesOf(topology, to, there, at).flatMap((target) =>
            foreign.map((strangers) => ({ world, at, there, from: source, to: target, strangers })),
          ),
        ),
      );
      // Only an ACL tells answers by their port.
      const hasAcl = topology.subnets.some(({ acl }) => acl !== undefined);
      const own = isOfAws ? [NAT_PORTS] : Object.values(SYSTEMS);
      const systems = own.map((ports) => (hasAcl ? ports : ports.slice(0, 1)));
      const isByNat = typeof to !== "number" && topology.nat !== undefined && hasAcl;
      const natPorts = isByNat ? NAT_PORTS : NAT_PORTS.slice(0, 1);
      const trials = ends.map(({ world, strangers, ...end }) => ({
        world,
        sent: strangers
          .map((stranger) => ({ ...end, stranger }))
          .filter((trial) => world.gets(question, trial)),
      }));
      // For a caller of one of the systems, from all of its ports.
      const always = systems.some((ports) =>
        trials.every(({ world, sent }) =>
          sent.some((trial) =>
            ports.every((own) =>
              natPorts.every((natPort) => world.answers(question, trial, own, natPort)),
            ),
          ),
        ),
      );
      if (always) return "all";
      const owns = [...new Set(systems.flat())];
      const ever = trials.some(({ world, sent }) =>
        sent.some((trial) =>
          owns.some((own) =>
            natPorts.some((natPort) => world.answers(question, trial, own, natPort)),
          ),
        ),
      );
      return ever ? "some" : "none";
    }),
  );
  const verdict = pairs.includes("all")
    ? "reachable"
    : pairs.includes("some")
      ? "undecided"
      : "blocked";
  return { verdict, pairs };
}
