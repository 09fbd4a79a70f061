/**
 * What the roles inside of a plan call: those that start tasks, those of functions and of services' code, schedules, flow logs,
 * deployment hooks and copies of buckets. The calls follow from what is planned and from AWS's pages, not from the roles' policies:
 *
 * - Amazon ECS Developer Guide, "Task execution IAM role", "Using Amazon ECS Exec";
 * - AWS Lambda Developer Guide, "Defining Lambda function permissions with an execution role", "Giving Lambda functions access
 *   to resources in an Amazon VPC", "Using Lambda with Amazon SQS", "Capturing records of Lambda asynchronous invocations";
 * - EventBridge Scheduler User Guide, "Setting up"; Amazon ECS Developer Guide, "Amazon ECS EventBridge IAM Role"; VPC User Guide, "IAM role for publishing flow logs to CloudWatch Logs";
 * - S3 User Guide, "Setting up permissions for live replication"; SQS Developer Guide, "Key management" (a producer needs
 *   GenerateDataKey and Decrypt, a consumer Decrypt).
 */
import { lambdaLogOf } from "../../facts/lambda-logs";
import {
  EXEC_CALLS,
  FUNCTION_IMAGE_CALLS,
  INTERFACE_CALLS,
  POLL_CALLS,
  PULL_CALLS,
  TRACE_CALLS,
  WRITE_KEY_CALLS,
} from "../../facts/service-calls";
import { SERVICE_PRINCIPALS } from "../../facts/service-principals";
import { compilePolicy, type Policy } from "../iam";
import type { PlannedResource } from "../plan/model";
import { isRecord } from "../properties";
import { contextOf } from "./context";
import { moduleOf, type PlanIndex, textOf } from "./plan-index";
import { roleArn, roleBehind } from "./roles";
import { repositoryOf } from "./targets";
import type { Questions } from "./walk";

/** One call of a role: on a planned resource, or on an ARN below it. */
export interface Use {
  /** Name of the role. */
  readonly role: string;
  readonly action: string;
  /** What it works on; none for an action without resources. */
  readonly on?: PlannedResource;
  /** ARN, where it is not that of `on` itself: an object, a log's stream. */
  readonly arn?: string;
  /** Who needs it. */
  readonly what: string;
  /** Whether the call leaves from the network, through its endpoints. */
  readonly inNetwork: boolean;
  /** The resource's own policy, where the plan does not make it. */
  readonly policy?: Policy;
  /** Condition keys of the call itself. */
  readonly context?: Readonly<Record<string, string>>;
}

/** The uses of a plan, looked up by name. */
export class PlanUses {
  readonly list: Use[] = [];

  constructor(readonly index: PlanIndex) {
    index.ofType("aws:ecs/taskDefinition:TaskDefinition").forEach((one) => this.addTask(one));
    index.ofType("aws:lambda/function:Function").forEach((one) => this.addFunction(one));
    index.ofType("aws:scheduler/schedule:Schedule").forEach((one) => this.addSchedule(one));
    index.ofType("aws:ec2/flowLog:FlowLog").forEach((one) => this.addFlowLog(one));
    index.ofType("aws:ecs/service:Service").forEach((one) => this.addService(one));
    index
      .ofType("aws:s3/bucketReplicationConfig:BucketReplicationConfig")
      .forEach((one) => this.addReplication(one));
  }

  /** The name of the role behind an input. */
  roleOf(resource: PlannedResource, input: string): string | undefined {
    const role = roleBehind(this.index, resource, input);
    return role && textOf(role.inputs["name"]);
  }

  /** A planned resource by a property that names it, in a region if there are several. */
  named(
    type: string,
    property: string,
    name: string | undefined,
    region = this.index.home.region,
  ): PlannedResource | undefined {
    const found = this.index.ofType(type).filter((one) => textOf(one.inputs[property]) === name);
    return found.find((one) => this.index.regionOf(one) === region) ?? found[0];
  }

  queue(arn: string | undefined): PlannedResource | undefined {
    return this.named("aws:sqs/queue:Queue", "name", arn?.split(":").at(-1));
  }

  bucket(name: string | undefined): PlannedResource | undefined {
    return this.named("aws:s3/bucket:Bucket", "bucket", name);
  }

