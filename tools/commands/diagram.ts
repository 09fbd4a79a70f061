/**
 * `npm run diagram [-- --stack production] [--out docs] [--check]`: writes the architecture as its plan has it, as
 * SVG and as a page with Mermaid diagrams. Exit code 0: written, or current; 1: not current; 2: wrong usage.
 */
import * as fs from "node:fs";
import * as path from "node:path";

import { filesOf } from "../diagram/page";
import { previewStack, type Plan, type PreviewOptions } from "../preview/index";
import { optionsOf } from "./options";

const USAGE = `Usage: npm run diagram -- [--stack <name>] [--out <folder>] [--check] [-C <folder>]

Writes architecture.svg, architecture-overview.svg and architecture.md of a stack, derived from its preview.

  --stack <name>   the stack (default: production)
  --out <folder>   folder for the files (default: docs)
  --check          write nothing; fail if the files are not current
  -C <folder>      use the Pulumi program in another folder; --out is then that folder by default`;

/** The files in a folder that are not what they should be. */
export function outdated(files: Readonly<Record<string, string>>, folder: string): string[] {
  return Object.entries(files)
    .map(([name, content]) => ({ file: path.join(folder, name), content }))
    .filter(
      ({ file, content }) => !fs.existsSync(file) || fs.readFileSync(file, "utf8") !== content,
    )
    .map(({ file }) => file);
}

/** The command, for the project in `cwd` with the plan that `plan` makes; returns its exit code. */
export async function main(
  args: readonly string[],
  cwd = process.cwd(),
  plan: (options: PreviewOptions) => Promise<Plan> = previewStack,
): Promise<number> {
  const options = optionsOf(args, USAGE, {
    stack: { type: "string", short: "s" },
    out: { type: "string", short: "o" },
    check: { type: "boolean" },
    cwd: { type: "string", short: "C" },
  });
  if (typeof options === "number") return options;
  const other = options.cwd;
  const folder = options.out ?? other ?? path.join(__dirname, "..", "..", "docs");
  const stack = options.stack ?? (other === undefined ? "production" : undefined);
  const files = filesOf(await plan({ cwd: other ?? cwd, stack, policyPacks: [] }));
  const shown = (file: string) => path.relative(process.cwd(), file);
  if (options.check) {
    const old = outdated(files, folder);
    old.forEach((file) => console.error(`${shown(file)} is not current: npm run diagram`));
    return old.length === 0 ? 0 : 1;
  }
  fs.mkdirSync(folder, { recursive: true });
  for (const [name, content] of Object.entries(files)) {
    fs.writeFileSync(path.join(folder, name), content);
    console.log(shown(path.join(folder, name)));
  }
  return 0;
}
