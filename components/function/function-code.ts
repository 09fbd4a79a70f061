/** The code of functions in `functions/`, bundled when the stack is planned. */
import * as fs from "node:fs";
import * as path from "node:path";

import * as pulumi from "@pulumi/pulumi";

import { type KeptBundle, keptBundle } from "./kept-bundle";

/** Where the functions are, seen from this file. */
const FUNCTIONS = path.join(__dirname, "..", "..", "functions");

const cache = new Map<string, KeptBundle>();

/** Characters from which a bundle is passed as a file: a text is stored whole in plan and state. */
const LONG = 64 * 1024;

/**
 * The code of `functions/<directory>/handler.ts` as one file `handler.js`; the entry point is
 * `handler.handler`. Equal sources and equal packages give equal bytes on every machine, so that a plan shows a change
 * only where there is one. The AWS SDK is in it, in the version that package-lock.json names and `npm audit` looks at:
 * AWS changes the SDK of Lambda's runtime at any time.
 */
export function bundledFunction(directory: string): pulumi.asset.AssetArchive {
  const { text, file } = bundle(directory);
  return new pulumi.asset.AssetArchive({
    "handler.js":
      text.length > LONG && file !== undefined
        ? new pulumi.asset.FileAsset(path.relative(process.cwd(), file))
        : new pulumi.asset.StringAsset(text),
  });
}

/** The bundle's text. */
export function bundledSource(directory: string): string {
  return bundle(directory).text;
}

/** Each function is bundled once in a run. */
function bundle(directory: string): KeptBundle {
  const known = cache.get(directory);
  if (known !== undefined) {
    return known;
  }
  const folder = path.join(FUNCTIONS, directory);
  const entry = path.join(folder, "handler.ts");
  if (!fs.existsSync(entry)) {
    throw new Error(`functions/${directory}/handler.ts does not exist.`);
  }
  const source = keptBundle(folder, {
    entryPoints: ["handler.ts"],
    bundle: true,
    platform: "node",
    target: "node24",
    format: "cjs",
    mainFields: ["module", "main"],
    // What our own functions do stays readable in the console; packages are not read there.
    minify: usesPackages(folder),
    legalComments: "none",
    charset: "utf8",
    logLevel: "silent",
    tsconfigRaw: "{}",
  });
  cache.set(directory, source);
  return source;
}

/** Whether a function's own files import a package. */
function usesPackages(folder: string): boolean {
  return fs
    .readdirSync(folder)
    .filter((file) => file.endsWith(".ts"))
    .some((file) => /from "@/.test(fs.readFileSync(path.join(folder, file), "utf8")));
}
