/**
 * What a comment on a pull request has shown, so that a deployment can ask it: a digest of the plan, and one of each step
 * that loses data or stops something. The comment carries them in hidden lines, above all text of others.
 */
import { createHash } from "node:crypto";

import { type DiffFinding, findingsOf } from "../../analysis/diff/findings";
import type { ResourceChange } from "../../analysis/diff/model";

/** First line of the comment, by which the next run finds it. */
export const MARKER = "<!-- crm-preview -->";

const LINE = /^<!-- plan ([\w-]+) ([0-9a-f]{32}) shows((?: [0-9a-f]{16})*) -->$/;

/** Characters of a step's digest in its line, the blank before it included. */
export const STEP_LENGTH = 17;

const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");

/** Digest of a step: what is done to which resource of which stack. */
export function stepDigest({ operation, urn }: Pick<DiffFinding, "operation" | "urn">): string {
  return sha256(`${operation} ${urn}`).slice(0, STEP_LENGTH - 1);
}

/** The digest of each resource's step that has to be agreed to, by URN. */
export function riskySteps(changes: readonly ResourceChange[]): Map<string, string> {
  return new Map(findingsOf(changes).map((finding) => [finding.urn, stepDigest(finding)]));
}

/** Digest of everything that a plan does, in any order. */
export function planDigest(changes: readonly ResourceChange[]): string {
  const steps = changes.map(({ op, urn, properties }) =>
    JSON.stringify([op, urn, properties.map(({ path, old, new: now }) => [path, old, now])]),
  );
  return sha256(steps.sort().join("\n")).slice(0, 32);
}

/** The line of one stack. */
export function shownLine(stack: string, plan: string, steps: readonly string[]): string {
  return `<!-- plan ${stack} ${plan} shows${steps.map((step) => ` ${step}`).join("")} -->`;
}

/** What comments have shown, of all stacks: plans and steps. */
export function shownIn(comments: readonly string[]): {
  readonly plans: ReadonlySet<string>;
  readonly steps: ReadonlySet<string>;
} {
  const [plans, steps] = [new Set<string>(), new Set<string>()];
  for (const comment of comments) {
    const [marker, ...lines] = comment.split(/\r?\n/);
    if (marker !== MARKER) continue;
    for (const line of lines) {
      // Below the lines of ours stands what others wrote.
      if (!line.startsWith("<!-- ")) break;
      const [, , plan, shown = ""] = LINE.exec(line) ?? [];
      if (plan !== undefined) plans.add(plan);
      for (const step of shown.split(" ").filter(Boolean)) steps.add(step);
    }
  }
  return { plans, steps };
}
