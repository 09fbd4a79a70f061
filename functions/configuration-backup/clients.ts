/** The AWS SDK of Lambda's runtime behind the interfaces of the backup. */
import { ECS } from "@aws-sdk/client-ecs";
import { S3 } from "@aws-sdk/client-s3";

import type { ClusterReader, ConfigurationWriter, Description } from "./backup";

/** Configuration of the clients: throttled calls are tried again. */
const CLIENT = { maxAttempts: 5 };

/** ECS of the function's region. */
export function clusterReader(ecs: ECS = new ECS(CLIENT)): ClusterReader {
  return {
    cluster: async (name) => {
      const found = await ecs.describeClusters({
        clusters: [name],
        include: ["CONFIGURATIONS", "SETTINGS", "TAGS"],
      });
      return {
        cluster: found.clusters?.[0] as Description | undefined,
        failures: found.failures ?? [],
      };
    },
    serviceArns: async (cluster, next) => {
      const found = await ecs.listServices({ cluster, nextToken: next, maxResults: 100 });
      return { items: found.serviceArns ?? [], next: found.nextToken };
    },
    services: async (cluster, arns) => {
      const found = await ecs.describeServices({ cluster, services: [...arns], include: ["TAGS"] });
      return {
        services: (found.services ?? []) as unknown as Description[],
        failures: found.failures ?? [],
      };
    },
    taskDefinition: async (arn) => {
      const found = await ecs.describeTaskDefinition({ taskDefinition: arn, include: ["TAGS"] });
      return found.taskDefinition && { ...found.taskDefinition, tags: found.tags ?? [] };
    },
  };
}

/** A bucket; its default encryption uses the platform's key. */
export function bucketWriter(bucket: string, s3: S3 = new S3(CLIENT)): ConfigurationWriter {
  return {
    write: async (key, body) => {
      await s3.putObject({
        Bucket: bucket,
        Key: key,
        Body: body,
        ContentType: "application/json",
        ChecksumAlgorithm: "SHA256",
      });
    },
  };
}
