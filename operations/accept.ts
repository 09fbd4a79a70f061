/**
 * `npm run accept [-- --check] [--fixtures]`: writes everything that is made from the stack files and from the code, and
 * shows what that changes. Exit code 0: written, or current; 1: `--check` found something; 2: wrong usage.
 */
import * as fs from "node:fs";
import * as path from "node:path";

import { parseUrn } from "../analysis/plan/urn";
import { STATEFUL_TYPES } from "../facts/stateful-types";
import { optionsOf } from "../tools/commands/options";
import {
  filesOfCode,
  filesOfImages,
  filesOfOwn,
  filesOfPlans,
  bootstrapOf,
  FIXTURES,
  isNewlyOwned,
  isShipped,
  OWN,
  plansOf,
  textOf,
  type Files,
  type Place,
  type PlansByStack,
} from "./derived";
import { CONFORMANCE_PAGE } from "./pages/conformance/page";
import { acceptedUrns, lostUrns, type LostUrn } from "./urns";

const ROOT = path.join(__dirname, "..");

const USAGE = `Usage: npm run accept [-- --check] [--fixtures]

Updates the files generated from the stack files and the code: pages, figures, the picture, the lists of URNs. Shows what
changes: a removed URN is a resource that the next update deletes.

  --check      write nothing; exit code 1 if something would change
  --fixtures   also update the files of the tests' stacks, after a change of the program`;

/** Lines of a file that are shown of what goes, and of what comes. */
const SHOWN_LINES = 4;
const SHOWN_WIDTH = 160;

/** Lost URNs that are explained, and rows of the conformance page that are named. */
const SHOWN_LOST = 6;

/** A file that is not as it should be. */
export interface Difference {
  readonly file: string;
  /** Undefined: there is no such file. */
  readonly before?: string;
  /** Undefined: there should be no such file. */
  readonly after?: string;
}

/** The files below a folder that are not as they should be. */
export function differences(root: string, files: Files): Difference[] {
  return [...files]
    .map(([file, after]) => ({ file, before: textOf(path.join(root, file)), after }))
    .filter(({ before, after }) => before !== after);
}

/** A difference in a few lines: how many lines go and come, and the first of them. */
export function summary({ file, before = "", after = "" }: Difference): string[] {
  const gone = without(before.split("\n"), after.split("\n"));
  const come = without(after.split("\n"), before.split("\n"));
  const counts =
    gone.length + come.length === 0
      ? "lines in another order"
      : `${come.length} new, ${gone.length} gone`;
  return [`${file}: ${counts}`, ...shown("-", gone), ...shown("+", come)];
}

/** Lines of one text that the other has not, or not as often. */
function without(lines: readonly string[], others: readonly string[]): string[] {
  const left = new Map<string, number>();
  others.forEach((line) => left.set(line, (left.get(line) ?? 0) + 1));
  return lines.filter((line) => {
    const count = left.get(line) ?? 0;
    left.set(line, count - 1);
    return count <= 0;
  });
}

function shown(sign: string, lines: readonly string[]): string[] {
  const first = lines.filter((line) => line.trim() !== "").slice(0, SHOWN_LINES);
  const more = lines.length - first.length;
  return [
    ...first.map((line) => `  ${sign} ${cut(line)}`),
    ...(more > 0 && first.length > 0 ? [`  ${sign} and ${more} more`] : []),
  ];
}

function cut(line: string): string {
  return line.length > SHOWN_WIDTH ? `${line.slice(0, SHOWN_WIDTH - 3)}...` : line;
}

/** What is to be done about accepted URNs that the plans do not have, what holds data first. */
export function lost(root: string, place: Place, plans: PlansByStack): string[] {
  const holdsData = ({ urn }: LostUrn) => Number(Object.hasOwn(STATEFUL_TYPES, parseUrn(urn).type));
  return [...plans]
    .filter(([stack]) => !isNewlyOwned(root, place, stack))
    .flatMap(([stack, { resources }]) =>
      lostUrns(acceptedUrns(stack, path.join(root, place.lists)), resources),
    )
    .sort((one, other) => holdsData(other) - holdsData(one))
    .map(({ message }) => message);
}

/** What is to be said of rows of the conformance page that differ from the architecture document without a decision. */
export function undecided(files: Files): string[] {
  const rows = (files.get(CONFORMANCE_PAGE) ?? "")
    .split("\n")
    .filter((line) => line.endsWith(" | differs |"))
    .map((line) => JSON.stringify(line.split(" | ")[0]!.slice("| ".length)));
  return rows.length === 0
    ? []
    : [
        `${CONFORMANCE_PAGE}: ${rows.length} differ from the architecture document without a decision: ${rows.slice(0, SHOWN_LOST).join(", ")}${rows.length > SHOWN_LOST ? " and others" : ""}. ` +
          "Plan the document's value, or give the row a decision in operations/pages/conformance and docs/decisions.md.",
      ];
}

/** The command, for the project in `root` with the plans that `planned` and `imaged` make; returns its exit code. */
export async function main(
  args: readonly string[],
  root = ROOT,
  planned = plansOf,
  imaged = filesOfImages,
  bootstrapped = bootstrapOf,
): Promise<number> {
  const options = optionsOf(args, USAGE, {
    check: { type: "boolean" },
    fixtures: { type: "boolean" },
  });
  if (typeof options === "number") return options;
  const found = differences(root, filesOfCode());
  const advice: string[] = [];
  for (const place of options.fixtures ? [OWN, FIXTURES] : [OWN]) {
    const plans = await planned(root, place);
    advice.push(...lost(root, place, plans));
    const [pipeline, images] = [await bootstrapped(root, place), await imaged(root, place)];
    const files =
      place === OWN
        ? filesOfOwn(root, plans, pipeline)
        : filesOfPlans(root, place, plans, pipeline);
    // Another owner's values are not the document's.
    if (place === OWN && isShipped(root, place)) advice.push(...undecided(files));
    found.push(...differences(root, new Map([...files, ...images])));
  }
  [...found.flatMap(summary), ...shortened(advice)].forEach((line) => console.log(line));
  if (found.length === 0) {
    console.log("Everything is current.");
  } else if (options.check) {
    const command = options.fixtures ? "npm run accept -- --fixtures" : "npm run accept";
    console.error(`${count(found)} not current: ${command}`);
    return 1;
  } else {
    found.forEach((difference) => write(root, difference));
    console.log(`${count(found)} written. Review the difference before you commit it.`);
  }
  return 0;
}

/** The first of many messages: the lists themselves have the rest. */
function shortened(messages: readonly string[]): string[] {
  const more = messages.length - SHOWN_LOST;
  return more > 0
    ? [...messages.slice(0, SHOWN_LOST), `And ${more} more are gone.`]
    : [...messages];
}

function count({ length }: readonly Difference[]): string {
  return length === 1 ? "1 file" : `${length} files`;
}

function write(root: string, { file, after }: Difference): void {
  const target = path.join(root, file);
  if (after === undefined) {
    fs.rmSync(target);
  } else {
    fs.mkdirSync(path.dirname(target), { recursive: true });
    fs.writeFileSync(target, after);
  }
}
