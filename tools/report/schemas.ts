import type { Plan, PropertyBag } from "../../analysis/plan/model";
import { type Refusals, refusalsOf } from "../../analysis/refusals/refusals";
import type { Paint } from "./style";

export { readWhatAwsSays } from "../../analysis/refusals/refusals";

/** Under this name values that AWS would refuse stand among the violations. */
export const REFUSED = "aws-would-refuse";

/** A plan with what AWS's published schemas say of its values. */
export interface CheckedPlan {
  plan: Plan;
  schemas: Refusals;
}

/** Compares a plan with AWS's published schemas; each value that AWS would refuse is a mandatory violation more. */
export function checked(plan: Plan): CheckedPlan {
  const schemas = refusalsOf(plan.resources);
  const violations = schemas.found.map(({ urn, property, expected, got, source }) => ({
    pack: "aws-schemas",
    policy: REFUSED,
    enforcementLevel: "mandatory" as const,
    urn,
    message: `${property}: expected ${expected}, got ${got}${source === undefined ? "" : `. It is created in ${source}.`}`,
  }));
  if (violations.length === 0) return { plan, schemas };
  const { policies } = plan;
  const all = [...violations, ...policies.violations];
  return { plan: { ...plan, policies: { ...policies, violations: all } }, schemas };
}

/** How much of the plan was compared, in the document of `--json`. */
export function jsonSchemas({
  values,
  checked: compared,
  unmapped,
  unknown,
}: Refusals): PropertyBag {
  return { values, checked: compared, unmapped, unknown };
}

/** How much of the plan was compared, for people; nothing for a plan without values of AWS. */
export function renderSchemas(schemas: Refusals, paint: Paint): string[] {
  const { values, checked: compared, unmapped, unknown, found } = schemas;
  if (values === 0) return [];
  const refused =
    found.length === 0
      ? paint.green("AWS would accept all")
      : paint.red(`AWS would refuse ${found.length}`);
  const rest = `${unmapped} have no schema, ${unknown} are not known yet`;
  return [`${refused} of the ${compared} planned values that its schemas describe; ${rest}.`];
}
