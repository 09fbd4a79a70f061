"use strict";
/**
 * An error that ends a program, as a person needs it: message, resource, and the places in our own code.
 *
 * Pulumi's runner prints such an error with everything that hangs on it, and the SDK hangs on it the promise that
 * failed: with that all resources, for minutes and gigabytes. A listener that Node.js calls before the runner's (`prependListener`) makes
 * the error short; the runner reports it as it reports any.
 */
const path = require("node:path");

const traces = require("./traces");

/** Number of stack frames shown for one error. */
const MOST = 8;

const PREPARED = "    while it prepared ";
const FRAME = /^\s+at (?:(?:async )?(.+?) \()?(?:file:\/\/)?([^\s()]+?):(\d+):(\d+)\)?$/;
/** What loads the program is no place of a mistake in it. */
const loading = [__dirname + path.sep];

const elsewhere = (file) =>
  !path.isAbsolute(file) ||
  file.includes(`${path.sep}node_modules${path.sep}`) ||
  loading.some((directory) => file.startsWith(directory));

/** `    at components/network/network.ts:12:5 (name)`; nothing for a frame outside of the project's code. */
function ownFrame(text) {
  const [, name, file, row, column] = FRAME.exec(text) ?? [];
  if (file === undefined || elsewhere(file)) return undefined;
  const place = { line: Number(row), column: Number(column) };
  const { line, column: at } = traces.installed()
    ? place
    : traces.original(file, place.line, place.column);
  const where = `${path.relative(process.cwd(), file)}:${line}:${at}`;
  return name && name !== "Object.<anonymous>" ? `    at ${name} (${where})` : `    at ${where}`;
}

/** The resource whose inputs could not be made, if the SDK has left a word of it. */
function resourceOf({ promise }) {
  const context = promise?._debugCtx;
  const [, name, type] = /resource:([^[\]]+)\[([^\]]+)\]/.exec(String(context ?? "")) ?? [];
  return name && type ? [`${PREPARED}${type} ${name}`] : [];
}

function shortStack(error) {
  const lines = String(error.stack).split("\n");
  // Another copy of this has made it short already.
  if (lines.some((line) => line.startsWith(PREPARED))) return error.stack;
  const first = lines.findIndex((line) => /^\s+at /.test(line));
  if (first < 0) return [error.stack, ...resourceOf(error)].join("\n");
  const frames = lines.slice(first).filter((line) => /^\s+at /.test(line));
  const own = [...new Set(frames.flatMap((line) => ownFrame(line) ?? []))];
  const shown = own.length ? own : frames;
  return [...lines.slice(0, first), ...shown.slice(0, MOST), ...resourceOf(error)].join("\n");
}

const seen = new WeakSet();

/** Makes an error short, with its causes. */
function shorten(error) {
  if (!(error instanceof Error) || seen.has(error)) return;
  seen.add(error);
  try {
    error.stack = shortStack(error);
    for (const key of Object.keys(error)) {
      // Still there for code that looks for it, and not printed.
      const value = error[key];
      if (value !== null && ["object", "function"].includes(typeof value)) {
        Object.defineProperty(error, key, { enumerable: false });
      }
    }
  } catch {
    // A frozen error stays as it is.
  }
  shorten(error.cause);
  if (Array.isArray(error.errors)) error.errors.forEach(shorten);
}

/**
 * Makes the errors short that end this process from now on.
 *
 * @param {string} [loader] directory of what runs the program beside this, and is never where it is mistaken
 */
function install(loader) {
  if (loader !== undefined) loading.push(loader + path.sep);
  process.on("uncaughtExceptionMonitor", shorten);
  // Without a listener, Node.js ends the process itself, through an exception.
  if (process.listenerCount("unhandledRejection") > 0) {
    process.prependListener("unhandledRejection", shorten);
  }
}

module.exports = { install, shorten };
