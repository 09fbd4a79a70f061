import assert from "node:assert/strict";

import { nextRun } from "../../facts/schedule-runs";
import {
  dailyCron,
  parseSchedule,
  scheduleExample,
  type Schedule,
  type ScheduleService,
} from "../../facts/schedules";

/** Examples of AWS's guides: the expression, and its first run after the start of 2022, as the guide describes it. */
interface Page {
  readonly service: ScheduleService;
  readonly page: string;
  readonly examples: Readonly<Record<string, string>>;
}

const NEW_YEAR = new Date("2022-01-01T00:00:00Z");

const PAGES: readonly Page[] = [
  {
    service: "eventbridge-rule",
    page: "https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-scheduled-rule-pattern.html",
    examples: {
      "cron(0 10 * * ? *)": "2022-01-01T10:00",
      "cron(15 12 * * ? *)": "2022-01-01T12:15",
      "cron(0 18 ? * MON-FRI *)": "2022-01-03T18:00",
      "cron(0 8 1 * ? *)": "2022-01-01T08:00",
      "cron(0/15 * * * ? *)": "2022-01-01T00:15",
      "cron(0/10 * ? * MON-FRI *)": "2022-01-03T00:00",
      "cron(0/5 8-17 ? * MON-FRI *)": "2022-01-03T08:00",
      // The one range of the guides that passes the end of its field.
      "cron(0/30 20-2 ? * MON-FRI *)": "2022-01-03T00:00",
      "cron(0 12 * * ? *)": "2022-01-01T12:00",
      "cron(5,35 14 * * ? *)": "2022-01-01T14:05",
      "cron(15 10 ? * 6L 2019-2022)": "2022-01-28T10:15",
      "cron(0 0 ? * 3#2 *)": "2022-01-11T00:00",
      "cron(0 0 3W * ? *)": "2022-01-03T00:00",
      "cron(1/10 * * * ? *)": "2022-01-01T00:01",
      "cron(0 0 1-15 JAN,FEB,MAR ? *)": "2022-01-02T00:00",
      "rate(1 minute)": "2022-01-01T00:01",
      "rate(5 minutes)": "2022-01-01T00:05",
      "rate(1 hour)": "2022-01-01T01:00",
      "rate(5 hours)": "2022-01-01T05:00",
      "rate(1 day)": "2022-01-02T00:00",
    },
  },
  {
    service: "eventbridge-rule",
    page: "https://docs.aws.amazon.com/lambda/latest/dg/tutorial-scheduled-events-schedule-expressions.html",
    examples: {
      "rate(5 minutes)": "2022-01-01T00:05",
      "rate(1 hour)": "2022-01-01T01:00",
      "rate(7 days)": "2022-01-08T00:00",
      "cron(15 10 * * ? *)": "2022-01-01T10:15",
      "cron(0 18 ? * MON-FRI *)": "2022-01-03T18:00",
      "cron(0 8 1 * ? *)": "2022-01-01T08:00",
      "cron(0/10 * ? * MON-FRI *)": "2022-01-03T00:00",
      "cron(0/5 8-17 ? * MON-FRI *)": "2022-01-03T08:00",
      "cron(0 9 ? * 2#1 *)": "2022-01-03T09:00",
    },
  },
  {
    service: "eventbridge-scheduler",
    page: "https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html",
    examples: {
      "cron(15 10 ? * 6L 2022-2023)": "2022-01-28T10:15",
      "cron(30 8 * * ? *)": "2022-01-01T08:30",
      "cron(30 2 * * ? *)": "2022-01-01T02:30",
      "rate(5 minutes)": "2022-01-01T00:05",
      // Its valid units are minutes, hours and days, for any positive number.
      "rate(1 days)": "2022-01-02T00:00",
      "at(2022-11-20T13:00:00)": "2022-11-20T13:00",
    },
  },
  {
    // Units in the singular and the plural.
    service: "eventbridge-scheduler",
    page: "https://docs.aws.amazon.com/scheduler/latest/APIReference/API_CreateSchedule.html",
    examples: {
      "rate(1 minute)": "2022-01-01T00:01",
      "rate(1 minutes)": "2022-01-01T00:01",
      "rate(1 hour)": "2022-01-01T01:00",
      "rate(1 day)": "2022-01-02T00:00",
    },
  },
  {
    service: "application-auto-scaling",
    page: "https://docs.aws.amazon.com/autoscaling/application/userguide/scheduled-scaling-using-cron-expressions.html",
    examples: {
      "cron(30 6 ? * MON *)": "2022-01-03T06:30",
      "cron(0 10 * * ? *)": "2022-01-01T10:00",
      "cron(0 18 ? * MON-FRI *)": "2022-01-03T18:00",
      "cron(0/15 * * * ? *)": "2022-01-01T00:15",
    },
  },
  {
    service: "application-auto-scaling",
    page: "https://docs.aws.amazon.com/autoscaling/application/userguide/create-scheduled-actions.html",
    examples: {
      "at(2022-03-31T22:00:00)": "2022-03-31T22:00",
      "rate(5 hours)": "2022-01-01T05:00",
      "cron(0 9 * * ? *)": "2022-01-01T09:00",
    },
  },
  {
    service: "backup",
    page: "https://docs.aws.amazon.com/aws-backup/latest/devguide/API_BackupRule.html",
    examples: {
      "cron(0 5 ? * * *)": "2022-01-01T05:00",
      "cron(15 * ? * * *)": "2022-01-01T00:15",
      "cron(0 12 * * ? *)": "2022-01-01T12:00",
    },
  },
  {
    service: "secrets-manager",
    page: "https://docs.aws.amazon.com/secretsmanager/latest/userguide/rotate-secrets_schedule.html",
    examples: {
      "cron(0 4/12 * * ? *)": "2022-01-01T04:00",
      "cron(0 /8 * * ? *)": "2022-01-01T08:00",
      "cron(0 8/8 * * ? *)": "2022-01-01T08:00",
      "cron(0 2/10 * * ? *)": "2022-01-01T02:00",
      "cron(0 10 * * ? *)": "2022-01-01T10:00",
      "cron(0 18 ? * SAT *)": "2022-01-01T18:00",
      "cron(0 8 1 * ? *)": "2022-01-01T08:00",
      "cron(0 1 ? 1/3 SUN#1 *)": "2022-01-02T01:00",
      "cron(0 17 L * ? *)": "2022-01-31T17:00",
      "cron(0 8 ? * MON-FRI *)": "2022-01-03T08:00",
      "cron(0 16 1,15 * ? *)": "2022-01-01T16:00",
      "cron(0 0 ? * SUN#1 *)": "2022-01-02T00:00",
      "cron(0 0 ? * TUE#3 *)": "2022-01-18T00:00",
      "cron(0 0 ? * SUNL *)": "2022-01-30T00:00",
      "cron(0 0 ? * 1/2 *)": "2022-01-02T00:00",
      "cron(0 0 1/2 * ? *)": "2022-01-03T00:00",
      "rate(4 hours)": "2022-01-01T04:00",
      "rate(10 days)": "2022-01-11T00:00",
    },
  },
];

