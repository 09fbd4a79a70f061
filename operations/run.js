"use strict";
// `node operations/run.js <command> [arguments]`: the platform's own commands. See package.json's scripts.
require("../tools/commands/run-from.js")(__dirname);
