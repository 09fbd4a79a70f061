"use strict";
/**
 * Runs a project's TypeScript without a type checker and without loading the TypeScript compiler: esbuild
 * transpiles a file when its text has changed, everything else comes from a cache on disk. So a fresh clone runs
 * after `npm ci`, and an edit counts at once. Loading the compiler would cost more than all of the rest.
 *
 * Plain JavaScript because it is what makes TypeScript loadable. Types are checked by `npm run typecheck`.
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

function digestOf(source) {
  return crypto
    .createHash("sha1")
    .update(JSON.stringify(transpileOptions))
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

/** JavaScript for a TypeScript file. Throws a SyntaxError that names file, line and column. */
function transpile(filename) {
  const source = fs.readFileSync(filename, "utf8");
  const digest = digestOf(source);
  const file = cacheFile(filename);
  const cached = readCache(file, digest);
  if (cached !== undefined) return cached;
  let code;
  try {
    code = require("esbuild").transformSync(source, {
      ...transpileOptions,
      sourcefile: filename,
      logLevel: "silent",
    }).code;
  } catch (error) {
    const first = error.errors?.[0];
    if (!first) throw error;
    const where = first.location ? `:${first.location.line}:${first.location.column + 1}` : "";
    throw new SyntaxError(`${filename}${where}: ${first.text}`);
  }
  writeCache(file, digest, code);
  return code;
}

/**
 * Registers the loader for `.ts` files outside node_modules.
 *
 * @param {{ traces?: boolean }} [options] `traces`: stack traces point into the TypeScript sources, which
 *   costs time for each trace that is taken
 */
function install({ traces = false } = {}) {
  if (traces) process.setSourceMapsEnabled(true);
  require.extensions[".ts"] = (module, filename) => {
    if (filename.includes(`${path.sep}node_modules${path.sep}`)) {
      throw new Error(`${filename}: a package has to ship JavaScript`);
    }
    module._compile(transpile(filename), filename);
  };
}

module.exports = { cacheDirectory, install, transpile };
