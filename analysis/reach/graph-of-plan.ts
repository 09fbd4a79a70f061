/** The graph of a plan: a rule gets one from the engine, a command makes it of a preview. */
import { StackGraph } from "../graph";
import type { Plan, PlannedResource } from "../plan/model";
import { urnOfReference } from "../plan/urn";
import { reveal } from "../plan/values";
import type { Properties } from "../properties";

/** What is read of a plan. */
export type PlanOfGraph = Pick<Plan, "resources" | "region" | "account" | "foreseen">;

const graphs = new WeakMap<PlanOfGraph, StackGraph>();

/** The graph of a plan's own resources, with the inputs that are foreseen, made once. Its secrets are in clear: never print them. */
export function graphOfPlan(plan: PlanOfGraph): StackGraph {
  const graph = graphs.get(plan) ?? made(plan);
  graphs.set(plan, graph);
  return graph;
}

function made({ resources, account, foreseen, ...plan }: PlanOfGraph): StackGraph {
  const region = plan.region ?? foreseen?.region;
  const byUrn = new Map(resources.map((one) => [one.urn, one]));
  // The provider that Pulumi makes is not in a plan; its settings are the stack's.
  const usual: Properties = {
    ...(region !== undefined && { region }),
    ...(account !== undefined && { allowedAccountIds: [account] }),
  };
  return StackGraph.from(
    resources
      .filter(({ external }) => !external)
      .map((one) => {
        const provider = byUrn.get(urnOfReference(one.provider));
        return {
          ...{ type: one.type, name: one.name, urn: one.urn, options: optionsOf(one) },
          properties: reveal(
            one.custom ? { ...one.inputs, ...foreseen?.inputs[one.urn] } : (one.outputs ?? {}),
          ) as Properties,
          references: one.propertyDependencies,
          ...(one.custom && {
            provider: provider ? (reveal(provider.inputs) as Properties) : usual,
          }),
        };
      }),
  );
}

function optionsOf({ protect, ignoreChanges, aliases, additionalSecretOutputs }: PlannedResource) {
  return {
    ...{ protect, ignoreChanges, aliases, additionalSecretOutputs },
    customTimeouts: { createSeconds: 0, updateSeconds: 0, deleteSeconds: 0 },
  };
}
