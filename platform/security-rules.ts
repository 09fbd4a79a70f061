/** The rules of security groups that name each other, as plain values. */
import { mapped } from "./records";

/** A port (`from` equal to `to`) or a range of ports. */
export interface PortRange {
  readonly from: number;
  readonly to: number;
}

/** Connections that a group accepts. */
export interface IngressRule {
  readonly port: PortRange;
  readonly protocol: string;
  /** Name of another group, or an IPv4 network. */
  readonly source: string;
}

/** Connections that a group's members may open. */
export interface EgressRule {
  readonly port: PortRange;
  readonly protocol: string;
  /** Name of another group, or an IPv4 network. */
  readonly destination: string;
}

/** What one group accepts and may connect to. */
export interface GroupRules {
  readonly ingress: readonly IngressRule[];
  readonly egress: readonly EgressRule[];
}

/** The network of all IPv4 addresses. */
export const ANYWHERE = "0.0.0.0/0";

/** The port of HTTPS. */
export const HTTPS_PORT = 443;

/** A rule of either direction with its place: `direction` is the list, `index` the position in it. */
export interface PlacedRule {
  readonly group: string;
  readonly direction: "ingress" | "egress";
  readonly index: number;
  readonly port: PortRange;
  readonly protocol: string;
  /** Group or network at the other end. */
  readonly peer: string;
}

/** All rules of all groups, in the order of the groups, ingress first. */
export function placedRules(groups: Readonly<Record<string, GroupRules>>): PlacedRule[] {
  return Object.entries(groups).flatMap(([group, { ingress, egress }]) => [
    ...ingress.map((rule, index) => placed(group, "ingress", index, rule, rule.source)),
    ...egress.map((rule, index) => placed(group, "egress", index, rule, rule.destination)),
  ]);
}

/**
 * Rules between two of the groups whose other half is missing: a connection needs the opener's egress and
 * the accepter's ingress.
 */
export function unansweredRules(groups: Readonly<Record<string, GroupRules>>): PlacedRule[] {
  const all = placedRules(groups);
  return all.filter(
    (rule) =>
      Object.hasOwn(groups, rule.peer) &&
      !all.some(
        (other) =>
          other.direction !== rule.direction &&
          other.group === rule.peer &&
          other.peer === rule.group &&
          other.protocol === rule.protocol &&
          other.port.from <= rule.port.from &&
          rule.port.to <= other.port.to,
      ),
  );
}

/** Rules that say again what an earlier rule of the same group says; AWS refuses the second one. */
export function repeatedRules(groups: Readonly<Record<string, GroupRules>>): PlacedRule[] {
  const seen = new Set<string>();
  return placedRules(groups).filter((rule) => {
    const key = `${rule.group} ${ruleText(rule)}`;
    const repeated = seen.has(key);
    seen.add(key);
    return repeated;
  });
}

/** The groups' rules without those that lead to one group or come from it; it has none itself. */
export function withoutGroup<Name extends string>(
  groups: Readonly<Record<Name, GroupRules>>,
  gone: Name,
): Record<Name, GroupRules> {
  return mapped<GroupRules, GroupRules>(groups, ({ ingress, egress }, name) => ({
    ingress: name === gone ? [] : ingress.filter(({ source }) => source !== gone),
    egress: name === gone ? [] : egress.filter(({ destination }) => destination !== gone),
  }));
}

/**
 * Rules for a load balancer behind CloudFront. Of the ports open to everybody HTTPS alone stays: CloudFront's
 * prefix list counts as nearly all of the rules that a group may have (facts/prefix-lists.ts), so it fits once, and CloudFront itself sends
 * plain HTTP to HTTPS. A load balancer without a certificate has another port.
 * Source: https://docs.aws.amazon.com/vpc/latest/userguide/working-with-aws-managed-prefix-lists.html
 */
export function behindCloudFront(
  ingress: readonly IngressRule[],
  port = HTTPS_PORT,
): IngressRule[] {
  return ingress.filter(
    ({ source, port: range }) => source !== ANYWHERE || (range.from === port && range.to === port),
  );
}

/** A rule in words, such as `tcp 3000-3010 from alb`. */
export function ruleText(rule: Omit<PlacedRule, "group" | "index">): string {
  const preposition = rule.direction === "ingress" ? "from" : "to";
  return `${rule.protocol} ${portText(rule.port)} ${preposition} ${rule.peer}`;
}

/** `443` or `3000-3010`. */
export function portText({ from, to }: PortRange): string {
  return from === to ? String(from) : `${from}-${to}`;
}

function placed(
  group: string,
  direction: "ingress" | "egress",
  index: number,
  { port, protocol }: { port: PortRange; protocol: string },
  peer: string,
): PlacedRule {
  return { group, direction, index, port, protocol, peer };
}
