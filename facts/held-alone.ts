/** What only one resource can have at a time, besides a name; and what a late deletion of the old resource removes. */
import { type Fact, guide } from "./fact";

/** A property whose value AWS gives to one resource alone. */
export interface HeldAlone extends Fact {
  readonly property: string;
  /** The property within whose value it is alone; absent: everywhere. */
  readonly within?: string;
  /** When a new value needs what the old one has: `overlap` of ranges of addresses, `share` of an item of two lists. */
  readonly collides: "equal" | "overlap" | "share";
  /**
   * True for a setting that exists once for what it belongs to: AWS accepts the new one in the old one's place, and the
   * provider deletes the old one by what both have, which removes the new one. Absent: AWS refuses the new one.
   */
  readonly once?: true;
  readonly why: string;
}

/** The file of a type in the provider's source, which creates and deletes it by the same key. */
const provider = (file: string) => ({
  source: `https://github.com/hashicorp/terraform-provider-aws/blob/main/internal/service/${file}`,
  asOf: "2026-11-29",
});
const once = (property: string, file: string, what: string): HeldAlone => ({
  ...{
    property,
    collides: "equal",
    once: true,
    why: `${what} has one, and the late deletion removes it`,
  },
  ...provider(file),
});
const ofVault = (file: string) => once("backupVaultName", `backup/${file}.go`, "a vault");
/** Replaced beside the old one where only `expectedBucketOwner` changes. */
const ofBucket = (file: string) => once("bucket", `s3/${file}.go`, "a bucket");

const RANGES = {
  why: "two subnets of a network cannot overlap",
  source: "https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html",
  asOf: "2026-11-29",
} as const;
/** A private gateway has no such address. */
const ADDRESS = {
  why: "its address belongs to one NAT gateway at a time",
  source: guide("amazon-vpc-user-guide", "a16ab76ed2f6b230672e98a0b2bfdab6d165ac4a", "vpc-eips.md"),
  asOf: "2026-11-29",
} as const;

/** By type. */
export const HELD_ALONE: Readonly<Record<string, readonly HeldAlone[]>> = {
  "aws:backup/vaultLockConfiguration:VaultLockConfiguration": [ofVault("vault_lock_configuration")],
  "aws:backup/vaultNotifications:VaultNotifications": [ofVault("vault_notifications")],
  "aws:cloudwatch/compositeAlarm:CompositeAlarm": [
    once("alarmName", "cloudwatch/composite_alarm.go", "a name"),
  ],
  "aws:ec2/flowLog:FlowLog": [
    {
      ...{ property: "logDestination", within: "vpcId", collides: "equal" },
      why: "a network has one flow log of a configuration at a destination",
      source: "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html",
      asOf: "2026-11-29",
      unverified: "FlowLogAlreadyExists does not say which properties are the configuration",
    },
  ],
  "aws:rds/instanceAutomatedBackupsReplication:InstanceAutomatedBackupsReplication": [
    once(
      "sourceDbInstanceArn",
      "rds/instance_automated_backups_replication.go",
      "a database's second region",
    ),
  ],
  "aws:route53/queryLog:QueryLog": [
    {
      ...{ property: "zoneId", collides: "equal" },
      why: "a hosted zone has one query logging configuration",
      source:
        "https://docs.aws.amazon.com/Route53/latest/APIReference/API_CreateQueryLoggingConfig.html",
      asOf: "2026-11-29",
    },
  ],
  "aws:s3/bucketCorsConfiguration:BucketCorsConfiguration": [ofBucket("bucket_cors_configuration")],
  "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": [
    ofBucket("bucket_lifecycle_configuration"),
  ],
  "aws:s3/bucketLogging:BucketLogging": [ofBucket("bucket_logging")],
  "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": [
    ofBucket("bucket_server_side_encryption_configuration"),
  ],
  "aws:s3/bucketVersioning:BucketVersioning": [ofBucket("bucket_versioning")],
  "aws:wafv2/webAclAssociation:WebAclAssociation": [
    once("resourceArn", "wafv2/web_acl_association.go", "a load balancer"),
  ],
  "aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration": [
    once("resourceArn", "wafv2/web_acl_logging_configuration.go", "a web ACL"),
  ],
  "aws:ec2/subnet:Subnet": [
    { property: "cidrBlock", within: "vpcId", collides: "overlap", ...RANGES },
    { property: "ipv6CidrBlock", within: "vpcId", collides: "equal", ...RANGES },
  ],
  "aws:ec2/natGateway:NatGateway": [
    { property: "allocationId", collides: "equal", ...ADDRESS },
    { property: "secondaryAllocationIds", collides: "share", ...ADDRESS },
    { property: "privateIp", within: "subnetId", collides: "equal", ...ADDRESS },
  ],
};

/** A property whose value only one resource of what holds it can have, and which can move from one to another. */
export interface UniqueWithin extends Fact {
  readonly property: string;
  readonly within: string;
  readonly why: string;
  /** What another value is called. */
  readonly free: string;
}

/** By type. The provider sets the priority of one rule at a time: internal/service/elbv2/listener_rule.go, Update. */
export const UNIQUE_WITHIN: Readonly<Record<string, UniqueWithin>> = {
  "aws:lb/listenerRule:ListenerRule": {
    ...{ property: "priority", within: "listenerArn", free: "a free priority" },
    why: "Elastic Load Balancing refuses a second rule with the priority of another (PriorityInUse)",
    source:
      "https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_SetRulePriorities.html",
    asOf: "2026-11-29",
  },
};
