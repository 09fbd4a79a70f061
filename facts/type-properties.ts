/**
 * Where the types of @pulumi/aws name what several checks look for: policies, security groups, subnets, keys, buckets
 * and queues. Paths are those of token-map.json; which types a check judges is the check's choice.
 */
import { type Fact, providerText } from "./fact";

/** Types, each with the path of its property. */
export interface TypeProperties extends Fact {
  readonly properties: Readonly<Record<string, string>>;
}

const SDK: Fact = { source: providerText(""), asOf: "2026-11-29" };

/** The property at the root in which a path begins: the engine reports dependencies of whole properties. */
export function outerProperty(path: string): string {
  return path.split(".")[0]!;
}

/** Policies of resources: who may use them. Without KMS keys, which IAM evaluates by rules of their own. */
export const RESOURCE_POLICIES: TypeProperties = {
  properties: {
    "aws:acmpca/policy:Policy": "policy",
    "aws:backup/vaultPolicy:VaultPolicy": "policy",
    "aws:cloudwatch/eventBusPolicy:EventBusPolicy": "policy",
    "aws:cloudwatch/logDestinationPolicy:LogDestinationPolicy": "accessPolicy",
    "aws:cloudwatch/logResourcePolicy:LogResourcePolicy": "policyDocument",
    "aws:codeartifact/domainPermissions:DomainPermissions": "policyDocument",
    "aws:codeartifact/repositoryPermissionsPolicy:RepositoryPermissionsPolicy": "policyDocument",
    "aws:codebuild/resourcePolicy:ResourcePolicy": "policy",
    "aws:dynamodb/resourcePolicy:ResourcePolicy": "policy",
    "aws:ecr/registryPolicy:RegistryPolicy": "policy",
    "aws:ecr/repositoryPolicy:RepositoryPolicy": "policy",
    "aws:efs/fileSystemPolicy:FileSystemPolicy": "policy",
    "aws:elasticsearch/domain:Domain": "accessPolicies",
    "aws:elasticsearch/domainPolicy:DomainPolicy": "accessPolicies",
    "aws:glacier/vault:Vault": "accessPolicy",
    "aws:glue/resourcePolicy:ResourcePolicy": "policy",
    "aws:kinesis/resourcePolicy:ResourcePolicy": "policy",
    "aws:mediastore/containerPolicy:ContainerPolicy": "policy",
    "aws:msk/clusterPolicy:ClusterPolicy": "policy",
    "aws:networkfirewall/resourcePolicy:ResourcePolicy": "policy",
    "aws:opensearch/domain:Domain": "accessPolicies",
    "aws:opensearch/domainPolicy:DomainPolicy": "accessPolicies",
    "aws:redshift/resourcePolicy:ResourcePolicy": "policy",
    "aws:s3/accessPoint:AccessPoint": "policy",
    "aws:s3/bucketPolicy:BucketPolicy": "policy",
    "aws:s3control/accessPointPolicy:AccessPointPolicy": "policy",
    "aws:s3control/bucketPolicy:BucketPolicy": "policy",
    "aws:s3control/multiRegionAccessPointPolicy:MultiRegionAccessPointPolicy": "details.policy",
    "aws:s3control/objectLambdaAccessPointPolicy:ObjectLambdaAccessPointPolicy": "policy",
    "aws:s3tables/tableBucketPolicy:TableBucketPolicy": "resourcePolicy",
    "aws:s3tables/tablePolicy:TablePolicy": "resourcePolicy",
    "aws:schemas/registryPolicy:RegistryPolicy": "policy",
    "aws:secretsmanager/secretPolicy:SecretPolicy": "policy",
    "aws:ses/identityPolicy:IdentityPolicy": "policy",
    "aws:sesv2/emailIdentityPolicy:EmailIdentityPolicy": "policy",
    "aws:sns/topicPolicy:TopicPolicy": "policy",
    "aws:sqs/queuePolicy:QueuePolicy": "policy",
    "aws:vpclattice/resourcePolicy:ResourcePolicy": "policy",
  },
  ...SDK,
};

/** Policies that stand in the resource itself. */
export const INLINE_POLICIES: TypeProperties = {
  properties: {
    "aws:s3/bucket:Bucket": "policy",
    "aws:s3/bucketV2:BucketV2": "policy",
    "aws:secretsmanager/secret:Secret": "policy",
    "aws:sns/topic:Topic": "policy",
    "aws:sqs/queue:Queue": "policy",
  },
  ...SDK,
};

/** Policies of identities: what they may do. A role also has them inline. */
export const IDENTITY_POLICIES: TypeProperties = {
  properties: {
    "aws:iam/policy:Policy": "policy",
    "aws:iam/rolePolicy:RolePolicy": "policy",
    "aws:iam/userPolicy:UserPolicy": "policy",
    "aws:iam/groupPolicy:GroupPolicy": "policy",
    "aws:ssoadmin/permissionSetInlinePolicy:PermissionSetInlinePolicy": "inlinePolicy",
  },
  ...SDK,
};

