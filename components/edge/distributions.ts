import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

import {
  CACHE_POLICIES,
  ERROR_STATUSES,
  FAILOVER_STATUSES,
  ORIGIN_REQUEST_POLICIES,
  UNANSWERED_STATUSES,
  GLOBAL_BUCKET_NAMES_REGION,
} from "../../facts/cloudfront";
import { MAINTENANCE_PAGE } from "../../platform/maintenance-page";
import type { Names } from "../../platform/names";
import type { OriginHeader } from "../../platform/origin-header";
import type { Tags } from "../../platform/tags";
import type { EdgeConfig } from "../../schema/edge";
import type { PublicRoutes } from "../../schema/services";
import { ALL_METHODS, DistributionPolicies } from "./distribution-policies";
import type { HostNames } from "./host-names";

/** A bucket that distributions read. */
export interface AssetsBucket {
  readonly bucketName: string;
  readonly region: string;
}

/** A load balancer without a certificate, which only distributions of the account reach. */
export interface PrivateBalancer {
  readonly arn: pulumi.Input<string>;
  readonly dnsName: pulumi.Input<string>;
  /** Its listener: CloudFront connects to nothing before it is there. */
  readonly startAfter: readonly pulumi.Resource[];
}

/** The platform's own host names. */
export interface OwnHosts {
  readonly hosts: HostNames;
  /** What the services add to the API's. */
  readonly services: PublicRoutes;
  /** Issued certificate in us-east-1 for all of the distributions' hosts. */
  readonly certificateArn: pulumi.Input<string>;
}

export interface DistributionsArgs {
  readonly config: EdgeConfig;
  /** Host names, or the load balancer behind a distribution that has CloudFront's own name. */
  readonly place: OwnHosts | PrivateBalancer;
  /** Web ACL of scope CLOUDFRONT. @default none */
  readonly webAclArn: pulumi.Input<string> | undefined;
  /** Header for the load balancer. @default none */
  readonly originHeader?: OriginHeader;
  /** Bucket of the application's files. */
  readonly assets: AssetsBucket;
  /** Copy of that bucket in another region, used when the first fails. @default none */
  readonly assetsCopy?: AssetsBucket;
  /**
   * What the load balancer must have before a distribution sends it a new header: its rules, which accept the old
   * value and the new one.
   */
  readonly startAfter: readonly pulumi.Resource[];
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

/**
 * The two distributions: the application and the API. If no region answers, they return JSON. They
 * are billed by transferred data and requests, the first terabyte a month is free. Without host names there is one, with
 * CloudFront's own name and certificate, and the API below /api of it.
 */
export class Distributions extends pulumi.ComponentResource {
  public readonly app: aws.cloudfront.Distribution;
  /** None without host names. */
  public readonly api?: aws.cloudfront.Distribution;

  private readonly policies: DistributionPolicies;

  public constructor(
    name: string,
    private readonly args: DistributionsArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("crm:aws:Distributions", name, {}, opts);

    const { config, place, names, tags } = args;
    const origins =
      "hosts" in place
        ? { appOrigin: `https://${place.hosts.app}`, apiOrigin: `https://${place.hosts.api}` }
        : {};
    this.policies = new DistributionPolicies(
      `${name}-policies`,
      {
        headers: config.headers,
        pagesCache: config.distribution.pagesCache === "as-sent",
        ...{ ...origins, names, tags },
      },
      { parent: this },
    );
    if ("hosts" in place) {
      this.app = this.createApp(`${name}-app`, place);
      this.api = this.createApi(`${name}-api`, place);
    } else {
      this.app = this.createOnly(`${name}-app`, place);
    }
    this.registerOutputs({ appId: this.app.id, apiId: this.api?.id });
  }

  /** Files by default and below /static, the API below /api. */
  private createApp(name: string, { hosts, certificateArn }: OwnHosts) {
    const origin = this.balancerOrigin(ORIGINS.balancer, hosts.origin);
    return this.createDistribution(
      name,
      { host: hosts.app, certificateArn },
      this.appParts(origin),
    );
  }

  /** The application, and the API and its health check below the same name. */
  private createOnly(name: string, balancer: PrivateBalancer): aws.cloudfront.Distribution {
    const { config, originHeader, names, tags } = this.args;
    const vpcOrigin = new aws.cloudfront.VpcOrigin(
      name,
      {
        vpcOriginEndpointConfig: {
          name: names.of("load-balancer"),
          arn: balancer.arn,
          httpPort: 80,
          httpsPort: 443,
          originProtocolPolicy: "http-only",
          originSslProtocols: { items: ["TLSv1.2"], quantity: 1 },
        },
        tags,
      },
      { parent: this, dependsOn: [...balancer.startAfter] },
    );
    const parts = this.appParts({
      originId: ORIGINS.balancer,
      domainName: balancer.dnsName,
      ...sending(originHeader),
      vpcOriginConfig: {
        vpcOriginId: vpcOrigin.id,
        originReadTimeout: config.distribution.originReadTimeoutSeconds,
      },
    });
    const health = { pathPattern: config.healthCheck.path, ...this.passedOn(ORIGINS.balancer) };
    return this.createDistribution(name, undefined, {
      ...parts,
      orderedCacheBehaviors: [...parts.orderedCacheBehaviors, health],
    });
  }

