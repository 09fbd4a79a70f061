import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

import { lambdaLogOf } from "../../facts/lambda-logs";
import type { LambdaRuntime } from "../../facts/lambda-runtimes";
import { SERVICE_PRINCIPALS } from "../../facts/service-principals";
import type { Arns } from "../../platform/arns";
import { serviceTrust, type Statement } from "../../platform/policy-documents";
import type { Tags } from "../../platform/tags";
import { bootstrapFiles } from "./bootstrap-code";
import { bundledFunction } from "./function-code";
import { functionPolicy } from "./function-policy";
import { CrmProvisionedConcurrency } from "./provisioned-concurrency";

/** Name of the alias that every event source calls; it follows the newest version. */
export const FUNCTION_ALIAS = "live";

/** A key and the alias by which policies name it. */
export interface NamedKey {
  readonly arn: pulumi.Input<string>;
  /** With its `alias/` prefix. */
  readonly aliasName: string;
}

/** Subnets and groups of a function's network interfaces. */
export interface FunctionNetwork {
  readonly subnetIds: pulumi.Input<pulumi.Input<string>[]>;
  readonly securityGroupIds: pulumi.Input<pulumi.Input<string>[]>;
}

export interface CrmFunctionArgs {
  /** Physical name. Changing it replaces the function. */
  readonly functionName: string;
  /** Physical name of its role. */
  readonly roleName: string;
  readonly description: string;
  /** Of code that is no image. */
  readonly runtime?: LambdaRuntime | undefined;
  /** Path and function, such as `dist/index.handler`, or the command of an image. @default the image's own */
  readonly handler?: string | undefined;
  /** MB. */
  readonly memoryMb: number;
  readonly timeoutSeconds: number;
  /** Calls at one time at most, set aside from the account's quota; undefined where nothing is set aside. */
  readonly reservedConcurrency: number | undefined;
  /** Processor that the code is built for. @default ARM64 */
  readonly architecture?: "ARM64" | "X86_64";
  /** Name of the log group. @default `/aws/lambda/` and the function's name, which Lambda itself would use */
  readonly logGroupName?: string;
  /** Days for which the log is kept. */
  readonly logRetentionDays: number;
  /** Plain values, never secrets. */
  readonly environment: Readonly<Record<string, string>>;
  /** Code of this repository: a folder below `functions/`. @default none */
  readonly bundle?: string;
  /** Container image by its address in ECR of this region, with digest. @default none: code for a runtime */
  readonly image?: string | undefined;
  /** Code in a bucket of this region. @default code that refuses every event */
  readonly artifact?: { readonly bucket: string; readonly key: string; readonly version: string };
  /** Queue, by ARN, of the events that the function failed on. */
  readonly deadLetterQueueArn: string;
  /** Retries of a failed asynchronous event, 0 to 2. */
  readonly maximumRetries: number;
  /** Seconds after which such an event goes to the dead-letter queue. */
  readonly maximumEventAgeSeconds: number;
  /** What the role may do besides logs, traces, the key and the dead-letter queue. */
  readonly statements: readonly Statement[];
  /** @default outside the VPC */
  readonly network?: FunctionNetwork;
  /** Environments kept ready in peak hours. @default none */
  readonly provisionedConcurrency?: {
    readonly capacity: number;
    readonly from: string;
    readonly until: string;
    readonly timeZone: string;
  };
  /** Key of the environment variables and of the dead-letter queue. */
  readonly key: NamedKey;
  /** Key of the log group. */
  readonly logsKey: NamedKey;
  /** Run before the function is updated or created, such as a backup. @default none */
  readonly hooks?: pulumi.ResourceHookBinding;
  /** What is read once, when the function or an environment starts: the function is changed after it. @default nothing */
  readonly readsAtStart?: readonly pulumi.Resource[];
  /** The dead-letter queue. */
  readonly startAfter: readonly pulumi.Resource[];
  /** Region of the function, its log and its queue. @default the provider's region */
  readonly region?: string;
  /** Of that region. */
  readonly arns: Arns;
  readonly tags: Tags;
}

/**
 * A Lambda function with its log group, its role, an alias that every event source calls, and a
 * dead-letter queue for asynchronous events. Traced, variables encrypted. Costs nothing
 * while it is not called, except for environments kept ready.
 */
export class CrmFunction extends pulumi.ComponentResource {
  public readonly functionName: string;
  public readonly arn: pulumi.Output<string>;
  /** The alias, by ARN built from names: known in a first preview. */
  public readonly aliasArn: string;
  /** The alias: its callers are created after it. */
  public readonly alias: aws.lambda.Alias;
  /** Its log: what reads the log starts after it. */
  public readonly logGroupName: pulumi.Output<string>;
  /** The role's policy: event sources that act with the role start after it. */
  public readonly policy: aws.iam.RolePolicy;

