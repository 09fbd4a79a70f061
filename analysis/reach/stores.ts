/** The data stores of a plan, with what decides about them beside the caller's own policies. */
import { entryOf } from "../../facts/entry-of";
import { STORE_ACTIONS, type StoreKind } from "../../facts/store-actions";
import { INLINE_POLICIES, RESOURCE_POLICIES } from "../../facts/type-properties";
import { compilePolicy, type Policy } from "../iam";
import { type PlannedResource, UNKNOWN } from "../plan/model";
import { known, read } from "../properties";
import { type PlanIndex, serviceOf, textOf } from "../rights/plan-index";
import { arnAsType, AWS_CHOOSES } from "../rights/targets";
import { keyOfStore } from "./keys";

/** A policy, with where it stands. */
export interface PlacedPolicy {
  readonly policy: Policy;
  /** As the program gives it. */
  readonly document: unknown;
  readonly resource: PlannedResource;
  readonly property: string;
}

/** A data store. */
export interface Store {
  readonly resource: PlannedResource;
  readonly kind: StoreKind;
  readonly arn: string;
  readonly region: string;
  readonly policy?: PlacedPolicy;
  readonly key?: StoreKey;
  /** Id or ARN of its key, if the plan does not have that. */
  readonly keyOutside?: string;
}

/** The customer-managed key that encrypts a store. */
export interface StoreKey {
  readonly resource: PlannedResource;
  readonly arn: string;
  readonly policy?: PlacedPolicy;
}

/** All data stores that the table of actions knows. */
export function storesOf(index: PlanIndex): Store[] {
  const policies = policiesOf(index);
  return Object.entries(STORE_ACTIONS.types).flatMap(([type, kind]) =>
    index.ofType(type).map((resource) => storeOf(index, policies, resource, kind)),
  );
}

function storeOf(
  index: PlanIndex,
  policies: ReadonlyMap<string, PlacedPolicy>,
  resource: PlannedResource,
  kind: StoreKind,
): Store {
  const policy = policies.get(resource.urn);
  const { key, outside } = keyOfStore(index, resource);
  const keyPolicy = key && policies.get(key.urn);
  return {
    ...{ resource, kind, arn: arnOf(index, resource, kind), region: index.regionOf(resource) },
    ...(policy && { policy }),
    ...(outside !== undefined && { keyOutside: outside }),
    ...(key && {
      key: {
        resource: key,
        arn: keyArn(index, key),
        ...(keyPolicy && { policy: keyPolicy }),
      },
    }),
  };
}

const KEY = "aws:kms/key:Key";

/** The ARN of a key; its id is AWS's choice, so that only a pattern can name it before it exists. */
function keyArn(index: PlanIndex, key: PlannedResource): string {
  const home = { ...index.home, region: index.regionOf(key) };
  return textOf(key.inputs["arn"]) ?? arnAsType("kms:key", home, {}, AWS_CHOOSES)!;
}

/** The ARN that AWS will give a store. */
function arnOf(index: PlanIndex, resource: PlannedResource, { iam, named }: StoreKind): string {
  const [placeholder, input] = named;
  const name = textOf(resource.inputs[input]);
  const home = { ...index.home, region: index.regionOf(resource) };
  return arnAsType(iam, home, name === undefined ? {} : { [placeholder]: name }, UNKNOWN)!;
}

/** The policies of stores and keys, by URN, wherever the program writes them. */
function policiesOf(index: PlanIndex): ReadonlyMap<string, PlacedPolicy> {
  const found = new Map<string, PlacedPolicy>();
  const owners = index.managed.filter(isOwner);
  for (const resource of index.managed) {
    const inline =
      resource.type === KEY || resource.type === "aws:kms/keyPolicy:KeyPolicy"
        ? "policy"
        : entryOf(INLINE_POLICIES.properties, resource.type);
    const property = inline ?? entryOf(RESOURCE_POLICIES.properties, resource.type);
    const document = property === undefined ? undefined : read(resource.inputs, property);
    const whole = document === undefined ? undefined : wholeOf(index, resource, owners);
    if (property === undefined || document === undefined || whole === undefined) continue;
    const policy = compilePolicy(
      document,
      whole.type === KEY ? "key" : "resource",
      `the policy of ${whole.name}`,
    );
    found.set(whole.urn, { policy, document, resource, property });
  }
  return found;
}

function isOwner({ type }: PlannedResource): boolean {
  return type === KEY || entryOf(STORE_ACTIONS.types, type) !== undefined;
}

/** Inputs by which a policy names what it belongs to. */
const OWNERS = ["bucket", "queueUrl", "arn", "secretArn", "resourceArn", "eventBusName", "keyId"];

/** The resource that a policy belongs to: itself, or what its reference or name leads to. */
function wholeOf(
  index: PlanIndex,
  resource: PlannedResource,
  owners: readonly PlannedResource[],
): PlannedResource | undefined {
  if (isOwner(resource)) return resource;
  const same = owners.filter(({ type }) => serviceOf(type) === serviceOf(resource.type));
  for (const input of OWNERS) {
    const value = known(resource.inputs[input]);
    if (value === undefined) continue;
    const name = textOf(value)?.split(/[:/]/).at(-1);
    const named = same.filter((one) => {
      const kind = entryOf(STORE_ACTIONS.types, one.type);
      const own = kind && textOf(one.inputs[kind.named[1]]);
      return own !== undefined && (own === name || own === textOf(value));
    });
    const behind = index.behind(resource, input).filter((one) => same.includes(one));
    const found = behind.find((one) => named.includes(one)) ?? behind[0] ?? named[0];
    if (found !== undefined) return found;
  }
  return undefined;
}
