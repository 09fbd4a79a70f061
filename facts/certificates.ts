/** What ACM asks of a domain. */
import type { Fact } from "./fact";

/** Authorities of which a CAA record has to name one before ACM issues a certificate. */
export const AMAZON_ISSUERS = {
  names: ["amazon.com", "amazontrust.com", "awstrust.com", "amazonaws.com"] as readonly string[],
  source: "https://docs.aws.amazon.com/acm/latest/userguide/setup-caa.html",
  asOf: "2026-11-28",
} as const satisfies Fact & Record<string, unknown>;

/** Characters of the first name of a certificate: its common name (RFC 5280). Further names may have 253. */
export const CERTIFICATE_SUBJECT = {
  characters: 64,
  source: "https://docs.aws.amazon.com/acm/latest/APIReference/API_RequestCertificate.html",
  asOf: "2026-11-29",
} as const satisfies Fact & Record<string, unknown>;

/** Names of one certificate, until the account's quota is raised: to 100 at most. */
export const CERTIFICATE_NAMES = {
  names: 10,
  source: "https://docs.aws.amazon.com/acm/latest/userguide/acm-limits.html",
  asOf: "2026-11-29",
} as const satisfies Fact & Record<string, unknown>;
