"use strict";
// `node facts/generate/run.js <generator> [options]`: see the head of each generator.
const fs = require("node:fs");
const path = require("node:path");

const root = path.join(__dirname, "..", "..");
const loader = ["tools/preview/quick-start/loader.js", "preview/loader.js"]
  .map((file) => path.join(root, file))
  .find((file) => fs.existsSync(file));
require(loader).install({ traces: true });

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
