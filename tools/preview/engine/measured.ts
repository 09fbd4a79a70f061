/** `Pulumi.<stack>.measured.json`: what a team measured on its own stack, beside the stack file. */
import * as path from "node:path";
import { isDay, problemsOf, type OwnAssumptions } from "../../../analysis/capacity/assumed";
import { USAGE } from "../../../analysis/cost/tables";
import type { Measured } from "../../../analysis/plan/model";
import { isRecord } from "../../../analysis/properties";
import {
  casesOf,
  isSameCase,
  STEP_ROWS,
  type MeasuredDuration,
  type When,
} from "../../../facts/duration-rows";
import { expectedText } from "../../../facts/problem-text";
import { parsed, refuse, type Bag } from "./own-file";

/** Reports what is wrong at a place in the file. */
type Report = (where: string, expected: string, got: unknown) => void;

/**
 * Reads a program's own assumptions on its load and its stacks, which may name a stack whose file is elsewhere. Throws one error
 * with all problems of the file.
 */
export function readAssumptions(file: string): OwnAssumptions {
  const name = path.basename(file);
  const document = parsed(file, name);
  refuse(problemsOf(document).map((problem) => `${name}: ${problem}`));
  return document as OwnAssumptions;
}

/** Reads the file. Throws one error with all problems of the file. */
export function readMeasured(file: string): Measured {
  const name = path.basename(file);
  const problems: string[] = [];
  const report: Report = (where, expected, got) => {
    problems.push(expectedText(`${name}: ${where}`, expected, got));
  };
  const found = (problem: string) => problems.push(`${name}: ${problem}`);
  const measured = measuredOf(parsed(file, name), report, found);
  refuse(problems);
  return measured;
}

function measuredOf(document: unknown, report: Report, found: (problem: string) => void): Measured {
  if (!isRecord(document)) {
    report("the file", "an object with durations, usage and capacity", document);
    return { durations: [], usage: {} };
  }
  known(document, ["durations", "usage", "capacity"], "", report);
  const { durations = [], usage = {}, capacity } = document;
  if (!Array.isArray(durations)) report("durations", "a list", durations);
  if (!isRecord(usage)) report("usage", "an object", usage);
  if (capacity !== undefined) problemsOf(capacity, [], "capacity.").forEach(found);
  if (isRecord(capacity) && "stacks" in capacity) {
    report("capacity.stacks", "nothing, because the file is of one stack", capacity["stacks"]);
  }
  return {
    durations: Array.isArray(durations) ? durationsOf(durations, report) : [],
    usage: isRecord(usage) ? usageOf(usage, report) : {},
    ...(isRecord(capacity) && { capacity }),
  };
}

function durationsOf(list: readonly unknown[], report: Report): MeasuredDuration[] {
  const found: MeasuredDuration[] = [];
  list.forEach((given, index) => {
    const where = `durations[${index}]`;
    const row = isRecord(given) ? rowOf(given, where, report) : undefined;
    if (!isRecord(given)) report(where, "an object", given);
    if (row === undefined) return;
    if (found.some((other) => isSameRow(row, other))) {
      report(where, "a step or case that is not in the list already", given);
    }
    found.push(row);
  });
  return found;
}

function rowOf(row: Bag, where: string, report: Report): MeasuredDuration | undefined {
  const isStep = "key" in row;
  known(
    row,
    [...(isStep ? ["key", "minutes"] : ["type", "when", "seconds"]), "asOf"],
    where,
    report,
  );
  const unit = isStep ? "minutes" : "seconds";
  const { [unit]: length, asOf } = row;
  const isLength = typeof length === "number" && length >= 0 && Number.isFinite(length);
  if (!isLength) report(`${where}.${unit}`, `a number of ${unit}`, length);
  if (!isDay(asOf)) report(`${where}.asOf`, "the day of the measurement, YYYY-MM-DD", asOf);
  const named = isStep ? stepOf(row, where, report) : caseOf(row, where, report);
  return named && isLength && isDay(asOf)
    ? ({ ...named, [unit]: length, asOf } as MeasuredDuration)
    : undefined;
}

function stepOf({ key }: Bag, where: string, report: Report): { key: string } | undefined {
  const keys = STEP_ROWS.map((row) => row.key);
  if (typeof key === "string" && keys.includes(key)) return { key };
  report(`${where}.key`, `one of ${keys.join(", ")}`, key);
  return undefined;
}

function caseOf(
  { type, when }: Bag,
  where: string,
  report: Report,
): { type: string; when?: When } | undefined {
  if (typeof type !== "string" || !/^[\w-]+:[\w/-]+:\w+$/.test(type)) {
    const expected = "key, or the type of a resource such as aws:rds/instance:Instance";
    report(`${where}.type`, expected, type);
    return undefined;
  }
  const cases = casesOf(type);
  if (cases.some((one) => isSameCase(one, when as When | undefined))) {
    return when === undefined ? { type } : { type, when: when as When };
  }
  const accepted = cases.map((one) => (one === undefined ? "no when" : JSON.stringify(one)));
  report(`${where}.when`, `one of ${accepted.join(", ")}`, when);
  return undefined;
}

function usageOf(usage: Bag, report: Report): Record<string, number> {
  const ids = Object.keys(USAGE.assumptions);
  return Object.fromEntries(
    Object.entries(usage).filter((entry): entry is [string, number] => {
      const [id, value] = entry;
      const isNumber = typeof value === "number" && value >= 0 && Number.isFinite(value);
      if (!ids.includes(id)) {
        report(`usage.${id}`, "an assumption of analysis/cost/usage.json", value);
      } else if (!isNumber) {
        report(`usage.${id}`, "a number of at least 0", value);
      }
      return isNumber;
    }),
  );
}

function known(bag: Bag, names: readonly string[], where: string, report: Report): void {
  for (const name of Object.keys(bag).filter((one) => !names.includes(one))) {
    report(where === "" ? name : `${where}.${name}`, `one of ${names.join(", ")}`, bag[name]);
  }
}

function isSameRow(one: MeasuredDuration, other: MeasuredDuration): boolean {
  return "key" in one
    ? "key" in other && one.key === other.key
    : "type" in other && one.type === other.type && isSameCase(one.when, other.when);
}
