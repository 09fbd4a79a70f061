"use strict";
/** Entry of the process in which a preview happens: makes its TypeScript and the SDKs loadable; see host.ts. */
const { cacheDirectory, install } = require("../../../runtime/loader");

if (!process.argv.includes("--plain")) {
  require("../../../runtime/code-cache").install(cacheDirectory, "host");
  require("../quick-start/sdk").install({ again: process.argv.includes("--again") });
}
install();
require("./host").start();
