/** Properties that open a resource to the internet. */
import { type Fact, providerText } from "./fact";

/** A property that opens a resource to the internet. */
export interface Exposure extends Fact {
  readonly type: string;
  /** Path of the property. */
  readonly property: string;
  /** The value that opens. */
  readonly opens: boolean | string;
  /** The value where the property is not set; undefined: another resource decides. */
  readonly byDefault: boolean | undefined;
  /** What the resource then does, after its name. */
  readonly says: string;
}

const READ = "2026-11-29";
const ADDRESS = "gets an address of the internet";

/** File of the SDK that describes a type's arguments. */
function fileOf(type: string): string {
  return `${type.split(":")[1]!}.ts`;
}

function exposure(
  type: string,
  property: string,
  opens: Exposure["opens"],
  byDefault: Exposure["byDefault"],
  says: string,
  source = providerText(fileOf(type)),
): Exposure {
  return { type, property, opens, byDefault, says, source, asOf: READ };
}

const NESTED = providerText("types/input.ts");
const DMS =
  "https://docs.aws.amazon.com/dms/latest/APIReference/API_CreateReplicationInstance.html";
/** Unset it is public where the VPC of its subnets has an internet gateway. */
const SHARD_GROUP =
  "https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBShardGroup.html";
/** Switches of S3 that block public access. */
export const ACCESS_BLOCKS = [
  "blockPublicAcls",
  "blockPublicPolicy",
  "ignorePublicAcls",
  "restrictPublicBuckets",
] as const;

/** Data stores and brokers with a public address where `publiclyAccessible` is true, by type: what an unset one is, and who says it. */
const PUBLICLY_ACCESSIBLE: readonly (readonly [type: string, byDefault: boolean, source?: string])[] = [
  ["aws:rds/instance:Instance", false],
  ["aws:rds/clusterInstance:ClusterInstance", false],
  ["aws:rds/shardGroup:ShardGroup", true, SHARD_GROUP],
  ["aws:redshift/cluster:Cluster", false],
  ["aws:redshiftserverless/workgroup:Workgroup", false],
  ["aws:neptune/clusterInstance:ClusterInstance", false],
  ["aws:timestreaminfluxdb/dbCluster:DbCluster", false],
  ["aws:timestreaminfluxdb/dbInstance:DbInstance", false],
  ["aws:lightsail/database:Database", false],
  ["aws:m2/environment:Environment", false],
  ["aws:mq/broker:Broker", false],
  ["aws:dms/instanceProfile:InstanceProfile", true],
  ["aws:dms/replicationInstance:ReplicationInstance", true, DMS],
]; // prettier-ignore

/** Types are canonical (`canonicalType`). */
export const EXPOSURES: readonly Exposure[] = [
  ...PUBLICLY_ACCESSIBLE.map(([type, byDefault, source]) =>
    exposure(type, "publiclyAccessible", true, byDefault, ADDRESS, source),
  ),
  exposure("aws:ec2/instance:Instance", "associatePublicIpAddress", true, undefined, ADDRESS),
  exposure("aws:ec2/spotInstanceRequest:SpotInstanceRequest", "associatePublicIpAddress", true, undefined, ADDRESS),
  exposure("aws:ec2/launchConfiguration:LaunchConfiguration", "associatePublicIpAddress", true, undefined, "gives what it starts an address of the internet"),
  exposure("aws:ec2/subnet:Subnet", "mapPublicIpOnLaunch", true, false, "gives what starts in it an address of the internet"),
  exposure("aws:ecs/service:Service", "networkConfiguration.assignPublicIp", true, false, "gives its tasks an address of the internet", NESTED),
  exposure("aws:eks/cluster:Cluster", "vpcConfig.endpointPublicAccess", true, true, "answers its API on the internet", NESTED),
  exposure("aws:lb/loadBalancer:LoadBalancer", "internal", false, false, "takes requests from the internet"),
  exposure("aws:elb/loadBalancer:LoadBalancer", "internal", false, false, "takes requests from the internet"),
  exposure("aws:lambda/functionUrl:FunctionUrl", "authorizationType", "NONE", undefined, "answers requests without credentials"),
  ...["bucket", "account"].flatMap((of) =>
    ACCESS_BLOCKS.map((property) =>
      exposure(`aws:s3/${of}PublicAccessBlock:${of === "bucket" ? "Bucket" : "Account"}PublicAccessBlock`, property, false, false, `no longer blocks public access (${property})`),
    ),
  ),
]; // prettier-ignore

/** Whether a value of the property, or none, opens the resource. */
export function opensWith({ opens, byDefault }: Exposure, value: unknown): boolean {
  return (value ?? byDefault) === opens;
}
