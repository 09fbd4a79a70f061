const fs = require("node:fs");
const os = require("node:os");
const path = require("node:path");

// What the preview does for Pulumi's SDK serves the mocks as well: half of the tests' time went into stack
// traces that nobody reads.
require("../../tools/preview/quick-start/sdk.js").install();
// Transpiled, not type-checked: `npm run typecheck` does that once, for the whole project.
require("ts-node").register({
  transpileOnly: true,
  transpiler: require.resolve("./transpiler.js"),
});

// With other values in the files that an owner edits the tests stay green: no test reads them, nor what a test starts.
require("./own-files.js");
const preload = `--require ${JSON.stringify(path.join(__dirname, "own-files.js"))}`;
if (!(process.env.NODE_OPTIONS ?? "").includes(preload)) {
  process.env.NODE_OPTIONS = `${process.env.NODE_OPTIONS ?? ""} ${preload}`.trim();
}

// What the workers of one run share, such as the plans of the stacks; they get it with the environment.
if (process.env.TEST_RUN_DIRECTORY === undefined) {
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), "crm-tests-"));
  process.env.TEST_RUN_DIRECTORY = directory;
  process.once("exit", () => fs.rmSync(directory, { recursive: true, force: true }));
}
