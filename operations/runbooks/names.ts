/** What the runbooks call things by: read from a stack's plan, so that no step has a name of its own. */
import * as fs from "node:fs";
import * as path from "node:path";

import { homeAccount } from "../../analysis/plan/regions";
import { recoveryRegions } from "../../analysis/recovery/copy-regions";
import { recoveryStackOf, type PlanOfRecovery } from "../../analysis/recovery/of-plan";
import {
  isReplica,
  text,
  type RecoveryResource,
  type RecoveryStack,
} from "../../analysis/recovery/resources";
import { regionOfPlace } from "../../analysis/recovery/stand-in";
import { CLOUDFRONT_REGION } from "../../facts/cloudfront";
import { shownValue } from "../../facts/problem-text";
import { writtenSettings } from "../../tools/preview/engine/config";
import type { Plan } from "../../tools/preview/index";

/** A plan, as far as runbooks read it. */
export type BookPlan = PlanOfRecovery & Pick<Plan, "account" | "project" | "stack" | "outputs">;

/** A stack as the runbooks see it. */
export interface Named {
  readonly stackName: string;
  readonly stack: RecoveryStack;
  readonly region: string;
  /** The only account that the stack may touch. */
  readonly account: string;
  /** Region that the copies are in; undefined where there are none. */
  readonly copyRegion: string | undefined;
  readonly primary: RecoveryResource | undefined;
  readonly replica: RecoveryResource | undefined;
  readonly cluster: string;
  /** Names of services and functions, as AWS has them. */
  readonly services: readonly string[];
  readonly functions: readonly string[];
  /** The URL that says whether the platform is well. */
  readonly health: string | undefined;
  /** Hosts by what they are for: app, api, origin, primary, standby. */
  readonly hosts: Readonly<Record<string, string>>;
}

const DATABASE = "aws:rds/instance:Instance";

export function namedOf(plan: BookPlan): Named {
  const stack = recoveryStackOf(plan);
  const databases = stack.ofType(DATABASE);
  return {
    stackName: plan.stack,
    stack,
    region: stack.region ?? CLOUDFRONT_REGION,
    account: accountOf(plan),
    copyRegion: recoveryRegions(stack)[0],
    primary: databases.find((one) => !isBesidePrimary(one)),
    replica: databases.find(isBesidePrimary),
    cluster: namesOf(stack, "aws:ecs/cluster:Cluster", "name")[0] ?? "",
    services: namesOf(stack, "aws:ecs/service:Service", "name"),
    functions: stack
      .ofType("aws:lambda/function:Function")
      // Those that the platform itself needs write nothing of the customers'.
      .filter(({ urn }) => urn.includes("crm:aws:CrmEventing$"))
      .flatMap((one) => text(one, "name") ?? []),
    health: textIn(plan.outputs["probeUrl"]),
    hosts: Object.fromEntries(
      Object.entries(plan.outputs["hosts"] ?? {}).flatMap(([key, host]) =>
        typeof host === "string" ? [[key, host]] : [],
      ),
    ),
  };
}

/** A replica beside its primary: a pilot light's own takes another's place. */
function isBesidePrimary(database: RecoveryResource): boolean {
  return isReplica(database) && regionOfPlace(database) === undefined;
}

function textIn(given: unknown): string | undefined {
  return typeof given === "string" ? given : undefined;
}

function accountOf(plan: BookPlan): string {
  const account = homeAccount(plan);
  if (account === undefined) throw new Error("crm:accountId: expected in the stack file, got none");
  return account;
}

/** A property of every resource of a type, where it is known. */
export function namesOf(stack: RecoveryStack, type: string, property: string): string[] {
  return stack.ofType(type).flatMap((one) => text(one, property) ?? []);
}

/** An instance's name with another last word: `crm-production-primary` becomes `crm-production-restored`. */
export function beside(identifier: string, word: string): string {
  return `${identifier.replace(/-primary$/, "")}-${word}`;
}

/** Where Pulumi's state is. */
export interface StatePlace {
  readonly bucket: string;
  /** Region of the bucket; its copy is in another one. */
  readonly region: string;
}

/** Where Pulumi's state is, as bootstrap's stack file in a folder has it. */
export function stateOf(folder: string): StatePlace {
  const file = path.join(folder, "Pulumi.bootstrap.yaml");
  // A program without a bootstrap of its own keeps its state elsewhere: the page shows that names are missing.
  if (!fs.existsSync(file)) return { bucket: "<state bucket>", region: "<its region>" };
  const config = writtenSettings(file);
  const bucket = config["crm-bootstrap:stateBucket"];
  const region = config["crm-bootstrap:stateRegion"] ?? config["aws:region"];
  if (typeof bucket !== "string" || typeof region !== "string") {
    throw new Error(
      `crm-bootstrap:stateBucket: expected the name of a bucket and its region in ${file}, got ${shownValue(bucket)} in ${String(region)}`,
    );
  }
  return { bucket, region };
}
