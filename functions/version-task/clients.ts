/** The AWS SDK behind the interface of the task; it is bundled with the function, in the version of package-lock.json. */
import {
  DescribeTasksCommand,
  ECSClient,
  RunTaskCommand,
  StopTaskCommand,
} from "@aws-sdk/client-ecs";

import { PATIENT_CLIENT } from "../patient-client";
import type { TaskRunner } from "./runner";

/** ECS of the function's region. */
export function taskRunner(ecs = new ECSClient(PATIENT_CLIENT)): TaskRunner {
  return {
    start: async (details, clientToken) => {
      const { tasks = [], failures = [] } = await ecs.send(
        new RunTaskCommand({
          ...{ cluster: details.cluster, taskDefinition: details.taskDefinition, clientToken },
          ...{ launchType: "FARGATE", platformVersion: details.platformVersion },
          networkConfiguration: {
            awsvpcConfiguration: {
              ...{ subnets: [...details.subnets], securityGroups: [...details.securityGroups] },
              assignPublicIp: "DISABLED",
            },
          },
          ...{ enableECSManagedTags: true, propagateTags: "TASK_DEFINITION" },
        }),
      );
      return { taskArn: tasks[0]?.taskArn, why: failures[0]?.reason };
    },
    look: async (cluster, taskArn, container) => {
      const found = await ecs.send(new DescribeTasksCommand({ cluster, tasks: [taskArn] }));
      const task = found.tasks?.[0];
      return (
        task && {
          stopped: task.lastStatus === "STOPPED",
          exitCode: task.containers?.find(({ name }) => name === container)?.exitCode,
          reason: task.stoppedReason,
        }
      );
    },
    stop: async (cluster, task, reason) => {
      await ecs.send(new StopTaskCommand({ cluster, task, reason }));
    },
  };
}
