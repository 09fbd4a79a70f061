/** How services are deployed: what ECS needs for blue/green and what rolls a bad version back. */
import type { Node } from "../../analysis/graph";
import { items, read, shown, UNKNOWN } from "../../analysis/properties";
import {
  SHIFT_STAGES,
  shiftOf,
  usualDeploymentMinutes,
  SERVICE_WAIT,
  type TrafficShift,
} from "../../facts/deployment-time";
import { expect, isTrue, type Report, resourceRule, type Rule, stackRule } from "../define";
import { records } from "../lists";
import { isOfPilotLight, runsNoTasks } from "../relations";
import { deploymentRelationRules } from "./deployment-relations";
import { scalingTargetOf, SERVICE, shiftsTraffic, strategyOf } from "./deployment-strategy";

const GUIDE = "https://docs.aws.amazon.com/AmazonECS/latest/developerguide";
const circuitBreaker = resourceRule({
  id: "ecs-circuit-breaker",
  description:
    "A service rolls back when the new version does not start, with any strategy: no alarm sees tasks that never get a request.",
  severity: "medium",
  remediation:
    "Set deploymentCircuitBreaker with enable and rollback true; for a rolling service also set deploymentMinimumHealthyPercent to 100.",
  // It names both types, rolling and blue/green, for both methods.
  url: `${GUIDE}/deployment-failure-detection.html`,
  types: [SERVICE],
  check(subject, report) {
    const strategy = strategyOf(subject);
    const controller = read(subject.properties, "deploymentController.type") ?? "ECS";
    if (controller === UNKNOWN) {
      report.undecided("deploymentController.type");
      return;
    }
    if (controller !== "ECS") {
      return;
    }
    expect(subject, report, "deploymentCircuitBreaker.enable", isTrue, "set it to true");
    expect(subject, report, "deploymentCircuitBreaker.rollback", isTrue, "set it to true");
    if (strategy === UNKNOWN) {
      report.undecided("deploymentConfiguration.strategy");
    } else if (strategy === "ROLLING") {
      expect(
        subject,
        report,
        "deploymentMinimumHealthyPercent",
        (percent) => percent === undefined || Number(percent) >= 100,
        "set it to 100",
      );
    }
  },
});

const noLaunchType = resourceRule({
  id: "ecs-no-launch-type",
  description:
    "A service uses capacity providers, whose mix can change in place, and no launch type, whose change replaces the service.",
  severity: "medium",
  remediation: "Remove launchType, set capacityProviderStrategies and forceNewDeployment.",
  url: `${GUIDE}/fargate-capacity-providers.html`,
  types: [SERVICE],
  check(subject, report) {
    expect(subject, report, "launchType", (value) => value === undefined, "remove it");
    const strategies = items(subject.properties["capacityProviderStrategies"]);
    if (strategies === UNKNOWN) {
      report.undecided("capacityProviderStrategies");
    } else if (strategies.length > 0) {
      const fix = "set it to true: the provider refuses another strategy without it";
      expect(subject, report, "forceNewDeployment", isTrue, fix);
    }
  },
});

const ignoredChanges = stackRule({
  id: "ecs-ignored-changes",
  description:
    "An update does not overwrite what ECS and scaling change: the number of tasks of a service that scales, and the target groups of a service that shifts traffic.",
  severity: "high",
  remediation: 'Set ignoreChanges: ["desiredCount", "loadBalancers"].',
  url: "https://www.pulumi.com/docs/iac/concepts/options/ignorechanges/",
  check(graph, reportOn) {
    for (const service of graph.ofType(SERVICE)) {
      const report = reportOn(service);
      const ignored = service.options.ignoreChanges;
      const target = scalingTargetOf(graph, service);
      const counts =
        // An update starts a pilot light's first tasks.
        read(service.properties, "schedulingStrategy") !== "DAEMON" && !isOfPilotLight(service);
      if (counts && target === UNKNOWN && !ignored.includes("desiredCount")) {
        report.undecided("the resourceId of a scaling target");
      }
      const demanded = [
        ...(counts && target !== UNKNOWN && target !== undefined ? ["desiredCount"] : []),
        ...(shiftsTraffic(service, report) ? ["loadBalancers"] : []),
      ];
      const absent = demanded.filter((property) => !ignored.includes(property));
      if (absent.length > 0) {
        report.violation(`ignoreChanges lacks ${absent.join(" and ")}; add what is missing.`);
      }
    }
  },
});

