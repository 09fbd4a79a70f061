/** ECS clusters and services. */
import { counted } from "../../analysis/counted";
import type { Node, StackGraph } from "../../analysis/graph";
import { items, type Properties, read, UNKNOWN } from "../../analysis/properties";
import { FARGATE_PLATFORM } from "../../facts/fargate-sizes";
import {
  expect,
  isNotTrue,
  isTrue,
  type Report,
  resourceRule,
  type Rule,
  stackRule,
} from "../define";
import { type AcceptsDefault, records, REQUIRES_SETTING } from "../lists";
import { isSet, runsNoTasks } from "../relations";
import { scalingTargetOf, SERVICE } from "./deployment-strategy";
import { imageRepositoryRules } from "./image-repositories";
import { taskDefinitionRules } from "./task-definitions";

const GUIDE = "https://docs.aws.amazon.com/securityhub/latest/userguide";
const CLUSTER = "aws:ecs/cluster:Cluster";
const TASK_SET = "aws:ecs/taskSet:TaskSet";

const containerInsights = resourceRule({
  id: "ecs-container-insights",
  description: "A cluster reports the resource use of its tasks (Container Insights).",
  severity: "medium",
  controls: {
    securityHub: ["ECS.12"],
    cdkNag: ["ECS4"],
    checkov: ["CKV_AWS_65"],
    trivy: ["AWS-0034"],
  },
  remediation: 'Set settings to [{ name: "containerInsights", value: "enhanced" }].',
  url: `${GUIDE}/ecs-controls.html#ecs-12`,
  types: [CLUSTER],
  check(subject, report) {
    const settings = items(subject.properties["settings"]);
    if (settings === UNKNOWN || settings.includes(UNKNOWN)) {
      report.undecided("settings");
      return;
    }
    const values = records(subject.properties["settings"], "settings", report)
      .filter((setting) => [UNKNOWN, "containerInsights"].includes(read(setting, "name") as never))
      .map((setting) => read(setting, "value"));
    if (values.includes(UNKNOWN)) {
      report.undecided("settings");
    } else if (!values.some((value) => value === "enabled" || value === "enhanced")) {
      report.violation('settings do not turn containerInsights on; set it to "enhanced".');
    }
  },
});

const EXEC = "configuration.executeCommandConfiguration";

/**
 * Whether the services of the plan are the only users of a cluster's ECS Exec, and none of them enables it. With
 * `acceptDefault` that is also so for a cluster that sets nothing and has no service in the plan.
 */
function execIsOff(graph: StackGraph, cluster: Node, acceptDefault: boolean): boolean {
  const targets = graph.ofType("aws:cloudwatch/eventTarget:EventTarget");
  const flags = [
    ...graph
      .referring(cluster, SERVICE, "cluster")
      .map(({ properties }) => read(properties, "enableExecuteCommand") ?? false),
    ...targets
      .map(({ properties }) => read(properties, "ecsTarget.enableExecuteCommand"))
      .filter((flag) => flag !== undefined),
  ];
  return flags.length > 0
    ? flags.every((flag) => flag === false)
    : acceptDefault && !isSet(cluster.properties, EXEC);
}

const execLogged = stackRule<AcceptsDefault>({
  id: "ecs-exec-logged",
  description: "ECS Exec sessions are logged.",
  severity: "medium",
  controls: { checkov: ["CKV_AWS_223"] },
  remediation: 'Set executeCommandConfiguration.logging "OVERRIDE" with a log group or a bucket.',
  url: "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-exec.html",
  defaults: REQUIRES_SETTING,
  check: (graph, reportOn, { acceptDefault }) =>
    judgeExec(graph, reportOn, acceptDefault, judgeExecLog),
});

/** Judges the clusters whose tasks may be opened with ECS Exec. */
function judgeExec(
  graph: StackGraph,
  reportOn: (resource: { urn: string }) => Report,
  acceptDefault: boolean,
  judge: (cluster: Node, report: Report) => void,
): void {
  for (const cluster of graph.ofType(CLUSTER)) {
    if (!execIsOff(graph, cluster, acceptDefault)) {
      judge(cluster, reportOn(cluster));
    }
  }
}

