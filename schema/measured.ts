/** The steps of `Pulumi.<stack>.measured.json`. The tools judge the rest of the file (tools/preview/engine/measured.ts). */
import { type MeasuredDuration, STEP_ROWS } from "../facts/duration-rows";
import { expectedText } from "../facts/problem-text";
import { isGroup } from "./common";
import { ConfigError } from "./problems";

const STEPS: ReadonlySet<unknown> = new Set(STEP_ROWS.map(({ key }) => key));

/** The measured steps in a file's text. Throws one error with every step whose length is no number of minutes. */
export function measuredSteps(text: string, file: string): MeasuredDuration[] {
  const rows = rowsOf(text, file);
  const problems = rows.flatMap((row, index) => problemsOf(row, `durations[${index}]`, file));
  if (problems.length > 0) throw new ConfigError(problems);
  return rows.filter((row) => Object.hasOwn(row as object, "key")) as MeasuredDuration[];
}

function rowsOf(text: string, file: string): unknown[] {
  let document: { durations?: unknown } | null;
  try {
    document = JSON.parse(text) as typeof document;
  } catch (error) {
    const message = `${file}: expected JSON: ${(error as Error).message}`;
    throw new ConfigError([{ key: file, message }]);
  }
  const rows = document?.durations ?? [];
  if (!Array.isArray(rows)) throw new ConfigError([problemOf(file, "durations", "a list", rows)]);
  return rows as unknown[];
}

function problemsOf(row: unknown, where: string, file: string) {
  if (!isGroup(row)) return [problemOf(file, where, "an object", row)];
  const { key, minutes } = row;
  if (key === undefined) return [];
  return [
    ...(STEPS.has(key)
      ? []
      : [problemOf(file, `${where}.key`, "a step of facts/durations.json", key)]),
    ...(typeof minutes === "number" && minutes >= 0 && minutes < Infinity
      ? []
      : [problemOf(file, `${where}.minutes`, "a number of minutes", minutes)]),
  ];
}

function problemOf(file: string, where: string, expected: string, got: unknown) {
  return { key: file, message: expectedText(`${file}: ${where}`, expected, got) };
}
