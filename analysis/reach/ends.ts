/** The ends of connections: how they call and answer, inside of the stack's networks and outside. */
import { EPHEMERAL_PORTS } from "../../facts/network-defaults";
import { canonicalType } from "../../facts/twin-types";
import { networkOfNode } from "./acls";
import type { AddressSet } from "./addresses";
import type { Cell } from "./decide";
import type { Peer } from "./groups";
import type { Protocol } from "./model";
import type { Site, Station } from "./stations";

const FUNCTION = "aws:lambda/function:Function";

/** The port that is called. */
export interface Call {
  readonly protocol: Protocol;
  readonly port: number;
}

/** An end outside of all networks of the stack. */
export interface FarEnd extends Peer {
  /** Whether any one of its addresses is enough, or it has one that is not known. */
  readonly some: boolean;
}

/** A caller outside of all networks of the stack. */
export interface Outsider extends FarEnd {
  readonly systems: readonly Cell["reply"][];
}

const { linux, windows, managed } = EPHEMERAL_PORTS;

/** Until the caller's system is chosen. */
export const REPLY: Cell["reply"] = managed;

const THE_INTERNET = "the internet";
export const STRANGERS: Outsider = { label: THE_INTERNET, some: true, systems: [linux, windows] };
export const CLOUDFRONT: Outsider = {
  ...{ label: "CloudFront", some: false, isCloudFront: true },
  systems: [managed],
};
/** A NAT gateway, which calls for others from an address that is not known. */
export const nattedAs = (label: string): Outsider => ({ label, some: false, systems: [managed] });

export const TO_INTERNET: FarEnd = { label: THE_INTERNET, some: true };
/** What answers at one address of the internet, and CloudFront at its own ones. */
export const TO_SERVICE: FarEnd = { label: THE_INTERNET, some: false };
export const TO_CLOUDFRONT: FarEnd = { label: THE_INTERNET, some: false, isCloudFront: true };

/** The ports from which a station calls. */
export function systemsOf({ node, spec }: Station): readonly Cell["reply"][] {
  const isManaged = spec.kind === "balancer" || canonicalType(node.type) === FUNCTION;
  return isManaged ? [managed] : [linux, windows];
}

/** The addresses of a site's subnet. */
export function besides({ subnet, addresses }: Site): AddressSet {
  return (subnet && networkOfNode(subnet)) ?? addresses;
}

/** Where a station may be, as a text: two with the same one are in the same places. */
export const endsOf = remembered(({ sites, exact }) => {
  const places = sites.map(({ subnet, foreign, vpc, isDefault, addresses }) => [
    ...[subnet?.urn, foreign, vpc?.urn, isDefault],
    ...addresses.flat(),
  ]);
  return `${exact} ${places.join(" ")}`;
});

/** A station's groups, as a text. */
export const groupsOf = remembered(({ membership: { keys, exact, free, untouched } }) =>
  [exact, free, untouched, ...[...keys].sort()].join(" "),
);

function remembered(textOf: (station: Station) => string): (station: Station) => string {
  const texts = new WeakMap<Station, string>();
  return (station) => {
    const text = texts.get(station) ?? textOf(station);
    texts.set(station, text);
    return text;
  };
}