  public constructor(name: string, args: CrmFunctionArgs, opts?: pulumi.ComponentResourceOptions) {
    super("crm:aws:CrmFunction", name, {}, opts);

    const logGroup = createLogGroup(this, name, args);
    this.logGroupName = logGroup.name;
    const { role, policy } = createRole(this, name, args);
    const fn = createFunction(this, name, args, role, [
      ...[logGroup, policy],
      ...(args.readsAtStart ?? []),
    ]);
    this.alias = new aws.lambda.Alias(
      name,
      {
        name: FUNCTION_ALIAS,
        description: "What event sources call: the newest version",
        functionName: fn.name,
        functionVersion: fn.version,
        region: args.region,
      },
      { parent: this },
    );
    createFailureDestination(this, name, args, this.alias, policy);
    if (args.provisionedConcurrency !== undefined) {
      new CrmProvisionedConcurrency(
        `${name}-peak`,
        {
          ...args.provisionedConcurrency,
          functionName: args.functionName,
          functionAlias: this.alias,
          aliasName: FUNCTION_ALIAS,
          tags: args.tags,
        },
        { parent: this },
      );
    }

    this.functionName = args.functionName;
    this.arn = fn.arn;
    this.aliasArn = `${args.arns.lambda(args.functionName)}:${FUNCTION_ALIAS}`;
    this.policy = policy;
    this.registerOutputs({
      functionName: this.functionName,
      arn: this.arn,
      aliasArn: this.aliasArn,
    });
  }
}

function logGroupName(args: CrmFunctionArgs): string {
  return args.logGroupName ?? lambdaLogOf(args.functionName);
}

function createLogGroup(parent: CrmFunction, name: string, args: CrmFunctionArgs) {
  return new aws.cloudwatch.LogGroup(
    name,
    {
      name: logGroupName(args),
      retentionInDays: args.logRetentionDays,
      kmsKeyId: args.logsKey.arn,
      region: args.region,
      tags: args.tags,
    },
    { parent },
  );
}

function createRole(parent: CrmFunction, name: string, args: CrmFunctionArgs) {
  const role = new aws.iam.Role(
    `${name}-role`,
    {
      name: args.roleName,
      description: `Role of the function ${args.functionName}`,
      // Only for this account: a function's event sources and versions take the role under other ARNs.
      assumeRolePolicy: serviceTrust(args.arns, SERVICE_PRINCIPALS.lambda),
      tags: args.tags,
    },
    { parent },
  );
  const policy = new aws.iam.RolePolicy(
    `${name}-role`,
    {
      role: role.name,
      policy: functionPolicy(args.arns, {
        functionName: args.functionName,
        logGroupName: logGroupName(args),
        keyAlias: args.key.aliasName,
        deadLetterQueueArn: args.deadLetterQueueArn,
        vpc: args.network !== undefined,
        statements: args.statements,
      }),
    },
    { parent },
  );
  return { role, policy };
}

function createFunction(
  parent: CrmFunction,
  name: string,
  args: CrmFunctionArgs,
  role: aws.iam.Role,
  dependsOn: pulumi.Resource[],
): aws.lambda.Function {
  return new aws.lambda.Function(
    name,
    {
      name: args.functionName,
      description: args.description,
      role: role.arn,
      ...code(args),
      architectures: [args.architecture === "X86_64" ? "x86_64" : "arm64"],
      memorySize: args.memoryMb,
      timeout: args.timeoutSeconds,
      reservedConcurrentExecutions: args.reservedConcurrency,
      publish: true,
      environment: { variables: args.environment },
      kmsKeyArn: args.key.arn,
      loggingConfig: { logFormat: "JSON", logGroup: logGroupName(args) },
      tracingConfig: { mode: "Active" },
      vpcConfig: args.network && {
        subnetIds: args.network.subnetIds,
        securityGroupIds: args.network.securityGroupIds,
      },
      region: args.region,
      tags: { ...args.tags, Name: args.functionName },
    },
    { parent, dependsOn, hooks: args.hooks },
  );
}

/** The image, the platform's own code, the artifact, or code that refuses every event. */
function code(args: CrmFunctionArgs): Partial<aws.lambda.FunctionArgs> {
  const { image, runtime, handler, bundle, artifact } = args;
  if (image !== undefined) {
    return {
      packageType: "Image",
      imageUri: image,
      ...(handler !== undefined && { imageConfig: { commands: [handler] } }),
    };
  }
  if (runtime === undefined || handler === undefined) {
    throw new Error(`${args.functionName}: a function without an image has runtime and handler.`);
  }
  const entry = { runtime, handler };
  if (bundle !== undefined) {
    return { ...entry, code: bundledFunction(bundle) };
  }
  if (artifact !== undefined) {
    const { bucket, key, version } = artifact;
    return { ...entry, s3Bucket: bucket, s3Key: key, s3ObjectVersion: version };
  }
  const files = Object.entries(bootstrapFiles(runtime, handler));
  return {
    ...entry,
    code: new pulumi.asset.AssetArchive(
      Object.fromEntries(
        files.map(([file, text]) => [file, new pulumi.asset.StringAsset(text)] as const),
      ),
    ),
  };
}

function createFailureDestination(
  parent: CrmFunction,
  name: string,
  args: CrmFunctionArgs,
  alias: aws.lambda.Alias,
  policy: aws.iam.RolePolicy,
): void {
  new aws.lambda.FunctionEventInvokeConfig(
    name,
    {
      functionName: args.functionName,
      qualifier: alias.name,
      maximumRetryAttempts: args.maximumRetries,
      maximumEventAgeInSeconds: args.maximumEventAgeSeconds,
      destinationConfig: { onFailure: { destination: args.deadLetterQueueArn } },
      region: args.region,
    },
    // Lambda looks for the queue and the role's permission when this is set.
    { parent, dependsOn: [policy, ...args.startAfter] },
  );
}