  /** The key that encrypts a resource, by alias or reference; none for a key of AWS's. */
  keyOf(resource: PlannedResource): PlannedResource | undefined {
    const KEY = "aws:kms/key:Key";
    const properties = ["kmsMasterKeyId", "kmsKeyId", "keyId", "kmsKeyArn", "rules"];
    const holder =
      moduleOf(resource.type) === "s3/bucket"
        ? this.index
            .ofType(
              "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
            )
            .find(({ inputs }) => textOf(inputs["bucket"]) === textOf(resource.inputs["bucket"]))
        : resource;
    if (holder === undefined) return undefined;
    const referred = properties.flatMap((name) => this.index.behind(holder, name));
    const direct = referred.find(({ type }) => type === KEY);
    if (direct !== undefined) return direct;
    const alias = properties.map((name) => textOf(holder.inputs[name])).find((one) => one);
    const named = this.named("aws:kms/alias:Alias", "name", alias, this.index.regionOf(holder));
    return named && this.index.behind(named, "targetKeyId").find(({ type }) => type === KEY);
  }

  add(use: Use): void {
    this.list.push(use);
  }

  /** Calls on a resource, and on the key that encrypts it. */
  addOn(
    use: Omit<Use, "action" | "on">,
    on: PlannedResource | undefined,
    actions: readonly string[],
    keyActions: readonly string[] = [],
  ): void {
    if (on === undefined) return;
    for (const action of actions) this.add({ ...use, action, on });
    if (this.keyOf(on) === undefined) return;
    for (const action of keyActions) {
      this.add({ role: use.role, what: use.what, inNetwork: use.inNetwork, action, on });
    }
  }

  /** Messages into a queue. */
  addSend(use: Omit<Use, "action" | "on">, arn: string | undefined): void {
    this.addOn(use, this.queue(arn), ["sqs:SendMessage"], WRITE_KEY_CALLS.actions);
  }

  private addLog(
    use: Omit<Use, "action">,
    group: string | undefined,
    region = this.index.home.region,
  ): void {
    const { partition, account } = this.index.home;
    // A group stands with `:*` in policies for its streams: CloudWatch Logs User Guide, "Permissions reference".
    const arn = `arn:${partition}:logs:${region}:${account}:log-group:${group}:log-stream:a`;
    for (const action of ["logs:CreateLogStream", "logs:PutLogEvents"]) {
      this.add({ ...use, action, arn });
    }
  }

  private addTask(task: PlannedResource): void {
    const role = this.roleOf(task, "executionRoleArn");
    const text = textOf(task.inputs["containerDefinitions"]);
    if (role === undefined || text === undefined) return;
    const use = { role, what: `start ${task.name}`, inNetwork: true };
    for (const container of JSON.parse(text) as Container[]) {
      this.addLog(use, container.logConfiguration?.options?.["awslogs-group"]);
      this.addPull(use, container.image);
      for (const { valueFrom } of container.secrets ?? []) this.addSecret(use, valueFrom);
    }
  }

  private addPull(use: Omit<Use, "action">, image: string): void {
    if (!/\.dkr\.ecr\./.test(image)) return;
    const { arn, resource } = repositoryOf(this.index, image);
    this.add({ ...use, action: "ecr:GetAuthorizationToken" });
    for (const action of PULL_CALLS.actions) {
      this.add({ ...use, action, arn, ...(resource && { on: resource }) });
    }
  }

  /** Lambda pulls with the function's role, or by the repository's policy: in one account either is enough. */
  private addImage(use: Omit<Use, "action">, image: string): void {
    const { arn, resource } = repositoryOf(this.index, image);
    const [before = "", name = ""] = arn.split(":repository/");
    const isOwn = before.endsWith(`:${this.index.home.account}`);
    if (isOwn && this.named("aws:ecr/repositoryPolicy:RepositoryPolicy", "repository", name))
      return;
    for (const action of FUNCTION_IMAGE_CALLS.actions) {
      this.add({ ...use, action, arn, ...(resource && { on: resource }) });
    }
  }

  private addSecret(use: Omit<Use, "action">, from: string): void {
    const [, , service, , , ...more] = from.split(":");
    const rest = more.join(":");
    if (service === "ssm") {
      const name = rest.replace(/^parameter/, "");
      const on = this.named("aws:ssm/parameter:Parameter", "name", name);
      this.addOn(use, on, ["ssm:GetParameters"], ["kms:Decrypt"]);
    } else {
      const name = rest.replace(/^secret:/, "").split(":")[0]!;
      const on = this.named("aws:secretsmanager/secret:Secret", "name", name);
      this.addOn(use, on, ["secretsmanager:GetSecretValue"], ["kms:Decrypt"]);
    }
  }

