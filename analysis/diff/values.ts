/** Two values of a property, compared as what they mean: documents as structures, items by what identifies them. */
import { UNKNOWN } from "../plan/model";
import { containsUnknown, isSecret, isUnknown, isWhole, REDACTED, reveal } from "../plan/values";

/** One thing that differs. */
export interface Difference {
  /** Where, for a reader: `policy.Statement[Sid=Read].Action`. */
  readonly path: string;
  /** Where, for tables about a type: without items, and no further than a document's property: `policy`. */
  readonly property: string;
  readonly kind: "added" | "removed" | "changed";
  /** Absent for what is added. Unknown values are Pulumi's marker, secrets are masked. */
  readonly old?: unknown;
  /** Absent for what is removed. */
  readonly new?: unknown;
  /** True where only the order of a list's items differs. */
  readonly reordered?: true;
  /** True for a secret, whose value is never shown. */
  readonly secret?: true;
}

type Shape = Record<string, unknown>;

const isShape = (value: unknown): value is Shape =>
  typeof value === "object" && value !== null && !Array.isArray(value) && !isWhole(value);

/** Where a comparison stands. */
interface Place {
  readonly path: string;
  readonly property: string;
  /** Inside of a document that one property holds as text: the property stays the same. */
  readonly document: boolean;
}

/** Whether a value, without its secret marker, is not known here: before it exists, or because it is masked. */
export function isHidden(value: unknown): boolean {
  return isUnknown(value) || value === REDACTED;
}

/** What differs between two bags of properties, in the order of their names. */
export function differencesOf(old: Shape, now: Shape): Difference[] {
  const found: Difference[] = [];
  for (const name of namesOf(old, now)) {
    compare({ path: name, property: name, document: false }, old[name], now[name], found);
  }
  return found;
}

function namesOf(old: Shape, now: Shape): string[] {
  return [...new Set([...Object.keys(old), ...Object.keys(now)])].sort();
}

function compare(at: Place, old: unknown, now: unknown, found: Difference[]): void {
  if (old === undefined && now === undefined) return;
  if (isSecret(old) || isSecret(now)) return compareSecrets(at, old, now, found);
  // What is unknown on both sides depends on what it is made of: consequences.ts.
  if (isUnknown(old) && isUnknown(now)) return;
  if (isShape(old) && isShape(now)) {
    for (const name of namesOf(old, now)) compare(inside(at, name), old[name], now[name], found);
    return;
  }
  if (Array.isArray(old) && Array.isArray(now)) return compareLists(at, old, now, found);
  const [one, other] = [documentOf(old), documentOf(now)];
  if (one !== undefined && other !== undefined) {
    return compare({ ...at, document: true }, one, other, found);
  }
  if (equal(old, now)) return;
  found.push(difference(at, old, now));
}

function difference(at: Place, old: unknown, now: unknown): Difference {
  const kind = old === undefined ? "added" : now === undefined ? "removed" : "changed";
  return {
    ...{ path: at.path, property: at.property, kind },
    ...(old !== undefined && { old: masked(old) }),
    ...(now !== undefined && { new: masked(now) }),
  };
}

/** A value with its secrets masked. */
function masked(value: unknown): unknown {
  if (isSecret(value)) return REDACTED;
  if (Array.isArray(value)) return value.map(masked);
  return isShape(value)
    ? Object.fromEntries(Object.entries(value).map(([name, item]) => [name, masked(item)]))
    : value;
}

function compareSecrets(at: Place, old: unknown, now: unknown, found: Difference[]): void {
  const [one, other] = [reveal(old), reveal(now)];
  // A document of the preview has masked its secrets: whether they differ, it does not say.
  if (equal(one, other) || one === REDACTED || other === REDACTED) return;
  if (containsUnknown(one) && containsUnknown(other)) return;
  const kind = old === undefined ? "added" : now === undefined ? "removed" : "changed";
  found.push({
    ...{ path: at.path, property: at.property, kind, secret: true },
    ...(old !== undefined && { old: REDACTED }),
    ...(now !== undefined && { new: REDACTED }),
  });
}

