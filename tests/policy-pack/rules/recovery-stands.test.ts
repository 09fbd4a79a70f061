/** A stack that takes another's place, and stands before it is needed. */
import { recoveryRules } from "../../../policy-pack/rules/recovery";
import { ruleTable, UNKNOWN_TEXT, type Sample } from "../support";

const [, , , , , standsAlone, , , promises] = recoveryRules;

const database: Sample = { type: "aws:rds/instance:Instance", name: "primary", props: {} };
const reader: Sample = {
  type: "aws:ecs/taskDefinition:TaskDefinition",
  props: { containerDefinitions: "arn:aws:ssm:us-east-1:123456789012:parameter/crm" },
};
const pilotLight: Sample = {
  ...database,
  props: {
    replicateSourceDb: "arn:aws:rds:us-east-1:123456789012:db:crm",
    tags: { StandsIn: "us-west-2" },
  },
};

ruleTable(standsAlone!, [
  { compliant: "a replica of what is lost: it is promoted without it", resources: [pilotLight] },
  {
    violating: "a pilot light that reads a parameter of the lost region",
    resources: [pilotLight, reader],
    says: /it names something in us-east-1/,
  },
  {
    unknown: "whether a stack is a pilot light",
    resources: [{ ...pilotLight, props: { tags: UNKNOWN_TEXT } }, reader],
    passes: true,
  },
  { otherType: "a topic", resources: [{ type: "aws:sns/topic:Topic" }] },
]);

const vault: Sample = {
  type: "aws:backup/vault:Vault",
  name: "copies",
  props: { name: "copies", region: "us-west-2" },
};
const copy: Sample = {
  type: "aws:s3/bucket:Bucket",
  name: "copy",
  props: { bucket: "uploads-copy", region: "us-west-2" },
};
const rule = (id: string, bucket: string) => ({
  ...{ id, status: "Enabled" },
  destination: {
    bucket: `arn:aws:s3:::${bucket}`,
    ...{ metrics: { status: "Enabled" }, replicationTime: { status: "Enabled" } },
  },
});
const replication: Sample = {
  type: "aws:s3/bucketReplicationConfig:BucketReplicationConfig",
  name: "uploads",
  props: { bucket: "uploads", rules: [rule("all", "uploads-copy")] },
};
const late = (props: Record<string, unknown> = {}): Sample => ({
  type: "aws:cloudwatch/metricAlarm:MetricAlarm",
  name: "late",
  props: {
    region: "us-west-2",
    ...{ namespace: "AWS/S3", metricName: "ReplicationLatency" },
    dimensions: { SourceBucket: "uploads", DestinationBucket: "uploads-copy", RuleId: "all" },
    ...{ comparisonOperator: "GreaterThanThreshold", threshold: 300 },
    ...{ period: 300, evaluationPeriods: 2 },
    alarmActions: ["arn:aws:sns:us-west-2:123456789012:alerts"],
    ...props,
  },
});
const copiedBackups: Sample = {
  type: "aws:rds/instanceAutomatedBackupsReplication:InstanceAutomatedBackupsReplication",
  name: "backups",
  props: {
    region: "us-west-2",
    sourceDbInstanceArn: "arn:aws:rds:us-east-1:123456789012:db:crm",
  },
};
const backupAge = (database: string): Sample => ({
  ...late(),
  props: {
    ...late().props,
    ...{ namespace: "CRM", metricName: "NewestBackupAge", treatMissingData: "breaching" },
    ...{ dimensions: { DBInstanceIdentifier: database }, threshold: 1800 },
  },
});
const lag: Sample = {
  type: "aws:cloudwatch/metricAlarm:MetricAlarm",
  name: "lag",
  props: {
    ...{ namespace: "AWS/RDS", metricName: "ReplicaLag", treatMissingData: "breaching" },
    dimensions: { DBInstanceIdentifier: "crm" },
    ...{ comparisonOperator: "GreaterThanThreshold", threshold: 300 },
    ...{ period: 300, evaluationPeriods: 2 },
    alarmActions: ["arn:aws:sns:us-west-2:123456789012:alerts"],
  },
};
/** The same alarm, with other settings. */
const changed = (alarm: Sample, props: Record<string, unknown>): Sample => ({
  ...alarm,
  props: { ...alarm.props, ...props },
});
/** With a threshold that nothing reaches in time, and with periods that end too late. */
const tenDays = (alarm: Sample): Sample => changed(alarm, { threshold: 864_000 });
const slow = (alarm: Sample): Sample => changed(alarm, { period: 86_400 });
const replica: Sample = { ...pilotLight, props: { ...pilotLight.props, identifier: "crm" } };

