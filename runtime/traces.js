"use strict";
/** Maps a position in running code to its TypeScript source. */
const { SourceMap } = require("node:module");
const path = require("node:path");
const { fileURLToPath } = require("node:url");

const { transpile } = require("./loader");

const MARK = "//# sourceMappingURL=data:application/json;base64,";
const SDK = path.join("node_modules", "@pulumi", "pulumi") + path.sep;
const modules = `${path.sep}node_modules${path.sep}`;
const SOURCE = /\.[mc]?tsx?$/;
const maps = new Map();
const known = new Map();

function mapOf(file) {
  if (!maps.has(file)) maps.set(file, readMap(file));
  return maps.get(file);
}

function readMap(file) {
  try {
    const code = transpile(file);
    const encoded = code.slice(code.lastIndexOf(MARK) + MARK.length);
    return new SourceMap(JSON.parse(Buffer.from(encoded, "base64").toString("utf8")));
  } catch {
    // The file has changed since it ran, or is gone: the position as it is has to do.
    return undefined;
  }
}

/**
 * `{ line, column }` in the source; the position as it is for a file that is not transpiled. Counts from 1. A program
 * comes to the same few places again and again: each is looked up once.
 */
function original(address, line, column) {
  if (!SOURCE.test(address) || address.includes(modules)) return { line, column };
  // ES modules go by their addresses.
  const file = address.startsWith("file:") ? fileURLToPath(address) : address;
  const key = `${file}:${line}:${column}`;
  let place = known.get(key);
  if (place === undefined) {
    const entry = mapOf(file)?.findEntry(line - 1, column - 1);
    // An entry without a source is code that esbuild added.
    place =
      entry && "originalLine" in entry
        ? { line: entry.originalLine + 1, column: entry.originalColumn + 1 }
        : { line, column };
    known.set(key, place);
  }
  return place;
}

function frame(call) {
  const text = String(call);
  const file = call.getFileName();
  if (!SOURCE.test(file ?? "")) return `\n    at ${text}`;
  const [line, column] = [call.getLineNumber(), call.getColumnNumber()];
  const place = original(file, line, column);
  return `\n    at ${text.replace(`:${line}:${column}`, `:${place.line}:${place.column}`)}`;
}

/** `(file:line:column)`, all that the SDK reads of a frame; V8's own text of one takes ten times as long. */
function position(call) {
  const file = call.getFileName();
  // The SDK counts frames.
  if (!file) return "\n    at call";
  const { line, column } = original(file, call.getLineNumber(), call.getColumnNumber());
  return `\n    at call (${file}:${line}:${column})`;
}

/**
 * The SDK's own questions, by the function that asks: a trace for each promise, which it prints only where
 * PULUMI_DEBUG_PROMISE_LEAKS asks for it, and one for each resource, for the place of it.
 */
const ASKED = {
  callsites: (calls) => calls.map(position).join(""),
  ...(!process.env.PULUMI_DEBUG_PROMISE_LEAKS && { debuggablePromise: () => "" }),
};

function format(error, calls) {
  const asker = calls[0]?.getFunctionName() ?? "";
  if (Object.hasOwn(ASKED, asker) && calls[0].getFileName()?.includes(SDK)) {
    return `Error${ASKED[asker](calls)}`;
  }
  let head;
  try {
    head = Error.prototype.toString.call(error);
  } catch {
    head = "Error";
  }
  return head + calls.map(frame).join("");
}

/**
 * Takes the place of `source-map-support`, which Pulumi's runner registers: that looks up each frame of each trace, those
 * of the SDK too, and the SDK takes a trace for each promise: two fifths of a preview. `Error.prepareStackTrace` is
 * Node.js's documented hook for it. A function of the SDK that gets another name costs time and nothing else.
 */
function install() {
  Error.prepareStackTrace = format;
}

/** Whether traces that this process makes name places in TypeScript. */
const installed = () => Error.prepareStackTrace === format;

module.exports = { install, installed, original };
