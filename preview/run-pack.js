"use strict";
/**
 * Runs the policy pack in the current directory with Pulumi's own runner and without its second half,
 * ts-node: `./loader` has made TypeScript loadable already.
 */
const runner = require.resolve("@pulumi/pulumi/cmd/run-policy-pack/run", {
  paths: [process.cwd(), __dirname],
});

require(runner)
  .run({
    argv: { _: ["."] },
    typeScript: false,
    programStarted: () => {},
    reportLoggedError: () => process.exit(1),
  })
  .catch((error) => {
    console.error(error instanceof Error ? error.stack : error);
    process.exit(1);
  });
