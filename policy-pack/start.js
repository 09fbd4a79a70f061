"use strict";
// What Pulumi runs (package.json): index.ts is the pack; this makes it loadable.
require("../runtime/start")();

module.exports = require("./index");
