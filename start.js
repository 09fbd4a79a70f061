"use strict";
// What Pulumi runs (package.json): index.ts is the program; this makes it loadable.
require("./runtime/start")();

// Without the outputs that this stack does not have: the SDK warns of each that is undefined.
module.exports = Object.fromEntries(
  Object.entries(require("./index.ts")).filter(([, output]) => output !== undefined),
);
