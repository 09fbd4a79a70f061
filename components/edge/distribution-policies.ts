import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

import type { Names } from "../../platform/names";
import type { Tags } from "../../platform/tags";
import type { EdgeConfig } from "../../schema/edge";
import { edgeFunctionCode, type EdgeFunction } from "./cloudfront-functions";
import {
  allowingCalls,
  contentSecurityPolicy,
  type ContentSecurityPolicy,
} from "./content-security-policy";

export interface DistributionPoliciesArgs {
  readonly headers: EdgeConfig["headers"];
  /** Whether a distribution caches pages for as long as they say. */
  readonly pagesCache: boolean;
  /** Origin of the application, such as `https://app.example.com`: its scripts may read the API's answers. @default the API's own */
  readonly appOrigin?: string;
  /** Origin of the API, such as `https://api.example.com`: the application's pages may call it. @default the application's own */
  readonly apiOrigin?: string;
  readonly names: Names;
  readonly tags: Tags;
}

/** Methods that the API answers. */
export const ALL_METHODS = ["GET", "HEAD", "OPTIONS", "PUT", "POST", "PATCH", "DELETE"];

/** What an answer of the API may do in a browser that shows it as a page: nothing. */
const API_CONTENT: ContentSecurityPolicy = {
  "default-src": ["'none'"],
  "frame-ancestors": ["'none'"],
};

/** Maximum cache lifetime that a page may set, in seconds: a year. */
const PAGES_MAX_TTL = 31_536_000;

/** What distributions share: security headers, the functions at the edge, the cache of pages and the access to buckets. */
export class DistributionPolicies extends pulumi.ComponentResource {
  /** Security headers of the application's files. */
  public readonly appHeadersId: pulumi.Output<string>;
  /** Security headers of the API's answers. */
  public readonly apiHeadersId: pulumi.Output<string>;
  /** Signs the requests to buckets. */
  public readonly accessControlId: pulumi.Output<string>;
  /** Sends every path that is not a file to the application. */
  public readonly singlePageAppArn: pulumi.Output<string>;
  /** Passes the viewer's address to the load balancer's firewall. */
  public readonly viewerAddressArn: pulumi.Output<string>;
  /** Caches pages for as long as their headers say, if `pagesCache`. */
  public readonly pagesCacheId: pulumi.Output<string> | undefined;

  public constructor(
    name: string,
    private readonly args: DistributionPoliciesArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("crm:aws:DistributionPolicies", name, {}, opts);

    const { headers, appOrigin, apiOrigin } = args;
    const content = allowingCalls(headers.contentSecurityPolicy, apiOrigin ?? "'self'");
    this.appHeadersId = this.createHeaders(name, "app", content, {});
    this.apiHeadersId = this.createHeaders(name, "api", API_CONTENT, {
      ...(appOrigin !== undefined && { corsConfig: corsOf(appOrigin) }),
    });
    this.accessControlId = new aws.cloudfront.OriginAccessControl(
      `${name}-buckets`,
      {
        name: args.names.of("buckets"),
        description: "Signed requests to the buckets behind the distributions",
        originAccessControlOriginType: "s3",
        signingBehavior: "always",
        signingProtocol: "sigv4",
      },
      { parent: this },
    ).id;
    this.singlePageAppArn = this.createFunction(
      name,
      "single-page-app",
      "Sends paths of the application's router to its index.html",
    );
    this.viewerAddressArn = this.createFunction(
      name,
      "viewer-address",
      "Tells the load balancer's firewall the viewer's address",
    );
    this.pagesCacheId = args.pagesCache ? this.createPagesCache(`${name}-pages`) : undefined;
    this.registerOutputs({
      appHeadersId: this.appHeadersId,
      apiHeadersId: this.apiHeadersId,
      accessControlId: this.accessControlId,
      singlePageAppArn: this.singlePageAppArn,
      viewerAddressArn: this.viewerAddressArn,
      pagesCacheId: this.pagesCacheId,
    });
  }

  /** Without `Cache-Control` the file is requested each time: a page refers to files of one release only. */
  private createPagesCache(name: string): pulumi.Output<string> {
    const policy = new aws.cloudfront.CachePolicy(
      name,
      {
        name: this.args.names.of("pages"),
        comment: "For as long as the file says, else not at all",
        minTtl: 0,
        defaultTtl: 0,
        maxTtl: PAGES_MAX_TTL,
        parametersInCacheKeyAndForwardedToOrigin: {
          enableAcceptEncodingBrotli: true,
          enableAcceptEncodingGzip: true,
          cookiesConfig: { cookieBehavior: "none" },
          headersConfig: { headerBehavior: "none" },
          queryStringsConfig: { queryStringBehavior: "none" },
        },
      },
      { parent: this },
    );
    return policy.id;
  }

  private createHeaders(
    name: string,
    what: string,
    content: ContentSecurityPolicy,
    more: Pick<aws.cloudfront.ResponseHeadersPolicyArgs, "corsConfig">,
  ): pulumi.Output<string> {
    const { headers, names } = this.args;
    const policy = new aws.cloudfront.ResponseHeadersPolicy(
      `${name}-${what}-headers`,
      {
        name: names.of(`${what}-security-headers`),
        comment: `Security headers of ${what}`,
        securityHeadersConfig: {
          strictTransportSecurity: {
            accessControlMaxAgeSec: headers.hstsMaxAgeSeconds,
            includeSubdomains: true,
            preload: headers.hstsPreload,
            override: true,
          },
          contentSecurityPolicy: {
            contentSecurityPolicy: contentSecurityPolicy(content),
            override: true,
          },
          contentTypeOptions: { override: true },
          frameOptions: { frameOption: "DENY", override: true },
          referrerPolicy: { referrerPolicy: "strict-origin-when-cross-origin", override: true },
        },
        ...more,
      },
      { parent: this },
    );
    return policy.id;
  }

  private createFunction(name: string, code: EdgeFunction, comment: string): pulumi.Output<string> {
    const { names, tags } = this.args;
    const fn = new aws.cloudfront.Function(
      `${name}-${code}`,
      {
        name: names.of(code, "function"),
        runtime: "cloudfront-js-2.0",
        comment,
        publish: true,
        code: edgeFunctionCode(code, { appOrigin: this.args.appOrigin ?? "" }),
        tags,
      },
      { parent: this },
    );
    return fn.arn;
  }
}

/**
 * For answers that have no CORS headers of their own: the maintenance text, and what the firewall refuses. Without
 * them a browser reports both as a network error. A service's own headers stay. Source: CloudFront Developer
 * Guide, "Understand response headers policies"; with credentials no header may be `*`.
 */
function corsOf(appOrigin: string): aws.types.input.cloudfront.ResponseHeadersPolicyCorsConfig {
  return {
    accessControlAllowCredentials: true,
    accessControlAllowOrigins: { items: [appOrigin] },
    accessControlAllowMethods: {
      items: ALL_METHODS,
    },
    accessControlAllowHeaders: { items: ["Authorization", "Content-Type"] },
    accessControlMaxAgeSec: 600,
    originOverride: false,
  };
}
