/**
 * `npm run pack -- [<workspace>...] [--to <directory>]`: makes of a workspace what another team installs.
 *
 * TypeScript becomes JavaScript, file by file, in the folders that it has here, together with the files of other
 * workspaces that it imports; so code that reads a file beside itself finds it. Packages of npm stay dependencies.
 * The workspace's package.json becomes the package's, with its `publishConfig` on top.
 */
import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { parseArgs } from "node:util";

import { buildSync } from "esbuild";

import { shownValue } from "../facts/problem-text";
import { wrongUsage } from "../tools/commands/options";

const ROOT = path.join(__dirname, "..");

/** What a workspace's package has beside its package.json and license. */
interface Contents {
  /** Folders that are of use in this repository only. */
  readonly without: readonly string[];
  /** Files and folders that stand at the package's top, as they stand in the workspace. */
  readonly beside: readonly string[];
  /** Whether programs import it: then it has type declarations. */
  readonly imported: boolean;
}

/** What is packed, by workspace. */
export const WORKSPACES: Readonly<Record<string, Contents>> = {
  facts: { without: ["generate"], beside: [], imported: true },
  analysis: { without: [], beside: [], imported: true },
  // The configurations of this project's stacks are no defaults for other stacks of the same names.
  "policy-pack": {
    without: ["scripts", "profiles"],
    beside: ["PulumiPolicy.yaml", "profiles"],
    imported: false,
  },
  // Its commands and its bench take this project for the one that they are asked about.
  tools: { without: ["bench", "commands"], beside: [], imported: true },
};

const USAGE = `Usage: npm run pack -- [<workspace>...] [--to <directory>]

Packs workspaces as npm packages.
<workspace>: one of ${Object.keys(WORKSPACES).join(", ")}; without it, all are packed.
<directory>: folder for the packages (default: dist).`;

/** The command; returns its exit code. */
export function main(args: readonly string[]): number {
  let workspaces: string[];
  let to: string;
  try {
    const options = {
      to: { type: "string", default: "dist" },
      help: { type: "boolean", short: "h" },
    } as const;
    const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true });
    if (values.help) {
      console.log(USAGE);
      return 0;
    }
    workspaces = positionals.length ? positionals : Object.keys(WORKSPACES);
    to = path.resolve(values.to);
    for (const workspace of workspaces) contentsOf(workspace);
  } catch (error) {
    return wrongUsage((error as Error).message, USAGE);
  }
  for (const workspace of workspaces) console.log(pack(workspace, to));
  return 0;
}

/** Packs a workspace into a directory; returns the file. */
export function pack(workspace: string, to: string): string {
  const staging = fs.mkdtempSync(path.join(os.tmpdir(), "pack-"));
  try {
    stage(workspace, staging);
    fs.mkdirSync(to, { recursive: true });
    const npm = process.env.npm_execpath;
    // Started by npm, it is that npm, on every system.
    const [program, first] = npm === undefined ? ["npm", []] : [process.execPath, [npm]];
    const args = [
      ...first,
      "pack",
      staging,
      "--pack-destination",
      to,
      "--json",
      "--ignore-scripts",
    ];
    const said = execFileSync(program, args, {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "pipe"],
    });
    const [{ filename }] = JSON.parse(said) as [{ filename: string }];
    return path.join(to, filename);
  } finally {
    fs.rmSync(staging, { recursive: true });
  }
}

function contentsOf(workspace: string): Contents {
  const contents = WORKSPACES[workspace];
  if (contents) return contents;
  throw new Error(
    `<workspace>: expected one of ${Object.keys(WORKSPACES).join(", ")}, got ${shownValue(workspace)}`,
  );
}

/** Writes the package's files into a directory. */
function stage(workspace: string, staging: string): void {
  const { beside, imported } = contentsOf(workspace);
  const own = ownFiles(workspace);
  compile(closure(own), path.join(staging, "dist"));
  if (imported) declare(own.filter(isTypeScript), staging);
  for (const name of beside) {
    fs.cpSync(path.join(ROOT, workspace, name), path.join(staging, name), { recursive: true });
  }
  fs.copyFileSync(path.join(ROOT, "LICENSE"), path.join(staging, "LICENSE"));
  writeManifest(workspace, staging);
  writeReadme(workspace, staging);
}

const isTypeScript = (file: string) => file.endsWith(".ts");

