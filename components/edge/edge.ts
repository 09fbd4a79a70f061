import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

import type { Names } from "../../platform/names";
import type { OriginHeader } from "../../platform/origin-header";
import type { Tags } from "../../platform/tags";
import { hasDistributions } from "../../schema/distribution";
import type { EdgeConfig } from "../../schema/edge";
import type { PublicRoutes } from "../../schema/services";
import { DistributionLogs } from "./distribution-logs";
import { Distributions, type AssetsBucket, type OwnHosts } from "./distributions";
import type { HostNames } from "./host-names";
import { MaintenancePages } from "./maintenance-pages";
import { standbyHealth, type StandbyHealthArgs } from "./standby-health";

/** A load balancer as DNS sees it. */
export interface LoadBalancerAddress {
  readonly arn: pulumi.Input<string>;
  /** What answers behind it. */
  readonly listener: pulumi.Resource;
  readonly dnsName: pulumi.Input<string>;
  /** The load balancer's own hosted zone, not the platform's. */
  readonly zoneId: pulumi.Input<string>;
}

/** What the distributions need. */
export interface DistributedEdgeArgs {
  /** Issued certificate of the distributions, in us-east-1. None without host names. */
  readonly viewerCertificateArn?: pulumi.Input<string>;
  /** Web ACL of the distributions. @default none */
  readonly webAclArn: pulumi.Input<string> | undefined;
  /** Header that the load balancer requires. @default none */
  readonly originHeader?: OriginHeader;
  /** Bucket of the application's files. */
  readonly assets: AssetsBucket;
  /** Its copy in another region. @default none */
  readonly assetsCopy?: AssetsBucket;
  /** That bucket and its replication. */
  readonly assetsStartAfter: readonly pulumi.Resource[];
  /** Rules of the load balancer: a new secret header is sent when they accept it. */
  readonly rules: readonly pulumi.Resource[];
  /** Bucket for access logs, by ARN. */
  readonly accessLogsBucketArn: string;
  /** Policy of that bucket: log delivery must be able to write. */
  readonly logsStartAfter: readonly pulumi.Resource[];
}

export interface CrmEdgeArgs {
  readonly config: EdgeConfig;
  /** The platform's names and the zone that has them. @default none: a distribution has CloudFront's own */
  readonly dns?: {
    readonly hosts: HostNames;
    readonly services: PublicRoutes;
    readonly zoneId: pulumi.Input<string>;
  };
  /** The load balancer of this stack. */
  readonly loadBalancer: LoadBalancerAddress;
  /** Present where there are distributions: in the role `primary`, unless `distribution.enabled` is off. */
  readonly distributed?: DistributedEdgeArgs;
  /** Its region, if it is a pilot light: DNS follows whether it serves. @default none: it serves whenever it exists */
  readonly standsIn?: string;
  /** The service whose tasks DNS follows, and the topic that is notified. @default none */
  readonly standbyHealth?: Partial<Pick<StandbyHealthArgs, "service">> &
    Pick<StandbyHealthArgs, "topicArn" | "runbooks">;
  /** What must exist before a standby host or, without distributions, a public one leads here: the services. @default nothing */
  readonly startAfter?: readonly pulumi.Resource[];
  readonly names: Names;
  readonly tags: Tags;
}

/** Ids of the distributions, by name; the API's only if it has a host of its own. */
export type DistributionIds = Readonly<{
  app: pulumi.Output<string>;
  api?: pulumi.Output<string>;
}>;

/** CloudFront's own name, by which both the application and the API are reached. */
export interface UnnamedPlace {
  readonly hosts: Readonly<Record<"app" | "api", pulumi.Output<string>>>;
  readonly healthUrl: pulumi.Output<string>;
  readonly probeUrls: readonly pulumi.Output<string>[];
}

export interface WatchedEdge {
  /** None where there are no distributions. */
  readonly distributions?: DistributionIds;
  /** None in the role `secondary`. */
  readonly healthCheckId?: pulumi.Output<string>;
}

/** Records of a host by address family. */
const FAMILIES = ["A", "AAAA"] as const;

/** Share of the recovery stack's record; the primary region's own is 0, so it answers only when no other is there. */
const RECOVERY_WEIGHT = 100;

/**
 * The public entry of the platform: distributions and DNS records. In the role `primary` everything that is global; in the
 * role `secondary` one record, with which the recovery stack takes its place behind the standby host.
 *
 * `origin` is a failover pair: the primary region's load balancer while the health check passes, else the
 * standby host. That is a weighted set: the recovery stack's load balancer, or the primary region's own as long
 * as there is none or it has no tasks; if no task answers, the distributions show a maintenance page. So the recovery stack
 * takes over without a change of the primary stack. While `healthCheck.holdStandby` is set, the standby stays in
 * place although the primary region is healthy again: its database has the data written since.
 *
 * Without a domain there is one distribution with CloudFront's own name, and nothing decides where requests go. Without
 * distributions the public names lead where `origin` does, and the health check asks the primary region's own host.
 */
