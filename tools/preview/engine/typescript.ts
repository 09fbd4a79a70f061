/** What a program's own tsconfig.json says of the code that its TypeScript becomes, as Pulumi's runner reads it. */
import * as fs from "node:fs";
import { createRequire } from "node:module";
import * as path from "node:path";

import type * as Compiler from "typescript";

/** Settings for the transpiler: see runtime/loader.js. */
export interface ProgramSettings {
  compilerOptions: Record<string, unknown>;
  /** Whether a module that is no ES module becomes one when it is imported (`esModuleInterop`). */
  interop: boolean;
  /** Whether the types of what is decorated are asked for, which esbuild does not emit. */
  wantsMetadata: boolean;
  /** The program's own TypeScript, which emits them; absent where they are not asked for, or it has no such compiler. */
  compiler?: { file: string; version: string };
}

/** What of the compiler's options changes the emitted code. */
const EMITTING = [
  ...["experimentalDecorators", "useDefineForClassFields", "verbatimModuleSyntax"],
  ...["jsx", "jsxFactory", "jsxFragmentFactory", "jsxImportSource"],
];

/** Modules in which interop is on unless it is switched off. */
const INTEROPERATING = /^(node\d+|nodenext|preserve)$/;

/** TypeScript from this version on knows no other mode. */
const ALWAYS_INTEROPERATING = 6;

/** The settings of a program in a directory; without a tsconfig.json the runner's own. */
export function programSettings(directory: string, tsconfig = "tsconfig.json"): ProgramSettings {
  const options = optionsIn(path.resolve(directory, tsconfig)) ?? {};
  const module = text(options.module, "nodenext");
  const emitting = Object.entries(options).filter(([key]) => EMITTING.includes(key));
  const interop =
    (options.esModuleInterop ?? INTEROPERATING.test(module)) === true ||
    compilerVersion(directory) >= ALWAYS_INTEROPERATING;
  const wantsMetadata =
    options.emitDecoratorMetadata === true && options.experimentalDecorators === true;
  const compiler = wantsMetadata ? compilerOf(directory) : undefined;
  return {
    interop,
    wantsMetadata,
    ...(compiler && { compiler }),
    compilerOptions: { ...defaults(options), ...Object.fromEntries(emitting) },
  };
}

const text = (value: unknown, otherwise: string): string =>
  (typeof value === "string" ? value : otherwise).toLowerCase();

/** Fields are defined, and not assigned, where the target has them. */
function defaults(options: Record<string, unknown>): Record<string, unknown> {
  const target = text(options.target, "es2020");
  const year = Number(/^es(\d{4})$/.exec(target)?.[1] ?? (target === "esnext" ? 9999 : 0));
  return { useDefineForClassFields: year >= 2022 };
}

function compilerVersion(directory: string): number {
  try {
    const require = createRequire(path.join(directory, "package.json"));
    const manifest = require("typescript/package.json") as { version: string };
    return Number.parseInt(manifest.version, 10);
  } catch {
    return 0;
  }
}

/** TypeScript written in Go has no such function in JavaScript. */
function compilerOf(directory: string): ProgramSettings["compiler"] {
  const require = createRequire(path.join(directory, "package.json"));
  try {
    const file = require.resolve("typescript");
    const { transpileModule, version } = require(file) as typeof Compiler;
    return typeof transpileModule === "function" ? { file, version } : undefined;
  } catch {
    return undefined;
  }
}

/** Compiler options of a file and of those that it extends; nothing if there is no such file. */
function optionsIn(
  file: string,
  seen: readonly string[] = [],
): Record<string, unknown> | undefined {
  if (seen.includes(file) || !fs.existsSync(file)) return undefined;
  const settings = parse(fs.readFileSync(file, "utf8"));
  const bases = [settings.extends ?? []].flat().map(String);
  const inherited = bases.map((base) => optionsIn(baseFile(file, base), [...seen, file]));
  const own = settings.compilerOptions;
  return Object.assign({}, ...inherited, own) as Record<string, unknown>;
}

function baseFile(file: string, base: string): string {
  const named = base.endsWith(".json") ? base : `${base}.json`;
  if (/^\.{1,2}\//.test(base) || path.isAbsolute(base))
    return path.resolve(path.dirname(file), named);
  const require = createRequire(file);
  for (const candidate of [base, named, `${base}/tsconfig.json`]) {
    try {
      return require.resolve(candidate);
    } catch {
      // The next form of its name.
    }
  }
  return named;
}

/** JSON with comments and trailing commas, as TypeScript reads it; undefined for text that is not JSON. */
function parse(text: string): Record<string, unknown> {
  const plain = text
    .replace(/^\uFEFF/, "")
    .replace(
      /("(?:[^"\\]|\\.)*")|\/\/[^\n]*|\/\*[\s\S]*?\*\//g,
      (_, quoted?: string) => quoted ?? "",
    )
    .replace(/("(?:[^"\\]|\\.)*")|,(?=\s*[}\]])/g, (_, quoted?: string) => quoted ?? "");
  try {
    return JSON.parse(plain) as Record<string, unknown>;
  } catch {
    return {};
  }
}
