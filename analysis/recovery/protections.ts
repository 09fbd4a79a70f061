/** What protects a data store, by what has happened. */
import { START_WINDOW } from "../../facts/backup";
import { DEFAULT_BACKUP_SCHEDULE } from "../../facts/schedules";
import { dailyWindows, weeklyWindow, type Window } from "../../facts/time-windows";
import { type Caller, callerOf, compilePolicy, evaluate, type Policy, UNKNOWN } from "../iam";
import { longestGap } from "./backup-gaps";
import { copyRegions, recoveryRegions } from "./copy-regions";
import type { Scenario } from "./data-stores";
import {
  number,
  records,
  text,
  value,
  type RecoveryResource,
  type RecoveryStack,
} from "./resources";
import { hasPilotLight } from "./stand-in";
import {
  boundOf,
  databaseRestore,
  RECOVERY_UP,
  DETECT,
  RESERVE,
  steps,
  TAKE_OVER,
  whenRecordsChange,
  type Step,
} from "./steps";

/** What a recovery point rests on, for the watch over it (promises.ts). */
export type ProtectionKind =
  | "replica"
  | "copied backups"
  | "point in time"
  | "backup"
  | "backup copy"
  | "replication"
  | "versions";

/** One thing that survives. */
export interface Protection {
  readonly kind: ProtectionKind;
  /** What it is, in a few words. */
  readonly source: string;
  /** The resource that provides it. */
  readonly urn: string;
  /** Of a replication: index of the rule in `rules`. */
  readonly rule?: number;
  /** Oldest that the surviving data can be. */
  readonly lossMinutes: number;
  /** The way back. */
  readonly steps: readonly Step[];
}

/** A backup of AWS Backup as the plan makes it. */
interface PlannedBackup {
  readonly urn: string;
  /** Longest time between two that succeed, in minutes. */
  readonly everyMinutes: number;
  readonly startWindowMinutes: number;
  /** The copy in another region, if there is one. */
  readonly copy?: { readonly region: string; readonly guarded: boolean };
}

/** What is left of a database. */
export function databaseProtections(
  stack: RecoveryStack,
  database: RecoveryResource,
  scenario: Scenario,
): Protection[] {
  const inPlace = (...before: readonly string[]) => [
    ...steps(stack, ...before),
    databaseRestore(stack, database),
    ...steps(stack, "rename", "verify"),
  ];
  const keepsBackups = (number(database, "backupRetentionPeriod") ?? 0) > 0;
  const found: Protection[] = [];
  // The word for it alone is none: the region that the other copies are in says where it stands.
  const [region] = recoveryRegions(stack);
  if (scenario === "region lost" && hasPilotLight(stack) && region !== undefined) {
    found.push({
      kind: "replica",
      source: `replica in ${region}`,
      urn: database.urn,
      lossMinutes: boundOf(stack, "replicaLag"),
      steps: wayOfPilotLight(stack),
    });
  }
  if (scenario === "region lost" && keepsBackups) {
    found.push(
      ...automatedReplications(stack, database).map((replication) => ({
        kind: "copied backups" as const,
        source: `automated backups replicated to ${text(replication, "region")}`,
        urn: replication.urn,
        lossMinutes: boundOf(stack, "automatedBackupReplication"),
        steps: wayElsewhere(stack),
      })),
    );
  }
  // Backups that go with their instance are no help against its deletion.
  if (
    scenario === "data deleted or corrupted" &&
    keepsBackups &&
    value(database, "deleteAutomatedBackups") === false
  ) {
    found.push({
      kind: "point in time",
      source: "automated backups, point-in-time",
      urn: database.urn,
      lossMinutes: boundOf(stack, "pointInTime"),
      steps: inPlace("decide"),
    });
  }
  const windows = windowsOf(database);
  const name = `:db:${text(database, "identifier")}`;
  for (const backup of plannedBackups(stack, (arn) => arn.endsWith(name), windows)) {
    const way =
      scenario === "region lost"
        ? wayElsewhere(stack, "importIntoStack")
        : inPlace(...fromVault(scenario));
    found.push(...surviving(stack, backup, scenario, way));
  }
  return found;
}

/**
 * What is done before a store is restored from the vault at home, as docs/runbooks/database-restore.md has it. With
 * compromised credentials that vault is empty: access is locked first, and a copy is brought home. The state follows while
 * users work.
 */
