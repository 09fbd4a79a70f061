/** Which versions of TLS load balancers and distributions speak, by the name of their policy. */
import { apiModel, type Fact } from "./fact";

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
  asOf: "2026-11-29",
} as const satisfies Fact & Record<string, unknown>;

/** Policies of distributions that Security Hub's control CloudFront.15 takes; older ones that begin at TLS 1.2 have weaker ciphers. */
export const VIEWER_TLS = {
  names: ["TLSv1.2_2021", "TLSv1.2_2025", "TLSv1.3_2025"],
  source:
    "https://docs.aws.amazon.com/securityhub/latest/userguide/cloudfront-controls.html#cloudfront-15",
  asOf: "2026-11-29",
} as const satisfies Fact & Record<string, unknown>;

/** Policies of search domains that begin at TLS 1.2 and have TLS 1.3; Security Hub's control Opensearch.8 asks for the first. */
export const SEARCH_TLS = {
  names: ["Policy-Min-TLS-1-2-PFS-2023-10", "Policy-Min-TLS-1-2-RFC9151-FIPS-2024-08"],
  source: apiModel("opensearch", "2021-01-01"),
  asOf: "2026-11-29",
} as const satisfies Fact & Record<string, unknown>;

/** Policies of the domain names of APIs. */
export const API_DOMAIN_TLS = {
  /** Those that begin at TLS 1.2: all but TLS_1_0. */
  pattern: /^(TLS_1_2|SecurityPolicy_TLS1[23]_\w+)$/,
  /** Those that Security Hub's control APIGateway.11 takes: the first for an edge-optimized domain, the others for a regional one. */
  recommended: [
    "SecurityPolicy_TLS13_2025_EDGE",
    "SecurityPolicy_TLS12_PFS_2025_EDGE",
    "SecurityPolicy_TLS13_1_2_PFS_PQ_2025_09",
    "SecurityPolicy_TLS13_1_3_2025_09",
    "SecurityPolicy_TLS13_1_3_FIPS_2025_09",
  ],
  source:
    "https://docs.aws.amazon.com/securityhub/latest/userguide/apigateway-controls.html#apigateway-11",
  asOf: "2026-11-29",
} as const satisfies Fact & Record<string, unknown>;

/** Policies of servers for file transfer, which state the month they are of. */
export const TRANSFER_POLICY = {
  pattern: /^TransferSecurityPolicy-(?:\w+-)*(\d{4}-\d{2})$/,
  /** The month of AWS's latest policies, to which it strongly recommends to update. */
  latest: "2025-02",
  /** The latest for every client. */
  name: "TransferSecurityPolicy-2025-03",
  source: "https://docs.aws.amazon.com/transfer/latest/userguide/security-policies.html",
  asOf: "2026-11-29",
} as const satisfies Fact & Record<string, unknown>;
