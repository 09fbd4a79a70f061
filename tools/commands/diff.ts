/**
 * `npm run diff`: what this checkout changes of the stacks, compared with the commit that it comes from: resources,
 * property by property, what is replaced, lost and interrupted, and what that means. Offline.
 */
import * as path from "node:path";

import { compare, type Compared } from "../diff/compare";
import { exitCodeOf } from "../diff/document";

import { planIn } from "../diff/sides";
import { renderDiffs } from "../diff/text";
import { loadProject, selectStack } from "../preview/engine/config";
import { PreviewError } from "../preview/engine/errors";
import { priced } from "../report/cost";
import { writePage } from "../report/page/page";
import { terminalOf } from "../report/style";
import { visible, visibleStrings } from "../visible";
import { renderComment } from "./comment-render";
import { optionsOf, wrongUsage } from "./options";

const USAGE = `Usage: npm run diff [-- --base REF | --base-plan FILE] [--stack NAME]... [--json | --markdown] [--html FILE]

Plans the stacks of the working tree and of the branch's base, and shows the changes: every resource
property by property, what is replaced, lost or interrupted, cost, rules, recovery, permissions and protections.

      --base REF        compare with the merge base with REF (default: origin/main, else main)
      --base-plan FILE  compare with a plan that \`npm run --silent preview -- --stack NAME --json\` wrote
  -s, --stack NAME      a stack, or bootstrap; may be repeated (default: the plan's, else production,
                        else the only stack)
      --json            one JSON document on standard output
      --markdown        the comment on a pull request on standard output
      --html FILE       also write the plan of the one stack as a page that opens on its changes
  -C, --cwd DIR         directory of the project (default: here)
  -h, --help            this text

Exit code: 0 no risk found; 1 a program fails, a mandatory rule is newly violated, or a deployment would skip a change;
2 wrong usage; 3 data loss or an interruption, certain or possible.`;

const OPTIONS = {
  base: { type: "string" },
  "base-plan": { type: "string" },
  stack: { type: "string", short: "s", multiple: true },
  json: { type: "boolean" },
  markdown: { type: "boolean" },
  html: { type: "string" },
  cwd: { type: "string", short: "C" },
} as const;

/** The command; returns its exit code. */
export async function main(args: readonly string[]): Promise<number> {
  const options = optionsOf(args, USAGE, OPTIONS);
  if (typeof options === "number") return options;
  const plan = options["base-plan"];
  const count = new Set(options.stack).size;
  if (plan !== undefined && (options.base !== undefined || count > 1)) {
    return wrongUsage("--base-plan: expected one --stack and no --base", USAGE);
  }
  if (options.json && options.markdown) {
    return wrongUsage("--markdown: expected one form on standard output, got --json too", USAGE);
  }
  if (options.html !== undefined && (options.html === "" || count > 1)) {
    return wrongUsage("--html: expected the name of a file, and one --stack", USAGE);
  }
  try {
    const cwd = path.resolve(options.cwd ?? process.cwd());
    const basePlan = plan === undefined ? undefined : planIn(plan);
    const usual = () => basePlan?.stack ?? selectStack(loadProject(cwd), undefined);
    const compared = await compare({
      stacks: [...new Set(options.stack ?? [usual()])],
      cwd,
      ...(options.base !== undefined && { base: options.base }),
      ...(basePlan && { basePlan }),
    });
    if (options.html !== undefined) pageOf(compared[0]!, options.html);
    const diffs = compared.map(({ diff }) => diff);
    process.stdout.write(
      options.json
        ? `${JSON.stringify({ stacks: visibleStrings(diffs) }, null, 2)}\n`
        : options.markdown
          ? renderComment(diffs.map((diff) => ({ stack: diff.stack, diff })))
          : renderDiffs(diffs, terminalOf(process.stdout)),
    );
    return exitCodeOf(diffs);
  } catch (error) {
    if (!(error instanceof PreviewError)) throw error;
    console.error(error.message);
    return error.kind === "usage" ? 2 : 1;
  }
}

/** Writes the page; of a program that fails there is none. */
function pageOf({ diff, plan }: Compared, file: string): void {
  if (plan === undefined) {
    console.error(`${visible(file)} is not written: the program fails`);
    return;
  }
  const { plan: shown, cost } = priced(plan);
  writePage(file, shown, cost, diff);
  console.error(`wrote ${visible(file)}`);
}
