/** What an extension adds to a service: permissions, variables, secrets, file systems. */
import type * as pulumi from "@pulumi/pulumi";

import type { Link } from "../../platform/links";

/** A directory of an EFS file system in the service's containers. */
export interface ServiceVolume {
  /** Name in the task definition. */
  readonly name: string;
  /** Where the container sees it, such as `/mnt/shared`. */
  readonly mountPath: string;
  /** @default false */
  readonly readOnly?: boolean;
  readonly fileSystemId: pulumi.Input<string>;
  /** Says as which user, and below which directory, the service works. */
  readonly accessPointId: pulumi.Input<string>;
}

export interface ServiceAddition extends Partial<Link> {
  /**
   * Variable -> ARN of the SSM parameter that holds its value, encrypted with the platform's key of secrets. A plain text, built with
   * `arns` and `names`: what a task may read is known in the first preview.
   * @default none
   */
  readonly parameterArns?: Readonly<Record<string, string>>;
  /**
   * Variable of `parameterArns` -> version of its value; a raised one restarts the tasks. Without one, tasks keep the value that they
   * started with. @default none
   */
  readonly secretVersions?: Readonly<Record<string, number>>;
  /** @default none */
  readonly volumes?: readonly ServiceVolume[];
  /** What tasks need to start: parameters, mount targets. @default nothing */
  readonly startAfter?: readonly pulumi.Resource[];
}

/** A service's links and what extensions add to it as one more. */
export function allLinks({ links, addition }: Linked): readonly Link[] {
  const { environment = {}, statements = [] } = addition ?? {};
  return [...links, { environment, statements }];
}

/** What a service's tasks start after. */
export function startsAfter({ startAfter = [], addition }: Starting): readonly pulumi.Resource[] {
  return [...startAfter, ...(addition?.startAfter ?? [])];
}

interface Starting {
  readonly startAfter?: readonly pulumi.Resource[];
  readonly addition?: ServiceAddition;
}

interface Linked {
  readonly links: readonly Link[];
  readonly addition?: ServiceAddition;
}

/**
 * Volumes of a task definition. Fargate mounts EFS from platform version 1.4.0 on; an access point and IAM authorization both ask for
 * encryption in transit. Source: ECS Developer Guide, "Specify an Amazon EFS file system in an Amazon ECS task definition".
 */
export function taskVolumes(volumes: readonly ServiceVolume[]) {
  return volumes.map(({ name, fileSystemId, accessPointId }) => ({
    name,
    efsVolumeConfiguration: {
      fileSystemId,
      transitEncryption: "ENABLED",
      authorizationConfig: { accessPointId, iam: "ENABLED" },
    },
  }));
}

/** Mount points of a container, in ECS's format. */
export function mountPoints(volumes: readonly ServiceVolume[]) {
  return volumes.map(({ name, mountPath, readOnly = false }) => ({
    sourceVolume: name,
    containerPath: mountPath,
    readOnly,
  }));
}
