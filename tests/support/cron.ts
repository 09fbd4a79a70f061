/**
 * Random cron expressions together with what they mean, and a walk over the minutes that finds their runs: a
 * second reading that shares nothing with facts/schedules.ts.
 */
import fc from "fast-check";

/** A minute on a zone's clocks. */
interface Moment {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
}

export interface Written {
  readonly text: string;
  readonly means: (moment: Moment) => boolean;
}

interface Field {
  readonly text: string;
  readonly has: (value: number) => boolean;
}

interface Shape {
  readonly least: number;
  readonly most: number;
  readonly names?: readonly string[];
  readonly wraps?: boolean;
  readonly steps?: boolean;
}

const MONTHS = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];
const DAYS = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];

const every: Field = { text: "*", has: () => true };

function field(shape: Shape): fc.Arbitrary<Field> {
  const parts = fc.array(part(shape), { minLength: 1, maxLength: 3 });
  return fc.oneof(
    fc.constant(every),
    parts.map((list) => ({
      text: list.map(({ text }) => text).join(","),
      has: (value: number) => list.some(({ has }) => has(value)),
    })),
  );
}

function part({ least, most, names, wraps, steps = true }: Shape): fc.Arbitrary<Field> {
  const value = fc.integer({ min: least, max: most });
  const size = most - least + 1;
  return fc
    .record({
      one: value,
      other: value,
      named: fc.boolean(),
      step: fc.integer({ min: 1, max: Math.max(1, size - 1) }),
      form: fc.constantFrom("value", "range", ...(steps ? ["from", "all", "stepped"] : [])),
    })
    .map(({ one, other, named, step, form }) => {
      const [first, last] = wraps || one <= other ? [one, other] : [other, one];
      const write = (number: number) =>
        named && names !== undefined && form !== "from" && form !== "stepped"
          ? names[number - least]!
          : String(number);
      const span = (last - first + size) % size;
      const distance = (number: number) => (number - first + size) % size;
      switch (form) {
        case "range":
          return {
            text: `${write(first)}-${write(last)}`,
            has: (number: number) => distance(number) <= span,
          };
        case "stepped":
          return {
            text: `${write(first)}-${write(last)}/${step}`,
            has: (number: number) => distance(number) <= span && distance(number) % step === 0,
          };
        case "from":
          return {
            // A step goes on to the end of the field.
            text: `${write(first)}/${step}`,
            has: (number: number) => number >= first && (number - first) % step === 0,
          };
        case "all":
          return { text: `*/${step}`, has: (number: number) => (number - least) % step === 0 };
        default:
          return { text: write(first), has: (number: number) => number === first };
      }
    });
}

const minutes = field({ least: 0, most: 59 });
const hours = field({ least: 0, most: 23, wraps: true });

interface DayFields {
  readonly month: string;
  readonly week: string;
  readonly has: (moment: Moment) => boolean;
}

function weekdayOf({ year, month, day }: Moment): number {
  return new Date(Date.UTC(year, month - 1, day)).getUTCDay() + 1;
}

/** Days of a moment's month that satisfy a condition. */
function daysThat(moment: Moment, condition: (weekday: number, day: number) => boolean): number[] {
  const days: number[] = [];
  for (
    let day = 1;
    new Date(Date.UTC(moment.year, moment.month - 1, day)).getUTCMonth() === moment.month - 1;
    day++
  ) {
    if (condition(weekdayOf({ ...moment, day }), day)) {
      days.push(day);
    }
  }
  return days;
}

const isWorkday = (weekday: number) => weekday >= 2 && weekday <= 6;

const days: fc.Arbitrary<DayFields> = fc.oneof(
  {
    weight: 3,
    arbitrary: field({ least: 1, most: 31 }).map((days) => ({
      month: days.text,
      week: "?",
      has: ({ day }: Moment) => days.has(day),
    })),
  },
  {
    weight: 3,
    arbitrary: field({ least: 1, most: 7, names: DAYS, steps: false }).map((days) => ({
      month: "?",
      week: days.text,
      has: (moment: Moment) => days.has(weekdayOf(moment)),
    })),
  },
  fc.constant({
    month: "L",
    week: "?",
    has: (moment: Moment) => moment.day === daysThat(moment, () => true).at(-1),
  }),
  fc.constant({
    month: "LW",
    week: "?",
    has: (moment: Moment) => moment.day === daysThat(moment, isWorkday).at(-1),
  }),
  fc.integer({ min: 1, max: 31 }).map((wanted) => ({
    month: `${wanted}W`,
    week: "?",
    has: (moment: Moment) => {
      const exists = daysThat(moment, (_, day) => day === wanted).length === 1;
      const workdays = daysThat(moment, isWorkday);
      const [nearest] = workdays.sort((a, b) => Math.abs(a - wanted) - Math.abs(b - wanted));
      return exists && moment.day === nearest;
    },
  })),
  fc.constant({ month: "?", week: "L", has: (moment: Moment) => weekdayOf(moment) === 7 }),
  fc.record({ of: fc.integer({ min: 1, max: 7 }), named: fc.boolean() }).map(({ of, named }) => ({
    month: "?",
    week: `${named ? DAYS[of - 1] : of}L`,
    has: (moment: Moment) => moment.day === daysThat(moment, (weekday) => weekday === of).at(-1),
  })),
  fc
    .record({ of: fc.integer({ min: 1, max: 7 }), nth: fc.integer({ min: 1, max: 5 }) })
    .map(({ of, nth }) => ({
      month: "?",
      week: `${of}#${nth}`,
      has: (moment: Moment) =>
        moment.day === daysThat(moment, (weekday) => weekday === of)[nth - 1],
    })),
);

