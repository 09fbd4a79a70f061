/**
 * `npm run teardown -- --stack staging`: what stands in the way of `pulumi destroy`, in the order in which it has
 * to go, with the exact steps. It reads a preview and changes nothing.
 */
import { outermostComponent } from "../analysis/plan/tree";
import { recoveryRegions } from "../analysis/recovery/copy-regions";
import { bucketPurpose } from "../analysis/recovery/data-stores";
import { recoveryStackOf, type PlanOfRecovery } from "../analysis/recovery/of-plan";
import {
  isReplica,
  isSet,
  number,
  text,
  value,
  type RecoveryResource,
  type RecoveryStack,
} from "../analysis/recovery/resources";
import { minutesOf } from "../analysis/recovery/steps";
import { CLOUDFRONT_REGION } from "../facts/cloudfront";
import { entryOf } from "../facts/entry-of";
import { KEY_DELETION_DAYS, SECRET_RECOVERY_DAYS } from "../facts/setting-bounds";
import { commandLineOf } from "../tools/commands/options";
import { previewStack, type Plan } from "../tools/preview/index";
import { visible, visibleLines } from "../tools/visible";

const USAGE = `Usage: npm run teardown -- --stack <name> [--json]

Lists what blocks \`pulumi destroy\`, in order, with the steps. It changes nothing.

  --json  print one JSON document`;

/** Something to be done before the stack can go. */
export interface TeardownStep {
  readonly title: string;
  /** What stands in the way, by name. */
  readonly resources: readonly string[];
  /** Commands and settings, in order. */
  readonly actions: readonly string[];
}

/** What is read of a plan. */
type Described = PlanOfRecovery & Pick<Plan, "stack">;

/** A stack, with what all steps ask for. */
interface Teardown {
  readonly plan: Described;
  readonly stack: RecoveryStack;
  /** The stack's own region. */
  readonly region: string;
}

/** The steps for a plan; the last one is the destruction itself. What has to be waited for comes first. */
export function teardownSteps(plan: Described): TeardownStep[] {
  const stack = recoveryStackOf(plan);
  const region = stack.region ?? CLOUDFRONT_REGION;
  const teardown = { plan, stack, region };
  return [
    recoveryStep(teardown),
    zoneStep(teardown),
    dataStep(teardown),
    settingsStep(teardown),
    vaultStep(teardown),
    destroyStep(teardown),
  ].filter((step) => step !== undefined);
}

/** The recovery stack uses what this one owns: its zone, its copies of uploads and images. */
function recoveryStep({ stack }: Teardown): TeardownStep | undefined {
  return recoveryRegions(stack).length === 0
    ? undefined
    : {
        title: "The stack that would take over uses this one's zone, uploads and images",
        resources: [],
        actions: ["npm run teardown -- --stack recovery, and its steps"],
      };
}

function zoneStep({ stack }: Teardown): TeardownStep | undefined {
  const zones = stack.ofType("aws:route53/zone:Zone");
  const signed = stack.ofType("aws:route53/hostedZoneDnsSec:HostedZoneDnsSec").length > 0;
  return step(
    "The zone: other zones delegate to it, and resolvers cache answers for days",
    zones,
    () => [
      ...(signed
        ? [
            "remove the DS record at the parent zone and wait for two days, or the domain is refused",
          ]
        : []),
      ...zones.map((zone) => `remove the delegation of ${nameOf(zone)} from its parent zone`),
      "remove records that no stack created; destroy stops at a zone that has any",
    ],
  );
}

/** What the destruction leaves is encrypted with keys that it deletes. */
function dataStep({ stack, region }: Teardown): TeardownStep | undefined {
  const databases = stack.ofType(DATABASE).filter((one) => !isReplica(one));
  const purposeOf = (one: RecoveryResource) => bucketPurpose(nameOf(one), stack.about.buckets);
  const buckets = stack
    .ofType("aws:s3/bucket:Bucket")
    .filter((one) => !isSet(one, "region") && purposeOf(one).scenarios.length > 0);
  const title =
    "Copy the data that is still needed, with a key that stays: the stack's own keys are deleted, and its final snapshots become unreadable";
  return step(title, [...databases, ...buckets], () => [
    ...databases.flatMap((one) => {
      const last = `${nameOf(one)}-last`;
      return [
        `aws rds create-db-snapshot --region ${region} --db-instance-identifier ${nameOf(one)} --db-snapshot-identifier ${last}`,
        `aws rds wait db-snapshot-available --region ${region} --db-snapshot-identifier ${last}`,
        `aws rds copy-db-snapshot --region ${region} --source-db-snapshot-identifier ${last} --target-db-snapshot-identifier ${nameOf(one)}-kept --kms-key-id <ARN of a key that stays>`,
      ];
    }),
    ...buckets.map(
      (one) =>
        `aws s3 sync s3://${nameOf(one)} s3://<a bucket that stays>/${nameOf(one)} --source-region ${region}`,
    ),
  ]);
}

