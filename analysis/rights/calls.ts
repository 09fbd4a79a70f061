/**
 * Which calls a planned resource needs.
 *
 * AWS says what its own handlers call to create, read, update and delete a type (facts/resource-schemas.json). The
 * provider calls something else here and there: facts/provider-calls.json has what it calls beside them and what it
 * leaves out, each row with its evidence.
 */
import { providerCalls } from "../../facts/called-by-provider";
import { iamAction, iamServices } from "../../facts/iam-actions";
import { actionsOf } from "../../facts/published-schemas";
import { FURTHER_PREFIXES } from "../../facts/service-calls";
import { namesOfType } from "../../facts/type-names";
import type { PlannedResource } from "../plan/model";
import { isUnknown, reveal } from "../plan/values";
import { moduleOf, type PlanIndex, serviceOf } from "./plan-index";
import { hasTarget, iamTypeOf } from "./targets";

/** What happens to a resource. A replacement creates and deletes; so does the rollback of a failed creation. */
export const STEPS = ["create", "read", "update", "delete"] as const;
export type Step = (typeof STEPS)[number];

/** A call that a step makes. */
export interface Call {
  readonly step: Step;
  readonly action: string;
  /** Who says so: `AWS's handler`, or the evidence of a row in provider-calls.json. */
  readonly from: string;
}

/** Why nothing can be said about a type; undefined where its calls are known. */
export function unknownType(type: string): string | undefined {
  if (!hasTarget(type)) return "what IAM calls it is not written down (facts/iam-targets.ts)";
  const names = namesOfType(type);
  const handled = names?.aws !== undefined && !names.part && actionsOf(names.aws, "create");
  return handled || providerCalls(type) !== undefined
    ? undefined
    : "neither AWS nor facts/provider-calls.json says what it calls";
}

/** What services a resource speaks of: those of the resources that it refers to, and those that its texts name. */
function mentioned(index: PlanIndex, resource: PlannedResource): (service: string) => boolean {
  const near = new Set(
    index.referred(resource).flatMap(({ type }) => {
      const iam = iamTypeOf(type);
      return iam === undefined ? [serviceOf(type)] : [iam.split(":")[0]!, serviceOf(type)];
    }),
  );
  let text: string | undefined;
  return (service) => {
    if (near.has(service)) return true;
    text ??= JSON.stringify(reveal(resource.inputs));
    return new RegExp(`(arn:[\\w-]+:|")${service}[":]`).test(text);
  };
}

/** Services that a type's calls belong to. */
function ownServices(type: string): ReadonlySet<string> {
  const iam = iamTypeOf(type)?.split(":")[0];
  return new Set(
    [iam, serviceOf(type), ...(FURTHER_PREFIXES.types[moduleOf(type)] ?? [])].flatMap(
      (s) => s ?? [],
    ),
  );
}

/** AWS's handlers name a few things that IAM has no action for (`s3:REST.PUT.OBJECT`). */
function isAction(action: string): boolean {
  return iamAction(action) !== undefined || !iamServices.includes(action.split(":")[0]!);
}

/**
 * What AWS's handlers and the provider call in a step of a type, with any settings. The provider reads what it has
 * made or changed back into the state, so a creation and a change make the calls of a read as well; the few whose source
 * does without are not told apart.
 */
export function namedCalls(type: string, step: Step): readonly Call[] {
  const names = namesOfType(type);
  const row = providerCalls(type);
  const found = new Map<string, Call>();
  for (const at of step === "create" || step === "update" ? [step, "read" as const] : [step]) {
    const handled = names?.aws === undefined || names.part === true ? [] : actionsOf(names.aws, at);
    for (const action of (handled ?? []).filter(isAction)) {
      found.set(action, { step, action, from: "AWS's handler" });
    }
    for (const action of row?.calls[at] ?? []) {
      if (!found.has(action)) found.set(action, { step, action, from: row!.from });
    }
  }
  return [...found.values()];
}

/** What a step calls because of a setting, which may be unknown yet. */
function callsOfSettings({ type, inputs }: PlannedResource, step: Step): readonly Call[] {
  const set = (input: string) => {
    const value = reveal(inputs[input]);
    const isText = typeof value === "string" && value !== "" && value !== "{}";
    return value === true || isText || isUnknown(value);
  };
  return (providerCalls(type)?.where ?? [])
    .filter(({ input }) => set(input))
    .flatMap(({ calls, from }) => (calls[step] ?? []).map((action) => ({ step, action, from })));
}

/**
 * The calls of all steps. A call to another service than the type's own counts where the resource has to do with it: a
 * function without a network asks EC2 for nothing. A service-linked role is made by the first resource that needs it.
 */
export function callsOf(index: PlanIndex, resource: PlannedResource): readonly Call[] {
  const row = providerCalls(resource.type);
  const own = ownServices(resource.type);
  const speaksOf = mentioned(index, resource);
  const wanted = ({ action, step }: Call) => {
    const service = action.split(":")[0]!;
    const left = row?.not?.some(
      ({ actions, steps = STEPS }) => actions.includes(action) && steps.includes(step),
    );
    if (left) return false;
    return own.has(service) || action === "iam:CreateServiceLinkedRole" || speaksOf(service);
  };
  return STEPS.flatMap((step) => [
    ...namedCalls(resource.type, step).filter(wanted),
    ...callsOfSettings(resource, step),
  ]);
}
