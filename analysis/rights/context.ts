/**
 * What a call says about itself: tags, aliases, boundary, region.
 *
 * Sources: IAM User Guide, "AWS global condition context keys"; KMS Developer Guide, "Condition keys for AWS KMS",
 * "Use tags to control access to KMS keys", "Use aliases to control access to KMS keys".
 */
import { GLOBAL_SERVICES } from "../../facts/global-services";
import { iamAction } from "../../facts/iam-actions";
import { KEY_USERS } from "../../facts/service-calls";
import { type Context, type ContextValue, UNKNOWN } from "../iam";
import type { PlannedResource } from "../plan/model";
import type { Call } from "./calls";
import { moduleOf, type PlanIndex, serviceOf, textOf } from "./plan-index";
import { trustedServices } from "./roles";
import { type Target, spokenOf, wholeOf } from "./targets";

/**
 * When a call is made. KMS takes up to five minutes until an alias counts for authorization: what is made or rolled back
 * in the same update as its key meets the key without one.
 */
export type Moment = "fresh" | "settled";

/** Keys that are never there when a session of a role calls. */
const NOT_A_SERVICE: Context = {
  "aws:SourceArn": undefined,
  "aws:SourceAccount": undefined,
  "aws:SourceOrgID": undefined,
  "aws:SourceOrgPaths": undefined,
  "aws:PrincipalServiceName": undefined,
  "aws:PrincipalServiceNamesList": undefined,
  "aws:SecureTransport": true,
  // The least that the provider's SDK speaks. Source: AWS SDK for Go v2, "Configuring the HTTP client".
  "s3:TlsVersion": 1.2,
};

const KEY = "aws:kms/key:Key";
const ALIAS = "aws:kms/alias:Alias";

/** Aliases that a plan gives to a key. */
export function aliasesOf(index: PlanIndex, key: PlannedResource): readonly string[] {
  return index
    .ofType(ALIAS)
    .filter((alias) => index.behind(alias, "targetKeyId").includes(key))
    .flatMap(({ inputs }) => textOf(inputs["name"]) ?? []);
}

/** The context of a call. */
export function contextOf(
  index: PlanIndex,
  resource: PlannedResource,
  call: Pick<Call, "action" | "step">,
  target: Target,
  moment: Moment,
): Context {
  const service = call.action.split(":")[0]!;
  const region = target.arn.split(":")[3];
  return {
    ...unsaid(call.action),
    ...NOT_A_SERVICE,
    "aws:RequestedRegion": GLOBAL_SERVICES.prefixes.includes(service)
      ? GLOBAL_SERVICES.region
      : region || index.regionOf(resource),
    "aws:ResourceAccount": index.home.account,
    ...tagContext(index, resource, call, target),
    ...(service === "iam" && iamContext(resource, call.action, target)),
    ...(service === "kms" && kmsContext(index, resource, call.action, target, moment)),
  };
}

/** Keys of the service itself that the action may have and that nothing is known of; those that it cannot have are absent. */
function unsaid(action: string): Record<string, ContextValue> {
  const keys = iamAction(action)?.conditionKeys ?? [];
  return Object.fromEntries(
    keys
      .filter((key) => !/^(aws|iam|kms):/.test(key) && !key.includes("$"))
      .map((key) => [key, UNKNOWN]),
  );
}

function tagContext(
  index: PlanIndex,
  resource: PlannedResource,
  { action, step }: Pick<Call, "action" | "step">,
  { resource: target }: Target,
): Context {
  const keys = iamAction(action)?.conditionKeys ?? [];
  const context: Record<string, ContextValue | undefined> = {};
  // What is being made has no tags yet; what it is made in has.
  const exists =
    target !== undefined && !(step === "create" && target === resource && isMaking(action));
  if (target !== undefined && exists) {
    for (const [name, value] of Object.entries(index.tagsOf(target))) {
      context[`aws:ResourceTag/${name}`] = value;
    }
  }
  if (keys.some((key) => key.startsWith("aws:RequestTag/"))) {
    const own = index.tagsOf(resource);
    const removes = /(Untag|RemoveTags|DeleteTags)/.test(action);
    for (const [name, value] of Object.entries(removes ? {} : own)) {
      context[`aws:RequestTag/${name}`] = value;
    }
    context["aws:TagKeys"] = Object.keys(own);
  }
  return context;
}

const isMaking = (action: string) =>
  /:(Create|Request|Register|Allocate|Run|Put(Metric|Composite)|PutRule|PutParameter)/.test(action);

function iamContext(
  resource: PlannedResource,
  action: string,
  { resource: target }: Target,
): Context {
  const bound = target && textOf(target.inputs["permissionsBoundary"]);
  const policy = textOf(resource.inputs["policyArn"]);
  return {
    "iam:PermissionsBoundary": bound,
    "iam:PolicyARN": /(Attach|Detach)/.test(action) ? (policy ?? UNKNOWN) : undefined,
    "iam:PassedToService":
      action === "iam:PassRole" && target !== undefined ? [...trustedServices(target)] : undefined,
    "iam:AWSServiceName": action === "iam:CreateServiceLinkedRole" ? [UNKNOWN] : undefined,
    "iam:AssociatedResourceArn": action === "iam:PassRole" ? UNKNOWN : undefined,
  };
}

function kmsContext(
  index: PlanIndex,
  resource: PlannedResource,
  action: string,
  { resource: target }: Target,
  moment: Moment,
): Context {
  const isKey = target?.type === KEY;
  const aliases = isKey && moment === "settled" ? aliasesOf(index, target) : [];
  const direct = serviceOf(resource.type) === "kms";
  const region = index.regionOf(target ?? resource);
  return {
    "kms:CallerAccount": index.home.account,
    "kms:ResourceAliases": aliases.length > 0 ? [...aliases] : undefined,
    "kms:ViaService": direct ? undefined : `${viaOf(resource)}.${region}.amazonaws.com`,
    "kms:GrantIsForAWSResource": action === "kms:CreateGrant" ? !direct : undefined,
    ...(isKey && {
      "kms:KeyUsage": textOf(target.inputs["keyUsage"]) ?? "ENCRYPT_DECRYPT",
      "kms:KeySpec": textOf(target.inputs["customerMasterKeySpec"]) ?? "SYMMETRIC_DEFAULT",
    }),
    "kms:BypassPolicyLockoutSafetyCheck": undefined,
  };
}

function viaOf(resource: PlannedResource): string {
  return KEY_USERS.types[moduleOf(resource.type)] ?? serviceOf(resource.type);
}

/** Targets of a call: for keys and roles that it uses, each of them. */
export function usedBy(
  index: PlanIndex,
  resource: PlannedResource,
  type: string,
): readonly PlannedResource[] {
  const whole = wholeOf(index, resource);
  const all = [...spokenOf(index, resource), ...(whole ? spokenOf(index, whole) : [])];
  return [...new Set(all.filter((one) => one.type === type))];
}