export class CrmEdge extends pulumi.ComponentResource {
  /** The distributions' ids; none where there are none. */
  public readonly distributionIds?: DistributionIds;
  /** Health check of the primary region; its metrics are in us-east-1. None in the role `secondary`. */
  public readonly healthCheckId?: pulumi.Output<string>;
  /** What a stack without a domain has instead of its own names. */
  public readonly unnamed?: UnnamedPlace;
  /** Records of the public host names; none in the role `secondary`. */
  public readonly records: readonly pulumi.Resource[] = [];
  /** Values for the alarms. */
  public readonly watched: WatchedEdge;

  public constructor(
    name: string,
    private readonly args: CrmEdgeArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("crm:aws:CrmEdge", name, {}, opts);

    const distributed = hasDistributions(args.config);
    if (distributed !== (args.distributed !== undefined)) {
      throw new Error(
        `The stack has ${distributed ? "" : "no "}distributions; the argument distributed is ${distributed ? "missing" : "for one that has"}.`,
      );
    }
    if (args.config.role === "secondary") {
      this.createStandby(name);
    } else if (args.distributed === undefined) {
      const standby = this.createLastStandby(name);
      // In a stack that had CloudFront, the load balancer's rules must stop to ask for its header first.
      const { check, records } = this.createOrigin(name, args.startAfter ?? [], standby);
      this.healthCheckId = check.id;
      this.records = this.createBalancerRecords(name, records);
    } else {
      const distributions = this.createDistributions(name, args.distributed);
      const { app, api } = distributions;
      this.distributionIds = { app: app.id, ...(api && { api: api.id }) };
      if (api === undefined) {
        this.unnamed = unnamedPlace(args.config, app.domainName);
      } else {
        const records = this.createViewerRecords(name, { app, api });
        const standby = this.createLastStandby(name);
        this.healthCheckId = this.createOrigin(name, records, standby).check.id;
        this.records = records;
      }
    }
    this.watched = { distributions: this.distributionIds, healthCheckId: this.healthCheckId };
    this.registerOutputs({
      healthCheckId: this.healthCheckId,
    });
  }

  private createDistributions(name: string, primary: DistributedEdgeArgs): Distributions {
    const { config, names, tags } = this.args;
    const distributions = new Distributions(
      `${name}-distributions`,
      {
        config,
        place: this.ownHosts(primary) ?? {
          ...this.args.loadBalancer,
          startAfter: [this.args.loadBalancer.listener],
        },
        webAclArn: primary.webAclArn,
        originHeader: primary.originHeader,
        assets: primary.assets,
        assetsCopy: primary.assetsCopy,
        startAfter: primary.rules,
        names,
        tags,
      },
      { parent: this },
    );
    new MaintenancePages(
      `${name}-maintenance`,
      { bucketName: primary.assets.bucketName, startAfter: primary.assetsStartAfter, tags },
      { parent: this },
    );
    const { app, api } = distributions;
    new DistributionLogs(
      `${name}-logs`,
      {
        distributions: { app, ...(api && { api }) },
        bucketArn: primary.accessLogsBucketArn,
        startAfter: primary.logsStartAfter,
        names,
        tags,
      },
      { parent: this },
    );
    return distributions;
  }

  private ownHosts({ viewerCertificateArn }: DistributedEdgeArgs): OwnHosts | undefined {
    const { hosts, services } = this.args.dns ?? {};
    if ((hosts === undefined) !== (viewerCertificateArn === undefined)) {
      throw new Error("Host names and their certificate come together.");
    }
    return hosts && { hosts, services: services!, certificateArn: viewerCertificateArn! };
  }

  /** Asked for where there are host names alone. */
  private get dns(): NonNullable<CrmEdgeArgs["dns"]> {
    return this.args.dns!;
  }

  private createViewerRecords(
    name: string,
    distributions: Readonly<Record<"app" | "api", aws.cloudfront.Distribution>>,
  ): aws.route53.Record[] {
    const { hosts, services } = this.dns;
    const { app, api } = distributions;
    const leading: [string, string, aws.cloudfront.Distribution][] = [
      ["app", hosts.app, app],
      ["api", hosts.api, api],
      ...services.hosts.map((host): [string, string, typeof api] => [host, host, api]),
    ];
    return leading.flatMap(([word, host, { domainName, hostedZoneId }]) =>
      FAMILIES.map((type) =>
        this.createRecord(`${name}-${word}-${type.toLowerCase()}`, host, {
          type,
          aliases: [alias(domainName, hostedZoneId)],
        }),
      ),
    );
  }

  /** The public names without distributions: where `origin` leads, so that they move with it. */
  private createBalancerRecords(
    name: string,
    origin: readonly aws.route53.Record[],
  ): aws.route53.Record[] {
    const { hosts, services, zoneId } = this.dns;
    const named = { app: hosts.app, api: hosts.api };
    const all = [...Object.entries(named), ...services.hosts.map((host) => [host, host] as const)];
    return all.map(([word, host]) =>
      this.createRecord(
        `${name}-${word}-a`,
        host,
        { type: "A", aliases: [alias(hosts.origin, zoneId)] },
        // Route 53 refuses an alias of a record that is not there.
        origin,
      ),
    );
  }

