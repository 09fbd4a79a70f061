/**
 * `crm:services.<name>.tasks`: tasks that run once and end, with the image, variables, secrets and permissions of a service. One kind of
 * task, independent of how it starts.
 */
import type { z } from "zod";

import { FARGATE_BOUNDS } from "../facts/fargate-sizes";
import {
  commandLine,
  group,
  integer,
  namedGroup,
  recurrence,
  text,
  timeZone,
  within,
} from "./common";

const taskSchema = group({
  entryPoint: commandLine().optional().describe("Program that runs; without it that of the image"),
  command: commandLine().describe("Arguments of the program, or program and arguments"),
  cpu: within(FARGATE_BOUNDS.cpu, "CPU units")
    .optional()
    .describe("CPU units of the task; without it those of the service"),
  memoryMiB: within(FARGATE_BOUNDS.memoryMiB, "MiB")
    .optional()
    .describe("Memory of the task in MiB; without it that of the service"),
  schedule: group({
    expression: recurrence(
      "eventbridge-scheduler",
      "rate(1 hour), cron(0 9 * * ? *) or the like",
    ).describe("When the task starts: EventBridge Scheduler's rate or cron expression"),
    timeZone: timeZone().default("Etc/UTC").describe("Time zone of a cron expression"),
  })
    .optional()
    .describe("Schedule that starts the task, once the service has an image"),
  beforeVersion: group({
    timeoutMinutes: integer(1, 720, "minutes")
      .default(15)
      .describe("Minutes after which the task is stopped and the version is not deployed"),
  })
    .optional()
    .describe(
      "Runs the task, such as a migration, before a new version of the service starts; if it fails, the old version stays",
    ),
});

/** Tasks by name. The longest fits into a role's name beside the longest service and a qualifier of 9 letters. */
export const tasksSchema = namedGroup(
  text(
    /^(?=.{1,20}$)[a-z][a-z0-9]*(-[a-z0-9]+)*$/,
    "a lower-case word of at most 20 letters, digits and inner hyphens",
  ),
  taskSchema,
);

/** The task that runs before a new version; one at most. */
export function taskBeforeVersion(tasks: Readonly<Record<string, TaskConfig>>) {
  return Object.entries(tasks).find(([, { beforeVersion }]) => beforeVersion !== undefined);
}

export type TaskConfig = z.infer<typeof taskSchema>;
