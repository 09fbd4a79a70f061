import assert from "node:assert/strict";

import { DAYS, restsOf, type Hours } from "../../schema/hours";
import { problems } from "../support/stack-files";

const HOURS = { from: "07:00", until: "20:00", timeZone: "America/New_York" };
const hours = (more: Partial<Hours> = {}): Hours => ({
  ...HOURS,
  days: ["MON", "TUE", "WED", "THU", "FRI"],
  ...more,
});

/** Problems of a stack with these hours. */
const found = (stack: string, given: Record<string, unknown>) =>
  problems(stack, (sections) => (sections["cluster"].hours = given));

describe("schema of crm:cluster.hours", () => {
  it("accepts a time of day on weekdays", () => {
    assert.deepEqual(found("staging", HOURS), []);
  });

  const cases: [string, string, Record<string, unknown>, RegExp][] = [
    [
      "a night",
      "staging",
      { from: "20:00", until: "07:00" },
      /hours\.until: expected a time after/,
    ],
    ["no time at all", "staging", { until: "07:00" }, /hours\.until: expected a time after 07:00/],
    [
      "a day twice",
      "staging",
      { days: ["MON", "MON"] },
      /hours\.days\[1\]: expected an entry that is not/,
    ],
    ["a day that is none", "staging", { days: ["Monday"] }, /days\[0\]: expected one of MON, TUE/],
    ["a zone that is none", "staging", { timeZone: "EST5" }, /timeZone: expected a time zone/],
    ["production", "production", {}, /hours: expected nothing, as crm:environment is production/],
  ];
  for (const [what, stack, more, message] of cases) {
    it(`refuses ${what}`, () => {
      const all = found(stack, { ...HOURS, ...more });
      assert.equal(all.length, 1, all.join("\n"));
      assert.match(all[0]!, message);
    });
  }

  it("refuses hours of a pilot light", () => {
    const all = problems("staging", (sections) => {
      sections["cluster"].hours = HOURS;
      sections["recovery"].readiness = "pilot-light";
    });
    assert.ok(all.some((one) => /readiness pilot-light says when services run/.test(one)));
  });

  it("refuses hours beside the watch from another region", () => {
    const all = problems("staging", (sections) => {
      sections["cluster"].hours = HOURS;
      sections["recovery"].watch = { mailboxes: ["oncall@example.com"] };
    });
    assert.ok(
      all.some((one) => /nothing beside crm:recovery\.watch/.test(one)),
      all.join("\n"),
    );
  });

  it("leaves the nights of one length together, and the weekend", () => {
    assert.deepEqual(restsOf(hours()), [
      { days: ["MON", "TUE", "WED", "THU"], minutes: 11 * 60 },
      { days: ["FRI"], minutes: (11 + 48) * 60 },
    ]);
    assert.deepEqual(restsOf(hours({ days: [...DAYS] })), [{ days: DAYS, minutes: 11 * 60 }]);
    assert.deepEqual(restsOf(hours({ days: ["WED"] })), [
      { days: ["WED"], minutes: (6 * 24 + 11) * 60 },
    ]);
  });

  it("leaves the rest of the week outside the hours, for any days", () => {
    for (let set = 1; set < 2 ** DAYS.length; set += 1) {
      const days = DAYS.filter((_, index) => (set >> index) & 1);
      const rest = restsOf(hours({ days })).reduce(
        (sum, { days: on, minutes }) => sum + on.length * minutes,
        0,
      );
      assert.equal(rest + days.length * 13 * 60, 7 * 24 * 60, days.join(","));
    }
  });
});
