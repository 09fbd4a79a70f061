import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

import { CLOUDFRONT_REGION } from "../../facts/cloudfront";
import { SERVICE_PRINCIPALS } from "../../facts/service-principals";
import type { Arns } from "../../platform/arns";
import type { Names } from "../../platform/names";
import { policyDocument, type Statement } from "../../platform/policy-documents";
import type { Tags } from "../../platform/tags";
import { hasDistributions } from "../../schema/distribution";
import type { EdgeConfig } from "../../schema/edge";
import { EncryptionKey, logServiceGrant } from "../encryption-key";

export interface CrmEdgeLogsArgs {
  readonly config: EdgeConfig;
  /** Key of the log groups in the stack's region. */
  readonly logsKey: { readonly arn: pulumi.Input<string> };
  /** Days between the deletion of a key and its effect, 7 to 30. */
  readonly keyDeletionWindowDays: number;
  /** Whether Pulumi refuses to delete the key. */
  readonly protect: boolean;
  readonly names: Names;
  readonly arns: Arns;
  readonly tags: Tags;
}

/** Start of the names of AWS WAF's log groups; WAF accepts no other. */
export const FIREWALL_LOGS_PREFIX = "aws-waf-logs";

/** Folder of the logs of DNS queries. */
export const QUERY_LOGS_PREFIX = "/aws/route53";

/**
 * What the edge's logs need in each of their regions: a key, and a resource policy that lets AWS WAF and Route 53 write.
 * An account may have ten such policies in a region, so a stack has one for all its logs.
 */
export class CrmEdgeLogs extends pulumi.ComponentResource {
  private readonly keys = new Map<string, pulumi.Output<string>>();
  private readonly policies = new Map<string, aws.cloudwatch.LogResourcePolicy>();

  public constructor(name: string, args: CrmEdgeLogsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("crm:aws:CrmEdgeLogs", name, {}, opts);

    const { region } = args.arns;
    this.keys.set(region, pulumi.output(args.logsKey.arn));
    this.policies.set(region, this.createPolicy(name, args, region));
    if (isGlobal(args) && region !== CLOUDFRONT_REGION) {
      this.keys.set(CLOUDFRONT_REGION, this.createKey(`${name}-key`, args).arn);
      this.policies.set(
        CLOUDFRONT_REGION,
        this.createPolicy(`${name}-${CLOUDFRONT_REGION}`, args, CLOUDFRONT_REGION),
      );
    }
    this.registerOutputs({});
  }

  /** Key of the log groups in a region. */
  public keyArn(region: string): pulumi.Output<string> {
    return known(this.keys, region);
  }

  /** The permission to write; the sources of the logs depend on it. */
  public policy(region: string): pulumi.Resource {
    return known(this.policies, region);
  }

  private createKey(name: string, args: CrmEdgeLogsArgs): EncryptionKey {
    const arns = args.arns.inRegion(CLOUDFRONT_REGION);
    return new EncryptionKey(
      name,
      {
        alias: args.names.keyAlias("edge-logs"),
        description: "Logs of the edge",
        deletionWindowDays: args.keyDeletionWindowDays,
        protect: args.protect,
        services: [logServiceGrant(arns)],
        region: CLOUDFRONT_REGION,
        arns,
        tags: args.tags,
      },
      { parent: this },
    );
  }

  private createPolicy(
    name: string,
    args: CrmEdgeLogsArgs,
    region: string,
  ): aws.cloudwatch.LogResourcePolicy {
    const arns = args.arns.inRegion(region);
    const statements: Statement[] = [];
    if (region === args.arns.region || hasDistributions(args.config)) {
      const group = `${FIREWALL_LOGS_PREFIX}-${args.names.prefix}-*`;
      const sources = arns.regional("logs", "*");
      statements.push(writes(arns, "FirewallLogs", SERVICE_PRINCIPALS.logDelivery, group, sources));
    }
    if (isGlobal(args) && region === CLOUDFRONT_REGION) {
      const zones = `arn:${arns.partition}:route53:::hostedzone/*`;
      const group = `${QUERY_LOGS_PREFIX}/*`;
      statements.push(writes(arns, "QueryLogs", SERVICE_PRINCIPALS.route53, group, zones));
    }
    return new aws.cloudwatch.LogResourcePolicy(
      name,
      {
        policyName: args.names.of("edge-logs"),
        policyDocument: policyDocument(...statements),
        region,
      },
      { parent: this },
    );
  }
}

/** Whether a log is in us-east-1 wherever the stack is: that of the distributions' firewall, or that of DNS queries. */
function isGlobal({ config }: CrmEdgeLogsArgs): boolean {
  const { role, zone } = config;
  const queries = role === "primary" && zone.id === undefined;
  return hasDistributions(config) || (queries && zone.queryLogging);
}

/** Sources: AWS WAF Developer Guide, "Sending web ACL traffic logs to CloudWatch Logs"; Route 53 Developer Guide, "Public DNS query logging". */
function writes(
  arns: Arns,
  sid: string,
  service: string,
  group: string,
  sourceArn: string,
): Statement {
  return {
    sid,
    principals: { services: [service] },
    actions: ["logs:CreateLogStream", "logs:PutLogEvents"],
    resources: [`${arns.logGroup(group)}:*`],
    conditions: {
      StringEquals: { "aws:SourceAccount": arns.accountId },
      ArnLike: { "aws:SourceArn": sourceArn },
    },
  };
}

function known<T>(byRegion: ReadonlyMap<string, T>, region: string): T {
  const found = byRegion.get(region);
  if (found === undefined) {
    throw new Error(
      `The edge has logs in ${[...byRegion.keys()].join(" and ")}; there are none in ${region}.`,
    );
  }
  return found;
}
