/** Task definitions of a service: of its own tasks, and of those that run once. */
import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";

import type { Names } from "../../platform/names";
import type { Tags } from "../../platform/tags";
import type { TaskConfig } from "../../schema/service-tasks";
import { containerDefinitions, type ContainerDefinitionsArgs } from "./container-definitions";
import { taskVolumes } from "./service-addition";
import type { ServiceRoles } from "./service-roles";

export interface TaskDefinitionArgs {
  readonly family: string;
  readonly container: ContainerDefinitionsArgs;
  readonly roles: Pick<ServiceRoles, "executionRoleArn" | "taskRoleArn">;
  readonly tags: Tags;
}

/** A revision of a family. */
export function createTaskDefinition(
  name: string,
  { family, container, roles, tags }: TaskDefinitionArgs,
  parent: pulumi.Resource,
): aws.ecs.TaskDefinition {
  const { config } = container;
  return new aws.ecs.TaskDefinition(
    name,
    {
      family,
      requiresCompatibilities: ["FARGATE"],
      networkMode: "awsvpc",
      cpu: String(config.cpu),
      memory: String(config.memoryMiB),
      runtimePlatform: {
        operatingSystemFamily: "LINUX",
        cpuArchitecture: config.architecture,
      },
      executionRoleArn: roles.executionRoleArn,
      taskRoleArn: roles.taskRoleArn,
      containerDefinitions: containerDefinitions(container),
      ...(container.volumes?.length && { volumes: taskVolumes(container.volumes) }),
      // Old revisions stay: a rollback needs one that is active.
      skipDestroy: true,
      trackLatest: false,
      tags,
    },
    { parent },
  );
}

export interface EndingTaskArgs {
  /** Service, by its key in the stack file. */
  readonly service: string;
  /** The service's own container: image, variables, secrets, log. */
  readonly container: ContainerDefinitionsArgs;
  readonly roles: TaskDefinitionArgs["roles"];
  readonly names: Names;
  readonly tags: Tags;
}

/** Family of a task that runs once. */
export function familyOf({ service, names }: EndingTaskArgs, task: string): string {
  return names.of(`${service}-task-${task}`);
}

/** A task that runs once and ends: the service's container with another command, and nothing beside it. */
export function createEndingTask(
  name: string,
  args: EndingTaskArgs,
  task: string,
  { entryPoint, command, ...size }: TaskConfig,
  parent: pulumi.Resource,
): aws.ecs.TaskDefinition {
  const { container, roles, tags } = args;
  const { cpu, memoryMiB } = container.config;
  const config = {
    ...container.config,
    ...{ entryPoint, command },
    ...{ cpu: size.cpu ?? cpu, memoryMiB: size.memoryMiB ?? memoryMiB },
    // A collector would have to outlive the task to send its last traces.
    ...{ port: undefined, tracing: false },
  };
  const family = familyOf(args, task);
  return createTaskDefinition(
    name,
    {
      family,
      roles,
      tags: { ...tags, Name: family },
      container: { ...container, config, containerName: task, runsOnce: true },
    },
    parent,
  );
}
