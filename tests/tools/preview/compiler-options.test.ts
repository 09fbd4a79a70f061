/** A program's tsconfig.json: what of it changes the code that runs. */
import assert from "node:assert/strict";

import { failure, inOwnFolder, preview, previewed, said, written } from "./foreign-support";

describe("compiler options of other people's programs", () => {
  inOwnFolder();

  it("a program's own tsconfig counts: no interop, decorators, tsx", async () => {
    const root = written(
      "typed",
      {
        "base.json":
          '{ "compilerOptions": { "module": "commonjs", "experimentalDecorators": true } }',
        "tsconfig.json": `{
        "extends": "./base.json", // what the team shares
        "compilerOptions": { "jsx": "react", "jsxFactory": "h", "esModuleInterop": false },
      }`,
        // A compiler of the time when there was such a mode.
        "node_modules/typescript/package.json": '{ "version": "5.9.3" }',
        "node_modules/greet/index.js": "module.exports = (name) => 'hello ' + name;\n",
        "text.tsx": "const h = (tag: string) => tag;\nexport const tag = <b></b>;\n",
        "index.ts": `import * as greet from "greet";
import { tag } from "./text";
function marked(target: { marked?: boolean }) { target.marked = true; }
@marked
class Thing { static marked?: boolean }
export const said = (greet as unknown as (name: string) => string)("you");
export const out = { tag, marked: Thing.marked };
`,
      },
      ["@pulumi/pulumi"],
    );
    const plan = await previewed(root);
    assert.deepEqual(plan.outputs, { said: "hello you", out: { tag: "b", marked: true } });
  });

  it("types for decorators are emitted by the program's own TypeScript, in both kinds of modules", async () => {
    const options = { emitDecoratorMetadata: true, experimentalDecorators: true };
    const files = {
      "tsconfig.json": JSON.stringify({ compilerOptions: options }),
      "metadata.ts": `export const types: Record<string, string> = {};
Object.assign(Reflect, {
  metadata: (key: string, value: { name: string }) => (_: object, member: string) => {
    types[member + " " + key] = [value].flat().map(({ name }) => name).join();
  },
});
`,
      "index.ts": `import { types } from "./metadata";
const seen = (_: object, __: string) => {};
class Size {}
class Shop {
  @seen name!: string;
  @seen size!: Size;
  @seen count(size: Size, most: number): boolean { return most > 0; }
}
export const shop = new Shop().count(new Size(), 1);
export const out = types;
`,
    };
    const out = {
      ...{ "name design:type": "String", "size design:type": "Size" },
      ...{ "count design:type": "Function", "count design:paramtypes": "Size,Number" },
      "count design:returntype": "Boolean",
    };
    const asModules = {
      ...{ ...files, "package.json": '{ "type": "module" }' },
      "index.ts": files["index.ts"].replace("./metadata", "./metadata.js"),
    };
    for (const [name, all] of [
      ["metadata", files],
      ["metadata-esm", asModules],
    ] as const) {
      const plan = await preview(name, all);
      assert.deepEqual([said(plan), plan.outputs], ["", { shop: true, out }]);
    }
    const without = await previewed(written("metadata-none", files, ["@pulumi/pulumi"]));
    assert.deepEqual(without.outputs, { shop: true, out: {} });
    assert.equal(
      said(without),
      "not emitted: the types that emitDecoratorMetadata (tsconfig.json) asks for; what reads them (reflect-metadata) finds none unless the program has TypeScript among its packages",
    );
    const wrong = { ...files, "index.ts": "export const a = 1;\nexport const b = = 2;\n" };
    const { message, failures } = await failure("metadata-wrong", wrong);
    assert.match(message, /index\.ts:2:18: Expression expected\./, JSON.stringify(failures));
  });
});
