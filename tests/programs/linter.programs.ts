/** Rules that the linter has from its presets, and that this project counts on. */
import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";

type LinterOf = { calculateConfigForFile(file: string): Promise<unknown> };

const ROOT = path.join(__dirname, "..", "..");

const TEXT = `import type * as pulumi from "@pulumi/pulumi";

declare const arn: pulumi.Output<string>;
export const text = \`to \${arn}\`;
export const sum = "to " + arn;
`;

/** Source files of the project, those that are packed or written by programs aside. */
function sources(folder = "."): string[] {
  return fs.readdirSync(path.join(ROOT, folder), { withFileTypes: true }).flatMap((entry) => {
    const at = path.join(folder, entry.name);
    if (entry.isDirectory()) {
      return ["node_modules", "dist", ".git"].includes(entry.name) ? [] : sources(at);
    }
    return /\.[cm]?[jt]s$/.test(entry.name) ? [at] : [];
  });
}

/** The rooms whose imports the linter judges in a file. */
async function roomsOf(linter: LinterOf, file: string): Promise<string[]> {
  const config = (await linter.calculateConfigForFile(path.join(ROOT, file))) as
    { rules?: Record<string, [unknown, { zones: { target: string | string[] }[] }]> } | undefined;
  const zones = config?.rules?.["import-x/no-restricted-paths"]?.[1].zones ?? [];
  return zones.flatMap(({ target }) => target).map((target) => target.replace(/^\.\//, ""));
}

describe("the linter", () => {
  it("refuses an output in a text, which would become an error's text and not its value", async () => {
    const { ESLint } = await import("eslint");
    const filePath = "output-in-a-text.ts";
    const languageOptions = {
      parserOptions: { projectService: { allowDefaultProject: [filePath] } },
    };
    const linter = new ESLint({ cwd: ROOT, overrideConfig: { languageOptions } });
    const [{ messages } = { messages: [] }] = await linter.lintText(TEXT, { filePath });
    const rules = (line: number) =>
      messages.filter((message) => message.line === line).map(({ ruleId }) => ruleId);
    assert.ok(rules(4).includes("@typescript-eslint/restrict-template-expressions"));
    assert.ok(rules(5).includes("@typescript-eslint/restrict-plus-operands"));
    assert.deepEqual([...rules(1), ...rules(3)], []);
  });

  it("knows a room for every source file", async () => {
    const { ESLint } = await import("eslint");
    const linter = new ESLint({ cwd: ROOT });
    const targets = new Map<string, readonly string[]>();
    const outside: string[] = [];
    for (const file of sources()) {
      const kind = path.extname(file);
      if (!targets.has(kind)) targets.set(kind, await roomsOf(linter, file));
      const isIn = (room: string) => file === room || file.startsWith(`${room}/`);
      if (!targets.get(kind)!.some(isIn)) outside.push(file);
    }
    assert.ok(targets.size > 1);
    // The tests may import what they like, the example service is a package of its own; the linter's own file is the rule.
    const expected = ["eslint.config.mjs"];
    assert.deepEqual(
      outside.filter((file) => !/^(tests|examples\/service)\//.test(file)),
      expected,
    );
  });

  const REFUSED = [
    [
      "config.ts",
      'import "./components/cache";',
      /^config\.ts does not import from components\/: /,
    ],
    ["index.ts", 'import "./operations/urns";', /^index\.ts does not import from operations\/: /],
    ["start.js", 'require("./facts/cidr");', /^start\.js does not import from facts\/: /],
    ["facts/cidr.ts", 'import "../config";', /^facts\/ does not import from config\.ts: /],
    ["runtime/place.js", 'require("../facts/cidr");', /^runtime\/ does not import from facts\/: /],
    ["platform/arns.ts", 'import "../schema";', /^platform\/ does not import from schema\/: /],
  ] as const;
  for (const [file, text, reason] of REFUSED) {
    it(`refuses ${text} in ${file}, with the reason`, async () => {
      const { ESLint } = await import("eslint");
      const linter = new ESLint({ cwd: ROOT });
      const [{ messages } = { messages: [] }] = await linter.lintText(`${text}\n`, {
        filePath: path.join(ROOT, file),
      });
      const found = messages.filter(({ ruleId }) => ruleId === "import-x/no-restricted-paths");
      assert.ok(
        found.some(({ message }) => reason.test(message.replace(/^Unexpected path.*?\. /, ""))),
        JSON.stringify(messages),
      );
    });
  }
});
