"use strict";
/** What an entry of a program or of a policy pack calls before it loads TypeScript. */
const Module = require("node:module");
const path = require("node:path");

const errors = require("./errors");
const loader = require("./loader");
const traces = require("./traces");

let started = false;

/** Makes TypeScript loadable, and errors short. */
module.exports = () => {
  if (started) return;
  started = true;
  // Node.js 22 and later keep compiled code between runs.
  Module.enableCompileCache?.(path.join(loader.cacheDirectory, "code"));
  loader.install();
  // Another one is there: the runner's, which is slow. Where none is, the offline preview reads traces itself.
  if (Error.prepareStackTrace !== undefined) traces.install();
  errors.install();
};
