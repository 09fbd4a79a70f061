/** Values of a stack file that Pulumi reads as another type than they seem to have, as they have no quotes. */
import { isMap, isScalar, isSeq, Scalar } from "yaml";

/**
 * Days and times that go-yaml, with which Pulumi reads the file, makes a time of: the engine refuses it inside a
 * structured setting. Source: go-yaml v3, resolve.go, `allowedTimestampFormats`.
 */
const TIME =
  /^(?<day>\d{4}-\d{1,2}-\d{1,2})(?:[Tt](?<moment>\d{1,2}:\d{1,2}:\d{1,2})(?:[.,]\d+)?(?:Z|[+-]\d\d:\d\d)| (?<local>\d{1,2}:\d{1,2}:\d{1,2})(?:[.,]\d+)?)?$/;

/** Digits after a zero: go-yaml reads them as octal, or drops the zero. Source: go-yaml v3, resolve.go, `resolve`. */
const LEADING_ZERO = /^[+-]?0\d+$/;

/** Numbers without their underscores, which go-yaml leaves out: `strconv.ParseInt` with base 0, and `yamlStyleFloat`. */
const NUMBER =
  /^[+-]?(?:0[bB][01]+|0[oO][0-7]+|0[xX][0-9a-fA-F]+|(?:\.\d+|\d+(?:\.\d*)?)(?:[eE][+-]?\d+)?)$/;

/** Tags under which go-yaml still looks at the text; a text by its tag stays one. */
const RESOLVED = /:(?:int|float|timestamp)$/;

/** What is wrong with the unquoted values of a structured setting. A setting of one value is passed as it is written. */
export function needQuotes(node: unknown, path: string): string[] {
  if (isMap(node)) {
    return node.items.flatMap(({ key, value }) => inside(value, `${path}.${String(key)}`));
  }
  return isSeq(node) ? node.items.flatMap((item, index) => inside(item, `${path}[${index}]`)) : [];
}

function inside(node: unknown, path: string): string[] {
  if (!isScalar(node)) return needQuotes(node, path);
  const isPlain = node.type === Scalar.PLAIN;
  const read = isPlain && RESOLVED.test(node.tag ?? ":int") ? otherwise(node) : undefined;
  const text = node.source ?? "";
  return read === undefined
    ? []
    : [`${path}: expected "${text}" in quotes, got ${text}, which Pulumi reads as ${read}`];
}

/** What go-yaml reads a value as where that is something else than here. */
function otherwise({ source = "", value }: Scalar): string | undefined {
  if (isTime(source)) return "a time";
  if (LEADING_ZERO.test(source)) return "another number";
  const isNumber = /^[+-\d]/.test(source) && NUMBER.test(source.replaceAll("_", ""));
  return isNumber && typeof value === "string" ? "a number" : undefined;
}

/** Go knows the calendar: what is no day or no time of day stays a text. */
function isTime(text: string): boolean {
  const { day, moment, local } = TIME.exec(text)?.groups ?? {};
  if (day === undefined) return false;
  const [year = 0, month = 0, date = 0] = day.split("-").map(Number);
  const [hour = 0, minute = 0, second = 0] = (moment ?? local ?? "").split(":").map(Number);
  const last = new Date(Date.UTC(2000 + (year % 400), month, 0)).getUTCDate();
  const isDay = month >= 1 && month <= 12 && date >= 1 && date <= last;
  return isDay && hour < 24 && minute < 60 && second < 60;
}
