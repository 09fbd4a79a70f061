/** Numbers that say where they come from: of the plan, of a fact about AWS, or assumed. */
import type { Fact } from "../../facts/fact";

/** The least and the most that a value may be. */
export type Range = readonly [least: number, most: number];

/** Where a figure stands. */
export type Origin =
  | { readonly from: "plan"; readonly urn: string; readonly property: string }
  | ({ readonly from: "fact" } & Fact)
  | {
      readonly from: "assumption" | "measurement";
      /** Such as `services.crm-core.cpuMs`. */
      readonly key: string;
      readonly why: string;
      readonly asOf: string;
    };

/** A number with its unit and origin. */
export interface Figure {
  readonly name: string;
  readonly value: Range;
  readonly unit: string;
  readonly origin: Origin;
}

/** A single number or a pair as a range. */
export function rangeOf(value: number | Range): Range {
  return typeof value === "number" ? [value, value] : value;
}

/** A figure of the plan. */
export function planned(
  name: string,
  value: number,
  unit: string,
  { urn }: { readonly urn: string },
  property: string,
): Figure {
  return { name, value: [value, value], unit, origin: { from: "plan", urn, property } };
}

/** A figure that a fact about AWS gives. */
export function known(name: string, value: number | Range, unit: string, fact: Fact): Figure {
  const { source, asOf, unverified } = fact;
  const origin = { from: "fact", source, asOf, ...(unverified && { unverified }) } as const;
  return { name, value: rangeOf(value), unit, origin };
}

/** The product of ranges of which none is negative. */
export function times(...ranges: readonly (Range | number)[]): Range {
  return ranges
    .map(rangeOf)
    .reduce<Range>(([low, high], [least, most]) => [low * least, high * most], [1, 1]);
}

/** The sum of ranges. */
export function plus(...ranges: readonly (Range | number)[]): Range {
  return ranges
    .map(rangeOf)
    .reduce<Range>(([low, high], [least, most]) => [low + least, high + most], [0, 0]);
}

/** A range divided by another that is above 0. */
export function over([low, high]: Range, divisor: Range | number): Range {
  const [least, most] = rangeOf(divisor);
  return [low / most, high / least];
}
