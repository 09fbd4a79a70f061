/** Which customer-managed key encrypts a store. */
import { entryOf } from "../../facts/entry-of";
import { STORE_ACTIONS } from "../../facts/store-actions";
import { compilePolicy, type Policy } from "../iam";
import type { PlannedResource } from "../plan/model";
import { read } from "../properties";
import { type PlanIndex, textOf } from "../rights/plan-index";

const KEY = "aws:kms/key:Key";
const ALIAS = "aws:kms/alias:Alias";
const BUCKET_SETTING =
  "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration";

/** A key's id, alone or at the end of its ARN. Source: KMS Developer Guide, "Key identifiers (KeyId)". */
const KEY_ID = /(^|:key\/)([0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|mrk-[0-9a-f]{32})$/;

const BUCKET_RULE = "rules[0].applyServerSideEncryptionByDefault.kmsMasterKeyId";

/** What encrypts a store, other than a key of AWS's, which lets in who may use the store. */
export interface EncryptedBy {
  readonly key?: PlannedResource;
  /** Id or ARN of a key that the plan does not have. */
  readonly outside?: string;
}

/** The customer-managed key that encrypts a store: one of the plan, or one that it names. */
export function keyOfStore(index: PlanIndex, store: PlannedResource): EncryptedBy {
  const keyed = entryOf(STORE_ACTIONS.types, store.type)?.keyed;
  const settings =
    store.type === "aws:s3/bucket:Bucket"
      ? index.ofType(BUCKET_SETTING).filter((one) => isOf(index, one, store))
      : [];
  const holders = [
    ...settings.map((one) => [one, BUCKET_RULE] as const),
    ...(keyed === undefined ? [] : [[store, keyed] as const]),
  ];
  for (const [holder, property] of holders) {
    const value = read(holder.inputs, property);
    if (value === undefined) continue;
    const [outer = ""] = property.split(/[.[]/);
    const behind = index.behind(holder, outer);
    const alias = named(index, textOf(value), index.regionOf(holder));
    const aliases = [...(alias ? [alias] : []), ...behind.filter(({ type }) => type === ALIAS)];
    const key =
      (alias && targetOf(index, alias)) ??
      behind.find(({ type }) => type === KEY) ??
      aliases.map((one) => targetOf(index, one)).find((one) => one !== undefined);
    if (key !== undefined) return { key };
    const texts = [value, ...aliases.map(({ inputs }) => inputs["targetKeyId"])].map(textOf);
    const outside = texts.find((text) => text !== undefined && KEY_ID.test(text));
    if (outside !== undefined) return { outside };
  }
  return {};
}

const targetOf = (index: PlanIndex, alias: PlannedResource) =>
  index.behind(alias, "targetKeyId").find(({ type }) => type === KEY);

/** Whether a bucket's setting is of this bucket. */
export function isOf(index: PlanIndex, part: PlannedResource, bucket: PlannedResource): boolean {
  const name = textOf(part.inputs["bucket"]);
  return name === undefined
    ? index.behind(part, "bucket").includes(bucket)
    : name === textOf(bucket.inputs["bucket"]);
}

/** The alias that a text names, in the region. */
function named(index: PlanIndex, text: string | undefined, region: string) {
  const name = text && /alias\/.*$/.exec(text)?.[0];
  return index
    .ofType(ALIAS)
    .find((one) => name && textOf(one.inputs["name"]) === name && index.regionOf(one) === region);
}

const defaults = new WeakMap<PlanIndex, Policy>();

/** KMS's policy of a key that is made without one. Source: KMS Developer Guide, "Default key policy". */
export function defaultKeyPolicy(index: PlanIndex): Policy {
  const { home } = index;
  const made = defaults.get(index);
  if (made !== undefined) return made;
  const root = `arn:${home.partition}:iam::${home.account}:root`;
  const statement = { Effect: "Allow", Principal: { AWS: root }, Action: "kms:*", Resource: "*" };
  const document = { Version: "2012-10-17", Statement: [statement] };
  const policy = compilePolicy(document, "key", "KMS's default policy");
  defaults.set(index, policy);
  return policy;
}
