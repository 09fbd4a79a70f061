/**
 * A pilot light: the whole stack exists in another region, with a replica of the database and without tasks, until it is
 * set to serve. Its resources are the same in both states, so that a failover creates nothing whose control plane may be
 * lost with the other region (facts/control-planes.ts).
 */
import { PILOT_LIGHT } from "../facts/control-planes";
import { mapped } from "../platform/records";
import { isGroup, type Report } from "./common";
import type { StackConfig } from "./sections";

/**
 * The sections with the default of `crm:recovery.readiness`: a pilot light where another region is set up, by copies or by a
 * replica. It meets the objectives without the first region's control planes at the least cost (docs/decisions.md).
 */
export function withReadiness(
  sections: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  const { recovery = {}, database } = sections;
  if (!isGroup(recovery) || recovery["readiness"] !== undefined) return sections;
  const hasOther =
    recovery["region"] !== undefined || (isGroup(database) && database["standbyOf"] !== undefined);
  return hasOther ? { ...sections, recovery: { ...recovery, readiness: PILOT_LIGHT } } : sections;
}

/** Whether the stack waits for the loss of another region: it has no copies elsewhere from which another stack could be restored. */
export function standsBy({ recovery }: Pick<StackConfig, "recovery">): boolean {
  const { readiness, region, serving } = recovery;
  return readiness === PILOT_LIGHT && region === undefined && !serving;
}

/** The relation of a stack to another region's, for the components that depend on it. */
export function standing(config: Pick<StackConfig, "recovery" | "database" | "region">) {
  const { recovery, database, region } = config;
  return {
    /** Whether it waits for the loss of the other region. */
    standsBy: standsBy(config),
    /** Its region, where it is another's pilot light, waiting or serving. */
    standsIn: database.standbyOf === undefined ? undefined : region,
    /** Whether another stack is its pilot light. */
    hasPilotLight: recovery.readiness === PILOT_LIGHT && recovery.region !== undefined,
  };
}

/**
 * The settings of a stack that waits: no tasks, no calls of functions, and the database as a replica. A stack that
 * serves, or is no pilot light, keeps its own.
 */
export function whileStandingBy(config: StackConfig): StackConfig {
  if (!standsBy(config)) return config;
  const { database, services, eventing, recovery } = config;
  return {
    ...config,
    services: mapped(services, (service) => ({
      ...service,
      desiredCount: 0,
      minCapacity: 0,
    })),
    eventing: {
      ...eventing,
      functions: mapped(eventing.functions, (fn) => ({ ...fn, provisionedConcurrency: undefined })),
    },
    // RDS refuses a final snapshot of a replica.
    database: { ...database, skipFinalSnapshot: true },
    // A replica is not backed up; its source is.
    recovery: { ...recovery, beforeDeployment: undefined },
  };
}

/** Whether a service has no tasks until its region takes over. No setting does that: a service has at least one. */
export function runsNoTasks({ minCapacity }: { readonly minCapacity: number }): boolean {
  return minCapacity === 0;
}

/** Name of an instance. Source: RDS API Reference, CreateDBInstance, DBInstanceIdentifier. */
const INSTANCE_NAME = /^[a-z](?!.*--)[a-z0-9-]{0,62}(?<!-)$/;

function isInstanceElsewhere(arn: string, accountId: string, region: string): boolean {
  const [, , , where, account, kind, name = "", ...more] = arn.split(":");
  const isInstance = kind === "db" && more.length === 0 && INSTANCE_NAME.test(name);
  return isInstance && account === accountId && where !== "" && where !== region;
}

/** A pilot light has all of its settings or none. */
export function standingByRules(
  { database, recovery, accountId, region }: Partial<StackConfig>,
  report: Report,
): void {
  if (!database || !recovery) return;
  const { standbyOf } = database;
  const { readiness, serving } = recovery;
  if (readiness !== PILOT_LIGHT || recovery.region !== undefined) {
    const why =
      readiness === PILOT_LIGHT
        ? "crm:recovery.region means that another stack is the pilot light"
        : "crm:recovery.readiness is not pilot-light";
    if (standbyOf !== undefined) report(["database", "standbyOf"], standbyOf, `nothing, as ${why}`);
    if (serving) report(["recovery", "serving"], serving, `false, as ${why}`);
    return;
  }
  const because = "which crm:recovery.readiness pilot-light requires";
  if (standbyOf === undefined) {
    report(["database", "standbyOf"], standbyOf, `the other region's primary, ${because}`);
  } else if (
    accountId !== undefined &&
    region !== undefined &&
    !isInstanceElsewhere(standbyOf, accountId, region)
  ) {
    const expected = `an instance of crm:accountId ${accountId} outside aws:region ${region}`;
    report(["database", "standbyOf"], standbyOf, expected);
  }
  if (database.restore !== undefined) {
    report(["database", "restore"], database.restore, "nothing beside standbyOf");
  }
  if (database.replica.enabled && !serving) {
    report(["database", "replica", "enabled"], true, "false, until the stack serves");
  }
  if (database.multiAz && !serving) {
    // The provider waits for "available", and RDS says "modifying" until the second zone has its volume.
    const expected = "false, until the stack serves: the tasks would wait for the second zone";
    report(["database", "multiAz"], true, expected);
  }
  const { active } = database.logins;
  if (active !== "owner" && !serving) {
    // A replica has the logins with the other region's passwords; a promotion sets only the owner's.
    report(["database", "logins", "active"], active, "owner, until the stack serves");
  }
  if (!database.applyImmediately) {
    const expected = `true, ${because}: its standby would wait for the maintenance window`;
    report(["database", "applyImmediately"], false, expected);
  }
}
