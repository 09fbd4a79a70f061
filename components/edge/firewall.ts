import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";

import type { Names } from "../../platform/names";
import { ORIGIN_HEADER, ORIGIN_SECRET, type OriginHeader } from "../../platform/origin-header";
import type { Tags } from "../../platform/tags";
import { hasDistributions } from "../../schema/distribution";
import type { EdgeConfig } from "../../schema/edge";
import type { CrmEdgeLogs } from "./edge-logs";
import { appOrigin } from "./host-names";
import { CrmWebAcl } from "./web-acl";

export interface CrmFirewallArgs {
  readonly config: EdgeConfig;
  /**
   * Value of the secret header, from encrypted configuration. The secondary stack needs the primary's, whose
   * distributions send it. @default generated
   */
  readonly originSecret?: pulumi.Input<string>;
  readonly logs: CrmEdgeLogs;
  readonly names: Names;
  /** The stack's region. */
  readonly region: string;
  readonly tags: Tags;
}

/**
 * The firewall between the internet and the load balancer: a web ACL for the distributions, one for the load
 * balancer, and the secret header that keeps others from going around the former. Without CloudFront the load balancer's
 * checks all that the distributions' would have.
 */
export class CrmFirewall extends pulumi.ComponentResource {
  /** Web ACL of the distributions; none where there are none and where `firewall.enabled` is off. */
  public readonly edgeAcl?: CrmWebAcl;
  /** Web ACL of the load balancer; none where `firewall.enabled` or `firewall.loadBalancer` is off. */
  public readonly loadBalancerAcl?: CrmWebAcl;
  /** Names of the web ACLs that there are, for alarms. */
  public readonly aclNames: { readonly edge?: string; readonly loadBalancer?: string };
  /** The secret header; none where `restrictOrigin` is off. */
  public readonly originHeader?: OriginHeader;

  public constructor(name: string, args: CrmFirewallArgs, opts?: pulumi.ComponentResourceOptions) {
    super("crm:aws:CrmFirewall", name, {}, opts);

    const { config, names, region, logs, tags } = args;
    const { enabled, loadBalancer } = config.firewall;
    const countries = {
      allowed: config.distribution.allowedCountries,
      healthCheckPath: config.healthCheck.path,
    };
    if (enabled && hasDistributions(config)) {
      this.edgeAcl = new CrmWebAcl(
        `${name}-edge`,
        {
          aclName: names.of("edge"),
          description: "Requests to the CRM distributions",
          scope: "CLOUDFRONT",
          region,
          config: config.firewall,
          countBy: "address",
          countries,
          preflightsOf: appOrigin(config),
          logs,
          tags,
        },
        { parent: this },
      );
    }
    if (enabled && loadBalancer) {
      this.loadBalancerAcl = new CrmWebAcl(
        `${name}-load-balancer`,
        {
          aclName: names.of("load-balancer"),
          description: "Requests to the CRM load balancer",
          scope: "REGIONAL",
          region,
          config: config.firewall,
          countBy: config.restrictOrigin ? "viewer" : "address",
          ...(!config.distribution.enabled && { countries }),
          logs,
          tags,
        },
        { parent: this },
      );
    }
    this.aclNames = { edge: this.edgeAcl?.aclName, loadBalancer: this.loadBalancerAcl?.aclName };
    this.originHeader = config.restrictOrigin ? this.createOriginHeader(name, args) : undefined;
    this.registerOutputs({
      edgeAclArn: this.edgeAcl?.arn,
      loadBalancerAclArn: this.loadBalancerAcl?.arn,
    });
  }

  private createOriginHeader(name: string, args: CrmFirewallArgs): OriginHeader {
    const { role, originSecretVersion: version, acceptPreviousOriginSecret } = args.config;
    if (args.originSecret !== undefined) {
      return { name: ORIGIN_HEADER, value: pulumi.secret(args.originSecret) };
    }
    if (role === "secondary") {
      const message =
        `crm:secrets.${ORIGIN_SECRET}: expected the value of the primary stack's header, got nothing, ` +
        `without which its distributions get no answer here. Set it with \`pulumi config set --path crm:secrets.${ORIGIN_SECRET} --secret\`.`;
      if (!pulumi.runtime.isDryRun()) {
        throw new pulumi.RunError(message);
      }
      void pulumi.log.warn(message, this);
      return { name: ORIGIN_HEADER, value: pulumi.secret(pulumi.unknown as string) };
    }
    const generated = (number: number) =>
      new random.RandomPassword(
        `${name}-origin-secret-${number}`,
        { length: 48, special: false },
        { parent: this, additionalSecretOutputs: ["result"] },
      ).result;
    return {
      name: ORIGIN_HEADER,
      value: pulumi.secret(generated(version)),
      previousValue:
        version > 1 && acceptPreviousOriginSecret
          ? pulumi.secret(generated(version - 1))
          : undefined,
    };
  }
}