  /** The last of the standby's answers: chosen only where no record of the set has a weight above 0. */
  private createLastStandby(name: string): aws.route53.Record {
    const { loadBalancer } = this.args;
    const { hosts } = this.dns;
    return this.createRecord(`${name}-standby-primary`, hosts.standby, {
      type: "A",
      setIdentifier: "primary",
      weightedRoutingPolicies: [{ weight: 0 }],
      aliases: [alias(loadBalancer.dnsName, loadBalancer.zoneId)],
    });
  }

  /** The recovery stack's place behind the standby host. */
  private createStandby(name: string): void {
    const { loadBalancer, startAfter } = this.args;
    const { hosts } = this.dns;
    const check = this.createStandbyHealth(name);
    this.createRecord(
      `${name}-standby-recovery`,
      hosts.standby,
      {
        type: "A",
        setIdentifier: "recovery",
        weightedRoutingPolicies: [{ weight: RECOVERY_WEIGHT }],
        healthCheckId: check?.id,
        aliases: [alias(loadBalancer.dnsName, loadBalancer.zoneId)],
      },
      startAfter,
    );
  }

  private createStandbyHealth(name: string): aws.route53.HealthCheck | undefined {
    const { standsIn: region, standbyHealth: health, names, tags } = this.args;
    const service = health?.service;
    return region !== undefined && service !== undefined
      ? standbyHealth(name, { ...health!, service, region, names, tags }, { parent: this })
      : undefined;
  }

  /** The failover pair, and the health check that decides: through CloudFront, if requests go there. */
  private createOrigin(
    name: string,
    startAfter: readonly pulumi.Resource[],
    standby: aws.route53.Record,
  ): { readonly check: aws.route53.HealthCheck; readonly records: aws.route53.Record[] } {
    const { config, loadBalancer } = this.args;
    const { hosts, zoneId } = this.dns;
    const balancer = alias(loadBalancer.dnsName, loadBalancer.zoneId);
    const primary = this.createRecord(`${name}-primary`, hosts.primary, {
      type: "A",
      aliases: [balancer],
    });
    const check = this.createHealthCheck(name, [...startAfter, primary]);
    const behindStandby = alias(hosts.standby, zoneId);
    const first = this.createRecord(
      `${name}-origin-primary`,
      hosts.origin,
      {
        type: "A",
        setIdentifier: "primary",
        failoverRoutingPolicies: [{ type: "PRIMARY" }],
        healthCheckId: check.id,
        aliases: [config.healthCheck.holdStandby ? behindStandby : balancer],
      },
      [standby],
    );
    const second = this.createRecord(
      `${name}-origin-standby`,
      hosts.origin,
      {
        type: "A",
        setIdentifier: "standby",
        failoverRoutingPolicies: [{ type: "SECONDARY" }],
        aliases: [behindStandby],
      },
      // Route 53 refuses an alias of a record that is not there.
      [standby],
    );
    return { check, records: [first, second] };
  }

  private createHealthCheck(
    name: string,
    startAfter: readonly pulumi.Resource[],
  ): aws.route53.HealthCheck {
    const { config, tags } = this.args;
    const { hosts } = this.dns;
    return new aws.route53.HealthCheck(
      name,
      {
        type: "HTTPS",
        // The API's own host would lead to the standby after a failover, and the check with it.
        fqdn: this.args.distributed === undefined ? hosts.primary : hosts.api,
        port: 443,
        resourcePath: config.healthCheck.path,
        enableSni: true,
        requestInterval: config.healthCheck.intervalSeconds,
        failureThreshold: config.healthCheck.failureThreshold,
        tags: { ...tags, Name: `${hosts.primary}${config.healthCheck.path}` },
      },
      { parent: this, dependsOn: [...startAfter] },
    );
  }

  private createRecord(
    name: string,
    host: string,
    record: Omit<aws.route53.RecordArgs, "zoneId" | "name">,
    startAfter: readonly pulumi.Resource[] = [],
  ): aws.route53.Record {
    return new aws.route53.Record(
      name,
      { zoneId: this.dns.zoneId, name: host, ...record },
      { parent: this, dependsOn: [...startAfter] },
    );
  }
}

function unnamedPlace(config: EdgeConfig, host: pulumi.Output<string>): UnnamedPlace {
  const { healthCheck, probePaths = [healthCheck.path] } = config;
  const url = (path: string) => pulumi.interpolate`https://${host}${path}`;
  return {
    hosts: { app: host, api: host },
    healthUrl: url(healthCheck.path),
    probeUrls: probePaths.map(url),
  };
}

/**
 * An alias that does not evaluate its target's health. Route 53 calls a load balancer unhealthy when one
 * target group has no healthy target or none at all, and under blue/green every service has an empty one:
 * with the target's health the platform would fail over permanently. Route 53 cannot evaluate a distribution's health.
 * Source: Route 53 API Reference, AliasTarget, EvaluateTargetHealth.
 */
function alias(name: pulumi.Input<string>, zoneId: pulumi.Input<string>) {
  return { name, zoneId, evaluateTargetHealth: false };
}
