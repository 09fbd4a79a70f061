/**
 * `npm run job-time -- --stack <stack>`: how long a deployment of the stack may take, from its settings and its plan. Exit
 * code 0: it fits into a job of the pipeline; 1: it does not.
 */
import * as path from "node:path";

import { criticalPath } from "../analysis/critical-path/critical-path";
import { stepBound, wholeMinutes } from "../facts/duration-rows";
import { STATEFUL_TYPES } from "../facts/stateful-types";
import { DEPLOYMENT_SESSION_SECONDS } from "../platform/deployment-session";
import type { StackConfig } from "../schema";
import { SHORTEST_BACKUP_MINUTES } from "../schema/recovery";
import { leastDeploymentMinutes } from "../schema/services-rules";
import { commandLineOf } from "../tools/commands/options";
import { type Plan, previewStack } from "../tools/preview/index";
import { stackConfigOf } from "./platform";

const USAGE = `Usage: npm run --silent job-time -- --stack <stack>

Prints the time limits of a job that deploys the stack: minutes= of the job, up= of its update, seconds= of its credentials.`;

/** A job has credentials for as long; GitHub ends one after six hours ("Actions limits"). */
export const LONGEST_JOB_MINUTES = DEPLOYMENT_SESSION_SECONDS / 60;

/** What is not set anywhere: packages, the preview and the guard before the update; the checks and the report after it. */
const AROUND_MINUTES = 35;

/** The durations of a plan's critical path are typical: now and then a step takes twice as long. `dataStoreChange` is a bound. */
const SLOW = 2;

const SERVICE = "aws:ecs/service:Service";

type Planned = Pick<Plan, "resources" | "measured">;

/** Minutes of the plan's critical path, without what `leftOut` says: that has a time of its own, or is there. */
function pathMinutes({ resources, measured }: Planned, leftOut: (type: string) => boolean): number {
  const counted = resources.map((one) =>
    leftOut(one.type) ? { ...one, customTimeouts: { ...one.customTimeouts, create: 0 } } : one,
  );
  return Math.ceil((SLOW * criticalPath(counted, measured?.durations).seconds) / 60);
}

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

interface Case {
  readonly what: string;
  /** Settings that count, with their minutes. */
  readonly settings: ReturnType<typeof parts>;
  /** Minutes of everything else. */
  readonly rest: number;
}

/** The first deployment and every other one. */
function casesOf(config: StackConfig, plan: Planned): readonly [Case, Case] {
  const settings = parts(config);
  const services = settings.filter(([key]) => key.startsWith("crm:services."));
  const isService = (type: string) => type === SERVICE;
  return [
    { what: "first update", settings: services, rest: pathMinutes(plan, isService) },
    {
      what: "update",
      settings,
      rest: Math.max(
        wholeMinutes(stepBound("dataStoreChange", plan.measured?.durations ?? [])),
        pathMinutes(plan, (type) => isService(type) || Object.hasOwn(STATEFUL_TYPES, type)),
      ),
    },
  ];
}

/**
 * The time of a stack's deployment: the longer of a first `up`, which makes everything and takes no backup, and of an update,
 * which takes a backup and recreates no data store, because the guard refuses that. @throws where no job is that long
 */
export function jobTime(config: StackConfig, plan: Planned): JobTime {
  const cases = casesOf(config, plan).map((one) => ({
    ...one,
    up: one.settings.reduce((sum, [, minutes]) => sum + minutes, one.rest),
  }));
  const { what, settings: own, rest, up } = cases.reduce((a, b) => (b.up >= a.up ? b : a));
  const minutes = up + AROUND_MINUTES;
  if (minutes > LONGEST_JOB_MINUTES) {
    const most = LONGEST_JOB_MINUTES - AROUND_MINUTES - rest;
    const ends = `the deployment's credentials last ${LONGEST_JOB_MINUTES} minutes, of which what is around the update takes ${AROUND_MINUTES}`;
    if (most <= 0) {
      throw new Error(
        `the ${what} without services: expected at most ${LONGEST_JOB_MINUTES - AROUND_MINUTES} minutes, got ${rest}: ${ends}`,
      );
    }
    const named = own.map(([key, value]) => `${key} (${value})`).join(" and ");
    throw new Error(
      `${named}: expected ${most} minutes at most together, got ${up - rest}: ${ends}, and the rest of the ${what} ${rest}`,
    );
  }
  return { minutes, up };
}

/**
 * The settings that have to be shorter for a deployment to fit into a job, with the longest values that do: the longer of the
 * services' and the backup's, or both. Undefined where no valid values fit.
 */
export function settingsThatFit(
  config: StackConfig,
  plan: Planned,
): readonly (readonly [key: string, minutes: number])[] | undefined {
  const [first, update] = casesOf(config, plan).map(
    ({ rest }) => LONGEST_JOB_MINUTES - AROUND_MINUTES - rest,
  ) as [number, number];
  const services = Object.entries(config.services);
  const longest = Math.max(0, ...services.map(([, { deployment }]) => deployment.timeoutMinutes));
  const least = Math.max(0, ...services.map(([, service]) => leastDeploymentMinutes(service)));
  const backup = config.recovery.beforeDeployment?.timeoutMinutes ?? 0;
  const leastBackup = Math.min(backup, SHORTEST_BACKUP_MINUTES);
  const most = Math.min(longest, first);
  const shorterServices = { service: Math.min(most, update - backup), before: backup };
  const shorterBackup = { service: most, before: Math.min(backup, update - most) };
  const found = [
    ...(backup > longest ? [shorterBackup, shorterServices] : [shorterServices, shorterBackup]),
    { service: Math.min(most, least), before: Math.min(backup, update - least) },
  ].find(({ service, before }) => service >= least && before >= leastBackup);
  if (found === undefined) return undefined;
  const { service, before } = found;
  return [
    ...(before < backup ? [["crm:recovery.beforeDeployment.timeoutMinutes", before] as const] : []),
    ...services
      .filter(([, { deployment }]) => deployment.timeoutMinutes > service)
      .map(([key]) => [`crm:services.${key}.deployment.timeoutMinutes`, service] as const),
  ];
}

/** The command; returns its exit code. */
export async function main(
  args: readonly string[],
  root = path.join(__dirname, ".."),
): Promise<number> {
  const given = commandLineOf(args, USAGE, {
    options: { stack: { type: "string" } },
    required: ["stack"],
  });
  if (typeof given === "number") return given;
  const { stack } = given.values;
  const { minutes, up } = jobTime(
    stackConfigOf(stack, root),
    await previewStack({ cwd: root, stack, policyPacks: [] }),
  );
  console.log(`minutes=${minutes}\nup=${up}\nseconds=${minutes * 60}`);
  return 0;
}
