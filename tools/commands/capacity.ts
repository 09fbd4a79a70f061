/**
 * `npm run capacity -- --stack production [--load FILE] [--rps N] [--json]`: how far a stack carries and what breaks first,
 * derived from the planned resources. Exit code 0: said; 2: wrong usage.
 */

import { problemsOf, type OwnAssumptions } from "../../analysis/capacity/assumed";
import { availabilityOf } from "../../analysis/capacity/availability";
import { LARGEST_LOAD, titleOf, userOf } from "../../analysis/capacity/breaks";
import { cellsFor } from "../../analysis/capacity/growth";
import type { Load } from "../../analysis/capacity/load";
import { usedBy } from "../../analysis/capacity/model";
import {
  capacityOf,
  limitsOfPlan,
  trialsOfPlan,
  unknownLoad,
  type Capacity,
  type PlanOfCapacity,
} from "../../analysis/capacity/of-plan";
import { text } from "../../analysis/recovery/resources";
import { expectedText } from "../../facts/problem-text";
import { nameOf, readNamedJson } from "../named-file";
import { loadProject } from "../preview/engine/config";
import { previewStack } from "../preview/index";
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
} from "../report/capacity";
import { visible, visibleStrings } from "../visible";
import { optionsOf, requestRate, wrongUsage } from "./options";

const USAGE = `Usage: npm run capacity -- [--stack <name>] [--load <file>] [--rps <number>] [--figures] [--json] [-C <folder>]

Calculates the stack's capacity from a preview: its limits in the order in which a growing load reaches them.
--stack: the stack (default: production).
--load: assumptions that override the program's own capacity/assumptions.json where the file has them; the stack's
  measurements override both.
--rps: an additional load, in requests a second at the edge.
--json: print one JSON document.
--figures: show each limit with its input figures and their sources.
-C: use the Pulumi program in another folder.`;

/** For a plan whose load would be assumptions alone. */
const NO_SERVICE =
  "No service is known: the plan has no ECS service that takes requests or messages, so nothing carries the assumed load.";

/** The command; returns its exit code. */
export async function main(args: readonly string[]): Promise<number> {
  const options = optionsOf(args, USAGE, {
    stack: { type: "string", short: "s" },
    load: { type: "string" },
    rps: { type: "string" },
    json: { type: "boolean" },
    figures: { type: "boolean" },
    cwd: { type: "string", short: "C" },
  });
  if (typeof options === "number") return options;
  const { cwd, stack, load: file } = options;
  const rps = options.rps === undefined ? undefined : requestRate(options.rps);
  if (typeof rps === "string") return wrongUsage(rps, USAGE);
  let load: OwnAssumptions | undefined;
  try {
    load =
      file === undefined ? undefined : readLoad(file, loadProject(cwd ?? process.cwd()).stacks);
  } catch (error) {
    return wrongUsage(`--load: ${(error as Error).message}`, USAGE);
  }
  const plan = await previewStack({ cwd, stack, policyPacks: [] });
  const own = load && [load, plan.assumptions ?? {}];
  const limits = limitsOfPlan(plan, { load: own });
  const strange = load === undefined ? [] : strangersIn(load, limits.load, plan.stack);
  if (strange.length > 0) {
    const problems = strange.map((problem) => `${nameOf(file!)}: ${problem}`);
    return wrongUsage(`--load: ${problems.join("\n")}`, USAGE);
  }
  if (!options.json && limits.load.services.length === 0) {
    console.log(`Capacity of stack ${visible(plan.stack)}\n${NO_SERVICE}`);
    return 0;
  }
  const capacity = capacityOf(plan, { load: own, rps }, limits);
  const availability = availabilityOf(limits.load.stack);
  const unknown = unknownLoad(limits);
  if (unknown !== undefined) {
    const known = { ...documentOf(plan, capacity), rows: undefined, growth: undefined };
    return said(options.json, { ...known, unknown, availability }, () => [
      ...head(plan.stack, capacity),
      ...["", `Not known what breaks first at which load: ${unknown}.`, ""],
      ...limitLines(capacity, options.figures ?? false),
      ...["", ...availabilitySentences(availability)],
    ]);
  }
  const trials = trialsOfPlan(limits);
  return said(options.json, { ...documentOf(plan, capacity), trials, availability }, () => [
    ...rendered(plan.stack, capacity, options.figures ?? false),
    ...["", `in time, at best to at worst: ${TRIAL_HEAD.slice(1).join("; ")}`],
    ...[...trials.profiles, ...trials.failures].map((trial) => `  ${trialCells(trial).join("; ")}`),
    ...slowPartySentences(trials),
    ...["", ...availabilitySentences(availability)],
  ]);
}