/** Cron expressions of EventBridge, each with its meaning. */
export function cronExpressions(lastYear = 2199): fc.Arbitrary<Written> {
  const rarely = (arbitrary: fc.Arbitrary<Field>) =>
    fc.oneof({ weight: 3, arbitrary: fc.constant(every) }, { weight: 1, arbitrary });
  return fc
    .record({
      minutes,
      hours,
      days,
      months: rarely(field({ least: 1, most: 12, names: MONTHS })),
      years: rarely(field({ least: 1970, most: lastYear })),
    })
    .map(({ minutes: m, hours: h, days: d, months, years }) => ({
      text: `cron(${m.text} ${h.text} ${d.month} ${months.text} ${d.week} ${years.text})`,
      means: (moment: Moment) =>
        m.has(moment.minute) &&
        h.has(moment.hour) &&
        months.has(moment.month) &&
        years.has(moment.year) &&
        onDay(d.has, moment),
    }));
}

const answers = new WeakMap<DayFields["has"], Map<number, boolean>>();

/** Asks once a day. */
function onDay(has: DayFields["has"], moment: Moment): boolean {
  const known = answers.get(has) ?? new Map<number, boolean>();
  answers.set(has, known);
  const key = (moment.year * 12 + moment.month) * 31 + moment.day;
  const answer = known.get(key) ?? has(moment);
  known.set(key, answer);
  return answer;
}

/** Cron expressions that differ in the time of day only. */
export function timesOfDay(): fc.Arbitrary<Written> {
  return fc.record({ minutes, hours }).map(({ minutes: m, hours: h }) => ({
    text: `cron(${m.text} ${h.text} * * ? *)`,
    means: ({ minute, hour }: Moment) => m.has(minute) && h.has(hour),
  }));
}

/** Runs that a walk over each minute finds; a time that the clocks show twice counts once. */
export function runsByHand({ means }: Written, from: Date, until: Date, timeZone: string): Date[] {
  const clock = new Intl.DateTimeFormat("en-CA", {
    timeZone,
    dateStyle: "short",
    timeStyle: "short",
    hourCycle: "h23",
  });
  const seen = new Set<number>();
  const runs: Date[] = [];
  for (let instant = from.getTime(); instant < until.getTime(); instant += 60_000) {
    const moment = timeZone === "UTC" ? utcMoment(instant) : zoneMoment(instant, clock);
    if (!means(moment)) {
      continue;
    }
    const { year, month, day, hour, minute } = moment;
    const key = Date.UTC(year, month - 1, day, hour, minute);
    if (!seen.has(key)) {
      seen.add(key);
      runs.push(new Date(instant));
    }
  }
  return runs;
}

let [day, date]: [number, Pick<Moment, "year" | "month" | "day">] = [
  -1,
  { year: 0, month: 0, day: 0 },
];

function utcMoment(instant: number): Moment {
  const minutes = instant / 60_000;
  const today = Math.floor(minutes / 1440);
  if (today !== day) {
    const [year, month, dayOfMonth] = new Date(instant).toISOString().split(/[-T]/).map(Number);
    [day, date] = [today, { year: year!, month: month!, day: dayOfMonth! }];
  }
  return {
    year: date.year,
    month: date.month,
    day: date.day,
    hour: Math.floor((minutes % 1440) / 60),
    minute: minutes % 60,
  };
}

function zoneMoment(instant: number, clock: Intl.DateTimeFormat): Moment {
  const [year, month, dayOfMonth, hour, minute] = clock
    .format(instant)
    .match(/\d+/g)!
    .map(Number) as [number, number, number, number, number];
  return { year, month, day: dayOfMonth, hour, minute };
}