const held: Sample = {
  ...database,
  props: { identifier: "crm", backupRetentionPeriod: 7, deleteAutomatedBackups: false },
};
const plan: Sample = {
  type: "aws:backup/plan:Plan",
  props: {
    rules: [
      {
        targetVaultName: "vault",
        schedule: "cron(0 1/4 * * ? *)",
        startWindow: 60,
        copyActions: [
          { destinationVaultArn: "arn:aws:backup:us-west-2:123456789012:backup-vault:copies" },
        ],
      },
    ],
  },
};
const selection: Sample = {
  type: "aws:backup/selection:Selection",
  props: { planId: "plan", resources: ["arn:aws:rds:us-east-1:123456789012:db:crm"] },
};
const age = (metricName: string, dimensions: object, threshold: number): Sample => ({
  ...late(),
  name: metricName,
  props: { ...backupAge("crm").props, name: metricName, metricName, dimensions, threshold },
});
const restorable = age("RestorableAge", { DBInstanceIdentifier: "crm" }, 300);
const copyAge = age("NewestCopyAge", { Store: "crm" }, 20_700);
const failedJobs = (detail: Record<string, unknown>): Sample => ({
  type: "aws:cloudwatch/eventRule:EventRule",
  name: "failures",
  props: {
    name: "failures",
    eventPattern: JSON.stringify({
      source: ["aws.backup"],
      "detail-type": ["Backup Job State Change"],
      detail,
    }),
  },
});
const allFailed = failedJobs({ state: ["FAILED", "EXPIRED", "ABORTED"] });
const target: Sample = {
  type: "aws:cloudwatch/eventTarget:EventTarget",
  props: { rule: "failures", arn: "arn:aws:sns:us-east-1:123456789012:alerts" },
};
/** Copies that compromised credentials cannot delete. */
const guard: Sample = {
  type: "aws:backup/vaultPolicy:VaultPolicy",
  props: {
    backupVaultName: "copies",
    policy: JSON.stringify({
      Version: "2012-10-17",
      Statement: {
        ...{ Effect: "Deny", Principal: "*", Resource: "*" },
        Action: "backup:DeleteRecoveryPoint",
      },
    }),
  },
};
const backedUp = [held, vault, plan, selection, restorable];

