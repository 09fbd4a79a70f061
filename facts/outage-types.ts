/**
 * Resource types without which requests fail, or without which a loss cannot be undone: what stops while there is none,
 * between a deletion and a creation or for good.
 */

/** What stops, by token. A choice of this project: the page of each service says what the resource does. */
export const OUTAGE_TYPES: Readonly<Record<string, string>> = {
  "aws:acm/certificate:Certificate": "HTTPS of the names that it is for",
  "aws:acm/certificateValidation:CertificateValidation":
    "what waits for the certificate to be issued",
  "aws:backup/plan:Plan": "backups by this plan",
  "aws:backup/selection:Selection": "backups of what it selects",
  "aws:backup/vaultLockConfiguration:VaultLockConfiguration": "the lock on recovery points",
  "aws:cloudfront/distribution:Distribution": "every request to its names",
  "aws:cloudfront/function:Function": "requests that it rewrites",
  "aws:cloudfront/originAccessControl:OriginAccessControl": "requests to the bucket behind it",
  "aws:ec2/eip:Eip": "the address that others have allowed",
  "aws:ec2/internetGateway:InternetGateway": "every connection to and from the internet",
  "aws:ec2/natGateway:NatGateway": "connections out of the private subnets",
  "aws:ec2/route:Route": "traffic that takes it",
  "aws:ec2/routeTable:RouteTable": "traffic of its subnets",
  "aws:ec2/routeTableAssociation:RouteTableAssociation": "traffic of the subnet",
  "aws:ec2/securityGroup:SecurityGroup": "connections that its rules allow",
  "aws:ec2/securityGroupRule:SecurityGroupRule": "connections that it allows",
  "aws:ec2/subnet:Subnet": "what runs in the subnet",
  "aws:ec2/vpc:Vpc": "everything in the network",
  "aws:ec2/vpcEndpoint:VpcEndpoint": "calls of AWS from the private subnets",
  "aws:ecr/replicationConfiguration:ReplicationConfiguration":
    "copies of images in the second region",
  "aws:ecs/cluster:Cluster": "every service in the cluster",
  "aws:ecs/clusterCapacityProviders:ClusterCapacityProviders": "starts of tasks",
  "aws:ecs/service:Service": "the service",
  "aws:elasticache/replicationGroup:ReplicationGroup": "sessions and cache",
  "aws:lambda/alias:Alias": "invocations through the alias",
  "aws:lambda/eventSourceMapping:EventSourceMapping": "consumption of its queue or stream",
  "aws:lambda/function:Function": "the function",
  "aws:lambda/permission:Permission": "invocations by who it lets in",
  "aws:lb/listener:Listener": "requests to its port",
  "aws:lb/listenerCertificate:ListenerCertificate": "HTTPS of the names of its certificate",
  "aws:lb/listenerRule:ListenerRule": "requests that it routes",
  "aws:lb/loadBalancer:LoadBalancer": "every request through it",
  "aws:lb/targetGroup:TargetGroup": "requests to its targets",
  "aws:lb/targetGroupAttachment:TargetGroupAttachment": "requests to the target",
  "aws:rds/instance:Instance": "the database",
  "aws:rds/instanceAutomatedBackupsReplication:InstanceAutomatedBackupsReplication":
    "copies of the database's backups in the second region",
  "aws:route53/hostedZoneDnsSec:HostedZoneDnsSec":
    "resolution of the zone's names, while the DS record stands in the parent",
  "aws:route53/keySigningKey:KeySigningKey":
    "resolution of the zone's names, while the DS record stands in the parent",
  "aws:route53/record:Record": "resolution of the name",
  "aws:route53/zone:Zone": "resolution of every name in the zone",
  "aws:s3/bucketReplicationConfig:BucketReplicationConfig": "copies of the bucket's objects",
  "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": "connections that it allows",
  "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": "connections that it allows",
};
