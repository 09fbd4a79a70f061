/** What the day-two commands share: clients, credentials, the way they end. */
import { spawn, spawnSync } from "node:child_process";
import * as path from "node:path";
import { parseArgs, type ParseArgsConfig } from "node:util";

import type * as CloudWatch from "@aws-sdk/client-cloudwatch";
import type * as CloudWatchLogs from "@aws-sdk/client-cloudwatch-logs";
import { DescribeTasksCommand, ListTasksCommand, ECSClient, type Task } from "@aws-sdk/client-ecs";
import type * as Ssm from "@aws-sdk/client-ssm";

import { entryOf } from "../facts/entry-of";
import { shownValue } from "../facts/problem-text";
import { optionProblem, requiredText, wrongUsage } from "../tools/commands/options";
import { type Platform, platformOf, type PlatformService, SIGN_IN, UsageError } from "./platform";

/** Everything outside of this process, so that tests can stand in for it. */
export interface World {
  readonly ecs: Pick<ECSClient, "send">;
  readonly logs: Pick<CloudWatchLogs.CloudWatchLogsClient, "send">;
  readonly alarms: Pick<CloudWatch.CloudWatchClient, "send">;
  readonly ssm: Pick<Ssm.SSMClient, "send">;
  /** Hands the terminal to a program until it ends; its exit code. */
  readonly run: (program: string, args: readonly string[]) => Promise<number>;
  /** What a program prints. @throws with its errors if it ends with another code than 0 */
  readonly output: (program: string, args: readonly string[]) => string;
  /** An output of the stack, as `pulumi stack output` prints it. */
  readonly stackOutput: (stack: string, name: string) => string;
  /** A line for the person. */
  readonly print: (line: string) => void;
  readonly now: () => Date;
  readonly sleep: (milliseconds: number) => Promise<void>;
  /** @default the platform as the stack's file describes it */
  readonly platform?: Platform;
  /** Folder of the project whose stack files are read; absent: this one. */
  readonly root?: string;
}

/** AWS in a region. Clients are loaded on first use, because each takes time. */
export function realWorld(region: string): World {
  /* eslint-disable @typescript-eslint/no-require-imports -- see above */
  return {
    get ecs() {
      return new ECSClient({ region });
    },
    get logs() {
      const { CloudWatchLogsClient: Client } =
        require("@aws-sdk/client-cloudwatch-logs") as typeof CloudWatchLogs;
      return new Client({ region });
    },
    get alarms() {
      const { CloudWatchClient: Client } =
        require("@aws-sdk/client-cloudwatch") as typeof CloudWatch;
      return new Client({ region });
    },
    get ssm() {
      const { SSMClient: Client } = require("@aws-sdk/client-ssm") as typeof Ssm;
      return new Client({ region });
    },
    run: handOver,
    output: outputOf,
    stackOutput,
    print: (line) => console.log(line),
    now: () => new Date(),
    sleep: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
  };
  /* eslint-enable @typescript-eslint/no-require-imports */
}

function handOver(program: string, args: readonly string[]): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: "inherit" });
    // Ctrl-C is for the program in the session, not for this one.
    const ignore = () => undefined;
    process.on("SIGINT", ignore);
    child.once("error", (error: NodeJS.ErrnoException) => {
      process.off("SIGINT", ignore);
      reject(error.code === "ENOENT" ? new Error(missing(program)) : error);
    });
    child.once("exit", (code) => {
      process.off("SIGINT", ignore);
      resolve(code ?? 1);
    });
  });
}

function missing(program: string): string {
  return `${program} is not installed. See "Install the Session Manager plugin" in the AWS Systems Manager User Guide.`;
}

function outputOf(program: string, args: readonly string[]): string {
  const result = spawnSync(program, args, { encoding: "utf8", maxBuffer: 2 ** 24 });
  if (result.status !== 0) {
    throw new Error(result.stderr?.trim() || `${program} did not run. Is it installed?`);
  }
  return result.stdout;
}

function stackOutput(stack: string, name: string): string {
  const root = path.join(__dirname, "..");
  const result = spawnSync(
    "pulumi",
    ["stack", "output", name, "--stack", stack, "--non-interactive"],
    {
      cwd: root,
      encoding: "utf8",
    },
  );
  if (result.status !== 0) {
    throw new Error(
      `The output ${name} of ${stack} cannot be read: ${result.stderr?.trim() || "the Pulumi CLI is not installed"}. ` +
        "Log in to the backend (`pulumi login s3://...`), or give --host.",
    );
  }
  return result.stdout.trim();
}

/** A day-two command: what it is called, how it is used and what it does. */
export interface DayTwo<Options extends NonNullable<ParseArgsConfig["options"]>> {
  readonly usage: string;
  readonly options: Options;
  /** Whether the command line names a service. */
  readonly service: "required" | "optional" | "none";
  readonly act: (call: {
    readonly platform: Platform;
    readonly world: World;
    readonly key: string | undefined;
    readonly rest: readonly string[];
    readonly values: Readonly<Record<string, string | boolean | undefined>>;
  }) => Promise<number>;
}

/**
 * Runs a day-two command and turns its errors into what a person can act on.
 *
 * @returns the exit code: the command's own, 1 if AWS refused, 2 for wrong usage
 */
