/** What a person on call for production expects to be told, looked up in the plan of the stack as it ships. */
import assert from "node:assert/strict";

import type { Plan, PlannedResource } from "../../analysis/plan/model";
import { deploy } from "../../bootstrap/rights";
import { isPublished } from "../../facts/metrics";
import { arns } from "../support/fixtures";
import { planOf } from "../support/plans";

const ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm";
const SERVICES = ["analytics", "auth", "core", "social"];
const GIB = 1024 ** 3;

interface Query {
  readonly metric?: { readonly metricName: string; readonly stat: string };
}

interface Watched {
  readonly namespace: string;
  readonly metricName: string;
  readonly dimensions: readonly string[];
}

/** Every metric that stands in the inputs of an alarm or a scaling policy. */
function metricsOf(inputs: unknown): Watched[] {
  if (typeof inputs !== "object" || inputs === null) {
    return [];
  }
  const { namespace, metricName, dimensions } = inputs as Record<string, unknown>;
  const here =
    typeof namespace === "string" && typeof metricName === "string"
      ? [
          {
            namespace,
            metricName,
            // Scaling policies have a list of them, alarms a record.
            dimensions: Array.isArray(dimensions)
              ? dimensions.map(({ name }: { name: string }) => name)
              : Object.keys(dimensions ?? {}),
          },
        ]
      : [];
  return [...here, ...Object.values(inputs).flatMap(metricsOf)];
}

/** [metric, statistic, comparison, threshold] of an alarm; of mathematics, of what it begins with. */
function terms({ inputs }: PlannedResource): unknown[] {
  const [query] = (inputs["metricQueries"] ?? []) as Query[];
  const below = inputs["comparisonOperator"] === "LessThanThreshold";
  return [
    inputs["metricName"] ?? query?.metric?.metricName,
    inputs["statistic"] ?? inputs["extendedStatistic"] ?? query?.metric?.stat,
    below ? "<" : ">",
    inputs["threshold"],
  ];
}

const queued = (queue: string, seconds: number) => [
  `crm-observability-${queue}-age`,
  ["ApproximateAgeOfOldestMessage", "Maximum", ">", seconds],
];

const ran = (fn: string, milliseconds: number) => [
  [`crm-observability-${fn}-errors`, ["Errors", "Sum", ">", 0]],
  [`crm-observability-${fn}-throttles`, ["Throttles", "Sum", ">", 0]],
  [`crm-observability-${fn}-duration`, ["Duration", "Maximum", ">", milliseconds]],
];

