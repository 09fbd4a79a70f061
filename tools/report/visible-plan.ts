import type { Plan } from "../../analysis/plan/model";
import { visibleLines, visibleStrings } from "../visible";

/** A plan whose texts a terminal shows and does not obey: names in one line, messages in theirs. */
export function visiblePlan({ diagnostics, policies, ...rest }: Plan): Plan {
  const findings = <T extends { message: string }>(found: readonly T[]): T[] =>
    found.map((one) => ({ ...visibleStrings(one), message: visibleLines(one.message, "") }));
  return {
    ...visibleStrings(rest),
    diagnostics,
    policies: {
      packs: visibleStrings(policies.packs),
      violations: findings(policies.violations),
      undecided: findings(policies.undecided),
      remediations: visibleStrings(policies.remediations),
    },
  };
}
