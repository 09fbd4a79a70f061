import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

import { parseCidr } from "./shared/cidr";
import type { Tags } from "./shared/tags";

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
export interface SecurityGroupSpec {
  /** What the group's members are; part of the group's description in AWS. Changing it replaces the group. */
  readonly purpose: string;
  readonly ingress: readonly IngressRule[];
  readonly egress: readonly EgressRule[];
}

export interface SecurityGroupsArgs<Name extends string> {
  readonly vpcId: pulumi.Input<string>;
  /** The groups by the names that their rules use. */
  readonly groups: Readonly<Record<Name, SecurityGroupSpec>>;
  /**
   * Prefix list that takes the place of 0.0.0.0/0 as a source, by group: CloudFront's origin-facing
   * addresses for a load balancer that nobody else may reach.
   * @default none
   */
  readonly publicSources?: Readonly<Partial<Record<Name, string>>>;
  readonly tags: Tags;
}

const ANYWHERE = "0.0.0.0/0";

/**
 * Security groups that refer to each other. Every rule is a resource of its own: groups with rules inside
 * them could form a cycle, and a group's inline rules would delete separate ones.
 */
export class SecurityGroups<Name extends string> extends pulumi.ComponentResource {
  /** Ids by the group's name. */
  public readonly ids: Readonly<Record<Name, pulumi.Output<string>>>;

  public constructor(
    name: string,
    private readonly args: SecurityGroupsArgs<Name>,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("crm:aws:SecurityGroups", name, {}, opts);

    const entries = Object.entries(args.groups) as [Name, SecurityGroupSpec][];
    this.ids = Object.fromEntries(
      entries.map(([key, spec]) => [key, this.createGroup(`${name}-${key}`, spec).id]),
    ) as Record<Name, pulumi.Output<string>>;
    for (const [key, spec] of entries) {
      spec.ingress.forEach((rule) => this.createIngress(`${name}-${key}`, key, rule));
      spec.egress.forEach((rule) => this.createEgress(`${name}-${key}`, key, rule));
    }
    this.registerOutputs({ ids: this.ids });
  }

  private createGroup(name: string, spec: SecurityGroupSpec): aws.ec2.SecurityGroup {
    return new aws.ec2.SecurityGroup(
      name,
      {
        // No name: a replacement has to exist before its predecessor can leave the interfaces.
        description: spec.purpose,
        vpcId: this.args.vpcId,
        revokeRulesOnDelete: true,
        tags: { ...this.args.tags, Name: name },
      },
      // Interfaces of functions let go of their group up to 45 minutes after the function is gone.
      { parent: this, customTimeouts: { delete: "45m" } },
    );
  }

  private createIngress(name: string, key: Name, rule: IngressRule): void {
    const prefixListId = rule.source === ANYWHERE ? this.args.publicSources?.[key] : undefined;
    const source = prefixListId === undefined ? rule.source : "cloudfront";
    const ruleName = `${name}-from-${label(source)}-${portLabel(rule.port)}`;
    new aws.vpc.SecurityGroupIngressRule(
      ruleName,
      {
        securityGroupId: this.ids[key],
        ...(prefixListId === undefined ? this.peer(rule.source) : { prefixListId }),
        ...transport(rule),
        description: `${rule.protocol} ${portLabel(rule.port)} from ${source}`,
        tags: { ...this.args.tags, Name: ruleName },
      },
      { parent: this },
    );
  }

  private createEgress(name: string, key: Name, rule: EgressRule): void {
    const ruleName = `${name}-to-${label(rule.destination)}-${portLabel(rule.port)}`;
    new aws.vpc.SecurityGroupEgressRule(
      ruleName,
      {
        securityGroupId: this.ids[key],
        ...this.peer(rule.destination),
        ...transport(rule),
        description: `${rule.protocol} ${portLabel(rule.port)} to ${rule.destination}`,
        tags: { ...this.args.tags, Name: ruleName },
      },
      { parent: this },
    );
  }

  private peer(
    text: string,
  ): { cidrIpv4: string } | { referencedSecurityGroupId: pulumi.Output<string> } {
    return parseCidr(text)
      ? { cidrIpv4: text }
      : { referencedSecurityGroupId: this.ids[text as Name] };
  }
}

function transport(rule: { protocol: string; port: PortRange }) {
  return { ipProtocol: rule.protocol, fromPort: rule.port.from, toPort: rule.port.to };
}

/** A peer as part of a logical name: `0.0.0.0/0` is `anywhere`, `10.0.0.0/16` is `10-0-0-0-16`. */
function label(peer: string): string {
  return peer === ANYWHERE ? "anywhere" : peer.replace(/[./]/g, "-");
}

function portLabel({ from, to }: PortRange): string {
  return from === to ? String(from) : `${from}-${to}`;
}
