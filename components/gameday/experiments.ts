/**
 * Experiments of a game day, in the form of AWS Fault Injection Service (FIS): what is broken, where, and what the experiment's
 * role may do. Sources: FIS User Guide, "AWS FIS Actions reference" (ids, parameters, permissions) and "Targets for AWS FIS"
 * (types, parameters, filters), read on 2026-11-28; Resilience Hub User Guide, "Availability Zone: recovery" (how AWS narrows the
 * permissions).
 */
import type { Arns } from "../../platform/arns";
import type { Statement } from "../../platform/policy-documents";
import type { Tags } from "../../platform/tags";

/** A set of resources that an action works on. */
export interface ExperimentTarget {
  readonly resourceType: string;
  /** Not beside tags or filters: FIS refuses both. */
  readonly arns?: readonly string[];
  /** All of them are on the resource. */
  readonly tags?: Readonly<Record<string, string>>;
  readonly parameters?: Readonly<Record<string, string>>;
  /** Value by the path in what AWS's Describe action answers, in Pascal case. */
  readonly filters?: Readonly<Record<string, string>>;
}

export interface ExperimentAction {
  readonly actionId: string;
  readonly parameters?: Readonly<Record<string, string>>;
  /** What the action calls its targets, such as `Subnets`. */
  readonly targetKey: string;
  readonly target: ExperimentTarget;
}

export interface Experiment {
  /** Word in its names. */
  readonly key: "zone-loss" | "spot-interruption" | "database-failover" | "redis-failover";
  readonly description: string;
  /** By name; they begin together. */
  readonly actions: Readonly<Record<string, ExperimentAction>>;
  /** Whether an action whose targets are elsewhere is left out; else the experiment fails without targets. */
  readonly skipsEmpty: boolean;
  readonly statements: readonly Statement[];
}

interface Cache {
  readonly id: string;
}

/** What the experiments break, by the names that it has in AWS. */
export interface ExperimentScope {
  readonly arns: Arns;
  /** Tags of the stack's resources: of the component only the others count. */
  readonly tags: Tags;
  /** Zone that is lost. */
  readonly zone: string;
  readonly minutes: number;
  readonly clusterName: string;
  /** Whether a service may have tasks on Spot. */
  readonly usesSpot: boolean;
  /** The primary, and whether another zone has its standby. */
  readonly database: { readonly identifier: string; readonly multiAz: boolean };
  /** The cache whose replicas are in other zones. @default nothing of a cache fails over */
  readonly cache?: Cache;
}

/** The experiments that the stack is designed to survive; a database without a standby has no failover. */
export function experimentsOf(scope: ExperimentScope): readonly Experiment[] {
  const { usesSpot, database, cache } = scope;
  return [
    zoneLoss(scope),
    ...(usesSpot ? [spotInterruption(scope)] : []),
    ...(database.multiAz ? [databaseFailover(scope)] : []),
    ...(cache ? [redisFailover(scope, cache)] : []),
  ];
}

/**
 * No packet enters or leaves the zone's subnets: tasks, load balancer nodes and NAT gateways there are gone. RDS and ElastiCache
 * monitor their hosts from outside the zone, so the experiment fails the database over and cuts the power of the cache's nodes.
 */
function zoneLoss(scope: ExperimentScope): Experiment {
  const { zone, minutes, database, cache } = scope;
  const { Project, Environment } = scope.tags;
  return {
    key: "zone-loss",
    description: `The zone ${zone} is lost for ${minutes} minutes`,
    actions: {
      network: {
        actionId: "aws:network:disrupt-connectivity",
        parameters: { duration: `PT${minutes}M`, scope: "all" },
        targetKey: "Subnets",
        target: {
          resourceType: "aws:ec2:subnet",
          tags: { Project: Project!, Environment: Environment!, Component: "network" },
          parameters: { availabilityZoneIdentifier: zone },
        },
      },
      ...(database.multiAz && {
        database: {
          ...failover,
          target: {
            resourceType: "aws:rds:db",
            // With a parameter FIS selects by tags: it selects the instance only while it is in the zone.
            tags: { Environment: Environment!, Name: database.identifier },
            parameters: { availabilityZoneIdentifiers: zone },
          },
        },
      }),
      ...(cache && { cache: powerLoss(scope, cache) }),
    },
    skipsEmpty: true,
    statements: [
      ...networkStatements(scope),
      ...(database.multiAz ? databaseStatements(scope) : []),
      ...(cache ? cacheStatements(scope, cache) : []),
      targetsByTags,
    ],
  };
}

/**
 * FIS interrupts EC2's Spot instances, but not Fargate's: the experiment stops the tasks that run on Spot. They get SIGTERM and
 * their stop timeout, without the two minutes' warning that AWS gives.
 */
function spotInterruption({ arns, clusterName }: ExperimentScope): Experiment {
  const cluster = arns.cluster(clusterName);
  const tasks = [arns.tasksOf(clusterName)];
  const conditions = { ArnEquals: { "ecs:cluster": cluster } };
  return {
    key: "spot-interruption",
    description: "Every task on Fargate Spot is stopped",
    actions: {
      tasks: {
        actionId: "aws:ecs:stop-task",
        targetKey: "Tasks",
        target: {
          resourceType: "aws:ecs:task",
          parameters: { cluster: clusterName },
          filters: { CapacityProviderName: "FARGATE_SPOT" },
        },
      },
    },
    // If no task is on Spot at the moment, it would show nothing.
    skipsEmpty: false,
    statements: [
      {
        sid: "StopTasks",
        actions: ["ecs:DescribeTasks", "ecs:StopTask"],
        resources: tasks,
        conditions,
      },
      // The list has no task to name; the condition narrows it to the cluster.
      { sid: "ListTasks", actions: ["ecs:ListTasks"], resources: ["*"], conditions },
      targetsByTags,
    ],
  };
}

