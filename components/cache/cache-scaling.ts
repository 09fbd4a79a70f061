import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";

import type { Tags } from "../../platform/tags";
import type { CacheConfig } from "../../schema/cache";

export interface CacheScalingArgs extends NonNullable<CacheConfig["memoryScaling"]> {
  readonly replicationGroupId: string;
  readonly policyName: string;
  readonly tags: Tags;
}

/** Adds and removes shards so that their memory use stays at the target. */
export function createCacheScaling(
  name: string,
  args: CacheScalingArgs,
  opts: pulumi.CustomResourceOptions,
): void {
  const target = new aws.appautoscaling.Target(
    `${name}-shards`,
    {
      serviceNamespace: "elasticache",
      scalableDimension: "elasticache:replication-group:NodeGroups",
      resourceId: `replication-group/${args.replicationGroupId}`,
      minCapacity: args.minShards,
      maxCapacity: args.maxShards,
      tags: args.tags,
    },
    opts,
  );
  new aws.appautoscaling.Policy(
    `${name}-memory`,
    {
      name: args.policyName,
      policyType: "TargetTrackingScaling",
      serviceNamespace: target.serviceNamespace,
      scalableDimension: target.scalableDimension,
      resourceId: target.resourceId,
      targetTrackingScalingPolicyConfiguration: {
        predefinedMetricSpecification: {
          predefinedMetricType: "ElastiCacheDatabaseMemoryUsageCountedForEvictPercentage",
        },
        targetValue: args.targetPercent,
        scaleInCooldown: args.cooldownSeconds,
        scaleOutCooldown: args.cooldownSeconds,
      },
    },
    { parent: opts.parent },
  );
}
