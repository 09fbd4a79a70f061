/** Conditions of a replacement that the two plans decide: the provider's answer depends on values, and both are known. */
import type { Replacement } from "../../facts/replacement";
import { UNKNOWN } from "../plan/model";
import { isSecret, REDACTED } from "../plan/values";
import type { Difference } from "./model";

type Inputs = Readonly<Record<string, unknown>>;

/** A change as a condition sees it. */
export interface Conditional {
  readonly kind: Difference["kind"];
  readonly old?: unknown;
  readonly new?: unknown;
  /** All inputs before and after. */
  readonly before: Inputs;
  readonly after: Inputs;
}

/** Whether it replaces; undefined where the plans do not decide it. */
type Decision = (change: Conditional, found: RegExpExecArray) => boolean | undefined;

const DECISIONS: readonly (readonly [RegExp, Decision])[] = [
  [
    /^replaced when it is ((?:changed|added|removed)(?:(?:, | or )(?:changed|added|removed))*)$/,
    ({ kind }, [, kinds]) => kinds!.includes(kind),
  ],
  [
    /when a network load balancer .*; in place otherwise$/,
    ({ after }) =>
      (after["loadBalancerType"] ?? "application") === "application" ? false : undefined,
  ],
  [/^replaced when it (?:becomes lower|decreases)$/, (change) => lower(change.old, change.new)],
  [
    // Of what runs: the version before the change.
    /^replaced where (\w+) is below ([\d.]+)$/,
    ({ before }, [, property, limit]) => lower(limit, before[property!]),
  ],
  [
    /^replaced when it is switched off$/,
    ({ old, new: now }) =>
      typeof old === "boolean" && typeof now === "boolean" ? old && !now : undefined,
  ],
  [
    /^replaced where (?:the )?(\w+) (is|was) (not )?(\w+)(?:; .* otherwise)?$/,
    (change, [, property, tense, not, value]) => {
      const given = (tense === "was" ? change.before : change.after)[property!];
      // Without a value the provider's default counts: false, and another one than what an exception names.
      if (given === undefined)
        return not === undefined && value !== "true" ? undefined : not !== undefined;
      return isText(given) || typeof given === "boolean"
        ? (String(given) === value) === (not === undefined)
        : undefined;
    },
  ],
  [
    /^in place from (\w+) to (\w+), replaced on any other change$/,
    ({ old, new: now }, [, from, to]) =>
      isText(old) && isText(now) ? old !== from || now !== to : undefined,
  ],
  [
    // Of a region: between two that are both named.
    /^in place between no .*, replaced on any other change$/,
    ({ old, new: now }) => (isText(old) && isText(now) ? true : undefined),
  ],
  [
    /^replaced on (.*); in place on other changes that were tried$/,
    ({ kind, old, new: now }, [, tried]) => {
      if ([old, now].some((one) => one !== undefined && !isKnown(one))) return undefined;
      // What changes with another resource has no values here.
      if (old === undefined && now === undefined) return undefined;
      if (tried!.split(", ").includes(`${shown(old)} -> ${shown(now)}`)) return true;
      // Of two values every change was tried.
      return kind === "changed" && typeof now === "boolean" ? false : undefined;
    },
  ],
];

/** What the provider does, where a condition of it is decided by the plans. */
export function decided(found: Replacement, change: Conditional): Replacement {
  const { condition, source } = found;
  if (found.verdict !== "may-replace" || condition === undefined) return found;
  for (const [pattern, decide] of DECISIONS) {
    const match = pattern.exec(condition);
    const replaces = match === null ? undefined : decide(change, match);
    if (replaces !== undefined) return { verdict: replaces ? "replaces" : "in-place", source };
  }
  return found;
}

function shown(value: unknown): string {
  return value === undefined ? "nothing" : JSON.stringify(value);
}

function isKnown(value: unknown): boolean {
  return value !== UNKNOWN && value !== REDACTED && !isSecret(value) && value !== undefined;
}

function isText(value: unknown): value is string {
  return typeof value === "string" && isKnown(value);
}

/**
 * Whether a version or number is lower than another; undefined where their known parts are the same, since a service has the rest:
 * `7.0` may be 7.0.4 or 7.0.7.
 */
function lower(old: unknown, now: unknown): boolean | undefined {
  const [before, after] = [old, now].map(partsOf) as [number[] | undefined, number[] | undefined];
  if (before === undefined || after === undefined) return undefined;
  const at = before.findIndex((part, index) => part !== after[index]);
  const [one, other] = [before[at], after[at]];
  return one === undefined || other === undefined ? undefined : other < one;
}

/** `7.x` is a 7 whose rest the service has. */
function partsOf(value: unknown): number[] | undefined {
  const text = typeof value === "number" || isText(value) ? String(value) : "";
  const [, known] = /^(\d+(?:\.\d+)*)(?:\.x)?$/.exec(text) ?? [];
  return known?.split(".").map(Number);
}
