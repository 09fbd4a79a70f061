/**
 * The platform's own roles, each against what it calls: what starts tasks, functions, schedules and copies follows from the
 * plan (analysis/rights/uses.ts), what a service's or function's code does from its links in the configuration.
 */
import { compilePolicy, type Policy } from "../analysis/iam";
import { type PlanIndex, textOf } from "../analysis/rights/plan-index";
import { actingRole, roleNames } from "../analysis/rights/roles";
import { askUse, PlanUses, type Use } from "../analysis/rights/uses";
import { Questions } from "../analysis/rights/walk";
import { TRACE_CALLS, WRITE_KEY_CALLS } from "../facts/service-calls";
import type { Names } from "../platform/names";
import { versionTaskFunction } from "../platform/platform-names";
import type { StackConfig } from "../schema";
import type { LinkConfig } from "../schema/links";
import { namesOf } from "../schema/names-of";
import { taskBeforeVersion } from "../schema/service-tasks";
import type { Duty } from "./duty";

/**
 * Calls of a link's accesses, by AWS's names: S3 API Reference (an upload in parts is aborted by a call of its own), SQS and SNS
 * API Reference. A client that consumes asks for the queue's length, one that sends as well.
 */
const LINK_CALLS = {
  bucket: {
    read: { whole: ["s3:ListBucket"], part: ["s3:GetObject"], key: ["kms:Decrypt"] },
    write: {
      whole: [],
      part: ["s3:PutObject", "s3:DeleteObject", "s3:AbortMultipartUpload"],
      key: WRITE_KEY_CALLS.actions,
    },
  },
  queue: {
    send: {
      whole: ["sqs:SendMessage", "sqs:GetQueueAttributes"],
      part: [],
      key: WRITE_KEY_CALLS.actions,
    },
    receive: {
      whole: [
        ...["sqs:ReceiveMessage", "sqs:DeleteMessage"],
        ...["sqs:ChangeMessageVisibility", "sqs:GetQueueAttributes"],
      ],
      part: [],
      key: ["kms:Decrypt"],
    },
  },
  topic: { publish: { whole: ["sns:Publish"], part: [], key: WRITE_KEY_CALLS.actions } },
} as const;

interface Calls {
  readonly whole: readonly string[];
  readonly part: readonly string[];
  readonly key: readonly string[];
}

/** What the collector beside a service asks X-Ray beyond writing: OpenTelemetry's X-Ray sampler, "GetSamplingRules". */
const SAMPLING = ["xray:GetSamplingRules", "xray:GetSamplingTargets"];

/** What functions/configuration-backup sends (clients.ts). */
const CONFIGURATION_BACKUP = {
  role: "configuration-backup",
  ecs: ["ecs:DescribeClusters", "ecs:DescribeServices", "ecs:ListServices", "ecs:DescribeTaskDefinition"], // prettier-ignore
} as const;

/** Roles that only carry AWS's own policies, made for the service that takes them. */
function hasOwnPolicies(policies: readonly Policy[]): boolean {
  return policies.some(({ name }) => !/^(AWS|Amazon)/.test(name));
}

/** The roles of a plan with policies of the program, with the calls that each must be able to make. */
export function platformDuties(
  index: PlanIndex,
  pipeline: PlanIndex,
  config: StackConfig,
): { readonly duties: readonly Duty[]; readonly notAsked: readonly string[] } {
  const uses = new PlanUses(index);
  addCode(uses, config);
  const byRole = new Map<string, Use[]>();
  for (const use of uses.list) byRole.set(use.role, [...(byRole.get(use.role) ?? []), use]);
  const duties: Duty[] = [];
  const notAsked: string[] = [];
  for (const name of roleNames(index)) {
    const role = actingRole(index, name, [index, pipeline])!;
    const needed = byRole.get(name);
    if (needed === undefined) {
      if (hasOwnPolicies(role.identity)) notAsked.push(name);
      continue;
    }
    const questions = new Questions(index, pipeline);
    for (const use of needed) askUse(questions, uses, use);
    duties.push({ role, questions, minimal: "shared" });
  }
  return { duties, notAsked };
}

