/** `crm:edge.distribution`: CloudFront, if there is any, and what its distributions have in common. */
import { ORIGIN_READ_SECONDS } from "../facts/setting-bounds";
import { VIEWER_TLS } from "../facts/tls-policies";
import { arn, flag, group, list, oneOf, text, within } from "./common";

export const distributionSchema = group({
  enabled: flag()
    .default(true)
    .describe(
      "Whether CloudFront is in front of the load balancer. Without it the load balancer is public, names lead to it, a service serves the application's files (route.hosts may name crm:edge.hosts.app and api then), and crm:edge.restrictOrigin is false",
    ),
  certificateArn: arn("acm")
    .optional()
    .describe(
      "Issued certificate of the distributions that exists, in us-east-1, for the hosts of application, API and services. By default the stack creates one",
    ),
  priceClass: oneOf(["PriceClass_100", "PriceClass_200", "PriceClass_All"])
    .default("PriceClass_100")
    .describe("Edge locations: 100 is North America, Europe and Israel"),
  httpVersion: oneOf(["http2", "http2and3"])
    .default("http2and3")
    .describe("HTTP versions besides 1.1"),
  minimumTls: oneOf(VIEWER_TLS.names)
    .default("TLSv1.2_2021")
    .describe("Minimum TLS version and ciphers for viewers"),
  originReadTimeoutSeconds: within(ORIGIN_READ_SECONDS, "seconds")
    .default(30)
    .describe("Longest wait for the load balancer's answer"),
  pagesCache: oneOf(["as-sent", "CachingOptimized"])
    .default("as-sent")
    .describe(
      "How long CloudFront keeps a page that is sent without Cache-Control. as-sent: not at all; CachingOptimized: 24 hours, by AWS's managed policy",
    ),
  allowedCountries: list(
    text(/^[A-Z]{2}$/, "a country's two letters, such as US"),
    0,
    249,
    "countries",
  )
    .default([])
    .describe(
      "Countries that are served; empty: all. The health check's path answers everywhere, because its checkers are in many countries",
    ),
});

/** What of the edge's configuration decides it. */
interface MaybeDistributed {
  readonly role: string;
  readonly distribution: { readonly enabled: boolean };
}

/** Whether the stack has distributions; a secondary one has none of its own. */
export function hasDistributions({ role, distribution }: MaybeDistributed): boolean {
  return role === "primary" && distribution.enabled;
}
