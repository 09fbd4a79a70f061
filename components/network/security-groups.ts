import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

import { parseCidr } from "../../facts/cidr";
import { INTERFACE_RELEASE } from "../../facts/interface-release";
import {
  ANYWHERE,
  portText,
  ruleText,
  type EgressRule,
  type GroupRules,
  type IngressRule,
  type PortRange,
} from "../../platform/security-rules";
import type { Tags } from "../../platform/tags";

/** What one group accepts and may connect to. */
export interface SecurityGroupSpec extends GroupRules {
  /** What the group's members are; the group's description in AWS. Changing it replaces the group. */
  readonly purpose: string;
}

export interface SecurityGroupsArgs<Name extends string> {
  readonly vpcId: pulumi.Input<string>;
  /** The groups by the names that their rules use. */
  readonly groups: Readonly<Partial<Record<Name, SecurityGroupSpec>>>;
  /** Ids of further groups that the rules may name. @default none */
  readonly peers?: Readonly<Record<string, pulumi.Input<string>>>;
  /**
   * Prefix list that replaces 0.0.0.0/0 as a source, by group: CloudFront's origin-facing
   * addresses for a load balancer that accepts CloudFront only.
   * @default none
   */
  readonly publicSources?: Readonly<Partial<Record<Name, string>>>;
  readonly tags: Tags;
}

/**
 * Security groups that refer to each other. Every rule is a resource of its own: groups with rules inside
 * them could form a cycle, and a group's inline rules would delete separate ones. A group without egress
 * rules allows no egress: the provider removes the rule that AWS gives every new group.
 */
export class SecurityGroups<Name extends string> extends pulumi.ComponentResource {
  /** Ids by the name of each group that there is. */
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
      { parent: this, customTimeouts: { delete: INTERFACE_RELEASE.timeout } },
    );
  }

  private createIngress(name: string, key: Name, rule: IngressRule): void {
    const prefixListId = rule.source === ANYWHERE ? this.args.publicSources?.[key] : undefined;
    const source = prefixListId === undefined ? rule.source : "cloudfront";
    const ruleName = `${name}-from-${label(source)}-${transportLabel(rule)}`;
    new aws.vpc.SecurityGroupIngressRule(
      ruleName,
      {
        securityGroupId: this.ids[key],
        ...(prefixListId === undefined ? this.peer(rule.source) : { prefixListId }),
        ...transport(rule),
        description: ruleText({ ...rule, direction: "ingress", peer: source }),
        tags: { ...this.args.tags, Name: ruleName },
      },
      { parent: this },
    );
  }

  private createEgress(name: string, key: Name, rule: EgressRule): void {
    const ruleName = `${name}-to-${label(rule.destination)}-${transportLabel(rule)}`;
    new aws.vpc.SecurityGroupEgressRule(
      ruleName,
      {
        securityGroupId: this.ids[key],
        ...this.peer(rule.destination),
        ...transport(rule),
        description: ruleText({ ...rule, direction: "egress", peer: rule.destination }),
        tags: { ...this.args.tags, Name: ruleName },
      },
      { parent: this },
    );
  }

  private peer(
    text: string,
  ): { cidrIpv4: string } | { referencedSecurityGroupId: pulumi.Input<string> } {
    if (parseCidr(text)) {
      return { cidrIpv4: text };
    }
    const known = { ...this.args.peers, ...this.ids };
    const id: pulumi.Input<string> | undefined = known[text as Name];
    if (id === undefined) {
      throw new Error(
        `The rule's peer "${text}" is neither an IPv4 network nor one of the groups ${Object.keys(known).join(", ")}.`,
      );
    }
    return { referencedSecurityGroupId: id };
  }
}

function transport(rule: { protocol: string; port: PortRange }) {
  return { ipProtocol: rule.protocol, fromPort: rule.port.from, toPort: rule.port.to };
}

/** A peer as part of a logical name: `0.0.0.0/0` is `anywhere`, `10.0.0.0/16` is `10-0-0-0-16`. */
function label(peer: string): string {
  return peer === ANYWHERE ? "anywhere" : peer.replace(/[./]/g, "-");
}

/** Ports as part of a logical name, with the protocol where it is not TCP: `443`, `udp-53`. */
function transportLabel(rule: { protocol: string; port: PortRange }): string {
  return rule.protocol === "tcp" ? portText(rule.port) : `${rule.protocol}-${portText(rule.port)}`;
}
