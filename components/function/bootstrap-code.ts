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
 * @param handler path and function such as `dist/report.handler`
 */
export function bootstrapFiles(runtime: LambdaRuntime, handler: string): Record<string, string> {
  if (languageOf(runtime) === "python") {
    // As Lambda reads it: the function is behind the last dot, and other dots are folders like slashes.
    const at = handler.lastIndexOf(".");
    const [file, entry] = [handler.slice(0, at).replaceAll(".", "/"), handler.slice(at + 1)];
    return {
      [`${MODULE}.py`]: source("refuse.py"),
      [`${file}.py`]: `from ${MODULE} import refuse as ${entry}  # noqa: F401\n`,
    };
  }
  // Of Node.js the first dot of the file's name ends it; what follows is an export, and what that has.
  const folders = handler.split("/");
  const [file, entry, ...inner] = folders.pop()!.split(".") as [string, string, ...string[]];
  const value = inner.reduceRight((held, key) => `{ ${key}: ${held} }`, "refuse");
  const root = folders.length === 0 ? "./" : "../".repeat(folders.length);
  return {
    [`${MODULE}.mjs`]: source("refuse.mjs"),
    [[...folders, `${file}.mjs`].join("/")]:
      inner.length === 0
        ? `export { refuse as ${entry} } from "${root}${MODULE}.mjs";\n`
        : `import { refuse } from "${root}${MODULE}.mjs";\nexport const ${entry} = ${value};\n`,
  };
}

function source(name: string): string {
  return fs.readFileSync(path.join(DIRECTORY, name), "utf8");
}
