/** What Amazon Redshift does by default, and the names that its consoles suggest. */
import type { Fact } from "./fact";

const GUIDE = "https://docs.aws.amazon.com/redshift/latest/mgmt";
const asOf = "2026-11-29";

/**
 * Families of parameter groups in which `require_ssl` is true by default. Since 2025-01-10 a new cluster without a group gets
 * default.redshift-2.0, and a new serverless workgroup requires TLS. A custom group starts with the values of its family.
 */
export const REDSHIFT_TLS = {
  parameter: "require_ssl",
  families: ["redshift-2.0"] as readonly unknown[],
  /** AWS's own group of the older family, whose parameters cannot be changed. */
  open: "default.redshift-1.0",
  source: `${GUIDE}/behavior-changes.html#enforcing-ssl-connections`,
  asOf,
} as const satisfies Fact & Record<string, unknown>;

/** Names of master users that Security Hub and Checkov's CKV_AWS_391 refuse; the consoles suggest awsuser and admin. */
export const REDSHIFT_USERS = {
  cluster: "awsuser",
  serverless: "admin",
  common: ["awsuser", "administrator", "admin"] as readonly unknown[],
  database: "dev",
  source:
    "https://docs.aws.amazon.com/securityhub/latest/userguide/redshift-controls.html#redshift-8",
  asOf,
} as const satisfies Fact & Record<string, unknown>;
