import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

import { CLOUDFRONT_REGION } from "../../facts/cloudfront";
import type { Arns } from "../../platform/arns";
import type { Names } from "../../platform/names";
import type { Tags } from "../../platform/tags";
import { certificateLabels } from "../../schema/cloudfront-access";
import type { EdgeConfig } from "../../schema/edge";
import type { PublicRoutes } from "../../schema/services";
import { CrmCertificate } from "./certificate";
import { QUERY_LOGS_PREFIX, type CrmEdgeLogs } from "./edge-logs";
import { hostNames, type HostNames } from "./host-names";
import { ZoneSigning } from "./zone-signing";

export interface CrmDnsArgs {
  readonly config: EdgeConfig;
  /** That of the configuration. */
  readonly domain: string;
  /** Hosts of services, by label. @default none */
  readonly services?: PublicRoutes;
  /** Certificate of the load balancer that exists. @default none: the stack creates one */
  readonly certificateArn?: string;
  /** Keys and rights of the edge's logs. */
  readonly logs: CrmEdgeLogs;
  /** Days between the deletion of a key and its effect, 7 to 30. */
  readonly keyDeletionWindowDays: number;
  readonly names: Names;
  readonly arns: Arns;
  readonly tags: Tags;
}

/** Seconds that resolvers keep records which hardly ever change. */
const SLOW_TTL = 3600;

/** Seconds that resolvers keep validation records. */
const VALIDATION_TTL = 300;

/**
 * The hosted zone and the certificates, which the load balancer and the distributions need first. In the
 * role `secondary` it creates only the region's certificate, validated by the records of the primary stack.
 * A zone costs by the month, certificates nothing.
 */
export class CrmDns extends pulumi.ComponentResource {
  public readonly hosts: HostNames;
  /** What services add to the API's host, with whole host names. */
  public readonly services: PublicRoutes;
  /** URL that answers 200 while the platform is healthy in the primary region: through CloudFront as customers' requests, else by that region's own host. */
  public readonly healthUrl: string;
  /** URLs that a deployment requests at its end. */
  public readonly probeUrls: readonly string[];
  public readonly zoneId: pulumi.Output<string>;
  /** Name servers that the parent zone has to name; none for a zone that the stack did not create. */
  public readonly nameServers?: pulumi.Output<string[]>;
  /** DS record that the parent zone has to publish; none without signing. */
  public readonly dsRecord?: pulumi.Output<string>;
  /** Issued certificate of the distributions, in us-east-1; none where there are none. */
  public readonly viewerCertificateArn?: pulumi.Output<string>;
  /** Issued certificate of the load balancer, in the stack's region; the stack's own has the origin's host as its subject. */
  public readonly loadBalancerCertificateArn: pulumi.Output<string>;

  public constructor(
    name: string,
    private readonly args: CrmDnsArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("crm:aws:CrmDns", name, {}, opts);

    const { config } = args;
    const primary = config.role === "primary";
    this.hosts = hostNames(args.domain, config.hosts);
    const { hosts = [], grpc = false } = args.services ?? {};
    const platform: readonly string[] = Object.values(config.hosts);
    const added = hosts.filter((label) => !platform.includes(label));
    this.services = { hosts: added.map((label) => `${label}.${args.domain}`), grpc };
    const { api: apiHost, primary: primaryHost } = this.hosts;
    const checked = config.distribution.enabled ? apiHost : primaryHost;
    this.healthUrl = `https://${checked}${config.healthCheck.path}`;
    const probed = config.probePaths ?? [config.healthCheck.path];
    this.probeUrls = probed.map((path) => `https://${this.hosts.api}${path}`);
    const zone = this.createZone(name);
    this.zoneId = zone?.zoneId ?? pulumi.output(config.zone.id!);
    this.nameServers = zone?.nameServers;
    if (primary && (config.zone.authorizeIssuers ?? zone !== undefined)) {
      this.createPolicyRecords(name);
    }
    if (zone !== undefined) {
      this.createQueryLog(name);
      this.dsRecord = this.createSigning(name);
    }
    if (primary) {
      this.createDelegations(name);
    }

    const labels = certificateLabels(config, hosts);
    const named = (kind: "viewer" | "balancer") =>
      labels[kind].map((label) => `${label}.${args.domain}`);
    const exists = { viewer: config.distribution.certificateArn, balancer: args.certificateArn };
    const viewer =
      exists.viewer === undefined && labels.viewer.length > 0
        ? this.createCertificate(`${name}-viewer`, named("viewer"), CLOUDFRONT_REGION)
        : undefined;
    const balancer =
      exists.balancer === undefined
        ? this.createCertificate(`${name}-load-balancer`, named("balancer"), args.arns.region)
        : undefined;
    const own = [viewer, balancer].filter((one) => one !== undefined);
    const records = primary ? this.createValidation(name, own) : [];
    this.viewerCertificateArn =
      viewer?.certificate.issued(records) ??
      (exists.viewer === undefined ? undefined : pulumi.output(exists.viewer));
    this.loadBalancerCertificateArn =
      balancer?.certificate.issued(records) ?? pulumi.output(exists.balancer!);

    this.registerOutputs({
      hosts: this.hosts,
      zoneId: this.zoneId,
      nameServers: this.nameServers,
      dsRecord: this.dsRecord,
      viewerCertificateArn: this.viewerCertificateArn,
      loadBalancerCertificateArn: this.loadBalancerCertificateArn,
    });
  }

