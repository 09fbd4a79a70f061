/** Which customer-managed key encrypts a store. */
import { entryOf } from "../../facts/entry-of";
import { STORE_ACTIONS } from "../../facts/store-actions";
import type { PlannedResource } from "../plan/model";
import { read } from "../properties";
import { type PlanIndex, textOf } from "../rights/plan-index";

const KEY = "aws:kms/key:Key";
const ALIAS = "aws:kms/alias:Alias";
const BUCKET_SETTING =
  "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration";

const BUCKET_RULE = "rules[0].applyServerSideEncryptionByDefault.kmsMasterKeyId";

/** The key of the plan that encrypts a store; none for a key of AWS's, which lets in who may use the store. */
export function keyOfStore(index: PlanIndex, store: PlannedResource): PlannedResource | undefined {
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
    const found =
      named(index, textOf(value), index.regionOf(holder)) ??
      behind.find(({ type }) => type === KEY) ??
      behind
        .filter(({ type }) => type === ALIAS)
        .flatMap((alias) => index.behind(alias, "targetKeyId"))
        .find(({ type }) => type === KEY);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Whether a bucket's setting is of this bucket. */
export function isOf(index: PlanIndex, part: PlannedResource, bucket: PlannedResource): boolean {
  const name = textOf(part.inputs["bucket"]);
  return name === undefined
    ? index.behind(part, "bucket").includes(bucket)
    : name === textOf(bucket.inputs["bucket"]);
}

/** A key by the alias that a text names, in the region. */
function named(index: PlanIndex, text: string | undefined, region: string) {
  const name = text && /alias\/.*$/.exec(text)?.[0];
  const alias = index
    .ofType(ALIAS)
    .find((one) => name && textOf(one.inputs["name"]) === name && index.regionOf(one) === region);
  return alias && index.behind(alias, "targetKeyId").find(({ type }) => type === KEY);
}
