/** Parts of firewalls, alarms and backup plans that are not known, or not comparable. */
import assert from "node:assert/strict";

import { pairsOf } from "../../../analysis/diff/pairs";
import { weakeningsOf } from "../../../analysis/diff/protections";
import { UNKNOWN } from "../../../analysis/plan/model";
import { secret } from "../../../analysis/plan/values";
import { planned } from "../../support/planned";

type Inputs = Record<string, unknown>;
const said = (type: string, old: Inputs, now: Inputs) =>
  weakeningsOf(
    pairsOf([planned(type, "it", { inputs: old })], [planned(type, "it", { inputs: now })]),
  ).map(({ says }) => says);

const UNKNOWNS = [UNKNOWN, "[secret]", secret(UNKNOWN)];

describe("what is not known of a part that protects", () => {
  it("is possibly a rule less of a firewall, and no more than that", () => {
    const acl = (old: unknown, now: unknown) =>
      said("aws:wafv2/webAcl:WebAcl", { rules: old }, { rules: now });
    const block = { name: "block", action: { block: {} } };
    const possibly = ["possibly has fewer rules, or weaker ones (rules is not known)"];
    for (const open of UNKNOWNS) {
      assert.deepEqual(acl([block], open), possibly);
      assert.deepEqual(acl([block], [open]), possibly);
      assert.deepEqual(acl([block], [{ ...block, name: open }]), possibly);
      assert.deepEqual(acl(open, [block]), []);
      assert.deepEqual(acl(open, [{ name: "friends", action: { allow: {} } }]), []);
      assert.deepEqual(acl(open, open), []);
      assert.deepEqual(acl([], open), []);
      assert.deepEqual(acl(undefined, open), []);
    }
    // What is known is compared all the same.
    const count = { ...block, action: { count: {} } };
    assert.deepEqual(acl([block], [count, UNKNOWN]), ["rule block: count instead of block"]);
    const managed = (ruleActionOverrides: unknown) => ({
      ...{ name: "group", overrideAction: { none: {} } },
      statement: { managedRuleGroupStatement: { ruleActionOverrides } },
    });
    const counted = [{ name: "Size", actionToUse: { count: {} } }];
    assert.deepEqual(acl([managed(UNKNOWN)], [managed(counted)]), []);
    assert.equal(acl([managed(undefined)], [managed(counted)]).length, 1);
    const of = (statement: unknown) => ({ ...managed([]), statement });
    assert.deepEqual(acl([of(UNKNOWN)], [managed(counted)]), []);
  });

  it("is said of secrets without their values, beside what is no secret", () => {
    const ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm";
    const alarm = (threshold: unknown, periods: number) => ({
      ...{ comparisonOperator: "GreaterThanThreshold", metricName: "Logins", period: 60 },
      ...{ threshold, evaluationPeriods: periods },
    });
    assert.deepEqual(said(ALARM, alarm(secret(4711), 1), alarm(secret(5711), 3)), [
      "fires later (after 60 s -> 180 s)",
      "is weaker in values that are secret",
    ]);
    assert.deepEqual(said(ALARM, alarm(secret(4711), 1), alarm(secret(4711), 3)), [
      "fires later (after 60 s -> 180 s)",
    ]);
    const limit = (value: unknown) => ({
      rules: [{ name: "rate", statement: { rateBasedStatement: { limit: value } } }],
    });
    assert.deepEqual(said("aws:wafv2/webAcl:WebAcl", limit(secret(4711)), limit(secret(5711))), [
      "is weaker in values that are secret",
    ]);
    assert.deepEqual(said("aws:backup/plan:Plan", secretRules(35), secretRules(34)), [
      "is weaker in values that are secret",
    ]);
  });

  const secretRules = (deleteAfter: number) => ({
    rules: secret([{ ruleName: "hidden", lifecycle: { deleteAfter } }]),
  });

  it("is possibly a rule less of a backup plan, or fewer days and copies", () => {
    const plan = (old: unknown, now: unknown) =>
      said("aws:backup/plan:Plan", { rules: old }, { rules: now });
    const rule = (lifecycle: unknown, copyActions: unknown = []) => ({
      ...{ ruleName: "r", lifecycle, copyActions },
    });
    const days = (deleteAfter: unknown) => ({ deleteAfter });
    const possibly = ["possibly has fewer rules, or weaker ones (rules is not known)"];
    for (const open of UNKNOWNS) {
      assert.deepEqual(plan([rule(days(30))], open), possibly);
      assert.deepEqual(plan([rule(days(30))], [open]), possibly);
      assert.deepEqual(plan(open, [rule(days(30))]), []);
      assert.deepEqual(plan([rule(open)], [rule(days(30))]), []);
      assert.deepEqual(plan([rule(days(open))], [rule(days(30))]), []);
      assert.deepEqual(plan([rule(days(30))], [rule(days(open))]), []);
      const copies = [{ lifecycle: days(30) }];
      assert.deepEqual(plan([rule(days(30), copies)], [rule(days(30), open)]), []);
      assert.deepEqual(plan([rule(days(30), [open])], [rule(days(30), copies)]), []);
    }
  });

  it("is possibly an alarm that no longer fires where data is missing", () => {
    const alarm = (old: unknown, now: unknown) =>
      said(
        "aws:cloudwatch/metricAlarm:MetricAlarm",
        { treatMissingData: old },
        { treatMissingData: now },
      );
    for (const open of UNKNOWNS) {
      assert.deepEqual(alarm("breaching", open), [
        "possibly does not fire any more where data is missing (treatMissingData is not known)",
      ]);
      assert.deepEqual(alarm(open, "missing"), []);
    }
  });
});

describe("days of a backup plan", () => {
  it("are for ever where none are set", () => {
    const plan = (deleteAfter?: number) => ({
      rules: [{ ruleName: "r", lifecycle: { ...(deleteAfter && { deleteAfter }) } }],
    });
    assert.deepEqual(said("aws:backup/plan:Plan", plan(), plan(30)), [
      "rule r: keeps new recovery points for fewer days (for ever -> 30)",
    ]);
    assert.deepEqual(said("aws:backup/plan:Plan", plan(30), plan()), []);
  });
});

describe("the threshold of an alarm", () => {
  const ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm";
  const base = {
    ...{ namespace: "AWS/SQS", metricName: "NumberOfMessagesSent", statistic: "Sum" },
    ...{ comparisonOperator: "GreaterThanThreshold", threshold: 10 },
  };
  const query = (expression: string) => ({ metricQueries: [{ id: "e", expression }] });

  it("says nothing against one of another metric, statistic or expression", () => {
    const changes: [Inputs, Inputs][] = [
      [{}, { metricName: "ApproximateAgeOfOldestMessage" }],
      [{}, { namespace: "AWS/SNS" }],
      [{}, { statistic: "Maximum" }],
      [{ extendedStatistic: "p90" }, { extendedStatistic: "p99" }],
      [query("a + b"), query("a * b")],
      [{}, query("a + b")],
    ];
    for (const [old, now] of changes) {
      const [before, after] = [
        { ...base, ...old },
        { ...base, ...old, ...now, threshold: 90 },
      ];
      assert.deepEqual(said(ALARM, before, after), [], JSON.stringify(now));
      assert.deepEqual(said(ALARM, before, { ...before, threshold: 90 }), [
        "fires at a higher value only (threshold 10 -> 90)",
      ]);
    }
  });
});