ruleTable(promises!, [
  {
    compliant: "backups at home, in the vault and in the other region, all watched",
    resources: [...backedUp, guard, copyAge, allFailed, target],
  },
  {
    violating: "point-in-time recovery that nothing watches",
    resources: [held],
    says: /recovery point of crm by automated backups, point-in-time is missed; add an alarm on RestorableAge/,
  },
  {
    violating: "copies of AWS Backup whose age nothing watches",
    resources: [...backedUp, allFailed, target],
    says: /crm by copies of AWS Backup in us-west-2 is missed; .* NewestCopyAge/,
  },
  {
    violating: "backups of AWS Backup without a rule on failed jobs",
    resources: [...backedUp, copyAge],
    says: /crm by AWS Backup is missed; add an EventBridge rule/,
  },
  {
    violating: "a rule that leaves expired jobs out",
    resources: [...backedUp, copyAge, failedJobs({ state: ["FAILED", "ABORTED"] }), target],
    says: /crm by AWS Backup is missed/,
  },
  {
    violating: "a rule on another vault",
    resources: [
      ...backedUp,
      copyAge,
      failedJobs({ state: ["FAILED", "EXPIRED", "ABORTED"], backupVaultName: ["other"] }),
      target,
    ],
    says: /crm by AWS Backup is missed/,
  },
  {
    violating: "a rule without a target",
    resources: [...backedUp, copyAge, allFailed],
    says: /crm by AWS Backup is missed/,
  },
  {
    unknown: "which database an alarm looks at",
    resources: [held, { ...restorable, props: { ...restorable.props, dimensions: UNKNOWN_TEXT } }],
  },
  { compliant: "an alarm where the copies are", resources: [vault, copy, replication, late()] },
  {
    compliant: "copied backups whose age is watched",
    resources: [database, copiedBackups, backupAge("crm")],
  },
  {
    violating: "copied backups whose age nothing watches",
    resources: [database, copiedBackups],
    says: /no alarm in us-west-2 tells when the newest copied backup is late; add one on NewestBackupAge there/,
  },
  {
    violating: "an alarm on another database's backups",
    resources: [database, copiedBackups, backupAge("other")],
    says: /newest copied backup is late/,
  },
  { compliant: "a replica whose lag is watched", resources: [replica, lag] },
  {
    compliant: "a promoted replica",
    resources: [{ ...replica, props: { tags: { StandsIn: "us-west-2" } } }],
  },
  { compliant: "a stack without copies", resources: [database] },
  {
    violating: "copies without an alarm",
    resources: [vault, copy, replication],
    says: /no alarm in us-west-2 tells when copies in uploads-copy are late/,
  },
  {
    violating: "an alarm where the metric is not",
    resources: [vault, copy, replication, late({ region: undefined })],
    says: /no alarm in us-west-2/,
  },
  {
    violating: "an alarm on another bucket's copies",
    resources: [vault, copy, replication, late({ dimensions: { DestinationBucket: "other" } })],
    says: /no alarm in us-west-2/,
  },
  {
    violating: "an alarm without a receiver",
    resources: [vault, copy, replication, late({ alarmActions: [] })],
    says: /no alarm in us-west-2/,
  },
  {
    violating: "a second enabled rule that copies elsewhere",
    resources: [
      ...[vault, copy, late()],
      { ...copy, name: "other", props: { ...copy.props, bucket: "uploads-other" } },
      changed(replication, { rules: [rule("all", "uploads-copy"), rule("more", "uploads-other")] }),
    ],
    says: /no alarm in us-west-2 tells when copies in uploads-other are late/,
  },
  {
    compliant: "a second rule that is disabled",
    resources: [
      ...[vault, copy, late()],
      changed(replication, {
        rules: [{ ...rule("more", "elsewhere"), status: "Disabled" }, rule("all", "uploads-copy")],
      }),
    ],
  },
  {
    violating: "an alarm on another rule of the same buckets",
    resources: [
      vault,
      copy,
      changed(replication, { rules: [rule("new", "uploads-copy")] }),
      late(),
    ],
    says: /copies in uploads-copy are late/,
  },
  {
    violating: "a rule that publishes no metrics",
    resources: [
      ...[vault, copy, late()],
      changed(replication, {
        rules: [
          { ...rule("all", "uploads-copy"), destination: { bucket: "arn:aws:s3:::uploads-copy" } },
        ],
      }),
    ],
    says: /enable the rule's metrics and add one on ReplicationLatency there/,
  },
  {
    compliant: "a day's threshold on a rule without time control",
    resources: [
      ...[vault, copy, changed(late(), { threshold: 3600 })],
      changed(replication, {
        rules: [
          {
            ...rule("all", "uploads-copy"),
            destination: { bucket: "arn:aws:s3:::uploads-copy", metrics: { status: "Enabled" } },
          },
        ],
      }),
    ],
  },
  ...(
    [
      [
        "a replica's lag",
        [replica, slow(lag)],
        /ReplicaLag .* before the data is 14400 seconds old/,
      ],
      ["copies", [vault, copy, replication, slow(late())], /ReplicationLatency there, .* 14400 /],
      ["copied backups", [database, copiedBackups, slow(backupAge("crm"))], / 14400 seconds old/],
      ["point-in-time recovery", [held, slow(restorable)], /RestorableAge .* 14400 seconds old/],
      [
        "the vault",
        [...backedUp, guard, slow(copyAge), allFailed, target],
        /NewestCopyAge .* 21600 /,
      ],
    ] as const
  ).map(([what, resources, says]) => ({
    violating: `an alarm on ${what} whose periods end after the objective`,
    resources,
    says,
  })),
  {
    unknown: "how long an alarm's periods are",
    resources: [replica, changed(lag, { period: UNKNOWN_TEXT })],
  },
  ...(
    [
      ["a replica's lag", [replica, tenDays(lag)], /ReplicaLag with a threshold of at most 300 /],
      ["copies", [vault, copy, replication, tenDays(late())], /ReplicationLatency there, .* 900 /],
      [
        "copied backups",
        [database, copiedBackups, tenDays(backupAge("crm"))],
        /NewestBackupAge there, .* 1800 /,
      ],
      ["point-in-time recovery", [held, tenDays(restorable)], /RestorableAge .* 300 seconds/],
      ["the vault", [...backedUp, tenDays(copyAge), allFailed, target], /NewestCopyAge .* seconds/],
    ] as const
  ).map(([what, resources, says]) => ({
    violating: `an alarm on ${what} that fires after the figure`,
    resources,
    says,
  })),
  // The pack sees no measurements: the figure may be higher than the table's.
  { compliant: "a higher age", resources: [held, changed(restorable, { threshold: 420 })] },
  { compliant: "an early alarm on a lag", resources: [replica, changed(lag, { threshold: 60 })] },
  {
    violating: "an alarm that fires while the lag is small",
    resources: [
      replica,
      { ...lag, props: { ...lag.props, comparisonOperator: "LessThanThreshold" } },
    ],
    says: /on ReplicaLag/,
  },
  {
    unknown: "when an alarm fires",
    resources: [replica, { ...lag, props: { ...lag.props, threshold: UNKNOWN_TEXT } }],
  },
  { violating: "a replica whose lag nothing watches", resources: [replica], says: /on ReplicaLag/ },
  {
    unknown: "which copies an alarm looks at",
    resources: [vault, copy, replication, late({ dimensions: UNKNOWN_TEXT })],
  },
  { otherType: "a topic", resources: [{ type: "aws:sns/topic:Topic" }] },
]);
