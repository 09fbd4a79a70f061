import * as fs from "node:fs";
import * as path from "node:path";
import { parse } from "yaml";
import { scalarText, type StackConfig } from "./config";
import { PreviewError, previewError } from "./errors";
import { Frames } from "./frames";
import { onLines, type NodeProcess, startNode } from "./process";
import { toFailure } from "./program-errors";
import { cleanEnvironment, configEnvironment, ORGANIZATION } from "./program";
import type { StackIdentity } from "./registration";

/** A policy pack's process. */
export interface PackProcess extends NodeProcess {
  directory: string;
  /** Version in PulumiPolicy.yaml, if it says one. */
  version: string | undefined;
  /** Port on which the pack serves Pulumi's Analyzer; rejects if the pack fails to start. */
  port: Promise<number>;
}

/**
 * Starts a policy pack as Pulumi starts one: in its own directory, with the stack's configuration in the
 * environment; the first line that it prints is its port.
 *
 * @param onOutput gets each further line that the pack prints
 */
export function startPack(
  directory: string,
  { project, stack }: StackIdentity,
  config: StackConfig,
  onOutput: (line: string) => void,
): PackProcess {
  const version = readManifest(directory);
  const pack = startNode([path.join(__dirname, "run-pack.js")], {
    cwd: directory,
    env: {
      ...cleanEnvironment(),
      ...configEnvironment(config),
      PREVIEW_ROLE: "pack",
      PULUMI_NODEJS_ORGANIZATION: ORGANIZATION,
      PULUMI_NODEJS_PROJECT: project,
      PULUMI_NODEJS_STACK: stack,
      PULUMI_NODEJS_DRY_RUN: "true",
      PULUMI_ORGANIZATION: ORGANIZATION,
      PULUMI_PROJECT: project,
      PULUMI_STACK: stack,
      PULUMI_DRY_RUN: "true",
    },
  });
  const stderr: string[] = [];
  onLines(pack.child.stderr, (line) => stderr.push(line));
  const port = new Promise<number>((resolve, reject) => {
    let started = false;
    onLines(pack.child.stdout, (line) => {
      if (started) return onOutput(line);
      started = true;
      resolve(Number(line));
    });
    void pack.exit.then(() => {
      if (!started) reject(startFailure(directory, stderr));
    });
  });
  // Somebody looks at the port later, or nobody when the program has failed before.
  port.catch(() => {});
  return { ...pack, directory, version, port };
}

function readManifest(directory: string): string | undefined {
  const file = path.join(directory, "PulumiPolicy.yaml");
  if (!fs.existsSync(file)) {
    throw previewError("usage", `${directory} is no policy pack: it has no PulumiPolicy.yaml`);
  }
  const manifest = (parse(fs.readFileSync(file, "utf8")) ?? {}) as Record<string, unknown>;
  const { runtime, version } = manifest;
  const name =
    typeof runtime === "object" && runtime ? (runtime as { name?: unknown }).name : runtime;
  if (name !== "nodejs") {
    throw previewError("config", `${file}: the preview runs nodejs packs, not ${String(name)}`);
  }
  return scalarText(version) || undefined;
}

function startFailure(directory: string, stderr: readonly string[]): PreviewError {
  const text = stderr.join("\n").trim() || "it ended without a word";
  const failure = toFailure(new Frames(directory), { message: text });
  const message = `policy pack ${directory} did not start: ${failure.message}`;
  return new PreviewError("policy", [{ ...failure, message }]);
}
