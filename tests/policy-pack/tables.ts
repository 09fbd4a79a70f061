import * as fs from "node:fs";
import * as path from "node:path";

import { ruleTables } from "./support";

const DIRECTORY = path.join(__dirname, "rules");

/**
 * The tables of all rules, whichever files the runner has read before in this process. To be called while
 * the runner collects tests: their own files run those of the tables, so what is collected here is dropped.
 */
export function readTables(): typeof ruleTables {
  const suite = describe("tables, to be read and not to be run", () => {
    for (const file of fs.readdirSync(DIRECTORY).filter((name) => name.endsWith(".test.ts"))) {
      const module = require.resolve(path.join(DIRECTORY, file));
      // Neither this reading nor the runner's own must find the file read already.
      delete require.cache[module];
      // eslint-disable-next-line @typescript-eslint/no-require-imports -- whichever files there are
      require(module);
      delete require.cache[module];
    }
  });
  const { suites } = suite.parent!;
  suites.splice(suites.indexOf(suite), 1);
  return new Map(ruleTables);
}
