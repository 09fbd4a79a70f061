import { counted } from "../../analysis/counted";
import type {
  CriticalPath,
  CriticalStep,
  LengtheningDependency,
} from "../../analysis/critical-path/critical-path";
import { parseUrn, shortType } from "../../analysis/plan/urn";
import { DURATIONS_AS_OF, wholeMinutes } from "../../facts/duration-rows";
import { cut, type Paint, type Terminal } from "./style";

/** Steps that take less are summed up. */
export const SHORT_SECONDS = 10;

const MOST_STEPS = 8;
/** Longer titles push their reason to the right. */
const MOST_COLUMNS = 40;
const MOST_DEPENDENCIES = 3;

/** What a first `up` waits for, in 15 lines at most; nothing where no step takes long. */
export function renderCriticalPath(
  path: CriticalPath,
  { width }: Terminal,
  paint: Paint,
): string[] {
  const rows = rowsOf(path.steps);
  if (!rows.length) return [];
  const short = path.steps.length - rows.length;
  const shortSeconds = path.seconds - rows.reduce((sum, { step: { seconds } }) => sum + seconds, 0);
  const column = Math.min(MOST_COLUMNS, Math.max(...rows.map(({ step }) => titleOf(step).length)));
  return [
    paint.bold(`Critical path: a first \`pulumi up\` takes about ${minutes(path.seconds)}`),
    ...rows.map(({ step, after, reasons }) => {
      const times = `  ${clock(step.startsAt).padStart(6)}  ${clock(step.seconds).padStart(6)}`;
      const mark = step.estimate ? "~" : " ";
      const reason = after === undefined ? "" : `  waits for ${after} (${reasons.join(" → ")})`;
      const line = cut(`${titleOf(step).padEnd(column)}${reason}`, width - times.length - 2);
      return `${times}${mark} ${line}`.trimEnd();
    }),
    ...(short ? [paint.dim(`  and ${counted(short, "shorter step")} (${shortSeconds} s)`)] : []),
    ...lengtheningRows(path.lengthening).map((line) => cut(line, width)),
    paint.dim(
      cut(
        `  begin, duration (~ estimated), reason; typical times of ${DURATIONS_AS_OF}, ` +
          "facts/durations.json",
        width,
      ),
    ),
  ];
}

/** `2377` as `40 minutes`: a minute that has begun counts, as in the ways back. */
export function minutes(seconds: number): string {
  return counted(Math.max(1, wholeMinutes(seconds)), "minute");
}

interface Row {
  readonly step: CriticalStep;
  /** Name of the step that it waits for: the row before, or a short one where it is the first row. */
  readonly after?: string;
  /** Why it waits for that, through the short steps between. */
  readonly reasons: readonly string[];
}

/** The longest steps in their order. */
function rowsOf(steps: readonly CriticalStep[]): Row[] {
  const long = steps
    .filter(({ seconds }) => seconds >= SHORT_SECONDS)
    .sort((a, b) => b.seconds - a.seconds)
    .slice(0, MOST_STEPS);
  const shown = new Set(long);
  const rows: Row[] = [];
  let reasons: string[] = [];
  let after: string | undefined;
  for (const step of steps) {
    if (step.because) reasons.push(step.because);
    if (shown.has(step)) {
      rows.push({ step, after, reasons });
      reasons = [];
      after = step.name;
    } else {
      after ??= step.name;
    }
  }
  return rows;
}

function lengtheningRows(lengthening: readonly LengtheningDependency[]): string[] {
  const longest = [...lengthening].sort((a, b) => b.seconds - a.seconds);
  const rows = longest
    .slice(0, MOST_DEPENDENCIES)
    .map(
      ({ from, on, seconds }) =>
        `  an explicit dependsOn adds ${clock(seconds)}: ${nameOf(from)} on ${nameOf(on)}`,
    );
  const more = longest.length - rows.length;
  return [...rows, ...(more ? [`  and ${counted(more, "other")}`] : [])];
}

function nameOf(urn: string): string {
  const { type, name } = parseUrn(urn);
  return `${type.split(":").pop()} ${name}`;
}

function titleOf({ type, name }: CriticalStep): string {
  return `${shortType(type)} ${name}`;
}

/** `157` as `2:37`. */
function clock(seconds: number): string {
  const whole = Math.round(seconds);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}
