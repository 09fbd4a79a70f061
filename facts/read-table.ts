import * as fs from "node:fs";
import * as path from "node:path";

/** A table of this folder, parsed; who asks keeps it. */
export function readTable<T>(file: string): T {
  return JSON.parse(fs.readFileSync(path.join(__dirname, file), "utf8")) as T;
}
