"use strict";
// `node commands/run.js <command> [arguments]`: runs one of this folder's commands. See package.json's scripts.
require("../preview/loader.js").install({ traces: true });

const [name, ...args] = process.argv.slice(2);
Promise.resolve(require(`./${name}.ts`).main(args)).then(
  (code) => {
    process.exitCode = code;
  },
  (error) => {
    console.error(error.message);
    process.exitCode = 1;
  },
);
