/** JSON files beside a stack file that the tools read: one error with all problems. */
import * as fs from "node:fs";
import { PreviewError } from "./errors";

export type Bag = Record<string, unknown>;

/** The file's content; throws when it is no JSON. */
export function parsed(file: string, name: string): unknown {
  try {
    return JSON.parse(fs.readFileSync(file, "utf8"));
  } catch (error) {
    throw problem([`${name}: ${(error as Error).message}`]);
  }
}

/** Throws one error with all problems, where there are any. */
export function refuse(problems: readonly string[]): void {
  if (problems.length > 0) throw problem(problems);
}

function problem(messages: readonly string[]): PreviewError {
  return new PreviewError(
    "config",
    messages.map((message) => ({ message, frames: [] })),
  );
}
