/**
 * Texts of policies compared with texts of requests: wildcards, policy variables, unknown parts.
 *
 * Source: IAM User Guide, "IAM policy elements: Variables and tags", "IAM JSON policy elements: Resource",
 * "Condition operators" (ARN operators).
 */
import { type Truth } from "./truth";
import { HOLE, withHoles } from "./unknown";

const STAR = "\u0001";
const ONE = "\u0002";

/** A policy variable such as `${aws:PrincipalTag/team, 'none'}`. */
export interface Variable {
  /** In lower case. */
  readonly key: string;
  readonly fallback?: string;
}

/** The value of a variable in a request: its text, UNKNOWN's hole, or undefined. */
export type Lookup = (key: string) => string | undefined;

/** A text of a policy, ready to be compared. */
export interface Pattern {
  /** As it is written. */
  readonly source: string;
  /** The parts between which variables stand. */
  readonly parts: readonly (string | Variable)[];
  /** The matcher, where no variable has to be filled in first. */
  readonly fixed: Glob | undefined;
  readonly ignoreCase: boolean;
}

/** How to read a text of a policy. */
export interface Reading {
  /** Whether `*` and `?` are wildcards. */
  readonly wildcards: boolean;
  /** Whether `${...}` is a variable: not before version 2012-10-17 and only where the guide says so. */
  readonly variables: boolean;
  readonly ignoreCase?: boolean;
}

/** An encoded text with its wildcards. */
export interface Glob {
  readonly text: string;
  readonly kind: "any" | "literal" | "prefix" | "glob";
  /** The text before the first wildcard. */
  readonly prefix: string;
  /** The text after the last wildcard. */
  readonly suffix: string;
  readonly holes: boolean;
  /** How many of an ARN's six parts are missing; 0 for another text. */
  readonly missing: number;
  /** Whether a wildcard stands inside one of an ARN's first five parts, and not at its end. */
  readonly inner: boolean;
}

const VARIABLE = /\$\{([^{}]*)\}/g;

/** Reads a text of a policy. */
export function compilePattern(written: string, reading: Reading): Pattern {
  const source = withHoles(written);
  const ignoreCase = reading.ignoreCase ?? false;
  const parts: (string | Variable)[] = [];
  let literal = "";
  let at = 0;
  const plain = (text: string) => {
    const cased = ignoreCase ? text.toLowerCase() : text;
    literal += reading.wildcards ? cased.replaceAll("*", STAR).replaceAll("?", ONE) : cased;
  };
  if (reading.variables && source.includes("${")) {
    for (const match of source.matchAll(VARIABLE)) {
      plain(source.slice(at, match.index));
      at = match.index + match[0].length;
      const name = match[1]!;
      if (name === "*" || name === "?" || name === "$") {
        literal += name;
      } else {
        parts.push(literal, variable(name));
        literal = "";
      }
    }
  }
  plain(source.slice(at));
  parts.push(literal);
  return {
    source,
    parts,
    ignoreCase,
    fixed: parts.length === 1 ? compileGlob(literal) : undefined,
  };
}

function variable(text: string): Variable {
  const [, name, fallback] = /^\s*(.*?)\s*(?:,\s*'(.*)'\s*)?$/s.exec(text)!;
  return { key: name!.toLowerCase(), fallback };
}

/** A wildcard inside one of the first five parts. */

const INNER = /^([^:]*:){0,4}[^:]*(\u0002|\u0001[^:])[^:]*:/;

const SPECIAL = /[\u0001-\u0003]/;

function compileGlob(text: string): Glob {
  const holes = text.includes(HOLE);
  const missing = text.startsWith("arn:") ? 6 - arnParts(text).length : 0;
  const first = text.search(SPECIAL);
  const common = { text, holes, missing };
  if (first === -1 || !/[\u0001\u0002]/.test(text)) {
    return { ...common, kind: "literal", prefix: text, suffix: "", inner: false };
  }
  if (text === STAR) {
    return { ...common, kind: "any", prefix: "", suffix: "", inner: false };
  }
  const kind = first === text.length - 1 && text.endsWith(STAR) ? "prefix" : "glob";
  const last = Math.max(text.lastIndexOf(STAR), text.lastIndexOf(ONE), text.lastIndexOf(HOLE));
  const prefix = text.slice(0, first);
  return { ...common, kind, prefix, suffix: text.slice(last + 1), inner: INNER.test(text) };
}

/** The matcher of a pattern in a request; nothing when a variable without value leaves it with none. */
export function resolve(pattern: Pattern, lookup: Lookup): Glob | undefined {
  if (pattern.fixed !== undefined) {
    return pattern.fixed;
  }
  let text = "";
  for (const part of pattern.parts) {
    if (typeof part === "string") {
      text += part;
      continue;
    }
    const value = lookup(part.key) ?? part.fallback;
    if (value === undefined) {
      return undefined;
    }
    text += pattern.ignoreCase ? value.toLowerCase() : value;
  }
  return compileGlob(text);
}