  private addFunction(fn: PlannedResource): void {
    const role = this.roleOf(fn, "role");
    const name = textOf(fn.inputs["name"]);
    if (role === undefined || name === undefined) return;
    const inNetwork = fn.inputs["vpcConfig"] !== undefined;
    // Lambda itself writes the log, polls the queue and makes the interfaces: none of that passes the network.
    const use = { role, what: `run ${fn.name}`, inNetwork: false };
    const logging = recordOf(fn.inputs["loggingConfig"]);
    const group = textOf(logging["logGroup"]) ?? lambdaLogOf(name);
    this.addLog(use, group, this.index.regionOf(fn));
    if (recordOf(fn.inputs["tracingConfig"])["mode"] === "Active") {
      for (const action of TRACE_CALLS.actions) this.add({ ...use, action });
    }
    const image = textOf(fn.inputs["imageUri"]);
    if (image !== undefined) this.addImage(use, image);
    if (inNetwork) for (const action of INTERFACE_CALLS.actions) this.addInterface(use, action);
    for (const mapping of this.index.ofType("aws:lambda/eventSourceMapping:EventSourceMapping")) {
      if (!isOf(mapping.inputs["functionName"], name)) continue;
      const source = this.queue(textOf(mapping.inputs["eventSourceArn"]));
      this.addOn(use, source, POLL_CALLS.actions, ["kms:Decrypt"]);
    }
    const failed = [
      textOf(recordOf(fn.inputs["deadLetterConfig"])["targetArn"]),
      ...this.index
        .ofType("aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig")
        .filter(({ inputs }) => isOf(inputs["functionName"], name))
        .map(({ inputs }) =>
          textOf(recordOf(recordOf(inputs["destinationConfig"])["onFailure"])["destination"]),
        ),
    ];
    for (const arn of failed) this.addSend(use, arn);
    // What its variables name as a parameter its code reads.
    const code = { role, what: `code of ${fn.name}`, inNetwork };
    const variables = recordOf(recordOf(fn.inputs["environment"])["variables"]);
    for (const value of Object.values(variables)) {
      const named = typeof value === "string" && value.startsWith("/") ? value : undefined;
      const parameter = named && this.named("aws:ssm/parameter:Parameter", "name", named);
      if (parameter) this.addOn(code, parameter, ["ssm:GetParameter"], ["kms:Decrypt"]);
    }
  }

  private addInterface(use: Omit<Use, "action">, action: string): void {
    const { partition, region, account } = this.index.home;
    const arn = `arn:${partition}:ec2:${region}:${account}:network-interface/eni-1234567890abcdef0`;
    this.add({ ...use, action, ...(!action.includes("Describe") && { arn }) });
  }

  private addSchedule(schedule: PlannedResource): void {
    const target = recordOf(schedule.inputs["target"]);
    const role = textOf(target["roleArn"])?.split("/").at(-1);
    const arn = textOf(target["arn"]);
    if (role === undefined || arn === undefined) return;
    const use = { role, what: `keep to ${schedule.name}`, inNetwork: false };
    if (target["ecsParameters"] === undefined) {
      this.add({ ...use, action: "lambda:InvokeFunction", arn });
    } else {
      const [task] = this.index
        .behind(schedule, "target")
        .filter(({ type }) => type === "aws:ecs/taskDefinition:TaskDefinition");
      this.addStart(use, arn, task);
    }
    this.addSend(use, textOf(recordOf(target["deadLetterConfig"])["arn"]));
  }

  /** A start of a task in a cluster, by ARN, with the roles and tags of its definition. */
  addStart(
    use: Omit<Use, "action" | "on">,
    cluster: string,
    task: PlannedResource | undefined,
  ): void {
    const family = task && textOf(task.inputs["family"]);
    if (task === undefined || family === undefined) return;
    const { partition, region, account } = this.index.home;
    const ecs = `arn:${partition}:ecs:${region}:${account}:`;
    this.add({
      ...{ ...use, action: "ecs:RunTask", arn: `${ecs}task-definition/${family}:1` },
      context: { "ecs:cluster": cluster },
    });
    this.add({
      ...{ ...use, action: "ecs:TagResource", arn: `${ecs}task/${cluster.split("/")[1]}/a` },
      context: { "ecs:CreateAction": "RunTask" },
    });
    for (const input of ["executionRoleArn", "taskRoleArn"]) {
      const arn = roleArn(this.index, this.roleOf(task, input)!);
      const context = { "iam:PassedToService": SERVICE_PRINCIPALS.ecsTasks };
      this.add({ ...use, action: "iam:PassRole", arn, context });
    }
  }

  private addFlowLog(flow: PlannedResource): void {
    const role = this.roleOf(flow, "iamRoleArn");
    const [group] = this.index.behind(flow, "logDestination");
    const name = group && textOf(group.inputs["name"]);
    if (role === undefined || name === undefined) return;
    const use = { role, what: `write ${flow.name}`, inNetwork: false };
    this.addLog(use, name);
    const { partition, region, account } = this.index.home;
    const arn = (group: string) => `arn:${partition}:logs:${region}:${account}:log-group:${group}`;
    this.add({ ...use, action: "logs:DescribeLogStreams", arn: arn(name) });
    this.add({ ...use, action: "logs:DescribeLogGroups", arn: arn("") });
  }

