// Tests run transpiled, not type-checked: `npm run typecheck` does that once, for the whole project.
process.env.TS_NODE_TRANSPILE_ONLY = "true";
require("ts-node/register");
