/** Bundles that esbuild made before: it is a program of its own, and starting it takes longer than its work. */
import { createHash } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";

import type * as Esbuild from "esbuild";

const PACKAGES = path.join(__dirname, "..", "..", "node_modules");
const CACHE = path.join(PACKAGES, ".cache", "functions");

/** A bundle, and what it was made from. */
interface Kept {
  /** Of the options and of esbuild's version. */
  readonly options: string;
  /** Digest of each file that went in, by its path from the folder. */
  readonly inputs: Readonly<Record<string, string>>;
  readonly text: string;
}

const digest = (content: string | Buffer): string =>
  createHash("sha256").update(content).digest("base64");

/** The one file that esbuild makes of a folder; the last one as long as nothing that went into it has changed. */
export function keptBundle(folder: string, options: Esbuild.BuildOptions): string {
  const file = path.join(
    CACHE,
    `${path.basename(folder)}-${digest(folder).slice(0, 8)}.json`.replaceAll("/", "_"),
  );
  const version = fs.readFileSync(path.join(PACKAGES, "esbuild", "package.json"), "utf8");
  const made = digest(JSON.stringify(options) + version);
  const kept = read(file);
  if (kept?.options === made && isCurrent(folder, kept)) {
    return kept.text;
  }
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- loaded only when it has something to do
  const { buildSync } = require("esbuild") as typeof Esbuild;
  const result = buildSync({ ...options, absWorkingDir: folder, write: false, metafile: true });
  const text = result.outputFiles[0]!.text;
  const names = Object.keys(result.metafile.inputs);
  const inputs = Object.fromEntries(
    names.map((name) => [name, digest(fs.readFileSync(path.join(folder, name)))]),
  );
  write(file, { options: made, inputs, text });
  return text;
}

function read(file: string): Kept | undefined {
  try {
    return JSON.parse(fs.readFileSync(file, "utf8")) as Kept;
  } catch {
    return undefined;
  }
}

function isCurrent(folder: string, { inputs }: Kept): boolean {
  try {
    return Object.entries(inputs).every(
      ([name, before]) => digest(fs.readFileSync(path.join(folder, name))) === before,
    );
  } catch {
    return false;
  }
}

function write(file: string, kept: Kept): void {
  const temporary = `${file}.${process.pid}`;
  try {
    fs.mkdirSync(CACHE, { recursive: true });
    fs.writeFileSync(temporary, JSON.stringify(kept));
    fs.renameSync(temporary, file);
  } catch {
    // A read-only checkout: slower, and correct all the same.
  }
}
