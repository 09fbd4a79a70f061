// Tests run transpiled, not type-checked: `npm run typecheck` does that once, for the whole project.
process.env.TS_NODE_TRANSPILE_ONLY = "true";
// What the preview does for Pulumi's SDK serves the mocks as well: half of the tests' time went into stack
// traces that nobody reads.
require("../../preview/sdk.js").install();
require("ts-node/register");
