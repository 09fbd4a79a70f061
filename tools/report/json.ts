import type { CostEstimate } from "../../analysis/cost/model";
import { criticalPath } from "../../analysis/critical-path/critical-path";
import type { Diagnostic, Plan, PlannedResource, PropertyBag } from "../../analysis/plan/model";
import { countByComponent, madeByProviders } from "../../analysis/plan/tree";
import { redact } from "../../analysis/plan/values";
import type { Refusals } from "../../analysis/refusals/refusals";
import type { PreviewError } from "../preview/engine/errors";
import { jsonCost } from "./cost";
import { jsonRecovery, recoveryOf } from "./recovery";
import { jsonSchemas } from "./schemas";

/** The document of `--json`. Unknown values are Pulumi's marker, secrets are `"[secret]"`. */
export function renderJson(plan: Plan, cost?: CostEstimate, schemas?: Refusals): string {
  return toText({
    project: plan.project,
    stack: plan.stack,
    ...(plan.region !== undefined && { region: plan.region }),
    ...(plan.account !== undefined && { account: plan.account }),
    resources: plan.resources.map(jsonResource),
    outputs: redact(plan.outputs),
    policies: plan.policies,
    diagnostics: plan.diagnostics,
    summary: summaryOf(plan.resources),
    ...(schemas && { schemas: jsonSchemas(schemas) }),
    ...(cost && { cost: jsonCost(cost) }),
    recovery: jsonRecovery(recoveryOf(plan)),
    criticalPath: criticalPath(plan.resources, plan.measured?.durations),
    durationMs: plan.durationMs,
  });
}

/** The document of `--json` when there is no plan: what there is, and why. */
export function renderJsonError(error: PreviewError): string {
  const diagnostics: readonly Diagnostic[] = error.diagnostics;
  return toText({
    error: { kind: error.kind, failures: error.failures },
    // What there is was registered before the failure.
    incomplete: true,
    ...error.identity,
    resources: error.resources.map(jsonResource),
    ...(error.policies && { policies: error.policies }),
    diagnostics,
    summary: summaryOf(error.resources),
  });
}

function toText(document: unknown): string {
  return `${JSON.stringify(document, null, 2)}\n`;
}

function summaryOf(resources: readonly PlannedResource[]): PropertyBag {
  return {
    resources: resources.length,
    madeByProviders: madeByProviders(resources).length,
    byComponent: countByComponent(resources),
  };
}

function jsonResource(resource: PlannedResource): PropertyBag {
  const { urn, type, name, parent, custom, remote, inputs, outputs, ...rest } = resource;
  return {
    ...{ urn, type, name, parent: parent ?? null, custom, remote, inputs: redact(inputs) },
    ...rest,
    ...(outputs && { outputs: redact(outputs) }),
  };
}
