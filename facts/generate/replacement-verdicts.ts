/** What the provider's answers about one property come to. */
import { type Asked } from "./replacement-probe";
import { type Value } from "./terraform-wire";

export interface Judged {
  verdict: "replaces" | "in-place" | "may-replace" | "unknown";
  condition?: string;
}

/** Changes that were no change to the provider, and those that it refused, say nothing. */
export function judge(all: readonly Asked[]): Judged {
  const asked = all.filter(({ outcome }) => outcome === "replaces" || outcome === "in-place");
  const replaced = asked.filter(({ outcome }) => outcome === "replaces");
  if (asked.length === 0) return { verdict: "unknown" };
  if (replaced.length === asked.length) return { verdict: "replaces" };
  if (replaced.length === 0) return { verdict: "in-place" };
  return { verdict: "may-replace", condition: conditionOf(asked) };
}

function conditionOf(asked: readonly Asked[]): string {
  for (const attribute of ["kind", "base"] as const) {
    const of = (outcome: string) =>
      new Set(asked.filter((one) => one.outcome === outcome).map((one) => one[attribute]));
    const [replaced, kept] = [of("replaces"), of("in-place")];
    if (![...replaced].every((one) => !kept.has(one))) continue;
    if (attribute === "kind") return `replaced when it is ${[...replaced].join(" or ")}`;
    return `replaced where ${[...replaced].join(" or ")}; in place where ${[...kept].join(" or ")}`;
  }
  const seen = new Set<string>();
  for (const { from, to, outcome } of asked) {
    if (outcome !== "replaces") continue;
    if (![from, to].every(isPlain)) return "replaced on some of the changes that were tried";
    seen.add(`${short(from)} -> ${short(to)}`);
  }
  const shown = [...seen].slice(0, 6).join(", ");
  return `replaced on ${shown}; in place on other changes that were tried`;
}

const isPlain = (value: Value) => typeof value !== "object" || value === null;

function short(value: Value): string {
  const text = value === null ? "nothing" : JSON.stringify(value);
  return text.length > 40 ? `${text.slice(0, 37)}...` : text;
}
