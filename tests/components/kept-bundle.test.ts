import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";

import type { BuildOptions } from "esbuild";

import { keptBundle } from "../../components/function/kept-bundle";

const OPTIONS: BuildOptions = { entryPoints: ["handler.ts"], bundle: true, format: "cjs" };
const CACHE = path.join(__dirname, "..", "..", "node_modules", ".cache", "functions");

describe("bundles that are kept", () => {
  let folder: string;
  const write = (name: string, text: string) => fs.writeFileSync(path.join(folder, name), text);
  const kept = () => fs.readdirSync(CACHE).filter((name) => name.startsWith(path.basename(folder)));

  beforeEach(() => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), "kept-bundle-"));
    write("handler.ts", 'import { word } from "./word";\nexport const handler = () => word;\n');
    write("word.ts", 'export const word: string = "first";\n');
  });
  afterEach(() => {
    for (const name of kept()) fs.rmSync(path.join(CACHE, name));
    fs.rmSync(folder, { recursive: true });
  });

  it("are the same text as esbuild's own, kept once for a folder", () => {
    const made = keptBundle(folder, OPTIONS);
    assert.match(made, /"first"/);
    assert.equal(keptBundle(folder, OPTIONS), made);
    assert.equal(kept().length, 1);
  });

  it("are taken as long as nothing has changed", () => {
    keptBundle(folder, OPTIONS);
    const file = path.join(CACHE, kept()[0]!);
    const document = JSON.parse(fs.readFileSync(file, "utf8")) as { text: string };
    fs.writeFileSync(file, JSON.stringify({ ...document, text: "kept" }));
    assert.equal(keptBundle(folder, OPTIONS), "kept");
    write("word.ts", 'export const word: string = "second";\n');
    assert.match(keptBundle(folder, OPTIONS), /"second"/);
    assert.match(keptBundle(folder, { ...OPTIONS, minify: true }), /^var .*"second".*\n$/);
  });

  it("are made again when a file has gone, or what is kept cannot be read", () => {
    keptBundle(folder, OPTIONS);
    fs.rmSync(path.join(folder, "word.ts"));
    write("handler.ts", 'export const handler = () => "third";\n');
    assert.match(keptBundle(folder, OPTIONS), /"third"/);
    fs.writeFileSync(path.join(CACHE, kept()[0]!), "{");
    assert.match(keptBundle(folder, OPTIONS), /"third"/);
  });
});
