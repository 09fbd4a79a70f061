/** How ECS replaces a service's version, from the stack file's words to the API's. */
import * as pulumi from "@pulumi/pulumi";

import { type GateDetails, NOBODY_TO_ASK } from "../../functions/deployment-gate/checks";
import type { ClusterConfig } from "../../schema/cluster";
import { integrationChecks } from "../../schema/integration-checks";
import type { ServiceConfig } from "../../schema/services";
import { runsNoTasks } from "../../schema/standing-by";
import type { CrmServiceArgs } from "./service-args";

type Deployment = ServiceConfig["deployment"];

/** Stage at which green has all test traffic and users still have blue. */
const GATE_STAGE = "POST_TEST_TRAFFIC_SHIFT";

/** Stage at which nothing of the new version has started. */
const FIRST_STAGE = "PRE_SCALE_UP";

/** A function, as a service's hook calls it. */
export interface DeploymentHook<T> {
  readonly functionArn: string;
  /** Role with which ECS calls it; not the one that moves traffic. */
  readonly roleArn: string;
  /** JSON text that the function gets. */
  readonly details: T;
}

/** `deploymentConfiguration` of an ECS service; `first` is called before the version starts. @default nothing */
export function deploymentConfiguration<T>(
  deployment: Deployment,
  gate: DeploymentHook<T>,
  first?: DeploymentHook<T>,
) {
  const { strategy } = deployment;
  if (strategy === "rolling") {
    // Written out: a setting left away would keep the strategy that was there before.
    return { strategy: "ROLLING" };
  }
  return {
    bakeTimeInMinutes: String(deployment.bakeMinutes),
    lifecycleHooks: [...hookAt(FIRST_STAGE, first), ...hookAt(GATE_STAGE, gate)],
    ...trafficShift(strategy, deployment),
  };
}

function hookAt<T>(stage: string, hook: DeploymentHook<T> | undefined) {
  if (hook === undefined) return [];
  return [
    {
      targetType: "AWS_LAMBDA",
      hookTargetArn: hook.functionArn,
      roleArn: hook.roleArn,
      lifecycleStages: [stage],
      hookDetails: hook.details,
    },
  ];
}

function trafficShift(
  strategy: Exclude<Deployment["strategy"], "rolling">,
  deployment: Deployment,
) {
  switch (strategy) {
    case "canary":
      return {
        strategy: "CANARY",
        canaryConfiguration: {
          canaryPercent: deployment.canaryPercent,
          canaryBakeTimeInMinutes: String(deployment.stepMinutes),
        },
      };
    case "linear":
      return {
        strategy: "LINEAR",
        linearConfiguration: {
          stepPercent: deployment.stepPercent,
          stepBakeTimeInMinutes: String(deployment.stepMinutes),
        },
      };
    case "blue-green":
      return { strategy: "BLUE_GREEN" };
  }
}

/**
 * Rolls back a version whose tasks do not start or do not stay, with any strategy: no alarm sees them, because
 * they never get a request, and without the breaker ECS restarts them for up to a day. A rolling service's tasks
 * are replaced a few at a time besides. Sources: docs/decisions.md, "Circuit breaker".
 */
function startSettings(deployment: Deployment) {
  return {
    deploymentCircuitBreaker: { enable: true, rollback: true },
    ...(deployment.strategy === "rolling" && {
      deploymentMinimumHealthyPercent: 100,
      deploymentMaximumPercent: 200,
    }),
  };
}

/** The gate's checks of a new version; a bootstrap image answers only its health check. */
export function gateDetails(
  service: string,
  config: ServiceConfig,
  platform: {
    readonly gate: ClusterConfig["gate"];
    readonly host: string;
    readonly plain?: boolean;
  },
  bootstrap: boolean,
): Omit<GateDetails, "endpoint"> {
  const { gate } = platform;
  const checks = bootstrap ? [] : integrationChecks(service, config);
  const health = { path: config.targetHealth.path, status: config.targetHealth.matcher };
  return {
    service,
    port: gate.testPort,
    host: platform.host,
    ...(platform.plain === true && { plain: true }),
    ...(config.route?.protocol === "grpc" && { grpc: true }),
    checks: [health, ...checks.map((check) => ({ ...check, status: String(check.status) }))],
    passes: gate.passes,
    totalSeconds: gate.totalSeconds,
    requestTimeoutSeconds: gate.requestTimeoutSeconds,
    retryDelaySeconds: gate.retryDelaySeconds,
  };
}

/** The hook that asks a new version before users get it. */
function deploymentGate(
  { service, config, platform }: Pick<CrmServiceArgs, "service" | "config" | "platform">,
  bootstrap: boolean,
): DeploymentHook<pulumi.Input<string>> {
  return {
    functionArn: platform.gateFunctionArn,
    roleArn: platform.hookRoleArn,
    details: runsNoTasks(config)
      ? JSON.stringify({ service, ...NOBODY_TO_ASK })
      : pulumi.jsonStringify({
          endpoint: platform.gateEndpoint,
          ...gateDetails(service, config, platform, bootstrap),
        }),
  };
}

/** How a service's versions are replaced; `first` is called before a version starts. @default nothing */
export function deploymentInputs(
  args: CrmServiceArgs,
  alarms: { readonly alarmNames: readonly string[] } | undefined,
  bootstrap: boolean,
  first: DeploymentHook<pulumi.Input<string>> | undefined,
) {
  const { deployment } = args.config;
  return {
    deploymentController: { type: "ECS" },
    deploymentConfiguration: deploymentConfiguration(
      deployment,
      deploymentGate(args, bootstrap),
      // The database of a waiting pilot light is read-only.
      runsNoTasks(args.config) ? undefined : first,
    ),
    ...startSettings(deployment),
    alarms: alarms && {
      enable: deployment.rollbackAlarms.enabled,
      rollback: deployment.rollbackAlarms.enabled,
      alarmNames: [...alarms.alarmNames],
    },
  };
}
