/** The AWS SDK behind the interfaces of the backup; it is bundled with the function, in the version of package-lock.json. */
import {
  DescribeClustersCommand,
  DescribeServicesCommand,
  DescribeTaskDefinitionCommand,
  ECSClient,
  ListServicesCommand,
} from "@aws-sdk/client-ecs";
import { PutObjectCommand, S3Client } from "@aws-sdk/client-s3";

import { PATIENT_CLIENT } from "../patient-client";
import type { ClusterReader, ConfigurationWriter, Description } from "./backup";

/** ECS of the function's region. */
export function clusterReader(ecs = new ECSClient(PATIENT_CLIENT)): ClusterReader {
  return {
    cluster: async (name, abortSignal) => {
      const found = await ecs.send(
        new DescribeClustersCommand({
          clusters: [name],
          include: ["CONFIGURATIONS", "SETTINGS", "TAGS"],
        }),
        { abortSignal },
      );
      return {
        cluster: found.clusters?.[0] as Description | undefined,
        failures: found.failures ?? [],
      };
    },
    serviceArns: async (cluster, nextToken, abortSignal) => {
      const found = await ecs.send(
        new ListServicesCommand({ cluster, nextToken, maxResults: 100 }),
        { abortSignal },
      );
      return { items: found.serviceArns ?? [], next: found.nextToken };
    },
    services: async (cluster, arns, abortSignal) => {
      const found = await ecs.send(
        new DescribeServicesCommand({ cluster, services: [...arns], include: ["TAGS"] }),
        { abortSignal },
      );
      return {
        services: (found.services ?? []) as unknown as Description[],
        failures: found.failures ?? [],
      };
    },
    taskDefinition: async (arn, abortSignal) => {
      const found = await ecs.send(
        new DescribeTaskDefinitionCommand({ taskDefinition: arn, include: ["TAGS"] }),
        { abortSignal },
      );
      return found.taskDefinition && { ...found.taskDefinition, tags: found.tags ?? [] };
    },
  };
}

/**
 * A bucket; its default encryption uses the platform's key. S3 refuses the object where the bucket is another account's:
 * a stranger can take a released name.
 */
export function bucketWriter(
  bucket: string,
  owner: string,
  s3 = new S3Client(PATIENT_CLIENT),
): ConfigurationWriter {
  return {
    write: async (key, body, abortSignal) => {
      await s3.send(
        new PutObjectCommand({
          Bucket: bucket,
          ExpectedBucketOwner: owner,
          Key: key,
          Body: body,
          ContentType: "application/json",
          ChecksumAlgorithm: "SHA256",
        }),
        { abortSignal },
      );
    },
  };
}
