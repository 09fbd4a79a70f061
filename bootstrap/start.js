"use strict";
// What Pulumi runs (Pulumi.yaml): index.ts is the program; this makes it loadable.
require("../runtime/start")();

module.exports = require("./index.ts");
