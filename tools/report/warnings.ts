import type { Diagnostic } from "../../analysis/plan/model";
import { visible } from "../visible";

/** Warnings that say the same of several settings, as one line. */
export interface GroupedWarning {
  readonly severity: Diagnostic["severity"];
  readonly text: string;
}

/** A message that begins with a setting: its parts, and what is the matter up to the first stop. */
interface OfSetting {
  readonly parts: readonly string[];
  readonly matter: string;
}

function settingOf(message: string): OfSetting | undefined {
  const [, key, matter] = /^([a-z][\w-]*:[\w-]+(?:\.[\w-]+)+)( [^:.;,\n]+)/.exec(message) ?? [];
  return key === undefined ? undefined : { parts: key.split("."), matter: matter! };
}

/** A message with one part of its setting left out, for each part but the first. */
function patternsOf(message: string): { pattern: string; part: string }[] {
  const setting = settingOf(message);
  return (setting?.parts ?? []).slice(1).map((part, index) => {
    const parts = setting!.parts.map((one, at) => (at === index + 1 ? "*" : one));
    return { pattern: `${parts.join(".")}${setting!.matter}`, part };
  });
}

/** Warnings in the order in which each kind comes first: `crm:services.*.image is not set: auth, core`. */
export function groupedWarnings(diagnostics: readonly Diagnostic[]): GroupedWarning[] {
  const sizes = new Map<string, number>();
  for (const { message } of diagnostics) {
    for (const { pattern } of patternsOf(message)) {
      sizes.set(pattern, (sizes.get(pattern) ?? 0) + 1);
    }
  }
  const groups = new Map<string, GroupedWarning & { readonly parts: string[]; times: number }>();
  for (const { severity, message } of diagnostics) {
    const text = visible(message.replace(/\s*\n\s*/g, " ").trim());
    const [best] = patternsOf(message).sort(
      (a, b) => sizes.get(b.pattern)! - sizes.get(a.pattern)!,
    );
    const key = best?.pattern ?? text;
    const group = groups.get(key) ?? { severity, text, parts: [], times: 0 };
    if (best !== undefined) group.parts.push(best.part);
    group.times += 1;
    groups.set(key, group);
  }
  return [...groups].map(([key, { severity, text, parts, times }]) => {
    if (times === 1) return { severity, text };
    const several = new Set(parts).size > 1;
    return {
      severity,
      text: several ? `${visible(key)}: ${parts.join(", ")}` : `${text} (${times} times)`,
    };
  });
}
