/** Programs as other people write them, in a folder of their own, for the tests that preview them. */
import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";

import { PreviewError } from "../../../tools/preview/engine/errors";
import { type Plan, type PreviewOptions, previewStack } from "../../../tools/preview/index";

/** The packages of this repository. */
export const PACKAGES = path.join(__dirname, "..", "..", "..", "node_modules");

export type Files = Readonly<Record<string, string>>;

/** The folder, while the tests run. */
export let folder: string;

/** Makes the folder before the tests of a `describe`, and removes it after them. */
export function inOwnFolder(): void {
  before(() => {
    folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "foreign-")));
  });
  after(() => fs.rmSync(folder, { recursive: true }));
}

/** Writes a program; its packages are all of this repository's, or these alone beside what it brings itself. */
export function written(name: string, files: Files, packages?: readonly string[]): string {
  const root = path.join(folder, name);
  const all = {
    "package.json": "{}",
    "Pulumi.yaml": `name: ${path.basename(name)}\nruntime: nodejs\n`,
    ...files,
  };
  for (const [file, text] of Object.entries(all)) {
    const target = path.join(root, file);
    fs.mkdirSync(path.dirname(target), { recursive: true });
    fs.writeFileSync(target, text);
  }
  const modules = path.join(root, "node_modules");
  if (!packages && !fs.existsSync(modules)) fs.symlinkSync(PACKAGES, modules);
  for (const one of packages ?? []) {
    fs.mkdirSync(path.dirname(path.join(modules, one)), { recursive: true });
    fs.symlinkSync(path.join(PACKAGES, one), path.join(modules, one));
  }
  return root;
}

export const previewed = (cwd: string, options: PreviewOptions = {}): Promise<Plan> =>
  previewStack({ cwd, policyPacks: [], ...options });
export const preview = (name: string, files: Files, options: PreviewOptions = {}): Promise<Plan> =>
  previewed(written(name, files), options);

/** Why a program that is there fails. */
export async function failed(cwd: string, options: PreviewOptions = {}): Promise<PreviewError> {
  try {
    await previewed(cwd, options);
  } catch (error) {
    if (error instanceof PreviewError) return error;
    throw error;
  }
  return assert.fail("it has not failed");
}

export const failure = (name: string, files: Files): Promise<PreviewError> =>
  failed(written(name, files));

export const said = ({ diagnostics }: Pick<Plan, "diagnostics">) =>
  diagnostics.map(({ message }) => message).join("\n");