/** By subject: each alarm and what it looks at. */
const REQUIRED: Record<string, unknown[][]> = {
  "the document's alarms": [
    ["crm-observability-high-error-rate", ["HTTPCode_Target_4XX_Count", "Sum", ">", 10]],
    ["crm-observability-high-response-time", ["TargetResponseTime", "Average", ">", 2]],
    ["crm-observability-rds-high-cpu", ["CPUUtilization", "Average", ">", 80]],
  ],
  "errors, health and p95 of each service": SERVICES.flatMap((service) => [
    [`crm-${service}-errors`, ["HTTPCode_Target_5XX_Count", "Sum", ">", 5]],
    [`crm-${service}-unhealthy`, ["UnHealthyHostCount", "Maximum", ">", 0]],
    [`crm-${service}-latency`, ["TargetResponseTime", "p95", ">", 2]],
  ]),
  "tasks of each service: none running, all that it may have": [
    ...SERVICES.map((service) => [
      `crm-observability-${service}-no-tasks`,
      ["RunningTaskCount", "Average", "<", 1],
    ]),
    ["crm-observability-auth-at-maximum", ["DesiredTaskCount", "Average", ">", 9]],
    ["crm-observability-core-at-maximum", ["DesiredTaskCount", "Average", ">", 14]],
  ],
  "the load balancer's own errors": [
    ["crm-observability-high-server-error-rate", ["HTTPCode_Target_5XX_Count", "Sum", ">", 5]],
  ],
  "the database": [
    ["crm-observability-rds-high-cpu-replica", ["CPUUtilization", "Average", ">", 80]],
    ["crm-observability-rds-replica-lag", ["ReplicaLag", "Average", ">", 300]],
    ...["primary", "replica"].flatMap((role) => [
      // 80 % of 500 GiB in use; of the maximum, RDS tells by an event.
      [`crm-observability-rds-${role}-storage`, ["FreeStorageSpace", "Minimum", "<", 100 * GIB]],
      [`crm-observability-rds-${role}-connections`, ["DatabaseConnections", "Maximum", ">", 1441]],
      [
        `crm-observability-rds-${role}-memory`,
        ["FreeableMemory", "Minimum", "<", Math.floor(1.6 * GIB)],
      ],
    ]),
  ],
  "the cache": [
    ["crm-observability-redis-memory", ["DatabaseMemoryUsagePercentage", "Maximum", ">", 90]],
    ["crm-observability-redis-evictions", ["Evictions", "Sum", ">", 0]],
    ["crm-observability-redis-replication-lag", ["ReplicationLag", "Maximum", ">", 5]],
  ],
  queues: [
    queued("analytics-computation", 3600),
    queued("email-notifications", 900),
    queued("notification-processor", 900),
    queued("social-processing", 900),
  ],
  functions: [
    ...ran("analytics-aggregator", 720_000),
    ...ran("report-generator", 720_000),
    ...ran("social-data-processor", 240_000),
    ...ran("configuration-backup", 240_000),
    ...ran("deployment-gate", 216_000),
  ],
  CloudFront: ["api", "app"].map((name) => [
    `crm-observability-cloudfront-${name}-errors`,
    ["5xxErrorRate", "Average", ">", 5],
  ]),
  "the firewalls and the signed zone": [
    ["crm-observability-firewall-edge-blocked", ["BlockedRequests", "Sum", ">", 1000]],
    ["crm-observability-firewall-load-balancer-blocked", ["BlockedRequests", "Sum", ">", 1000]],
    ["crm-observability-dnssec-failure", ["DNSSECInternalFailure", "Sum", ">", 0]],
    ["crm-observability-dnssec-key", ["DNSSECKeySigningKeysNeedingAction", "Sum", ">", 0]],
  ],
  "NAT gateways": [1, 2, 3].map((zone) => [
    `crm-observability-nat-${zone}-ports`,
    ["ErrorPortAllocation", "Sum", ">", 0],
  ]),
  tasks: [
    ["crm-observability-task-placement", ["TaskPlacementFailures", "Sum", ">", 0]],
    ["crm-observability-spot-interruptions", ["SpotInterruptions", "Sum", ">", 5]],
  ],
};

