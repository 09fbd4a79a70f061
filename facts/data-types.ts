/**
 * What may hold data although no row of stateful-types.ts says so: a guard that knows a fixed list lets through what was
 * added to the program after it. AWS's own schema gives it away, or the name of the type.
 */
import { entryOf } from "./entry-of";
import { wholeSchemaOf } from "./published-schemas";
import { STATEFUL_TYPES, type StatefulType } from "./stateful-types";
import { twinsOf } from "./twin-types";
import { namesOfType } from "./type-names";

/** Names of AWS's things that hold something. */
const HOLDS =
  /(?<!Job|Metric)(Archive|Bucket|Cache|Catalog|Collection|Database|Dataset|Domain|Ledger|FileSystem|Graph|Group|Instance|Keyspace|Key|LogStream|Namespace|Parameter|Pool|Queue|Registry|Repository|Secret|Snapshot|Store|Stream|Table|Vault|Volume|Workspace|Cluster)(V\d)?$/;

/** Properties that only a thing has whose contents matter. */
const PROTECTS =
  /^(AllocatedStorage|BackupRetentionPeriod|DeletionProtection\w*|FinalSnapshot\w*|MessageRetentionPeriod|PointInTimeRecovery\w*|RetentionPeriodHours|SSESpecification|SnapshotIdentifier|SnapshotName|SnapshotRetentionLimit|StorageEncrypted)$/;

/** Types whose name sounds like it and that hold nothing of their own: what they are made of stands in the program. */
const EMPTY = new Set<string>([
  ...[
    "aws:autoscaling/group:Group",
    "aws:batch/jobQueue:JobQueue",
    "aws:ec2/placementGroup:PlacementGroup",
  ],
  ...["aws:ec2/securityGroup:SecurityGroup", "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup"],
  ...["aws:ec2/routeTable:RouteTable", "aws:elasticache/userGroup:UserGroup"],
  ...["aws:ecs/cluster:Cluster", "aws:eks/nodeGroup:NodeGroup", "aws:iam/group:Group"],
  ...["aws:elasticache/parameterGroup:ParameterGroup", "aws:elasticache/subnetGroup:SubnetGroup"],
  ...twinsOf("aws:lb/targetGroup:TargetGroup"),
  ...["aws:rds/clusterParameterGroup:ClusterParameterGroup", "aws:rds/optionGroup:OptionGroup"],
  ...["aws:rds/parameterGroup:ParameterGroup", "aws:rds/subnetGroup:SubnetGroup"],
  ...["aws:resourcegroups/group:Group", "aws:scheduler/scheduleGroup:ScheduleGroup"],
  ...["aws:cloudfront/keyGroup:KeyGroup", "aws:xray/group:Group", "aws:wafv2/ruleGroup:RuleGroup"],
  ...[
    "aws:lb/trustStore:TrustStore",
    "aws:route53/keySigningKey:KeySigningKey",
    "aws:ssm/parameter:Parameter",
  ],
  ...["aws:redshift/parameterGroup:ParameterGroup", "aws:redshift/subnetGroup:SubnetGroup"],
  ...["aws:docdb/subnetGroup:SubnetGroup", "aws:neptune/subnetGroup:SubnetGroup"],
  ...["aws:dax/subnetGroup:SubnetGroup", "aws:memorydb/subnetGroup:SubnetGroup"],
  ...["aws:codedeploy/deploymentGroup:DeploymentGroup", "aws:athena/workgroup:Workgroup"],
]);

const CAUTION =
  "give it an alias if it was renamed; otherwise copy what it holds, create the new one beside it, move its users, then remove it";

/** What is lost with a resource; nothing for one that holds nothing. */
export function dataOf(
  token: string,
  inputs: Readonly<Record<string, unknown>> = {},
): Pick<StatefulType, "holds" | "safeWay"> | undefined {
  const known = entryOf(STATEFUL_TYPES, token);
  if (known !== undefined) {
    const { where } = known;
    return where?.values.some((value) => value === inputs[where.property]) ? where : known;
  }
  const why = suspicion(token);
  return why === undefined ? undefined : { holds: `what it holds (${why})`, safeWay: CAUTION };
}

/** Why a type that no row of stateful-types.ts knows counts as holding data. */
export function suspicion(token: string): string | undefined {
  if (entryOf(STATEFUL_TYPES, token) !== undefined) return undefined;
  if (EMPTY.has(token) || token.startsWith("pulumi:")) return undefined;
  const names = namesOfType(token);
  const schema = wholeSchemaOf(token);
  const property = Object.keys(schema?.properties ?? {}).find((name) => PROTECTS.test(name));
  if (property !== undefined) return `AWS's type ${names!.aws} has ${property}`;
  if (names?.part || /^aws:ec2\/default/.test(token)) return undefined;
  const name = token.split(":").pop() ?? "";
  return HOLDS.test(name) && !PARTS.test(name) ? "its name says that it may hold data" : undefined;
}

/** Endings that belong to a setting, not to a store. */
const PARTS =
  /(ParameterGroup|SubnetGroup|SecurityGroup|OptionGroup|TargetGroup|RuleGroup|PublicKey)$/;
