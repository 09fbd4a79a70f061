/** Code for a function whose artifact is not set yet: it refuses what calls it all the same. */
import * as fs from "node:fs";
import * as path from "node:path";

import { languageOf, type LambdaRuntime } from "../../facts/lambda-runtimes";

const DIRECTORY = path.join(__dirname, "..", "..", "functions", "bootstrap");

/** Name of the module that refuses; no handler's file may have it. */
const MODULE = "bootstrap_refuse";

/**
 * The files of a deployment package, by name: the refusing code and an entry under the handler's own name,
 * so that the artifact takes its place without a change of the function's handler.
 *
 * @param handler file and function such as `report.handler`
 */
export function bootstrapFiles(runtime: LambdaRuntime, handler: string): Record<string, string> {
  const [file, entry] = handler.split(".") as [string, string];
  return languageOf(runtime) === "python"
    ? {
        [`${MODULE}.py`]: source("refuse.py"),
        [`${file}.py`]: `from ${MODULE} import refuse as ${entry}  # noqa: F401\n`,
      }
    : {
        [`${MODULE}.mjs`]: source("refuse.mjs"),
        [`${file}.mjs`]: `export { refuse as ${entry} } from "./${MODULE}.mjs";\n`,
      };
}

function source(name: string): string {
  return fs.readFileSync(path.join(DIRECTORY, name), "utf8");
}
