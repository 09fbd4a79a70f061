/** Connections from an interface that no plan has, in a subnet of what is called: groups alone decide. */
import type { Cell, Variant } from "./decide";
import { besides, type Call, REPLY } from "./ends";
import type { GroupRules, Membership, Peer } from "./groups";
import type { Site, Station } from "./stations";

/** From CloudFront's interfaces, which are in the subnets of the origin. */
export function fromVpcOrigin(
  groups: GroupRules,
  [to, there]: readonly [Station, Site],
  call: Call,
): readonly Variant[] {
  // CloudFront's own group is created with the first origin, and its id is in no plan.
  return [
    variant(groups, [to, there], call, {
      label: "CloudFront",
      isCloudFront: true,
      membership: anyOf(to),
    }),
  ];
}

/** From a caller that can be given an interface there, with the address and groups that it needs. */
export function fromBeside(
  groups: GroupRules,
  from: Station,
  target: readonly [Station, Site],
  call: Call,
): readonly Variant[] {
  const { layers, start } = variant(groups, target, call, {
    label: from.place.label,
    membership: anyOf(from),
  });
  const hopeful = layers.map((layer) => ({
    ...layer,
    filter: (cell: Cell) => layer.filter(cell, true),
  }));
  return [{ start, some: "caller", layers: hopeful }];
}

function variant(
  groups: GroupRules,
  [to, there]: readonly [Station, Site],
  { protocol, port }: Call,
  peer: Peer,
): Variant {
  return {
    start: { caller: besides(there), called: there.addresses, reply: REPLY },
    layers: groups.layer(to.membership, "ingress", peer, protocol, port),
  };
}

function anyOf({ node }: Station): Membership {
  return { keys: new Set(), nodes: [], exact: false, owner: node };
}
