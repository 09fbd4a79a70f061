import assert from "node:assert/strict";

import { CrmCost, type CrmCostArgs } from "../../components/cost/cost";
import { names, tags } from "../support/fixtures";
import { record } from "../support/mocks";

const ARGS: CrmCostArgs = {
  monthlyBudgetUsd: 4000,
  actualAlertPercents: [80, 100],
  forecastAlertPercents: [100],
  subscribers: ["alerts@crm-consulting.com"],
  anomalyDetection: { enabled: true, scope: "account", minimumImpactUsd: 150 },
  costAllocationTags: { activate: true, keys: ["Environment", "Component", "CostCenter"] },
  environment: "production",
  names,
  tags: tags("observability"),
};

describe("CrmCost", () => {
  const plan = (change: Partial<CrmCostArgs> = {}) =>
    record(() => new CrmCost("crm-cost", { ...ARGS, ...change }), { preview: true });

  it("limits what carries the stack's Environment tag, by calendar month", async () => {
    const { inputs } = (await plan()).only("aws:budgets/budget:Budget");
    assert.equal(inputs["name"], "crm-production-monthly");
    assert.equal(inputs["limitAmount"], "4000.00");
    assert.equal(inputs["limitUnit"], "USD");
    assert.equal(inputs["timeUnit"], "MONTHLY");
    assert.deepEqual(inputs["costFilters"], [
      { name: "TagKeyValue", values: ["user:Environment$production"] },
    ]);
  });

  it("reports money spent at 80 and 100 percent and a forecast over the budget", async () => {
    const { inputs } = (await plan()).only("aws:budgets/budget:Budget");
    assert.deepEqual(
      inputs["notifications"].map((n: Record<string, unknown>) => [
        n["notificationType"],
        n["threshold"],
      ]),
      [
        ["ACTUAL", 80],
        ["ACTUAL", 100],
        ["FORECASTED", 100],
      ],
    );
    assert.deepEqual(inputs["notifications"][0].subscriberEmailAddresses, [
      "alerts@crm-consulting.com",
    ]);
  });

  it("activates the document's three tags, before the budget filters by one", async () => {
    const recording = await plan();
    const activated = recording.ofType("aws:costexplorer/costAllocationTag:CostAllocationTag");
    assert.deepEqual(
      activated.map((tag) => [tag.inputs["tagKey"], tag.inputs["status"]]),
      [
        ["Environment", "Active"],
        ["Component", "Active"],
        ["CostCenter", "Active"],
      ],
    );
    assert.deepEqual(
      [...recording.only("aws:budgets/budget:Budget").dependencies].sort(),
      activated.map((tag) => tag.urn).sort(),
    );
  });

  it("leaves the account's tags alone in a stack that does not own them", async () => {
    const recording = await plan({
      costAllocationTags: { ...ARGS.costAllocationTags, activate: false },
    });
    assert.deepEqual(recording.ofType("aws:costexplorer/costAllocationTag:CostAllocationTag"), []);
  });

  it("watches the account's services or the stack's own tag for anomalies", async () => {
    const account = (await plan()).only("aws:costexplorer/anomalyMonitor:AnomalyMonitor").inputs;
    assert.equal(account["monitorType"], "DIMENSIONAL");
    assert.equal(account["monitorDimension"], "SERVICE");

    const recording = await plan({
      anomalyDetection: { enabled: true, scope: "environment", minimumImpactUsd: 20 },
    });
    const own = recording.only("aws:costexplorer/anomalyMonitor:AnomalyMonitor").inputs;
    assert.equal(own["monitorType"], "CUSTOM");
    assert.deepEqual(JSON.parse(own["monitorSpecification"]).Tags.Values, ["production"]);
    const subscription = recording.only("aws:costexplorer/anomalySubscription:AnomalySubscription");
    assert.deepEqual(subscription.inputs["thresholdExpression"].dimension.values, ["20"]);
    assert.deepEqual(subscription.inputs["subscribers"], [
      { type: "EMAIL", address: "alerts@crm-consulting.com" },
    ]);
  });

  it("gives the monitor the text that AWS gives back: any other would replace it each time", async () => {
    const recording = await plan({
      anomalyDetection: { enabled: true, scope: "environment", minimumImpactUsd: 20 },
    });
    const { monitorSpecification } = recording.only(
      "aws:costexplorer/anomalyMonitor:AnomalyMonitor",
    ).inputs;
    const keys = ["And", "CostCategories", "Dimensions", "Not", "Or", "Tags"];
    assert.deepEqual(Object.keys(JSON.parse(monitorSpecification)), keys);
    assert.equal(JSON.parse(monitorSpecification).Tags.MatchOptions, null);
  });

  it("reports by a monitor that exists, or not at all", async () => {
    const monitorArn = "arn:aws:ce::123456789012:anomalymonitor/0123abcd";
    const detection = { scope: "account" as const, minimumImpactUsd: 20 };
    const given = await plan({ anomalyDetection: { ...detection, enabled: true, monitorArn } });
    assert.deepEqual(given.ofType("aws:costexplorer/anomalyMonitor:AnomalyMonitor"), []);
    const subscription = given.only("aws:costexplorer/anomalySubscription:AnomalySubscription");
    assert.deepEqual(subscription.inputs["monitorArnLists"], [monitorArn]);
    const off = await plan({ anomalyDetection: { ...detection, enabled: false } });
    assert.ok(!off.all.some(({ type }) => type.startsWith("aws:costexplorer/anomaly")));
  });

  it("tags what can be tagged", async () => {
    const recording = await plan();
    for (const type of [
      "aws:budgets/budget:Budget",
      "aws:costexplorer/anomalyMonitor:AnomalyMonitor",
      "aws:costexplorer/anomalySubscription:AnomalySubscription",
    ]) {
      assert.deepEqual(recording.only(type).inputs["tags"], ARGS.tags);
    }
  });
});