function inside(at: Place, name: string): Place {
  const part = /^[\w$-]+$/.test(name) ? `.${name}` : `[${JSON.stringify(name)}]`;
  return {
    path: `${at.path}${part}`,
    property: at.document ? at.property : `${at.property}.${name}`,
    document: at.document,
  };
}

function item(at: Place, label: string | number): Place {
  return { ...at, path: `${at.path}[${label}]` };
}

/** What a list's items are known by, the most telling first. */
const IDENTITIES: readonly string[] = [
  ...["Sid", "sid", "id", "Id", "ID", "ruleName", "name", "Name", "key", "Key", "containerName"],
  ...["rulePriority", "priority", "Priority", "logType", "path", "pathPattern", "originId"],
  ...["domainName", "attributeName", "capacityProvider", "targetGroupArn", "arn", "Arn"],
  ...["cidrBlock", "availabilityZone", "resourceArn", "type"],
];

/** The key by which all items of both lists can be told apart. */
function identityOf(old: readonly unknown[], now: readonly unknown[]): string | undefined {
  const lists = [old, now];
  if (!lists.flat().every(isShape)) return undefined;
  return IDENTITIES.find((key) =>
    lists.every((list) => {
      const values = list.map((one) => (one as Shape)[key]);
      const scalar = values.every(
        (one) => (typeof one === "string" && one !== UNKNOWN) || typeof one === "number",
      );
      return scalar && new Set(values).size === values.length;
    }),
  );
}

function compareLists(
  at: Place,
  old: readonly unknown[],
  now: readonly unknown[],
  found: Difference[],
): void {
  if (equal(old, now)) return;
  const key = identityOf(old, now);
  if (key !== undefined) return compareNamed(at, key, old as Shape[], now as Shape[], found);
  const left = [...old];
  const rest = now.filter((one) => {
    const same = left.findIndex((other) => equal(one, other));
    if (same >= 0) left.splice(same, 1);
    return same < 0;
  });
  if (left.length === 0 && rest.length === 0) {
    found.push({ ...difference(at, [...old], [...now]), reordered: true });
    return;
  }
  if ([...old, ...now].some((one) => isShape(one) || Array.isArray(one))) {
    for (let index = 0; index < Math.max(left.length, rest.length); index++) {
      const place = (left[index] === undefined ? now : old).indexOf(left[index] ?? rest[index]);
      compare(item(at, place), left[index], rest[index], found);
    }
    return;
  }
  found.push(difference(at, [...old], [...now]));
}

function compareNamed(
  at: Place,
  key: string,
  old: readonly Shape[],
  now: readonly Shape[],
  found: Difference[],
): void {
  const before = new Map(old.map((one) => [one[key], one]));
  const after = new Map(now.map((one) => [one[key], one]));
  const names = new Set([...before.keys(), ...after.keys()]);
  const start = found.length;
  for (const name of names) {
    const place = item(at, `${key}=${String(name)}`);
    compare(place, before.get(name), after.get(name), found);
  }
  if (found.length === start && [...before.keys()].join("\n") !== [...after.keys()].join("\n")) {
    found.push({ ...difference(at, [...old], [...now]), reordered: true });
  }
}

/** The structure in a text of JSON; nothing for another text. */
export function documentOf(value: unknown): unknown {
  if (typeof value !== "string" || !/^\s*[[{]/.test(value)) return undefined;
  try {
    const read: unknown = JSON.parse(value);
    return typeof read === "object" && read !== null ? read : undefined;
  } catch {
    return undefined;
  }
}

/** Whether two values are the same, in any order of their names. */
export function equal(one: unknown, other: unknown): boolean {
  return one === other || canonical(one) === canonical(other);
}

function canonical(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) =>
    typeof inner === "object" && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}