/** The security groups of a resource with network interfaces. */
export const SECURITY_GROUPS: TypeProperties = {
  properties: {
    "aws:lb/loadBalancer:LoadBalancer": "securityGroups",
    "aws:ecs/service:Service": "networkConfiguration.securityGroups",
    "aws:ecs/taskSet:TaskSet": "networkConfiguration.securityGroups",
    "aws:lambda/function:Function": "vpcConfig.securityGroupIds",
    "aws:rds/instance:Instance": "vpcSecurityGroupIds",
    "aws:rds/cluster:Cluster": "vpcSecurityGroupIds",
    "aws:rds/proxy:Proxy": "vpcSecurityGroupIds",
    "aws:docdb/cluster:Cluster": "vpcSecurityGroupIds",
    "aws:neptune/cluster:Cluster": "vpcSecurityGroupIds",
    "aws:redshift/cluster:Cluster": "vpcSecurityGroupIds",
    "aws:elasticache/replicationGroup:ReplicationGroup": "securityGroupIds",
    "aws:elasticache/cluster:Cluster": "securityGroupIds",
    "aws:elasticache/serverlessCache:ServerlessCache": "securityGroupIds",
    "aws:memorydb/cluster:Cluster": "securityGroupIds",
    "aws:opensearch/domain:Domain": "vpcOptions.securityGroupIds",
    "aws:ec2/vpcEndpoint:VpcEndpoint": "securityGroupIds",
    "aws:ec2/networkInterface:NetworkInterface": "securityGroups",
    "aws:ec2/instance:Instance": "vpcSecurityGroupIds",
    "aws:ec2/launchTemplate:LaunchTemplate": "vpcSecurityGroupIds",
    "aws:scheduler/schedule:Schedule": "target.ecsParameters.networkConfiguration.securityGroups",
    "aws:cloudwatch/eventTarget:EventTarget": "ecsTarget.networkConfiguration.securityGroups",
    "aws:efs/mountTarget:MountTarget": "securityGroups",
  },
  ...SDK,
};

/** The subnets of what runs a program. */
export const PROGRAM_SUBNETS: TypeProperties = {
  properties: {
    "aws:ecs/service:Service": "networkConfiguration.subnets",
    "aws:ecs/taskSet:TaskSet": "networkConfiguration.subnets",
    "aws:lambda/function:Function": "vpcConfig.subnetIds",
  },
  ...SDK,
};

/** Switches of encryption at rest. Redshift's is a text. unset-values.ts has what they mean where they are not set. */
export const ENCRYPTION_SWITCHES: TypeProperties = {
  properties: {
    "aws:rds/instance:Instance": "storageEncrypted",
    "aws:rds/cluster:Cluster": "storageEncrypted",
    "aws:docdb/cluster:Cluster": "storageEncrypted",
    "aws:neptune/cluster:Cluster": "storageEncrypted",
    "aws:redshift/cluster:Cluster": "encrypted",
    "aws:elasticache/replicationGroup:ReplicationGroup": "atRestEncryptionEnabled",
    "aws:efs/fileSystem:FileSystem": "encrypted",
    "aws:ebs/volume:Volume": "encrypted",
    "aws:opensearch/domain:Domain": "encryptAtRest.enabled",
    "aws:elasticsearch/domain:Domain": "encryptAtRest.enabled",
  },
  ...SDK,
};

/** The customer-managed key with which a resource encrypts the data or secrets that it stores. */
export const ENCRYPTION_KEYS: TypeProperties = {
  properties: {
    "aws:rds/instance:Instance": "kmsKeyId",
    "aws:rds/cluster:Cluster": "kmsKeyId",
    "aws:elasticache/replicationGroup:ReplicationGroup": "kmsKeyId",
    "aws:secretsmanager/secret:Secret": "kmsKeyId",
    "aws:cloudwatch/logGroup:LogGroup": "kmsKeyId",
    "aws:sqs/queue:Queue": "kmsMasterKeyId",
    "aws:sns/topic:Topic": "kmsMasterKeyId",
    "aws:backup/vault:Vault": "kmsKeyArn",
    "aws:rds/instanceAutomatedBackupsReplication:InstanceAutomatedBackupsReplication": "kmsKeyId",
    "aws:efs/fileSystem:FileSystem": "kmsKeyId",
  },
  ...SDK,
};

/** The customer-managed key with which a resource encrypts events, or the calls that it makes. */
export const EVENT_KEYS: TypeProperties = {
  properties: {
    "aws:cloudwatch/eventBus:EventBus": "kmsKeyIdentifier",
    "aws:cloudwatch/eventArchive:EventArchive": "kmsKeyIdentifier",
    "aws:scheduler/schedule:Schedule": "kmsKeyArn",
    "aws:pipes/pipe:Pipe": "kmsKeyIdentifier",
  },
  ...SDK,
};

