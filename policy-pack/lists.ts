/** Lists of structures in a resource's properties. */
import { isRecord, items, UNKNOWN } from "../analysis/properties";
import type { Report } from "./define";

/** The structures of a list; an unknown list or item is reported by the property's name and left out. */
export function records(
  value: unknown,
  property: string,
  report: Pick<Report, "undecided">,
): Record<string, unknown>[] {
  const list = items(value);
  if (list === UNKNOWN || list.includes(UNKNOWN)) {
    report.undecided(property);
  }
  return list === UNKNOWN ? [] : list.filter(isRecord);
}

/** The setting of rules whose controls also report what AWS does by default. */
export interface AcceptsDefault {
  /** Whether a resource passes that leaves it to AWS, if it sets nothing itself. */
  readonly acceptDefault: boolean;
}

/** Public controls read what a program sets: platform and strict require that it is set. */
export const REQUIRES_SETTING: AcceptsDefault = { acceptDefault: false };
