/**
 * Building blocks of the stack configuration's schema. Every message is the phrase for what is accepted,
 * so that each error is one sentence: `<key>: expected <phrase>, got <value>`.
 */
import { z } from "zod";

import { parseCidr } from "../facts/cidr";
import { FUNCTION_ENVIRONMENT, TASK_DEFINITION } from "../facts/eventing";
import { TAG_LENGTHS } from "../facts/limits";
import { LOG_RETENTION } from "../facts/log-retention";
import { nearest } from "../facts/nearest";
import { LISTED } from "../facts/problem-text";
import { PARTITIONS, partitionOf, USUAL_REGION } from "../facts/regions";
import { parseSchedule, type ScheduleService } from "../facts/schedules";
import { isTimeZone } from "../facts/time-zones";

const COMMERCIAL = PARTITIONS["aws"]!.regionPattern;
/** A region and a letter. */
const ZONE = new RegExp(COMMERCIAL.source.replace(/\$$/, "[a-z]$"));

/** What is accepted as a region. */
export const REGION = `a region of AWS's commercial partition such as ${USUAL_REGION}`;

/** The least and the most that AWS accepts, as facts/ has them. */
interface Range {
  readonly minimum: number;
  readonly maximum: number;
}

/**
 * Reports that the value at `path`, relative to the section, is not what the stack needs. Of a name, `known` are those
 * that exist: the error suggests the nearest.
 */
export type Report = (
  path: readonly (string | number)[],
  given: unknown,
  expected: string,
  known?: readonly string[],
) => void;

/** How AWS counts an environment, and how much of it it accepts. */
export interface EnvironmentLimit {
  readonly most: number;
  readonly bytes: (variables: Readonly<Record<string, string>>) => number;
  readonly counted: string;
}

/** Lambda counts a function's variables as JSON. */
export const OF_FUNCTION: EnvironmentLimit = {
  most: FUNCTION_ENVIRONMENT.bytes,
  bytes: (variables) => Buffer.byteLength(JSON.stringify(variables)),
  counted: FUNCTION_ENVIRONMENT.counted,
};

/** ECS counts a whole task definition, of which these are the least part that is known here. */
export const OF_TASK: EnvironmentLimit = {
  most: TASK_DEFINITION.bytes,
  bytes: (variables) => Buffer.byteLength(Object.entries(variables).flat().join("")),
  counted: "bytes in all names and values",
};

/** Reports variables that are too long together; AWS counts those of links and of the platform as well. */
export function environmentRule(
  variables: Readonly<Record<string, string>>,
  { most, bytes, counted }: EnvironmentLimit,
  path: readonly (string | number)[],
  report: Report,
): void {
  const given = bytes(variables);
  if (given > most) report(path, given, `at most ${most} ${counted}`);
}

/** Reports a name that none of those `known` is; `of` is what has them, such as `the services`. */
export function nameRule(
  path: readonly (string | number)[],
  name: string,
  known: readonly string[],
  of: string,
  report: Report,
): void {
  if (known.includes(name)) return;
  const listed =
    known.length > LISTED
      ? `, of which there are ${known.length}`
      : `: ${known.join(", ") || "none"}`;
  report(path, name, `one of ${of}${listed}`, known);
}

/** Rules between the fields of one section; run once each single field is valid. */
export type SectionRules<T> = (section: T, report: Report) => void;

/** A whole number of `unit` between two bounds, both included. */
export function integer(minimum: number, maximum: number, unit = "") {
  const error = `a whole number from ${minimum} to ${maximum}${unit && ` ${unit}`}`;
  return z.int({ error }).min(minimum, { error }).max(maximum, { error });
}

/** A whole number of `unit` to which AWS sets no bound of its own: a quota of the account does, which can be raised. */
export function atLeast(minimum: number, unit: string) {
  const error = `a whole number of at least ${minimum} ${unit}`;
  return z.int({ error }).min(minimum, { error });
}

/** A whole number of `unit` that AWS accepts. */
export function within({ minimum, maximum }: Range, unit = "") {
  return integer(minimum, maximum, unit);
}

