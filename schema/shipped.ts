/** Values of the shipped stack files that stand for an owner's, and where they are in a configuration. */

/** The account number in the shipped stack files: AWS's own example, to which no deployment is possible. */
export const EXAMPLE_ACCOUNT_ID = "123456789012";

/** The shipped files' domain, which is also that of their mailboxes. */
export const SHIPPED_DOMAIN = "crm-consulting.com";

/** What a mailbox of the shipped files ends in. */
export const SHIPPED_MAILBOX = `@${SHIPPED_DOMAIN}`;

/** The shipped files' phone number, which is assigned to no phone. */
export const SHIPPED_PHONE = "+1234567890";

/** A text of the settings, with its key. */
export interface SettingText {
  readonly key: string;
  readonly text: string;
}

/** All texts of settings with their keys: `crm:cost.subscribers[0]`. */
export function textsOf(value: unknown, key = "crm:"): SettingText[] {
  if (typeof value === "string") {
    return [{ key, text: value }];
  }
  if (typeof value !== "object" || value === null) {
    return [];
  }
  return Object.entries(value).flatMap(([name, inner]) => {
    const joined = key.endsWith(":") ? `${key}${name}` : `${key}.${name}`;
    return textsOf(inner, Array.isArray(value) ? `${key}[${name}]` : joined);
  });
}

/** Placeholders for ids that AWS assigns: a deployment with them fails, but a preview cannot detect that. */
export function isStandIn({ text }: SettingText): boolean {
  return /(0example){2}|^Z0+EXAMPLE$/.test(text);
}

/** Mailboxes that would send an owner's alarms and bills to a stranger. The phone number has a warning of its own. */
export function isShippedMailbox({ text }: SettingText): boolean {
  return text.endsWith(SHIPPED_MAILBOX);
}
