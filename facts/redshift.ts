/** What Amazon Redshift does by default, and the names that its consoles suggest. */
import type { Fact } from "./fact";

const GUIDE = "https://docs.aws.amazon.com/redshift/latest/mgmt";
const asOf = "2026-11-29";

/**
 * Families of parameter groups in which `require_ssl` is true by default. New clusters without a group have AWS's own group of
 * that family since January 2025, and a group of one's own starts with the same values.
 */
export const REDSHIFT_TLS = {
  parameter: "require_ssl",
  families: ["redshift-2.0"] as readonly unknown[],
  /** AWS's own group of the older family, whose parameters cannot be changed. */
  open: "default.redshift-1.0",
  source: `${GUIDE}/working-with-parameter-groups.html`,
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
