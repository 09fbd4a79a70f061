/**
 * Which property Pulumi's provider makes up when a program leaves it out, and which types it always deletes before
 * their replacement is made. Source: provider/resource_overrides.go of github.com/pulumi/pulumi-aws (v7), and
 * SetAutonaming of the Terraform bridge for every type that has a settable `name`.
 */
import { argumentsOf } from "./sdk-shapes";

export interface NameRule {
  /**
   * The property that is made up. Where a program sets it itself, a replacement cannot stand beside what it replaces,
   * and the provider deletes first.
   */
  named?: string;
  /** Deleted before the replacement is created, with any name. */
  deleteFirst?: true;
}

const NAMED: Record<string, string> = {
  aws_cloudwatch_event_target: "targetId",
  aws_codedeploy_deployment_config: "deploymentConfigName",
  aws_db_instance: "identifier",
  aws_efs_file_system: "creationToken",
  aws_eks_fargate_profile: "fargateProfileName",
  aws_eks_node_group: "nodeGroupName",
  aws_elasticache_cluster: "clusterId",
  aws_elasticache_replication_group: "replicationGroupId",
  aws_elasticsearch_domain: "domainName",
  aws_key_pair: "keyName",
  aws_lambda_permission: "statementId",
  aws_mq_broker: "brokerName",
  aws_msk_cluster: "clusterName",
  aws_msk_serverless_cluster: "clusterName",
  aws_opensearch_domain: "domainName",
  aws_s3_bucket: "bucket",
};

/** The name of a record is a domain, a directory's its own: neither is made up. */
const NOT_NAMED = ["aws_route53_record", "aws_directory_service_directory"];

const DELETE_FIRST = [
  "aws_api_gateway_integration",
  "aws_cloudwatch_log_subscription_filter",
  "aws_ec2_transit_gateway_vpc_attachment",
  "aws_ecr_lifecycle_policy",
  "aws_efs_mount_target",
  "aws_iam_account_alias",
  "aws_iam_group_policy_attachment",
  "aws_iam_policy_attachment",
  "aws_iam_role_policy_attachment",
  "aws_iam_user_policy_attachment",
  "aws_security_group_rule",
];

export function nameRules(token: string, terraform: string): NameRule {
  const rule: NameRule = {};
  const own = NAMED[terraform];
  if (own !== undefined) rule.named = own;
  else if (!NOT_NAMED.includes(terraform) && argumentsOf(token)?.["name"]) rule.named = "name";
  if (DELETE_FIRST.includes(terraform)) rule.deleteFirst = true;
  return rule;
}
