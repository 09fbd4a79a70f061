/**
 * `npm run teardown -- --stack staging`: what stands in the way of `pulumi destroy`, in the order in which it has
 * to go, with the exact steps. It reads a preview and changes nothing.
 */
import { parseArgs } from "node:util";

import { previewStack, type Plan } from "../preview/index";
import {
  isSet,
  number,
  text,
  value,
  type RecoveryResource,
  type RecoveryStack,
} from "../policy-pack/recovery/resources";
import { recoveryStackOf } from "../preview/recovery-stack";

const USAGE = `Usage: npm run teardown -- --stack <name> [--json]

Lists what blocks \`pulumi destroy\`, in order, with the steps. It changes nothing.`;

/** Something to be done before the stack can go. */
export interface TeardownStep {
  readonly title: string;
  /** What stands in the way, by name. */
  readonly resources: readonly string[];
  /** Commands and settings, in order. */
  readonly actions: readonly string[];
}

/** The steps for a plan; the last one is the destruction itself. */
export function teardownSteps(plan: Pick<Plan, "stack" | "resources">): TeardownStep[] {
  const stack = recoveryStackOf(plan);
  const protectedOnes = plan.resources.filter((resource) => resource.protect && resource.custom);
  const steps = [
    dataStep(stack, plan.stack),
    protectionStep(protectedOnes, plan.stack),
    deletionProtectionStep(stack, plan.stack),
    replicationStep(stack),
    vaultStep(stack),
    bucketStep(stack),
    repositoryStep(stack),
    zoneStep(stack),
    edgeStep(stack),
  ].filter((step) => step !== undefined);
  return [
    ...steps,
    {
      title: "Destroy the stack",
      resources: [],
      actions: [
        `npx pulumi destroy --stack ${plan.stack}`,
        ...afterwards(stack).map((line) => `afterwards: ${line}`),
      ],
    },
  ];
}

function dataStep(stack: RecoveryStack, name: string): TeardownStep | undefined {
  const losing = stack
    .ofType("aws:rds/instance:Instance")
    .filter((one) => value(one, "skipFinalSnapshot") === true && !isReplica(one));
  return step("Keep what is still needed: no last snapshot is made of", losing, () => [
    ...losing.map(
      (one) =>
        `aws rds create-db-snapshot --db-instance-identifier ${nameOf(one)} --db-snapshot-identifier ${nameOf(one)}-last`,
    ),
    `or set crm:database.skipFinalSnapshot to false in Pulumi.${name}.yaml`,
  ]);
}

function protectionStep(resources: Plan["resources"], name: string): TeardownStep | undefined {
  return resources.length === 0
    ? undefined
    : {
        title: "Pulumi's own protection",
        resources: resources.map((resource) => `${resource.type} ${resource.name}`),
        actions: [
          `set protect: false in Pulumi.${name}.yaml where it is true: crm:keys, crm:database, crm:cache, crm:storage, crm:edge, crm:eventing, crm:recovery`,
          `npx pulumi up --stack ${name}`,
        ],
      };
}

function deletionProtectionStep(stack: RecoveryStack, name: string): TeardownStep | undefined {
  const databases = stack
    .ofType("aws:rds/instance:Instance")
    .filter((one) => value(one, "deletionProtection") === true);
  const balancers = stack
    .ofType("aws:lb/loadBalancer:LoadBalancer")
    .filter((one) => value(one, "enableDeletionProtection") === true);
  return step("AWS's deletion protection", [...databases, ...balancers], () => [
    ...(databases.length > 0 ? ["set crm:database.deletionProtection to false"] : []),
    ...(balancers.length > 0 ? ["set crm:cluster.loadBalancer.deletionProtection to false"] : []),
    `npx pulumi up --stack ${name}`,
  ]);
}

/** Replicated backups stay on their own, and cost, unless they are stopped while the instance is there. */
function replicationStep(stack: RecoveryStack): TeardownStep | undefined {
  const type = "aws:rds/instanceAutomatedBackupsReplication:InstanceAutomatedBackupsReplication";
  const found = stack.ofType(type);
  return step("Replicated automated backups outlive the database", found, () =>
    found.map(
      (one) =>
        `afterwards, when they are no longer wanted: aws rds delete-db-instance-automated-backup --region ${text(one, "region")} --db-instance-automated-backups-arn <ARN from aws rds describe-db-instance-automated-backups --region ${text(one, "region")}>`,
    ),
  );
}

