#!/usr/bin/env node
"use strict";
/** Entry of `npm run preview`: see command.ts. */
const { cacheDirectory, install } = require("../../runtime/loader");

require("../../runtime/code-cache").install(cacheDirectory, "preview");
install();
require("./command").run();
