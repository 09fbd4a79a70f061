/** The steps of `Pulumi.<stack>.measured.json`. The tools judge the rest of the file (tools/preview/engine/measured.ts). */
import type { MeasuredDuration } from "../facts/duration-rows";
import { ConfigError } from "./problems";

/** The measured steps in a file's text. Throws one error with every step whose length is no number of minutes. */
export function measuredSteps(text: string, file: string): MeasuredDuration[] {
  const rows = rowsOf(text, file);
  const steps = rows
    .map((row, index) => ({ ...(row as { key?: unknown; minutes?: unknown }), index }))
    .filter(({ key }) => key !== undefined);
  const problems = steps
    .filter(({ minutes }) => !(typeof minutes === "number" && minutes >= 0 && minutes < Infinity))
    .map(({ minutes, index }) =>
      problemOf(file, `durations[${index}].minutes`, "a number of minutes", minutes),
    );
  if (problems.length > 0) throw new ConfigError(problems);
  return rows as MeasuredDuration[];
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

function problemOf(file: string, where: string, expected: string, got: unknown) {
  const given = got === undefined ? "nothing" : JSON.stringify(got);
  return { key: file, message: `${file}: ${where}: expected ${expected}, got ${given}` };
}
