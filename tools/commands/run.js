"use strict";
// `node tools/commands/run.js <command> [arguments]`: commands that work on any program. See package.json's scripts.
require("./run-from.js")(__dirname);
