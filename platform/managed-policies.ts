/** AWS's own policies that the platform's roles carry; a deployment may attach no other. */
import type { Arns } from "./arns";

/**
 * Their names by what they are for. AWS extends them along with the service (new snapshot, tag and copy calls); a copy of ours
 * would make backups or deployments fail on the day of such a change, unnoticed.
 * Source: AWS Backup Developer Guide, "Managed policies for AWS Backup"; ECS Developer Guide, "Infrastructure IAM role for load balancers".
 */
export const MANAGED_POLICIES = {
  backup: "service-role/AWSBackupServiceRolePolicyForBackup",
  restore: "service-role/AWSBackupServiceRolePolicyForRestores",
  bucketBackup: "AWSBackupServiceRolePolicyForS3Backup",
  bucketRestore: "AWSBackupServiceRolePolicyForS3Restore",
  loadBalancers: "AmazonECSInfrastructureRolePolicyForLoadBalancers",
  databaseMonitoring: "service-role/AmazonRDSEnhancedMonitoringRole",
} as const;

/** ARN of a managed policy. */
export function managedPolicyArn({ partition }: Pick<Arns, "partition">, name: string): string {
  return `arn:${partition}:iam::aws:policy/${name}`;
}
