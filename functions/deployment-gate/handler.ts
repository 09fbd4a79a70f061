/**
 * The deployment gate: ECS calls it once a new version gets test traffic and goes on, or goes back to the
 * old version, by its answer. Protocol: Amazon ECS Developer Guide, "Lambda hooks for Amazon ECS service
 * deployments".
 */
import type { HookEvent, HookResponse } from "../deployment-hook";
import {
  NOBODY_TO_ASK,
  runChecks,
  type Check,
  type GateDetails,
  type Surroundings,
} from "./checks";

/** The part of Lambda's context that the gate reads. */
export interface InvocationContext {
  getRemainingTimeInMillis(): number;
}

/** Time to answer in before Lambda ends the invocation, in milliseconds. */
const RESERVE = 5000;

/** The function's entry point. */
export async function handler(event: HookEvent, context: InvocationContext): Promise<HookResponse> {
  return gate(event, context.getRemainingTimeInMillis(), {
    log: (entry) => console.log(JSON.stringify(entry)),
  });
}

/** Decides on one deployment; `remaining` is this invocation's time in milliseconds. */
export async function gate(
  event: HookEvent,
  remaining: number,
  surroundings: Surroundings,
): Promise<HookResponse> {
  const about = {
    stage: event.lifecycleStage,
    deployment: event.resourceArn,
    serviceArn: event.executionDetails?.serviceArn,
  };
  const log = (entry: Readonly<Record<string, unknown>>) =>
    surroundings.log({ ...about, ...entry });
  let details: GateDetails | undefined;
  try {
    details = readDetails(event.hookDetails);
  } catch (error) {
    return failed(`The hook's details are not usable: ${(error as Error).message}.`, log);
  }

  if (details === undefined) {
    log({ result: "passed", why: "the service has no tasks" });
    return { hookStatus: "SUCCEEDED" };
  }

  const now = Date.now();
  const deadline = details.deadline ?? now + details.totalSeconds * 1000;
  const until = Math.min(deadline, now + remaining - RESERVE);
  const outcome = await runChecks(details, until, { ...surroundings, log });
  if (outcome.passed) {
    log({ result: "passed" });
    return { hookStatus: "SUCCEEDED" };
  }
  if (until < deadline) {
    log({ result: "unfinished", problem: outcome.why });
    return {
      hookStatus: "IN_PROGRESS",
      callBackDelay: details.retryDelaySeconds,
      hookDetails: { ...details, deadline },
    };
  }
  return failed(
    `${details.service} did not pass its checks in ${details.totalSeconds} s: ${outcome.why}.`,
    log,
  );
}

function failed(reason: string, log: Surroundings["log"]): HookResponse {
  log({ result: "failed", reason });
  return { hookStatus: "FAILED", hookDetails: { reason } };
}

/** The hook's details as ECS passes them: an object, or its JSON text. None if they state that there are no tasks. */
function readDetails(value: unknown): GateDetails | undefined {
  const details: unknown = typeof value === "string" ? JSON.parse(value) : value;
  if (!isRecord(details)) {
    throw new Error(`hookDetails: expected an object, got ${kindOf(details)}`);
  }
  const checks = details["checks"];
  if (details["tasks"] !== undefined) {
    const tasks = asNumber(details, "tasks");
    if (tasks !== NOBODY_TO_ASK.tasks)
      throw new Error(`tasks: expected 0 or nothing, got ${tasks}`);
    if (checks !== undefined) throw new Error("checks: expected none beside tasks 0");
    return undefined;
  }
  if (!Array.isArray(checks) || checks.length === 0) {
    throw new Error(`checks: expected a list of checks, got ${kindOf(checks)}`);
  }
  return {
    service: asText(details, "service"),
    endpoint: asText(details, "endpoint"),
    host: asText(details, "host"),
    plain: details["plain"] === true,
    grpc: details["grpc"] === true,
    port: asNumber(details, "port"),
    passes: asNumber(details, "passes"),
    totalSeconds: asNumber(details, "totalSeconds"),
    requestTimeoutSeconds: asNumber(details, "requestTimeoutSeconds"),
    retryDelaySeconds: asNumber(details, "retryDelaySeconds"),
    deadline: details["deadline"] === undefined ? undefined : asNumber(details, "deadline"),
    checks: checks.map(readCheck),
  };
}

function readCheck(value: unknown): Check {
  if (!isRecord(value)) {
    throw new Error(`checks: expected objects, got ${kindOf(value)}`);
  }
  const { contains, maxSeconds } = value;
  return {
    path: asText(value, "path"),
    status: asText(value, "status"),
    contains: typeof contains === "string" ? contains : undefined,
    maxSeconds: maxSeconds === undefined ? undefined : asNumber(value, "maxSeconds"),
  };
}

/** What a value is, for a message: the details may hold what no log should. */
function kindOf(value: unknown): string {
  if (value === undefined || value === null || value === "") return "nothing";
  if (Array.isArray(value)) return value.length === 0 ? "an empty list" : "a list";
  return typeof value === "object" ? "an object" : `a ${typeof value}`;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function asText(record: Record<string, unknown>, key: string): string {
  const value = record[key];
  if (typeof value !== "string" || value === "") {
    throw new Error(`${key}: expected a text, got ${kindOf(value)}`);
  }
  return value;
}

/** ECS may hand a number back as a text. */
function asNumber(record: Record<string, unknown>, key: string): number {
  const value = record[key];
  const number = typeof value === "string" && value !== "" ? Number(value) : value;
  if (typeof number !== "number" || !Number.isFinite(number)) {
    throw new Error(`${key}: expected a number, got ${kindOf(value)}`);
  }
  return number;
}
