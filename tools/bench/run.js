"use strict";
// `npm run bench [-- --write]`: see measure.ts.
require("../../runtime/loader.js").install({ traces: true });

const { guardStream } = require("../visible.ts");
guardStream(process.stdout);
guardStream(process.stderr);

require("./measure.ts")
  .main(process.argv.slice(2))
  .then(
    (code) => {
      process.exitCode = code;
    },
    (error) => {
      console.error(error.message);
      process.exitCode = 1;
    },
  );
