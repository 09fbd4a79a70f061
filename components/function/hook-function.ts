/** A function that ECS calls during a deployment, and waits for: no event of it can get lost. */
import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";

import { lambdaLogOf } from "../../facts/lambda-logs";
import type { LambdaRuntime } from "../../facts/lambda-runtimes";
import { SERVICE_PRINCIPALS } from "../../facts/service-principals";
import type { Arns } from "../../platform/arns";
import { policyDocument, serviceTrust, type Statement } from "../../platform/policy-documents";
import type { Tags } from "../../platform/tags";
import type { FunctionNetwork, NamedKey } from "./function";
import { bundledFunction } from "./function-code";
import { logAndTraces, networkInterfaces } from "./function-policy";

const RUNTIME: LambdaRuntime = "nodejs24.x";

export interface HookFunctionArgs {
  readonly functionName: string;
  readonly roleName: string;
  readonly roleDescription: string;
  readonly description: string;
  /** Its code: a folder below `functions/`. */
  readonly bundle: string;
  readonly timeoutSeconds: number;
  /** @default outside the VPC */
  readonly network?: FunctionNetwork;
  /** What the role may do besides log and traces. */
  readonly statements: readonly Statement[];
  readonly logRetentionDays: number;
  readonly logsKey: NamedKey;
  readonly arns: Arns;
  readonly tags: Tags;
}

/** The function with its log and role, as children of `parent`. */
export function createHookFunction(
  name: string,
  args: HookFunctionArgs,
  parent: pulumi.Resource,
): aws.lambda.Function {
  const { functionName, arns, tags } = args;
  const logGroupName = lambdaLogOf(functionName);
  const logGroup = new aws.cloudwatch.LogGroup(
    name,
    {
      name: logGroupName,
      retentionInDays: args.logRetentionDays,
      kmsKeyId: args.logsKey.arn,
      tags,
    },
    { parent },
  );
  const role = new aws.iam.Role(
    name,
    {
      name: args.roleName,
      description: args.roleDescription,
      assumeRolePolicy: serviceTrust(arns, SERVICE_PRINCIPALS.lambda),
      tags,
    },
    { parent },
  );
  const policy = new aws.iam.RolePolicy(
    name,
    { role: role.name, policy: rights(args, logGroupName) },
    { parent },
  );
  return new aws.lambda.Function(
    name,
    {
      name: functionName,
      description: args.description,
      role: role.arn,
      code: bundledFunction(args.bundle),
      handler: "handler.handler",
      runtime: RUNTIME,
      architectures: ["arm64"],
      memorySize: 256,
      timeout: args.timeoutSeconds,
      vpcConfig: args.network && {
        subnetIds: args.network.subnetIds,
        securityGroupIds: args.network.securityGroupIds,
      },
      loggingConfig: { logFormat: "JSON", logGroup: logGroupName },
      tracingConfig: { mode: "Active" },
      tags: { ...tags, Name: functionName },
    },
    { parent, dependsOn: [logGroup, policy] },
  );
}

function rights(args: HookFunctionArgs, logGroupName: string): string {
  const { arns, functionName, network, statements } = args;
  return policyDocument(
    ...logAndTraces(arns, logGroupName),
    ...(network === undefined ? [] : networkInterfaces(arns, functionName)),
    ...statements,
  );
}
