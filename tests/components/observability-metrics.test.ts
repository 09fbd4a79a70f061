/** What is measured, heard and traced beside the alarms: the application's metrics, events, sampling. */
import assert from "node:assert/strict";

import { customMetricsLink } from "../../components/observability/custom-metrics";
import { LOGS_KEY } from "../support/compute";
import { arns } from "../support/fixtures";
import type { Recording } from "../support/mocks";
import { observabilityArgs, planObservability, SERVICES } from "../support/observability";

const FILTER = "aws:cloudwatch/logMetricFilter:LogMetricFilter";
const RULE = "aws:cloudwatch/eventRule:EventRule";
const TOPIC = arns.topic("crm-alert-notifications");

describe("CrmObservability: metrics, events and tracing", () => {
  let plan: Recording;
  before(async () => {
    plan = await planObservability({}, { tracing: { encryption: true } });
  });

  it("log lines become the document's metrics with its dimensions", () => {
    const transformation = (service: string, metric: string) =>
      plan.get(FILTER, `crm-observability-${service}-${metric}`).inputs["metricTransformation"];
    for (const service of SERVICES) {
      assert.deepEqual(transformation(service, "apiresponsetime"), {
        name: "APIResponseTime",
        namespace: "CRM/API",
        value: "$.durationMs",
        unit: "Milliseconds",
        dimensions: { Service: "$.service", Endpoint: "$.endpoint" },
      });
      assert.deepEqual(transformation(service, "activeusers").dimensions, {
        TimeRange: "$.timeRange",
      });
      assert.equal(transformation(service, "activeusers").namespace, "CRM/Users");
      assert.equal(transformation(service, "leadconversionrate").namespace, "CRM/Business");
      assert.deepEqual(transformation(service, "leadconversionrate").dimensions, {
        Period: "$.period",
        Source: "$.source",
      });
    }
    for (const { inputs, dependencies } of plan.ofType(FILTER)) {
      // A metric with dimensions may not have a default value.
      assert.ok(!("defaultValue" in inputs["metricTransformation"]));
      assert.ok(dependencies.length > 0, "a filter waits for its log group");
    }
  });

  it("metrics are those of the configuration, on the filter and the dashboard", async () => {
    const own = await planObservability(
      {},
      {
        metricNamespace: "CRM/staging",
        customMetrics: {
          MailsSent: {
            group: "Mail",
            event: "mail",
            value: "count",
            dimensions: { Template: "template" },
            statistic: "Sum",
          },
        },
      },
    );
    const named = own.ofType(FILTER).filter(({ inputs }) => inputs["name"] === "MailsSent");
    assert.equal(named.length, SERVICES.length);
    assert.ok(own.ofType(FILTER).every(({ inputs }) => inputs["name"] !== "ActiveUsers"));
    const filter = own.get(FILTER, "crm-observability-core-mailssent").inputs;
    assert.equal(filter["pattern"], '{ ($.event = "mail") && ($.count >= 0) }');
    assert.deepEqual(filter["metricTransformation"], {
      name: "MailsSent",
      namespace: "CRM/staging/Mail",
      value: "$.count",
      unit: "Count",
      dimensions: { Template: "$.template" },
    });
    const { dashboardBody } = own.only("aws:cloudwatch/dashboard:Dashboard").inputs;
    assert.ok(
      (dashboardBody as string).includes(
        `SEARCH('{CRM/staging/Mail,Template} MetricName=\\"MailsSent\\"', 'Sum', 300)`,
      ),
    );
  });

  it("metrics may be published below the stack's namespace only", () => {
    for (const namespace of ["CRM", "CRM/staging"]) {
      const [statement] = customMetricsLink(namespace).statements;
      assert.deepEqual(statement?.actions, ["cloudwatch:PutMetricData"]);
      assert.deepEqual(statement.conditions, {
        StringLike: { "cloudwatch:namespace": `${namespace}/*` },
      });
    }
  });

  it("events of backups, storage and tasks go to the topic or are counted", () => {
    const pattern = (name: string) =>
      JSON.parse(plan.get(RULE, `crm-observability-${name}`).inputs["eventPattern"]);
    assert.deepEqual(pattern("events-backup-failures").detail.$or, [
      { backupVaultName: ["crm-backups"] },
      { sourceBackupVaultArn: ["arn:aws:backup:us-east-1:123456789012:backup-vault:crm-backups"] },
    ]);
    assert.ok(pattern("events-backup-failures").detail.state.includes("FAILED"));
    assert.ok(pattern("events-database-storage").detail.EventID.includes("RDS-EVENT-0225"));
    assert.deepEqual(pattern("task-events-placement").detail.clusterArn, [
      "arn:aws:ecs:us-east-1:123456789012:cluster/crm-production",
    ]);
    assert.ok(pattern("task-events-spot").detail.stopCode.includes("SpotInterruption"));
    const target = (name: string) =>
      plan.get("aws:cloudwatch/eventTarget:EventTarget", `crm-observability-${name}`).inputs["arn"];
    assert.equal(target("events-backup-failures"), TOPIC);
    assert.equal(
      target("task-events-spot"),
      "arn:aws:logs:us-east-1:123456789012:log-group:/aws/events/crm-task-events",
    );
  });

  // Source of the form: ECS Developer Guide, "Amazon ECS task state change events".
  it("tells of a service's tasks that ended with an error, of no other task, and of what its deployments call", async () => {
    const { auth } = observabilityArgs().services;
    const services = {
      auth: {
        ...auth!,
        taskFamilies: ["crm-auth-task-report"],
        deadLetterQueueNames: ["crm-dlq-auth-tasks"],
        functions: {
          "auth-version-task": {
            name: "crm-auth-version-task",
            timeoutSeconds: 60,
            logGroupName: "/aws/lambda/crm-auth-version-task",
          },
        },
      },
    };
    const watching = await planObservability({ services });
    const rule = watching.get(RULE, "crm-observability-events-task-failures").inputs;
    const { detail } = JSON.parse(rule["eventPattern"]);
    assert.deepEqual(detail.group, ["family:crm-auth-task-report"]);
    assert.deepEqual(detail.lastStatus, ["STOPPED"]);
    assert.deepEqual(detail.$or[0], { containers: { exitCode: [{ "anything-but": [0] }] } });
    const alarms = watching.ofType("aws:cloudwatch/metricAlarm:MetricAlarm");
    for (const part of ["dlq-auth-tasks-depth", "auth-version-task-errors"]) {
      assert.ok(
        alarms.some(({ name }) => name === `crm-observability-${part}`),
        part,
      );
    }
    const none = plan.ofType(RULE).map(({ name }) => name);
    assert.equal(none.includes("crm-observability-events-task-failures"), false);
  });

  it("sampling rules are the document's", () => {
    const rule = (name: string) => {
      const { inputs } = plan.get(
        "aws:xray/samplingRule:SamplingRule",
        `crm-observability-tracing-${name}`,
      );
      const { serviceName, httpMethod, urlPath, reservoirSize, fixedRate, priority } = inputs;
      return [serviceName, httpMethod, urlPath, reservoirSize, fixedRate, priority];
    };
    assert.deepEqual(rule("all"), ["*", "*", "*", 1, 0.1, 9000]);
    assert.deepEqual(rule("opportunities"), [
      "crm-core-service",
      "POST",
      "/api/v1/opportunities",
      2,
      0.5,
      100,
    ]);
    const encryption = plan.only("aws:xray/encryptionConfig:EncryptionConfig").inputs;
    assert.deepEqual([encryption["type"], encryption["keyId"]], ["KMS", LOGS_KEY.arn]);
  });
});