function judgeExecLog(subject: Node, report: Report): void {
  // DEFAULT writes where the container's own log goes, if it has one: no control refuses that.
  const breaks = (logging: unknown) => (logging === "NONE" ? undefined : {});
  const accepts = (logging: unknown) => logging === "OVERRIDE";
  expect(subject, report, `${EXEC}.logging`, accepts, 'set it to "OVERRIDE"', breaks);
  const places = ["cloudWatchLogGroupName", "s3BucketName"].map((place) =>
    read(subject.properties, `${EXEC}.logConfiguration.${place}`),
  );
  const logging = read(subject.properties, `${EXEC}.logging`);
  const named = places.some((place) => place !== undefined);
  if (!named && (accepts(logging) || logging === UNKNOWN)) {
    report.violation(`${EXEC}.logConfiguration names no log group and no bucket; name one.`, {});
  }
}

/** Whether the cluster leaves the logging of ECS Exec unset or turns it off. */
function isNotLogged(properties: Properties): boolean {
  return !isSet(properties, EXEC) || read(properties, `${EXEC}.logging`) === "NONE";
}

const execEncrypted = stackRule<AcceptsDefault>({
  id: "ecs-exec-encrypted",
  description: "ECS Exec sessions are encrypted in transit and in the log.",
  severity: "medium",
  controls: { checkov: ["CKV_AWS_224"] },
  remediation: "Set executeCommandConfiguration.kmsKeyId and the log's encryption.",
  url: "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-exec.html#ecs-exec-logging",
  defaults: REQUIRES_SETTING,
  check: (graph, reportOn, { acceptDefault }) =>
    judgeExec(graph, reportOn, acceptDefault, judgeExecEncryption),
});

function judgeExecEncryption(subject: Node, report: Report): void {
  if (read(subject.properties, `${EXEC}.kmsKeyId`) === undefined) {
    report.violation(`${EXEC}.kmsKeyId is not set; name a key.`);
  }
  const places = [
    ["cloudWatchLogGroupName", "cloudWatchEncryptionEnabled"],
    ["s3BucketName", "s3BucketEncryptionEnabled"],
  ];
  const encrypted = places.map(([, name]) =>
    read(subject.properties, `${EXEC}.logConfiguration.${name}`),
  );
  if (isNotLogged(subject.properties) || encrypted.some((value) => value === UNKNOWN)) {
    // Nothing to encrypt, or not known: the places below say so.
  } else if (!encrypted.includes(true)) {
    report.violation(
      `${EXEC}.logConfiguration encrypts nothing; set cloudWatchEncryptionEnabled or s3BucketEncryptionEnabled.`,
    );
    return;
  }
  for (const [place, encryption] of places) {
    if (read(subject.properties, `${EXEC}.logConfiguration.${place}`) !== undefined) {
      const property = `${EXEC}.logConfiguration.${encryption}`;
      expect(subject, report, property, isTrue, "set it to true");
    }
  }
}

const noPublicIp = resourceRule({
  id: "ecs-service-no-public-ip",
  description: "A task has no public IP address.",
  severity: "high",
  controls: { securityHub: ["ECS.2", "ECS.16"], checkov: ["CKV_AWS_333"] },
  remediation: "Remove assignPublicIp, or set it to false.",
  url: `${GUIDE}/ecs-controls.html#ecs-2`,
  types: [SERVICE, TASK_SET],
  check(subject, report) {
    const property = "networkConfiguration.assignPublicIp";
    expect(subject, report, property, isNotTrue, "set it to false");
  },
});

