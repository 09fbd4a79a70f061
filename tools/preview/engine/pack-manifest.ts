import * as fs from "node:fs";
import * as path from "node:path";
import { parse } from "yaml";

import { scalarText } from "../../../analysis/plan/values";
import { expectedText } from "../../../facts/problem-text";
import { previewError } from "./errors";

/** The version in a policy pack's PulumiPolicy.yaml, if there is one. Throws if the directory is not a pack. */
export function packVersion(directory: string): string | undefined {
  const file = path.join(directory, "PulumiPolicy.yaml");
  if (!fs.existsSync(file)) {
    throw previewError(
      "usage",
      expectedText("--policy-pack", "a folder with PulumiPolicy.yaml", directory),
    );
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
