import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

import type { EdgeConfig } from "../schema/edge";
import { DistributionPolicies } from "./distribution-policies";
import type { OriginHeader } from "./firewall";
import {
  CACHE_POLICIES,
  ERROR_STATUSES,
  FAILOVER_STATUSES,
  ORIGIN_REQUEST_POLICIES,
} from "./shared/cloudfront";
import type { HostNames } from "./shared/host-names";
import type { Names } from "./shared/names";
import type { Tags } from "./shared/tags";

/** A bucket that distributions read. */
export interface AssetsBucket {
  readonly bucketName: string;
  readonly region: string;
}

export interface DistributionsArgs {
  readonly config: EdgeConfig;
  readonly hosts: HostNames;
  /** Issued certificate in us-east-1 for all of the distributions' hosts. */
  readonly certificateArn: pulumi.Input<string>;
  /** Web ACL of scope CLOUDFRONT. */
  readonly webAclArn: pulumi.Input<string>;
  /** Header for the load balancer. @default none */
  readonly originHeader?: OriginHeader;
  /** Bucket of the application's files. */
  readonly assets: AssetsBucket;
  /** Copy of that bucket in another region, asked when the first fails. @default none */
  readonly assetsCopy?: AssetsBucket;
  readonly names: Names;
  readonly tags: Tags;
}

type Origin = aws.types.input.cloudfront.DistributionOrigin;
type Behavior = Omit<aws.types.input.cloudfront.DistributionOrderedCacheBehavior, "pathPattern">;

/** Ids of origins within a distribution; the first two are the document's. */
export const ORIGINS = {
  assets: "s3-frontend-assets",
  balancer: "alb-api-origin",
  assetsCopy: "s3-frontend-assets-copy",
  assetsGroup: "frontend-assets",
  primary: "alb-primary-region",
} as const;

const READ_METHODS = ["GET", "HEAD", "OPTIONS"];
const ALL_METHODS = ["GET", "HEAD", "OPTIONS", "PUT", "POST", "PATCH", "DELETE"];

/**
 * The three distributions: the application, the API, and the maintenance page behind the standby host. They
 * cost what is transferred and asked for, the first terabyte a month is free.
 */
export class Distributions extends pulumi.ComponentResource {
  public readonly app: aws.cloudfront.Distribution;
  public readonly api: aws.cloudfront.Distribution;
  public readonly maintenance: aws.cloudfront.Distribution;

  private readonly policies: DistributionPolicies;

  public constructor(
    name: string,
    private readonly args: DistributionsArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("crm:aws:Distributions", name, {}, opts);

    const { config, names, tags } = args;
    this.policies = new DistributionPolicies(
      `${name}-policies`,
      { headers: config.headers, names, tags },
      { parent: this },
    );
    this.app = this.createApp(`${name}-app`);
    this.api = this.createApi(`${name}-api`);
    this.maintenance = this.createMaintenance(`${name}-maintenance`);
    this.registerOutputs({
      appId: this.app.id,
      apiId: this.api.id,
      maintenanceId: this.maintenance.id,
    });
  }

  /** Files by default and below /static, the API below /api. */
  private createApp(name: string): aws.cloudfront.Distribution {
    const { hosts, assetsCopy } = this.args;
    const files = this.files(assetsCopy === undefined ? ORIGINS.assets : ORIGINS.assetsGroup);
    return this.createDistribution(name, [hosts.app], {
      comment: "CRM Frontend Distribution",
      defaultRootObject: "index.html",
      origins: [
        this.bucketOrigin(ORIGINS.assets, this.args.assets),
        ...(assetsCopy === undefined ? [] : [this.bucketOrigin(ORIGINS.assetsCopy, assetsCopy)]),
        this.balancerOrigin(ORIGINS.balancer, hosts.origin),
      ],
      ...(assetsCopy !== undefined && { originGroups: [assetsGroup()] }),
      defaultCacheBehavior: {
        ...files,
        viewerProtocolPolicy: "redirect-to-https",
        functionAssociations: [
          { eventType: "viewer-request", functionArn: this.policies.singlePageAppArn },
        ],
      },
      orderedCacheBehaviors: [
        { pathPattern: "/api/*", ...this.passedOn(ORIGINS.balancer) },
        { pathPattern: "/static/*", ...files, viewerProtocolPolicy: "https-only" },
      ],
    });
  }

  /**
   * Everything to the load balancer, nothing cached. The path of the health check goes to the primary region
   * whatever the origin's host leads to: it decides where that is.
   */
  private createApi(name: string): aws.cloudfront.Distribution {
    const { config, hosts } = this.args;
    return this.createDistribution(name, [hosts.api], {
      comment: "CRM API Distribution",
      origins: [
        this.balancerOrigin(ORIGINS.balancer, hosts.origin),
        this.balancerOrigin(ORIGINS.primary, hosts.primary),
      ],
      defaultCacheBehavior: this.passedOn(ORIGINS.balancer),
      orderedCacheBehaviors: [
        { pathPattern: config.healthCheck.path, ...this.passedOn(ORIGINS.primary) },
      ],
    });
  }