  private appParts(balancer: Origin) {
    const files = this.files();
    return {
      comment: "CRM Frontend Distribution",
      defaultRootObject: "index.html",
      origins: [...this.bucketOrigins(), balancer],
      defaultCacheBehavior: {
        ...files,
        ...(this.policies.pagesCacheId !== undefined && {
          cachePolicyId: this.policies.pagesCacheId,
        }),
        viewerProtocolPolicy: "redirect-to-https",
        functionAssociations: [onRequest(this.policies.singlePageAppArn)],
      },
      orderedCacheBehaviors: [
        { pathPattern: "/api/*", ...this.passedOn(ORIGINS.balancer) },
        { pathPattern: "/static/*", ...files },
      ],
    };
  }

  /**
   * Everything to the load balancer, nothing cached, but the maintenance page. The path of the health check goes to
   * the primary region wherever the origin's host leads: it decides where that is.
   */
  private createApi(name: string, { hosts, services, certificateArn }: OwnHosts) {
    const { config } = this.args;
    return this.createDistribution(
      name,
      { host: hosts.api, others: services.hosts, certificateArn },
      {
        comment: "CRM API Distribution",
        origins: [
          ...this.bucketOrigins(),
          this.balancerOrigin(ORIGINS.balancer, hosts.origin),
          this.balancerOrigin(ORIGINS.primary, hosts.primary),
        ],
        defaultCacheBehavior: {
          ...this.passedOn(ORIGINS.balancer),
          // The load balancer's rules compare the viewer's host.
          ...(services.hosts.length > 0 && {
            originRequestPolicyId: ORIGIN_REQUEST_POLICIES.AllViewer,
          }),
          ...(services.grpc && { grpcConfig: { enabled: true } }),
        },
        orderedCacheBehaviors: [
          { pathPattern: config.healthCheck.path, ...this.passedOn(ORIGINS.primary) },
          {
            pathPattern: MAINTENANCE_PAGE,
            ...this.files(),
            responseHeadersPolicyId: this.policies.apiHeadersId,
          },
        ],
      },
    );
  }

  private createDistribution(
    name: string,
    named:
      | {
          readonly host: string;
          readonly others?: readonly string[];
          readonly certificateArn: pulumi.Input<string>;
        }
      | undefined,
    own: Pick<
      aws.cloudfront.DistributionArgs,
      "comment" | "defaultRootObject" | "origins" | "defaultCacheBehavior" | "orderedCacheBehaviors"
    >,
  ): aws.cloudfront.Distribution {
    const { config, webAclArn, assetsCopy, startAfter, tags } = this.args;
    const { priceClass, httpVersion, minimumTls } = config.distribution;
    return new aws.cloudfront.Distribution(
      name,
      {
        ...own,
        ...(assetsCopy !== undefined && { originGroups: [assetsGroup()] }),
        ...(named !== undefined && { aliases: [named.host, ...(named.others ?? [])] }),
        enabled: true,
        isIpv6Enabled: true,
        httpVersion,
        priceClass,
        webAclId: webAclArn,
        // Errors are not cached: a record that is missing now may be there in a second.
        customErrorResponses: ERROR_STATUSES.map((errorCode) => ({
          errorCode,
          errorCachingMinTtl: 0,
          // A service's own 500 and 503 reach the viewer as they are.
          ...(UNANSWERED_STATUSES.includes(errorCode) && {
            responseCode: 503,
            responsePagePath: MAINTENANCE_PAGE,
          }),
        })),
        // The firewall restricts countries: it allows the health check's path from every country.
        restrictions: { geoRestriction: { restrictionType: "none", locations: [] } },
        viewerCertificate:
          named === undefined
            ? { cloudfrontDefaultCertificate: true }
            : {
                acmCertificateArn: named.certificateArn,
                sslSupportMethod: "sni-only",
                minimumProtocolVersion: minimumTls,
              },
        tags: named === undefined ? tags : { ...tags, Name: named.host },
      },
      { parent: this, protect: config.protect, dependsOn: [...startAfter] },
    );
  }

  private bucketOrigins(): Origin[] {
    const { assets, assetsCopy } = this.args;
    return [
      this.bucketOrigin(ORIGINS.assets, assets),
      ...(assetsCopy === undefined ? [] : [this.bucketOrigin(ORIGINS.assetsCopy, assetsCopy)]),
    ];
  }

  /** It is given up after 6 seconds, earlier than by CloudFront's default, and its copy asked. */
  private bucketOrigin(originId: string, bucket: AssetsBucket): Origin {
    return {
      originId,
      domainName: `${bucket.bucketName}.${bucket.region === GLOBAL_BUCKET_NAMES_REGION ? "s3" : `s3.${bucket.region}`}.amazonaws.com`,
      originAccessControlId: this.policies.accessControlId,
      connectionAttempts: 2,
      connectionTimeout: 3,
    };
  }

  private balancerOrigin(originId: string, domainName: string): Origin {
    const { config, originHeader } = this.args;
    return {
      originId,
      domainName,
      ...sending(originHeader),
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
  private files(): Behavior {
    return {
      targetOriginId: this.args.assetsCopy === undefined ? ORIGINS.assets : ORIGINS.assetsGroup,
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
      functionAssociations: [onRequest(this.policies.viewerAddressArn)],
    };
  }
}

function sending(header: OriginHeader | undefined): Pick<Origin, "customHeaders"> {
  return header === undefined
    ? {}
    : { customHeaders: [{ name: header.name, value: header.value }] };
}

function onRequest(functionArn: pulumi.Input<string>) {
  return { eventType: "viewer-request", functionArn };
}

function assetsGroup(): aws.types.input.cloudfront.DistributionOriginGroup {
  return {
    originId: ORIGINS.assetsGroup,
    failoverCriteria: { statusCodes: [...FAILOVER_STATUSES] },
    members: [{ originId: ORIGINS.assets }, { originId: ORIGINS.assetsCopy }],
  };
}