/** The files of a workspace that go into its package compiled or as they are, relative to the root. */
function ownFiles(workspace: string): string[] {
  const { without } = contentsOf(workspace);
  return fs
    .readdirSync(path.join(ROOT, workspace), { recursive: true, encoding: "utf8" })
    .filter((file) => /\.(ts|js|css|json)$/.test(file))
    .filter((file) => {
      const [top, ...below] = file.split(path.sep);
      if (below.length) return ![...without, "node_modules", "dist"].includes(top!);
      return !/^(package|tsconfig|config\..+)\.json$/.test(file);
    })
    .map((file) => path.join(workspace, file))
    .sort();
}

/** The files with all that they import by relative path. Fails where one of these is missing. */
function closure(files: readonly string[]): string[] {
  const { metafile } = buildSync({
    absWorkingDir: ROOT,
    entryPoints: files.filter((file) => /\.(ts|js)$/.test(file)),
    outdir: "unused",
    bundle: true,
    packages: "external",
    platform: "node",
    write: false,
    metafile: true,
    logLevel: "silent",
  });
  const all = [...files, ...Object.keys(metafile.inputs).map((file) => path.normalize(file))];
  return [...new Set([...all, ...all.flatMap(readBeside)])].sort();
}

/** The tables that a module reads when they are asked for, and does not import: files beside it that its text names. */
function readBeside(file: string): string[] {
  if (!isTypeScript(file)) return [];
  const text = fs.readFileSync(path.join(ROOT, file), "utf8");
  const named = [...text.matchAll(/"([\w-]+\.json)"/g)].map(([, name]) =>
    path.join(path.dirname(file), name!),
  );
  return named.filter((table) => fs.existsSync(path.join(ROOT, table)));
}

function compile(files: readonly string[], out: string): void {
  buildSync({
    absWorkingDir: ROOT,
    entryPoints: files.filter(isTypeScript),
    outdir: out,
    outbase: ROOT,
    format: "cjs",
    platform: "node",
    target: "node20",
    tsconfigRaw: { compilerOptions: { target: "es2022", useDefineForClassFields: true } },
    logLevel: "silent",
  });
  for (const file of files.filter((one) => !isTypeScript(one))) {
    const target = path.join(out, file);
    if (fs.existsSync(target))
      throw new Error(`${file} is also the output of compiling its .ts file`);
    fs.mkdirSync(path.dirname(target), { recursive: true });
    if (path.basename(file) === "package.json") {
      const { version } = manifestOf(path.dirname(file));
      fs.writeFileSync(target, `${JSON.stringify({ version })}\n`);
    } else {
      fs.copyFileSync(path.join(ROOT, file), target);
    }
  }
}

/** Writes type declarations. `npm run typecheck` has checked the types. */
function declare(files: readonly string[], staging: string): void {
  const config = path.join(staging, "tsconfig.json");
  const compilerOptions = {
    noEmit: false,
    declaration: true,
    emitDeclarationOnly: true,
    noCheck: true,
    rootDir: ROOT,
    outDir: path.join(staging, "dist"),
    types: ["node"],
    typeRoots: [path.join(ROOT, "node_modules", "@types")],
  };
  const settings = {
    extends: path.join(ROOT, "tsconfig.json"),
    compilerOptions,
    files: files.map((file) => path.join(ROOT, file)),
    include: [],
  };
  fs.writeFileSync(config, JSON.stringify(settings));
  execFileSync(process.execPath, [require.resolve("typescript/bin/tsc"), "-p", config]);
  fs.rmSync(config);
}

type Manifest = Record<string, unknown>;

function manifestOf(workspace: string): Manifest {
  return JSON.parse(
    fs.readFileSync(path.join(ROOT, workspace, "package.json"), "utf8"),
  ) as Manifest;
}

/** It stays private: a package is passed on as a file, and never published by mistake. */
function writeManifest(workspace: string, staging: string): void {
  const { publishConfig, ...manifest } = manifestOf(workspace);
  delete manifest.devDependencies;
  const packed = { ...manifest, ...(publishConfig as Manifest) };
  fs.writeFileSync(path.join(staging, "package.json"), `${JSON.stringify(packed, null, 2)}\n`);
}

/** The workspace's README, with the pages of `docs` that it links to. */
function writeReadme(workspace: string, staging: string): void {
  const text = fs.readFileSync(path.join(ROOT, workspace, "README.md"), "utf8");
  for (const [, page] of text.matchAll(/\]\(\.\.\/(docs\/[\w.-]+)\)/g)) {
    fs.cpSync(path.join(ROOT, page!), path.join(staging, page!));
  }
  fs.writeFileSync(path.join(staging, "README.md"), text.replaceAll("](../docs/", "](docs/"));
}
