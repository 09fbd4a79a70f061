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

/** The name of this tool's own pack, as a folder and as a package. */
const OWN_PACK = "@crm-on-aws/policy-pack";

/** Whether a policy pack is this tool's own, whose rules read no setting that they do not declare. */
export function isOwnPack(directory: string): boolean {
  const file = path.join(directory, "package.json");
  if (!fs.existsSync(file)) return false;
  return (JSON.parse(fs.readFileSync(file, "utf8")) as { name?: unknown }).name === OWN_PACK;
}
