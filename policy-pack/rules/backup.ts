/** AWS Backup: locked vaults, plans that run often enough, and every data store in a plan. */
import type { Node, StackGraph } from "../../analysis/graph";
import { placed, regionOf } from "../../analysis/plan/regions";
import { items, read, UNKNOWN } from "../../analysis/properties";
import { longestGap, runsEveryMonth } from "../../facts/schedule-runs";
import { DEFAULT_BACKUP_SCHEDULE, parseSchedule } from "../../facts/schedules";
import { expect, type Report, resourceRule, type Rule, stackRule } from "../define";
import { statementsOf } from "../document-rules";
import { coversAction } from "../documents";
import {
  companions,
  fits,
  homeOf,
  inStacks,
  isBucketCopy,
  isSet,
  isUnnamed,
  itemPaths,
  nameOf,
} from "../relations";

const GUIDE = "https://docs.aws.amazon.com/aws-backup/latest/devguide";
const VAULT = "aws:backup/vault:Vault";
const LOCK = "aws:backup/vaultLockConfiguration:VaultLockConfiguration";
const PLAN = "aws:backup/plan:Plan";
const SELECTION = "aws:backup/selection:Selection";

interface StacksSetting {
  /** Regular expressions for the stacks that need it. */
  readonly stacks: string[];
}

interface LockSetting extends StacksSetting {
  readonly minimumDays: number;
}

const vaultLock = stackRule<LockSetting>({
  id: "backup-vault-lock",
  description:
    "In production, a vault lock prevents the deletion of backups before their retention ends.",
  severity: "medium",
  remediation: "Add a VaultLockConfiguration with minRetentionDays.",
  url: `${GUIDE}/vault-lock.html`,
  defaults: { minimumDays: 7, stacks: ["^production$"] },
  check(graph, reportOn, { minimumDays, stacks }) {
    for (const vault of inStacks(stacks) ? graph.ofType(VAULT) : []) {
      const report = reportOn(vault);
      const locks = companions(graph, vault, LOCK, "backupVaultName", report);
      if (locks?.length === 0) {
        report.violation("no VaultLockConfiguration has it as its backupVaultName; add one.");
      }
      for (const lock of locks ?? []) {
        expect(
          lock,
          report,
          "minRetentionDays",
          (days) => typeof days === "number" && days >= minimumDays,
          `set it to ${minimumDays} at least`,
        );
      }
    }
  },
});

interface PlanSetting {
  /** Longest time between two backups, in hours. */
  readonly maximumHours: number;
  /** Fewest days that a rule of the plan keeps backups. */
  readonly minimumDays: number;
}

const frequency = resourceRule<PlanSetting>({
  id: "backup-plan-frequency-retention",
  description:
    "A plan makes a backup every day and keeps backups for a week. The public controls require 35 days: raise the rule's setting to require that. Longer retention is the data owner's decision.",
  severity: "medium",
  remediation: "Give the plan a rule with a daily schedule and lifecycle.deleteAfter.",
  url: `${GUIDE}/creating-a-backup-plan.html`,
  defaults: { maximumHours: 24, minimumDays: 7 },
  types: [PLAN],
  check(subject, report, { maximumHours, minimumDays }) {
    const rules = itemPaths(subject.properties, "rules", report).map((path) => ({
      path,
      hours: hoursBetween(read(subject.properties, `${path}.schedule`)),
      continuous: read(subject.properties, `${path}.enableContinuousBackup`) === true,
      days: read(subject.properties, `${path}.lifecycle.deleteAfter`),
    }));
    if (read(subject.properties, "rules") === UNKNOWN) {
      return;
    }
    const often = rules.map(({ hours, continuous }) =>
      hours === UNKNOWN ? UNKNOWN : continuous || Number(hours) <= maximumHours,
    );
    if (!often.includes(true)) {
      if (often.includes(UNKNOWN)) {
        report.undecided("rules[].schedule");
      } else {
        report.violation(
          `no rule has a schedule of at least every ${maximumHours} hours; add one.`,
        );
      }
    }
    keptFor(
      rules.map(({ days }) => days),
      minimumDays,
      "rules[].lifecycle.deleteAfter",
      report,
    );
    const copies = rules.flatMap(({ path }) =>
      itemPaths(subject.properties, `${path}.copyActions`, report).map((copy) =>
        read(subject.properties, `${copy}.lifecycle.deleteAfter`),
      ),
    );
    if (copies.length > 0) {
      keptFor(copies, minimumDays, "rules[].copyActions[].lifecycle.deleteAfter", report);
    }
  },
});

