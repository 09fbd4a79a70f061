/** What the two roles of a service may do: ECS starts its tasks with one, its code runs with the other. */
import { SERVICE_PRINCIPALS } from "../../facts/service-principals";
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

/**
 * For a principal that starts a one-off task: of its family only, in the cluster, with the service's roles, tagged at its start.
 * Source: ECS Developer Guide, "Amazon ECS EventBridge IAM Role"; the roles and the family are named instead of all.
 */
export function runTaskRights(arns: Arns, args: RunTaskRightsArgs): Statement[] {
  const inCluster = {
    ArnEquals: { "ecs:cluster": arns.cluster(args.clusterName) },
  };
  return [
    {
      sid: "RunTask",
      actions: ["ecs:RunTask"],
      resources: [arns.regional("ecs", `task-definition/${args.family}:*`)],
      conditions: inCluster,
    },
    {
      sid: "TagTask",
      actions: ["ecs:TagResource"],
      resources: [arns.tasksOf(args.clusterName)],
      conditions: { StringEquals: { "ecs:CreateAction": "RunTask" } },
    },
    {
      sid: "HandRolesToTask",
      actions: ["iam:PassRole"],
      resources: args.roleArns,
      conditions: { StringEquals: { "iam:PassedToService": SERVICE_PRINCIPALS.ecsTasks } },
    },
  ];
}

export interface RunTaskRightsArgs {
  readonly clusterName: string;
  /** Family of the task definition; all its revisions. */
  readonly family: string;
  /** The task's two roles. */
  readonly roleArns: readonly string[];
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