/** What the code of services and functions calls. */
function addCode(uses: PlanUses, config: StackConfig): void {
  const names = namesOf(config);
  const { index } = uses;
  for (const [key, service] of Object.entries(config.services)) {
    const task = uses.named("aws:ecs/taskDefinition:TaskDefinition", "family", names.of(key));
    const role = task && uses.roleOf(task, "taskRoleArn");
    if (role === undefined) continue;
    const use = { role, what: `code of the service ${key}`, inNetwork: true };
    addLinks(uses, config, names, use, service.links);
    const text = textOf(task!.inputs["containerDefinitions"]) ?? "";
    const [first] = taskBeforeVersion(service.tasks) ?? [];
    if (first !== undefined) addVersionTask(uses, names, key, first);
    if (text.includes("awsxray")) {
      for (const action of [...TRACE_CALLS.actions, ...SAMPLING]) uses.add({ ...use, action });
    }
    uses.add({
      ...use,
      action: "cloudwatch:PutMetricData",
      context: { "cloudwatch:namespace": `${config.observability.metricNamespace}/${key}` },
    });
  }
  for (const [label, fn] of Object.entries(config.eventing.functions)) {
    const name = names.of(label, "function");
    const made = uses.named("aws:lambda/function:Function", "name", name);
    const role = made && uses.roleOf(made, "role");
    if (role === undefined) continue;
    addLinks(uses, config, names, { role, what: `code of ${label}`, inNetwork: fn.vpc }, fn.links);
  }
  addGate(uses, names);
  addWatch(uses, names, config.recovery);
  const backup = names.of(CONFIGURATION_BACKUP.role, "role");
  const bucket = config.recovery.configuration?.bucket;
  const [cluster] = index.ofType("aws:ecs/cluster:Cluster");
  if (bucket === undefined || cluster === undefined) return;
  const use = { role: backup, what: "code of configuration-backup", inNetwork: false };
  const { partition, region, account } = index.home;
  const arn = (rest: string) => `arn:${partition}:ecs:${region}:${account}:${rest}`;
  const named = textOf(cluster.inputs["name"])!;
  const clusterArn = arn(`cluster/${named}`);
  for (const action of CONFIGURATION_BACKUP.ecs) {
    const on = action === "ecs:DescribeServices" ? arn(`service/${named}/a`) : action === "ecs:DescribeClusters" ? clusterArn : undefined; // prettier-ignore
    const context = { "ecs:cluster": clusterArn };
    uses.add({ ...use, action, context, ...(on !== undefined && { arn: on, on: cluster }) });
  }
  const target = uses.bucket(names.bucket(bucket));
  const object = `arn:${partition}:s3:::${names.bucket(bucket)}/configuration/a`;
  uses.addOn({ ...use, arn: object }, target, ["s3:PutObject"], ["kms:GenerateDataKey"]);
}

/** What functions/version-task sends (clients.ts). */
function addVersionTask(uses: PlanUses, names: Names, service: string, task: string): void {
  const label = versionTaskFunction(service);
  const use = { role: names.of(label, "role"), what: `code of ${label}`, inNetwork: false };
  const family = names.of(`${service}-task-${task}`);
  const definition = uses.named("aws:ecs/taskDefinition:TaskDefinition", "family", family);
  const [cluster] = uses.index.ofType("aws:ecs/cluster:Cluster");
  const name = cluster && textOf(cluster.inputs["name"]);
  // Without an image there is no version, and nothing that runs before it.
  if (definition === undefined || name === undefined) return;
  const { partition, region, account } = uses.index.home;
  const ecs = `arn:${partition}:ecs:${region}:${account}:`;
  uses.addStart(use, `${ecs}cluster/${name}`, definition);
  const arn = `${ecs}task/${name}/a`;
  uses.add({ ...use, action: "ecs:DescribeTasks", arn });
  uses.add({ ...use, action: "ecs:StopTask", arn, context: { "aws:ResourceTag/Name": family } });
}

/** ECS asks the gate for each service that has one; those that roll have none in the plan. */
function addGate(uses: PlanUses, names: Names): void {
  const gate = uses.named("aws:lambda/function:Function", "name", names.of("deployment-gate", "function")); // prettier-ignore
  if (gate === undefined) return;
  const use = { role: names.of("ecs-hooks", "role"), what: "a release's gate", inNetwork: false };
  uses.addOn(use, gate, ["lambda:InvokeFunction"]);
}

