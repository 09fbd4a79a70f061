/**
 * Whether what is predicted of a type's calls holds against what a provider was seen to call. The recording is no part of the
 * prediction: a call that is recorded and not predicted would be one that no role was asked about.
 */
import { providerCalls } from "../../facts/called-by-provider";
import { recordedCalls } from "../../facts/recording";
import { namedCalls, type Step, STEPS } from "./calls";

/** What is known of the types of a plan, and from where. */
export interface Recall {
  /** Types that were recorded. */
  readonly recorded: readonly string[];
  /** Different calls of those, by type and step. */
  readonly calls: number;
  /** Recorded calls that are not predicted: `type step action`. */
  readonly notPredicted: readonly string[];
  /** Other types, of which facts/provider-calls.json says what it was read in. */
  readonly read: readonly string[];
  /** Types of which AWS's handlers alone say what is called. */
  readonly handlers: readonly string[];
}

/** What a step may call, by all settings that there are. */
function predicted(type: string, step: Step): ReadonlySet<string> {
  const bySetting = (providerCalls(type)?.where ?? []).flatMap(({ calls }) => calls[step] ?? []);
  return new Set([...namedCalls(type, step).map(({ action }) => action), ...bySetting]);
}

/** @param types those of a plan, each once or more */
export function recallOf(types: Iterable<string>): Recall {
  const all = [...new Set(types)].filter((type) => /^aws:\w+\//.test(type)).sort();
  const recorded = all.filter((type) => recordedCalls(type) !== undefined);
  const rest = all.filter((type) => !recorded.includes(type));
  const isRead = (type: string) => providerCalls(type) !== undefined;
  const seen = recorded.flatMap((type) =>
    STEPS.flatMap((step) => {
      const expected = predicted(type, step);
      const calls = recordedCalls(type)![step] ?? [];
      return calls.map((action) => ({ type, step, action, good: expected.has(action) }));
    }),
  );
  return {
    recorded,
    calls: seen.length,
    notPredicted: seen
      .filter(({ good }) => !good)
      .map(({ type, step, action }) => `${type} ${step} ${action}`),
    read: rest.filter(isRead),
    handlers: rest.filter((type) => !isRead(type)),
  };
}
