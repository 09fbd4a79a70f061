"use strict";
// `node facts/generate/run.js <generator> [options]`: see the head of each generator.
require("../../runtime/loader.js").install({ traces: true });

const [name, ...args] = process.argv.slice(2);
require(`./${name}.ts`)
  .main(args)
  .then(
    (code) => {
      process.exitCode = code;
    },
    (error) => {
      console.error(error.stack);
      process.exitCode = 1;
    },
  );
