import { recoveryRules } from "../../../policy-pack/rules/recovery";
import { ruleTable, UNKNOWN_TEXT, type Sample } from "../support";

const [objectives, closure] = recoveryRules;
const COPY_ARN = "arn:aws:backup:us-west-2:123456789012:backup-vault:copies";

const database: Sample = {
  type: "aws:rds/instance:Instance",
  name: "database",
  props: {
    identifier: "crm-production-primary",
    backupRetentionPeriod: 7,
    deleteAutomatedBackups: false,
    maintenanceWindow: "sun:04:00-sun:05:00",
    tags: { Environment: "production" },
  },
};
const replication: Sample = {
  type: "aws:rds/instanceAutomatedBackupsReplication:InstanceAutomatedBackupsReplication",
  name: "replication",
  props: {
    region: "us-west-2",
    sourceDbInstanceArn: "arn:aws:rds:us-east-1:123456789012:db:crm-production-primary",
    kmsKeyId: "arn:aws:kms:us-west-2:123456789012:key/1",
  },
};
const plan: Sample = {
  type: "aws:backup/plan:Plan",
  name: "plan",
  props: {
    rules: [
      {
        schedule: "cron(0 0/2 * * ? *)",
        startWindow: 60,
        copyActions: [{ destinationVaultArn: COPY_ARN }],
      },
    ],
  },
};
const selection: Sample = {
  type: "aws:backup/selection:Selection",
  props: {
    planId: UNKNOWN_TEXT,
    resources: ["arn:aws:rds:us-east-1:123456789012:db:crm-production-primary"],
  },
  references: { planId: ["plan"] },
};
const vault: Sample = {
  type: "aws:backup/vault:Vault",
  name: "copies",
  props: {
    name: "copies",
    region: "us-west-2",
    kmsKeyArn: "arn:aws:kms:us-west-2:123456789012:key/1",
  },
};
const policy: Sample = {
  type: "aws:backup/vaultPolicy:VaultPolicy",
  props: {
    backupVaultName: UNKNOWN_TEXT,
    policy: JSON.stringify({
      Statement: [
        { Effect: "Deny", Principal: "*", Action: ["backup:DeleteRecoveryPoint"], Resource: "*" },
      ],
    }),
  },
  references: { backupVaultName: ["copies"] },
};
const unknownly = (sample: Sample, property: string): Sample => ({
  ...sample,
  props: { ...sample.props, [property]: UNKNOWN_TEXT },
});
const all = [database, replication, plan, selection, vault, policy];
const otherType = { otherType: "a topic", resources: [{ type: "aws:sns/topic:Topic" }] };

ruleTable(objectives!, [
  { compliant: "replicated backups, a plan with guarded copies", resources: all },
  {
    compliant: "a stack that is itself made from backups",
    resources: [{ ...database, props: { ...database.props, restoreToPointInTime: {} } }],
  },
  {
    compliant: "staging",
    resources: [{ ...database, props: { ...database.props, tags: { Environment: "staging" } } }],
  },
  {
    compliant: "another environment, by the provider's default tags",
    resources: [
      {
        ...database,
        props: { ...database.props, tags: { Name: "orders" } },
        provider: { defaultTags: JSON.stringify({ tags: { Environment: "dev" } }) },
      },
    ],
  },
  {
    compliant: "buckets of another environment, without a database",
    resources: [
      { type: "aws:s3/bucket:Bucket", props: { bucket: "a", tags: { Environment: "staging" } } },
    ],
  },
  {
    compliant: "logs of a load balancer",
    resources: [
      ...all,
      { type: "aws:s3/bucket:Bucket", name: "logs", props: { bucket: UNKNOWN_TEXT } },
      {
        type: "aws:alb/loadBalancer:LoadBalancer",
        props: { accessLogs: { bucket: UNKNOWN_TEXT, enabled: true } },
        references: { accessLogs: ["logs"] },
      },
    ],
  },
  {
    violating: "a bucket of production",
    resources: [...all, { type: "aws:s3/bucket:Bucket", props: { bucket: "orders" } }],
    says: /orders, region lost: nothing survives/,
  },
  {
    violating: "no replicated backups",
    resources: all.filter((one) => one !== replication),
    says: /crm-production-primary, region lost: RPO is 5 h 45 min/,
  },
  {
    violating: "copies that can be deleted",
    resources: all.filter((one) => one !== policy),
    says: /compromised credentials: nothing survives/,
  },
  {
    violating: "a stricter objective",
    resources: all,
    config: { rpoHours: 0.25 },
    says: /RPO is 30 min, 15 min at most/,
  },
  {
    violating: "no guarded copies, and a key that is not known",
    resources: [...all.filter((one) => one !== policy), unknownly(replication, "kmsKeyId")],
    says: /compromised credentials: nothing survives/,
  },
  {
    violating: "copies that can be deleted, beside a policy of another vault",
    resources: [
      ...all.filter((one) => one !== policy),
      { ...vault, name: "others", props: { ...vault.props, name: "others" } },
      { ...policy, references: { backupVaultName: ["others"] } },
    ],
    says: /compromised credentials: nothing survives/,
  },
  { unknown: "the plan's id is not known, its dependency is", resources: all, passes: true },
  {
    unknown: "the environment, in a stack that meets all",
    resources: [unknownly(database, "tags"), ...all.filter((one) => one !== database)],
    passes: true,
  },
  {
    unknown: "the environment of a database without copies",
    resources: [unknownly(database, "tags")],
  },
  {
    unknown: "one tag of a database without copies",
    resources: [{ ...database, props: { ...database.props, tags: { Environment: UNKNOWN_TEXT } } }],
  },
  ...(
    [
      [database, "identifier"],
      [database, "maintenanceWindow"],
      [database, "backupRetentionPeriod"],
      [replication, "sourceDbInstanceArn"],
      [plan, "rules"],
      [selection, "resources"],
      [policy, "policy"],
    ] as const
  ).map(([sample, property]) => ({
    unknown: `${property} of ${sample.type}`,
    resources: all.map((one) => (one === sample ? unknownly(one, property) : one)),
  })),
  {
    unknown: "a schedule",
    resources: [
      ...all.filter((one) => one !== plan),
      { ...plan, props: { rules: [{ schedule: UNKNOWN_TEXT }] } },
    ],
  },
  {
    unknown: "which plan the selection is for",
    resources: [...all.filter((one) => one !== selection), { ...selection, references: {} }],
  },
  otherType,
]);