const DATABASE = "aws:rds/instance:Instance";

/** Settings of `protect`, by the component that they are about; all others go by `crm:keys.protect`. */
const PROTECT: Readonly<Record<string, string>> = {
  "crm:aws:CrmDatabase": "crm:database.protect",
  "crm:aws:CrmCache": "crm:cache.protect",
  "crm:aws:CrmStorage": "crm:storage.protect",
  "crm:aws:CrmEventing": "crm:eventing.protect",
  "crm:aws:CrmRecovery": "crm:recovery.protect",
  "crm:aws:CrmDns": "crm:edge.protect",
  "crm:aws:CrmEdge": "crm:edge.protect",
};

/** All protections of the stack file, switched off at once. */
function settingsStep({ plan, stack }: Teardown): TeardownStep | undefined {
  const byUrn = new Map(plan.resources.map((resource) => [resource.urn, resource]));
  const settings = new Map<string, string>();
  const names: string[] = [];
  for (const resource of plan.resources.filter(({ protect, custom }) => protect && custom)) {
    const component = outermostComponent(resource, byUrn);
    settings.set(entryOf(PROTECT, component?.type) ?? "crm:keys.protect", "false");
    names.push(`${resource.type} ${resource.name}`);
  }
  const held: [string, string, string, string][] = [
    [DATABASE, "deletionProtection", "crm:database.deletionProtection", "false"],
    [
      "aws:lb/loadBalancer:LoadBalancer",
      "enableDeletionProtection",
      "crm:cluster.loadBalancer.deletionProtection",
      "false",
    ],
  ];
  for (const [type, property, setting, off] of held) {
    for (const resource of stack.ofType(type).filter((one) => value(one, property) === true)) {
      settings.set(setting, off);
      names.push(`${nameOf(resource)}: ${property}`);
    }
  }
  for (const bucket of stack.ofType("aws:s3/bucket:Bucket")) {
    if (value(bucket, "forceDestroy") !== true) {
      settings.set("crm:storage.forceDestroy", "true");
      names.push(`${nameOf(bucket)}: its objects`);
    }
  }
  if (settings.size === 0) {
    return undefined;
  }
  return {
    title: "Pulumi's and AWS's protection against deletion",
    resources: names,
    actions: [
      ...[...settings].map(
        ([key, to]) => `pulumi config set --path ${key} ${to} --stack ${plan.stack}`,
      ),
      `pulumi up --stack ${plan.stack}: by hand and without the policy pack, which refuses these settings`,
    ],
  };
}

function vaultStep({ stack, region }: Teardown): TeardownStep | undefined {
  const vaults = stack.ofType("aws:backup/vault:Vault");
  const locks = stack.ofType("aws:backup/vaultLockConfiguration:VaultLockConfiguration");
  const final = locks.some((lock) => number(lock, "changeableForDays") !== undefined);
  const stop = stack
    .ofType("aws:backup/plan:Plan")
    .flatMap((plan) => [
      `aws backup list-backup-plans --region ${region} --query "BackupPlansList[?BackupPlanName=='${nameOf(plan)}'].BackupPlanId" --output text`,
      `aws backup list-backup-selections --region ${region} --backup-plan-id <plan> --query 'BackupSelectionsList[].SelectionId' --output text`,
      `aws backup delete-backup-selection --region ${region} --backup-plan-id <plan> --selection-id <selection>, so that no new backups start`,
    ]);
  return step("Vaults with recovery points cannot be deleted", vaults, () => [
    ...stop,
    ...(final
      ? [
          "after its grace period, a compliance lock prevents the deletion of recovery points: continue when the last one has expired",
        ]
      : []),
    ...vaults.flatMap((vault) => {
      const where = `--region ${text(vault, "region") ?? region} --backup-vault-name ${nameOf(vault)}`;
      return [
        ...(locks.length > 0 && !final
          ? [`aws backup delete-backup-vault-lock-configuration ${where}`]
          : []),
        `aws backup delete-backup-vault-access-policy ${where}`,
        `for point in $(aws backup list-recovery-points-by-backup-vault ${where} --query 'RecoveryPoints[].RecoveryPointArn' --output text); do aws backup delete-recovery-point ${where} --recovery-point-arn "$point"; done`,
      ];
    }),
  ]);
}

