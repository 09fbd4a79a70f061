"use strict";
// Runs `<directory>/<command>.ts` with the arguments of this process: what package.json's scripts start.
const path = require("node:path");

require("../../runtime/loader.js").install({ traces: true });

const { guardStream } = require("../visible.ts");
const { run } = require("./frame.ts");

/** Commands that paint, and make what others wrote visible before they do. */
const PAINTING = new Set(["diff"]);

module.exports = (directory) => {
  const [name, ...args] = process.argv.slice(2);
  guardStream(process.stdout, { paints: PAINTING.has(name) });
  guardStream(process.stderr);
  // What is thrown at once is caught as well: Node.js would write it past the guard.
  Promise.resolve()
    .then(() => run(require(path.join(directory, `${name}.ts`)).main, name, args))
    .then(
      (code) => {
        process.exitCode = code;
      },
      (error) => {
        const missing = error.code === "ENOENT" && typeof error.path === "string";
        console.error(
          missing ? `${error.path}: expected a file or folder, got none` : error.message,
        );
        process.exitCode = 1;
      },
    );
};
