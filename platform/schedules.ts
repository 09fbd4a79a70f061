/** Schedule expressions of EventBridge Scheduler and Application Auto Scaling, and their time zones. */

const CRON_FIELD = "[\\dA-Z*?,/#LW-]+";
const RATE = /^rate\((1 (minute|hour|day)|([2-9]|[1-9]\d+) (minutes|hours|days))\)$/;
const CRON = new RegExp(`^cron\\(${CRON_FIELD} ${CRON_FIELD} (\\S+) ${CRON_FIELD} (\\S+) \\S+\\)$`);

/** Largest number in each field of a cron expression: minute, hour, day of month, month, day of week, year. */
const CRON_MAXIMA = [59, 23, 31, 12, 7, 2199];

/**
 * Whether AWS accepts the text as a rate or cron expression; of a cron's day of the month and day of the
 * week exactly one is `?`. Source: EventBridge Scheduler User Guide, "Schedule types".
 */
export function isScheduleExpression(text: string): boolean {
  if (RATE.test(text)) {
    return true;
  }
  const cron = CRON.exec(text);
  const fields = text.slice("cron(".length, -1).split(" ");
  const inRange = (field: string, index: number) =>
    (field.match(/\d+/g) ?? []).every((number) => Number(number) <= CRON_MAXIMA[index]!);
  return cron !== null && (cron[1] === "?") !== (cron[2] === "?") && fields.every(inRange);
}

/** Whether the text names a time zone of the IANA database, such as America/New_York or UTC. */
export function isTimeZone(text: string): boolean {
  if (!/^(UTC|[A-Z][A-Za-z_]+(\/[A-Z][A-Za-z_+-]+\d*)+)$/.test(text)) {
    return false;
  }
  try {
    new Intl.DateTimeFormat("en", { timeZone: text });
    return true;
  } catch {
    return false;
  }
}

/** The cron expression for every day at a time such as `09:00`. */
export function dailyCron(time: string): string {
  const [hours, minutes] = time.split(":").map(Number) as [number, number];
  return `cron(${minutes} ${hours} * * ? *)`;
}