const repository: Sample = { type: "aws:ecr/repository:Repository", props: { name: "crm-auth" } };
const images = (filter: string, region = "us-west-2"): Sample => ({
  type: "aws:ecr/replicationConfiguration:ReplicationConfiguration",
  props: {
    replicationConfiguration: {
      rules: [{ destinations: [{ region }], repositoryFilters: [{ filter }] }],
    },
  },
});
const secret = (region: string): Sample => ({
  type: "aws:secretsmanager/secret:Secret",
  props: { replicas: [{ region }] },
});

ruleTable(closure!, [
  {
    compliant: "images, secret and keys are there",
    resources: [vault, repository, images("crm-"), secret("us-west-2")],
  },
  { compliant: "a stack without copies", resources: [repository] },
  {
    violating: "images of other repositories are copied",
    resources: [vault, repository, images("shop-")],
    says: /images of crm-auth are not copied to us-west-2/,
  },
  {
    violating: "images go elsewhere",
    resources: [vault, repository, images("crm-", "eu-west-1")],
    says: /not copied to us-west-2/,
  },
  {
    violating: "the secret's copy is elsewhere",
    resources: [vault, secret("eu-west-1")],
    says: /it is not copied to us-west-2/,
  },
  {
    violating: "a vault with a key of the first region",
    resources: [
      {
        ...vault,
        props: { ...vault.props, kmsKeyArn: "arn:aws:kms:us-east-1:123456789012:key/1" },
      },
    ],
    says: /kmsKeyArn names no key of us-west-2/,
  },
  {
    compliant: "a zone that takes changes from elsewhere, and a private one",
    resources: [
      vault,
      { type: "aws:route53/zone:Zone", props: { enableAcceleratedRecovery: true } },
      { type: "aws:route53/zone:Zone", props: { vpcs: [{ vpcId: "vpc-1" }] } },
    ],
  },
  {
    violating: "a zone whose records stand still while us-east-1 is lost",
    resources: [vault, { type: "aws:route53/zone:Zone", props: { name: "crm.example" } }],
    says: /cannot be changed while us-east-1 is lost/,
  },
  {
    unknown: "the key's ARN is not known, its dependency is",
    resources: [
      { type: "aws:kms/key:Key", name: "key", props: { region: "us-west-2" } },
      {
        ...vault,
        props: { ...vault.props, kmsKeyArn: UNKNOWN_TEXT },
        references: { kmsKeyArn: ["key"] },
      },
    ],
    passes: true,
  },
  {
    violating: "a key of the first region, by dependency",
    resources: [
      { type: "aws:kms/key:Key", name: "key" },
      { ...unknownly(vault, "kmsKeyArn"), references: { kmsKeyArn: ["key"] } },
    ],
    says: /kmsKeyArn names no key of us-west-2/,
  },
  { unknown: "the key of a vault", resources: [unknownly(vault, "kmsKeyArn")] },
  {
    unknown: "the region of a vault, taken from elsewhere",
    resources: [
      { ...unknownly(vault, "region"), references: { region: ["other"] } },
      { type: "aws:sns/topic:Topic", name: "other" },
    ],
  },
  {
    unknown: "where images go",
    resources: [vault, repository, images("crm-", UNKNOWN_TEXT)],
  },
  {
    unknown: "a repository's name",
    resources: [vault, unknownly(repository, "name"), images("crm-")],
  },
  { unknown: "where a secret goes", resources: [vault, secret(UNKNOWN_TEXT)] },
  { unknown: "the copies of a secret", resources: [vault, unknownly(secret(""), "replicas")] },
  {
    violating: "one secret, beside another that is not known",
    resources: [vault, unknownly(secret(""), "replicas"), secret("eu-west-1")],
    says: /it is not copied to us-west-2/,
  },
  {
    unknown: "whether a zone's records can be changed",
    resources: [
      vault,
      { type: "aws:route53/zone:Zone", props: { enableAcceleratedRecovery: UNKNOWN_TEXT } },
    ],
  },
  otherType,
]);
