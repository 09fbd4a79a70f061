/** Words for how far a stack carries, that the command and the page share. */
import type { Availability } from "../../analysis/capacity/availability";
import { LARGEST_LOAD, titleOf, userOf, type Row } from "../../analysis/capacity/breaks";
import type { Figure, Range } from "../../analysis/capacity/figures";
import { cellsFor, type GrowthStep } from "../../analysis/capacity/growth";
import { UNREACHED, type Limit } from "../../analysis/capacity/model";
import type { Move } from "../../analysis/capacity/moves";
import type { Capacity } from "../../analysis/capacity/of-plan";
import type { Outcome } from "../../analysis/capacity/sim-model";
import type { Trial, Trials } from "../../analysis/capacity/trials";
import { parseUrn } from "../../analysis/plan/urn";

/** A number as short as it can be read: 1,583; 46; 0.4. */
export function short(value: number): string {
  const digits = Math.abs(value) >= 10 ? 0 : Math.abs(value) >= 1 ? 1 : 3;
  return Number(value.toFixed(digits)).toLocaleString("en-US");
}

/** `266 to 2,667`, the smaller first, or one number where both are the same. */
export function span(range: Range, unit = ""): string {
  const [low, high] = [Math.min(...range), Math.max(...range)];
  const text = short(low) === short(high) ? short(low) : `${short(low)} to ${short(high)}`;
  return unit === "" ? text : `${text} ${unit}`;
}

/** What a limit holds: `266 to 2,667`, or that no load reaches it. */
export function holdsText({ holds: [low, high] }: Pick<Limit, "holds">): string {
  if (low >= UNREACHED) return "any load";
  return high >= UNREACHED ? `${short(low)} at least` : span([low, high]);
}

/** The cells of a row: load, first limit, what a user sees, what moves it, what all moves cost. */
export function rowCells(row: Row): string[] {
  const { label, rps, passed, monthlyUsd, unpriced, beyond, certain } = row;
  const [first] = passed;
  const load = `${label}: ${short(rps)}`;
  if (first === undefined) return [load, "none", "nothing", "nothing to do", "0"];
  const more = passed.length - 1;
  const others = more === 0 ? "" : ` (and ${more} more; ${certain} for certain)`;
  const gaps = [
    ...(unpriced === 0 ? [] : [`${unpriced} without a price`]),
    ...(beyond === 0 ? [] : [`${beyond} that no setting moves so far`]),
  ].map((text) => `, and ${text}`);
  return [
    load,
    `${titleOf(first.limit)}${others}`,
    userOf(first.limit),
    moveText(first.move),
    `${short(monthlyUsd)}${gaps.join("")}`,
  ];
}

/** `crm:cache.shards to 2 times: 289 USD a month`. */
function moveText({ setting, factor, monthlyUsd, isBeyond }: Move): string {
  if (isBeyond) return "no setting: see the growth table";
  const price = monthlyUsd === undefined ? "no price" : `${short(monthlyUsd)} USD a month`;
  return `${setting} to ${short(factor)} times: ${price}`;
}

/** The first limit and its load, as a sentence. */
export function firstLimit({ limits, today }: Pick<Capacity, "limits" | "today">): string {
  const [first] = limits;
  if (first === undefined || first.holds[0] >= UNREACHED) return "No limit is known.";
  const times = first.holds[0] / today[1];
  return (
    `First limit: ${titleOf(first)}, at ${holdsText(first)} requests a second ` +
    `(${short(times)} times today's busiest hour, at the least).`
  );
}

/** Where a slow other party breaks the stack. */
export function slowPartySentences({ slowParty }: Pick<Trials, "slowParty">): string[] {
  return slowParty === undefined
    ? []
    : [
        `Another party ten times as slow: each request a second at the edge keeps ${span(slowParty.open)} requests open at ${slowParty.of}, whose tasks reach their limit of open requests at ${span(slowParty.holds)} requests a second.`,
      ];
}

