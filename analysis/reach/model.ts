/**
 * Who can reach what by network: the words in which the derivation speaks. Plain data, so that a table, a rule and a
 * comparison of two plans read the same.
 */

/** A resource of the plan, as a message names it. */
export interface Named {
  readonly urn: string;
  readonly name: string;
  /** Canonical type token. */
  readonly type: string;
}

export type PlaceKind =
  | "internet"
  | "compute"
  | "balancer"
  | "distribution"
  | "store"
  /** An AWS service by an endpoint of the VPC. */
  | "service";

/** Where a connection starts or ends. */
export interface Place {
  /** `internet`, or the resource's URN. */
  readonly id: string;
  /** What a reader sees: the resource's name in the program, or `internet`. */
  readonly label: string;
  readonly kind: PlaceKind;
  /** Absent for the internet. */
  readonly resource?: Named;
  /** TCP or UDP ports on which it answers; empty where it only calls, or where the plan does not say. */
  readonly ports: readonly PortRange[];
}

/** By port any address outside of the stack's networks, by action every caller without an account. */
export const INTERNET_PLACE: Place = {
  ...{ id: "internet", label: "internet", kind: "internet", ports: [] },
};

export type Protocol = "tcp" | "udp";

/** Ports on which a place answers, first and last included. */
export interface PortRange {
  readonly protocol: Protocol;
  readonly ports: readonly [first: number, last: number];
}

/**
 * A setting on a path: `blocks` has to change before anything connects, `unknown` decides and is not known before
 * the first update, `allows` is what lets the connection through.
 */
export interface Setting {
  readonly effect: "blocks" | "unknown" | "allows";
  readonly resource: Named;
  /** Path of the property; absent where a resource of its own would have to be added. */
  readonly property?: string;
  /** A whole sentence without its full stop. */
  readonly says: string;
}

/**
 * Whether one place connects to another, there and back.
 *
 * `reachable`: from at least one subnet of the caller to at least one of the other; settings with the effect
 * `blocks` then say what stops the others. `blocked`: from none, and the settings with the effect `blocks` are all
 * that have to change. `undecided`: the settings with the effect `unknown` decide, those with `allows` are not in doubt.
 */
export interface NetworkPath {
  readonly from: Place;
  readonly to: Place;
  readonly protocol: Protocol;
  readonly ports: readonly [first: number, last: number];
  readonly verdict: "reachable" | "blocked" | "undecided";
  /** For a reachable path from the internet: the networks that get through, where not all do. */
  readonly sources?: readonly string[];
  readonly settings: readonly Setting[];
}
