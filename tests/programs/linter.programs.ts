/** Rules that the linter has from its presets, and that this project counts on. */
import assert from "node:assert/strict";
import * as path from "node:path";

const ROOT = path.join(__dirname, "..", "..");

const TEXT = `import type * as pulumi from "@pulumi/pulumi";

declare const arn: pulumi.Output<string>;
export const text = \`to \${arn}\`;
export const sum = "to " + arn;
`;

describe("the linter", function () {
  this.timeout(400_000);

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
});