  private createZone(name: string): aws.route53.Zone | undefined {
    const { config, domain, tags } = this.args;
    if (config.zone.id !== undefined) {
      return undefined;
    }
    return new aws.route53.Zone(
      name,
      {
        name: domain,
        comment: "CRM platform",
        forceDestroy: false,
        enableAcceleratedRecovery: config.zone.acceleratedRecovery,
        tags: { ...tags, Name: domain },
      },
      { parent: this, protect: config.protect },
    );
  }

  /** Who may issue certificates: RFC 8659. */
  private createPolicyRecords(name: string): void {
    const { config, domain, tags } = this.args;
    const { zone } = config;
    new aws.route53.Record(
      `${name}-caa`,
      {
        zoneId: this.zoneId,
        name: domain,
        type: "CAA",
        ttl: SLOW_TTL,
        records: [
          ...zone.issuers.map((issuer) => `0 issue "${issuer}"`),
          `0 iodef "mailto:${zone.violationMailbox ?? tags.Owner}"`,
        ],
      },
      { parent: this },
    );
  }

  private createDelegations(name: string): void {
    const { domain, config } = this.args;
    const { zone } = config;
    for (const [label, servers] of Object.entries(zone.delegations)) {
      new aws.route53.Record(
        `${name}-delegation-${label}`,
        {
          zoneId: this.zoneId,
          name: `${label}.${domain}`,
          type: "NS",
          ttl: SLOW_TTL,
          records: [...servers],
        },
        { parent: this },
      );
    }
  }

  /** Route 53 writes the log of queries to us-east-1 only. */
  private createQueryLog(name: string): void {
    const { config, domain, logs, tags } = this.args;
    if (!config.zone.queryLogging) {
      return;
    }
    const group = new aws.cloudwatch.LogGroup(
      `${name}-queries`,
      {
        name: `${QUERY_LOGS_PREFIX}/${domain}`,
        retentionInDays: config.dnsLogRetentionDays,
        kmsKeyId: logs.keyArn(CLOUDFRONT_REGION),
        region: CLOUDFRONT_REGION,
        tags,
      },
      { parent: this },
    );
    new aws.route53.QueryLog(
      `${name}-queries`,
      { zoneId: this.zoneId, cloudwatchLogGroupArn: group.arn },
      // A zone has one: Route 53 refuses a second.
      { parent: this, dependsOn: [logs.policy(CLOUDFRONT_REGION)], deleteBeforeReplace: true },
    );
  }

  private createSigning(name: string): pulumi.Output<string> | undefined {
    const { config, keyDeletionWindowDays, names, arns, tags } = this.args;
    if (!config.zone.dnssec) {
      return undefined;
    }
    const signing = new ZoneSigning(
      `${name}-signing`,
      {
        zoneId: this.zoneId,
        protect: config.protect,
        keyDeletionWindowDays,
        names,
        arns,
        tags,
      },
      { parent: this },
    );
    return signing.dsRecord;
  }

  private createCertificate(name: string, hosts: readonly string[], region: string) {
    const certificate = new CrmCertificate(
      name,
      { hosts, region, tags: this.args.tags },
      { parent: this },
    );
    return { hosts, certificate };
  }

  /** One record a host, of whichever certificate, as their tokens are the same: their number is known before ACM names them. */
  private createValidation(
    name: string,
    certificates: readonly { hosts: readonly string[]; certificate: CrmCertificate }[],
  ): aws.route53.Record[] {
    const proofs = certificates.flatMap(({ hosts, certificate }) =>
      hosts.map((host) => ({ host, certificate })),
    );
    const first = proofs.filter(
      ({ host }, index) => proofs.findIndex((proof) => proof.host === host) === index,
    );
    // Another certificate of the account may have the same record in a zone that exists, and is renewed only while it is there.
    const isShared = this.args.config.zone.id !== undefined;
    return first.map(({ host, certificate }) => {
      const validation = certificate.validation(host);
      return new aws.route53.Record(
        `${name}-validation-${host}`,
        {
          zoneId: this.zoneId,
          name: validation.apply((record) => record.name),
          type: "CNAME",
          ttl: VALIDATION_TTL,
          records: [validation.apply((record) => record.value)],
          ...(isShared && { allowOverwrite: true }),
        },
        { parent: this, retainOnDelete: isShared },
      );
    });
  }
}
