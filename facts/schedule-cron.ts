/** The six fields of AWS's cron expressions, and the days that they name. Each dialect says where it stands. */
import type { Fact } from "./fact";

export const CRON_FIELDS = [
  "minutes",
  "hours",
  "day-of-month",
  "month",
  "day-of-week",
  "year",
] as const;
export type CronField = (typeof CRON_FIELDS)[number];

/** Days on which a cron expression runs. Days of the week count from 1, Sunday, to 7, Saturday. */
export type CronDays =
  | { readonly by: "days of the month"; readonly days: ReadonlySet<number> }
  | { readonly by: "last day of the month" }
  /** `L-3`: three days before the last; a month without that day is left out. */
  | { readonly by: "day before the last of the month"; readonly count: number }
  | { readonly by: "last weekday of the month" }
  | { readonly by: "weekday nearest to a day"; readonly day: number }
  | { readonly by: "days of the week"; readonly days: ReadonlySet<number> }
  | { readonly by: "last such day of the week"; readonly day: number }
  | { readonly by: "nth such day of the week"; readonly day: number; readonly nth: number };

export interface Cron {
  readonly form: "cron";
  /** Minutes of an hour and hours of a day, ascending. */
  readonly minutes: readonly number[];
  readonly hours: readonly number[];
  readonly days: CronDays;
  /** 1 to 12. */
  readonly months: ReadonlySet<number>;
  /** 1970 to 2199, ascending. */
  readonly years: readonly number[];
}

/** Why a text is no schedule; its message is such as `month: expected 1-12 or JAN-DEC, with , - * /, got "0"`. */
export class ScheduleSyntaxError extends Error {
  public constructor(
    /** Field, or part of the expression. */
    public readonly where: string,
    /** What AWS accepts there. */
    public readonly expected: string,
    got: string,
  ) {
    super(`${where}: expected ${expected}, got ${JSON.stringify(got)}`);
  }

  /** What is accepted, and where, for a sentence about the whole expression. */
  public get phrase(): string {
    return `${this.expected} in ${this.where}`;
  }
}

interface Range {
  readonly least: number;
  readonly most: number;
  readonly names?: readonly string[];
  /** As a reader writes it. */
  readonly title: string;
  /** Characters at most; AWS takes 07 for 7 in a field of two digits. */
  readonly digits: number;
}

const MONTHS = "JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC".split(" ");
const WEEKDAYS = "SUN MON TUE WED THU FRI SAT".split(" ");

const RANGES: Readonly<Record<CronField, Range>> = {
  minutes: { least: 0, most: 59, title: "0-59", digits: 2 },
  hours: { least: 0, most: 23, title: "0-23", digits: 2 },
  "day-of-month": { least: 1, most: 31, title: "1-31", digits: 2 },
  month: { least: 1, most: 12, names: MONTHS, title: "1-12 or JAN-DEC", digits: 2 },
  "day-of-week": { least: 1, most: 7, names: WEEKDAYS, title: "1-7 or SUN-SAT", digits: 1 },
  year: { least: 1970, most: 2199, title: "1970-2199", digits: 4 },
};

/** Wildcards by field. */
const EVENTBRIDGE: Readonly<Record<CronField, string>> = {
  minutes: ",-*/",
  hours: ",-*/",
  "day-of-month": ",-*?/LW",
  month: ",-*/",
  "day-of-week": ",-*?L#",
  year: ",-*/",
};

const SECRETS_MANAGER: Readonly<Record<CronField, string>> = {
  minutes: "",
  hours: "/",
  "day-of-month": ",-*?/L",
  month: ",-*/",
  "day-of-week": "#,-*?/L",
  year: "*",
};

export interface CronDialect extends Fact {
  readonly wildcards: Readonly<Record<CronField, string>>;
  /**
   * The day of the month may be `L-3`. No guide says so; AWS's support, asked about rules of EventBridge, calls it meant
   * and like any other form: https://zenn.dev/kz23szk/articles/d52df8b1614fb6. Read 2026-11-28. For other services that
   * read the same fields it is not documented.
   */
  readonly beforeLast?: boolean;
  /** A step may stand alone: `/8` is `0/8`. Source: Secrets Manager's examples. */
  readonly bareStep?: boolean;
  /** Fields that have one value. */
  readonly fixed?: Readonly<Partial<Record<CronField, string>>>;
}

const DOCS = "https://docs.aws.amazon.com";
const asOf = "2026-11-28";

