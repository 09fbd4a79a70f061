/** Files that a person names on the command line. */
import * as fs from "node:fs";

import { visible } from "./visible";

/** Why a file cannot be read, by the code of Node.js's error. */
const REASONS: Readonly<Record<string, string>> = {
  ENOENT: "no such file",
  ENOTDIR: "no such file",
  EISDIR: "a folder",
  EACCES: "a file that you may not read",
};

/**
 * The text of a file; `-` is standard input.
 *
 * @param what what the file should hold, for the message
 * @throws `<file>: expected <what>, got <why there is none>`
 */
export function readNamed(file: string, what: string): string {
  try {
    return fs.readFileSync(file === "-" ? 0 : file, "utf8");
  } catch (error) {
    const { code = "" } = error as NodeJS.ErrnoException;
    throw new Error(`${nameOf(file)}: expected ${what}, got ${REASONS[code] ?? code}`);
  }
}

/**
 * The JSON of a file, as {@link readNamed} reads it.
 *
 * @param empty what an empty file stands for; absent: it is no JSON
 * @throws `<file>: expected <what>, got no JSON`
 */
export function readNamedJson(file: string, what: string, empty?: string): unknown {
  const text = readNamed(file, what).trim() || (empty ?? "");
  try {
    return JSON.parse(text);
  } catch {
    throw new Error(`${nameOf(file)}: expected ${what}, got no JSON`);
  }
}

/** Whether there is no such file, for one that may be absent; standard input is there. */
export function isAbsent(file: string): boolean {
  return file !== "-" && !fs.existsSync(file);
}

/** The file in a message. */
export function nameOf(file: string): string {
  return file === "-" ? "standard input" : visible(file);
}
