"use strict";
/** Entry of the process in which a preview happens: makes its TypeScript and the SDKs loadable; see host.ts. */
const { cacheDirectory, install } = require("./loader");

require("./code-cache").install(cacheDirectory, "host");
require("./sdk").install();
install();
require("./host.ts").start();
