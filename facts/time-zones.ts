/** Time zones of the IANA database, from the one that Node brings. */

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

/**
 * Whether the text names a time zone of the IANA database, such as America/New_York or UTC. EventBridge Scheduler,
 * Application Auto Scaling and AWS Backup take these names, no offsets.
 */
export function isTimeZone(text: string): boolean {
  if (!/^(UTC|[A-Z][A-Za-z_]+(\/[A-Z][A-Za-z_+-]+\d*)+)$/.test(text)) {
    return false;
  }
  try {
    formatOf(text);
    return true;
  } catch {
    return false;
  }
}

const formats = new Map<string, Intl.DateTimeFormat>();

function formatOf(zone: string): Intl.DateTimeFormat {
  let format = formats.get(zone);
  if (format === undefined) {
    format = new Intl.DateTimeFormat("en-US", {
      timeZone: zone,
      hourCycle: "h23",
      year: "numeric",
      month: "numeric",
      day: "numeric",
      hour: "numeric",
      minute: "numeric",
      second: "numeric",
    });
    formats.set(zone, format);
  }
  return format;
}

/** What the clocks of a zone show at an instant, as the UTC milliseconds of the same digits. */
export function wallTime(instant: number, zone: string): number {
  if (isUtc(zone)) {
    return instant;
  }
  const parts: Record<string, number> = {};
  for (const { type, value } of formatOf(zone).formatToParts(instant)) {
    parts[type] = Number(value);
  }
  const { year, month, day, hour, minute, second } = parts as Record<
    "year" | "month" | "day" | "hour" | "minute" | "second",
    number
  >;
  return Date.UTC(year, month - 1, day, hour, minute, second);
}

/** Whether a zone is UTC, whose clocks are never changed. */
export function isUtc(zone: string): boolean {
  return zone === "UTC" || zone === "Etc/UTC";
}

/** Milliseconds by which a zone is ahead of UTC about a day of its clocks: two, if they change then. */
function offsetsAround(wall: number, zone: string): number[] {
  const [before, after] = [wall - DAY, wall + 2 * DAY].map(
    (instant) => wallTime(instant, zone) - instant,
  ) as [number, number];
  return before === after ? [before] : [before, after];
}

/**
 * Maps times of one day of a zone's clocks to instants, ascending. A time that the clocks skip has none, and one
 * that they show twice has its first. Source: EventBridge Scheduler User Guide, "Daylight savings time".
 */
export function instantsOf(walls: readonly number[], zone: string): number[] {
  if (isUtc(zone) || walls.length === 0) {
    return [...walls];
  }
  const offsets = offsetsAround(walls[0]!, zone);
  if (offsets.length === 1) {
    return walls.map((wall) => wall - offsets[0]!);
  }
  const instants = walls.flatMap((wall) => {
    const fitting = offsets
      .map((offset) => wall - offset)
      .filter((instant) => wallTime(instant, zone) === wall);
    return fitting.length === 0 ? [] : [Math.min(...fitting)];
  });
  return instants.sort((a, b) => a - b);
}
