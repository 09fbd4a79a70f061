/** What a stack is made of that cannot be created while another region is lost: its control plane is there. */
import { planeElsewhere, type ControlPlane } from "../../facts/control-planes";
import { isSet, text, type RecoveryResource, type RecoveryStack } from "./resources";
import { standInRegion } from "./stand-in";

/** Resources that wait for one control plane. */
export interface Waiting extends ControlPlane {
  readonly name: string;
  readonly resources: readonly Pick<RecoveryResource, "type" | "urn">[];
}

/** What stays where it is, or is there once for all regions, and is not made again in another one. */
const MADE_ONCE =
  /^aws:(cloudfront|budgets|costexplorer|route53\/(zone|healthCheck|keySigning|hostedZone|queryLog))/;

/**
 * Creations in the recovery region that a control plane in a lost region decides, by control plane. Of a stack that
 * stands in for another all of its resources are meant; of any other stack those that would be made again elsewhere.
 */
export function creationsWaiting(stack: RecoveryStack, lost: string): Waiting[] {
  const standsIn = standInRegion(stack) !== undefined;
  const byName = new Map<string, Waiting>();
  for (const resource of stack.resources) {
    const plane = stack.noting(() =>
      standsIn || isMadeAgain(stack, resource)
        ? planeElsewhere(resource.type, resource.inputs, "create")
        : undefined,
    ).result;
    if (plane?.region === lost) {
      const { type, urn } = resource;
      const before = byName.get(plane.name)?.resources ?? [];
      byName.set(plane.name, { ...plane, resources: [...before, { type, urn }] });
    }
  }
  return [...byName.values()].sort((one, other) => (one.name < other.name ? -1 : 1));
}

/** What has a region of its own is a copy, and there already; so is a bucket that is replicated. */
function isMadeAgain(stack: RecoveryStack, resource: RecoveryResource): boolean {
  if (MADE_ONCE.test(resource.type) || isSet(resource, "region")) return false;
  const bucket =
    resource.type === "aws:s3/bucket:Bucket"
      ? resource
      : resource.type.startsWith("aws:s3/")
        ? stack.madeOf(resource, "bucket", "aws:s3/bucket:Bucket")[0]
        : undefined;
  return bucket === undefined || !hasCopy(stack, bucket);
}

function hasCopy(stack: RecoveryStack, bucket: RecoveryResource): boolean {
  const type = "aws:s3/bucketReplicationConfig:BucketReplicationConfig";
  return stack.leadingTo(bucket, type, "bucket").length > 0;
}

/** Region whose loss is meant: the stack's own. A stack that stands in for another names no region that is lost. */
export function lostRegion(stack: RecoveryStack): string | undefined {
  return standInRegion(stack) !== undefined
    ? undefined
    : stack
        .ofType("pulumi:providers:aws")
        .map((provider) => text(provider, "region"))
        .find((region) => region !== undefined);
}
