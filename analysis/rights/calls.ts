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
import { namesOfType } from "../../facts/type-names";
import type { PlannedResource } from "../plan/model";
import { reveal } from "../plan/values";
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
  if (!hasTarget(type))
    return "what IAM calls it is not written down (analysis/rights/target-rows.ts)";
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
    [iam, serviceOf(type), ...(ALSO_OWN[moduleOf(type)] ?? [])].flatMap((s) => s ?? []),
  );
}

/** AWS's handlers name a few things that IAM has no action for (`s3:REST.PUT.OBJECT`). */
function isAction(action: string): boolean {
  return iamAction(action) !== undefined || !iamServices.includes(action.split(":")[0]!);
}

/** Where Pulumi's module is not IAM's prefix and the resource has no ARN to say so. */
const ALSO_OWN: Readonly<Record<string, readonly string[]>> = {
  "backup/vault": ["backup-storage"],
  "cloudwatch/eventTarget": ["events"],
  "cloudwatch/logDelivery": ["logs"],
  "cloudwatch/logMetricFilter": ["logs"],
  "cloudwatch/logResourcePolicy": ["logs"],
  "cloudwatch/queryDefinition": ["logs"],
  "vpc/securityGroupEgressRule": ["ec2"],
  "vpc/securityGroupIngressRule": ["ec2"],
};

/**
 * The calls of all steps. A call to another service than the type's own counts where the resource has to do with it: a
 * function without a network asks EC2 for nothing. A service-linked role is made by the first resource that needs it.
 */
export function callsOf(index: PlanIndex, resource: PlannedResource): readonly Call[] {
  const names = namesOfType(resource.type);
  const row = providerCalls(resource.type);
  const own = ownServices(resource.type);
  const speaksOf = mentioned(index, resource);
  const wanted = (action: string, step: Step) => {
    const service = action.split(":")[0]!;
    const left = row?.not?.some(
      ({ actions, steps = STEPS }) => actions.includes(action) && steps.includes(step),
    );
    if (left) return false;
    return own.has(service) || action === "iam:CreateServiceLinkedRole" || speaksOf(service);
  };
  return STEPS.flatMap((step) => {
    const handled =
      names?.aws === undefined || names.part === true
        ? []
        : (actionsOf(names.aws, step) ?? []).filter(
            (action) => wanted(action, step) && isAction(action),
          );
    const provided = (row?.calls[step] ?? []).filter(
      (action) => !handled.includes(action) && wanted(action, step),
    );
    return [
      ...handled.map((action) => ({ step, action, from: "AWS's handler" })),
      ...provided.map((action) => ({ step, action, from: row!.from })),
    ];
  });
}