/** Tried on AWS by others: the issue says that AWS took them. */
const TRIED: Readonly<Record<string, readonly string[]>> = {
  "https://github.com/localstack/localstack/issues/13572": [
    "cron(0-15/1 8-8 ? * 2,3,4,5,6,7 *)",
    "cron(30-30 13-13 ? * 2,4,6 *)",
    "cron(1-31/30 1-1 ? * 1,7 *)",
  ],
  "https://github.com/grumBit/aws_cron_expression_validator/issues/18": [
    "cron(0 18 LW * ? *)",
    "cron(0 18 ? feb-DeC mOn *)",
  ],
  "https://github.com/grumBit/aws_cron_expression_validator/issues/12": ["cron(0 2 ? * 5L *)"],
  "https://github.com/grumBit/aws_cron_expression_validator/issues/6": [
    "cron(0 11-23/4 ? * 2-6 *)",
    "cron(0 0 1 1-12/3 ? *)",
  ],
};

function parsed(text: string, service: ScheduleService): Schedule {
  const { schedule, error } = parseSchedule(text, service);
  assert.equal(error, undefined, text);
  return schedule;
}

describe("Schedule expressions", () => {
  for (const { service, page, examples } of PAGES) {
    it(`reads the examples of ${page} as ${service}`, () => {
      for (const [text, first] of Object.entries(examples)) {
        const next = nextRun(parsed(text, service), NEW_YEAR);
        assert.equal(next?.toISOString().slice(0, first.length), first, text);
      }
    });
  }

  for (const [issue, expressions] of Object.entries(TRIED)) {
    it(`takes what AWS took in ${issue}`, () => {
      for (const text of expressions) {
        assert.ok(parsed(text, "eventbridge-rule"), text);
      }
    });
  }

  const refuses = (service: ScheduleService, refused: Readonly<Record<string, string>>) => {
    for (const [text, message] of Object.entries(refused)) {
      const { error } = parseSchedule(text, service);
      assert.ok(error !== undefined, `${text} passes`);
      assert.ok(error.message.includes(message), `${text}: ${error.message}`);
    }
  };

  it("names the field that AWS refuses, what it takes, and what it got", () => {
    assert.equal(
      parseSchedule("cron(0 9 1 0 ? *)", "eventbridge-rule").error?.message,
      'month: expected 1-12 or JAN-DEC, with , - * /, got "0"',
    );
    assert.equal(
      parseSchedule("cron(0 9 ? * 5-1 *)", "eventbridge-rule").error?.message,
      'day-of-week: expected ranges from low to high, or a list, got "5-1"',
    );
    refuses("eventbridge-rule", {
      "cron(60 9 * * ? *)": 'minutes: expected 0-59, with , - * /, got "60"',
      "cron(000 9 * * ? *)": "minutes: ",
      "cron(-1 9 * * ? *)": "minutes: ",
      "cron(? 9 * * ? *)": "minutes: ",
      "cron( 9 * * ? *)": "cron: expected six fields",
      "cron(0, 9 * * ? *)": "minutes: ",
      "cron(*,5 9 * * ? *)": "minutes: ",
      "cron(1-2-3 9 * * ? *)": "minutes: ",
      "cron(0/5/5 9 * * ? *)": "minutes: ",
      "cron(/5 9 * * ? *)": "minutes: ",
      "cron(5/ 9 * * ? *)": "minutes: expected a step of 1 to 59 after /",
      "cron(0/0 9 * * ? *)": "minutes: expected a step of 1 to 59 after /",
      "cron(50-10 9 * * ? *)": "minutes: expected ranges from low to high",
      "cron(0 24 * * ? *)": "hours: ",
      "cron(0 L * * ? *)": "hours: ",
      "cron(0 9 0 * ? *)": "day-of-month: ",
      "cron(0 9 32 * ? *)": "day-of-month: ",
      "cron(0 9 32W * ? *)": "day-of-month: ",
      "cron(0 9 W * ? *)": "day-of-month: ",
      "cron(0 9 3L * ? *)": "day-of-month: ",
      "cron(0 9 L-0 * ? *)": "day-of-month: ",
      "cron(0 9 L-31 * ? *)": "day-of-month: ",
      "cron(0 9 3-L * ? *)": "day-of-month: ",
      "cron(0 9 L,15 * ? *)": "day-of-month: ",
      "cron(0 9 MON * ? *)": "day-of-month: ",
      "cron(0 9 1 13 ? *)": "month: ",
      "cron(0 9 1 JANUARY ? *)": "month: ",
      "cron(0 9 1 NOV-FEB ? *)": "month: expected ranges from low to high",
      "cron(0 9 1 APR/3 ? *)": "month: expected numbers before a step",
      "cron(0 9 1 ? MON *)": "month: ",
      "cron(0 9 ? * 0 *)": "day-of-week: expected 1-7 or SUN-SAT, with , - * ? L #",
      "cron(0 9 ? * 8 *)": "day-of-week: ",
      "cron(0 9 ? * 2/2 *)": "day-of-week: ",
      "cron(0 9 ? * 15W *)": "day-of-week: ",
      "cron(0 9 ? * 2#6 *)": "day-of-week: expected one day and #1 to #5",
      "cron(0 9 ? * 2#0 *)": "day-of-week: expected one day and #1 to #5",
      "cron(0 9 ? * SAT-SUN *)": "day-of-week: expected ranges from low to high",
      "cron(0 9 * * ? 1969)": "year: ",
      "cron(0 9 * * ? 2200)": "year: ",
      "cron(0 9 * * ? 2023-2022)": "year: expected ranges from low to high",
    });
  });

  it("refuses two of # in one expression, which the guides name", () => {
    refuses("eventbridge-rule", { "cron(0 9 ? * 3#1,6#3 *)": "day-of-week: " });
  });

  it("wants ? in the day of the month or of the week, and in one only", () => {
    refuses("eventbridge-rule", {
      "cron(0 9 * * * *)": 'day-of-month and day-of-week: expected exactly one ?, got "* and *"',
      "cron(0 9 ? * ? *)": "expected exactly one ?",
      "cron(0 9 1 * MON *)": "expected exactly one ?",
    });
  });

  it("refuses the minutes that AWS refused in https://github.com/aws/aws-sdk-js/issues/4212", () => {
    refuses("eventbridge-rule", { "cron(*/60 * * * ? *)": "minutes: expected a step of 1 to 59" });
  });

  it("refuses the commas that PutRule took in https://github.com/boto/boto3/issues/2876 and never ran", () => {
    refuses("eventbridge-rule", { "cron(0/5, 9-18, ?, *, MON-FRI, *)": "" });
  });

  it("requires six fields of every service", () => {
    refuses("eventbridge-rule", {
      "cron(0 9 * * ?)":
        "cron: expected six fields, minutes hours day-of-month month day-of-week year",
      "cron(0 0 9 * * ? *)": "cron: expected six fields",
    });
    // "A cron expression consists of six fields separated by white spaces":
    // https://docs.aws.amazon.com/scheduler/latest/APIReference/API_CreateSchedule.html, ScheduleExpression.
    refuses("eventbridge-scheduler", {
      "cron(30 8 * * ?)": "cron: expected six fields",
      "cron(0 9 * *)": "cron: expected six fields",
    });
  });

  it("counts from the month's last day as rules of EventBridge do, by the word of AWS's support", () => {
    // https://zenn.dev/kz23szk/articles/d52df8b1614fb6: L-1 is one day before the last, L-k is k days before.
    const first = (text: string) => nextRun(parsed(text, "eventbridge-rule"), NEW_YEAR);
    assert.equal(first("cron(0 9 L-1 * ? *)")?.toISOString(), "2022-01-30T09:00:00.000Z");
    assert.equal(first("cron(0 9 L-3 2 ? *)")?.toISOString(), "2022-02-25T09:00:00.000Z");
    // Only a month of 31 days has it.
    assert.equal(first("cron(0 9 L-30 2-3 ? *)")?.toISOString(), "2022-03-01T09:00:00.000Z");
    for (const service of ["eventbridge-scheduler", "backup", "secrets-manager"] as const) {
      refuses(service, { "cron(0 9 L-3 * ? *)": "" });
    }
  });

  it("lets hours alone pass midnight, as 20-2 does in the guide's example", () => {
    // "0/30 20-2 ? * MON-FRI *": https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-scheduled-rule-pattern.html
    const hours = parsed("cron(0 5-1 * * ? *)", "eventbridge-rule");
    assert.ok(hours.form === "cron");
    assert.deepEqual(
      hours.hours,
      Array.from({ length: 24 }, (_, hour) => hour).filter((hour) => hour < 2 || hour > 4),
    );
    refuses("eventbridge-rule", {
      "cron(5-1 9 * * ? *)": "minutes: expected ranges from low to high",
      "cron(0 9 5-1 * ? *)": "day-of-month: expected ranges from low to high",
      "cron(0 9 * 5-1 ? *)": "month: expected ranges from low to high",
      "cron(0 9 ? * 5-1 *)": "day-of-week: expected ranges from low to high",
    });
  });

  it("follows a rate's grammar, which EventBridge's page on rates spells out", () => {
    refuses("eventbridge-rule", {
      "rate(1 hours)":
        'rate: expected 1 minute, 1 hour, 1 day, or a larger whole number of minutes, hours, days, got "1 hours"',
      "rate(1 days)": "rate: ",
    });
    for (const service of ["eventbridge-rule", "eventbridge-scheduler"] as const) {
      refuses(service, {
        "rate(5 hour)": "rate: ",
        "rate(days)": "rate: ",
        "rate(0 hours)": "rate: ",
        "rate(-5 minutes)": "rate: ",
        "rate(1.5 hours)": "rate: ",
        "rate(30 seconds)": "rate: ",
        "rate(5 weeks)": "rate: ",
        "rate(5  minutes)": "rate: ",
      });
    }
  });

  it("knows which service takes which form", () => {
    refuses("eventbridge-rule", {
      "at(2030-01-31T09:00:00)": "schedule: expected rate(1 hour) or",
    });
    refuses("backup", {
      "rate(1 day)": "schedule: expected cron(0 5 * * ? *)",
      "at(2030-01-31T09:00:00)": "schedule: ",
    });
    refuses("secrets-manager", {
      "rate(30 minutes)": "rate: expected 1 hour, 1 day, or",
      "rate(3 hours)": "rate: expected at least 4 hours",
      "cron(5 8 1 * ? *)": 'minutes: expected 0, got "5"',
      "cron(0 8 1 * ? 2030)": 'year: expected *, got "2030"',
      "cron(0 * 1 * ? *)": "hours: expected 0-23, with /",
      "cron(0 8 1W * ? *)": "day-of-month: ",
    });
  });

  it("takes dates of the calendar only", () => {
    refuses("eventbridge-scheduler", {
      "at(2023-02-29T09:00:00)": "at: expected a date and time yyyy-mm-ddThh:mm:ss",
      "at(2023-13-01T09:00:00)": "at: ",
      "at(2023-12-01T24:00:00)": "at: ",
      "at(2023-12-01 09:00:00)": "at: ",
      "at(2023-12-01T09:00)": "at: ",
    });
    assert.equal(parsed("at(2024-02-29T09:00:00)", "eventbridge-scheduler").form, "at");
  });

  it("refuses what surrounds an expression", () => {
    refuses("eventbridge-scheduler", {
      "rate(1 hour) ": "schedule: ",
      "Rate(1 hour)": "schedule: ",
      "0 9 * * ? *":
        "schedule: expected rate(1 hour), cron(0 9 * * ? *) or at(2030-01-31T09:00:00)",
      "cron(0 9 * * ? * )": "cron: ",
      "": "schedule: ",
    });
  });

  it("gives examples in its messages that the services take", () => {
    const services = new Set(PAGES.map(({ service }) => service));
    for (const service of services) {
      for (const text of scheduleExample(service).match(/\w+\([^)]*\)/g)!) {
        assert.ok(parsed(text, service), text);
      }
    }
  });

  it("writes a time of day as a cron expression of every day", () => {
    assert.equal(dailyCron("09:00"), "cron(0 9 * * ? *)");
    assert.equal(dailyCron("17:30"), "cron(30 17 * * ? *)");
    assert.equal(dailyCron("07:05", ["MON", "SUN"]), "cron(5 7 ? * MON,SUN *)");
  });
});
