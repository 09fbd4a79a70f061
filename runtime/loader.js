"use strict";
/**
 * Runs a project's TypeScript without a type checker and without loading the TypeScript compiler: esbuild
 * transpiles a file when its text has changed, everything else comes from a cache on disk. So a fresh clone runs
 * after `npm ci`, and an edit counts at once. Loading the compiler would cost more than all of the rest.
 *
 * Plain JavaScript because it is what makes TypeScript loadable. Types are checked by `npm run typecheck`.
 *
 * A program of others may have settings of its own (`setProgram`): what its tsconfig.json says of the emitted code.
 */
const crypto = require("node:crypto");
const fs = require("node:fs");
const path = require("node:path");

const { cacheDirectory, root } = require("./place");

/**
 * What ts-node makes of `tsconfig.json`, as far as it changes the emitted code: CommonJS for the syntax of
 * ES2022. Part of the cache key.
 */
const transpileOptions = {
  loader: "ts",
  format: "cjs",
  platform: "node",
  target: "es2022",
  // Node.js refuses JSON without them; esbuild would leave them out, because ES2022 has none.
  supported: { "import-attributes": true, "import-assertions": true },
  sourcemap: "inline",
  sourcesContent: false,
  tsconfigRaw: { compilerOptions: { target: "es2022", useDefineForClassFields: true } },
};

const header = (digest) => `// ${digest}\n`;
const digestLength = header("").length + 40;

function cacheFile(filename) {
  const name = path.relative(root, filename).replace(/[^\w.-]+/g, "_");
  const id = crypto.createHash("sha1").update(filename).digest("hex").slice(0, 12);
  return path.join(cacheDirectory, `${name.slice(-80)}.${id}.js`);
}

/** Options for a program whose settings differ, and the folders of the tool, which have those above. */
let program;

/**
 * @param {{ compilerOptions: object, interop: boolean, compiler?: { file: string, version: string } }} settings what
 *   tsconfig.json says of the emitted code; `compiler`: the program's own TypeScript, for what esbuild does not emit
 * @param {readonly string[]} own folders that it says nothing of
 * @param {(filename: string) => boolean} [isModule] whether a file of the program is an ES module
 */
function setProgram(settings, own, isModule) {
  program = { ...settings, own, isModule };
}

const isProgram = (filename) =>
  program !== undefined && !program.own.some((folder) => filename.startsWith(folder + path.sep));

const formatOf = (filename) =>
  isProgram(filename) && program.isModule?.(filename) ? "esm" : "cjs";

const LOADERS = { ".tsx": "tsx", ".jsx": "jsx" };

/** What a file is transpiled with. */
function optionsFor(filename, format) {
  const theirs = isProgram(filename) && program;
  const loader = LOADERS[path.extname(filename)] ?? "ts";
  if (!theirs && format === "cjs" && loader === "ts") return transpileOptions;
  const { compilerOptions, interop, compiler } = theirs || transpileOptions.tsconfigRaw;
  const raw = { ...transpileOptions.tsconfigRaw.compilerOptions, ...compilerOptions };
  const tsconfigRaw = { compilerOptions: raw };
  return { ...transpileOptions, format, loader, interop, compiler, tsconfigRaw };
}

/**
 * What TypeScript makes of an imported module, in place of what esbuild does: an ES module stays what it is, and so does
 * any module without interop. Pulumi's SDK looks for just that where it turns a function into code.
 */
const HELPERS = {
  true:
    "var __toESM = (mod) => mod && mod.__esModule ? mod : " +
    '__copyProps(__defProp({}, "default", { value: mod, enumerable: true }), mod);',
  false: "var __toESM = (mod) => mod;",
};
const HELPER = /^var __toESM = \(mod, isNodeMode, target\) => [\s\S]*?\n\)\);$/m;

function withHelper(code, interop) {
  // As many lines as before: the places behind it stay where they are.
  return code.replace(HELPER, (before) => HELPERS[interop] + before.replace(/[^\n]/g, ""));
}

function digestOf(source, options) {
  return crypto
    .createHash("sha1")
    .update(JSON.stringify(options))
    .update(options.interop === undefined ? "" : HELPERS[options.interop])
    .update("\0")
    .update(source)
    .digest("hex");
}

function readCache(file, digest) {
  try {
    const cached = fs.readFileSync(file, "utf8");
    return cached.startsWith(header(digest)) ? cached.slice(digestLength) : undefined;
  } catch {
    return undefined;
  }
}

function writeCache(file, digest, code) {
  const temporary = `${file}.${process.pid}`;
  try {
    fs.mkdirSync(cacheDirectory, { recursive: true });
    fs.writeFileSync(temporary, header(digest) + code);
    fs.renameSync(temporary, file);
  } catch {
    // A read-only checkout: slower, and correct all the same.
  }
}

/**
 * JavaScript for a TypeScript file. Throws a SyntaxError that names file, line and column.
 *
 * @param {"cjs" | "esm"} [format]
 */
function transpile(filename, format = formatOf(filename)) {
  const source = fs.readFileSync(filename, "utf8");
  const options = optionsFor(filename, format);
  const digest = digestOf(source, options);
  const file = cacheFile(filename);
  const cached = readCache(file, digest);
  if (cached !== undefined) return cached;
  const code = (options.compiler ? compiled : transformed)(source, filename, options);
  writeCache(file, digest, code);
  return code;
}

/** By esbuild. */
function transformed(source, sourcefile, { interop, compiler: _, ...settings }) {
  try {
    const given = { ...settings, sourcefile, logLevel: "silent" };
    const { code } = require("esbuild").transformSync(source, given);
    return interop === undefined ? code : withHelper(code, interop);
  } catch (error) {
    const first = error.errors?.[0];
    if (!first) throw error;
    const where = first.location ? `:${first.location.line}:${first.location.column + 1}` : "";
    throw new SyntaxError(`${sourcefile}${where}: ${first.text}`);
  }
}

/** By the program's own TypeScript, file by file and without a check of types. */
function compiled(source, fileName, { format, interop, compiler, tsconfigRaw }) {
  const typescript = require(compiler.file);
  const { options } = typescript.convertCompilerOptionsFromJson(
    {
      ...tsconfigRaw.compilerOptions,
      ...{ emitDecoratorMetadata: true, esModuleInterop: interop, inlineSourceMap: true },
      module: format === "cjs" ? "commonjs" : "es2022",
    },
    path.dirname(fileName),
  );
  const { outputText, diagnostics } = typescript.transpileModule(source, {
    compilerOptions: options,
    fileName,
    reportDiagnostics: true,
  });
  const [first] = diagnostics;
  if (first) {
    const { line, character } = first.file.getLineAndCharacterOfPosition(first.start);
    const text = typescript.flattenDiagnosticMessageText(first.messageText, "\n");
    throw new SyntaxError(`${fileName}:${line + 1}:${character + 1}: ${text}`);
  }
  return outputText;
}

/**
 * Registers the loader for `.ts` files outside node_modules.
 *
 * @param {{ traces?: boolean }} [options] `traces`: stack traces point into the TypeScript sources, which
 *   costs time for each trace that is taken
 */
function install({ traces = false } = {}) {
  if (traces) process.setSourceMapsEnabled(true);
  const load = (module, filename) => {
    if (filename.includes(`${path.sep}node_modules${path.sep}`)) {
      throw new Error(`${filename}: a package has to ship JavaScript`);
    }
    module._compile(transpile(filename), filename);
  };
  for (const extension of [".ts", ".tsx", ".cts"]) require.extensions[extension] = load;
}

module.exports = { cacheDirectory, install, setProgram, transpile };