/** Requires that one of several backups is kept for at least so many days; one without an end never expires. */
function keptFor(
  days: readonly unknown[],
  minimumDays: number,
  property: string,
  report: Report,
): void {
  const long = days.map((given) =>
    given === UNKNOWN ? UNKNOWN : given === undefined || Number(given) >= minimumDays,
  );
  if (long.includes(true)) {
    return;
  }
  if (long.includes(UNKNOWN)) {
    report.undecided(property);
  } else {
    report.violation(`${property} keeps nothing for ${minimumDays} days; raise it.`);
  }
}

const TESTING_PLAN = "aws:backup/restoreTestingPlan:RestoreTestingPlan";
const TESTING_SELECTION = "aws:backup/restoreTestingSelection:RestoreTestingSelection";

/** Properties of a database that was restored: creating it tested the restore. */
export const RESTORED = ["restoreToPointInTime", "snapshotIdentifier"];

const restoresTested = stackRule<StacksSetting>({
  id: "backup-restore-tested",
  description: "In production, a scheduled restore test runs every month.",
  severity: "medium",
  remediation:
    "Add a RestoreTestingPlan with a monthly schedule, and a RestoreTestingSelection for it.",
  url: `${GUIDE}/restore-testing.html`,
  defaults: { stacks: ["^production$"] },
  check(graph, reportOn, { stacks }) {
    const restored = graph
      .ofType("aws:rds/instance:Instance")
      .some(({ properties }) => RESTORED.some((property) => isSet(properties, property)));
    if (!inStacks(stacks) || restored) {
      return;
    }
    const tests = graph.ofType(TESTING_PLAN);
    for (const plan of tests.length === 0 ? graph.ofType(PLAN) : []) {
      reportOn(plan).violation("no restore test is planned; add a RestoreTestingPlan.");
    }
    for (const test of tests) {
      const report = reportOn(test);
      const selections = companions(
        graph,
        test,
        TESTING_SELECTION,
        "restoreTestingPlanName",
        report,
      );
      if (selections?.length === 0) {
        report.violation("it selects nothing; add a RestoreTestingSelection.");
      }
      expect(
        test,
        report,
        "scheduleExpression",
        comesMonthly,
        "set a schedule that runs every month",
      );
    }
  },
});

/** Whether AWS Backup accepts a schedule and it runs in every month. */
function comesMonthly(text: unknown): boolean {
  const { schedule } = parseSchedule(String(text), "backup");
  return schedule !== undefined && runsEveryMonth(schedule);
}

/** Hours between two starts of a schedule, at most; infinite for one that ends or that AWS Backup does not accept. */
export function hoursBetween(given: unknown = DEFAULT_BACKUP_SCHEDULE): number | typeof UNKNOWN {
  if (given === UNKNOWN) {
    return UNKNOWN;
  }
  const text = typeof given === "string" ? given : "";
  const { schedule } = parseSchedule(text, "backup");
  const gap = schedule && longestGap(schedule);
  return gap === undefined ? Number.POSITIVE_INFINITY : gap / 60;
}

const regionCopy = resourceRule<StacksSetting>({
  id: "backup-cross-region-copy",
  description: "In production, backups are copied to another region.",
  severity: "medium",
  remediation: "Give a rule of the plan copyActions to a vault of another region.",
  url: `${GUIDE}/cross-region-backup.html`,
  defaults: { stacks: ["^production$"] },
  types: [PLAN],
  check(subject, report, { stacks }) {
    if (!inStacks(stacks)) {
      return;
    }
    const home = regionOf(subject);
    const vaults = itemPaths(subject.properties, "rules", report)
      .flatMap((path) => itemPaths(subject.properties, `${path}.copyActions`, report))
      .map((path) => read(subject.properties, `${path}.destinationVaultArn`));
    const away = vaults.map((arn) =>
      arn === UNKNOWN ? UNKNOWN : String(arn).split(":")[3] !== home,
    );
    if (read(subject.properties, "rules") === UNKNOWN || away.includes(true)) {
      return;
    }
    if (away.includes(UNKNOWN)) {
      report.undecided("rules[].copyActions[].destinationVaultArn");
    } else {
      report.violation("no rule copies to another region; add copyActions.");
    }
  },
});

interface CoverSetting extends StacksSetting {
  /** Regular expressions for names of buckets with data that cannot be recreated. */
  readonly buckets: string[];
}

