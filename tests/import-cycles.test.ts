/**
 * No cycle of files, with the imports of types as well: the linter's rule skips those, since they are gone when the program runs.
 * A reader has them all the same: neither of two such files is understood without the other.
 */
import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";

import ts from "typescript";

const ROOT = path.join(__dirname, "..");
const ASIDE = ["node_modules", "dist", ".git"];

/** Text by file of everything that is written by hand in TypeScript or JavaScript. */
function sources(folder = "."): [file: string, text: string][] {
  return fs.readdirSync(path.join(ROOT, folder), { withFileTypes: true }).flatMap((entry) => {
    const file = path.posix.join(folder, entry.name);
    if (entry.isDirectory()) return ASIDE.includes(entry.name) ? [] : sources(file);
    if (!/\.[cm]?[jt]s$/.test(file)) return [];
    return [[file, fs.readFileSync(path.join(ROOT, file), "utf8")] as [string, string]];
  });
}

/** What a file imports of the others, for its types or for its values. */
function importsOf(file: string, text: string, all: ReadonlyMap<string, string>): string[] {
  return ts.preProcessFile(text, true, true).importedFiles.flatMap(({ fileName }) => {
    if (!fileName.startsWith(".")) return [];
    const named = path.posix.join(path.posix.dirname(file), fileName);
    const endings = ["", ".ts", ".js", "/index.ts"];
    return endings.map((ending) => named + ending).find((one) => all.has(one)) ?? [];
  });
}

/** The first cycle that a walk from each file comes to. */
function cycleIn(all: ReadonlyMap<string, string>): string[] | undefined {
  const done = new Set<string>();
  const walk = (file: string, from: readonly string[]): string[] | undefined => {
    if (from.includes(file)) return [...from.slice(from.indexOf(file)), file];
    if (done.has(file)) return undefined;
    for (const next of importsOf(file, all.get(file)!, all)) {
      const cycle = walk(next, [...from, file]);
      if (cycle !== undefined) return cycle;
    }
    done.add(file);
    return undefined;
  };
  for (const file of all.keys()) {
    const cycle = walk(file, []);
    if (cycle !== undefined) return cycle;
  }
  return undefined;
}

describe("The files", () => {
  it("import each other in no cycle, not even for types", () => {
    const all = new Map(sources());
    const imports = [...all].flatMap(([file, text]) => importsOf(file, text, all));
    assert.ok(imports.length > all.size, `${imports.length} imports in ${all.size} files`);
    assert.equal(cycleIn(all)?.join(" -> "), undefined);
  });

  it("are in a cycle where the way back is a type alone", () => {
    const back = [
      'import type { A } from "./a"; export type B = A;',
      'import { type A } from "./a"; export type B = A;',
      'export type B = import("./a").A;',
      'export { type A } from "./a";',
      'import A = require("./a");',
    ];
    for (const text of back) {
      const all = new Map([
        ["x/a.ts", 'import { b } from "./b"; export type A = typeof b;'],
        ["x/b.ts", `${text} export const b = 1;`],
      ]);
      assert.equal(cycleIn(all)?.join(" -> "), "x/a.ts -> x/b.ts -> x/a.ts", text);
    }
    assert.equal(cycleIn(new Map([["x/a.ts", 'import "./b";']])), undefined);
  });
});
