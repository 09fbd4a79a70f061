/** A stack that takes the place of another after the loss of its region. */
import { PILOT_LIGHT, RECOVERS_BY_TAG, STANDS_IN_TAG } from "../../facts/control-planes";
import type { Missing } from "./missing";
import { value, type RecoveryResource, type RecoveryStack } from "./resources";

const REGION = "[a-z]{2}(?:-[a-z]+)+-\\d";

/** Regions in ARNs and in hosts of AWS: `arn:aws:kms:us-east-1:`, `.dkr.ecr.us-east-1.amazonaws.com`. */
const NAMED = new RegExp(
  `arn:aws[a-z-]*:[a-z0-9-]+:(${REGION}):|\\.(${REGION})\\.amazonaws\\.com`,
  "g",
);

/** Region of a stack that takes another's place, from its backups or as its replica; undefined for any other stack. */
export function standInRegion(stack: RecoveryStack): string | undefined {
  const waits = pilotLight(stack);
  if (waits !== undefined) return waits;
  for (const database of stack.ofType("aws:rds/instance:Instance")) {
    const restore = value(database, "restoreToPointInTime") as Record<string, unknown> | undefined;
    const arn = restore?.["sourceDbInstanceAutomatedBackupsArn"];
    if (typeof arn === "string") {
      return arn.split(":")[3];
    }
  }
  return undefined;
}

/** Region of a stack that stands before another region is lost; undefined for any other, and where nothing says so yet. */
export function pilotLight(stack: RecoveryStack): string | undefined {
  const find = () =>
    stack
      .ofType("aws:rds/instance:Instance")
      .map(regionOfPlace)
      .find((region) => region !== undefined);
  return stack.noting(find).result;
}

/** Whether a stack says that a pilot light waits for the loss of its region. The other stack's plan shows it. */
export function hasPilotLight(stack: RecoveryStack): boolean {
  return notedPilotLight(stack).result;
}

/** The same, with what is not known yet. */
export function notedPilotLight(stack: RecoveryStack) {
  return stack.noting(() =>
    stack
      .ofType("aws:rds/instance:Instance")
      .some((database) => tagOf(database, RECOVERS_BY_TAG) === PILOT_LIGHT),
  );
}

/** The region in which a database takes another's place as a replica, or has taken it since its promotion. */
export function regionOfPlace(database: RecoveryResource): string | undefined {
  const region = tagOf(database, STANDS_IN_TAG);
  return typeof region === "string" ? region : undefined;
}

function tagOf(resource: RecoveryResource, key: string): unknown {
  return (value(resource, "tags") as Record<string, unknown> | undefined)?.[key];
}

/** What a stand-in uses of other regions, of which one is lost. Its own copies, once it has any, are elsewhere. */
export function usedElsewhere(
  stack: RecoveryStack,
  own: string,
  copies: readonly string[],
): Missing[] {
  return stack.resources.flatMap((resource) => {
    // What is not known names nothing yet, and what is named stays named.
    const named = stack.noting(() => regionsNamed(resource)).result;
    const others = [...named].filter((region) => region !== own && !copies.includes(region));
    return others.length === 0
      ? []
      : [
          {
            urn: resource.urn,
            message: `it names something in ${others.sort().join(", ")}; with that region it would be lost, too.`,
          },
        ];
  });
}

/**
 * Permissions use nothing: a bucket's policy may admit what is delivered to it from elsewhere. A replica has all that its
 * source has sent, and is promoted without it.
 */
const NOT_USED = ["policy", "assumeRolePolicy", "replicateSourceDb"];

function regionsNamed({ inputs }: RecoveryResource): Set<string> {
  const found = new Set<string>();
  const visit = (given: unknown): void => {
    if (typeof given === "string") {
      for (const [, inArn, inHost] of given.matchAll(NAMED)) {
        found.add((inArn ?? inHost)!);
      }
    } else if (typeof given === "object" && given !== null) {
      Object.values(given).forEach(visit);
    }
  };
  for (const [property, given] of Object.entries(inputs)) {
    if (!NOT_USED.includes(property)) {
      visit(given);
    }
  }
  const own = inputs["region"];
  return typeof own === "string" && new RegExp(`^${REGION}$`).test(own) ? found.add(own) : found;
}