describe("observability: production", () => {
  let plan: Plan;
  let alarms: Map<string, PlannedResource>;

  before(async () => {
    plan = await planOf("production");
    alarms = new Map(
      plan.resources.filter(({ type }) => type === ALARM).map((alarm) => [alarm.name, alarm]),
    );
  });

  const find = (type: string, name: string) =>
    plan.resources.find((resource) => resource.type === type && resource.name === name)!;

  for (const [subject, required] of Object.entries(REQUIRED)) {
    it(`watches ${subject}`, () => {
      for (const [name, expected] of required) {
        const alarm = alarms.get(name as string);
        assert.ok(alarm, `${String(name)} is missing`);
        assert.deepEqual(terms(alarm), expected, String(name));
        assert.match(String(alarm.inputs["alarmDescription"]), /Runbook: /, String(name));
      }
    });
  }

  it("takes nothing for 0 that is only late: with FILL, the newest of periods that must all be bad is good", () => {
    const filled = [...alarms].filter(
      ([, { inputs }]) =>
        JSON.stringify(inputs["metricQueries"] ?? "").includes("FILL(") &&
        inputs["datapointsToAlarm"] === inputs["evaluationPeriods"],
    );
    assert.deepEqual(filled, []);
  });

  for (const stack of ["production", "staging", "recovery"]) {
    it(`watches and scales by metrics of ${stack} that somebody publishes`, async () => {
      const { resources } = await planOf(stack);
      const filters = resources
        .filter(({ type }) => type === "aws:cloudwatch/logMetricFilter:LogMetricFilter")
        .map(({ inputs }) => inputs["metricTransformation"] as { name: string; namespace: string });
      const unpublished = resources.flatMap(({ name, inputs }) =>
        metricsOf(inputs)
          .filter((one) => !isPublished(one.namespace, one.metricName, one.dimensions, filters))
          .map((one) => `${name}: ${one.namespace} ${one.metricName} by ${one.dimensions.join()}`),
      );
      assert.deepEqual(unpublished, []);
    });
  }

  it("warns while its alarms name a file where a link should be", () => {
    const warnings = plan.diagnostics.map(({ message }) => message);
    const about = warnings.filter((one) => one.includes("crm:observability.runbooks"));
    assert.equal(about.length, 1);
    assert.match(about[0]!, /is docs\/runbooks: .* https:\/\/github\.com\/<owner>/);
  });

  it("watches both colours of each service", () => {
    for (const service of SERVICES) {
      for (const part of ["errors", "unhealthy", "latency"]) {
        const queries = alarms.get(`crm-${service}-${part}`)!.inputs["metricQueries"] as Query[];
        const watched = queries.filter(({ metric }) => metric !== undefined);
        assert.equal(watched.length, part === "unhealthy" ? 2 : 4, `${service} ${part}`);
      }
    }
  });

  it("watches the depth of every dead-letter queue", () => {
    const queues = plan.resources.filter(
      ({ type, inputs }) =>
        type === "aws:sqs/queue:Queue" && String(inputs["name"]).startsWith("crm-dlq-"),
    );
    assert.ok(queues.length > 0);
    for (const { inputs } of queues) {
      const name = String(inputs["name"]).slice("crm-".length);
      const by = name === "dlq-region-watch" ? "crm-recovery-watch" : "crm-observability";
      const alarm = alarms.get(`${by}-${name}-depth`);
      assert.ok(alarm, name);
      assert.deepEqual(terms(alarm), ["ApproximateNumberOfMessagesVisible", "Maximum", ">", 0]);
    }
  });

  it("receives events of failed backups, full storage, failed task placements and Spot interruptions", () => {
    const pattern = (name: string) =>
      String(
        find("aws:cloudwatch/eventRule:EventRule", `crm-observability-${name}`).inputs[
          "eventPattern"
        ],
      );
    assert.match(pattern("events-backup-failures"), /"FAILED","EXPIRED","ABORTED"/);
    // At 80 percent of the maximum. Source: RDS User Guide, "Amazon RDS event categories and event messages".
    assert.match(pattern("events-database-storage"), /RDS-EVENT-0225/);
    assert.match(pattern("task-events-placement"), /SERVICE_TASK_PLACEMENT_FAILURE/);
    assert.match(pattern("task-events-spot"), /SpotInterruption/);
  });

  it("has one alarm for customers being affected, over what customers feel", () => {
    const composites = plan.resources.filter(
      ({ type }) => type === "aws:cloudwatch/compositeAlarm:CompositeAlarm",
    );
    assert.equal(composites.length, 1);
    const rule = String(composites[0]!.inputs["alarmRule"]);
    for (const service of SERVICES) {
      assert.match(rule, new RegExp(`ALARM\\("crm-${service}-service-errors"\\)`));
    }
    assert.match(rule, /ALARM\("crm-High-Server-Error-Rate"\)/);
  });

  it("encrypts traces with a key that X-Ray gets by a grant of who deploys", () => {
    const key = find("aws:kms/key:Key", "crm-logs");
    const config = find("aws:xray/encryptionConfig:EncryptionConfig", "crm-observability-tracing");
    assert.equal(config.inputs["type"], "KMS");
    assert.ok(config.propertyDependencies["keyId"]?.includes(key.urn));
    // Who sets the key needs CreateGrant and DescribeKey, by the key's policy or, as here, by IAM through it.
    // Source: X-Ray Developer Guide, "User permissions for encryption".
    const { Statement } = JSON.parse(String(key.inputs["policy"])) as {
      Statement: Record<string, unknown>[];
    };
    const own = Statement.find(({ Sid }) => Sid === "AdministeredByIam")!;
    assert.equal(own["Action"], "kms:*");
    assert.equal(own["Condition"], undefined);
    const rights = deploy({
      arns,
      prefix: "crm",
      buckets: ["crm-*-prod"],
      regions: ["us-east-1"],
      otherEnvironments: [],
      keyTags: { Project: "CRM-System", Environment: "production" },
      boundary: "crm-pipeline-boundary-production",
    });
    const actions = Object.values(rights)
      .flat()
      .flatMap((statement) => statement.actions);
    assert.ok(actions.includes("kms:CreateGrant") && actions.includes("kms:Describe*"));
    assert.ok(actions.includes("xray:*"));
  });
});
