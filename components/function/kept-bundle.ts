/** Bundles that esbuild made before: it is a separate program, and its start takes longer than its work. */
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

/** A bundle. */
export interface KeptBundle {
  readonly text: string;
  /** The text as a file, named after its content; undefined if no file can be written. */
  readonly file: string | undefined;
}

/** The one file that esbuild makes of a folder; the last one as long as nothing that went into it has changed. */
export function keptBundle(folder: string, options: Esbuild.BuildOptions): KeptBundle {
  const name = `${path.basename(folder)}-${digest(folder).slice(0, 8)}`.replaceAll("/", "_");
  const file = path.join(CACHE, `${name}.json`);
  const version = fs.readFileSync(path.join(PACKAGES, "esbuild", "package.json"), "utf8");
  const made = digest(JSON.stringify(options) + version);
  const kept = read(file);
  if (kept?.options === made && isCurrent(folder, kept)) {
    return { text: kept.text, file: asFile(folder, kept.text) };
  }
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- loaded only when it has something to do
  const { buildSync } = require("esbuild") as typeof Esbuild;
  const result = buildSync({ ...options, absWorkingDir: folder, write: false, metafile: true });
  const text = result.outputFiles[0]!.text;
  const names = new Set(Object.keys(result.metafile.inputs).map((input) => source(folder, input)));
  const inputs = Object.fromEntries(
    [...names].map((input) => [input, digest(fs.readFileSync(path.join(folder, input)))]),
  );
  write(file, JSON.stringify({ options: made, inputs, text } satisfies Kept));
  return { text, file: asFile(folder, text) };
}

/** What npm notes of all that it has installed: hundreds of files of packages change only with it. */
const INSTALLED = path.join(PACKAGES, ".package-lock.json");

/** The file that a bundle's input changes with. */
function source(folder: string, input: string): string {
  const ofPackages = path.join(folder, input).startsWith(PACKAGES + path.sep);
  return ofPackages && fs.existsSync(INSTALLED) ? path.relative(folder, INSTALLED) : input;
}

/** The text in a file of its own, beside what is kept of other bundles. */
function asFile(folder: string, text: string): string | undefined {
  const hash = createHash("sha256").update(text).digest("hex").slice(0, 16);
  const file = path.join(CACHE, `${path.basename(folder)}-${hash}.js`);
  if (!fs.existsSync(file)) {
    write(file, text);
  }
  return fs.existsSync(file) ? file : undefined;
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

function write(file: string, text: string): void {
  const temporary = `${file}.${process.pid}`;
  try {
    fs.mkdirSync(CACHE, { recursive: true });
    fs.writeFileSync(temporary, text);
    fs.renameSync(temporary, file);
  } catch {
    // A read-only checkout: slower, and correct all the same.
  }
}
