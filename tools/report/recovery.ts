import { counted } from "../../analysis/counted";
import type { PropertyBag } from "../../analysis/plan/model";
import {
  derive,
  hours,
  type Finding,
  type Standing,
  worstOf,
} from "../../analysis/recovery/objectives";
import { recoveryStackOf, type PlanOfRecovery } from "../../analysis/recovery/of-plan";
import { INSTALLED } from "../preview/command-name";
import { cut, type Paint, type Terminal } from "./style";

/** What a scenario costs at most, over all stores that are recovered from it. */
interface Worst {
  scenario: string;
  /** Minutes of data; absent when a store does not survive. */
  lossMinutes: number | undefined;
  /** Minutes until the platform serves again; absent when a store does not come back. */
  restoreMinutes: number | undefined;
  objective: Finding["objective"];
  stores: number;
  standing: Standing;
}

/** What losses cost at most, derived from the planned resources; nothing for a stack without such data. */
export function recoveryOf(plan: PlanOfRecovery, stack = recoveryStackOf(plan)): Worst[] {
  const { findings, exemptBecause } = derive(stack);
  if (exemptBecause !== undefined) return [];
  const scenarios = [...new Set(findings.map(({ scenario }) => scenario))];
  return scenarios.map((scenario) => {
    const own = findings.filter((finding) => finding.scenario === scenario);
    return {
      scenario,
      lossMinutes: most(own.map(({ lossMinutes }) => lossMinutes)),
      restoreMinutes: most(own.map(({ restoreMinutes }) => restoreMinutes)),
      objective: own[0]!.objective,
      stores: own.length,
      standing: worstOf(own),
    };
  });
}

/** The largest; nothing if one of them is not there. */
function most(minutes: readonly (number | undefined)[]): number | undefined {
  const known = minutes.filter((one) => one !== undefined);
  return known.length === minutes.length ? Math.max(...known) : undefined;
}

/** The numbers in the document of `--json`, in minutes. */
export function jsonRecovery(worst: readonly Worst[]): PropertyBag {
  return Object.fromEntries(worst.map(({ scenario, ...numbers }) => [scenario, numbers]));
}

/** The numbers for people; `folder` is that of another program, which the command named. */
export function renderRecovery(
  worst: readonly Worst[],
  stack: string,
  { width }: Terminal,
  paint: Paint,
  folder?: string,
): string[] {
  if (!worst.length) return [];
  const program = folder === undefined ? "" : `-C ${folder} `;
  const column = Math.max(...worst.map(({ scenario }) => scenario.length));
  return [
    paint.bold("Recovery: the worst RPO and RTO of each scenario"),
    ...worst.map(({ scenario, lossMinutes, restoreMinutes, objective, stores, standing }) => {
      const loss = lossMinutes === undefined ? "all data" : hours(lossMinutes);
      const back = restoreMinutes === undefined ? "none" : hours(restoreMinutes);
      const line =
        `  ${scenario.padEnd(column)}  RPO ${loss} (objective ${hours(objective.lossMinutes)}), ` +
        `RTO ${back} (objective ${hours(objective.restoreMinutes)}); ${counted(stores, "store")}`;
      if (standing === "met") return cut(line, width);
      const color = standing === "not met" ? paint.red : paint.yellow;
      return color(cut(`${line}: ${standing}`, width));
    }),
    ...(INSTALLED
      ? []
      : [
          paint.dim(
            cut(`  how, step by step: npm run recovery -- ${program}--stack ${stack}`, width),
          ),
        ]),
  ];
}