function fromVault(scenario: Scenario): string[] {
  const before =
    scenario === "compromised credentials" ? ["lockOut", "chooseBackup", "copyHome"] : ["decide"];
  return [...before, "chooseBackup", "restoreMetadata"];
}

/**
 * When AWS Backup starts no backup of a database: its maintenance and, where it has automated backups, the window of
 * those. Source: AWS Backup Developer Guide, "Troubleshoot creating resources".
 */
function windowsOf(database: RecoveryResource): Window[] {
  const maintenance = text(database, "maintenanceWindow");
  const backups = text(database, "backupWindow");
  const keepsBackups = (number(database, "backupRetentionPeriod") ?? 0) > 0;
  return [
    ...(maintenance === undefined ? [] : [weeklyWindow(maintenance)]),
    ...(backups === undefined || !keepsBackups ? [] : dailyWindows(backups)),
  ];
}

/**
 * The way back in another region: the stack is made again there, and a store of any kind is back when
 * what serves it is.
 */
function wayElsewhere(stack: RecoveryStack, ...more: readonly string[]): Step[] {
  const way = [
    DETECT,
    "decide",
    "prepareStack",
    RECOVERY_UP,
    RESERVE,
    ...more,
    "recordAnswers",
    "verify",
  ];
  return whenRecordsChange(stack, steps(stack, ...way));
}

/** The way back where the other region's stack stands: nothing is created, and no record is changed. */
function wayOfPilotLight(stack: RecoveryStack, ...more: readonly string[]): Step[] {
  const before = [DETECT, "decide", "prepareStack", TAKE_OVER, RESERVE];
  return steps(stack, ...before, ...more, "recordAnswers", "verify");
}

/** The way back of a bucket in the other region, whose stack stands there or is made. */
function wayOfBucket(stack: RecoveryStack, ...more: readonly string[]): Step[] {
  return hasPilotLight(stack) ? wayOfPilotLight(stack, ...more) : wayElsewhere(stack, ...more);
}

/** What is left of a bucket. */
export function bucketProtections(
  stack: RecoveryStack,
  bucket: RecoveryResource,
  scenario: Scenario,
): Protection[] {
  const found: Protection[] = [];
  if (scenario === "region lost") {
    found.push(...replications(stack, bucket));
  }
  if (scenario === "data deleted or corrupted") {
    found.push(
      ...stack
        .leadingTo(bucket, "aws:s3/bucketVersioning:BucketVersioning", "bucket")
        .filter((versioning) => statusOf(versioning, "versioningConfiguration") === "Enabled")
        .filter(() => keepsVersions(stack, bucket))
        .map(({ urn }) => ({
          kind: "versions" as const,
          source: "versions",
          urn,
          lossMinutes: 0,
          steps: steps(stack, "decide", "bucketVersionRestore", "verify"),
        })),
    );
  }
  const name = `:::${text(bucket, "bucket")}`;
  for (const backup of plannedBackups(stack, (arn) => arn.endsWith(name), [])) {
    const way =
      scenario === "region lost"
        ? wayOfBucket(stack, "bucketBackupRestore")
        : steps(stack, ...fromVault(scenario), "bucketBackupRestore", "verify");
    found.push(...surviving(stack, backup, scenario, way));
  }
  return found;
}

/** Days that pass at most until lost data is noticed: as long as the database's point-in-time recovery. */
const DAYS_TO_NOTICE = 7;

/** Whether versions that were replaced or deleted stay long enough to be missed. */
const keepsVersions = (stack: RecoveryStack, bucket: RecoveryResource): boolean =>
  (versionDays(stack, bucket) ?? Infinity) >= DAYS_TO_NOTICE;

/** Days for which a bucket keeps versions that were replaced or deleted; undefined if it keeps them without end. */
export function versionDays(stack: RecoveryStack, bucket: RecoveryResource): number | undefined {
  const type = "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration";
  const days = stack
    .leadingTo(bucket, type, "bucket")
    .flatMap((lifecycle) => records(value(lifecycle, "rules")))
    .filter((rule) => rule["status"] === "Enabled")
    .map(
      (rule) =>
        (rule["noncurrentVersionExpiration"] as Record<string, unknown> | undefined)?.[
          "noncurrentDays"
        ],
    )
    .filter((one) => typeof one === "number");
  return days.length === 0 ? undefined : Math.min(...days);
}

