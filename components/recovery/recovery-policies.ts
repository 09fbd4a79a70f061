/** Policies around backups: no principal may delete them; what AWS Backup may do. */
import { RECOVERY_POINT_DELETION } from "../../facts/backup";
import type { Arns } from "../../platform/arns";
import { policyDocument, type Statement } from "../../platform/policy-documents";

/**
 * The vault's own policy. It denies every principal, administrators included, the deletion of recovery points.
 * Vault and policy themselves stay within reach of the stack that created them: a principal that may change the policy
 * leaves a trace in CloudTrail, and a lock, where there is one, holds nevertheless.
 */
export function vaultPolicy(): string {
  return policyDocument({
    sid: "NobodyDeletesBackups",
    effect: "Deny",
    principals: "*",
    actions: RECOVERY_POINT_DELETION.actions,
    // In a vault's policy `*` is what is in the vault (AWS Backup Developer Guide, "Vault access policies").
    resources: ["*"],
  });
}

/** Reading of a cluster's configuration. Source: Service Authorization Reference, Amazon ECS. */
export function clusterReading(arns: Arns, clusterName: string): Statement[] {
  const cluster = arns.cluster(clusterName);
  return [
    { sid: "ReadCluster", actions: ["ecs:DescribeClusters"], resources: [cluster] },
    {
      sid: "ReadServices",
      actions: ["ecs:DescribeServices"],
      resources: [arns.regional("ecs", `service/${clusterName}/*`)],
    },
    {
      // Neither has resource-level permissions; the condition narrows the first to the cluster.
      sid: "ListServices",
      actions: ["ecs:ListServices"],
      resources: ["*"],
      conditions: { ArnEquals: { "ecs:cluster": cluster } },
    },
    {
      sid: "ReadTaskDefinitions",
      actions: ["ecs:DescribeTaskDefinition"],
      resources: ["*"],
    },
  ];
}
