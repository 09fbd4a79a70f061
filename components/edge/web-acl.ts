import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

import { CLOUDFRONT_REGION } from "../../facts/cloudfront";
import { ORIGIN_HEADER } from "../../platform/origin-header";
import type { Tags } from "../../platform/tags";
import type { FirewallConfig } from "../../schema/edge";
import { FIREWALL_LOGS_PREFIX, type CrmEdgeLogs } from "./edge-logs";
import { aclRules, type Countries, type CountBy, visibility } from "./web-acl-rules";

export interface CrmWebAclArgs {
  /** Physical name; also the name of its metrics and of its log group after `aws-waf-logs-`. */
  readonly aclName: string;
  readonly description: string;
  /** CLOUDFRONT puts it into us-east-1, for distributions; REGIONAL into the stack's region. */
  readonly scope: "CLOUDFRONT" | "REGIONAL";
  /** The stack's region. */
  readonly region: string;
  readonly config: FirewallConfig;
  /**
   * Which address the rate limit counts. `address`: that of the connection. `viewer`: what the function
   * `viewer-address` writes: behind CloudFront every connection comes from CloudFront.
   */
  readonly countBy: CountBy;
  /** Countries that are served. @default all */
  readonly countries?: Countries;
  /** Origin whose preflights the distributions answer by themselves: none of them is refused. @default none */
  readonly preflightsOf?: string;
  readonly logs: CrmEdgeLogs;
  readonly tags: Tags;
}

/**
 * A web ACL with AWS's managed rule groups, a rate limit and a log without credentials in it. AWS bills
 * the list, each of its groups and rules by the month, and every request.
 */
export class CrmWebAcl extends pulumi.ComponentResource {
  public readonly arn: pulumi.Output<string>;
  /** Name of the web ACL, a dimension of its metrics. */
  public readonly aclName: string;
  public readonly logGroupName: string;

  public constructor(name: string, args: CrmWebAclArgs, opts?: pulumi.ComponentResourceOptions) {
    super("crm:aws:CrmWebAcl", name, {}, opts);

    const region = args.scope === "CLOUDFRONT" ? CLOUDFRONT_REGION : args.region;
    const acl = new aws.wafv2.WebAcl(
      name,
      {
        name: args.aclName,
        description: args.description,
        scope: args.scope,
        region,
        defaultAction: { allow: {} },
        rules: aclRules(args.config, args),
        visibilityConfig: visibility(args.aclName),
        tags: { ...args.tags, Name: args.aclName },
      },
      { parent: this },
    );
    this.aclName = args.aclName;
    this.logGroupName = `${FIREWALL_LOGS_PREFIX}-${args.aclName}`;
    this.createLogging(name, args, acl, region);
    this.arn = acl.arn;
    this.registerOutputs({
      arn: this.arn,
      aclName: this.aclName,
      logGroupName: this.logGroupName,
    });
  }

  private createLogging(
    name: string,
    args: CrmWebAclArgs,
    acl: aws.wafv2.WebAcl,
    region: string,
  ): void {
    const group = new aws.cloudwatch.LogGroup(
      name,
      {
        name: this.logGroupName,
        retentionInDays: args.config.logRetentionDays,
        kmsKeyId: args.logs.keyArn(region),
        region,
        tags: args.tags,
      },
      { parent: this },
    );
    new aws.wafv2.WebAclLoggingConfiguration(
      name,
      {
        resourceArn: acl.arn,
        logDestinationConfigs: [group.arn],
        redactedFields: ["authorization", "cookie", ORIGIN_HEADER].map((header) => ({
          singleHeader: { name: header },
        })),
        ...(!args.config.logAllowed && { loggingFilter: onlyMatches() }),
        region,
      },
      // A web ACL has one, deleted by the ACL's ARN: after the new one, the old one's deletion would remove it.
      { parent: this, dependsOn: [args.logs.policy(region)], deleteBeforeReplace: true },
    );
  }
}

/** Requests that a rule blocked or counted; the others are in the access logs. */
function onlyMatches(): aws.types.input.wafv2.WebAclLoggingConfigurationLoggingFilter {
  const actions = ["BLOCK", "COUNT", "EXCLUDED_AS_COUNT"];
  return {
    defaultBehavior: "DROP",
    filters: [
      {
        behavior: "KEEP",
        requirement: "MEETS_ANY",
        conditions: actions.map((action) => ({ actionCondition: { action } })),
      },
    ],
  };
}