/** The watch in the copies' region lists the backups in both regions, and the recovery points in the vault of copies. */
function addWatch(uses: PlanUses, names: Names, { region, watch }: StackConfig["recovery"]): void {
  if (watch === undefined) return;
  const { partition, account, region: home } = uses.index.home;
  const use = { role: names.of("region-watch", "role"), what: "code of region-watch" };
  const copies = "aws:rds/instanceAutomatedBackupsReplication:InstanceAutomatedBackupsReplication";
  const isCopied = uses.index.ofType(copies).length > 0;
  const isKept = uses.index
    .ofType("aws:rds/instance:Instance")
    .some(({ inputs }) => Number(inputs["backupRetentionPeriod"] ?? 0) > 0);
  for (const of of [...(isCopied ? [region] : []), ...(isKept ? [home] : [])]) {
    const arn = `arn:${partition}:rds:${of}:${account}:auto-backup:a`;
    uses.add({ ...use, inNetwork: false, action: "rds:DescribeDBInstanceAutomatedBackups", arn });
  }
  for (const { inputs } of uses.index.ofType("aws:backup/vault:Vault")) {
    if (inputs["region"] !== region) continue;
    const arn = `arn:${partition}:backup:${region}:${account}:backup-vault:${String(inputs["name"])}`;
    uses.add({ ...use, inNetwork: false, action: "backup:ListRecoveryPointsByBackupVault", arn });
  }
}

/** A bucket that another stack made: its own policy and its key's are there. */
function addAdopted(
  uses: PlanUses,
  use: Pick<Use, "role" | "what" | "inNetwork">,
  { bucketName, keyAlias }: { readonly bucketName: string; readonly keyAlias?: string | undefined },
  { whole, part, key }: Calls,
): void {
  const { partition, region, account } = uses.index.home;
  const arn = `arn:${partition}:s3:::${bucketName}`;
  for (const action of whole) uses.add({ ...use, action, arn });
  for (const action of part) uses.add({ ...use, action, arn: `${arn}/a` });
  if (keyAlias === undefined) return;
  const keyArn = `arn:${partition}:kms:${region}:${account}:key/1234abcd-12ab-34cd-56ef-1234567890ab`;
  const context = { "kms:ResourceAliases": keyAlias };
  // As the platform's keys have it: the key's policy leaves to IAM who of the account uses it.
  const policy = compilePolicy(
    {
      Version: "2012-10-17",
      Statement: {
        Effect: "Allow",
        Principal: { AWS: `arn:${partition}:iam::${account}:root` },
        Action: "kms:*",
        Resource: "*",
      },
    },
    "key",
    `policy of ${keyAlias}`,
  );
  for (const action of key) uses.add({ ...use, action, arn: keyArn, context, policy });
}

function addLinks(
  uses: PlanUses,
  config: StackConfig,
  names: Names,
  use: { readonly role: string; readonly what: string; readonly inNetwork: boolean },
  links: readonly LinkConfig[],
): void {
  for (const { bucket, queue, topic, service, access } of links) {
    // No role decides who calls a service: the network does.
    if (service !== undefined) continue;
    const kind = bucket !== undefined ? "bucket" : queue !== undefined ? "queue" : "topic";
    const all = LINK_CALLS[kind] as Readonly<Record<string, Calls>>;
    const on =
      bucket !== undefined
        ? uses.bucket(names.bucket(bucket))
        : queue !== undefined
          ? uses.named("aws:sqs/queue:Queue", "name", names.of(queue, "queue"))
          : uses.named("aws:sns/topic:Topic", "name", names.of(topic!, "topic"));
    // Made by another stack, or by this one.
    const adopted = bucket === undefined ? undefined : config.storage.adopted[bucket];
    for (const verb of access.split("-")) {
      const { whole, part, key } = all[verb]!;
      if (adopted !== undefined) {
        addAdopted(uses, use, adopted, { whole, part, key });
        continue;
      }
      if (on === undefined) continue;
      uses.addOn(use, on, whole, key);
      const arn = `arn:${uses.index.home.partition}:s3:::${textOf(on.inputs["bucket"])}/a`;
      uses.addOn({ ...use, arn }, on, part);
    }
  }
}