const bakeTime = resourceRule({
  id: "ecs-bluegreen-bake-time",
  description: "A new version has a bake time before the old one stops.",
  severity: "medium",
  remediation: 'Set deploymentConfiguration.bakeTimeInMinutes to a string, for example "10".',
  url: `${GUIDE}/deployment-type-blue-green.html`,
  types: [SERVICE],
  check(subject, report) {
    if (shiftsTraffic(subject, report)) {
      const path = "deploymentConfiguration.bakeTimeInMinutes";
      expect(
        subject,
        report,
        path,
        (minutes) => Number(minutes) > 0,
        'set it, for example to "10"',
      );
    }
  },
});

const timeout = resourceRule({
  id: "ecs-deployment-timeout",
  description: "Pulumi's timeout covers a whole deployment, bake time and traffic steps included.",
  severity: "medium",
  remediation: 'Set customTimeouts: { create: "60m", update: "60m" }.',
  url: "https://www.pulumi.com/docs/iac/concepts/options/customtimeouts/",
  types: [SERVICE],
  check(subject, report) {
    if (!shiftsTraffic(subject, report)) {
      return;
    }
    const minutes = leastMinutes(subject.properties);
    if (minutes === UNKNOWN) {
      report.undecided("deploymentConfiguration");
      return;
    }
    const { createSeconds, updateSeconds } = subject.options.customTimeouts;
    for (const [property, given] of [
      ["create", createSeconds],
      ["update", updateSeconds],
    ] as const) {
      const allowed = given ? given / 60 : SERVICE_WAIT.minutes;
      if (allowed < minutes) {
        report.violation(
          `customTimeouts.${property} is ${allowed} minutes, but a deployment takes ${minutes}; raise it.`,
        );
      }
    }
  },
});

/** The fewest minutes that a deployment takes, where its settings are known. */
function leastMinutes(properties: Node["properties"]): number | typeof UNKNOWN {
  const configuration = "deploymentConfiguration";
  const strategy = read(properties, `${configuration}.strategy`) as TrafficShift["strategy"];
  const shift = shiftOf(strategy, (property) => {
    const given = read(properties, `${configuration}.${property}`);
    return given === UNKNOWN ? Number.NaN : given === undefined ? undefined : Number(given);
  });
  const { least } = usualDeploymentMinutes(shift);
  return Number.isNaN(least) ? UNKNOWN : least;
}

const hooks = resourceRule({
  id: "ecs-bluegreen-hooks",
  description:
    "A lifecycle hook checks a new version before users get it, at a stage that allows hooks.",
  severity: "high",
  remediation:
    'Add a lifecycle hook at "POST_TEST_TRAFFIC_SHIFT" with a function and the role that calls it; ECS allows no pause at the stages that shift traffic. A pilot light that waits keeps its hook, with hookDetails that say `tasks: 0`: the provider sends no empty list, and ECS would keep the hook that asks.',
  url: `${GUIDE}/deployment-lifecycle-hooks.html`,
  types: [SERVICE],
  check(subject, report) {
    if (!shiftsTraffic(subject, report)) {
      return;
    }
    const path = "deploymentConfiguration.lifecycleHooks";
    const given = read(subject.properties, path);
    const list = items(given);
    if (list !== UNKNOWN && list.length === 0) {
      report.violation(`${path} is empty; add a hook that checks the new version.`);
    }
    // There is none that a hook could check.
    const waits = runsNoTasks(subject);
    records(given, path, report).forEach((hook, index) => {
      const where = `${path}[${index}]`;
      judgeHook(hook, where, report);
      if (!waits && asksNobody(hook)) {
        report.violation(
          `${where}.hookDetails say that the service has no tasks, which only a waiting pilot light may say; name what the hook checks.`,
        );
      }
    });
  },
});

