/** `crm:keys.existing`: KMS keys that another stack or team owns, by ARN. */
import { group, text, type Report } from "./common";

/** Source: AWS KMS Developer Guide, "Key identifiers (KeyId)": a UUID, or mrk- and 32 digits for a multi-Region key. */
const ARN =
  /^arn:aws:kms:([a-z0-9-]+):(\d{12}):key\/([0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|mrk-[0-9a-f]{32})$/;

const FORM =
  "a key's ARN such as arn:aws:kms:us-east-1:123456789012:key/01234567-89ab-cdef-0123-456789abcdef";

const key = (what: string) => text(ARN, FORM).optional().describe(what);

/** Keys in the stack's region, by the last part of their alias. */
export const existingKeysSchema = group({
  backup: key("Key of the backups by AWS Backup. A change replaces the vault"),
  cache: key("Key of the cache. A change replaces the cache"),
  database: key("Key of the database. A change replaces the database"),
  images: key("Key of the image repositories. A change replaces the repositories"),
  logs: key("Key of the log groups. A change holds for new logs"),
  messaging: key("Key of queues, topics, schedules and environment variables of functions"),
  secrets: key("Key of secrets and parameters"),
  storage: key("Key of buckets with encryption kms. A change holds for new objects"),
});

interface Place {
  readonly keys?: { readonly existing: Readonly<Record<string, string | undefined>> };
  readonly accountId?: string;
  readonly region?: string;
}

/** The keys are where the stack's alias for them can be. */
export function existingKeyRules({ keys, accountId, region }: Place, report: Report): void {
  for (const [name, given] of Object.entries(keys?.existing ?? {})) {
    if (given === undefined || region === undefined || accountId === undefined) continue;
    const [, place, account] = ARN.exec(given)!;
    if (place !== region || account !== accountId) {
      const expected = `a key of crm:accountId ${accountId} in aws:region ${region}, where the stack gives it an alias`;
      report(["keys", "existing", name], given, expected);
    }
  }
}
