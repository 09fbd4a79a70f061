/** Which versions of TLS load balancers and distributions speak, by the name of their policy. */
import type { Fact } from "./fact";

const asOf = "2026-11-23";

/** Policies of load balancers that begin at TLS 1.2. */
export const LISTENER_TLS = {
  /** All of them: a name of TLS13 or TLS states the lowest version after it, one of FS as well. */
  pattern:
    /^ELBSecurityPolicy-(TLS13-1-[23](-(Res|Ext[0-2]))?(-(RFC9151|CNSA2)(-INTEROP\d)?)?(-FIPS)?(-PQ)?|FS-1-2(-Res)?|TLS-1-2(-Ext)?)-20\d\d-\d\d$/,
  /** Those with TLS 1.3 and forward secrecy alone, for any certificate; first the one that AWS recommends. */
  modern: [
    "ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09",
    "ELBSecurityPolicy-TLS13-1-2-Res-FIPS-PQ-2025-09",
    "ELBSecurityPolicy-TLS13-1-2-Res-2021-06",
    "ELBSecurityPolicy-TLS13-1-2-Res-FIPS-2023-04",
    "ELBSecurityPolicy-TLS13-1-2-PQ-2025-09",
    "ELBSecurityPolicy-TLS13-1-2-FIPS-PQ-2025-09",
    "ELBSecurityPolicy-TLS13-1-2-2021-06",
    "ELBSecurityPolicy-TLS13-1-2-FIPS-2023-04",
    "ELBSecurityPolicy-TLS13-1-3-PQ-2025-09",
    "ELBSecurityPolicy-TLS13-1-3-FIPS-PQ-2025-09",
    "ELBSecurityPolicy-TLS13-1-3-2021-06",
    "ELBSecurityPolicy-TLS13-1-3-FIPS-2023-04",
  ],
  /** TLS 1.2 alone, with ciphers without authenticated encryption among them. */
  older: ["ELBSecurityPolicy-TLS-1-2-2017-01"],
  source:
    "https://docs.aws.amazon.com/elasticloadbalancing/latest/application/describe-ssl-policies.html",
  asOf: "2026-11-29",
  unverified:
    "of the page only its beginning was seen; aws/aws-cdk#38700 and aws/s2n-tls have the names of RFC 9151, and two public copies of its tables, of October 2026, have all",
} as const satisfies Fact & Record<string, unknown>;

/** Policies of load balancers that Security Hub's control ELB.17 takes: TLS 1.3, and 1.2 with authenticated ciphers alone. */
export const RECOMMENDED_LISTENER_TLS = {
  names: [
    "ELBSecurityPolicy-TLS13-1-3-2021-06",
    "ELBSecurityPolicy-TLS13-1-3-FIPS-2023-04",
    "ELBSecurityPolicy-TLS13-1-2-Res-2021-06",
    "ELBSecurityPolicy-TLS13-1-2-Res-FIPS-2023-04",
    "ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09",
    "ELBSecurityPolicy-TLS13-1-3-PQ-2025-09",
    "ELBSecurityPolicy-TLS13-1-2-Res-FIPS-PQ-2025-09",
    "ELBSecurityPolicy-TLS13-1-3-FIPS-PQ-2025-09",
  ],
  source: "https://docs.aws.amazon.com/securityhub/latest/userguide/elb-controls.html#elb-17",
  asOf: "2026-11-28",
  unverified:
    "of the page only its beginning was seen; HashiCorp's policy library for Security Hub has this list for ELB.17, and aws/aws-cdk#37559 begins with the same four",
} as const satisfies Fact & Record<string, unknown>;

/** Policies of distributions that begin at TLS 1.2. */
export const VIEWER_TLS = {
  names: ["TLSv1.2_2021", "TLSv1.2_2025", "TLSv1.3_2025"],
  source:
    "https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/secure-connections-supported-viewer-protocols-ciphers.html",
  asOf,
  unverified: "not recorded that the page was opened on that day",
} as const satisfies Fact & Record<string, unknown>;

/** Policies of search domains that begin at TLS 1.2 and are of 2023 or later. */
export const SEARCH_TLS = {
  names: ["Policy-Min-TLS-1-2-PFS-2023-10", "Policy-Min-TLS-1-2-RFC9151-FIPS-2024-08"],
  source:
    "https://docs.aws.amazon.com/opensearch-service/latest/APIReference/API_DomainEndpointOptions.html",
  asOf: "2026-11-28",
  unverified:
    "the page names all policies of the service; Security Hub's control asks for the first, and Datadog's rule def-000-95r takes the second as well",
} as const satisfies Fact & Record<string, unknown>;
