/**
 * Exemptions: a resource may violate a rule for a stated reason, with an owner, until a date.
 * They are part of the rule's configuration: `{"<rule>": {"exemptions": [{...}]}}`. An exempt violation stays
 * visible as an advisory. An expired exemption exempts nothing; an unused one is a violation itself.
 */

/** One exemption from one rule. */
export interface Exemption {
  /** URN of the resource; `*` matches any text. */
  readonly urn: string;
  /** Why the violation is acceptable. */
  readonly reason: string;
  /** Mailbox of the responsible team. */
  readonly owner: string;
  /** Last valid day, YYYY-MM-DD. */
  readonly expires: string;
  /** Whether only what the rule cannot decide is exempt, and a violation is none the less one. @default false */
  readonly undecidedOnly?: boolean;
}

const MAILBOX = "^[^\\s@]+@[^\\s@]+$";
const DAY = "^\\d{4}-\\d{2}-\\d{2}$";

/** What a text that matches one of the patterns below is, for an error. */
export const PATTERN_PHRASES: Readonly<Record<string, string>> = {
  [MAILBOX]: "a mailbox such as team@example.com",
  [DAY]: "a day, YYYY-MM-DD",
};

/** Schema of the setting `exemptions` that every rule has. */
export const EXEMPTIONS_SCHEMA = {
  type: "array" as const,
  default: [],
  items: {
    type: "object" as const,
    properties: {
      urn: { type: "string" as const, minLength: 1 },
      reason: { type: "string" as const, minLength: 20 },
      owner: { type: "string" as const, pattern: MAILBOX },
      expires: { type: "string" as const, pattern: DAY },
      undecidedOnly: { type: "boolean" as const },
    },
    required: ["urn", "reason", "owner", "expires"],
    additionalProperties: false,
  },
};

/** Whether a violation is exempt; if not, a note for its message. */
export type ExemptionUse =
  | { readonly state: "exempt"; readonly reason: string }
  | { readonly state: "none"; readonly note: string };

/** Exemptions of this run by rule, and those that exempted something. */
const configured = new Map<string, readonly Exemption[]>();
const used = new Set<string>();

/** Records a rule's configured exemptions. */
export function noteExemptions(rule: string, exemptions: readonly Exemption[]): void {
  configured.set(rule, exemptions);
}

/** Whether the exemptions of a rule are recorded already. */
export function exemptionsNoted(rule: string): boolean {
  return configured.has(rule);
}

/** The exemption of a resource from a rule, of a violation or of what is undecided, if there is one that has not expired. */
export function exemptionFor(
  rule: string,
  urn: string,
  exemptions: readonly Exemption[],
  result: "violation" | "undecided" = "violation",
  today = new Date().toISOString().slice(0, 10),
): ExemptionUse {
  const candidates = exemptions.filter(
    ({ urn: pattern, undecidedOnly = false }) =>
      matches(pattern, urn) && (result === "undecided" || !undecidedOnly),
  );
  const exemption = candidates.find(({ expires }) => expires >= today) ?? candidates[0];
  if (exemption === undefined) {
    return { state: "none", note: "" };
  }
  used.add(keyOf(rule, exemption));
  if (exemption.expires < today) {
    return { state: "none", note: ` Its exemption expired on ${exemption.expires}.` };
  }
  const { reason, owner, expires } = exemption;
  return { state: "exempt", reason: `${reason} (${owner}, until ${expires}).` };
}

/** Exemptions that exempted nothing, with their rules. */
export function unusedExemptions(): { rule: string; exemption: Exemption }[] {
  return [...configured].flatMap(([rule, exemptions]) =>
    exemptions
      .filter((exemption) => !used.has(keyOf(rule, exemption)))
      .map((exemption) => ({ rule, exemption })),
  );
}

/** Clears the record; each test starts with it. */
export function forgetExemptions(): void {
  configured.clear();
  used.clear();
}

function keyOf(rule: string, exemption: Exemption): string {
  return `${rule}\0${exemption.urn}\0${exemption.expires}\0${exemption.undecidedOnly ?? false}`;
}

/** Whether a text matches a pattern in which a wildcard matches any text. */
export function matches(pattern: string, text: string, wildcard = "*"): boolean {
  const parts = pattern.split(wildcard).map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${parts.join(".*")}$`).test(text);
}