function destroyStep(teardown: Teardown): TeardownStep {
  const minutes = minutesOf(teardown.stack, "distributionOff");
  const has = teardown.stack.ofType("aws:cloudfront/distribution:Distribution").length > 0;
  const lasts = has ? `: distributions take about ${minutes} minutes to be switched off` : "";
  return {
    title: "Destroy the stack",
    resources: [],
    actions: [
      `pulumi destroy --stack ${teardown.plan.stack} --refresh${lasts}`,
      ...afterwards(teardown).map((line) => `afterwards: ${line}`),
    ],
  };
}

/** What stays after the destruction. */
function afterwards({ stack, region }: Teardown): string[] {
  const snapshots = stack
    .ofType(DATABASE)
    .filter((one) => value(one, "skipFinalSnapshot") === false && !isReplica(one));
  const windows = stack
    .ofType("aws:kms/key:Key")
    .map((key) => number(key, "deletionWindowInDays") ?? KEY_DELETION_DAYS.unset);
  const days = Math.max(...windows);
  const replications = stack.ofType(
    "aws:rds/instanceAutomatedBackupsReplication:InstanceAutomatedBackupsReplication",
  );
  const copied =
    stack.ofType("aws:ecr/replicationConfiguration:ReplicationConfiguration").length > 0
      ? recoveryRegions(stack)
      : [];
  return [
    ...snapshots.map(
      (one) => `the final snapshot of ${nameOf(one)} stays, readable for ${days} days, and costs`,
    ),
    ...replications.map((one) => {
      const where = `--region ${text(one, "region")}`;
      return `replicated backups stay, readable for ${days} days, and cost: aws rds delete-db-instance-automated-backup ${where} --db-instance-automated-backups-arn <ARN from aws rds describe-db-instance-automated-backups ${where}>`;
    }),
    ...copied.flatMap((other) =>
      stack
        .ofType("aws:ecr/repository:Repository")
        .map(
          (one) =>
            `copies of images stay: aws ecr delete-repository --force --region ${other} --repository-name ${nameOf(one)}`,
        ),
    ),
    ...(windows.length > 0
      ? [
          `keys are deleted after ${days} days; until then: aws kms cancel-key-deletion --region ${region} --key-id <id>`,
        ]
      : []),
    ...stack
      .ofType("aws:secretsmanager/secret:Secret")
      .map(
        (one) =>
          `${nameOf(one)} keeps its name for ${number(one, "recoveryWindowInDays") ?? SECRET_RECOVERY_DAYS.unset} days: aws secretsmanager delete-secret --region ${region} --secret-id ${nameOf(one)} --force-delete-without-recovery frees it`,
      ),
    ...(stack.ofType("aws:ecs/taskDefinition:TaskDefinition").length > 0
      ? ["task definitions stay registered; they cost nothing"]
      : []),
    "restore the settings: git checkout of the stack file",
  ];
}

function step(
  title: string,
  resources: readonly RecoveryResource[],
  actions: () => string[],
): TeardownStep | undefined {
  return resources.length === 0
    ? undefined
    : { title, resources: resources.map(nameOf), actions: actions() };
}

function nameOf(resource: RecoveryResource): string {
  return (
    text(resource, "identifier") ??
    text(resource, "bucket") ??
    text(resource, "name") ??
    resource.name
  );
}

/** The steps as text. */
export function renderedSteps(stack: string, steps: readonly TeardownStep[]): string {
  const lines = [`Teardown of stack ${stack}`];
  steps.forEach(({ title, resources, actions }, index) => {
    lines.push("", `${index + 1}. ${title}`);
    lines.push(...resources.map((resource) => `   - ${visible(resource)}`));
    lines.push(...actions.map((action) => `   > ${visibleLines(action, "     ")}`));
  });
  return lines.join("\n");
}

/** The command; returns its exit code. */
export async function main(args: readonly string[]): Promise<number> {
  const given = commandLineOf(args, USAGE, {
    options: { stack: { type: "string", short: "s" }, json: { type: "boolean" } },
    required: ["stack"],
  });
  if (typeof given === "number") return given;
  const { stack, json } = given.values;
  const plan = await previewStack({ stack, policyPacks: [] });
  const steps = teardownSteps(plan);
  console.log(json ? JSON.stringify(steps, undefined, 2) : renderedSteps(plan.stack, steps));
  return 0;
}