/** Whether a text of a request, which may have holes, fits. */
export function fits(glob: Glob, value: string, holes = value.includes(HOLE)): Truth {
  if (!glob.holes) {
    switch (glob.kind) {
      case "any":
        return "yes";
      case "literal":
        if (glob.text === value) {
          return holes ? "maybe" : "yes";
        }
        break;
      case "prefix":
        if (value.startsWith(glob.prefix)) {
          return "yes";
        }
        break;
      case "glob":
        if (value.startsWith(glob.prefix) && value.endsWith(glob.suffix)) {
          if (reaches(glob.text, value)) {
            return "yes";
          }
        }
        break;
    }
    if (!holes) {
      return "no";
    }
  }
  return meet(glob.text, value) ? "maybe" : "no";
}

/** Whether wildcards cover the whole text. A hole is covered by a star alone: it may be of any length. */
function reaches(pattern: string, text: string): boolean {
  let p = 0;
  let t = 0;
  let star = -1;
  let retry = 0;
  while (t < text.length) {
    const c = pattern[p];
    if (c === STAR) {
      star = p;
      p += 1;
      retry = t;
    } else if (c !== undefined && (c === text[t] || (c === ONE && text[t] !== HOLE))) {
      p += 1;
      t += 1;
    } else if (star >= 0) {
      retry += 1;
      p = star + 1;
      t = retry;
    } else {
      return false;
    }
  }
  while (pattern[p] === STAR) {
    p += 1;
  }
  return p === pattern.length;
}

const isStar = (c: string | undefined) => c === STAR || c === HOLE;

/** Whether any text fits both: wildcards and holes on either side. */
function meet(a: string, b: string): boolean {
  let row = new Array<boolean>(b.length + 1).fill(false);
  row[0] = true;
  for (let j = 0; j < b.length; j++) {
    row[j + 1] = row[j]! && isStar(b[j]);
  }
  for (const c of a) {
    const next = new Array<boolean>(b.length + 1).fill(false);
    next[0] = row[0]! && isStar(c);
    for (let j = 0; j < b.length; j++) {
      const d = b[j];
      if (isStar(c) || isStar(d)) {
        next[j + 1] = row[j + 1]! || next[j]! || row[j]!;
      } else {
        next[j + 1] = row[j]! && (c === d || c === ONE || d === ONE);
      }
    }
    row = next;
  }
  return row[b.length]!;
}

/** The six parts of an ARN; fewer for a text that is none. */
export function arnParts(text: string): readonly string[] {
  const parts: string[] = [];
  let at = 0;
  while (parts.length < 5) {
    const colon = text.indexOf(":", at);
    if (colon === -1) {
      break;
    }
    parts.push(text.slice(at, colon));
    at = colon + 1;
  }
  parts.push(text.slice(at));
  return parts;
}

const compiledParts = new WeakMap<Glob, readonly Glob[]>();

function partsOf(glob: Glob): readonly Glob[] {
  let parts = compiledParts.get(glob);
  if (parts === undefined) {
    parts = arnParts(glob.text).map(compileGlob);
    compiledParts.set(glob, parts);
  }
  return parts;
}

/** ARN operators compare each of the six parts separately. */
export function fitsArn(glob: Glob, value: string): Truth {
  if (glob.kind === "any") {
    return "yes";
  }
  if (glob.kind === "literal") {
    return fits(glob, value);
  }
  const whole = fits(glob, value);
  if (whole === "no") {
    return "no";
  }
  const patterns = partsOf(glob);
  const values = arnParts(value);
  if (patterns.length < 6 || values.length < 6) {
    // The guide speaks of six parts alone; where a part is unknown, it may hold several.
    return glob.holes || value.includes(HOLE) || values.length === 6 ? "maybe" : "no";
  }
  let result: Truth = "yes";
  for (const [i, part] of patterns.entries()) {
    const truth = fits(part, values[i]!);
    if (truth === "no") {
      return glob.holes || value.includes(HOLE) ? "maybe" : "no";
    }
    result = truth === "maybe" ? "maybe" : result;
  }
  return result;
}

/**
 * Whether a resource fits. A star at the end of one of an ARN's parts reaches over colons, one inside does not.
 * An ARN with fewer than six parts is completed with stars.
 */
export function fitsResource(glob: Glob, value: string, holes: boolean): Truth {
  const truth = fits(glob, value, holes);
  if (truth === "no") {
    return glob.missing > 0 ? completed(glob, value) : truth;
  }
  return glob.inner && fitsArn(glob, value) !== "yes" ? "maybe" : truth;
}

function completed(glob: Glob, value: string): Truth {
  const whole = fits(compileGlob(glob.text + `:${STAR}`.repeat(glob.missing)), value);
  return whole === "no" ? "no" : "maybe";
}

const plain = new Map<string, Pattern>();

/** Whether a pattern with wildcards, as in Action, certainly covers a text, ignoring case. */
export function covers(pattern: string, text: string): boolean {
  let compiled = plain.get(pattern);
  if (compiled === undefined) {
    compiled = compilePattern(pattern, { wildcards: true, variables: false, ignoreCase: true });
    plain.set(pattern, compiled);
  }
  return fits(compiled.fixed!, text.toLowerCase()) === "yes";
}
