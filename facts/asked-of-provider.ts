/**
 * What the provider 5.100.0, the newest that can be asked without an account, knows of a plan: its arguments stand in
 * token-map.json, and the values that are newer than it here.
 */
import type { Fact } from "./fact";
import { namesOfProperty, plainPath, tokenMap } from "./type-names";

/** A value that AWS takes and the provider refuses, because it is older. */
export interface NewerValue extends Fact {
  readonly token: string;
  readonly property: string;
  readonly value: string;
}

/**
 * AWS's API model of Lambda lists them (Runtime); `terraform validate` with 5.100.0 refused each on 2026-11-28:
 * `expected runtime to be one of [...], got nodejs24.x`.
 */
const RUNTIMES = {
  source: "https://github.com/boto/botocore/tree/1.43.11/botocore/data/lambda/2015-03-31",
  asOf: "2026-11-28",
} as const satisfies Fact;

export const NEWER_VALUES: readonly NewerValue[] = [
  "nodejs24.x",
  "python3.14",
  "java25",
  "dotnet10",
].map((value) => ({
  token: "aws:lambda/function:Function",
  property: "runtime",
  value,
  ...RUNTIMES,
}));

/** The provider that the table of names was made with, and is asked. */
export const askedProvider = (): string => tokenMap().source.provider;

/** Whether the provider can be asked about a value, and if not, why. */
export type Askable = "asked" | "newer value" | "newer property" | "newer type";

/** Whether the provider knows a property of a planned resource, and the value that it has. */
export function askable(token: string, property: string, value: unknown): Askable {
  const own = plainPath(property);
  if (tokenMap().types[token] === undefined) return "newer type";
  if (namesOfProperty(token, own)?.terraform === undefined) return "newer property";
  const newer = NEWER_VALUES.some(
    (one) => one.token === token && one.property === own && one.value === value,
  );
  return newer ? "newer value" : "asked";
}