/** A lost region takes its vault along; compromised credentials reach all but guarded copies elsewhere. */
function surviving(
  stack: RecoveryStack,
  backup: PlannedBackup,
  scenario: Scenario,
  way: readonly Step[],
): Protection[] {
  const local = backup.everyMinutes + backup.startWindowMinutes + boundOf(stack, "backupJob");
  if (scenario === "data deleted or corrupted") {
    return [
      { kind: "backup", source: "AWS Backup", urn: backup.urn, lossMinutes: local, steps: way },
    ];
  }
  if (
    backup.copy === undefined ||
    (scenario === "compromised credentials" && !backup.copy.guarded)
  ) {
    return [];
  }
  return [
    {
      kind: "backup copy",
      source: `copies of AWS Backup in ${backup.copy.region}`,
      urn: backup.urn,
      lossMinutes: local + boundOf(stack, "copyJob"),
      steps: way,
    },
  ];
}

function automatedReplications(
  stack: RecoveryStack,
  database: RecoveryResource,
): readonly RecoveryResource[] {
  const name = `:db:${text(database, "identifier")}`;
  return stack
    .ofType("aws:rds/instanceAutomatedBackupsReplication:InstanceAutomatedBackupsReplication")
    .filter(
      (replication) =>
        text(replication, "sourceDbInstanceArn")?.endsWith(name) &&
        text(replication, "region") !== undefined,
    );
}

/** Copies in a region that has none of the database's are no help: the platform is not created again there. */
function replications(stack: RecoveryStack, bucket: RecoveryResource): Protection[] {
  const elsewhere = copyRegions(stack);
  const type = "aws:s3/bucketReplicationConfig:BucketReplicationConfig";
  return stack.leadingTo(bucket, type, "bucket").flatMap((config) =>
    copyRules(stack, config).flatMap(({ index, copy, isNamed, timed, lossMinutes }) => {
      if (copy === undefined && isNamed) {
        stack.leadsOut(config, `rules[${index}].destination.bucket`);
      }
      const region = copy && text(copy, "region");
      if (region === undefined || (elsewhere.length > 0 && !elsewhere.includes(region))) {
        return [];
      }
      return [
        {
          kind: "replication" as const,
          source: `replication to ${region}${timed ? "" : " without time control"}`,
          ...{ urn: config.urn, rule: index, lossMinutes, steps: wayOfBucket(stack) },
        },
      ];
    }),
  );
}

/** An enabled rule of a replication, for all objects of its bucket. */
export interface CopyRule {
  /** Index in `rules`. */
  readonly index: number;
  readonly id: unknown;
  /** The bucket that it copies to, where that is the stack's. */
  readonly copy: RecoveryResource | undefined;
  /** Whether the destination is known. */
  readonly isNamed: boolean;
  /** Whether it has replication time control. */
  readonly timed: boolean;
  /** Whether S3 publishes its metrics. */
  readonly measured: boolean;
  /** Oldest that the copy can be. */
  readonly lossMinutes: number;
}

export function copyRules(stack: RecoveryStack, config: RecoveryResource): CopyRule[] {
  return records(value(config, "rules")).flatMap((rule, index) => {
    if (rule["status"] !== "Enabled" || leavesOut(rule)) return [];
    const destination = (rule["destination"] ?? {}) as Record<string, unknown>;
    const isOn = (block: string) =>
      (destination[block] as Record<string, unknown> | undefined)?.["status"] === "Enabled";
    const timed = isOn("replicationTime");
    const step = timed ? "bucketReplication" : "bucketReplicationWithoutTimeControl";
    return [
      {
        ...{ index, id: rule["id"], timed, measured: isOn("metrics") },
        copy: bucketByArn(stack, destination["bucket"]),
        isNamed: typeof destination["bucket"] === "string",
        lossMinutes: boundOf(stack, step),
      },
    ];
  });
}

/** Whether a replication rule is for some objects only. Source: S3 API Reference, ReplicationRuleFilter; an empty prefix is all. */
function leavesOut(rule: Record<string, unknown>): boolean {
  const filter = (rule["filter"] ?? {}) as Record<string, unknown>;
  const both = (filter["and"] ?? {}) as Record<string, unknown>;
  const prefixes = [rule["prefix"], filter["prefix"], both["prefix"]];
  return (
    prefixes.some((prefix) => prefix !== undefined && prefix !== "") ||
    filter["tag"] !== undefined ||
    Object.keys((both["tags"] as object | undefined) ?? {}).length > 0
  );
}

