/** The answer in one line, and the words that all forms share. */
import { counted } from "../../analysis/counted";
import { refusalIn } from "../../analysis/diff/findings";
import type { ResourceChange } from "../../analysis/diff/model";
import { kindOf, UNKNOWN } from "../../analysis/plan/model";
import { madeByProviders } from "../../analysis/plan/tree";
import { hours } from "../../analysis/recovery/objectives";
import { amount } from "../report/cost";
import { cut } from "../report/style";
import { visible } from "../visible";
import { type DiffDocument, failed, type Figures, type StackDiff } from "./document";

/** `production: 2 to add, 3 to change, 1 to replace (data lost), 0 to delete | +777.45 USD a month (+39 %) | ...`. */
export function headline(diff: StackDiff): string {
  if (failed(diff)) {
    const side = diff.error.side === "base" ? "the base's program" : "the program";
    return `${visible(diff.stack)}: changes not known, ${side} fails`;
  }
  const parts = [
    countsOf(diff),
    ...notMadePart(diff),
    costPart(diff),
    policyPart(diff),
    recoveryPart(diff),
    ...reachPart(diff),
    ...(diff.seconds > 0
      ? [`about ${counted(Math.max(1, Math.round(diff.seconds / 60)), "minute")}`]
      : []),
  ];
  return `${visible(diff.stack)}: ${parts.join(" | ")}`;
}

/** The resources that a provider makes, and the components of which the plan shows nothing else. */
export function madeChanges(changes: readonly ResourceChange[]): readonly ResourceChange[] {
  const made = new Set(madeByProviders(changes));
  return changes.filter((change) => change.closed || made.has(change));
}

function countsOf({ changes, findings }: DiffDocument): string {
  const made = madeChanges(changes);
  if (
    made.every(
      ({ properties, op, ignored }) => op === "update" && properties.length + ignored.length === 0,
    )
  ) {
    return "nothing changes";
  }
  const of = (...ops: readonly string[]) =>
    made.filter(
      ({ op, properties }) => ops.includes(op) && (op !== "update" || properties.length > 0),
    );
  const [updates, possible] = [of("update"), of("may-replace")];
  const notes = [...unsureOf(updates), ...downtimeOf(updates)];
  const lost = (operation: string) => {
    const own = findings.filter((one) => one.operation === operation && one.certain);
    return own.some((one) => one.class === "data lost")
      ? " (data lost)"
      : own.length > 0
        ? " (outage)"
        : "";
  };
  return [
    `${of("create").length} to add`,
    `${updates.length} to change${notes.length > 0 ? ` (${notes.join("; ")})` : ""}${lost("expire")}`,
    `${of("replace").length} to replace${lost("replace")}`,
    ...(possible.length > 0 ? [`${possible.length} may be replaced`] : []),
    `${of("delete").length} to delete${lost("delete")}`,
    ...(of("rename").length > 0 ? [`${of("rename").length} renamed`] : []),
    ...(of("read").length > 0 ? [`${of("read").length} to read`] : []),
    ...(of("discard").length > 0 ? [`${of("discard").length} no longer read`] : []),
  ].join(", ");
}

/** What the internet or any AWS account can reach and could not; where that is several, the first and how many more. */
function reachPart({ reach }: DiffDocument): string[] {
  const [first, ...more] = reach.opened.filter((line) =>
    /^(internet|any AWS account)\b/.test(line),
  );
  if (first === undefined) return [];
  return [more.length === 0 ? first : `${first}, and ${more.length} more`];
}

function unsureOf(updates: readonly ResourceChange[]): string[] {
  const unsure = updates.filter(({ certain }) => !certain).length;
  return unsure > 0 ? [`${unsure} of them possibly`] : [];
}

/** What is down while it changes: at once, which is a finding as well, or in its window, which stops no deployment. */
function downtimeOf(updates: readonly ResourceChange[]): string[] {
  const when = new Set(
    updates.flatMap((change) =>
      change.properties.flatMap(({ property, interruption, certain }) =>
        interruption?.effect === "downtime" && certain && refusalIn(change)?.property !== property
          ? [interruption.when ?? "now"]
          : [],
      ),
    ),
  );
  if (when.has("now")) return ["downtime now"];
  return when.has("window") ? ["downtime in the maintenance window"] : [];
}

/** Resources with a change that the plan has and that AWS refuses or the program ignores: the counts have them too. */
function notMadePart({ findings }: DiffDocument): string[] {
  const kept = new Set(findings.flatMap((one) => (one.class === "not made" ? [one.urn] : [])));
  return kept.size > 0 ? [`${counted(kept.size, "change")} not made`] : [];
}

