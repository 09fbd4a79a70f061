/** Types that cost nothing by themselves: what they belong to is paid for, or nothing is. */
import type { Fact } from "./fact";

/** The pricing pages of the services, which name no charge for them. */
export const FREE_OF_CHARGE: Fact = {
  source: "https://aws.amazon.com/pricing/",
  asOf: "2026-11-22",
};

/** Whole modules of the provider. */
const FREE_MODULES = ["iam", "acm", "budgets", "random", "pulumi"];

const FREE_TYPES: ReadonlySet<string> = new Set([
  "aws:appautoscaling/target:Target",
  "aws:backup/restoreTestingSelection:RestoreTestingSelection",
  "aws:backup/selection:Selection",
  "aws:backup/vaultLockConfiguration:VaultLockConfiguration",
  "aws:backup/vaultNotifications:VaultNotifications",
  "aws:backup/vaultPolicy:VaultPolicy",
  "aws:chatbot/slackChannelConfiguration:SlackChannelConfiguration",
  "aws:cloudfront/function:Function",
  "aws:cloudfront/cachePolicy:CachePolicy",
  "aws:cloudfront/originAccessControl:OriginAccessControl",
  "aws:cloudfront/responseHeadersPolicy:ResponseHeadersPolicy",
  // Requests through it are the distribution's.
  "aws:cloudfront/vpcOrigin:VpcOrigin",
  // The alarms that it mutes are paid for.
  "aws:cloudwatch/alarmMuteRule:AlarmMuteRule",
  "aws:cloudwatch/eventRule:EventRule",
  "aws:cloudwatch/eventTarget:EventTarget",
  "aws:cloudwatch/logDeliveryDestination:LogDeliveryDestination",
  "aws:cloudwatch/logDeliverySource:LogDeliverySource",
  "aws:cloudwatch/logResourcePolicy:LogResourcePolicy",
  "aws:cloudwatch/queryDefinition:QueryDefinition",
  "aws:costexplorer/anomalyMonitor:AnomalyMonitor",
  "aws:costexplorer/anomalySubscription:AnomalySubscription",
  "aws:costexplorer/costAllocationTag:CostAllocationTag",
  "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup",
  "aws:ec2/flowLog:FlowLog",
  "aws:ec2/internetGateway:InternetGateway",
  "aws:ec2/route:Route",
  "aws:ec2/routeTable:RouteTable",
  "aws:ec2/routeTableAssociation:RouteTableAssociation",
  "aws:ec2/securityGroup:SecurityGroup",
  "aws:ec2/subnet:Subnet",
  "aws:ec2/vpc:Vpc",
  // Data between two zones is paid, through a peering as well.
  "aws:ec2/vpcPeeringConnection:VpcPeeringConnection",
  "aws:ecr/lifecyclePolicy:LifecyclePolicy",
  "aws:ecr/repositoryCreationTemplate:RepositoryCreationTemplate",
  "aws:ecr/repositoryPolicy:RepositoryPolicy",
  "aws:ecs/clusterCapacityProviders:ClusterCapacityProviders",
  "aws:ecs/taskDefinition:TaskDefinition",
  "aws:efs/accessPoint:AccessPoint",
  "aws:efs/fileSystemPolicy:FileSystemPolicy",
  "aws:efs/mountTarget:MountTarget",
  "aws:elasticache/parameterGroup:ParameterGroup",
  "aws:elasticache/subnetGroup:SubnetGroup",
  // An experiment costs by the minute of its actions, once a person starts it.
  "aws:fis/experimentTemplate:ExperimentTemplate",
  "aws:kms/alias:Alias",
  "aws:lambda/alias:Alias",
  "aws:lambda/eventSourceMapping:EventSourceMapping",
  "aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig",
  "aws:lambda/permission:Permission",
  "aws:lb/listener:Listener",
  "aws:lb/listenerRule:ListenerRule",
  "aws:lb/targetGroup:TargetGroup",
  "aws:lb/targetGroupAttachment:TargetGroupAttachment",
  "aws:rds/clusterParameterGroup:ClusterParameterGroup",
  "aws:rds/eventSubscription:EventSubscription",
  "aws:rds/parameterGroup:ParameterGroup",
  "aws:rds/subnetGroup:SubnetGroup",
  "aws:route53/hostedZoneDnsSec:HostedZoneDnsSec",
  "aws:route53/keySigningKey:KeySigningKey",
  "aws:route53/queryLog:QueryLog",
  "aws:route53/record:Record",
  "aws:s3/bucketCorsConfiguration:BucketCorsConfiguration",
  "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
  "aws:s3/bucketLogging:BucketLogging",
  "aws:s3/bucketNotification:BucketNotification",
  "aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration",
  // Their bytes are the bucket's.
  "aws:s3/bucketObjectv2:BucketObjectv2",
  "aws:s3/bucketOwnershipControls:BucketOwnershipControls",
  "aws:s3/bucketPolicy:BucketPolicy",
  "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
  "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
  "aws:s3/bucketVersioning:BucketVersioning",
  "aws:scheduler/scheduleGroup:ScheduleGroup",
  "aws:secretsmanager/secretVersion:SecretVersion",
  "aws:servicediscovery/httpNamespace:HttpNamespace",
  "aws:servicequotas/serviceQuota:ServiceQuota",
  "aws:sns/topicPolicy:TopicPolicy",
  "aws:sqs/queuePolicy:QueuePolicy",
  "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule",
  "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
  "aws:wafv2/webAclAssociation:WebAclAssociation",
  "aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration",
  "aws:xray/encryptionConfig:EncryptionConfig",
  "aws:xray/group:Group",
]);

/** Types that may cost something that nothing here puts a number on. */
export const UNPRICED: Readonly<Record<string, string>> = {
  "aws:backup/restoreTestingPlan:RestoreTestingPlan":
    "a test is paid by what it restores and for how long that is kept",
  "aws:efs/backupPolicy:BackupPolicy": "a backup is paid by its size in AWS Backup",
  "aws:cloudwatch/logDelivery:LogDelivery": "access logs are paid by the data delivered",
  "aws:ecr/replicationConfiguration:ReplicationConfiguration":
    "the data of copied images depends on how often they are built",
};

/** Whether resources of a type are free. */
export function isFree(type: string): boolean {
  const [packageName = "", module = ""] = type.split(":");
  const name = packageName === "aws" ? module.split("/")[0]! : packageName;
  return FREE_MODULES.includes(name) || FREE_TYPES.has(type);
}
