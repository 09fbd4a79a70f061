/** What the AWS provider answers from its own tables, without a call of AWS. */
import type { Fact } from "./fact";

const PROVIDER = "https://github.com/hashicorp/terraform-provider-aws/blob";
const asOf = "2026-11-28";

/** Canonical ids of the user that delivers CloudFront's access logs, by partition; elsewhere it is that of `aws`. */
export const LOG_DELIVERY_USERS = {
  ids: {
    aws: "c4c1ede66af53448b93c283ce9448c4ba468c9432aa01d700d3878632f77d2d0",
    "aws-cn": "a52cb28745c0c06e84ec548334e44bfa7fc2a85c54af20cd59e4969344b7af56",
  },
  source: `${PROVIDER}/01f431114674c27cf790fafb67ac274bf8f765e1/internal/service/cloudfront/log_delivery_canonical_user_id_data_source.go`,
  asOf,
} as const satisfies Fact & Record<string, unknown>;

/** The account that writes billing reports into buckets. */
export const BILLING_ACCOUNT = {
  id: "386209384616",
  source: `${PROVIDER}/0b56699fb7e5e8603c2626de62ee73022b789954/internal/service/meta/billing_service_account_data_source.go`,
  asOf,
} as const satisfies Fact & Record<string, unknown>;

/** Services whose principal carries the partition's own suffix, by partition; the others end with that of `aws`. */
export const OWN_SUFFIX: Fact & {
  readonly services: Readonly<Record<string, readonly string[]>>;
} = {
  services: {
    "aws-cn": ["codedeploy", "elasticmapreduce", "logs"],
    "aws-iso": ["cloudhsm", "config", "logs", "workspaces"],
    "aws-iso-b": ["dms", "logs"],
  },
  source: `${PROVIDER}/2121ce77b821f5cf1aa353b5216d487505a9d78d/internal/service/meta/service_principal_data_source.go`,
  asOf,
};
