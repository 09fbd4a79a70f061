/** Every alarm of the three stacks, judged by the model of CloudWatch under every reading of what AWS's pages leave open. */
import assert from "node:assert/strict";

import { compositeState, watchedAlarms } from "../../../analysis/alarms/composite-alarm";
import type { AlarmState } from "../../../analysis/alarms/evaluate";
import { alarmModel, type Sample, statesOf } from "../../../analysis/alarms/metric-alarm";
import { READINGS } from "../../../analysis/alarms/reading";
import { planOf } from "../../support/plans";
import { type AlarmRow, rowsOf, type Values } from "./rows";

type Inputs = Readonly<Record<string, any>>;
type Model = ReturnType<typeof alarmModel>;

const STACKS = { production: "crm-", staging: "crm-staging-", recovery: "crm-recovery-" };

/** Alarms of production that the document names without the prefix. */
const WHOLE_NAMES = ["High-Error-Rate", "High-Response-Time", "RDS-High-CPU"];

/** Metrics reach CloudWatch at once, or two minutes after the minute that they are for. */
const DELAYS = [0, 2];

/** For as many minutes: these values. */
type Phase = readonly [Values | undefined, number];

/** What the metrics of an alarm report over the phases. */
function reported(model: Model, phases: readonly Phase[], every: number, delay: number) {
  const samples: Sample[][] = model.metrics.map(() => []);
  let minute = 0;
  for (const [values, minutes] of phases) {
    for (const end = minute + minutes; minute < end; minute += 1) {
      if (minute % every !== 0 || values === undefined) continue;
      const seen: Record<string, number> = {};
      model.metrics.forEach(({ metricName }, index) => {
        const of = values[metricName];
        assert.notEqual(of, undefined, `no values of ${metricName}`);
        const nth = (seen[metricName] = (seen[metricName] ?? -1) + 1);
        const value = Array.isArray(of) ? of[nth] : nth === 0 ? of : null;
        if (typeof value === "number") {
          samples[index]!.push({ value, minute, arrives: minute + delay });
        }
      });
    }
  }
  return { samples, minutes: minute };
}

/** Compares the states of every run with what the row expects; returns what differs. */
function faults(model: Model, row: AlarmRow): string[] {
  const every = row.every ?? 1;
  const settled = every * (Math.ceil(row.within / every) + 3) + 20;
  const found = new Set<string>();
  for (const reading of READINGS) {
    for (const delay of DELAYS) {
      const run = (phases: readonly Phase[]): AlarmState[] => {
        const { samples, minutes } = reported(model, phases, every, delay);
        return statesOf(model, samples, minutes, reading);
      };
      const expect = (what: string, state: AlarmState | undefined, expected: AlarmState) => {
        if (state !== expected) {
          found.add(`${what}: expected ${expected}, got ${state} (${JSON.stringify(reading)})`);
        }
      };
      const bad = settled + row.within + delay;
      const silence = (row.silentFor ?? row.within * 3 + 40) + delay;
      const all = run([
        [row.good, settled],
        [row.bad, row.within + delay],
        [row.good, row.overWithin + delay],
      ]);
      expect("all is well", all[settled - 1], "OK");
      for (let minute = settled; minute < settled + (row.notBefore ?? 0); minute += 1) {
        expect("it is bad for a moment", all[minute], "OK");
      }
      expect("it is bad", all[bad - 1], "ALARM");
      expect("it is over", all.at(-1), "OK");
      const kept = row.silence === "keep";
      const silent = run([
        [row.good, settled],
        [undefined, silence],
      ]);
      expect("silence after all was well", silent.at(-1), kept ? "OK" : row.silence);
      const silentBad = run([
        [row.good, settled],
        [row.bad, row.within + delay],
        [undefined, silence],
      ]);
      expect("silence after it was bad", silentBad.at(-1), kept ? "ALARM" : row.silence);
      for (const values of row.never ?? []) {
        const states = run([
          [row.good, settled],
          [values, row.within * 3],
        ]);
        if (states.slice(settled).includes("ALARM"))
          found.add(`alarm of ${JSON.stringify(values)}`);
      }
    }
  }
  return [...found];
}

/** Alarms of a stack by their names without its prefix. */
async function alarmsOf(stack: keyof typeof STACKS): Promise<Record<string, Inputs>> {
  const { resources } = await planOf(stack);
  const alarms = resources.filter(({ type }) => type === "aws:cloudwatch/metricAlarm:MetricAlarm");
  return Object.fromEntries(
    alarms.map(({ inputs }) => {
      const name = String(inputs["name"]);
      if (stack === "production" && WHOLE_NAMES.includes(name)) return [name, inputs];
      assert.ok(name.startsWith(STACKS[stack]), name);
      return [name.slice(STACKS[stack].length), inputs];
    }),
  );
}

