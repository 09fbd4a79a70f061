/** A project of its own with this program, and production's settings of the tests with a change. */
import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";

import { stringify } from "yaml";

import { PreviewError, previewStack } from "../../tools/preview/index";
import { stackFile } from "./stack-files";

const ROOT = path.join(__dirname, "..", "..");

export class ChangedStack {
  public readonly directory = fs.mkdtempSync(path.join(os.tmpdir(), "changed-"));

  public constructor() {
    fs.symlinkSync(path.join(ROOT, "node_modules"), path.join(this.directory, "node_modules"));
  }

  public remove(): void {
    fs.rmSync(this.directory, { recursive: true });
  }

  /** Writes the project; returns its folder. */
  public project(change: (config: Record<string, any>) => void): string {
    const config = stackFile("production");
    change(config);
    fs.writeFileSync(
      path.join(this.directory, "Pulumi.yaml"),
      stringify({
        name: "crm",
        main: path.join(ROOT, "index.ts"),
        runtime: { name: "nodejs", options: { tsconfig: path.join(ROOT, "tsconfig.run.json") } },
      }),
    );
    fs.writeFileSync(path.join(this.directory, "Pulumi.production.yaml"), stringify({ config }));
    return this.directory;
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
