/** With which file a program starts, as Pulumi's runner and Node.js find it. */
import assert from "node:assert/strict";

import { loadProject } from "../../../tools/preview/engine/config";
import { mainFileOf } from "../../../tools/preview/engine/main-file";
import { type Files, inOwnFolder, written } from "./foreign-support";

describe("the file with which a program starts", () => {
  inOwnFolder();

  const yaml = (main: string) => ({ "Pulumi.yaml": `name: a\nruntime: nodejs\nmain: ${main}\n` });
  const cases: [string, Files, string | undefined][] = [
    ["beside Pulumi.yaml", { "index.ts": "" }, "index.ts"],
    ["in a folder of main", { ...yaml("src/"), "src/index.ts": "" }, "src/index.ts"],
    ["named by main", { ...yaml("src/app.ts"), "src/app.ts": "" }, "src/app.ts"],
    ["of the package", { "package.json": '{ "main": "lib/app" }', "lib/app.ts": "" }, "lib/app.ts"],
    ["not built yet", { "package.json": '{ "main": "bin/" }', "index.ts": "" }, "index.ts"],
    ["missing", {}, undefined],
  ];
  for (const [index, [name, files, expected]] of cases.entries()) {
    it(name, () => {
      assert.equal(mainFileOf(loadProject(written(`main${index}`, files))), expected);
    });
  }
});
