/** The code of CloudFront Functions, in `functions/edge/`: plain JavaScript of the runtime cloudfront-js-2.0. */
import * as fs from "node:fs";
import * as path from "node:path";

import { FUNCTION_CODE_BYTES } from "../../facts/cloudfront";

const DIRECTORY = path.join(__dirname, "..", "..", "functions", "edge");

/** The functions there are. */
export type EdgeFunction = "single-page-app" | "viewer-address";

/** What the functions know of the stack. */
export interface EdgeFunctionValues {
  /** Origin of the application, such as `https://app.example.com`. */
  readonly appOrigin: string;
}

/** The code of a function; an error where CloudFront would refuse it for its size. */
export function edgeFunctionCode(name: EdgeFunction, { appOrigin }: EdgeFunctionValues): string {
  const code = fs
    .readFileSync(path.join(DIRECTORY, `${name}.js`), "utf8")
    .replace('const APP_ORIGIN = "";', `const APP_ORIGIN = ${JSON.stringify(appOrigin)};`);
  const bytes = Buffer.byteLength(code);
  if (bytes > FUNCTION_CODE_BYTES) {
    throw new Error(
      `functions/edge/${name}.js has ${bytes} bytes; CloudFront accepts at most ${FUNCTION_CODE_BYTES}.`,
    );
  }
  return code;
}
