import assert from "node:assert/strict";

import fc from "fast-check";

import {
  longestGap,
  nextRun,
  runsAfter,
  runsBetween,
  runsEveryMonth,
  runsPerMonth,
} from "../../facts/schedule-runs";
import { parseSchedule, type Schedule } from "../../facts/schedules";
import { isTimeZone } from "../../facts/time-zones";
import { cronExpressions, runsByHand, timesOfDay, type Written } from "../support/cron";

const read = (text: string): Schedule => {
  const { schedule, error } = parseSchedule(text, "eventbridge-scheduler");
  assert.equal(error, undefined, text);
  return schedule;
};

const DAY = 24 * 60 * 60_000;

describe("Runs of schedules", () => {
  const runs = (text: string, from: string, count: number, timeZone = "UTC") =>
    [...take(runsAfter(read(text), new Date(from), { timeZone }), count)].map((run) =>
      run.toISOString().slice(0, 16),
    );

  // Compared by hand with Quartz 2.3.2, whose dialect AWS's is, on 10,000 of these (2026-10): the next eight runs
  // are the same but for one expression, of 31W, where Quartz by turns takes and leaves months of 30 days.
  it("agree with a walk over every minute of a month", () => {
    fc.assert(
      fc.property(
        cronExpressions(),
        fc.integer({ min: Date.UTC(2020, 0) / DAY, max: Date.UTC(2030, 0) / DAY }),
        (written, day) => {
          const [from, until] = [new Date(day * DAY), new Date((day + 31) * DAY)];
          const expected = runsByHand(written, from, until, "UTC");
          assert.deepEqual(runsBetween(read(written.text), from, until), expected, written.text);
          const next = nextRun(read(written.text), new Date(from.getTime() - 1));
          if (expected.length > 0) {
            assert.deepEqual(next, expected[0], written.text);
          } else {
            assert.ok(next === undefined || next >= until, written.text);
          }
        },
      ),
      { numRuns: 60 },
    );
  });

  it("agree with a walk over the minutes about a change of the clocks, by the rules of Scheduler's guide", () => {
    // Changes of an hour, of half an hour, at midnight, and none.
    const changes = [
      ["America/Los_Angeles", "2022-03-13"],
      ["America/Los_Angeles", "2022-11-06"],
      ["Europe/Berlin", "2024-10-27"],
      ["Australia/Lord_Howe", "2024-04-07"],
      ["Australia/Lord_Howe", "2024-10-06"],
      ["America/Havana", "2024-03-10"],
      ["America/Havana", "2024-11-03"],
      ["Asia/Kathmandu", "2024-03-10"],
    ] as const;
    fc.assert(
      fc.property(timesOfDay(), fc.constantFrom(...changes), (written: Written, [zone, day]) => {
        const middle = Date.parse(`${day}T00:00:00Z`);
        const [from, until] = [new Date(middle - DAY), new Date(middle + 2 * DAY)];
        assert.deepEqual(
          runsBetween(read(written.text), from, until, { timeZone: zone }),
          // The day before shows which of two equal times is the first.
          runsByHand(written, new Date(middle - 2 * DAY), until, zone).filter((run) => run >= from),
          `${written.text} in ${zone}`,
        );
      }),
      { numRuns: 25 },
    );
  });

  it("skip a time that does not exist and do not repeat one, as Scheduler's guide has it for 02:30", () => {
    // https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html#daylist-savings-time
    const zone = "America/Los_Angeles";
    assert.deepEqual(runs("cron(30 2 * * ? *)", "2022-03-12T12:00:00Z", 2, zone), [
      "2022-03-14T09:30",
      "2022-03-15T09:30",
    ]);
    assert.deepEqual(runs("cron(30 1 * * ? *)", "2022-11-05T12:00:00Z", 2, zone), [
      "2022-11-06T08:30",
      "2022-11-07T09:30",
    ]);
  });

  it("follow the zone's clocks for a date, as in the guide's example of 1 pm in Los Angeles", () => {
    const at = "at(2022-11-20T13:00:00)";
    assert.deepEqual(runs(at, "2022-01-01", 2, "America/Los_Angeles"), ["2022-11-20T21:00"]);
    assert.deepEqual(runs(at, "2022-11-20T13:00:00Z", 1), []);
  });

  it("recur at a rate from the start on, independent of clock changes", () => {
    const start = new Date("2021-01-30T12:00:00Z");
    const [from, until] = [new Date("2021-01-31T00:00:00Z"), new Date("2021-01-31T22:00:00Z")];
    assert.deepEqual(
      runsBetween(read("rate(5 hours)"), from, until, { start }).map((run) => run.getUTCHours()),
      [3, 8, 13, 18],
    );
    assert.deepEqual(nextRun(read("rate(1 day)"), new Date("2020-01-01"), { start }), start);
  });

  it("end with the last year, and before a day that no year has", () => {
    assert.deepEqual(runs("cron(15 10 ? * 6L 2022-2023)", "2023-11-01", 3), [
      "2023-11-24T10:15",
      "2023-12-29T10:15",
    ]);
    assert.equal(nextRun(read("cron(0 0 30 2 ? *)"), new Date("2024-01-01")), undefined);
    assert.deepEqual(runs("cron(0 0 29 2 ? *)", "2096-03-01", 1), ["2104-02-29T00:00"]);
    assert.deepEqual(runs("cron(0 0 L 2 ? *)", "2100-01-01", 1), ["2100-02-28T00:00"]);
  });

  it("take the weekday nearest to a day within its month", () => {
    // 1 June 2024 and 31 August 2024 are Saturdays, 31 March 2024 a Sunday; June has no 31st.
    assert.deepEqual(runs("cron(0 0 1W 6 ? 2024)", "2024-01-01", 1), ["2024-06-03T00:00"]);
    assert.deepEqual(runs("cron(0 0 31W 3,6,8 ? 2024)", "2024-01-01", 3), [
      "2024-03-29T00:00",
      "2024-08-30T00:00",
    ]);
  });
});

