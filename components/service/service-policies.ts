/** What the two roles of a service may do: ECS starts its tasks with one, its code runs with the other. */
import type { Arns } from "../../platform/arns";
import { keyByAlias, type Statement } from "../../platform/policy-documents";

export interface ExecutionRightsArgs {
  readonly logGroupName: string;
  /** ARNs of the images' repositories; public images have none. */
  readonly repositoryArns: readonly string[];
  /** ARNs of the parameters that ECS hands to the container. */
  readonly parameterArns: readonly string[];
  /** Alias of the parameters' key. */
  readonly secretsKeyAlias: string;
}

/** For the execution role: pull the image, read the parameters, write the log. */
export function executionRights(arns: Arns, args: ExecutionRightsArgs): Statement[] {
  return [
    {
      sid: "WriteLog",
      actions: ["logs:CreateLogStream", "logs:PutLogEvents"],
      resources: [`${arns.logGroup(args.logGroupName)}:*`],
    },
    ...(args.repositoryArns.length === 0
      ? []
      : [
          {
            // The token is the registry's: the action has no resource-level permissions.
            sid: "SignInToRegistry",
            actions: ["ecr:GetAuthorizationToken"],
            resources: ["*"],
          },
          {
            sid: "PullImage",
            actions: [
              "ecr:BatchCheckLayerAvailability",
              "ecr:GetDownloadUrlForLayer",
              "ecr:BatchGetImage",
            ],
            resources: args.repositoryArns,
          },
        ]),
    ...(args.parameterArns.length === 0
      ? []
      : [
          {
            sid: "ReadSecrets",
            actions: ["ssm:GetParameters"],
            resources: args.parameterArns,
          },
          keyByAlias(arns, "DecryptSecrets", args.secretsKeyAlias),
        ]),
  ];
}

/** For the task role: traces. X-Ray has no resource-level permissions for these actions. */
export function tracingRights(): Statement {
  return {
    sid: "WriteTraces",
    actions: [
      "xray:PutTraceSegments",
      "xray:PutTelemetryRecords",
      "xray:GetSamplingRules",
      "xray:GetSamplingTargets",
      "xray:GetSamplingStatisticSummaries",
    ],
    resources: ["*"],
  };
}

/** For the task role: commands run in its containers, on record (ECS Developer Guide, "Using ECS Exec"). */
export function execRights(
  arns: Arns,
  exec: { readonly logGroupName: string; readonly keyAlias: string },
): Statement[] {
  return [
    {
      // Session Manager's channels have no resource-level permissions.
      sid: "OpenChannels",
      actions: [
        "ssmmessages:CreateControlChannel",
        "ssmmessages:CreateDataChannel",
        "ssmmessages:OpenControlChannel",
        "ssmmessages:OpenDataChannel",
      ],
      resources: ["*"],
    },
    // The action has no resource-level permissions.
    { sid: "FindRecord", actions: ["logs:DescribeLogGroups"], resources: ["*"] },
    {
      sid: "WriteRecord",
      actions: ["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"],
      resources: [`${arns.logGroup(exec.logGroupName)}:*`],
    },
    keyByAlias(arns, "DecryptSession", exec.keyAlias),
  ];
}