export const CRON_DIALECTS = {
  eventBridgeRule: {
    ...{ source: `${DOCS}/eventbridge/latest/userguide/eb-scheduled-rule-pattern.html`, asOf },
    wildcards: EVENTBRIDGE,
    beforeLast: true,
  },
  eventBridge: {
    ...{ source: `${DOCS}/scheduler/latest/UserGuide/schedule-types.html`, asOf },
    wildcards: EVENTBRIDGE,
  },
  secretsManager: {
    ...{ source: `${DOCS}/secretsmanager/latest/userguide/rotate-secrets_schedule.html`, asOf },
    wildcards: SECRETS_MANAGER,
    bareStep: true,
    fixed: { minutes: "0", year: "*" },
  },
} as const satisfies Record<string, CronDialect>;

/** Reads what stands between the parentheses of `cron(...)`. Throws a ScheduleSyntaxError. */
export function parseCron(text: string, dialect: CronDialect): Cron {
  const parts = text.split(/[ \t]+/);
  if (parts.length !== CRON_FIELDS.length || parts.includes("")) {
    throw new ScheduleSyntaxError("cron", `six fields, ${CRON_FIELDS.join(" ")}`, text);
  }
  const [minutes, hours, dayOfMonth, month, dayOfWeek, year] = parts as [
    string,
    string,
    string,
    string,
    string,
    string,
  ];
  for (const [index, field] of CRON_FIELDS.entries()) {
    checkWildcards(field, parts[index]!, dialect);
  }
  if ((dayOfMonth === "?") === (dayOfWeek === "?")) {
    throw new ScheduleSyntaxError(
      "day-of-month and day-of-week",
      "exactly one ?",
      `${dayOfMonth} and ${dayOfWeek}`,
    );
  }
  return {
    form: "cron",
    minutes: ascending(numbers("minutes", minutes, dialect)),
    hours: ascending(numbers("hours", hours, dialect)),
    days: dayOfWeek === "?" ? daysOfMonth(dayOfMonth, dialect) : daysOfWeek(dayOfWeek, dialect),
    months: numbers("month", month, dialect),
    years: ascending(numbers("year", year, dialect)),
  };
}

