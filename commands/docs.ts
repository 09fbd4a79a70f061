/** `npm run docs`: writes the pages that are made from the code. */
import * as fs from "node:fs";

import { configurationPage, PAGE } from "../scripts/generate-configuration";
import { currentRequestWaysPage, REQUEST_WAYS_PAGE } from "../scripts/generate-request-ways";

/** The command; returns its exit code. */
export async function main(): Promise<number> {
  write(PAGE, configurationPage());
  write(REQUEST_WAYS_PAGE, await currentRequestWaysPage());
  return 0;
}

/** A page that is current stays untouched, for those who read it at the same time. */
function write(file: string, text: string): void {
  if (!fs.existsSync(file) || fs.readFileSync(file, "utf8") !== text) {
    fs.writeFileSync(file, text);
  }
}