describe("Gaps and counts of schedules", () => {
  const minutes = (text: string, question: Parameters<typeof longestGap>[1] = {}) =>
    longestGap(read(text), question);
  const hour = 60;
  const day = 24 * hour;

  it("are the longest time between two runs", () => {
    assert.equal(minutes("rate(30 minutes)"), 30);
    assert.equal(minutes("cron(0 0/2 * * ? *)"), 2 * hour);
    assert.equal(minutes("cron(0 1/5 * * ? *)"), 5 * hour);
    assert.equal(minutes("cron(0 2/10 * * ? *)"), 10 * hour);
    assert.equal(minutes("cron(30 1,13 * * ? *)"), 12 * hour);
    assert.equal(minutes("cron(0 0 ? * SUN *)"), 7 * day);
    assert.equal(minutes("cron(0 0 ? * MON-FRI *)"), 3 * day);
    assert.equal(minutes("cron(0 0 1 * ? *)"), 31 * day);
    assert.equal(minutes("cron(0 0 31 * ? *)"), 61 * day);
    // From 30 November 2046 on, no month has a fifth Friday before 29 March 2047.
    assert.equal(minutes("cron(0 0 ? * 6#5 *)"), 119 * day);
    assert.equal(minutes("cron(0 0 29 2 ? *)"), (4 * 365 + 1) * day);
    assert.equal(minutes("cron(0 0 1 1 ? 2024/40)"), (40 * 365 + 10) * day);
  });

  it("are endless for a schedule that ends or never runs", () => {
    assert.equal(minutes("at(2030-01-01T00:00:00)"), Number.POSITIVE_INFINITY);
    assert.equal(minutes("cron(0 0 * * ? 2022-2030)"), Number.POSITIVE_INFINITY);
    assert.equal(minutes("cron(0 0 30 2 ? *)"), Number.POSITIVE_INFINITY);
  });

  it("grow by an hour when the clocks are put back", () => {
    assert.equal(minutes("cron(0 0 * * ? *)", { timeZone: "America/New_York" }), 25 * hour);
    assert.equal(minutes("cron(0 0 * * ? *)", { timeZone: "Asia/Tokyo" }), 24 * hour);
  });

  it("pass over runs that do not happen", () => {
    const blocked = (run: Date) => run.getUTCHours() === 4;
    assert.equal(minutes("cron(0 0/2 * * ? *)", { blocked }), 4 * hour);
    assert.equal(minutes("cron(0 4 * * ? *)", { blocked }), Number.POSITIVE_INFINITY);
    assert.equal(minutes("rate(2 hours)", { blocked }), undefined);
    // 1 February and 1 March are Sundays in a year such as 2026.
    const sundays = (run: Date) => run.getUTCDay() === 0;
    assert.equal(minutes("cron(0 0 1 * ? *)", { blocked: sundays }), (31 + 28 + 31) * day);
  });

  it("count the runs of a month on average", () => {
    const count = (text: string) => runsPerMonth(read(text));
    assert.equal(count("cron(0 8 1 * ? *)"), 1);
    assert.equal(count("cron(0,30 8 L * ? *)"), 2);
    assert.equal(count("cron(0 8 ? * SUN#1 *)"), 1);
    assert.equal(count("cron(0 8 1 1 ? *)"), 1 / 12);
    assert.equal(count("cron(0 8 * * ? *)"), 365.25 / 12);
    assert.equal(count("rate(1 hour)"), (365.25 * 24) / 12);
    assert.equal(count("at(2030-01-01T00:00:00)"), 0);
    assert.equal(count("cron(0 8 1 * ? 2020-2023)"), 0);
  });

  it("say whether each month has a run", () => {
    for (const monthly of [
      "cron(0 8 1 * ? *)",
      "cron(0 8 28 * ? *)",
      "cron(0 8 LW * ? *)",
      "cron(0 8 ? * 2#4 *)",
      "cron(0 8 ? 1/1 FRIL *)",
      "rate(28 days)",
    ]) {
      assert.equal(runsEveryMonth(read(monthly)), true, monthly);
    }
    for (const rarer of [
      "cron(0 8 29 * ? *)",
      "cron(0 8 29W * ? *)",
      "cron(0 8 ? * 2#5 *)",
      "cron(0 8 1 1 ? *)",
      "cron(0 8 1 * ? 2024-2040)",
      "rate(29 days)",
      "at(2030-01-01T00:00:00)",
    ]) {
      assert.equal(runsEveryMonth(read(rarer)), false, rarer);
    }
  });
});

describe("Time zones", () => {
  it("have IANA names, such as those in the guides of Scheduler and Application Auto Scaling", () => {
    for (const good of [
      "America/New_York",
      "Etc/GMT+9",
      "Pacific/Tahiti",
      "UTC",
      "Etc/UTC",
      "Asia/Ho_Chi_Minh",
      "America/Argentina/Buenos_Aires",
    ]) {
      assert.ok(isTimeZone(good), good);
    }
    for (const bad of ["", "EST", "+05:00", "america/new_york", "America/Nowhere", "Local"]) {
      assert.ok(!isTimeZone(bad), bad);
    }
  });
});

function* take<T>(values: Iterable<T>, count: number): Generator<T> {
  let taken = 0;
  for (const value of values) {
    if (taken++ === count) {
      return;
    }
    yield value;
  }
}
