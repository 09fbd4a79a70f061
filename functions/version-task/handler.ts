/**
 * Runs a task before a new version of a service starts, such as a migration: ECS calls it at PRE_SCALE_UP and goes on, or stays
 * with the old version, by its answer. Protocol: Amazon ECS Developer Guide, "Lambda hooks for Amazon ECS service deployments".
 */
import { createHash } from "node:crypto";

import type { HookEvent, HookResponse } from "../deployment-hook";
import type { TaskDetails, TaskRunner } from "./runner";

/** What a call needs of the world around it. */
export interface Surroundings {
  readonly runner: TaskRunner;
  readonly now: number;
  readonly log: (entry: Readonly<Record<string, unknown>>) => void;
}

/** Seconds between two looks at the task. */
const DELAY = 15;

/** For so long a right that the same update has given may not be known everywhere. Source: IAM User Guide, "Troubleshoot IAM". */
const RIGHTS_MS = 180_000;
const TOO_EARLY = /AccessDenied|Throttl/;

/** The function's entry point. */
export async function handler(event: HookEvent): Promise<HookResponse> {
  // Loaded here: the decisions can then be tested without the SDK.
  const { taskRunner } = await import("./clients.js");
  const log = (entry: object) => console.log(JSON.stringify(entry));
  return step(event, { runner: taskRunner(), now: Date.now(), log });
}

/** One call: starts the task, or looks how it is. An error of AWS is thrown: without its answer nothing may go on. */
export async function step(event: HookEvent, around: Surroundings): Promise<HookResponse> {
  const details = readDetails(event.hookDetails);
  const log = (entry: object) =>
    around.log({ deployment: event.resourceArn, task: details.task, ...entry });
  const failed = (reason: string): HookResponse => {
    log({ result: "failed", reason });
    return { hookStatus: "FAILED", hookDetails: { reason } };
  };
  const { taskArn } = details;
  if (taskArn === undefined) {
    const since = details.since ?? around.now;
    const started = await around.runner.start(details, tokenOf(event, details)).catch((error) => {
      if (around.now - since < RIGHTS_MS && TOO_EARLY.test(String((error as Error).name)))
        return undefined;
      throw error;
    });
    if (started === undefined) {
      log({ result: "not yet allowed" });
      return waiting({ ...details, since });
    }
    if (started.taskArn === undefined) {
      return failed(`The task ${details.task} did not start: ${started.why ?? "no reason given"}.`);
    }
    log({ result: "started", taskArn: started.taskArn });
    const deadline = around.now + details.timeoutSeconds * 1000;
    return waiting({ ...details, taskArn: started.taskArn, deadline });
  }
  const state = await around.runner.look(details.cluster, taskArn, details.task);
  if (state === undefined) {
    return failed(`The task ${details.task} is not known to ECS any more.`);
  }
  if (state.stopped) {
    if (state.exitCode !== 0) {
      const code = state.exitCode ?? "no code";
      return failed(
        `The task ${details.task} ended with ${code}: ${state.reason ?? "no reason given"}.`,
      );
    }
    log({ result: "passed" });
    return { hookStatus: "SUCCEEDED" };
  }
  if (around.now >= (details.deadline ?? 0)) {
    const reason = `The task ${details.task} did not end in ${details.timeoutSeconds} s.`;
    await around.runner.stop(details.cluster, taskArn, reason);
    return failed(reason);
  }
  return waiting(details);
}

function waiting(details: TaskDetails): HookResponse {
  return { hookStatus: "IN_PROGRESS", callBackDelay: DELAY, hookDetails: { ...details } };
}

/** The same for each call of a deployment: a call that ECS repeats starts no second task. 64 characters at most. */
function tokenOf({ resourceArn }: HookEvent, { taskDefinition }: TaskDetails): string {
  return createHash("sha256").update(`${resourceArn} ${taskDefinition}`).digest("hex");
}

/** The hook's details as ECS passes them: an object, or its JSON text. */
function readDetails(value: unknown): TaskDetails {
  const details = (typeof value === "string" ? JSON.parse(value) : value) as Partial<TaskDetails>;
  const needed = ["task", "cluster", "taskDefinition", "platformVersion"] as const;
  const missing = needed.filter((key) => typeof details?.[key] !== "string");
  // ECS may hand a number back as a text.
  const timeoutSeconds = Number(details?.timeoutSeconds);
  if (missing.length > 0 || !Array.isArray(details.subnets) || !(timeoutSeconds > 0)) {
    const what = [...missing, "subnets", "timeoutSeconds"].join(", ");
    throw new Error(
      `hookDetails: expected ${what}, got ${JSON.stringify(Object.keys(details ?? {}))}`,
    );
  }
  return {
    ...(details as TaskDetails),
    timeoutSeconds,
    since: details.since === undefined ? undefined : Number(details.since),
    deadline: details.deadline === undefined ? undefined : Number(details.deadline),
  };
}
