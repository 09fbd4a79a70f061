/** `npm run docs`: writes the pages that are made from the code. */
import * as fs from "node:fs";

import { configurationPage, PAGE } from "../scripts/generate-configuration";

/** The command; returns its exit code. */
export function main(): number {
  fs.writeFileSync(PAGE, configurationPage());
  return 0;
}