  /**
   * Answers for the origin's host when nothing else does: the other distributions ask it as they ask the load
   * balancer, over TLS and by the same host name. The function answers; the bucket is never asked.
   */
  private createMaintenance(name: string): aws.cloudfront.Distribution {
    const { hosts, assets } = this.args;
    return this.createDistribution(name, [hosts.origin, hosts.standby], {
      comment: "CRM Maintenance Page",
      defaultRootObject: "index.html",
      origins: [this.bucketOrigin(ORIGINS.assets, assets)],
      defaultCacheBehavior: {
        ...this.files(ORIGINS.assets),
        allowedMethods: ALL_METHODS,
        cachePolicyId: CACHE_POLICIES.CachingDisabled,
        viewerProtocolPolicy: "https-only",
        functionAssociations: [
          { eventType: "viewer-request", functionArn: this.policies.maintenanceArn },
        ],
      },
    });
  }

  private createDistribution(
    name: string,
    aliases: string[],
    own: Pick<
      aws.cloudfront.DistributionArgs,
      | "comment"
      | "defaultRootObject"
      | "origins"
      | "originGroups"
      | "defaultCacheBehavior"
      | "orderedCacheBehaviors"
    >,
  ): aws.cloudfront.Distribution {
    const { config, certificateArn, webAclArn, tags } = this.args;
    const { priceClass, httpVersion, minimumTls, allowedCountries } = config.distribution;
    return new aws.cloudfront.Distribution(
      name,
      {
        ...own,
        aliases,
        enabled: true,
        isIpv6Enabled: true,
        httpVersion,
        priceClass,
        webAclId: webAclArn,
        // Errors are not cached: a record that is missing now may be there in a second.
        customErrorResponses: ERROR_STATUSES.map((errorCode) => ({
          errorCode,
          errorCachingMinTtl: 0,
        })),
        restrictions: {
          geoRestriction:
            allowedCountries.length === 0
              ? { restrictionType: "none", locations: [] }
              : { restrictionType: "whitelist", locations: [...allowedCountries] },
        },
        viewerCertificate: {
          acmCertificateArn: certificateArn,
          sslSupportMethod: "sni-only",
          minimumProtocolVersion: minimumTls,
        },
        tags: { ...tags, Name: aliases[0]! },
      },
      { parent: this, protect: config.protect },
    );
  }

  private bucketOrigin(originId: string, bucket: AssetsBucket): Origin {
    return {
      originId,
      domainName: `${bucket.bucketName}.s3.${bucket.region}.amazonaws.com`,
      originAccessControlId: this.policies.accessControlId,
    };
  }

  private balancerOrigin(originId: string, domainName: string): Origin {
    const { config, originHeader } = this.args;
    return {
      originId,
      domainName,
      ...(originHeader !== undefined && {
        customHeaders: [{ name: originHeader.name, value: originHeader.value }],
      }),
      customOriginConfig: {
        httpPort: 80,
        httpsPort: 443,
        originProtocolPolicy: "https-only",
        originSslProtocols: ["TLSv1.2"],
        originReadTimeout: config.distribution.originReadTimeoutSeconds,
      },
    };
  }

  /** Files: cached, compressed, read only. */
  private files(targetOriginId: string): Behavior {
    return {
      targetOriginId,
      viewerProtocolPolicy: "https-only",
      allowedMethods: READ_METHODS,
      cachedMethods: ["GET", "HEAD"],
      compress: true,
      cachePolicyId: CACHE_POLICIES.CachingOptimized,
      responseHeadersPolicyId: this.policies.appHeadersId,
    };
  }

  /** Requests that reach the services as the viewer made them. */
  private passedOn(targetOriginId: string): Behavior {
    return {
      targetOriginId,
      viewerProtocolPolicy: "https-only",
      allowedMethods: ALL_METHODS,
      cachedMethods: ["GET", "HEAD"],
      compress: true,
      cachePolicyId: CACHE_POLICIES.CachingDisabled,
      originRequestPolicyId: ORIGIN_REQUEST_POLICIES.AllViewerExceptHostHeader,
      responseHeadersPolicyId: this.policies.apiHeadersId,
    };
  }
}

function assetsGroup(): aws.types.input.cloudfront.DistributionOriginGroup {
  return {
    originId: ORIGINS.assetsGroup,
    failoverCriteria: { statusCodes: [...FAILOVER_STATUSES] },
    members: [{ originId: ORIGINS.assets }, { originId: ORIGINS.assetsCopy }],
  };
}
