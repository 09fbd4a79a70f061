/** The code of functions in `functions/`, bundled when the stack is planned. */
import * as fs from "node:fs";
import * as path from "node:path";

import * as pulumi from "@pulumi/pulumi";

import { keptBundle } from "./kept-bundle";

/** Where the functions are, seen from this file. */
const FUNCTIONS = path.join(__dirname, "..", "..", "functions");

const cache = new Map<string, string>();

/**
 * The code of `functions/<directory>/handler.ts` as one file `handler.js`; the entry point is
 * `handler.handler`. Equal sources give equal bytes on every machine, so that a plan shows a change only
 * where there is one. The AWS SDK comes with Lambda's runtime and stays outside.
 */
export function bundledFunction(directory: string): pulumi.asset.AssetArchive {
  return new pulumi.asset.AssetArchive({
    "handler.js": new pulumi.asset.StringAsset(bundledSource(directory)),
  });
}

/** The bundle's text; each function is bundled once in a run. */
export function bundledSource(directory: string): string {
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
    target: "node22",
    format: "cjs",
    external: ["@aws-sdk/*"],
    // Comments with paths would differ between machines; a readable bundle helps whoever opens it in the console.
    legalComments: "none",
    charset: "utf8",
    logLevel: "silent",
    tsconfigRaw: "{}",
  });
  cache.set(directory, source);
  return source;
}