function costPart({ cost }: DiffDocument): string {
  const difference = Math.round((cost.new - cost.old) * 100) / 100;
  const bound = boundOf(cost);
  if (difference === 0) return bound === "" ? "cost unchanged" : `cost ${bound}unchanged`;
  const share = cost.old > 0 ? ` (${shareOf(difference, cost.old)})` : "";
  return `${bound}${money(difference)} USD a month${share}`;
}

/** Of a difference to which a price is missing: what is missing afterwards adds to it, what was missing before takes from it. */
function boundOf({ unpriced }: DiffDocument["cost"]): string {
  const sides = new Set(unpriced.map(({ side }) => side));
  if (sides.size === 0) return "";
  if (sides.size > 1) return "perhaps ";
  return sides.has("now") ? "at least " : "at most ";
}

/** `+39 %`; what rounds to nothing has no sign of its own. */
function shareOf(difference: number, old: number): string {
  const percent = Math.round((Math.abs(difference) / old) * 100);
  return percent === 0 ? "less than 1 %" : `${difference < 0 ? "-" : "+"}${percent} %`;
}

/** `+777.45`. */
export function money(usd: number): string {
  return `${usd < 0 ? "-" : "+"}${amount(Math.abs(usd))}`;
}

function policyPart({ policies: { violated, exempted } }: DiffDocument): string {
  const mandatory = violated.filter((one) => kindOf(one) === "mandatory").length;
  const advisory = violated.length - mandatory;
  const parts = [
    ...(mandatory > 0 ? [counted(mandatory, "new mandatory violation")] : []),
    ...(advisory > 0 ? [counted(advisory, "new advisory", "new advisories")] : []),
    ...(exempted.length > 0 ? [counted(exempted.length, "new exemption")] : []),
  ];
  return parts.length === 0 ? "no new violation" : parts.join(", ");
}

function recoveryPart({ recovery, isNew }: DiffDocument): string {
  if (isNew) return "a new stack";
  return recovery.length === 0
    ? "RPO/RTO unchanged"
    : `RPO/RTO: ${recovery.map(({ scenario, old, new: now }) => `${scenario} ${figures(old)} -> ${figures(now)}`).join(", ")}`;
}

/** `RPO 30 min, RTO 1 h`. */
export function figures(one: Figures | undefined): string {
  if (one === undefined) return "not derived";
  const loss = one.lossMinutes === undefined ? "everything lost" : hours(one.lossMinutes);
  const back = one.restoreMinutes === undefined ? "never back" : hours(one.restoreMinutes);
  return `${loss}/${back}`;
}

function textOf(value: unknown): string {
  if (value === undefined) return "not set";
  if (value === UNKNOWN) return "unknown";
  return visible(
    JSON.stringify(value, (_, inner: unknown) => (inner === UNKNOWN ? "unknown" : inner)),
  );
}

/** Characters that stand before the first difference of long values. */
const BEFORE = 20;

/** Both values on one line each; of long ones what they begin with alike is left out, so that the difference is seen. */
export function shownPair(old: unknown, now: unknown, longest = 120): readonly [string, string] {
  const [one, other] = [textOf(old), textOf(now)];
  let alike = 0;
  while (alike < one.length && one[alike] === other[alike]) alike++;
  const from = Math.max(one.length, other.length) > longest ? Math.max(0, alike - BEFORE) : 0;
  const part = (text: string) => cut(from > 0 ? `…${text.slice(from)}` : text, longest);
  return [part(one), part(other)];
}

/** How the terminal shows what is done to a resource. */
export const SIGNS = {
  create: "+",
  update: "~",
  replace: "-/+",
  "may-replace": "-/+?",
  rename: "=",
  delete: "-",
  read: ">",
  discard: "<",
} as const;

/** The rows that a reader must not miss come first. */
export function rank({ op, loss, outage, properties }: ResourceChange): number {
  if (loss !== undefined) return 0;
  if (outage !== undefined) return 1;
  if (op === "replace") return 2;
  if (op === "may-replace") return 3;
  if (op === "delete") return 4;
  const effects = properties.map(({ interruption }) => interruption?.effect);
  if (effects.some((one) => one === "downtime" || one === "restart" || one === "failover"))
    return 5;
  if (op === "read" || op === "discard") return 9;
  return op === "update" ? 6 : op === "rename" ? 7 : 8;
}
