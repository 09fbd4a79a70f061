/** Alarms on what can fail. */
import { type Node, type StackGraph } from "../../analysis/graph";
import { isRecord, items, known, read, UNKNOWN } from "../../analysis/properties";
import { canonicalType } from "../../facts/twin-types";
import { type Rule, stackRule } from "../define";
import { fits, replicasOf } from "../relations";
import { isReplica } from "./database-relations";

const ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm";
const COMPOSITE = "aws:cloudwatch/compositeAlarm:CompositeAlarm";

const alarmHasActions = stackRule({
  id: "alarm-has-actions",
  description:
    "An alarm has an action, or is a composite alarm that another one with an action names.",
  severity: "high",
  controls: { securityHub: ["CloudWatch.15", "CloudWatch.17"], checkov: ["CKV_AWS_319"] },
  remediation: "Name a topic or a scaling policy in alarmActions, and do not set actionsEnabled.",
  url: "https://docs.aws.amazon.com/securityhub/latest/userguide/cloudwatch-controls.html#cloudwatch-15",
  check(graph, reportOn) {
    const composites = graph.ofType(COMPOSITE);
    for (const node of [...graph.ofType(ALARM), ...composites]) {
      const report = reportOn(node);
      const enabled = read(node.properties, "actionsEnabled");
      if (enabled === UNKNOWN) {
        report.undecided("actionsEnabled");
      } else if (enabled === false) {
        report.violation("actionsEnabled is false; remove it.");
      }
      if (!lacksActions(node) || (node.type === COMPOSITE && isPart(node, composites))) continue;
      report.violation("alarmActions is not set; name a topic or a scaling policy.");
    }
  },
});

/** An action whose ARN is not known yet counts. */
function lacksActions({ properties }: Node): boolean {
  const actions = items(properties["alarmActions"]);
  return actions !== UNKNOWN && actions.length === 0;
}

/** Whether a composite alarm with an action names this one: a rule may name so many only, so that parts are. */
function isPart({ properties }: Node, composites: readonly Node[]): boolean {
  const name = read(properties, "alarmName");
  return (
    typeof name === "string" &&
    composites.some(
      (other) =>
        !lacksActions(other) && String(read(other.properties, "alarmRule")).includes(`"${name}"`),
    )
  );
}

/** What must be monitored of a type. */
interface Coverage {
  /** Dimension that names the resource, and the property that holds its value; none where AWS makes it up. */
  readonly dimension: string;
  readonly identity?: string;
  /** Dimension's values begin with the identity, as a cache's nodes do with its id. @default they are it */
  readonly begins?: boolean;
  /** Property that says which metrics there are. @default they are always the same */
  readonly kind?: string;
  /** Metrics that need an alarm each; of a list, one is enough. */
  readonly metrics: (node: Node) => readonly (string | readonly string[])[];
}

const hasReplicas = (node: Node) => (replicasOf(node) ?? 0) > 0;

/** Metrics that need an alarm, by type: the pack's choice among those that AWS publishes (facts/metrics.ts). */
const COVERAGE: Readonly<Record<string, Coverage>> = {
  "aws:rds/instance:Instance": {
    dimension: "DBInstanceIdentifier",
    identity: "identifier",
    metrics: (node) => [
      "CPUUtilization",
      "FreeStorageSpace",
      "DatabaseConnections",
      "FreeableMemory",
      ...(isReplica(node) ? ["ReplicaLag"] : []),
    ],
  },
  "aws:elasticache/replicationGroup:ReplicationGroup": {
    dimension: "CacheClusterId",
    identity: "replicationGroupId",
    begins: true,
    metrics: (node) => [
      "DatabaseMemoryUsagePercentage",
      "Evictions",
      ...(hasReplicas(node) ? ["ReplicationLag"] : []),
    ],
  },
  "aws:sqs/queue:Queue": {
    dimension: "QueueName",
    identity: "name",
    // A queue with a dead-letter queue has consumers: what counts is the age of its messages.
    metrics: (node) => [
      read(node.properties, "redrivePolicy") === undefined
        ? ["ApproximateNumberOfMessagesVisible", "ApproximateAgeOfOldestMessage"]
        : "ApproximateAgeOfOldestMessage",
    ],
  },
  "aws:lambda/function:Function": {
    dimension: "FunctionName",
    identity: "name",
    metrics: () => ["Errors", "Throttles", "Duration"],
  },
  "aws:lb/loadBalancer:LoadBalancer": {
    dimension: "LoadBalancer",
    kind: "loadBalancerType",
    metrics: (node) =>
      ["network", "gateway"].includes(String(read(node.properties, "loadBalancerType")))
        ? []
        : ["HTTPCode_ELB_5XX_Count", "TargetResponseTime"],
  },
  "aws:lb/targetGroup:TargetGroup": {
    dimension: "TargetGroup",
    kind: "protocol",
    metrics: (node) =>
      ["HTTP", "HTTPS"].includes(String(read(node.properties, "protocol")))
        ? ["UnHealthyHostCount", "HTTPCode_Target_5XX_Count", "TargetResponseTime"]
        : [],
  },
  "aws:ecs/service:Service": {
    dimension: "ServiceName",
    identity: "name",
    metrics: () => ["RunningTaskCount"],
  },
  "aws:cloudfront/distribution:Distribution": {
    dimension: "DistributionId",
    metrics: () => [["5xxErrorRate", "TotalErrorRate"]],
  },
  "aws:ec2/natGateway:NatGateway": {
    dimension: "NatGatewayId",
    metrics: () => ["ErrorPortAllocation"],
  },
};

