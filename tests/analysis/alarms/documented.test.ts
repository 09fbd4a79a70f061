/**
 * The examples of AWS's own pages, as of May 2023, the last published text of the guide: CloudWatch User Guide, "Configuring
 * how CloudWatch alarms treat missing data" (github.com/awsdocs/amazon-cloudwatch-user-guide, AlarmThatSendsEmail.md,
 * using-metric-math.md, Create_Composite_Alarm.md).
 */
import assert from "node:assert/strict";

import { compositeState, watchedAlarms } from "../../../analysis/alarms/composite-alarm";
import { decide, type MissingData, type Point } from "../../../analysis/alarms/evaluate";
import { evaluateMath, type Series } from "../../../analysis/alarms/math";
import { alarmModel, statesOf } from "../../../analysis/alarms/metric-alarm";
import { DOCUMENTED, READINGS } from "../../../analysis/alarms/reading";

const TREATMENTS: readonly MissingData[] = ["missing", "ignore", "breaching", "notBreaching"];
const MISSING = undefined;

/** `0` is within the threshold, `X` breaching, `-` missing; the newest on the right. */
function points(row: string): Point[] {
  return row.split(" ").map((point) => (point === "-" ? MISSING : point === "X"));
}

/** States for missing, ignore, breaching and not breaching; KEEP is "Retain current state". */
function states(row: string, toAlarm: number): string[] {
  return TREATMENTS.map(
    (missingData) => decide({ periods: 3, toAlarm, missingData }, points(row)) ?? "KEEP",
  );
}

describe("evaluation of an alarm", () => {
  it("is AWS's table of 3 out of 3", () => {
    const table: Record<string, string[]> = {
      "0 - X - X": ["OK", "OK", "OK", "OK"],
      "0 - - - -": ["OK", "OK", "OK", "OK"],
      "- - - - -": ["INSUFFICIENT_DATA", "KEEP", "ALARM", "OK"],
      "0 X X - X": ["ALARM", "ALARM", "ALARM", "ALARM"],
      "- - X - -": ["ALARM", "KEEP", "ALARM", "OK"],
      // As older editions have them.
      "- - - - X": ["INSUFFICIENT_DATA", "KEEP", "ALARM", "OK"],
      "X - - - -": ["ALARM", "KEEP", "ALARM", "OK"],
    };
    for (const [row, expected] of Object.entries(table)) {
      assert.deepEqual(states(row, 3), expected, row);
    }
  });

  it("is AWS's table of 2 out of 3", () => {
    const table: Record<string, string[]> = {
      "0 - X - X": ["ALARM", "ALARM", "ALARM", "ALARM"],
      "0 0 X 0 X": ["ALARM", "ALARM", "ALARM", "ALARM"],
      "0 - X - -": ["OK", "OK", "ALARM", "OK"],
      "- - - - 0": ["OK", "OK", "ALARM", "OK"],
      "- - - X -": ["ALARM", "KEEP", "ALARM", "OK"],
      "- - - - X": ["INSUFFICIENT_DATA", "KEEP", "ALARM", "OK"],
    };
    for (const [row, expected] of Object.entries(table)) {
      assert.deepEqual(states(row, 2), expected, row);
    }
  });

  it("waits with an alarm while the next data point may be within the threshold", () => {
    const missing = (row: string) =>
      decide({ periods: 3, toAlarm: 3, missingData: "missing" }, points(row));
    // "the alarm does not go immediately into ALARM state when the data is either ..."
    assert.notEqual(missing("- - - - X"), "ALARM");
    assert.notEqual(missing("- - - X -"), "ALARM");
    // "... causes the data to be"
    assert.equal(missing("- - - X 0"), "OK");
    assert.equal(missing("- - X - 0"), "OK");
    assert.equal(missing("- - X - -"), "ALARM");
  });

  it("is AWS's figure of 3 out of 3 over time", () => {
    // Threshold 3: breaching in the third to fifth period, below in the sixth, above once in the ninth.
    const values = [2, 2, 5, 4, 5, 1, 1, 1, 6, 2];
    const model = alarmModel({
      ...{ metricName: "one", statistic: "Average", period: 60, threshold: 3 },
      ...{ comparisonOperator: "GreaterThanThreshold", evaluationPeriods: 3 },
    });
    const reported = [values.map((value, minute) => ({ value, minute }))];
    const found = statesOf(model, reported, values.length, DOCUMENTED);
    assert.deepEqual(found.slice(2), ["OK", "OK", "ALARM", ...Array<string>(5).fill("OK")]);
  });

  it("looks at a window that moves on each minute", () => {
    // "at the end of minute 5 the alarm evaluates based on data from minutes 1 to 5", then "from minutes 2 to 6".
    const model = alarmModel({
      ...{ metricName: "one", statistic: "Sum", period: 300, threshold: 0 },
      ...{ comparisonOperator: "GreaterThanThreshold", evaluationPeriods: 1 },
      treatMissingData: "notBreaching",
    });
    const reported = [
      [0, 1, 2, 3, 4, 5, 6, 7].map((minute) => ({ minute, value: Number(minute === 1) })),
    ];
    assert.deepEqual(statesOf(model, reported, 8, DOCUMENTED), [
      ...["OK", "ALARM", "ALARM", "ALARM", "ALARM", "ALARM", "OK", "OK"],
    ]);
  });
});

