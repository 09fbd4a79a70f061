/**
 * `npm run job-time -- --stack <stack>`: how long a deployment of the stack may take, from its settings. Exit code 0: it
 * fits into a job of the pipeline; 1: it does not.
 */
import * as path from "node:path";
import { parseArgs } from "node:util";

import { DEPLOYMENT_SESSION_SECONDS } from "../platform/deployment-session";
import type { StackConfig } from "../schema";
import { stackConfigOf } from "./platform";

const USAGE = `Usage: npm run --silent job-time -- --stack <stack>

Prints minutes=, up= and seconds= for a job that deploys the stack: of the whole job, of its update, and of its credentials.`;

/** A job has credentials for as long; GitHub ends one after six hours ("Actions limits"). */
export const LONGEST_JOB_MINUTES = DEPLOYMENT_SESSION_SECONDS / 60;

/** What is not set anywhere: packages, the preview and the guard before the update; the checks and the report after it. */
const AROUND_MINUTES = 35;

/** An update without services: distributions, the database's restart. Source: facts/durations.json has the parts. */
const REST_MINUTES = 30;

/** Longest times of one deployment in minutes. */
export interface JobTime {
  readonly minutes: number;
  /** Of the update itself: then it is asked to end, and saves its state. */
  readonly up: number;
}

/** Settings of which the longest deployment is made, by their keys. */
function parts(config: StackConfig): readonly (readonly [key: string, minutes: number])[] {
  const services = Object.entries(config.services).map(
    ([key, { deployment }]) =>
      [`crm:services.${key}.deployment.timeoutMinutes`, deployment.timeoutMinutes] as const,
  );
  // Services change side by side, after one backup that they wait for.
  const longest = services.sort(([, one], [, other]) => other - one).slice(0, 1);
  const backup = config.recovery.beforeDeployment?.timeoutMinutes;
  return [
    ...(backup === undefined
      ? []
      : [["crm:recovery.beforeDeployment.timeoutMinutes", backup] as const]),
    ...longest,
  ];
}

/** The time of a stack's deployment. @throws where no job is that long */
export function jobTime(config: StackConfig): JobTime {
  const settings = parts(config);
  const up = settings.reduce((sum, [, minutes]) => sum + minutes, REST_MINUTES);
  const minutes = up + AROUND_MINUTES;
  if (minutes > LONGEST_JOB_MINUTES) {
    const named = settings.map(([key, value]) => `${key} (${value})`).join(" and ");
    const most = LONGEST_JOB_MINUTES - AROUND_MINUTES - REST_MINUTES;
    const sum = settings.reduce((all, [, value]) => all + value, 0);
    throw new Error(
      `${named}: expected ${most} minutes at most together, got ${sum}: the deployment's credentials last ${LONGEST_JOB_MINUTES} minutes.`,
    );
  }
  return { minutes, up };
}

/** The command; returns its exit code. */
export function main(args: readonly string[], root = path.join(__dirname, "..")): number {
  let stack: string | undefined;
  try {
    stack = parseArgs({ args: [...args], options: { stack: { type: "string" } } }).values.stack;
  } catch (error) {
    console.error((error as Error).message);
  }
  if (stack === undefined) {
    console.error(USAGE);
    return 2;
  }
  const { minutes, up } = jobTime(stackConfigOf(stack, root));
  console.log(`minutes=${minutes}\nup=${up}\nseconds=${minutes * 60}`);
  return 0;
}