/** A metric that an alarm looks at. */
interface Watched {
  readonly metric: unknown;
  readonly dimensions: unknown;
  /** URNs that the property which holds the metric refers to. */
  readonly references: readonly string[];
}

interface CoverageSetting {
  /** Regular expressions for names of resources that need no alarm. */
  readonly unwatched: string[];
}

const alarmCoverage = stackRule<CoverageSetting>({
  id: "alarm-coverage",
  description: "A resource that serves customers has the alarms that the person on call needs.",
  severity: "medium",
  controls: { securityHub: ["RDS.20"] },
  remediation:
    "Add a MetricAlarm on the named metric; in this project, pass the resource to CrmObservability.",
  url: "https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Best_Practice_Recommended_Alarms_AWS_Services.html",
  defaults: { unwatched: [] },
  check(graph, reportOn, config) {
    const watched = graph.ofType(ALARM).flatMap(watchedBy);
    for (const [type, coverage] of Object.entries(COVERAGE)) {
      for (const node of graph.ofType(type)) {
        if (fits(node.name, config.unwatched)) {
          continue;
        }
        if (coverage.kind !== undefined && read(node.properties, coverage.kind) === UNKNOWN) {
          reportOn(node).undecided(coverage.kind);
          continue;
        }
        for (const metric of coverage.metrics(node)) {
          const accepted = typeof metric === "string" ? [metric] : metric;
          const answers = watched
            .filter((one) => one.metric === UNKNOWN || accepted.includes(String(one.metric)))
            .map((one) => {
              const on = isOn(graph, one, node, coverage);
              return on === true && one.metric === UNKNOWN ? UNKNOWN : on;
            });
          if (answers.includes(true)) {
            continue;
          }
          if (answers.includes(UNKNOWN)) {
            reportOn(node).undecided(`which resource the alarms on ${accepted.join(", ")} name`);
          } else {
            reportOn(node).violation(`no alarm watches its ${accepted.join(" or ")}; add one.`);
          }
        }
      }
    }
  },
});

function watchedBy(alarm: Node): Watched[] {
  const queries = items(alarm.properties["metricQueries"]);
  return [
    {
      metric: read(alarm.properties, "metricName"),
      dimensions: read(alarm.properties, "dimensions"),
      references: alarm.references["dimensions"] ?? [],
    },
    ...(queries === UNKNOWN ? [UNKNOWN] : queries).flatMap((query): Watched[] =>
      query === UNKNOWN
        ? [
            {
              metric: UNKNOWN,
              dimensions: UNKNOWN,
              references: alarm.references["metricQueries"] ?? [],
            },
          ]
        : isRecord(query)
          ? [
              {
                metric: read(query, "metric.metricName"),
                dimensions: read(query, "metric.dimensions"),
                references: alarm.references["metricQueries"] ?? [],
              },
            ]
          : [],
    ),
  ];
}

/** Whether a metric is that of a resource; UNKNOWN when its dimension's value leads nowhere yet. */
function isOn(
  graph: StackGraph,
  { dimensions, references }: Watched,
  node: Node,
  { dimension, identity, begins }: Coverage,
): boolean | typeof UNKNOWN {
  const value =
    dimensions === UNKNOWN
      ? UNKNOWN
      : isRecord(dimensions)
        ? known(dimensions[dimension])
        : undefined;
  if (value === undefined) {
    return false;
  }
  if (value !== UNKNOWN) {
    const own = read(node.properties, identity ?? "arnSuffix");
    const named =
      begins === true
        ? typeof value === "string" && value.startsWith(`${String(own)}-`)
        : value === own;
    if (named || value === read(node.properties, "id") || references.includes(node.urn)) {
      return true;
    }
    const names = graph.ofType(node.type).map((other) => read(other.properties, identity ?? "id"));
    return own === UNKNOWN && !names.includes(value) ? UNKNOWN : false;
  }
  const type = canonicalType(node.type);
  const others = references.filter((urn) => {
    const other = graph.get(urn);
    return other !== undefined && canonicalType(other.type) === type;
  });
  return others.length === 0 ? UNKNOWN : others.includes(node.urn);
}

export const observabilityRules: readonly Rule[] = [alarmHasActions, alarmCoverage];