/** The bucket of the stack that an ARN names. */
function bucketByArn(stack: RecoveryStack, arn: unknown): RecoveryResource | undefined {
  if (typeof arn !== "string") {
    return undefined;
  }
  const name = arn.split(":::").at(-1);
  return stack.ofType("aws:s3/bucket:Bucket").find((one) => text(one, "bucket") === name);
}

const PLAN = "aws:backup/plan:Plan";

/** The plans that select a resource, with what each makes of it. */
function plannedBackups(
  stack: RecoveryStack,
  matches: (arn: string) => boolean,
  windows: readonly Window[],
): PlannedBackup[] {
  const selections = stack.ofType("aws:backup/selection:Selection").filter((selection) => {
    const arns = value(selection, "resources");
    return Array.isArray(arns) && arns.some((arn) => typeof arn === "string" && matches(arn));
  });
  const all = stack.ofType(PLAN);
  return all.flatMap((plan) => {
    const selected = selections.some((selection) => {
      const plans = stack.madeOf(selection, "planId", PLAN);
      return plans.length > 0
        ? plans.includes(plan)
        : text(selection, "planId") !== undefined && all.length === 1;
    });
    return selected ? plannedOf(stack, plan, windows) : [];
  });
}

function plannedOf(
  stack: RecoveryStack,
  plan: RecoveryResource,
  windows: readonly Window[],
): PlannedBackup[] {
  return records(value(plan, "rules")).flatMap((rule) => {
    const { schedule = DEFAULT_BACKUP_SCHEDULE, scheduleExpressionTimezone: timeZone } = rule;
    const everyMinutes =
      typeof schedule === "string" && (timeZone === undefined || typeof timeZone === "string")
        ? longestGap({ schedule, timeZone }, windows, boundOf(stack, "maintenanceLead"))
        : undefined;
    if (everyMinutes === undefined) {
      return [];
    }
    const startWindow = rule["startWindow"];
    return [
      {
        urn: plan.urn,
        everyMinutes,
        startWindowMinutes: typeof startWindow === "number" ? startWindow : START_WINDOW.default,
        copy: copyOf(stack, rule),
      },
    ];
  });
}

function copyOf(stack: RecoveryStack, rule: Record<string, unknown>): PlannedBackup["copy"] {
  for (const action of records(rule["copyActions"])) {
    const arn = action["destinationVaultArn"];
    const [, , , region, , , name] = typeof arn === "string" ? arn.split(":") : [];
    const vault = stack
      .ofType("aws:backup/vault:Vault")
      .find((one) => text(one, "name") === name && text(one, "region") === region);
    if (region !== undefined && vault !== undefined) {
      return { region, guarded: isGuarded(stack, vault) };
    }
  }
  return undefined;
}

/** Whether a policy denies everybody of the vault's account, its administrators included, to delete what is in it. */
function isGuarded(stack: RecoveryStack, vault: RecoveryResource): boolean {
  const type = "aws:backup/vaultPolicy:VaultPolicy";
  return stack.leadingTo(vault, type, "backupVaultName").some((resource) => {
    // What is not known yet says nothing; what AWS would refuse guards nothing.
    const policy = compilePolicy(value(resource, "policy") ?? UNKNOWN, "resource");
    return ADMINISTRATORS.every((caller) => isDenied(caller, policy));
  });
}

/** Recovery points are resources of many services, such as a snapshot: only `*` is each of them. */
const ANY_POINT = "*";
const OWN_ACCOUNT = "000000000000";
const ADMINISTRATORS = [
  callerOf(`arn:aws:iam::${OWN_ACCOUNT}:root`)!,
  callerOf(`arn:aws:iam::${OWN_ACCOUNT}:role/administrator`)!,
  callerOf(`arn:aws:iam::${OWN_ACCOUNT}:user/administrator`)!,
];
const EVERYTHING = compilePolicy(
  { Version: "2012-10-17", Statement: { Effect: "Allow", Action: "*", Resource: "*" } },
  "identity",
);

/** Whether a caller who may do everything else cannot delete any recovery point, with any request. */
function isDenied(caller: Caller, policy: Policy): boolean {
  const { verdict } = evaluate(
    {
      caller,
      action: "backup:DeleteRecoveryPoint",
      resource: ANY_POINT,
      resourceAccount: OWN_ACCOUNT,
      openContext: true,
    },
    { identity: [EVERYTHING], resource: policy },
  );
  return verdict === "denied";
}

function statusOf(resource: RecoveryResource, property: string): unknown {
  return (value(resource, property) as Record<string, unknown> | undefined)?.["status"];
}
