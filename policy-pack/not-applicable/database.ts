/** Controls of databases and caches that no rule of their own answers. */
export const notApplicable: readonly { control: string; reason: string }[] = [
  {
    control: "rds-storage-encrypted",
    reason: "Judged by encrypted-at-rest, with every other kind of storage.",
  },
  {
    control: "rds-cmk",
    reason: "Judged by customer-managed-key, with everything else that holds data.",
  },
  {
    control: "rds-replicated-backups-cmk",
    reason: "Judged by customer-managed-key, with everything else that holds data.",
  },
  {
    control: "redis-at-rest",
    reason: "Judged by encrypted-at-rest, with every other kind of storage.",
  },
  {
    control: "redis-cmk",
    reason: "Judged by customer-managed-key, with everything else that holds data.",
  },
  {
    control: "redis-auth",
    reason: "Judged by redis-in-transit: AWS takes a token only together with TLS.",
  },
  {
    control: "RDS.18",
    reason: "Withdrawn by Security Hub; every instance of RDS stands in a VPC today.",
  },
];