const coversStateful = stackRule<CoverSetting>({
  id: "backup-covers-stateful",
  description:
    "In production, every database and every bucket with customer data is in a backup plan.",
  severity: "medium",
  remediation: "Name its ARN in the resources of a Selection.",
  url: `${GUIDE}/assigning-resources.html`,
  defaults: { buckets: [], stacks: ["^production$"] },
  check(graph, reportOn, { buckets, stacks }) {
    if (!inStacks(stacks)) {
      return;
    }
    for (const node of graph.ofType("aws:rds/instance:Instance", "aws:rds/cluster:Cluster")) {
      // A replica is backed up through its source.
      if (!isSet(node.properties, "replicateSourceDb")) {
        const kind = node.type.includes("cluster") ? "cluster" : "db";
        const property = kind === "db" ? "identifier" : "clusterIdentifier";
        requireSelection(graph, node, `arn:aws:rds:*:*:${kind}:`, property, reportOn(node));
      }
    }
    for (const bucket of graph.ofType("aws:s3/bucket:Bucket")) {
      const isCopy = fits(nameOf(bucket, "bucket"), buckets) ? isBucketCopy(graph, bucket) : true;
      if (isCopy === UNKNOWN) {
        reportOn(bucket).undecided("the destination of a BucketReplicationConfig");
      } else if (!isCopy) {
        requireSelection(graph, bucket, "arn:aws:s3:::", "bucket", reportOn(bucket));
      }
    }
  },
});

function requireSelection(
  graph: StackGraph,
  node: Node,
  prefix: string,
  property: string,
  report: Report,
): void {
  const selections = graph.ofType(SELECTION);
  // A selection by tags or conditions may match any resource; only AWS can resolve it.
  const byTag = selections.some(({ properties }) =>
    ["selectionTags", "conditions"].some((path) => isSet(properties, path)),
  );
  const name = nameOf(node, property);
  const covered = selections.some((selection) => {
    const given = items(selection.properties["resources"]);
    const referred = (selection.references["resources"] ?? []).includes(node.urn);
    return referred || (given !== UNKNOWN && given.some((arn) => isArnOf(arn, prefix + name)));
  });
  const unknown = selections.some(({ properties, references }) => {
    const given = items(properties["resources"]);
    const vague = given === UNKNOWN || given.includes(UNKNOWN);
    return vague && (references["resources"] ?? []).length === 0;
  });
  if (covered) {
    return;
  }
  if (byTag || unknown || isUnnamed(node)) {
    report.undecided("resources of a Selection");
  } else {
    report.violation("no Selection of a backup plan names its ARN; add it.");
  }
}

/** Whether an ARN, which may hold wildcards, is that of the expected one; `*` of the expected stands for any text. */
function isArnOf(arn: unknown, expected: string): boolean {
  if (typeof arn !== "string") {
    return false;
  }
  const [parts, wanted] = [arn.split(":"), expected.split(":")];
  return (
    arn === "*" ||
    wanted.every((part, index) => part === "*" || coversAction(parts[index] ?? "", part))
  );
}

interface GuardSetting extends StacksSetting {
  /** What the vault's policy must deny to all principals. */
  readonly denied: string[];
}

const vaultGuarded = stackRule<GuardSetting>({
  id: "backup-vault-guarded",
  description: "A vault's policy denies deletions, and a topic receives its failures.",
  severity: "low",
  remediation: "Add a VaultPolicy that denies backup:DeleteRecoveryPoint, and VaultNotifications.",
  url: `${GUIDE}/create-a-vault-access-policy.html`,
  defaults: { denied: ["backup:DeleteRecoveryPoint"], stacks: ["^production$"] },
  check(graph, reportOn, { denied, stacks }) {
    const policy = "aws:backup/vaultPolicy:VaultPolicy";
    const notices = "aws:backup/vaultNotifications:VaultNotifications";
    const home = homeOf(graph);
    for (const vault of inStacks(stacks) ? graph.ofType(VAULT) : []) {
      const report = reportOn(vault);
      const policies = companions(graph, vault, policy, "backupVaultName", report);
      const documents = policies?.map(({ properties }) =>
        statementsOf(properties, "policy", report),
      );
      if (documents !== undefined && !documents.includes(undefined)) {
        const denials = documents
          .flatMap((statements) => statements ?? [])
          .filter(({ effect, principals }) => effect === "Deny" && principals.length > 0)
          .flatMap(({ actions }) => actions);
        for (const action of denied) {
          if (!denials.some((given) => given !== UNKNOWN && coversAction(given, action))) {
            report.violation(`none of its VaultPolicies denies ${action}; add that statement.`);
          }
        }
      }
      const isCopy = placed(vault.properties, regionOf(vault), home)["region"] !== undefined;
      if (!isCopy && companions(graph, vault, notices, "backupVaultName", report)?.length === 0) {
        report.violation("no VaultNotifications has it as its backupVaultName; add them.");
      }
    }
  },
});

export const backupRules: readonly Rule[] = [
  vaultLock,
  frequency,
  restoresTested,
  regionCopy,
  coversStateful,
  vaultGuarded,
];
