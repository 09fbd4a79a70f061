/** docs/capacity.md from the plan of production: how far it carries, what breaks first, and from which figures. */
import { availabilityOf } from "../../analysis/capacity/availability";
import { titleOf } from "../../analysis/capacity/breaks";
import type { Figure } from "../../analysis/capacity/figures";
import { usedBy, type Limit } from "../../analysis/capacity/model";
import {
  capacityOf,
  limitsOfPlan,
  trialsOfPlan,
  type Capacity,
} from "../../analysis/capacity/of-plan";
import type { UsageTable } from "../../analysis/cost/model";
import { PRICES } from "../../analysis/cost/tables";
import type { Plan } from "../../tools/preview/index";
import {
  availabilitySentences,
  figureText,
  firstLimit,
  GROWTH_HEAD,
  growthCells,
  holdsText,
  idleSentences,
  rowCells,
  slowPartySentences,
  span,
  TRIAL_HEAD,
  trialCells,
} from "../../tools/report/capacity";
import { plotOf } from "../../tools/report/capacity-plot";
import { table } from "./table";

/** The page, below the project's folder. */
export const CAPACITY_PAGE = "docs/capacity.md";

/** The page and its pictures for a plan. */
export function capacityPage(plan: Plan, usage: UsageTable): ReadonlyMap<string, string> {
  const limits = limitsOfPlan(plan, { usage });
  const capacity = capacityOf(plan, { usage }, limits);
  const trials = trialsOfPlan(limits);
  const text = `${[
    "# How far it carries",
    `Written by \`npm run accept\` from the offline preview of ${plan.stack}; CI fails while it is out of date. ` +
      `\`npm run capacity -- --stack ${plan.stack}\` prints the same, with \`--rps N\` for a load of your own and \`--load FILE\` for other assumptions.`,
    firstLimit(capacity),
    today(capacity),
    "## What breaks first",
    "Requests a second at the edge, as multiples of today's busiest hour. A limit counts as passed where it may be, with all that is " +
      "unknown against it; in brackets how many more are passed, and how many even with all for it. " +
      `Prices are those of \`facts/prices.json\`, of ${PRICES.asOf}.`,
    table(
      ["load", "first limit", "what a user sees", "what moves it", "USD a month for all moves"],
      capacity.rows.map(rowCells),
      escaped,
    ),
    "### Past one stack",
    "Each step on top of those before it, with all limits at the most that AWS gives, and connections at RDS's default, which max_connections may raise. Quotas that AWS raises are taken to be raised. What the last " +
      "one does not hold is split by customers: cells, each a stack of this kind with its own database.",
    table(GROWTH_HEAD, capacity.growth.map(growthCells), escaped),
    "## Limits",
    "What each holds, with a release at the time: both sets of tasks count for connections, addresses, targets and vCPUs. Past the " +
      "most tasks that scaling may add, the service's own limit binds; the others say what comes next once that is moved.",
    table(
      ["limit", "has", "today takes", "holds, requests a second"],
      capacity.limits.map((limit) => limitCells(limit, capacity)),
      escaped,
    ),
    ...idleSentences(capacity),
    "## In time",
    "Simulated second by second, at best and at worst: requests arrive by chance of a fixed seed, scaling decides after AWS's measured delay, " +
      "adds and takes away tasks as the plan's policies and clocks say, tasks start and pass their checks, pools and processors of the database bound " +
      "what is served. Lambda reads queues with more batches by the minute, and environments that are not kept ready begin cold. Slow: more than 2 seconds in a queue, in queries or in a call to another party. " +
      "Failed: more than 30, or sent to what is lost.",
    table(TRIAL_HEAD, trials.profiles.map(trialCells), escaped),
    ...trials.profiles.map((trial, index) => `![${trial.name}](${pictureOf(index)})`),
    "## Failures",
    "Each in the middle of a steady hour, in today's busiest hour and at half of what surely holds. Each load comes first without a failure: past other limits some requests fail anyway. The loss of Spot is tried at the least load at which a task is on Spot.",
    table(TRIAL_HEAD, trials.failures.map(trialCells), escaped),
    ...slowPartySentences(trials),
    "## Availability",
    ...availabilitySentences(availabilityOf(limits.load.stack)),
    "## Figures",
    "What each limit follows from. A value of the plan names its resource and property, a fact its page and the day on which it was read " +
      "(`facts/`), an assumption its key in `capacity/assumptions.json` or, for any program, in `analysis/capacity/assumptions.json`. " +
      "What you measure wins: put it under `capacity` into `Pulumi.<stack>.measured.json`.",
    ...capacity.limits.flatMap((limit) => figuresOf(titleOf(limit), limit)),
    ...capacity.growth.flatMap((step) => figuresOf(`Past one stack: ${step.title}`, step)),
  ].join("\n\n")}\n`;
  return new Map([
    [CAPACITY_PAGE, text],
    ...trials.profiles.map((trial, index) => [`docs/${pictureOf(index)}`, plotOf(trial)] as const),
  ]);
}

/** A heading, and each of the figures below it once. */
function figuresOf(title: string, { figures }: { readonly figures: readonly Figure[] }): string[] {
  const lines = [...new Set(figures.map(figureText))].map((text) => `- ${escaped(text)}`);
  return [`### ${title}`, lines.join("\n")];
}

const pictureOf = (index: number) => `capacity-${index + 1}.svg`;

function today({ today: range, todayFrom }: Capacity): string {
  const from = todayFrom.map((figure) => `- ${escaped(figureText(figure))}`).join("\n");
  return `Today's busiest hour: ${span(range)} requests a second.\n\n${from}`;
}

function limitCells(limit: Limit, { today: range }: Capacity): string[] {
  return [
    titleOf(limit),
    span(limit.capacity, limit.unit),
    span(usedBy(limit, range[1])),
    holdsText(limit),
  ];
}

/** Text in which Markdown takes nothing for a mark. */
function escaped(text: string): string {
  return text.replace(/[|<>*]/g, (mark) => `\\${mark}`);
}