/** A number between two bounds, both included. */
export function decimal(minimum: number, maximum: number, unit = "") {
  const error = `a number from ${minimum} to ${maximum}${unit && ` ${unit}`}`;
  return z.number({ error }).min(minimum, { error }).max(maximum, { error });
}

/** `true` or `false`. */
export function flag() {
  return z.boolean({ error: "true or false" });
}

/** One of a few words. */
export function oneOf<const T extends readonly [string, ...string[]]>(words: T) {
  return z.enum(words, { error: `one of ${words.join(", ")}` });
}

/** One of a few numbers of `unit`. */
export function oneOfNumbers(numbers: readonly number[], unit: string) {
  return z.literal([...numbers], { error: `one of ${numbers.join(", ")} ${unit}` });
}

/** A text of a certain form, described by `expected`. */
export function text(pattern: RegExp, expected: string) {
  return z.string({ error: expected }).regex(pattern, { error: expected });
}

/** One line of text, of as many characters as AWS accepts. */
export function line({ maximum }: { readonly maximum: number }, expected: string) {
  return text(new RegExp(`^.{1,${maximum}}$`), expected);
}

/** The value of a tag. */
export function tagValue() {
  const { value } = TAG_LENGTHS;
  const expected = `1 to ${value} letters, digits, spaces or _.:/=+-@`;
  return text(new RegExp(`^[\\w .:/=+@-]{1,${value}}$`), expected);
}

/** A program and its arguments, run without a shell. */
export function commandLine() {
  return sequence(
    text(/^.{1,1000}$/s, "a program or an argument of it, of at most 1000 characters"),
    1,
    20,
    "words",
  );
}

/** A time of day. */
export function clock() {
  return text(/^([01]\d|2[0-3]):[0-5]\d$/, "a time of day such as 09:00");
}

/** A time zone, such as America/New_York. */
export function timeZone() {
  const error = "a time zone such as America/New_York";
  return z.string({ error }).refine(isTimeZone, { error });
}

/** A list with bounds on its length; of texts and numbers, each once. */
export function list<T extends z.ZodType>(item: T, minimum: number, maximum: number, of: string) {
  return sequence(item, minimum, maximum, of).superRefine((entries, context) => {
    entries.forEach((entry, index) => {
      if (!isGroup(entry) && entries.indexOf(entry) !== index) {
        const message = "an entry that is not in the list already";
        context.addIssue({ code: "custom", path: [index], message });
      }
    });
  });
}

/** A list in which an entry may repeat. */
function sequence<T extends z.ZodType>(item: T, minimum: number, maximum: number, of: string) {
  const error =
    minimum === maximum ? `a list of ${minimum} ${of}` : `a list of ${minimum} to ${maximum} ${of}`;
  return z.array(item, { error }).min(minimum, { error }).max(maximum, { error });
}

/** A group of settings; an unknown key is an error. */
export function group<T extends z.ZodRawShape>(shape: T) {
  return z.strictObject(shape, { error: unlessUnknownKeys("a group of settings") });
}

/** Settings by a name that the stack file chooses. */
export function namedGroup<T extends z.ZodType>(name: z.ZodType<string, string>, value: T) {
  return z.record(name, value, { error: unlessUnknownKeys("settings by name") });
}

/** Leaves the names of unknown keys to the caller, who knows which key is nearest. */
function unlessUnknownKeys(expected: string) {
  return (issue: { code?: string }) => (issue.code === "unrecognized_keys" ? undefined : expected);
}

/** One label of a host name, such as `app`. */
export function hostLabel() {
  return text(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/, "one label of a host name, such as app");
}

/** A lower-case word with hyphens, such as `auth` or `report-requests`. */
export function word() {
  return text(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/, "a lower-case word, optionally with inner hyphens");
}

/** A word for a queue or topic; one that ends with .fifo is FIFO. */
export function queueWord() {
  return text(
    /^[a-z][a-z0-9]*(-[a-z0-9]+)*(\.fifo)?$/,
    "a lower-case word, optionally with inner hyphens, and with .fifo at the end if it is FIFO",
  );
}

