"use strict";
// Runs `<directory>/<command>.ts` with the arguments of this process: what package.json's scripts start.
const path = require("node:path");

require("../../runtime/loader.js").install({ traces: true });

const { guardStream } = require("../visible.ts");

module.exports = (directory) => {
  guardStream(process.stdout);
  guardStream(process.stderr);
  const [name, ...args] = process.argv.slice(2);
  // What is thrown at once is caught as well: Node.js would write it past the guard.
  Promise.resolve()
    .then(() => require(path.join(directory, `${name}.ts`)).main(args))
    .then(
      (code) => {
        process.exitCode = code;
      },
      (error) => {
        const missing = error.code === "ENOENT" && typeof error.path === "string";
        console.error(missing ? `${error.path}: there is no such file or folder` : error.message);
        process.exitCode = 1;
      },
    );
};
