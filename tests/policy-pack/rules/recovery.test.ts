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
    violating: "no replicated backups",
    resources: all.filter((one) => one !== replication),
    says: /crm-production-primary, region lost: RPO is 5 h 45 min/,
  },
  {
    violating: "copies that can be deleted",
    resources: all.filter((one) => one !== policy),
    says: /access abused: nothing survives/,
  },
  {
    violating: "a stricter objective",
    resources: all,
    config: { rpoHours: 0.25 },
    says: /RPO is 30 min, 15 min at most/,
  },
  { unknown: "the plan's id is not known, its dependency is", resources: all, passes: true },
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
  otherType,
]);