/** Prints one or the other; the command's exit code. */
function said(asJson: boolean | undefined, document: object, lines: () => string[]): number {
  console.log(
    asJson
      ? JSON.stringify(visibleStrings(document), undefined, 2)
      : lines().map(visible).join("\n"),
  );
  return 0;
}

/** The assumptions of a file; throws an error that names everything that is wrong with them. */
function readLoad(file: string, stacks: readonly string[]): OwnAssumptions {
  const document = readNamedJson(file, "assumptions as in capacity/assumptions.json");
  const problems = problemsOf(document, stacks);
  if (problems.length > 0) {
    throw new Error(problems.map((problem) => `${nameOf(file)}: ${problem}`).join("\n"));
  }
  return document as OwnAssumptions;
}

/** Services and queues of a file that the plan does not have. */
function strangersIn(own: OwnAssumptions, { services, stack }: Load, name: string): string[] {
  const known = {
    services: services.map((one) => one.name),
    queues: stack.ofType("aws:sqs/queue:Queue").flatMap((one) => text(one, "name") ?? []),
  };
  const { stacks = {}, ...general } = own;
  const places = [
    ["", general],
    [`stacks.${name}.`, stacks[name] ?? {}],
  ] as const;
  return places.flatMap(([at, given]) =>
    (["services", "queues"] as const).flatMap((section) =>
      Object.keys(given[section] ?? {})
        .filter((one) => !known[section].includes(one))
        .map((one) => {
          const names = known[section].join(", ") || "none";
          return expectedText(`${at}${section}.${one}`, `one of ${names}`, one);
        }),
    ),
  );
}

/** Everything that the command says, as data. */
export function documentOf(plan: PlanOfCapacity, { growth, rows, ...capacity }: Capacity) {
  return {
    stack: plan.stack,
    ...capacity,
    rows: rows.map(({ passed, ...row }) => ({
      ...row,
      passed: passed.map(({ limit, move }) => ({
        ...{ kind: limit.kind, of: limit.of, urn: limit.urn, holds: limit.holds },
        user: userOf(limit),
        move,
      })),
    })),
    growth: growth.map(({ bound, ...step }) => ({
      ...step,
      bound: bound && titleOf(bound),
      cellsForAMillion: cellsFor(step, LARGEST_LOAD),
    })),
  };
}

/** The first limit, and today's load. */
function head(stack: string, capacity: Capacity): string[] {
  return [
    `Capacity of stack ${stack}`,
    firstLimit(capacity),
    "",
    `today ${span(capacity.today)} requests a second in the busiest hour`,
    ...capacity.todayFrom.map((figure) => `    ${figureText(figure)}`),
  ];
}

function limitLines(capacity: Capacity, figures: boolean): string[] {
  const { today, limits } = capacity;
  return [
    "limits, the first that is reached first",
    ...limits.flatMap((limit) => [
      `  ${holdsText(limit).padStart(22)}  ${titleOf(limit)}: ${span(limit.capacity, limit.unit)}, ` +
        `${span(usedBy(limit, today[1]))} today`,
      ...(figures ? limit.figures.map((figure) => `${" ".repeat(26)}${figureText(figure)}`) : []),
    ]),
    ...idleSentences(capacity).map((line) => `  ${line}`),
  ];
}

function rendered(stack: string, capacity: Capacity, figures: boolean): string[] {
  return [
    ...head(stack, capacity),
    "",
    "what breaks first, by requests a second at the edge",
    ...capacity.rows.flatMap((row) => {
      const [load, limit, user, moves, usd] = rowCells(row);
      return row.passed.length === 0
        ? [`  ${load}: no limit is reached`]
        : [
            `  ${load}: ${limit}`,
            `       ${user}`,
            `       ${moves}; all moves: ${usd!.replace(/^[\d,.]*\d/, "$& USD a month")}`,
          ];
    }),
    "",
    ...limitLines(capacity, figures),
    "",
    `past that, each step on top of those before it: ${GROWTH_HEAD.join("; ")}`,
    ...capacity.growth.flatMap((step) => [
      `  ${growthCells(step).join("; ")}`,
      ...(figures ? step.figures.map((figure) => `${" ".repeat(26)}${figureText(figure)}`) : []),
    ]),
  ];
}
