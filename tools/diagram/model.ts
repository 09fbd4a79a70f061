/** What a picture of a stack consists of: nodes and edges by their meaning, free of any position. */

/** Colour groups of nodes, in the order of the legend. */
export const GROUPS = ["outside", "edge", "network", "compute", "data", "events"] as const;

/** What a node belongs to. `outside` is what the stack does not make: users, mailboxes, telephones. */
export type Group = (typeof GROUPS)[number];

/** What an edge means, in the order of the legend. */
export const WAYS = ["request", "data", "event", "copy", "control"] as const;

/**
 * `request`: a user's request goes there. `data`: reads or writes there. `event`: sends a message or is called by
 * one. `copy`: is copied there. `control`: names, checks, deploys.
 */
export type Way = (typeof WAYS)[number];

/** Which part of the network something is in. */
export const TIERS = ["public", "private", "database"] as const;

/** `public` has a route to an internet gateway, `private` to a NAT gateway, `database` to neither. */
export type Tier = (typeof TIERS)[number];

/** What a node is. */
export type Kind =
  | "users"
  | "zone"
  | "distribution"
  | "load-balancer"
  | "service"
  | "function"
  | "database"
  | "cache"
  | "bucket"
  | "registry"
  | "vault"
  | "backup-copy"
  | "queue"
  | "topic"
  | "schedule"
  | "rule"
  | "alarms"
  | "log"
  | "recipient";

/** Something that belongs to a node and has no edges of its own: a firewall, a queue for failures, a target group. */
export interface Part {
  readonly kind: "firewall" | "dead-letters" | "blue" | "green" | "extra";
  readonly text: string;
  /** Name of the resource, where the text does not have it. */
  readonly name?: string;
}

/** One box of the picture. */
export interface Node {
  /** Unique, stable as long as the resource keeps its name: `service-core`. */
  readonly id: string;
  readonly kind: Kind;
  readonly group: Group;
  /** What it is, in AWS's words: `ECS service`. */
  readonly label: string;
  readonly title: string;
  /** Facts, one a line. */
  readonly details: readonly string[];
  readonly parts: readonly Part[];
  /** Where it is; absent for what has no region. */
  readonly region?: string;
  /** Part of the network that it is in; absent outside of the network. */
  readonly tier?: Tier;
  /** URN of the resource that it stands for; absent for what the stack does not make. */
  readonly urn?: string;
}

/** One line of the picture. */
export interface Edge {
  readonly from: string;
  readonly to: string;
  readonly way: Way;
  /** Port, path, what is done; empty where the direction says it all. */
  readonly label: string;
}

/** A subnet as the picture shows it. */
export interface Subnet {
  readonly name: string;
  readonly zone: string;
  readonly tier: Tier;
  /** False if no route table of the plan says its routes: its tier is then `database`, the column of the last resort. */
  readonly routed: boolean;
  /** Address range, `10.0.1.0/24`. */
  readonly cidr: string;
  /** True if a NAT gateway stands in it. */
  readonly nat: boolean;
  /** Zone of the NAT gateway by which it reaches the internet; absent for what reaches it by none. */
  readonly exit?: string;
}

/** The network that the nodes with a tier are in. */
export interface Network {
  readonly name: string;
  readonly cidr: string;
  /** True if the plan does not have the VPC itself, nor its subnets and routes. */
  readonly foreign?: true;
  /** True if it has a way to the internet. */
  readonly gateway: boolean;
  /** Sorted by tier, then by zone. */
  readonly subnets: readonly Subnet[];
  /** AWS services that it reaches without the internet, `ecr.api`; sorted. */
  readonly endpoints: readonly string[];
}

/** A picture of a stack. */
export interface Picture {
  readonly project: string;
  readonly stack: string;
  /** Region of the stack. */
  readonly region: string;
  readonly nodes: readonly Node[];
  readonly edges: readonly Edge[];
  /** Absent when the stack has no network. */
  readonly network?: Network;
  /** Number of resources that a provider manages. */
  readonly resources: number;
  /** Resources of the plan in all: with the stack, components and providers. */
  readonly planned: number;
  /** Resources of the plan that the program only reads. */
  readonly read: number;
  /** How many of those that a provider manages have no box, line or row of their own. */
  readonly supporting: number;
  /** What those are, most first. */
  readonly families: readonly { readonly name: string; readonly count: number }[];
  /** Components whose children the plan lacks. */
  readonly notShown: readonly string[];
}
