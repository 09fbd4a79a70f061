/** The file with which a program starts, for what is said of the whole program. */
import * as fs from "node:fs";
import * as path from "node:path";

import { Frames } from "./frames";

const ENDINGS = ["", ".ts", ".tsx", ".mts", ".cts", ".js", ".mjs", ".cjs"];

/**
 * The program's first file, counted from where places count; undefined where none is found.
 *
 * @param program folder of the project; folder of the program, with what runs in it: a file's name, or `.`
 */
export function mainFileOf(program: {
  readonly root: string;
  readonly directory: string;
  readonly entry: string;
}): string | undefined {
  const { directory, entry } = program;
  const main = entry === "." ? mainOfPackage(directory) : entry;
  const file = [main, "index"]
    .flatMap((name) => [name, path.join(name, "index")])
    .flatMap((name) => ENDINGS.map((ending) => path.join(directory, `${name}${ending}`)))
    .find((one) => fs.statSync(one, { throwIfNoEntry: false })?.isFile());
  return file === undefined ? undefined : Frames.ofProgram(program).relative(file);
}

function mainOfPackage(directory: string): string {
  const manifest = path.join(directory, "package.json");
  if (!fs.existsSync(manifest)) return "index";
  const { main } = JSON.parse(fs.readFileSync(manifest, "utf8")) as { readonly main?: unknown };
  return typeof main === "string" ? main : "index";
}
