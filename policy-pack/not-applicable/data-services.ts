/** Controls of warehouses, clusters of databases, file systems and search domains without a rule of their own. */
const INHERITED =
  "A snapshot is encrypted as its cluster is, and the provider's resource has no input for it; encrypted-at-rest judges the cluster.";
const NOT_SHARED =
  "The provider's resource has no input that shares a snapshot; a share is made outside of the plan.";
const OPEN_PORTS = "Judged for every security group by sg-no-open-ingress-except-authorized.";

export const notApplicable: readonly { control: string; reason: string }[] = [
  { control: "Redshift.15", reason: OPEN_PORTS },
  {
    control: "Redshift.16",
    reason:
      "A cluster in one zone uses one subnet of its group; redshift-multi-az asks for two zones, which AWS refuses without such a group.",
  },
  {
    control: "AWS-0083",
    reason: "Its resource was for EC2-Classic, which AWS has shut down; the provider has none.",
  },
  {
    control: "AWS-0085",
    reason: "Its resource was for EC2-Classic, which AWS has shut down; the provider has none.",
  },
  { control: "DocumentDB.3", reason: NOT_SHARED },
  { control: "Neptune.3", reason: NOT_SHARED },
  { control: "Neptune.6", reason: INHERITED },
  { control: "CKV_AWS_279", reason: INHERITED },
  { control: "CKV_AWS_280", reason: INHERITED },
  {
    control: "Opensearch.10",
    reason: "It asks whether an update is installed, which the running domain knows and no plan.",
  },
  {
    control: "OS3",
    reason:
      "A domain in a VPC, which search-in-vpc requires, takes no addresses in its policy; resource-policy-not-public judges the others.",
  },
  {
    control: "CKV_AWS_90",
    reason: "Judged by rds-force-ssl, on the cluster that uses the group.",
  },
  {
    control: "CKV_AWS_202",
    reason: "Judged by redis-in-transit, with every other cache.",
  },
  {
    control: "DOC5",
    reason:
      "It asks for exports named after events; AWS exports them in one log, which cluster-audit-log requires.",
  },
];
