"use strict";
/**
 * Keeps what V8 compiled of the packages between runs: half of a preview is compiling the same SDKs again.
 * Node.js 22 brings such a cache; this is the same for Node.js 20. An entry is used only for the very text
 * that it was made from, and V8 refuses what another version of it has made.
 */
const crypto = require("node:crypto");
const fs = require("node:fs");
const Module = require("node:module");
const path = require("node:path");
const vm = require("node:vm");

const root = require("./place").root + path.sep;

const RUNNER = path.join("@pulumi", "pulumi", "cmd", "run", "run.js");

/** `{ file: [offset, length, digest] }` as JSON, its length in the four bytes before, the data behind. */
function read(file) {
  try {
    const bytes = fs.readFileSync(file);
    const end = 4 + bytes.readUInt32LE(0);
    return { index: JSON.parse(bytes.toString("utf8", 4, end)), data: bytes.subarray(end) };
  } catch {
    return { index: {}, data: Buffer.alloc(0) };
  }
}

function write(file, entries) {
  const index = {};
  const parts = [];
  let offset = 0;
  for (const [name, { data, digest }] of entries) {
    index[name] = [offset, data.length, digest];
    parts.push(data);
    offset += data.length;
  }
  const head = Buffer.from(JSON.stringify(index));
  const size = Buffer.alloc(4);
  size.writeUInt32LE(head.length);
  const temporary = `${file}.${process.pid}`;
  try {
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(temporary, Buffer.concat([size, head, ...parts]));
    fs.renameSync(temporary, file);
  } catch {
    // A read-only checkout: slower, and correct all the same.
  }
}

function requireFor(module) {
  const require = (id) => module.require(id);
  require.resolve = (request, options) => Module._resolveFilename(request, module, false, options);
  require.resolve.paths = (request) => Module._resolveLookupPaths(request, module);
  require.main = process.mainModule;
  require.extensions = Module._extensions;
  require.cache = Module._cache;
  return require;
}

/**
 * @param {string} directory where the cache is kept
 * @param {string} role processes of the same role load the same packages and share a cache
 */
function install(directory, role) {
  if (Module.enableCompileCache) {
    Module.enableCompileCache(path.join(directory, "code"));
    return;
  }
  const loader = vm.constants?.USE_MAIN_CONTEXT_DEFAULT_LOADER;
  if (!loader) return;
  const file = path.join(directory, `code-${role}-${process.version}-${process.arch}.bin`);
  const { index, data } = read(file);
  const compiled = new Map();
  const compile = Module.prototype._compile;
  Module.prototype._compile = function (content, filename) {
    // Copies of the project elsewhere come and go: the cache would keep them all. And an `import()` inside of an
    // `eval`, as Pulumi's runner has it for ES modules, finds no loader in a script from here.
    if (content.startsWith("#!") || !filename.startsWith(root) || filename.endsWith(RUNNER)) {
      return compile.call(this, content, filename);
    }
    const digest = crypto.createHash("sha1").update(content).digest("base64");
    const entry = index[filename];
    const cachedData =
      entry?.[2] === digest ? data.subarray(entry[0], entry[0] + entry[1]) : undefined;
    const script = new vm.Script(Module.wrap(content), {
      filename,
      cachedData,
      importModuleDynamically: loader,
    });
    if (!cachedData || script.cachedDataRejected) compiled.set(filename, { script, digest });
    const run = script.runInThisContext();
    const args = [this.exports, requireFor(this), this, filename, path.dirname(filename)];
    return Reflect.apply(run, this.exports, args);
  };
  process.on("exit", () => {
    if (!compiled.size) return;
    const entries = new Map();
    for (const [name, [offset, length, digest]] of Object.entries(index)) {
      if (!fs.existsSync(name)) continue;
      entries.set(name, { data: data.subarray(offset, offset + length), digest });
    }
    for (const [name, { script, digest }] of compiled) {
      entries.set(name, { data: script.createCachedData(), digest });
    }
    write(file, entries);
  });
}

module.exports = { install };