function checkWildcards(field: CronField, text: string, dialect: CronDialect): void {
  const fixed = dialect.fixed?.[field];
  if (fixed !== undefined && text !== fixed) {
    throw new ScheduleSyntaxError(field, fixed, text);
  }
  // Letters of JUL, WED and SUN are none.
  const used = text.replace(/[A-Z]{3}/gi, "").match(/[,*?/LW#-]/gi) ?? [];
  const wildcards: string = dialect.wildcards[field];
  if (used.some((character) => !wildcards.includes(character.toUpperCase()))) {
    throw new ScheduleSyntaxError(field, accepted(field, dialect), text);
  }
}

function accepted(field: CronField, { wildcards }: CronDialect): string {
  const characters = [...wildcards[field]].join(" ");
  return `${RANGES[field].title}${characters === "" ? "" : `, with ${characters}`}`;
}

function daysOfMonth(text: string, dialect: CronDialect): CronDays {
  const upper = text.toUpperCase();
  if (upper === "L") {
    return { by: "last day of the month" };
  }
  if (upper === "LW") {
    return { by: "last weekday of the month" };
  }
  const before = dialect.beforeLast ? /^L-(\d{1,2})$/.exec(upper)?.[1] : undefined;
  if (before !== undefined && Number(before) >= 1 && Number(before) <= 30) {
    return { by: "day before the last of the month", count: Number(before) };
  }
  const day = /^(\d{1,2})W$/.exec(upper)?.[1];
  return day === undefined
    ? { by: "days of the month", days: numbers("day-of-month", text, dialect) }
    : { by: "weekday nearest to a day", day: one("day-of-month", day, text, dialect) };
}

function daysOfWeek(text: string, dialect: CronDialect): CronDays {
  const upper = text.toUpperCase();
  if (upper === "L") {
    // The last day of the week.
    return { by: "days of the week", days: new Set([7]) };
  }
  const last = /^(\d|[A-Z]{3})L$/.exec(upper)?.[1];
  if (last !== undefined) {
    return { by: "last such day of the week", day: one("day-of-week", last, text, dialect) };
  }
  const [, day, nth] = /^(\d|[A-Z]{3})#([1-5])$/.exec(upper) ?? [];
  if (day !== undefined) {
    return {
      by: "nth such day of the week",
      day: one("day-of-week", day, text, dialect),
      nth: Number(nth),
    };
  }
  if (upper.includes("#")) {
    throw new ScheduleSyntaxError("day-of-week", "one day and #1 to #5, such as MON#2", text);
  }
  return { by: "days of the week", days: numbers("day-of-week", text, dialect) };
}

/** Values of a field: a list of numbers, names, ranges, and any of them with a step. */
function numbers(field: CronField, text: string, dialect: CronDialect): Set<number> {
  const { least, most } = RANGES[field];
  const values = new Set<number>();
  for (const part of text.split(",")) {
    const [base, stepText, ...rest] = part.split("/") as [string, string?, ...string[]];
    // `*` says all; beside other values it would say nothing.
    const misplaced = base === "*" && stepText === undefined && part !== text;
    if (rest.length > 0 || misplaced || part === "/" || part === "") {
      throw new ScheduleSyntaxError(field, accepted(field, dialect), text);
    }
    // Quartz, whose dialect AWS's is, overlooks the step after a name; no guide shows one.
    if (stepText !== undefined && /[A-Z]/i.test(base)) {
      throw new ScheduleSyntaxError(field, "numbers before a step, such as 4/3 for APR/3", text);
    }
    const step = stepText === undefined ? 1 : stepOf(field, stepText, text);
    const [first, last] = ends(field, base, stepText !== undefined, text, dialect);
    // Only hours may pass their end: 20-2 is 20 to 23 and 0 to 2.
    const size = most - least + 1;
    for (let value = first; value <= (last < first ? last + size : last); value += step) {
      values.add(value > most ? value - size : value);
    }
  }
  return values;
}

function ends(
  field: CronField,
  base: string,
  stepped: boolean,
  text: string,
  dialect: CronDialect,
): [number, number] {
  const { least, most } = RANGES[field];
  if (base === "*" || (base === "" && stepped && dialect.bareStep)) {
    return [least, most];
  }
  const [from, to, ...rest] = base.split("-") as [string, string?, ...string[]];
  const first = one(field, from, text, dialect);
  if (to === undefined) {
    return [first, stepped ? most : first];
  }
  const last = one(field, to, text, dialect);
  if (rest.length > 0) {
    throw new ScheduleSyntaxError(field, accepted(field, dialect), text);
  }
  // The User Guide's example 0/30 20-2 ? * MON-FRI * runs over midnight, and so does 5-1; no page shows it for another
  // field, though Quartz, whose dialect AWS's is, takes it there too: a list says the same and is sure to pass.
  if (last < first && field !== "hours") {
    throw new ScheduleSyntaxError(field, "ranges from low to high, or a list", text);
  }
  return [first, last];
}

/** Increments beyond a field's end are refused: https://github.com/aws/aws-sdk-js/issues/4212. */
function stepOf(field: CronField, step: string, text: string): number {
  const { least, most } = RANGES[field];
  const longest = field === "year" ? most - least : most;
  if (!/^\d{1,3}$/.test(step) || Number(step) < 1 || Number(step) > longest) {
    throw new ScheduleSyntaxError(field, `a step of 1 to ${longest} after /`, text);
  }
  return Number(step);
}

function one(field: CronField, value: string, text: string, dialect: CronDialect): number {
  const { least, most, names, digits } = RANGES[field];
  // Names in any case: https://github.com/grumBit/aws_cron_expression_validator/issues/18, tried in AWS's console.
  const name = names?.indexOf(value.toUpperCase()) ?? -1;
  const number = name >= 0 ? name + least : Number(value);
  const written = name >= 0 || (/^\d+$/.test(value) && value.length <= digits);
  if (!written || number < least || number > most) {
    throw new ScheduleSyntaxError(field, accepted(field, dialect), text);
  }
  return number;
}

function ascending(values: Iterable<number>): number[] {
  return [...values].sort((a, b) => a - b);
}

/** Whether a cron expression runs on a day; the day of the week is 1 for Sunday. */
export function runsOn(
  cron: Cron,
  { year, month, day, weekday }: Readonly<Record<"year" | "month" | "day" | "weekday", number>>,
): boolean {
  if (!cron.months.has(month) || !cron.years.includes(year)) {
    return false;
  }
  const { days } = cron;
  const length = daysIn(year, month);
  switch (days.by) {
    case "days of the month":
      return days.days.has(day);
    case "last day of the month":
      return day === length;
    case "day before the last of the month":
      return day === length - days.count;
    case "last weekday of the month":
      return day === nearestWeekday(length, weekday + (length - day), length);
    case "weekday nearest to a day":
      return (
        days.day <= length && day === nearestWeekday(days.day, weekday + (days.day - day), length)
      );
    case "days of the week":
      return days.days.has(weekday);
    case "last such day of the week":
      return weekday === days.day && day + 7 > length;
    case "nth such day of the week":
      return weekday === days.day && Math.ceil(day / 7) === days.nth;
  }
}

function daysIn(year: number, month: number): number {
  const leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  return month === 2 ? (leap ? 29 : 28) : [4, 6, 9, 11].includes(month) ? 30 : 31;
}

/** The Monday to Friday nearest to a day, in the same month. */
function nearestWeekday(day: number, weekday: number, length: number): number {
  const ofWeek = (((weekday - 1) % 7) + 7) % 7;
  if (ofWeek === 6) {
    return day === 1 ? 3 : day - 1;
  }
  if (ofWeek === 0) {
    return day === length ? day - 2 : day + 1;
  }
  return day;
}
