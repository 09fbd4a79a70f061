#!/usr/bin/env node
"use strict";
/** Entry of `npm run preview`: see command.ts. */
const { cacheDirectory, install } = require("./quick-start/loader");

require("./quick-start/code-cache").install(cacheDirectory, "preview");
install();
require("./command").run();
