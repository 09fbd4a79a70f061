/** Figures of stacks inside of pages that people write: each stands between two comments of its name. */

import type { UsageTable } from "../../analysis/cost/model";
import { criticalPath } from "../../analysis/critical-path/critical-path";
import { madeByProviders } from "../../analysis/plan/tree";
import { hours } from "../../analysis/recovery/objectives";
import type { Plan } from "../../tools/preview/index";
import { minutes, renderCriticalPath } from "../../tools/report/critical-path";
import { checked, priced, renderSummary } from "../../tools/report/output";
import { recoveryOf } from "../../tools/report/recovery";
import { paintFor, type Terminal } from "../../tools/report/style";

import { conformanceSentence } from "./conformance/page";
import { table } from "./table";

/** Stacks of which the figures tell, the most important first. */
export const FIGURE_STACKS = ["production", "staging", "recovery"] as const;

/** The plans of these stacks, and of bootstrap where the project has one. */
export type Plans = Readonly<
  Record<(typeof FIGURE_STACKS)[number], Plan> &
    Partial<Record<"bootstrap", Plan>> & {
      /** Folder of the stack files. @default the project's folder */
      stacks?: string;
    }
>;

/** A page with figures. */
interface FigurePage {
  /** Below the project's folder. */
  readonly file: string;
  /** Text by the name of the comments that it stands between. */
  readonly figures: Readonly<Record<string, (plans: Plans, usage: UsageTable) => string>>;
}

const TERMINAL: Terminal = { width: 140, color: false };

const FIGURE_PAGES: readonly FigurePage[] = [
  {
    file: "README.md",
    figures: {
      sample: sampleBlock,
      stacks: stackTable,
      conformance: (plans) => conformanceSentence(plans),
    },
  },
  {
    file: "docs/operations.md",
    figures: { "critical-path": criticalPathBlock },
  },
];

/**
 * The pages as they should be, by file below the project's folder.
 *
 * @param usage assumptions that the cost is counted with
 * @param read the page as it is; a page that is not there becomes one of figures alone
 */
export function currentFigurePages(
  plans: Plans,
  usage: UsageTable,
  read: (file: string) => string | undefined,
): ReadonlyMap<string, string> {
  return new Map(
    FIGURE_PAGES.map(({ file, figures }) => [
      file,
      Object.entries(figures).reduce(
        (page, [name, figure]) => withFigure(page, name, figure(plans, usage)),
        read(file) ?? `${Object.keys(figures).flatMap(placeOf).join("\n")}\n`,
      ),
    ]),
  );
}

/** The comments that a figure stands between. */
function placeOf(name: string): [begin: string, end: string] {
  return [`<!-- ${name} -->`, `<!-- end of ${name} -->`];
}

/** A page with a new text between `<!-- name -->` and `<!-- end of name -->`. */
export function withFigure(page: string, name: string, text: string): string {
  const [begin, end] = placeOf(name);
  const [before, ...rest] = page.split(begin);
  const [, after] = rest.join(begin).split(end);
  if (after === undefined) {
    throw new Error(`${name}: expected ${begin} and ${end} around the figure, got neither or one`);
  }
  return `${before}${begin}\n${text}\n${end}${after}`;
}

function stackTable(plans: Plans, usage: UsageTable): string {
  const rows = FIGURE_STACKS.map((stack) => {
    const plan = plans[stack];
    const { cost } = priced(plan, usage);
    const lost = recoveryOf(plan).find(({ scenario }) => scenario === "region lost");
    return [
      `\`${stack}\``,
      plan.resources.length,
      madeByProviders(plan.resources).length,
      Math.round(cost.monthlyUsd).toLocaleString("en-US"),
      minutes(criticalPath(plan.resources, plan.measured?.durations).seconds),
      lost?.lossMinutes === undefined ? "–" : hours(lost.lossMinutes),
      lost?.restoreMinutes === undefined ? "–" : hours(lost.restoreMinutes),
    ];
  });
  const head = [
    "stack",
    "resources",
    "of them created by providers",
    "USD a month",
    "first `up`",
    "RPO, region lost",
    "RTO, region lost",
  ];
  return table(head, rows);
}

/** What `npm run preview` prints, without how long it took here. */
function sampleBlock({ production }: Plans, usage: UsageTable): string {
  const { plan: judged, schemas } = checked(production);
  const { plan, cost } = priced(judged, usage);
  const lines = renderSummary(plan, { width: 120, color: false }, cost, schemas)
    .trimEnd()
    .split("\n")
    .filter((line) => !line.startsWith("Previewed in "));
  return `\n\`\`\`text\n${lines.join("\n")}\n\`\`\`\n`;
}

function criticalPathBlock({ production }: Plans): string {
  const lines = renderCriticalPath(
    criticalPath(production.resources, production.measured?.durations),
    TERMINAL,
    paintFor(TERMINAL),
  );
  return ["```text", ...lines, "```"].join("\n");
}