describe("metric math", () => {
  const _ = undefined;
  const value = (expression: string, values: Record<string, Series>) =>
    READINGS.map((reading) => evaluateMath(expression, { values, reading }));
  const is = (expression: string, values: Record<string, Series>, expected: Series) => {
    for (const found of value(expression, values)) assert.deepEqual(found, expected, expression);
  };

  it("compares as AWS's examples do, a missing value of two as 0", () => {
    const values = { metric1: [30, 20, 0, 0], metric2: [20, _, 20, _] };
    is("(metric1 < metric2)", values, [0, 0, 1, 0]);
    is("(metric1 >= 30)", values, [1, 0, 0, 0]);
    is("(metric1 > 15 AND metric2 > 15)", values, [1, 0, 0, 0]);
  });

  it("chooses as AWS's examples of IF do", () => {
    const values = {
      metric1: [1, 1, 0, 0, _],
      metric2: [30, _, 0, 0, 30],
      metric3: [0, 0, 20, _, 20],
    };
    is("IF(metric1, metric2, metric3)", values, [30, 0, 20, _, _]);
    is("IF(metric1, 5, metric3)", values, [5, 5, 20, _, _]);
    is("IF(metric1, metric2, 5)", values, [30, 0, 5, 5, _]);
    is("IF(metric1, metric2)", values, [30, 0, _, _, _]);
  });

  it("treats missing data as 0, drops a division by zero", () => {
    is("m1 + m2", { m1: [1, _, _], m2: [2, 2, _] }, [3, 2, _]);
    is("100 * m1 / m2", { m1: [1, 1, _], m2: [4, 0, 4] }, [25, _, 0]);
    is("-m1 - 2 * 3", { m1: [1, _] }, [-7, _]);
  });

  it("combines lists, of what reports", () => {
    is("MAX([m1, m2])", { m1: [1, _, _], m2: [0, 2, _] }, [1, 2, _]);
    is("SUM([m1, m2])", { m1: [1, _, _], m2: [2, 2, _] }, [3, 2, _]);
    is("FILL(m1, 7)", { m1: [1, _, 3] }, [1, 7, 3]);
  });

  it("is read both ways where a metric has no data at all, which AWS's pages do not say", () => {
    const values = { m1: [1, 2], m2: [_, _] };
    const found = new Set(value("m1 + m2", values).map((series) => JSON.stringify(series)));
    assert.deepEqual([...found], ["[1,2]", "[null,null]"]);
    is("SUM([m1, m2])", values, [1, 2]);
  });

  it("is refused where it is not understood", () => {
    const wrong: [string, RegExp][] = [
      ["m1 +", /expected a metric, number or function at 4/],
      ["(m1", /expected \) at 3/],
      ["m1 m1", /expected the end at 2/],
      ["m1 ? 1", /not metric math at 2/],
      ["m2", /no metric m2/],
      ["5", /expected one time series/],
      ["MAX(m1)", /expected a list/],
      ["ANOMALY_DETECTION_BAND(m1)", /not modelled/],
    ];
    for (const [expression, message] of wrong) {
      assert.throws(() => value(expression, { m1: [1] }), message, expression);
    }
  });
});

describe("a composite alarm", () => {
  const all = { CPU: "ALARM", "Disk reads": "OK", Network: "INSUFFICIENT_DATA" } as const;
  it("follows AWS's examples of rules", () => {
    const rules: [string, string][] = [
      ['ALARM(CPU) AND ALARM("Disk reads")', "OK"],
      ['ALARM(CPU) AND NOT ALARM("Disk reads")', "ALARM"],
      ['(ALARM("CPU") OR ALARM("Disk reads")) AND OK(Network)', "OK"],
      ['(ALARM("CPU") OR ALARM("Disk reads")) AND INSUFFICIENT_DATA(Network)', "ALARM"],
      // AND binds more strongly than OR.
      ['OK("Disk reads") OR ALARM(Network) AND FALSE', "ALARM"],
      ["NOT TRUE", "OK"],
    ];
    for (const [rule, expected] of rules) assert.equal(compositeState(rule, all), expected, rule);
    assert.deepEqual(watchedAlarms('ALARM(CPU) OR OK("Disk reads")'), ["CPU", "Disk reads"]);
  });

  it("is refused where it cannot be read, or watches what does not exist", () => {
    assert.throws(() => compositeState("ALARM(CPU) ALARM(CPU)", all), /word 2/);
    assert.throws(() => compositeState("ALARM(CPU) OR", all), /word 3/);
    assert.throws(() => compositeState("(ALARM(CPU)", all), /word 3/);
    assert.throws(() => compositeState("ALARM(Gone)", all), /Gone, which has no state/);
    assert.throws(() => compositeState("CPU", all), /not a rule at 0/);
  });
});
