/** How long ECS takes for a deployment that moves traffic from one version to the next. */
import { stepDuration } from "./duration-rows";
import { apiText, type Fact } from "./fact";

/** What ECS assumes of a deployment where nothing is said, and what it waits for. */
export const STEPS = {
  /** Minutes after a canary has got its share. */
  canaryMinutes: 10,
  /** Minutes between two steps of a linear deployment; there is none after the last. */
  stepMinutes: 6,
  /** Share of the traffic that moves in such a step. */
  stepPercent: 10,
  source: apiText("ecs", "3.1164.0"),
  asOf: "2026-11-28",
} as const satisfies Fact & Record<string, unknown>;

/** Most tasks of a rolling deployment, in percent of those that a service has, where nothing is said. */
export const ROLLING = {
  percent: 200,
  source: apiText("ecs", "3.1164.0"),
  asOf: "2026-11-29",
} as const satisfies Fact & Record<string, unknown>;

/** Stages of a deployment at which traffic moves: ECS allows no pause there. */
export const SHIFT_STAGES = {
  names: ["TEST_TRAFFIC_SHIFT", "PRODUCTION_TRAFFIC_SHIFT"] as readonly string[],
  source: apiText("ecs", "3.1164.0"),
  asOf: "2026-11-29",
} as const satisfies Fact & Record<string, unknown>;

/** Minutes for which the provider waits for a service to settle, where no `customTimeouts` are set. */
export const SERVICE_WAIT = {
  minutes: 20,
  source:
    "https://github.com/hashicorp/terraform-provider-aws/blob/00a919d1548eb437816d4838f320502ad34183ff/internal/service/ecs/service.go",
  asOf: "2026-11-29",
} as const satisfies Fact & Record<string, unknown>;

/** Strategies that move traffic from one version to the next, in ECS's words; two sets of tasks run meanwhile. */
export const SHIFTING_STRATEGIES = ["BLUE_GREEN", "CANARY", "LINEAR"] as const;

/** Whether a service's strategy is one of them. */
export function isShifting(strategy: unknown): strategy is TrafficShift["strategy"] {
  return (SHIFTING_STRATEGIES as readonly unknown[]).includes(strategy);
}

/** How traffic moves. */
export interface TrafficShift {
  readonly strategy: (typeof SHIFTING_STRATEGIES)[number];
  /** Minutes that both versions run after all traffic has moved. */
  readonly bakeMinutes: number;
  /** Minutes after the canary has got its share, or between two linear steps. @default ECS's */
  readonly stepMinutes?: number;
  /** Of a linear deployment. @default ECS's */
  readonly stepPercent?: number;
}

/**
 * How traffic moves, by a service's planned `deploymentConfiguration`.
 *
 * @param given the number of one of its properties; undefined where it is not set
 */
export function shiftOf(
  strategy: TrafficShift["strategy"],
  given: (property: string) => number | undefined,
): TrafficShift {
  const [canary, linear] = [
    given("canaryConfiguration.canaryBakeTimeInMinutes"),
    given("linearConfiguration.stepBakeTimeInMinutes"),
  ];
  return {
    ...{ strategy, bakeMinutes: given("bakeTimeInMinutes") ?? 0 },
    stepMinutes: strategy === "CANARY" ? canary : linear,
    stepPercent: given("linearConfiguration.stepPercent"),
  };
}

/**
 * Minutes of a usual deployment: what it waits on purpose, and what start, checks and draining take besides. Bounds of settings rest on
 * it: what a team measures on its own stacks makes no setting wrong, and is in what its runbooks say.
 */
export function usualDeploymentMinutes(shift: TrafficShift) {
  const shifting = shift.bakeMinutes + stepsMinutes(shift);
  const around = stepDuration("startAndDrain").seconds / 60;
  return { shifting, around, least: shifting + around };
}

function stepsMinutes({ strategy, stepMinutes, stepPercent = STEPS.stepPercent }: TrafficShift) {
  switch (strategy) {
    case "BLUE_GREEN":
      return 0;
    case "CANARY":
      return stepMinutes ?? STEPS.canaryMinutes;
    case "LINEAR":
      return (Math.ceil(100 / stepPercent) - 1) * (stepMinutes ?? STEPS.stepMinutes);
  }
}
