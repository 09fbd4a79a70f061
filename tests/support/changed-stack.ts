/** A project of its own with this program, and production's settings of the tests with a change. */
import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";

import { stringify } from "yaml";

import { PreviewError, previewStack } from "../../tools/preview/index";
import { STACKS_PROJECT, stackFile } from "./stack-files";

const ROOT = path.join(__dirname, "..", "..");

export class ChangedStack {
  public readonly directory = fs.mkdtempSync(path.join(os.tmpdir(), "changed-"));

  public constructor() {
    fs.symlinkSync(path.join(ROOT, "node_modules"), path.join(this.directory, "node_modules"));
  }

  public remove(): void {
    fs.rmSync(this.directory, { recursive: true });
  }

  /** Writes the project; returns its folder. With `edit`, its program is a copy of index.ts with that edit. */
  public project(
    change: (config: Record<string, any>) => void,
    edit?: (source: string) => string,
  ): string {
    const config = stackFile("production");
    change(config);
    // Advice after a finding is the program's own.
    fs.copyFileSync(
      path.join(STACKS_PROJECT, "about.json"),
      path.join(this.directory, "about.json"),
    );
    fs.writeFileSync(
      path.join(this.directory, "Pulumi.yaml"),
      stringify({
        name: "crm",
        main: edit === undefined ? path.join(ROOT, "index.ts") : this.program(edit),
        runtime: { name: "nodejs", options: { tsconfig: path.join(ROOT, "tsconfig.run.json") } },
      }),
    );
    fs.writeFileSync(path.join(this.directory, "Pulumi.production.yaml"), stringify({ config }));
    return this.directory;
  }

  /** A copy of index.ts between links to all that it imports. */
  private program(edit: (source: string) => string): string {
    const source = fs.readFileSync(path.join(ROOT, "index.ts"), "utf8");
    const edited = edit(source);
    assert.notEqual(edited, source, "the edit finds nothing in index.ts");
    for (const name of fs.readdirSync(ROOT)) {
      const link = path.join(this.directory, name);
      if (!/^(Pulumi|index\.ts$|\.)/.test(name) && !fs.existsSync(link)) {
        fs.symlinkSync(path.join(ROOT, name), link);
      }
    }
    const file = path.join(this.directory, "index.ts");
    fs.writeFileSync(file, edited);
    return file;
  }

  /** What a preview warns of, or `refused:` and why. */
  public async preview(change: (config: Record<string, any>) => void): Promise<string> {
    try {
      const plan = await previewStack({ cwd: this.project(change), policyPacks: [] });
      return plan.diagnostics.map(({ message }) => message).join("\n");
    } catch (error) {
      assert.ok(error instanceof PreviewError, String(error));
      return `refused: ${error.message}`;
    }
  }
}