/** Whether a hook's details let every version pass (functions/deployment-gate). Details that are not known yet name an endpoint. */
function asksNobody(hook: Record<string, unknown>): boolean {
  const given = read(hook, "hookDetails");
  if (typeof given !== "string") return false;
  try {
    const details = JSON.parse(given) as unknown;
    return String(read(details as Record<string, unknown>, "tasks")) === "0";
  } catch {
    return false;
  }
}

function judgeHook(hook: Record<string, unknown>, where: string, report: Report): void {
  const kind = read(hook, "targetType") ?? "AWS_LAMBDA";
  const stages = items(hook["lifecycleStages"]);
  if (kind === UNKNOWN || stages === UNKNOWN || stages.includes(UNKNOWN)) {
    report.undecided(where);
    return;
  }
  if (stages.length === 0) {
    report.violation(`${where}.lifecycleStages is empty; name a stage.`);
  }
  if (kind === "PAUSE") {
    const wrong = stages.filter((stage) => SHIFT_STAGES.names.includes(String(stage)));
    if (wrong.length > 0) {
      report.violation(`${where} pauses at ${wrong.join(", ")}, which ECS refuses; move it.`);
    }
    return;
  }
  for (const property of ["hookTargetArn", "roleArn"]) {
    const value = read(hook, property);
    // A value that is not known yet counts as set.
    if (value === undefined || value === "") {
      report.violation(`${where}.${property} is ${shown(value)}; set it.`);
    }
  }
}

const oneLoadBalancer = resourceRule({
  id: "ecs-bluegreen-one-load-balancer",
  description: "A service that shifts traffic has one load balancer block with both target groups.",
  severity: "high",
  remediation:
    "Name the other target group in advancedConfiguration.alternateTargetGroupArn, not in a second block.",
  url: `${GUIDE}/alb-resources-for-blue-green.html`,
  types: [SERVICE],
  check(subject, report) {
    if (!shiftsTraffic(subject, report)) {
      return;
    }
    const blocks = items(subject.properties["loadBalancers"]);
    if (blocks === UNKNOWN || blocks.includes(UNKNOWN)) {
      report.undecided("loadBalancers");
    } else if (blocks.length !== 1) {
      report.violation(`loadBalancers has ${blocks.length} blocks; keep one.`);
    } else {
      for (const property of ["alternateTargetGroupArn", "productionListenerRule", "roleArn"]) {
        const path = `loadBalancers[0].advancedConfiguration.${property}`;
        if (read(subject.properties, path) === undefined) {
          report.violation(`${path} is not set; set it.`);
        }
      }
    }
  },
});

const ruleActionsIgnored = stackRule({
  id: "ecs-bluegreen-rule-weights",
  description: "An update does not overwrite the weights of a listener rule that ECS manages.",
  severity: "high",
  remediation: 'Set ignoreChanges: ["actions"] on the listener rule.',
  url: `${GUIDE}/alb-resources-for-blue-green.html`,
  check(graph, reportOn) {
    const type = "aws:lb/listenerRule:ListenerRule";
    for (const service of graph.ofType(SERVICE)) {
      if (strategyOf(service) === "ROLLING") {
        continue;
      }
      if (!shiftsTraffic(service, reportOn(service))) {
        continue;
      }
      const rules = graph.referred(service, "loadBalancers", type);
      if (rules === UNKNOWN) {
        reportOn(service).undecided("loadBalancers");
        continue;
      }
      for (const rule of rules.filter(
        ({ options }) => !options.ignoreChanges.includes("actions"),
      )) {
        reportOn(rule).violation(
          "ignoreChanges lacks actions, but ECS manages the weights; add it.",
        );
      }
    }
  },
});

export const deploymentRules: readonly Rule[] = [
  circuitBreaker,
  noLaunchType,
  ignoredChanges,
  bakeTime,
  timeout,
  hooks,
  oneLoadBalancer,
  ruleActionsIgnored,
  ...deploymentRelationRules,
];
