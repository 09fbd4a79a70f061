/** What a function's role may do: its log, its traces, its key, its failures, its links. */
import type { Arns } from "../../platform/arns";
import { queueLink } from "../../platform/links";
import type { Names } from "../../platform/names";
import { keyByAlias, policyDocument, type Statement } from "../../platform/policy-documents";

export interface FunctionPolicyArgs {
  readonly functionName: string;
  readonly logGroupName: string;
  /** Alias of the key that encrypts the environment and the dead-letter queue. */
  readonly keyAlias: string;
  /** Queue, by ARN, of the events that the function failed on. */
  readonly deadLetterQueueArn: string;
  /** Whether the function has network interfaces in the private subnets. */
  readonly vpc: boolean;
  /** Statements of links and of what the function reads. */
  readonly statements: readonly Statement[];
}

/** What every function writes. */
export function logAndTraces(arns: Arns, logGroupName: string): Statement[] {
  return [
    {
      sid: "WriteLog",
      actions: ["logs:CreateLogStream", "logs:PutLogEvents"],
      resources: [`${arns.logGroup(logGroupName)}:*`],
    },
    {
      // X-Ray has no resource-level permissions for these (Service Authorization Reference).
      sid: "WriteTraces",
      actions: ["xray:PutTraceSegments", "xray:PutTelemetryRecords"],
      resources: ["*"],
    },
  ];
}

/** The role's one policy. */
export function functionPolicy(arns: Arns, args: FunctionPolicyArgs): string {
  return policyDocument(
    ...logAndTraces(arns, args.logGroupName),
    {
      sid: "KeepFailedEvents",
      actions: ["sqs:SendMessage"],
      resources: [args.deadLetterQueueArn],
    },
    keyByAlias(arns, "UseKey", args.keyAlias, ["kms:Decrypt", "kms:GenerateDataKey"]),
    ...(args.vpc ? networkInterfaces(arns, args.functionName) : []),
    ...args.statements,
  );
}

/** A parameter that the function reads when it runs. */
export function parameterStatements(arns: Arns, path: string, keyAlias: string): Statement[] {
  return [
    { sid: "ReadDatabaseUrl", actions: ["ssm:GetParameter"], resources: [arns.parameter(path)] },
    keyByAlias(arns, "DecryptDatabaseUrl", keyAlias),
  ];
}

/** What Lambda needs of the role to read a queue for the function; nothing without a queue. */
export function queueReaderStatements(
  arns: Arns,
  names: Names,
  keyAlias: string,
  queue: string | undefined,
): readonly Statement[] {
  if (queue === undefined) {
    return [];
  }
  const target = { name: names.of(queue, "queue"), keyAlias, label: `trigger-${queue}` };
  return queueLink(arns, target, "receive").statements;
}

/**
 * Lambda makes the function's network interfaces with the function's role; the function's own code is
 * denied the same (Lambda Developer Guide, "Giving Lambda functions access to resources in an Amazon VPC").
 */
export function networkInterfaces(arns: Arns, functionName: string): Statement[] {
  const writes = [
    "ec2:CreateNetworkInterface",
    "ec2:DeleteNetworkInterface",
    "ec2:AssignPrivateIpAddresses",
    "ec2:UnassignPrivateIpAddresses",
  ];
  // EC2's Describe actions have no resource-level permissions.
  const reads = ["ec2:DescribeNetworkInterfaces", "ec2:DescribeSubnets"];
  return [
    {
      // Lambda checks these before any interface exists and refuses a role that names kinds of resource.
      sid: "ManageInterfaces",
      actions: writes,
      resources: [arns.regional("ec2", "*/*")],
    },
    { sid: "FindInterfaces", actions: reads, resources: ["*"] },
    {
      sid: "NotFromCode",
      effect: "Deny",
      actions: [...writes, "ec2:DetachNetworkInterface", ...reads],
      resources: ["*"],
      conditions: { ArnEquals: { "lambda:SourceFunctionArn": arns.lambda(functionName) } },
    },
  ];
}
