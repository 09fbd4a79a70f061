/** Controls of databases and caches without a rule of their own. */
export const notApplicable: readonly { control: string; reason: string }[] = [
  {
    control: "rds-storage-encrypted",
    reason: "Judged by encrypted-at-rest, with every other kind of storage.",
  },
  {
    control: "rds-cmk",
    reason: "Judged by customer-managed-key, with every other store of data.",
  },
  {
    control: "rds-replicated-backups-cmk",
    reason: "Judged by customer-managed-key, with every other store of data.",
  },
  {
    control: "redis-at-rest",
    reason: "Judged by encrypted-at-rest, with every other kind of storage.",
  },
  {
    control: "redis-cmk",
    reason: "Judged by customer-managed-key, with every other store of data.",
  },
  {
    control: "redis-auth",
    reason: "Judged by redis-in-transit: AWS accepts a token only together with TLS.",
  },
  {
    control: "RDS.18",
    reason: "Withdrawn by Security Hub; every RDS instance is in a VPC today.",
  },
];
