import assert from "node:assert/strict";

import { backupRules, hoursBetween } from "../../../policy-pack/rules/backup";
import { databaseRules } from "../../../policy-pack/rules/database";
import { companionRows, documentOf, ruleOf } from "../rows";
import { ruleTable, type Sample, UNKNOWN_LIST, UNKNOWN_TEXT } from "../support";

const VAULT = "aws:backup/vault:Vault";
const LOCK = "aws:backup/vaultLockConfiguration:VaultLockConfiguration";
const type = "aws:backup/plan:Plan";
const SELECTION = "aws:backup/selection:Selection";
const DATABASE = "aws:rds/instance:Instance";
const REPLICATION =
  "aws:rds/instanceAutomatedBackupsReplication:InstanceAutomatedBackupsReplication";
const rule = (id: string) => ruleOf(backupRules, id);
const otherType = { otherType: "a selection", type: SELECTION };
const others = { otherType: "a role", resources: [{ type: "aws:iam/role:Role" }] };
const vault: Sample = { type: VAULT, name: "vault" };
const plan = (...rules: Record<string, unknown>[]) => ({ type, props: { rules } });

describe("policy pack: backups", () => {
  ruleTable(rule("backup-vault-lock"), [
    ...companionRows(vault, LOCK, "backupVaultName", { minRetentionDays: 7 }),
    { compliant: "staging", stack: "staging", resources: [vault] },
    {
      violating: "a day",
      resources: [
        vault,
        {
          type: LOCK,
          props: { backupVaultName: UNKNOWN_TEXT, minRetentionDays: 1 },
          references: { backupVaultName: ["vault"] },
        },
      ],
      says: /minRetentionDays is 1; set it to 7 at least/,
    },
  ]);

  const lifecycle = { deleteAfter: 14 };
  ruleTable(rule("backup-plan-frequency-retention"), [
    { compliant: "every two hours", ...plan({ schedule: "cron(0 0/2 * * ? *)", lifecycle }) },
    { compliant: "daily, as AWS Backup has it where no schedule is named", ...plan({ lifecycle }) },
    { compliant: "continuous", ...plan({ enableContinuousBackup: true, lifecycle }) },
    { compliant: "kept for ever", ...plan({ schedule: "cron(0 5 * * ? *)" }) },
    {
      violating: "every week",
      ...plan({ schedule: "cron(0 5 ? * SUN *)", lifecycle }),
      says: /no rule has a schedule of at least every 24 hours; add one/,
    },
    {
      violating: "every weekday",
      ...plan({ schedule: "cron(0 5 ? * MON-FRI *)", lifecycle }),
      says: /no rule has a schedule of at least every 24 hours; add one/,
    },
    {
      violating: "at a rate, which AWS Backup does not accept",
      ...plan({ schedule: "rate(12 hours)", lifecycle }),
      says: /no rule has a schedule of at least every 24 hours; add one/,
    },
    {
      violating: "for three days",
      ...plan({ schedule: "cron(0 5 * * ? *)", lifecycle: { deleteAfter: 3 } }),
      says: /deleteAfter keeps nothing for 7 days/,
    },
    {
      violating: "for less than the setting",
      ...plan({ schedule: "cron(0 5 * * ? *)", lifecycle }),
      config: { minimumDays: 35 },
      says: /keeps nothing for 35 days/,
    },
    {
      violating: "copies for three days",
      ...plan({ schedule: "cron(0 5 * * ? *)", copyActions: [{ lifecycle: { deleteAfter: 3 } }] }),
      says: /copyActions\[\]\.lifecycle\.deleteAfter keeps nothing for 7 days/,
    },
    { unknown: "schedule", ...plan({ schedule: UNKNOWN_TEXT, lifecycle }) },
    {
      unknown: "how long copies are kept",
      ...plan({
        schedule: "cron(0 5 * * ? *)",
        copyActions: [{ lifecycle: { deleteAfter: UNKNOWN_TEXT } }],
      }),
    },
    { unknown: "rules", type, props: { rules: UNKNOWN_LIST } },
    otherType,
  ]);

  const TEST = "aws:backup/restoreTestingPlan:RestoreTestingPlan";
  const tested = (scheduleExpression: string, name = "crm_database") => [
    { ...plan({}), name: "plan" },
    { type: TEST, name: "subject", props: { name: "crm_database", scheduleExpression } },
    {
      type: "aws:backup/restoreTestingSelection:RestoreTestingSelection",
      props: { restoreTestingPlanName: name },
    },
  ];
  ruleTable(rule("backup-restore-tested"), [
    { compliant: "on the first of each month", resources: tested("cron(0 8 1 * ? *)") },
    { compliant: "every Sunday", resources: tested("cron(0 8 ? * SUN *)") },
    { compliant: "on the last weekday", resources: tested("cron(0 8 LW * ? *)") },
    { compliant: "on its second Monday", resources: tested("cron(0 8 ? * MON#2 *)") },
    {
      violating: "at a rate, which AWS Backup does not accept",
      resources: tested("rate(7 days)"),
      says: /set a schedule that runs every month/,
    },
    {
      violating: "until a year",
      resources: tested("cron(0 8 1 * ? 2024-2026)"),
      says: /set a schedule that runs every month/,
    },
    { compliant: "staging", stack: "staging", resources: [plan({})] },
    {
      compliant: "a database that was restored itself",
      resources: [plan({}), { type: DATABASE, props: { restoreToPointInTime: {} } }],
    },
    { violating: "never", resources: [plan({})], says: /add a RestoreTestingPlan/ },
    {
      violating: "in January",
      resources: tested("cron(0 8 1 1 ? *)"),
      says: /scheduleExpression is "cron\(0 8 1 1 \? \*\)"; set a schedule that runs every month/,
    },
    {
      violating: "on the 31st",
      resources: tested("cron(0 8 31 * ? *)"),
      says: /set a schedule that runs every month/,
    },
    {
      violating: "nothing",
      resources: tested("cron(0 8 1 * ? *)", "others"),
      says: /add a RestoreTestingSelection/,
    },
    { unknown: "when", resources: tested(UNKNOWN_TEXT) },
    { unknown: "what", resources: tested("cron(0 8 1 * ? *)", UNKNOWN_TEXT) },
    others,
  ]);

  ruleTable(ruleOf(databaseRules, "rds-replicated-backup-retention"), [
    { compliant: "a week", type: REPLICATION, props: { retentionPeriod: 7 } },
    { compliant: "as RDS does by itself", type: REPLICATION },
    {
      violating: "a day",
      type: REPLICATION,
      props: { retentionPeriod: 1 },
      says: /retentionPeriod is 1; set it to 7 at least/,
    },
    {
      violating: "less than the setting",
      type: REPLICATION,
      config: { minimumDays: 14 },
      says: /set it to 14 at least/,
    },
    { unknown: "days", type: REPLICATION, props: { retentionPeriod: UNKNOWN_TEXT } },
    { otherType: "a database", type: DATABASE },
  ]);

  const copy = (destinationVaultArn: string) => plan({ copyActions: [{ destinationVaultArn }] });
  const provider = { region: "us-east-1" };
  ruleTable(rule("backup-cross-region-copy"), [
    {
      compliant: "to another region",
      ...copy("arn:aws:backup:us-west-2:123456789012:backup-vault:x"),
      provider,
    },
    { compliant: "staging", stack: "staging", ...plan({}) },
    {
      violating: "to the same region",
      ...copy("arn:aws:backup:us-east-1:123456789012:backup-vault:x"),
      provider,
      says: /no rule copies to another region/,
    },
    { violating: "not at all", ...plan({}), provider, says: /add copyActions/ },
    { unknown: "vault", ...copy(UNKNOWN_TEXT), provider },
    otherType,
  ]);

  const database: Sample = { type: DATABASE, name: "db", props: { identifier: "crm-postgresql" } };
  const selection = (props: Record<string, unknown>): Sample => ({ type: SELECTION, props });
  const bucket: Sample = {
    type: "aws:s3/bucketV2:BucketV2",
    props: { bucket: "crm-user-uploads-prod" },
  };
  const replicatedTo = (destination: string, status = "Enabled") => ({
    type: "aws:s3/bucketReplicationConfig:BucketReplicationConfig",
    props: { bucket: "crm-others", rules: [{ status, destination: { bucket: destination } }] },
  });
  ruleTable(
    rule("backup-covers-stateful"),
    [
      {
        compliant: "named",
        resources: [
          database,
          bucket,
          selection({
            resources: [
              "arn:aws:rds:us-east-1:123456789012:db:crm-postgresql",
              "arn:aws:s3:::crm-user-uploads-prod",
            ],
          }),
        ],
      },
      {
        compliant: "not known yet, by reference",
        resources: [
          database,
          { ...selection({ resources: [UNKNOWN_TEXT] }), references: { resources: ["db"] } },
        ],
      },
      { compliant: "everything", resources: [database, selection({ resources: ["*"] })] },
      {
        compliant: "all databases",
        resources: [database, selection({ resources: ["arn:aws:rds:*:*:db:*"] })],
      },
      {
        compliant: "a replica",
        resources: [{ type: DATABASE, props: { replicateSourceDb: "crm-postgresql" } }],
      },
      { compliant: "staging", stack: "staging", resources: [database] },
      { violating: "no plan", resources: [database], says: /no Selection/ },
      {
        violating: "another database",
        resources: [
          database,
          selection({ resources: ["arn:aws:rds:us-east-1:123456789012:db:other"] }),
        ],
        says: /names its ARN; add it/,
      },
      { violating: "a bucket", resources: [bucket], says: /no Selection/ },
      { unknown: "tags", resources: [database, selection({ selectionTags: [{ key: "Backup" }] })] },
      { unknown: "resources", resources: [database, selection({ resources: UNKNOWN_LIST })] },
      {
        unknown: "the database's name",
        resources: [
          { ...database, props: { identifier: UNKNOWN_TEXT } },
          selection({ resources: ["arn:aws:rds:us-east-1:123456789012:db:crm-postgresql"] }),
        ],
      },
      {
        compliant: "a copy, by name",
        resources: [bucket, replicatedTo("arn:aws:s3:::crm-user-uploads-prod")],
      },
      {
        violating: "the destination of a disabled rule",
        resources: [bucket, replicatedTo("arn:aws:s3:::crm-user-uploads-prod", "Disabled")],
        says: /no Selection/,
      },
      {
        compliant: "a copy, by reference",
        resources: [
          { ...bucket, name: "copy" },
          { ...replicatedTo(UNKNOWN_TEXT), references: { rules: ["copy"] } },
        ],
      },
      { unknown: "what is a copy", resources: [bucket, replicatedTo(UNKNOWN_TEXT)] },
      others,
    ],
    { buckets: ["user-uploads"] },
  );

  const denies = documentOf({
    Effect: "Deny",
    Principal: "*",
    Action: "backup:Delete*",
    Resource: "*",
  });
  const guard = (policy: string): Sample[] => [
    {
      type: "aws:backup/vaultPolicy:VaultPolicy",
      props: { backupVaultName: UNKNOWN_TEXT, policy },
      references: { backupVaultName: ["vault"] },
    },
    {
      type: "aws:backup/vaultNotifications:VaultNotifications",
      props: { backupVaultName: UNKNOWN_TEXT },
      references: { backupVaultName: ["vault"] },
    },
  ];
  const home: Sample = {
    type: "pulumi:providers:aws",
    name: "default",
    props: { region: "us-east-1" },
  };
  ruleTable(rule("backup-vault-guarded"), [
    { compliant: "denied and told", resources: [vault, ...guard(denies)] },
    { compliant: "staging", stack: "staging", resources: [vault] },
    {
      compliant: "a vault of copies, by its provider, notifies no topic",
      resources: [home, { ...vault, provider: { region: "us-west-2" } }, guard(denies)[0]!],
    },
    {
      violating: "a vault that names the stack's own region",
      resources: [
        home,
        {
          ...vault,
          props: { ...vault.props, region: "us-east-1" },
          provider: { region: "us-west-2" },
        },
        guard(denies)[0]!,
      ],
      says: /no VaultNotifications/,
    },
    {
      violating: "nothing",
      resources: [vault],
      says: /denies backup:DeleteRecoveryPoint[^]*no VaultNotifications/,
    },
    {
      violating: "something else is denied",
      resources: [vault, ...guard(denies.replace("Delete*", "Start*"))],
      says: /none of its VaultPolicies denies/,
    },
    { unknown: "document", resources: [vault, ...guard(UNKNOWN_TEXT)] },
    others,
  ]);

  it("reads schedules", () => {
    const hours = {
      "cron(0/30 * * * ? *)": 0.5,
      "cron(0 * * * ? *)": 1,
      "cron(0 0/6 * * ? *)": 6,
      "cron(0 5,17 * * ? *)": 12,
      "cron(30 3 * * ? *)": 24,
      "cron(0 1/5 * * ? *)": 5,
      "cron(0 5 ? * SUN *)": 7 * 24,
      "cron(0 5 1 * ? *)": 31 * 24,
      "cron(0 5 * * ? 2026)": Number.POSITIVE_INFINITY,
      "cron(0 5 0 * ? *)": Number.POSITIVE_INFINITY,
      "rate(12 hours)": Number.POSITIVE_INFINITY,
      nonsense: Number.POSITIVE_INFINITY,
    };
    for (const [schedule, expected] of Object.entries(hours)) {
      assert.equal(hoursBetween(schedule), expected, schedule);
    }
  });
});
