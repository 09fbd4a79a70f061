/**
 * Schedule expressions of AWS: what each service accepts, read into values. When they run: schedule-runs.ts.
 * Judged by the examples in the services' guides, which tests/facts/schedules.test.ts names.
 */
import type { Fact } from "./fact";
import {
  CRON_DIALECTS,
  parseCron,
  ScheduleSyntaxError,
  type Cron,
  type CronDialect,
} from "./schedule-cron";

const MINUTES = { minute: 1, hour: 60, day: 24 * 60 } as const;
type RateUnit = keyof typeof MINUTES;

/** `rate(5 minutes)`: at equal distances, counted from the schedule's start. */
export interface Rate {
  readonly form: "rate";
  /** Minutes between two runs. */
  readonly minutes: number;
}

/** `at(2022-11-20T13:00:00)`: once. */
export interface At {
  readonly form: "at";
  /** Time of the zone's clocks, as the UTC milliseconds of the same digits. */
  readonly wall: number;
}

export type Schedule = Cron | Rate | At;

interface Dialect extends Fact {
  readonly cron: CronDialect;
  /** Units of a rate, or none. */
  readonly rate?: readonly RateUnit[];
  /** Whether one may have a plural unit. */
  readonly pluralOfOne?: boolean;
  /** Shortest rate in minutes. */
  readonly shortestRate?: number;
  readonly at?: boolean;
  readonly example: string;
}

const ANY_UNIT = ["minute", "hour", "day"] as const;

const DOCS = "https://docs.aws.amazon.com";
const asOf = "2026-11-28";

/** What each service takes, and its page that says so. */
export const DIALECTS = {
  /** EventBridge rules, and with them Lambda's scheduled events. Their clock is UTC. */
  "eventbridge-rule": {
    ...{ source: `${DOCS}/eventbridge/latest/userguide/eb-scheduled-rule-pattern.html`, asOf },
    cron: CRON_DIALECTS.eventBridgeRule,
    rate: ANY_UNIT,
    example: "rate(1 hour) or cron(0 9 * * ? *)",
  },
  /**
   * Six fields, as its API Reference says of ScheduleExpression (CreateSchedule). Of a rate the reference lists units in the
   * singular and the plural; the guide lists the plural alone, for any positive number.
   */
  "eventbridge-scheduler": {
    ...{ source: `${DOCS}/scheduler/latest/UserGuide/schedule-types.html`, asOf },
    cron: CRON_DIALECTS.eventBridge,
    rate: ANY_UNIT,
    pluralOfOne: true,
    at: true,
    example: "rate(1 hour), cron(0 9 * * ? *) or at(2030-01-31T09:00:00)",
  },
  /** A seventh field for seconds, which its guide on scheduled scaling warns about, is refused. */
  "application-auto-scaling": {
    ...{
      source: `${DOCS}/autoscaling/application/userguide/scheduled-scaling-using-cron-expressions.html`,
      asOf,
    },
    cron: CRON_DIALECTS.eventBridge,
    rate: ANY_UNIT,
    at: true,
    example: "cron(0 9 * * ? *), rate(1 hour) or at(2030-01-31T09:00:00)",
  },
  /**
   * Rules of a backup plan and restore testing plans: the API's BackupRule and RestoreTestingPlanForCreate know cron expressions alone; so does AWS CDK's BackupPlanRule.
   */
  backup: {
    ...{ source: `${DOCS}/aws-backup/latest/devguide/API_BackupRule.html`, asOf },
    cron: CRON_DIALECTS.eventBridge,
    example: "cron(0 5 * * ? *)",
  },
  "secrets-manager": {
    ...{ source: `${DOCS}/secretsmanager/latest/userguide/rotate-secrets_schedule.html`, asOf },
    cron: CRON_DIALECTS.secretsManager,
    rate: ["hour", "day"],
    shortestRate: 4 * 60,
    example: "rate(30 days) or cron(0 8 1 * ? *)",
  },
} as const satisfies Record<string, Dialect>;

export type ScheduleService = keyof typeof DIALECTS;

export type ParsedSchedule =
  | { readonly schedule: Schedule; readonly error?: undefined }
  | { readonly schedule?: undefined; readonly error: ScheduleSyntaxError };

/** Reads a schedule expression as the service does. */
export function parseSchedule(text: string, service: ScheduleService): ParsedSchedule {
  try {
    return { schedule: parse(text, DIALECTS[service]) };
  } catch (error) {
    if (error instanceof ScheduleSyntaxError) {
      return { error };
    }
    throw error;
  }
}

/** When a rule of a backup plan starts that names no schedule. Source: AWS Backup API Reference, BackupRule. */
export const DEFAULT_BACKUP_SCHEDULE = "cron(0 5 ? * * *)";

/** A schedule of each form that the service takes, for messages. */
export function scheduleExample(service: ScheduleService): string {
  return DIALECTS[service].example;
}

function parse(text: string, dialect: Dialect): Schedule {
  const [, form, content] = /^(cron|rate|at)\((.*)\)$/s.exec(text) ?? [];
  if (form === "cron") {
    return parseCron(content!, dialect.cron);
  }
  if (form === "rate" && dialect.rate !== undefined) {
    return parseRate(content!, dialect.rate, dialect);
  }
  if (form === "at" && dialect.at) {
    return parseAt(content!);
  }
  throw new ScheduleSyntaxError("schedule", dialect.example, text);
}

/**
 * One takes a singular unit, more a plural one; Scheduler takes both for one. Source: EventBridge User Guide,
 * "Rate expressions". That a larger value may have a singular unit no page says, so it is refused for all.
 */
function parseRate(
  text: string,
  units: readonly RateUnit[],
  { pluralOfOne = false, shortestRate: shortest = 1 }: Dialect,
): Rate {
  const [, value, unit, plural] = /^([1-9]\d{0,8}) (minute|hour|day)(s?)$/.exec(text) ?? [];
  const number = Number(value);
  const grammatical = number === 1 ? pluralOfOne || plural === "" : plural === "s";
  if (!grammatical || !units.includes(unit as RateUnit)) {
    const plurals = `${units.map((each) => `${each}s`).join(", ")}`;
    const expected = `1 ${units.join(", 1 ")}, or a larger whole number of ${plurals}`;
    throw new ScheduleSyntaxError("rate", expected, text);
  }
  const minutes = number * MINUTES[unit as RateUnit];
  if (minutes < shortest) {
    throw new ScheduleSyntaxError("rate", `at least ${shortest / 60} hours`, text);
  }
  return { form: "rate", minutes };
}

function parseAt(text: string): At {
  const written = /^(\d{4})-\d\d-\d\dT\d\d:\d\d:\d\d$/.test(text);
  const wall = written ? Date.parse(`${text}Z`) : Number.NaN;
  // Date.parse moves 30 February to March.
  if (Number.isNaN(wall) || new Date(wall).toISOString() !== `${text}.000Z`) {
    throw new ScheduleSyntaxError("at", "a date and time yyyy-mm-ddThh:mm:ss", text);
  }
  return { form: "at", wall };
}

/** The cron expression for every day at a time such as `09:00`, or for some days of the week. */
export function dailyCron(time: string, days?: readonly string[]): string {
  const [hours, minutes] = time.split(":").map(Number) as [number, number];
  return days === undefined
    ? `cron(${minutes} ${hours} * * ? *)`
    : `cron(${minutes} ${hours} ? * ${days.join(",")} *)`;
}
