import { spawn } from "node:child_process";
import * as path from "node:path";

import { type PlannedResource, STACK_TYPE } from "../../../analysis/plan/model";
import { makeUrn } from "../../../analysis/plan/urn";
import { plainResource } from "../../../tools/preview/engine/registration";

/** Project with one stack for each kind of program. */
export const sample = path.join(__dirname, "fixtures", "sample");

/** Policy pack with one rule for each thing that the preview has to carry. */
export const pack = path.join(__dirname, "fixtures", "pack");

/** What a command left behind. */
export interface Result {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** Runs `npm run preview` with arguments, as a process. */
export function preview(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Result> {
  const cli = path.join(__dirname, "..", "..", "..", "tools", "preview", "cli.js");
  const child = spawn(process.execPath, [cli, ...args], {
    cwd: sample,
    env: { ...process.env, ...env },
  });
  let stdout = "";
  let stderr = "";
  child.stdout.on("data", (chunk) => (stdout += String(chunk)));
  child.stderr.on("data", (chunk) => (stderr += String(chunk)));
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => resolve({ code, stdout, stderr }));
  });
}

/** A resource of stack `dev`, project `sample`. */
export function resource(
  type: string,
  name: string,
  parent?: PlannedResource,
  rest: Partial<PlannedResource> = {},
): PlannedResource {
  const urn = makeUrn("dev", "sample", parent?.urn, type, name);
  return plainResource({ urn, type, name, custom: true, parent: parent?.urn, ...rest });
}

/** The stack resource that every tree hangs on. */
export const stackResource = resource(STACK_TYPE, "sample-dev", undefined, { custom: false });
