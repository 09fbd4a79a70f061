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
import { answerSeconds, SLOW_SECONDS } from "../../analysis/capacity/sim-of-plan";
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
  const behind = limits.load.stack.ofType("aws:cloudfront/distribution:Distribution").length > 0;
  const text = `${[
    "# Capacity",
    `Written by \`npm run accept\` from the offline preview of ${plan.stack}; CI fails while it is out of date. ` +
      `\`npm run capacity -- --stack ${plan.stack}\` prints the same. \`--rps N\` sets your own load, \`--load FILE\` other assumptions.`,
    firstLimit(capacity),
    today(capacity),
    "## What breaks first",
    "Requests a second at the edge, as multiples of today's busiest hour. A limit counts as exceeded if it is exceeded in the worst case; " +
      "in brackets, how many other limits are exceeded in the worst case, and how many even in the best case. " +
      `Prices are those of \`facts/prices.json\`, of ${PRICES.asOf}.`,
    table(
      ["load", "first limit", "what a user sees", "what moves it", "USD a month for all moves"],
      capacity.rows.map(rowCells),
      escaped,
    ),
    "### Past one stack",
    "Each step adds to those before it, with all limits at AWS's maximum, and connections at RDS's default, which max_connections may raise. It assumes that AWS has raised every quota that it raises on request. Load beyond the last " +
      "step is split by customer into cells, each a stack of this kind with its own database.",
    table(GROWTH_HEAD, capacity.growth.map(growthCells), escaped),
    "## Limits",
    "The load that each limit allows during a deployment: both sets of tasks count for connections, addresses, targets and vCPUs. Beyond the " +
      "maximum number of tasks, the service's own limit applies; the other limits show what comes next once you raise it.",
    table(
      ["limit", "has", "today takes", "holds, requests a second"],
      capacity.limits.map((limit) => limitCells(limit, capacity)),
      escaped,
    ),
    ...idleSentences(capacity),
    "## In time",
    "Simulated second by second, in the best and the worst case: requests arrive at random with a fixed seed, scaling decides after AWS's measured delay, " +
      "adds and removes tasks by the plan's policies and schedules, tasks start and pass their checks, pools and processors of the database limit " +
      `the answered requests. Lambda reads a queue with more batches each minute, and environments that are not kept ready start cold. Slow: more than ${SLOW_SECONDS} seconds in a queue, in queries or in a call to another party. ` +
      `Failed: more than ${answerSeconds(limits.load.stack)} seconds (${behind ? "CloudFront's originReadTimeout, or the load balancer's idleTimeout if that is shorter" : "the load balancer's idleTimeout"}), or sent to a lost resource.` +
      (behind
        ? " CloudFront tries a GET or HEAD up to connectionAttempts times (3 by default). These attempts are not simulated: a user may wait that many times as long for the error, and an overloaded origin gets up to that many times the requests."
        : ""),
    "More capacity gives no worse result, with two exceptions, as in AWS: larger tasks, of which fewer run and fewer requests stay open while another party is slow; and larger pools, which open more connections than an overloaded database accepts.",
    table(TRIAL_HEAD, trials.profiles.map(trialCells), escaped),
    ...trials.profiles.map((trial, index) => `![${trial.name}](${pictureOf(index)})`),
    "## Failures",
    "Each failure is in the middle of an hour of steady load: at today's busiest hour and at half of the load that is possible in the worst case. The first row of each load is without a failure, because some requests may fail at other limits anyway. The loss of Spot is simulated at the lowest load at which a task is on Spot.",
    table(TRIAL_HEAD, trials.failures.map(trialCells), escaped),
    ...slowPartySentences(trials),
    "## Availability",
    ...availabilitySentences(availabilityOf(limits.load.stack)),
    "## Figures",
    "The figures from which each limit is calculated. A value of the plan names its resource and property, a fact its page and the day on which it was read " +
      "(`facts/`), an assumption its key in `capacity/assumptions.json` or, for any program, in `analysis/capacity/assumptions.json`. " +
      "Your measurements take precedence: put them under `capacity` into `Pulumi.<stack>.measured.json`.",
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
