import * as path from "node:path";
import { stripVTControlCharacters } from "node:util";
import type { Diagnostic } from "../../../analysis/plan/model";
import { COMMAND } from "../command-name";
import type { Failure } from "./errors";
import type { Frames } from "./frames";
import type { Exit } from "./process";
import { LOGGED_ERROR } from "./program";

/** How runtime/errors.js begins the line that names a resource; what stands behind it is the error's own properties. */
const PREPARED = "    while it prepared ";

/** Frames that are shown of one error. */
const maxFrames = 5;

/**
 * What went wrong in a program that has ended: the errors that it logged, or what it wrote to standard error
 * if it ended badly without logging one. Empty if it ended well.
 */
export function failuresOf(
  frames: Frames,
  standardError: readonly string[],
  diagnostics: readonly Diagnostic[],
  exit: Exit,
): Failure[] {
  const errors = diagnostics.filter(({ severity }) => severity === "error");
  const failures = unique(errors.map((error) => toFailure(frames, error)));
  if (failures.length || exit.code === 0) return failures;
  const stderr = standardError.join("\n").trim();
  const how = exit.signal ? `was ended by ${exit.signal}` : `ended with exit code ${exit.code}`;
  const silent = exit.code === LOGGED_ERROR && !stderr;
  return [toFailure(frames, { message: stderr && !silent ? stderr : `the program ${how}` })];
}

function unique(failures: readonly Failure[]): Failure[] {
  const seen = new Set<string>();
  return failures.filter(({ message }) => !seen.has(message) && seen.add(message));
}

/** Takes the text of an error apart: message, and the frames in our own code. */
export function toFailure(
  frames: Frames,
  { message: text, urn }: Pick<Diagnostic, "message" | "urn">,
): Failure {
  // Pulumi's runner colours what it cannot take apart itself.
  const lines = stripVTControlCharacters(text)
    .replace(/^Running program '.*' failed with an unhandled exception:\n/, "")
    .split("\n");
  const own: string[] = [];
  const message: string[] = [];
  for (const line of lines) {
    if (/^\s+at /.test(line)) {
      const frame = ownFrame(frames, line);
      if (frame && !own.includes(frame)) own.push(frame);
      // Behind the frames stand an error's other properties, which are the SDK's own.
      if (line.endsWith(" {")) break;
    } else if (line.startsWith(PREPARED) && line.endsWith(" {")) {
      message.push(line.slice(0, -2));
      break;
    } else {
      message.push(line);
    }
  }
  return {
    message: tidy(message.join("\n")),
    frames: own.slice(0, maxFrames),
    ...(urn && { urn }),
  };
}

/** `    at fn (/project/file.ts:1:2)` as `file.ts:1:2 (fn)`; nothing for a frame outside the project's code. */
function ownFrame(frames: Frames, line: string): string | undefined {
  const pattern = /^\s+at (?:(?:async )?(.+?) \()?(?:file:\/\/)?([^\s()]+?):(\d+):(\d+)\)?/;
  const [, name, file = "", row, column] = pattern.exec(line) ?? [];
  // A relative path is what runtime/errors.js makes of the project's own frames: a place in the sources.
  const place =
    file === "" || path.isAbsolute(file)
      ? frames.own({ file, line: Number(row), column: Number(column) })
      : /^(node:|internal\/)/.test(file)
        ? undefined
        : path.join(frames.below, `${file}:${row}:${column}`);
  if (place === undefined) return undefined;
  const shown = frames.from(process.cwd(), place);
  return name && name !== "Object.<anonymous>" ? `${shown} (${name})` : shown;
}

/**
 * Without what the transport between program and preview adds to a message, and without the inputs on the way from the
 * cause to the resource that waits for it: the cause is what can be fixed.
 */
function tidy(message: string): string {
  return message
    .replace(/(error serializing property "[^"]*": )+/g, "")
    .replace(/^Error serializing arguments for (invoke|call) \S+: (Error: )?/, "")
    .replace(/^(failed to register new resource [^\n]*? \[[^\]]*\]: )+/, "")
    .replace(/\nRequire stack:(\n- .*)*/, "")
    .replace(/^(<ref \*\d+> )?(Error|RunError|ResourceError): /, "")
    .replace(/\b\d+ UNKNOWN: /g, "")
    .replace(
      /(`pulumi config set (?:--secret )?(\S+) <value>`)$/,
      `$1,\n\tor for one preview with ${COMMAND} -c $2=<value>`,
    )
    .trim();
}
