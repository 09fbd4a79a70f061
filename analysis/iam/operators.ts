/**
 * The operators of conditions: how one value of a policy compares with one value of a request.
 *
 * Source: IAM User Guide, "IAM JSON policy elements: Condition operators".
 */
import { compilePattern, fits, fitsArn, type Glob, type Lookup, resolve } from "./pattern";
import { type Truth } from "./truth";
import { HOLE } from "./unknown";
import { bytesOf, dateOf, inNetwork, networkOf, numberOf } from "./values";

/** Compares a value of the request, which may have holes. */
export type Test = (value: string, lookup: Lookup) => Truth;

/** A value of a policy that was read. */
export interface Operand {
  readonly test: Test;
  /** Why the comparison is doubtful: the value is none that the operator takes. */
  readonly doubtful?: string;
}

/** An operator without `ForAllValues:` and `IfExists`. */
export interface Operator {
  /** Whether it holds for what does not match. */
  readonly negated: boolean;
  readonly operand: (value: string, variables: boolean) => Operand;
}

/** Finds an operator by its name, whose case does not matter. `Null` is not among them. */
export function operatorOf(name: string): Operator | undefined {
  return OPERATORS.get(name.toLowerCase());
}

const truth = (holds: boolean): Truth => (holds ? "yes" : "no");
const MAYBE: Test = () => "maybe";

function pattern(
  value: string,
  wildcards: boolean,
  variables: boolean,
  compare: (glob: Glob, value: string) => Truth,
  ignoreCase = false,
): Operand {
  const compiled = compilePattern(value, { wildcards, variables, ignoreCase });
  return {
    test: (given, lookup) => {
      const glob = resolve(compiled, lookup);
      // A variable without a value equals nothing and is like nothing.
      return glob === undefined ? "no" : compare(glob, ignoreCase ? given.toLowerCase() : given);
    },
  };
}

/** A comparison of values that have to be read: numbers, dates, networks, bytes. */
function read<T>(
  parse: (text: string) => T | undefined,
  what: string,
  holds: (given: T, wanted: T) => boolean,
): Operator["operand"] {
  return (value) => {
    if (value.includes(HOLE)) {
      return { test: MAYBE };
    }
    const wanted = parse(value);
    if (wanted === undefined) {
      return { test: MAYBE, doubtful: `expected ${what}, got "${value}"` };
    }
    return {
      test: (given) => {
        if (given.includes(HOLE)) {
          return "maybe";
        }
        const parsed = parse(given);
        return parsed === undefined ? "no" : truth(holds(parsed, wanted));
      },
    };
  };
}

const boolOf = (text: string) =>
  /^(true|false)$/i.test(text) ? text.toLowerCase() === "true" : undefined;

const equal: Operator["operand"] = (value, variables) => pattern(value, false, variables, fits);
const equalIgnoringCase: Operator["operand"] = (value, variables) =>
  pattern(value, false, variables, fits, true);
const like: Operator["operand"] = (value, variables) => pattern(value, true, variables, fits);
const arnLike: Operator["operand"] = (value, variables) => pattern(value, true, variables, fitsArn);
const number = (holds: (a: number, b: number) => boolean) => read(numberOf, "a number", holds);
const date = (holds: (a: number, b: number) => boolean) => read(dateOf, "a date", holds);
const address = read(networkOf, "an address or a network", inNetwork);

const is = (operand: Operator["operand"]): Operator => ({ negated: false, operand });
const isNot = (operand: Operator["operand"]): Operator => ({ negated: true, operand });

const same = <T>(a: T, b: T) => a === b;
const less = (a: number, b: number) => a < b;
const atMost = (a: number, b: number) => a <= b;
const more = (a: number, b: number) => a > b;
const atLeast = (a: number, b: number) => a >= b;

const OPERATORS: ReadonlyMap<string, Operator> = new Map([
  ["stringequals", is(equal)],
  ["stringnotequals", isNot(equal)],
  ["stringequalsignorecase", is(equalIgnoringCase)],
  ["stringnotequalsignorecase", isNot(equalIgnoringCase)],
  ["stringlike", is(like)],
  ["stringnotlike", isNot(like)],
  ["numericequals", is(number(same))],
  ["numericnotequals", isNot(number(same))],
  ["numericlessthan", is(number(less))],
  ["numericlessthanequals", is(number(atMost))],
  ["numericgreaterthan", is(number(more))],
  ["numericgreaterthanequals", is(number(atLeast))],
  ["dateequals", is(date(same))],
  ["datenotequals", isNot(date(same))],
  ["datelessthan", is(date(less))],
  ["datelessthanequals", is(date(atMost))],
  ["dategreaterthan", is(date(more))],
  ["dategreaterthanequals", is(date(atLeast))],
  ["bool", is(bool)],
  ["binaryequals", is(read(bytesOf, "base64", same))],
  ["ipaddress", is(address)],
  ["notipaddress", isNot(address)],
  // The guide: the Equals and the Like form of an ARN operator behave identically.
  ["arnequals", is(arnLike)],
  ["arnlike", is(arnLike)],
  ["arnnotequals", isNot(arnLike)],
  ["arnnotlike", isNot(arnLike)],
]);

/** `Bool` may name a policy variable; the guide allows it for this operator. */
function bool(value: string, variables: boolean): Operand {
  if (variables && value.includes("${")) {
    return equalIgnoringCase(value, variables);
  }
  return read(boolOf, "true or false", same)(value, variables);
}
