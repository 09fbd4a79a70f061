/** Copies of the project to write in. */
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";

import { BOOTSTRAP_PROJECT, packConfigFile, STACKS_PROJECT, stackNames } from "./stack-files";

const ROOT = path.join(__dirname, "..", "..");

/** What an owner of a deployment edits, in a copy of the project. */
export function ownFiles(): string[] {
  return [
    ...stackNames().map((stack) => `Pulumi.${stack}.yaml`),
    "bootstrap/Pulumi.bootstrap.yaml",
    ...[...stackNames(), "bootstrap"].map((stack) => `policy-pack/config.${stack}.json`),
  ];
}

/** A copy of the project in a new folder, with the tests' own stacks for an owner's, and the same packages. */
export function scratchCopy(): string {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "scratch-"));
  const left = new Set(["node_modules", ".git", "tests"]);
  for (const entry of fs.readdirSync(ROOT).filter((name) => !left.has(name))) {
    fs.cpSync(path.join(ROOT, entry), path.join(folder, entry), { recursive: true });
  }
  fs.symlinkSync(path.join(ROOT, "node_modules"), path.join(folder, "node_modules"));
  for (const file of ownFiles()) {
    fs.cpSync(fixtureOf(file), path.join(folder, file));
  }
  return folder;
}

/** The tests' own file in the place of one that an owner edits. */
export function fixtureOf(file: string): string {
  const name = path.basename(file);
  const folder = { bootstrap: BOOTSTRAP_PROJECT, ".": STACKS_PROJECT }[path.dirname(file)];
  return folder === undefined
    ? packConfigFile(/^config\.(.+)\.json$/.exec(name)![1]!)
    : path.join(folder, name);
}
