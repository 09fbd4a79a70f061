/**
 * Values that are not known before a resource exists, in documents and in requests.
 *
 * A whole value is unknown when it is a symbol or one of Pulumi's markers. Inside a text the marker stands for
 * the unknown part, as in `arn:aws:s3:::04da6b54-.../*`.
 */

/** Stands for a value that is not known. */
export const UNKNOWN: unique symbol = Symbol("unknown");

/** The unknown part of a text, inside the evaluator. */
export const HOLE = "\u0003";

/** The markers of each kind. Source: Pulumi SDK for Node, `runtime/rpc.ts`, unknown values. */
const MARKERS = [
  "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7", // boolean
  "3eeb2bf0-c639-47a8-9e75-3b44932eb421", // number
  "04da6b54-80e4-46f7-96ec-b56ff0331ba9", // string
  "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2", // array
  "030794c1-ac77-496b-92df-f27374a8bd58", // asset
  "e48ece36-62e2-4504-bad9-02848725956a", // archive
  "dd056dcd-154b-4c76-9bd3-c8f88648b5ff", // object
];

const WHOLE: ReadonlySet<unknown> = new Set(MARKERS);
const INSIDE = new RegExp(MARKERS.join("|"), "g");
/** Characters that the evaluator uses for itself; no name in AWS has them. */
// eslint-disable-next-line no-control-regex -- these are the ones it uses
const RESERVED = /[\u0001-\u0003]/g;

/** Whether a value as a whole is not known. */
export function isUnknown(value: unknown): boolean {
  return typeof value === "symbol" || WHOLE.has(value);
}

/** A text whose unknown parts are holes. */
export function withHoles(text: string): string {
  const clean = RESERVED.test(text) ? text.replace(RESERVED, "\uFFFD") : text;
  return clean.length < 36 ? clean : clean.replace(INSIDE, HOLE);
}

/** A text for a message. */
export function shownText(text: string): string {
  return text.replaceAll(HOLE, "<unknown>");
}