export async function runDayTwo<O extends NonNullable<ParseArgsConfig["options"]>>(
  command: DayTwo<O>,
  args: readonly string[],
  world?: World,
): Promise<number> {
  try {
    const end = args.indexOf("--");
    const own = end < 0 ? args : args.slice(0, end);
    const parsed = parse(command, own);
    if (parsed.values["help"]) {
      console.log(command.usage);
      return 0;
    }
    const [key, ...more] = parsed.positionals;
    if (key !== undefined && command.service === "none") {
      throw new UsageError(
        `expected options alone, got ${shownValue(parsed.positionals.join(" "))}`,
      );
    }
    if (key === undefined && command.service === "required") {
      throw new UsageError(requiredText(["<service>"]));
    }
    const rest = end < 0 ? more : [...more, ...args.slice(end + 1)];
    const stack = parsed.values["stack"] as string | undefined;
    const platform = world?.platform ?? platformOf(stack, world?.root);
    return await command.act({
      platform,
      world: world ?? realWorld(platform.region),
      key,
      rest,
      values: parsed.values,
    });
  } catch (error) {
    const { kind, message } = error as Partial<UsageError>;
    if (kind === "usage") return wrongUsage(message!, command.usage);
    console.error(explained(error as Error));
    return 1;
  }
}

function parse<O extends NonNullable<ParseArgsConfig["options"]>>(
  command: DayTwo<O>,
  args: readonly string[],
) {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      options: {
        ...command.options,
        stack: { type: "string", short: "s" },
        help: { type: "boolean", short: "h" },
      },
      allowPositionals: true,
    });
    return { values: values as Record<string, string | boolean | undefined>, positionals };
  } catch (error) {
    throw new UsageError(optionProblem(error as Error));
  }
}

/** An error of AWS with what to do about it. */
export function explained(error: Error): string {
  const advice: Readonly<Record<string, string>> = {
    CredentialsProviderError:
      `No AWS credentials. ${SIGN_IN} ` +
      "The role needs read access to ECS and CloudWatch (docs/operations.md).",
    ExpiredTokenException: "The AWS credentials have expired: sign in again (`aws sso login`).",
    ExpiredToken: "The AWS credentials have expired: sign in again (`aws sso login`).",
    UnrecognizedClientException: "AWS does not recognize these credentials. Check AWS_PROFILE.",
    AccessDeniedException: `${error.message} The role lacks a permission: docs/operations.md lists those of each command.`,
    ClusterNotFoundException:
      "There is no such cluster in this account and region: is the stack deployed, and is it the right AWS_PROFILE?",
    ResourceNotFoundException: `${error.message} Is the stack deployed in this account?`,
    TargetNotConnectedException:
      "The task's agent does not answer. A task that started before `exec: true` has none: deploy the service again.",
  };
  return entryOf(advice, error.name) ?? error.message;
}

/** A task that a session can be opened to, and the target's name for Session Manager. */
export interface ExecTarget {
  readonly taskArn: string;
  /** `ecs:<cluster>_<task id>_<runtime id>`: Systems Manager's name for a container. */
  readonly target: string;
}

/** The youngest running task of a service whose agent answers. @throws if there is none */
export async function execTarget(
  world: World,
  platform: Platform,
  service: PlatformService,
): Promise<ExecTarget> {
  if (!service.exec) {
    throw new Error(
      `ECS Exec is off for ${service.key}: set crm:services.${service.key}.exec to true in Pulumi.${platform.stack}.yaml and deploy.`,
    );
  }
  const cluster = platform.clusterName;
  const { taskArns = [] } = await world.ecs.send(
    new ListTasksCommand({ cluster, serviceName: service.serviceName, desiredStatus: "RUNNING" }),
  );
  if (taskArns.length === 0) {
    throw new Error(`${service.key} has no running task; \`npm run status\` says why.`);
  }
  const { tasks = [] } = await world.ecs.send(
    new DescribeTasksCommand({ cluster, tasks: taskArns }),
  );
  const ready = tasks
    .map((task) => ({ task, runtimeId: agentOf(task, service.containerName) }))
    .filter(({ runtimeId }) => runtimeId !== undefined)
    .sort((a, b) => Number(b.task.startedAt ?? 0) - Number(a.task.startedAt ?? 0))[0];
  if (ready === undefined) {
    throw new Error(`No task of ${service.key} has a running agent yet; try again in a minute.`);
  }
  const taskArn = ready.task.taskArn!;
  return {
    taskArn,
    target: `ecs:${cluster}_${taskArn.split("/").at(-1)}_${ready.runtimeId}`,
  };
}

/** The container's runtime id, if its agent runs. */
function agentOf(task: Task, containerName: string): string | undefined {
  const container = task.containers?.find(({ name }) => name === containerName);
  const agent = container?.managedAgents?.find(({ name }) => name === "ExecuteCommandAgent");
  return agent?.lastStatus === "RUNNING" ? container?.runtimeId : undefined;
}

/** Arguments of the session-manager-plugin, in the order in which the AWS CLI gives them. */
export function pluginArguments(session: object, region: string, request: object): string[] {
  return [
    JSON.stringify(session),
    region,
    "StartSession",
    process.env["AWS_PROFILE"] ?? "",
    JSON.stringify(request),
    `https://ssm.${region}.amazonaws.com`,
  ];
}