/** An IPv4 network in canonical form, such as 10.0.0.0/16. */
export function cidr() {
  const error = "an IPv4 network such as 10.0.0.0/16, with no bits set beyond its length";
  return z.string({ error }).refine((value) => parseCidr(value) !== undefined, { error });
}

/**
 * An AWS region, such as us-east-1, that the AWS provider knows: it refuses others. ARNs are those of the partition `aws`:
 * no region of China or of a government.
 */
export function region() {
  return z.string({ error: REGION }).superRefine((name, context) => {
    const message = regionProblem(name);
    if (message !== undefined) context.addIssue({ code: "custom", message });
  });
}

const { regions: COMMERCIAL_REGIONS } = PARTITIONS["aws"]!;

function regionProblem(name: string): string | undefined {
  if (Object.hasOwn(COMMERCIAL_REGIONS, name)) return undefined;
  const id = partitionOf(name);
  if (id === "aws") {
    const meant = nearest(name, Object.keys(COMMERCIAL_REGIONS)) ?? USUAL_REGION;
    return `a region of AWS's commercial partition such as ${meant}`;
  }
  const place = PARTITIONS[id]!.regions[name] ?? "a region of its own";
  return `${REGION}, as the program does not run in the partition ${id} (${place})`;
}

/** Marks a setting that is filled in from others before it is checked; `from` is what the reference shows as its default. */
export function filledIn<T extends z.ZodType>(schema: T, from: string): T {
  return schema.meta({ ...schema.meta(), filledIn: from });
}

/** An availability zone, such as us-east-1a. */
export function availabilityZone() {
  return text(ZONE, "an availability zone such as us-east-1a");
}

/** An AWS account's number. */
export function accountId() {
  return text(/^\d{12}$/, "the account's 12 digits, in quotes");
}

/** A mailbox. */
export function mailbox() {
  return text(/^[^\s@]+@[^\s@]+\.[^\s@]+$/, "a mailbox such as team@example.com");
}

/** Mailboxes. */
export function mailboxes(minimum: number, maximum: number) {
  return list(mailbox(), minimum, maximum, "mailboxes");
}

/** A host name such as app.example.com. */
export function hostName() {
  return text(
    /^(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$/,
    "a lower-case host name such as app.example.com",
  );
}

/** An ARN of one service, or of any. */
export function arn(service = "[a-z0-9-]+") {
  return text(
    new RegExp(`^arn:aws:${service}:[a-z0-9-]*:\\d{0,12}:.+$`),
    `an ARN${service.startsWith("[") ? "" : ` of ${service}`} such as arn:aws:service:region:account:name`,
  );
}

/** Retention that CloudWatch Logs accepts. */
export function logRetentionDays() {
  const { days: accepted } = LOG_RETENTION;
  const error = `a number of days that CloudWatch Logs accepts: ${accepted.join(", ")}`;
  return z.int({ error }).refine((days) => accepted.includes(days), { error });
}

/** A recurring schedule expression that the service accepts; `such` is an example. */
export function recurrence(service: ScheduleService, such: string) {
  return z.string({ error: such }).superRefine((text, context) => {
    const { schedule, error } = parseSchedule(text, service);
    const message = schedule?.form === "at" || error?.where === "schedule" ? such : error?.phrase;
    if (message !== undefined) {
      context.addIssue({ code: "custom", message });
    }
  });
}

/** A daily window in UTC, such as 03:00-04:00. */
export function dailyWindow() {
  return text(
    /^([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d$/,
    "a daily window in UTC such as 03:00-04:00",
  );
}

/** A weekly window in UTC, such as sun:04:00-sun:05:00. */
export function weeklyWindow() {
  const time = "(mon|tue|wed|thu|fri|sat|sun):([01]\\d|2[0-3]):[0-5]\\d";
  return text(
    new RegExp(`^${time}-${time}$`),
    "a weekly window in UTC such as sun:04:00-sun:05:00",
  );
}

/** Whether a value of a stack file is a map of settings. */
export function isGroup(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