function vaultStep(stack: RecoveryStack): TeardownStep | undefined {
  const vaults = stack.ofType("aws:backup/vault:Vault");
  const locked = stack.ofType("aws:backup/vaultLockConfiguration:VaultLockConfiguration");
  const final = locked.filter((lock) => number(lock, "changeableForDays") !== undefined);
  return step("Vaults with recovery points cannot be deleted", vaults, () => [
    ...(final.length > 0
      ? ["a compliance lock: wait until the last recovery point has expired, nobody can shorten it"]
      : locked.length > 0
        ? ["remove crm:recovery.lock, then: npx pulumi up"]
        : []),
    ...vaults.flatMap((vault) => {
      const region = text(vault, "region");
      const where = `--backup-vault-name ${nameOf(vault)}${region === undefined ? "" : ` --region ${region}`}`;
      return [
        `aws backup delete-backup-vault-access-policy ${where}`,
        `aws backup list-recovery-points-by-backup-vault ${where} --query 'RecoveryPoints[].RecoveryPointArn' --output text`,
        `aws backup delete-recovery-point ${where} --recovery-point-arn <each of them>`,
      ];
    }),
  ]);
}

function bucketStep(stack: RecoveryStack): TeardownStep | undefined {
  const full = stack
    .ofType("aws:s3/bucket:Bucket")
    .filter((bucket) => value(bucket, "forceDestroy") !== true);
  return step("Buckets that are only deleted when empty", full, () => [
    "set crm:storage.protect to false and crm:storage.forceDestroy to true, then npx pulumi up: destroy empties them",
    ...(full.some((bucket) => value(bucket, "objectLockEnabled") === true)
      ? ["an object lock: wait until it has run out, nobody can shorten it in compliance mode"]
      : []),
  ]);
}

function repositoryStep(stack: RecoveryStack): TeardownStep | undefined {
  const full = stack
    .ofType("aws:ecr/repository:Repository")
    .filter((repository) => value(repository, "forceDelete") !== true);
  return step("Image repositories that are only deleted when empty", full, () =>
    full.map(
      (repository) =>
        `aws ecr delete-repository --force --repository-name ${nameOf(repository)}, then npx pulumi refresh`,
    ),
  );
}

function zoneStep(stack: RecoveryStack): TeardownStep | undefined {
  const zones = stack
    .ofType("aws:route53/zone:Zone")
    .filter((zone) => value(zone, "forceDestroy") !== true);
  const signed = stack.ofType("aws:route53/hostedZoneDnsSec:HostedZoneDnsSec").length > 0;
  return step("The zone: others lead to it, and may have records in it", zones, () => [
    ...(signed
      ? [
          "remove the DS record at the parent zone and wait for two days, or the domain does not resolve",
        ]
      : []),
    ...zones.map((zone) => `remove the delegation of ${nameOf(zone)} from its parent zone`),
    "remove records that other stacks made: npx pulumi destroy --stack recovery goes first, where there is one",
  ]);
}

function edgeStep(stack: RecoveryStack): TeardownStep | undefined {
  const distributions = stack.ofType("aws:cloudfront/distribution:Distribution");
  return step("Distributions take up to 15 minutes to be switched off", distributions, () => [
    "nothing to do: destroy waits for them",
  ]);
}

/** What stays after the destruction. */
function afterwards(stack: RecoveryStack): string[] {
  const snapshots = stack
    .ofType("aws:rds/instance:Instance")
    .filter((one) => value(one, "skipFinalSnapshot") === false && !isReplica(one));
  const windows = stack
    .ofType("aws:kms/key:Key")
    .map((key) => number(key, "deletionWindowInDays") ?? 30);
  return [
    ...snapshots.map((one) => `the last snapshot of ${nameOf(one)} stays, and costs what it holds`),
    ...(windows.length > 0
      ? [
          `keys are gone after ${Math.max(...windows)} days; until then: aws kms cancel-key-deletion --key-id <id>`,
        ]
      : []),
    ...(stack.ofType("aws:ecs/taskDefinition:TaskDefinition").length > 0
      ? ["task definitions stay registered; they cost nothing"]
      : []),
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

function isReplica(instance: RecoveryResource): boolean {
  return isSet(instance, "replicateSourceDb");
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
  const lines = [`Taking down stack ${stack}`];
  steps.forEach(({ title, resources, actions }, index) => {
    lines.push("", `${index + 1}. ${title}`);
    lines.push(...resources.map((resource) => `   - ${resource}`));
    lines.push(...actions.map((action) => `   > ${action}`));
  });
  return lines.join("\n");
}

/** The command; returns its exit code. */
export async function main(args: readonly string[]): Promise<number> {
  let options: { stack?: string; json?: boolean };
  try {
    options = parseArgs({
      args: [...args],
      options: { stack: { type: "string", short: "s" }, json: { type: "boolean" } },
    }).values;
  } catch (error) {
    console.error(`${(error as Error).message}\n\n${USAGE}`);
    return 2;
  }
  if (options.stack === undefined) {
    console.error(`Which stack? It is never chosen by itself.\n\n${USAGE}`);
    return 2;
  }
  const plan = await previewStack({ stack: options.stack, policyPacks: [] });
  const steps = teardownSteps(plan);
  console.log(
    options.json ? JSON.stringify(steps, undefined, 2) : renderedSteps(plan.stack, steps),
  );
  return 0;
}