/** The queues that no limit counts, as a sentence; none where there is no such queue. */
export function idleSentences({ idleQueues }: Pick<Capacity, "idleQueues">): string[] {
  return idleQueues.map(
    (queue) =>
      `Not counted: ${queue}: the event source mapping is disabled, and messages wait in the queue until it is enabled.`,
  );
}

/** `tasks at most 15: plan, crm-core maxCapacity`. */
export function figureText({ name, value, unit, origin }: Figure): string {
  const number = `${name} ${span(value, unit)}`;
  switch (origin.from) {
    case "plan":
      return `${number}: plan, ${parseUrn(origin.urn).name} ${origin.property}`;
    case "fact":
      return `${number}: ${origin.source} (${origin.asOf}${origin.unverified ? ", unverified" : ""})`;
    case "assumption":
    case "measurement":
      return `${number}: ${origin.from} ${origin.key} (${origin.asOf}), ${origin.why}`;
  }
}

/** The head of a table of trials, and the cells of one: what was slow and failed, at best and at worst. */
export const TRIAL_HEAD = [
  ...[
    "trial",
    "requests a second",
    "slow, %",
    "failed, %",
    "minutes with more than 1 % slow or failed",
  ],
  ...["task hours", "USD of the tasks", "longest wait in a queue, seconds"],
] as const;

export function trialCells({ name, rps, best, worst, usd }: Trial): string[] {
  const longest = ({ queues }: Outcome) =>
    Math.max(0, ...Object.values(queues).map(({ longestSeconds }) => longestSeconds));
  const closed = [best.closed, worst.closed] as const;
  const hours = closed[1] === 0 ? "" : `; ${span(closed)} requests outside of the hours`;
  const both = (pick: (one: Outcome) => number) => span([pick(best), pick(worst)]);
  const all = ({ served, failed }: Outcome) => Math.max(1, served + failed);
  return [
    name,
    short(rps),
    both((one) => (100 * one.slow) / all(one)),
    `${both((one) => (100 * one.failed) / all(one))}${hours}`,
    both((one) => one.degradedMinutes),
    both((one) => one.taskHours),
    usd === undefined ? "no price" : span(usd),
    both(longest),
  ];
}

/** Percent with the digits that say something: 99.9, 99.9999. */
function percentText(percent: number): string {
  return String(Number(percent.toFixed(7)));
}

/** What AWS's agreements promise of the whole, and what bounds it. */
export function availabilitySentences({ percent, minutes, parts, ofSome }: Availability): string[] {
  const singles = parts.filter(({ single }) => single !== undefined);
  const [first] = parts;
  return [
    `AWS's agreements promise ${percent.toFixed(2)} % of a month for all parts in series: ${short(minutes)} minutes a month may be unavailable before AWS pays. ${first === undefined ? "" : `${first.title} limits it most, with ${percentText(first.percent)} %.`}`,
    ...singles.map(({ of, title, single }) => `Single point: ${title} ${of}, ${single}.`),
    ...ofSome.map(({ of, title, single, percent: own }) =>
      single === undefined
        ? `Besides, ${title}: ${of}, with ${percentText(own)} %, for the requests that it answers.`
        : `Single point: ${title} ${of}, ${single}. With its ${percentText(own)} % those requests have ${((percent * own) / 100).toFixed(2)} %.`,
    ),
  ];
}

/** The head of the table of growth, and its rows: each step on top of those before it. */
export const GROWTH_HEAD = [
  ...["step", "what is done", "a stack then holds, requests a second"],
  ...["binds first", "stacks (cells) for a million requests a second"],
] as const;

export function growthCells(step: GrowthStep): string[] {
  const { title, what, bound } = step;
  return [
    title,
    what,
    holdsText(step),
    bound === undefined ? "none that AWS sets" : titleOf(bound),
    span(cellsFor(step, LARGEST_LOAD)),
  ];
}