  private addService(service: PlannedResource): void {
    const deployment = recordOf(service.inputs["deploymentConfiguration"]);
    for (const hook of listOf(deployment["lifecycleHooks"])) {
      const role = textOf(hook["roleArn"])?.split("/").at(-1);
      const arn = textOf(hook["hookTargetArn"]);
      if (role === undefined || arn === undefined) continue;
      const what = `deploy ${service.name}`;
      this.add({ role, what, inNetwork: false, action: "lambda:InvokeFunction", arn });
    }
    if (service.inputs["enableExecuteCommand"] !== true) return;
    const [task] = this.index.behind(service, "taskDefinition");
    const role = task && this.roleOf(task, "taskRoleArn");
    for (const action of role === undefined ? [] : EXEC_CALLS.actions) {
      this.add({ role: role!, what: `exec into ${service.name}`, inNetwork: true, action });
    }
  }

  private addReplication(config: PlannedResource): void {
    const role = this.roleOf(config, "role");
    const source = this.bucket(textOf(config.inputs["bucket"]));
    if (role === undefined || source === undefined) return;
    const use = { role, what: `copy ${config.name}`, inNetwork: false };
    const objects = (bucket: PlannedResource) =>
      `arn:${this.index.home.partition}:s3:::${textOf(bucket.inputs["bucket"])}/a`;
    this.addOn(use, source, ["s3:GetReplicationConfiguration", "s3:ListBucket"]);
    const read = ["Replication", "Acl", "Tagging"].map((end) =>
      end === "Replication" ? "s3:GetObjectVersionForReplication" : `s3:GetObjectVersion${end}`,
    );
    this.addOn({ ...use, arn: objects(source) }, source, read, ["kms:Decrypt"]);
    for (const rule of listOf(config.inputs["rules"])) {
      const name = textOf(recordOf(rule["destination"])["bucket"])?.split(":::")[1];
      const copy = this.bucket(name);
      if (copy === undefined) continue;
      const marks = recordOf(rule["deleteMarkerReplication"])["status"] === "Enabled";
      const write = ["s3:ReplicateObject", "s3:ReplicateTags", ...(marks ? ["s3:ReplicateDelete"] : [])]; // prettier-ignore
      this.addOn({ ...use, arn: objects(copy) }, copy, write, ["kms:Encrypt"]);
    }
  }
}

interface Container {
  readonly image: string;
  readonly secrets?: readonly { readonly valueFrom: string }[];
  readonly logConfiguration?: { readonly options?: Readonly<Record<string, string>> };
}

const recordOf = (value: unknown): Readonly<Record<string, unknown>> =>
  isRecord(value) ? value : {};
const listOf = (value: unknown) => (Array.isArray(value) ? value : []).map(recordOf);
const isOf = (value: unknown, name: string) => {
  const text = textOf(value);
  return text === name || text?.split(":function:")[1]?.split(":")[0] === name;
};

/** The policy of the endpoint that a call of a service passes; none where the network has no endpoint for it. */
export function endpointOf(index: PlanIndex, action: string): Policy | undefined {
  const service = action.split(":")[0]!;
  const name = service === "ecr" ? "ecr.api" : service === "cloudwatch" ? "monitoring" : service;
  const found = index
    .ofType("aws:ec2/vpcEndpoint:VpcEndpoint")
    .find(({ inputs }) => textOf(inputs["serviceName"])?.endsWith(`.${name}`));
  return found === undefined || found.inputs["policy"] === undefined
    ? undefined
    : compilePolicy(found.inputs["policy"], "endpoint", `policy of the endpoint ${name}`);
}

/** Puts a use as a question. */
export function askUse(questions: Questions, uses: PlanUses, use: Use): void {
  const { index } = uses;
  const key = use.action.startsWith("kms:") && use.on ? uses.keyOf(use.on) : undefined;
  const resource = key ?? use.on;
  const call = { action: use.action, step: "update", from: "analysis/rights/uses.ts" } as const;
  const targets = use.arn !== undefined && key === undefined
    ? [{ arn: use.arn, ...(resource && { resource }) }]
    : resource === undefined
      ? [{ arn: "*" }]
      : questions.targetsOf(resource, use.action); // prettier-ignore
  const endpoint = use.inNetwork ? endpointOf(index, use.action) : undefined;
  for (const target of targets) {
    const context = {
      ...contextOf(index, use.on ?? index.managed[0]!, call, target, "settled"),
      ...use.context,
    };
    const need = { what: use.what, step: "use" as const, from: call.from };
    const policy = use.policy;
    questions.add(use.action, target, context, need, {
      ...(endpoint && { endpoint }),
      ...(policy && { policy }),
    });
  }
}
