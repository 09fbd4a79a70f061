/**
 * Conditions of statements.
 *
 * Sources: IAM User Guide, "Condition operators" (absent keys, IfExists, Null), "Single-valued vs. multivalued
 * context keys" (ForAllValues, ForAnyValue).
 */
import { type Keys, type KeyValue } from "./context";
import { type NamedCondition } from "./document";
import { type Operand, operatorOf } from "./operators";
import { and, either, not, or, type Truth } from "./truth";
import { HOLE } from "./unknown";

type Quantifier = "all" | "any" | undefined;

/** One key of one operator, ready to be judged. */
export interface Condition {
  /** As it is written, such as `ForAnyValue:StringLike`. */
  readonly operator: string;
  /** In lower case. */
  readonly key: string;
  readonly values: readonly string[];
  readonly doubtful?: string;
  readonly holds: (keys: Keys) => Truth;
}

/** Reads a condition; a text says why AWS refuses it. */
export function compileCondition(
  condition: NamedCondition,
  variables: boolean,
): Condition | string {
  const [, set, name, ifExists] = /^(?:(ForAllValues|ForAnyValue):)?(.*?)(IfExists)?$/i.exec(
    condition.operator,
  )!;
  const quantifier: Quantifier =
    set === undefined ? undefined : set.toLowerCase() === "forallvalues" ? "all" : "any";
  const { operator, key, values } = condition;
  if (name!.toLowerCase() === "null") {
    return ifExists === undefined ? nullCondition(condition) : `Condition: no operator ${operator}`;
  }
  const found = operatorOf(name!);
  if (found === undefined) {
    return `Condition: no operator ${operator}`;
  }
  const operands = values.map((value) => found.operand(value, variables));
  const doubtful = operands.find((operand) => operand.doubtful !== undefined)?.doubtful;
  const rule: Rule = {
    operands,
    quantifier,
    negated: found.negated,
    ifExists: ifExists !== undefined,
  };
  return { operator, key, values, doubtful, holds: (keys) => judge(rule, keys.get(key), keys) };
}

interface Rule {
  readonly operands: readonly Operand[];
  readonly quantifier: Quantifier;
  readonly negated: boolean;
  readonly ifExists: boolean;
}

/** What a condition says about a request without the key. */
function absent({ quantifier, negated, ifExists }: Rule): Truth {
  if (ifExists && quantifier === "any") {
    // IfExists holds without the key, ForAnyValue does not: the guide does not say which of them wins.
    return "maybe";
  }
  if (ifExists || quantifier === "all") {
    return "yes";
  }
  return quantifier === undefined && negated ? "yes" : "no";
}

function judge(rule: Rule, value: KeyValue | undefined, keys: Keys): Truth {
  if (value === undefined || value.texts.length === 0) {
    return absent(rule);
  }
  const present = judgeTexts(rule, value.texts, keys);
  return value.maybeAbsent ? either(present, absent(rule)) : present;
}

function judgeTexts(rule: Rule, texts: readonly string[], keys: Keys): Truth {
  if (texts.length === 1) {
    const truth = judgeText(rule, texts[0]!, keys);
    // The guide calls an empty text a null data set, for which ForAllValues holds and ForAnyValue does not.
    return texts[0] === "" && rule.quantifier !== undefined
      ? either(truth, rule.quantifier === "all" ? "yes" : "no")
      : truth;
  }
  let all: Truth = "yes";
  let any: Truth = "no";
  for (const text of texts) {
    const truth = judgeText(rule, text, keys);
    all = and(all, truth);
    any = or(any, truth);
  }
  if (rule.quantifier === undefined) {
    // Keys with several values need a quantifier; what happens without one is not documented.
    return either(all, any);
  }
  return rule.quantifier === "all" ? all : any;
}

function judgeText({ operands, negated }: Rule, text: string, keys: Keys): Truth {
  let matches: Truth = "no";
  for (const operand of operands) {
    matches = or(matches, operand.test(text, keys.variable));
    if (matches === "yes") {
      break;
    }
  }
  return negated ? not(matches) : matches;
}

function nullCondition({ operator, key, values }: NamedCondition): Condition {
  const wanted = values.map((value) => value.toLowerCase());
  const odd = wanted.find((value) => value !== "true" && value !== "false" && value !== HOLE);
  const holds = (keys: Keys): Truth => {
    const value = keys.get(key);
    if (value?.maybeAbsent) {
      return wanted.includes("true") && wanted.includes("false") ? "yes" : "maybe";
    }
    const missing = value === undefined || value.texts.length === 0;
    if (wanted.includes(String(missing))) {
      return "yes";
    }
    return odd !== undefined || wanted.includes(HOLE) ? "maybe" : "no";
  };
  const doubtful = odd === undefined ? undefined : `expected true or false, got "${odd}"`;
  return { operator, key, values, doubtful, holds };
}