/**
 * The bucket to which S3 and load balancers deliver access logs, which is encrypted with S3 managed keys only: S3 User Guide,
 * "Enabling Amazon S3 server access logging"; Application Load Balancers, "Access logs".
 */
export const ACCESS_LOG_BUCKETS: TypeProperties = {
  properties: {
    "aws:s3/bucketLogging:BucketLogging": "targetBucket",
    "aws:s3/bucket:Bucket": "logging",
    "aws:lb/loadBalancer:LoadBalancer": "accessLogs",
    "aws:elb/loadBalancer:LoadBalancer": "accessLogs",
  },
  ...SDK,
};

/** The bucket to which a resource writes its logs. */
export const LOG_BUCKETS: TypeProperties = {
  properties: {
    ...ACCESS_LOG_BUCKETS.properties,
    "aws:ec2/flowLog:FlowLog": "logDestination",
    "aws:cloudfront/distribution:Distribution": "loggingConfig",
    "aws:cloudwatch/logDeliveryDestination:LogDeliveryDestination":
      "deliveryDestinationConfiguration",
    "aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration": "logDestinationConfigs",
    "aws:cloudtrail/trail:Trail": "s3BucketName",
  },
  ...SDK,
};

/** The dead-letter queue of what delivers events. */
export const DEAD_LETTER_QUEUES: TypeProperties = {
  properties: {
    "aws:cloudwatch/eventTarget:EventTarget": "deadLetterConfig.arn",
    "aws:scheduler/schedule:Schedule": "target.deadLetterConfig.arn",
  },
  ...SDK,
};

/** The accounts with which a snapshot is shared. */
export const SNAPSHOT_ACCOUNTS: TypeProperties = {
  properties: {
    "aws:rds/snapshot:Snapshot": "sharedAccounts",
    "aws:rds/clusterSnapshot:ClusterSnapshot": "sharedAccounts",
    "aws:rds/snapshotCopy:SnapshotCopy": "sharedAccounts",
    "aws:rds/clusterSnapshotCopy:ClusterSnapshotCopy": "sharedAccounts",
  },
  ...SDK,
};

/** The switch with which a resource is deleted together with what it contains. */
export const DELETES_CONTENTS: TypeProperties = {
  properties: {
    "aws:s3/bucket:Bucket": "forceDestroy",
    "aws:s3/bucketV2:BucketV2": "forceDestroy",
    "aws:route53/zone:Zone": "forceDestroy",
    "aws:backup/vault:Vault": "forceDestroy",
    "aws:iam/user:User": "forceDestroy",
    "aws:ecr/repository:Repository": "forceDelete",
  },
  ...SDK,
};

/** Resources that are one rule of a security group each, by the property of the group. */
export const SECURITY_GROUP_RULES: TypeProperties = {
  properties: {
    "aws:ec2/securityGroupRule:SecurityGroupRule": "securityGroupId",
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": "securityGroupId",
    "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": "securityGroupId",
  },
  ...SDK,
};

/** Of those that are inbound or outbound by their type: whether the other side is where traffic comes from or goes to. */
export const RULE_DIRECTIONS = {
  types: {
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": "from",
    "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": "to",
  } as Readonly<Record<string, "from" | "to">>,
  ...SDK,
};

/** What an Elastic IP address can belong to, with the property that names it. */
export const ADDRESS_HOLDERS = {
  properties: [
    ["aws:ec2/natGateway:NatGateway", "allocationId"],
    ["aws:ec2/natGateway:NatGateway", "secondaryAllocationIds"],
    ["aws:ec2/natGateway:NatGateway", "availabilityZoneAddresses"],
    ["aws:ec2/eipAssociation:EipAssociation", "allocationId"],
    ["aws:lb/loadBalancer:LoadBalancer", "subnetMappings"],
  ] as readonly (readonly [type: string, property: string])[],
  ...SDK,
};

/** Where servers and their templates describe disks, by type: the list, and the prefix of a disk's settings. */
export const DISKS = {
  properties: [
    ["aws:ec2/instance:Instance", "rootBlockDevice", ""],
    ["aws:ec2/instance:Instance", "ebsBlockDevices", ""],
    ["aws:ec2/launchConfiguration:LaunchConfiguration", "rootBlockDevice", ""],
    ["aws:ec2/launchConfiguration:LaunchConfiguration", "ebsBlockDevices", ""],
    ["aws:ec2/launchTemplate:LaunchTemplate", "blockDeviceMappings", "ebs."],
  ] as readonly (readonly [type: string, list: string, prefix: string])[],
  ...SDK,
};