describe("alarms of the stacks", () => {
  it("ring when they should, and only then, and are over when it is", async () => {
    const wrong: string[] = [];
    const judged = new Map<string, string[]>();
    for (const stack of Object.keys(STACKS) as (keyof typeof STACKS)[]) {
      const unused = new Set(Object.keys(rowsOf(stack)));
      for (const [name, inputs] of Object.entries(await alarmsOf(stack))) {
        const matching = Object.entries(rowsOf(stack)).filter(([pattern]) =>
          new RegExp(`^(${pattern})$`).test(name),
        );
        assert.equal(matching.length, 1, `${stack}: rows of ${name}`);
        const [pattern, rows] = matching[0]!;
        unused.delete(pattern);
        const model = alarmModel(inputs);
        for (const row of rows) {
          // The same alarm of another stack or service is judged once.
          const metrics = model.metrics.map((metric) => ({ ...metric, dimensions: {} }));
          const key = JSON.stringify([{ ...model, metrics }, row]);
          if (!judged.has(key)) judged.set(key, faults(model, row));
          wrong.push(...judged.get(key)!.map((fault) => `${stack} ${name}: ${fault}`));
        }
      }
      if (stack === "production") assert.deepEqual([...unused], [], "rows without an alarm");
    }
    assert.deepEqual([...new Set(wrong)], []);
  });

  // Lambda Developer Guide, "Types of metrics": "the timestamp on an error metric reflects when the function was invoked".
  it("see a call that was cut off at its time-out, which reports under the time of its beginning", async () => {
    const timeouts: Record<string, number> = {
      ...{ "analytics-aggregator": 15, "report-generator": 15, "social-data-processor": 5 },
      ...{ "deployment-gate": 5, "configuration-backup": 5 },
    };
    const alarms = await alarmsOf("production");
    for (const [name, timeout] of Object.entries(timeouts)) {
      for (const part of ["errors", "duration"]) {
        const model = alarmModel(alarms[`${name}-${part}`]!);
        const called = 60;
        // Other calls succeed in no time, all the while.
        const quick = Array.from({ length: 150 }, (_, minute) => ({ value: 0, minute }));
        const slow = {
          value: part === "errors" ? 1 : timeout * 60_000,
          minute: called,
          arrives: called + timeout + 1,
        };
        for (const reading of READINGS) {
          const states = statesOf(model, [[...quick, slow]], 150, reading);
          assert.equal(states[called + timeout], "OK", `${name}-${part}`);
          assert.equal(states[called + timeout + 1], "ALARM", `${name}-${part}`);
          assert.equal(states.at(-1), "OK", `${name}-${part}`);
        }
      }
    }
  });

  it("notify the person on call through the composite alarm of existing alarms", async () => {
    for (const stack of Object.keys(STACKS) as (keyof typeof STACKS)[]) {
      const { resources } = await planOf(stack);
      const names = Object.values(await alarmsOf(stack)).map(({ name }) => String(name));
      const quiet: Record<string, AlarmState> = Object.fromEntries(
        names.map((name) => [name, "OK" as const]),
      );
      for (const { type, inputs } of resources) {
        if (type !== "aws:cloudwatch/compositeAlarm:CompositeAlarm") continue;
        const rule = String(inputs["alarmRule"]);
        assert.equal(compositeState(rule, quiet), "OK");
        for (const name of watchedAlarms(rule)) {
          assert.equal(compositeState(rule, { ...quiet, [name]: "ALARM" }), "ALARM", name);
        }
      }
    }
  });
});

describe("an alarm that treats missing data as breaching", () => {
  it("does not fire during a first up: the resources that answer exist before it", async () => {
    const { resources } = await planOf("production");
    const byUrn = new Map(resources.map((one) => [one.urn, one]));
    const lost = resources.find(({ inputs }) => inputs["name"] === "crm-region-lost");
    const before = new Set<string>();
    const walk = (urn: string): void => {
      if (before.has(urn)) return;
      before.add(urn);
      byUrn.get(urn)?.dependencies.forEach(walk);
    };
    walk(lost!.urn);
    const needed = resources.filter(
      ({ type, name }) =>
        type === "aws:ecs/service:Service" ||
        name === "crm-edge-api-a" ||
        name === "crm-edge-app-a",
    );
    assert.equal(needed.length, 6);
    assert.deepEqual(
      needed.filter(({ urn }) => !before.has(urn)).map(({ name }) => name),
      [],
    );
  });
});
