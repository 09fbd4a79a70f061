"use strict";
/**
 * Makes the TypeScript of an ES module program loadable (`"type": "module"`): hooks of Node.js's own loader, which run
 * in a thread beside the program. Loaded for such a program alone.
 * https://nodejs.org/api/module.html#customization-hooks
 */
const fs = require("node:fs");
const Module = require("node:module");
const path = require("node:path");
const { fileURLToPath, pathToFileURL } = require("node:url");

const loader = require("./loader");

const SOURCE = /\.[mc]?tsx?$/;
const MODULES = `${path.sep}node_modules${path.sep}`;
/** `./names.js` is written for what `names.ts` becomes. */
const WRITTEN_AS = { ".js": [".ts", ".tsx"], ".mjs": [".mts"], ".cjs": [".cts"], ".jsx": [".tsx"] };

/** Installs the hooks for this process's imports. */
function install(settings, own) {
  loader.setProgram(settings, own, isModule);
  Module.register(pathToFileURL(__filename).href, {
    parentURL: pathToFileURL(__filename).href,
    data: { settings, own },
  });
}

function initialize({ settings, own }) {
  loader.setProgram(settings, own, isModule);
}

/** The TypeScript that a specifier means, if there is no such file of JavaScript. */
function sourceOf(specifier, parentURL) {
  if (!/^(\.{1,2}\/|file:|\/)/.test(specifier) || !parentURL?.startsWith("file:")) return undefined;
  const file = fileURLToPath(new URL(specifier, parentURL));
  if (fs.existsSync(file) && fs.statSync(file).isFile()) return undefined;
  const extension = path.extname(file);
  const stem = WRITTEN_AS[extension] ? file.slice(0, -extension.length) : file;
  const candidates = (WRITTEN_AS[extension] ?? [".ts", ".tsx", "/index.ts"]).map(
    (end) => stem + end,
  );
  const found = candidates.find((candidate) => fs.existsSync(candidate));
  return found && pathToFileURL(found).href;
}

async function resolve(specifier, context, next) {
  const source = sourceOf(specifier, context.parentURL);
  if (source !== undefined) return { url: source, shortCircuit: true };
  return next(specifier, context);
}

/** The module type from the nearest package.json, cached by folder: a program needs it for each of its files. */
const ofModules = new Map();

/** Whether the nearest package.json, or the file's own ending, says that a file is an ES module. */
function isModule(file) {
  const extension = path.extname(file);
  if (extension === ".mts") return true;
  if (extension === ".cts") return false;
  return holdsModules(path.dirname(file));
}

function holdsModules(folder) {
  if (!ofModules.has(folder)) {
    const manifest = path.join(folder, "package.json");
    const parent = path.dirname(folder);
    ofModules.set(
      folder,
      fs.existsSync(manifest)
        ? JSON.parse(fs.readFileSync(manifest, "utf8")).type === "module"
        : parent !== folder && holdsModules(parent),
    );
  }
  return ofModules.get(folder);
}

async function load(url, context, next) {
  const [address] = url.split("?");
  if (!address.startsWith("file:") || !SOURCE.test(address)) return next(url, context);
  const file = fileURLToPath(address);
  if (file.includes(MODULES)) throw new Error(`${file}: a package has to ship JavaScript`);
  const format = isModule(file) ? "esm" : "cjs";
  if (format === "cjs") return { format: "commonjs", shortCircuit: true };
  return { format: "module", source: loader.transpile(file, format), shortCircuit: true };
}

module.exports = { initialize, install, isModule, load, resolve };