const latestPlatform = resourceRule({
  id: "ecs-fargate-latest-platform",
  description: "Tasks run on the latest version of Fargate.",
  severity: "medium",
  controls: { securityHub: ["ECS.10"], checkov: ["CKV_AWS_332"] },
  remediation: 'Remove platformVersion, or set it to "LATEST".',
  url: `${GUIDE}/ecs-controls.html#ecs-10`,
  types: [SERVICE, TASK_SET],
  check(subject, report) {
    const accepts = (version: unknown) =>
      [undefined, "LATEST", FARGATE_PLATFORM.version].includes(version as string | undefined);
    expect(
      subject,
      report,
      "platformVersion",
      accepts,
      `set it to "${FARGATE_PLATFORM.version}" or "LATEST"`,
    );
  },
});

interface ExecSetting {
  /** Whether ECS Exec may be enabled. */
  readonly allowExec: boolean;
}

const noExec = resourceRule<ExecSetting>({
  id: "ecs-no-exec-in-prod",
  description: "Tasks that serve users do not allow ECS Exec.",
  severity: "medium",
  remediation:
    "Set enableExecuteCommand to false; during an incident, add an exemption that expires when it ends.",
  url: "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-exec.html",
  defaults: { allowExec: false },
  types: [SERVICE],
  check(subject, report, { allowExec }) {
    if (!allowExec) {
      expect(subject, report, "enableExecuteCommand", isNotTrue, "set it to false");
    }
  },
});

interface Redundancy {
  /** Minimum number of tasks of a service. */
  readonly minimumTasks: number;
  /** Minimum number of subnets, and so of zones, that tasks run in. */
  readonly minimumSubnets: number;
}

const redundant = stackRule<Redundancy>({
  id: "ecs-service-redundant",
  description: "A service runs tasks in several zones and scales with its load.",
  severity: "medium",
  remediation:
    'Raise desiredCount, add subnets, set availabilityZoneRebalancing "ENABLED" and add a scaling target with a policy.',
  url: "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-rebalancing.html",
  defaults: { minimumTasks: 2, minimumSubnets: 2 },
  check(graph, reportOn, config) {
    for (const service of graph.ofType(SERVICE)) {
      const report = reportOn(service);
      if (read(service.properties, "schedulingStrategy") === "DAEMON") {
        continue;
      }
      const waits = runsNoTasks(service);
      const enough = (count: unknown) =>
        waits || (typeof count === "number" && count >= config.minimumTasks);
      const fix = `set it to ${config.minimumTasks} at least`;
      expect(service, report, "desiredCount", enough, fix);
      // New services rebalance by default; older ones only once this is set.
      const enabled = (value: unknown) => value === "ENABLED";
      expect(service, report, "availabilityZoneRebalancing", enabled, 'set it to "ENABLED"');
      judgeSubnets(graph, service, config, report);
      judgeScaling(graph, service, report);
    }
  },
});

function judgeSubnets(
  graph: StackGraph,
  service: Node,
  { minimumSubnets }: Redundancy,
  report: Report,
): void {
  const path = "networkConfiguration.subnets";
  const given = read(service.properties, path);
  // A list that is not known yet has at most as many items as the subnets that it is made of.
  const made = graph.referred(service, "networkConfiguration", "aws:ec2/subnet:Subnet");
  const count = Array.isArray(given)
    ? given.length
    : given === UNKNOWN && made !== UNKNOWN && made.length > 0
      ? made.length
      : given;
  if (count === UNKNOWN) {
    report.undecided(path);
  } else if (typeof count !== "number" || count < minimumSubnets) {
    report.violation(
      `${path} has fewer than ${counted(minimumSubnets, "entry", "entries")}; add subnets in other zones.`,
    );
  }
}

function judgeScaling(graph: StackGraph, service: Node, report: Report): void {
  const target = scalingTargetOf(graph, service);
  if (target === UNKNOWN) {
    report.undecided("the resourceId of a scaling target");
  } else if (target === undefined) {
    report.violation("it has no scaling target; add an appautoscaling.Target and a Policy.");
  }
}

export const containerRules: readonly Rule[] = [
  containerInsights,
  execLogged,
  execEncrypted,
  noPublicIp,
  latestPlatform,
  noExec,
  redundant,
  ...taskDefinitionRules,
  ...imageRepositoryRules,
];
