"use strict";
// Runs `<directory>/<command>.ts` with the arguments of this process: what package.json's scripts start.
const path = require("node:path");

require("../../runtime/loader.js").install({ traces: true });

module.exports = (directory) => {
  const [name, ...args] = process.argv.slice(2);
  Promise.resolve(require(path.join(directory, `${name}.ts`)).main(args)).then(
    (code) => {
      process.exitCode = code;
    },
    (error) => {
      console.error(error.message);
      process.exitCode = 1;
    },
  );
};