function databaseFailover(scope: ExperimentScope): Experiment {
  return {
    key: "database-failover",
    description: "The database fails over to its standby",
    actions: {
      database: {
        ...failover,
        target: { resourceType: "aws:rds:db", arns: [databaseArn(scope)] },
      },
    },
    skipsEmpty: false,
    statements: [...databaseStatements(scope), targetsByTags],
  };
}

function redisFailover(scope: ExperimentScope, cache: Cache): Experiment {
  return {
    key: "redis-failover",
    description: `The cache's nodes in ${scope.zone} lose their power for ${scope.minutes} minutes`,
    actions: { cache: powerLoss(scope, cache) },
    skipsEmpty: false,
    statements: [...cacheStatements(scope, cache), targetsByTags],
  };
}

const failover = {
  actionId: "aws:rds:reboot-db-instances",
  parameters: { forceFailover: "true" },
  targetKey: "DBInstances",
} as const;

function powerLoss({ zone, minutes, tags }: ExperimentScope, cache: Cache): ExperimentAction {
  return {
    actionId: "aws:elasticache:replicationgroup-interrupt-az-power",
    parameters: { duration: `PT${minutes}M` },
    targetKey: "ReplicationGroups",
    target: {
      resourceType: "aws:elasticache:replicationgroup",
      tags: { Environment: tags["Environment"]!, Name: cache.id },
      parameters: { availabilityZoneIdentifier: zone },
    },
  };
}

function databaseArn({ arns, database }: ExperimentScope): string {
  return arns.regional("rds", `db:${database.identifier}`);
}

function databaseStatements(scope: ExperimentScope): Statement[] {
  return [
    { sid: "FailOver", actions: ["rds:RebootDBInstance"], resources: [databaseArn(scope)] },
    {
      sid: "LookAtDatabases",
      actions: ["rds:DescribeDBInstances"],
      resources: [scope.arns.regional("rds", "db:*")],
    },
  ];
}

function cacheStatements({ arns }: ExperimentScope, cache: Cache): Statement[] {
  return [
    {
      sid: "CutPower",
      actions: ["elasticache:InterruptClusterAzPower"],
      resources: [arns.regional("elasticache", `replicationgroup:${cache.id}`)],
    },
    {
      sid: "LookAtCaches",
      actions: ["elasticache:DescribeReplicationGroups"],
      resources: [arns.regional("elasticache", "replicationgroup:*")],
    },
  ];
}

/** FIS attaches a network ACL of its own to the subnets and removes it again; it tags each with managedByFIS. */
function networkStatements({ arns, tags }: ExperimentScope): Statement[] {
  const acls = [arns.regional("ec2", "network-acl/*")];
  const environment = { "aws:ResourceTag/Environment": tags["Environment"]! };
  const requested = { "aws:RequestTag/managedByFIS": "true" };
  return [
    {
      sid: "TagOwnAcls",
      actions: ["ec2:CreateTags"],
      resources: acls,
      conditions: { StringEquals: { "ec2:CreateAction": "CreateNetworkAcl", ...requested } },
    },
    {
      sid: "MakeAcls",
      actions: ["ec2:CreateNetworkAcl"],
      resources: acls,
      conditions: { StringEquals: requested },
    },
    {
      sid: "MakeAclsInTheNetwork",
      actions: ["ec2:CreateNetworkAcl"],
      resources: [arns.regional("ec2", "vpc/*")],
      conditions: { StringEquals: environment },
    },
    {
      sid: "ChangeOwnAcls",
      actions: ["ec2:CreateNetworkAclEntry", "ec2:DeleteNetworkAcl"],
      resources: acls,
      conditions: { StringEquals: { "aws:ResourceTag/managedByFIS": "true" } },
    },
    {
      sid: "PutBeforeSubnets",
      actions: ["ec2:ReplaceNetworkAclAssociation"],
      resources: [arns.regional("ec2", "subnet/*")],
      conditions: { StringEquals: environment },
    },
    {
      // The ACL that was there before may be the network's own, which has no tags.
      sid: "ChooseAcls",
      actions: ["ec2:ReplaceNetworkAclAssociation"],
      resources: acls,
    },
    {
      sid: "LookAtPrefixes",
      actions: ["ec2:GetManagedPrefixListEntries"],
      resources: [arns.regional("ec2", "prefix-list/*")],
    },
    {
      sid: "LookAtNetworks",
      actions: [
        "ec2:DescribeManagedPrefixLists",
        "ec2:DescribeNetworkAcls",
        "ec2:DescribeSubnets",
        "ec2:DescribeVpcs",
      ],
      resources: ["*"],
    },
  ];
}

const targetsByTags: Statement = {
  sid: "FindTargets",
  actions: ["tag:GetResources"],
  resources: ["*"],
};
