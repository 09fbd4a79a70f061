/**
 * Values that are not known before a resource exists, in documents and in requests.
 *
 * A whole value is unknown when it is a symbol or one of Pulumi's markers. Inside a text the marker stands for
 * the unknown part, as in `arn:aws:s3:::04da6b54-.../*`.
 */

import { MARKERS } from "../properties";

/** The unknown part of a text, inside the evaluator. */
export const HOLE = "\u0003";

const INSIDE = new RegExp([...MARKERS].join("|"), "g");
/** The wildcards, inside the evaluator; no name in AWS has these characters. */
const RESERVED = /[\u0001\u0002]/g;

/** Whether a value as a whole is not known. */
export function isUnknown(value: unknown): boolean {
  return typeof value === "symbol" || MARKERS.has(value);
}

/** A text whose unknown parts are holes. */
export function withHoles(text: string): string {
  const clean = text.replace(RESERVED, "\uFFFD");
  return clean.length < 36 ? clean : clean.replace(INSIDE, HOLE);
}

/** A text for a message. */
export function shownText(text: string): string {
  return text.replaceAll(HOLE, "<unknown>");
}
