import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";

import type { BuildOptions } from "esbuild";

import { keptBundle as bundle } from "../../components/function/kept-bundle";

const OPTIONS: BuildOptions = { entryPoints: ["handler.ts"], bundle: true, format: "cjs" };
const keptBundle = (folder: string, options: BuildOptions) => bundle(folder, options).text;
const PACKAGES = path.join(__dirname, "..", "..", "node_modules");
const CACHE = path.join(PACKAGES, ".cache", "functions");

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
    assert.equal(kept().filter((name) => name.endsWith(".json")).length, 1);
  });

  it("stand in a file whose name says what is in it", () => {
    const { text, file } = bundle(folder, OPTIONS);
    assert.equal(fs.readFileSync(file!, "utf8"), text);
    assert.equal(bundle(folder, OPTIONS).file, file);
    write("word.ts", 'export const word: string = "second";\n');
    const changed = bundle(folder, OPTIONS);
    assert.notEqual(changed.file, file);
    assert.equal(fs.readFileSync(changed.file!, "utf8"), changed.text);
  });

  it("are made again when packages are installed, not for each of their files", () => {
    write("handler.ts", 'export { parse as handler } from "yaml";\n');
    const options = { ...OPTIONS, platform: "node" as const, nodePaths: [PACKAGES] };
    keptBundle(folder, options);
    const { inputs } = JSON.parse(
      fs.readFileSync(
        path.join(
          CACHE,
          kept().find((name) => name.endsWith(".json"))!,
        ),
        "utf8",
      ),
    ) as { inputs: Record<string, string> };
    const names = Object.keys(inputs);
    assert.equal(names.length, 2, names.join());
    assert.ok(names.some((name) => name.endsWith("node_modules/.package-lock.json")));
  });

  it("are taken as long as nothing has changed", () => {
    keptBundle(folder, OPTIONS);
    const file = path.join(
      CACHE,
      kept().find((name) => name.endsWith(".json"))!,
    );
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
    fs.writeFileSync(
      path.join(
        CACHE,
        kept().find((name) => name.endsWith(".json"))!,
      ),
      "{",
    );
    assert.match(keptBundle(folder, OPTIONS), /"third"/);
  });
});
