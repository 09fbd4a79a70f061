/** What a stack is made of that cannot be created while another region is lost: its control plane is there. */
import {
  planeElsewhere,
  type ControlPlane,
  type ControlPlaneName,
} from "../../facts/control-planes";
import { undecidedBy, type Missing } from "./missing";
import { copyRules } from "./protections";
import { isSet, type RecoveryResource, type RecoveryStack } from "./resources";
import { hasPilotLight, notedPilotLight, pilotLight, standInRegion } from "./stand-in";

/** Resources that wait for one control plane, which is not where they are. */
export interface Waiting extends ControlPlane {
  readonly name: ControlPlaneName;
  readonly resources: readonly Pick<RecoveryResource, "type" | "urn">[];
}

/** What stays where it is, or is there once for all regions, and is not made again in another one. */
const MADE_ONCE =
  /^aws:(cloudfront|budgets|costexplorer|route53\/(zone|healthCheck|keySigning|hostedZone|queryLog))/;

/**
 * Creations in the recovery region that a control plane in a lost region decides, by control plane. Of a stack that
 * stands in for another all of its resources are meant; of any other stack those that would be made again elsewhere.
 * What a pilot light is made of stands already.
 */
export function creationsWaiting(stack: RecoveryStack, lost: string): Waiting[] {
  return waiting(stack, (region) => region === lost);
}

/** The same of a stack that is made in the emergency: whichever other region it is made for. */
function creationsElsewhere(stack: RecoveryStack, own: string): Waiting[] {
  return waiting(stack, (region) => region !== own);
}

function waiting(stack: RecoveryStack, isLost: (region: string) => boolean): Waiting[] {
  if (pilotLight(stack) !== undefined || hasPilotLight(stack)) return [];
  const standsIn = standInRegion(stack) !== undefined;
  const byName = new Map<string, Waiting>();
  for (const resource of stack.resources) {
    const plane = stack.noting(() =>
      standsIn || isMadeAgain(stack, resource)
        ? planeElsewhere(resource.type, resource.inputs, "create")
        : undefined,
    ).result;
    if (plane !== undefined && isLost(plane.region)) {
      const { type, urn } = resource;
      const before = byName.get(plane.name)?.resources ?? [];
      byName.set(plane.name, { ...plane, resources: [...before, { type, urn }] });
    }
  }
  return [...byName.values()].sort((one, other) => (one.name < other.name ? -1 : 1));
}

/** A budget is not needed in the emergency. */
const MAY_WAIT: readonly ControlPlaneName[] = ["billing"];

/**
 * What cannot be created in a region in the emergency, once for each control plane: resources of the stack that takes another's place
 * there, or of the stack that is lost.
 */
export function notStanding(stack: RecoveryStack, region: string): Missing[] {
  const lost = lostRegion(stack);
  const { result: stands, unknown } = notedPilotLight(stack);
  if (lost !== undefined && !stands && unknown.length > 0) return unknown.map(undecidedBy);
  const creations =
    lost !== undefined
      ? creationsWaiting(stack, lost)
      : standInRegion(stack) !== undefined
        ? creationsElsewhere(stack, region)
        : [];
  return creations
    .filter(({ name }) => !MAY_WAIT.includes(name))
    .map(({ region: away, needed, resources: [first, ...more] }) => ({
      urn: first!.urn,
      message: `it${more.length === 0 ? " is" : ` and ${more.length} more are`} created in ${region} in the emergency, when without ${away} ${needed}; let the stack there stand before, as a pilot light.`,
    }));
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
  return stack
    .leadingTo(bucket, type, "bucket")
    .some((config) => copyRules(stack, config).length > 0);
}

/** Region whose loss is meant: the stack's own. A stack that stands in for another names no region that is lost. */
export function lostRegion(stack: RecoveryStack): string | undefined {
  return standInRegion(stack) !== undefined ? undefined : stack.region;
}
