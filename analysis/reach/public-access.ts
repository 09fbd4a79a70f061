/**
 * Whether strangers may use a store: without an account, or with any AWS account.
 *
 * Sources: Amazon S3 User Guide, "Blocking public access to your Amazon S3 storage" (RestrictPublicBuckets leaves a bucket with a
 * public policy to its own account and to services; all four settings are on in a new bucket since April 2023), "Access control
 * list (ACL) overview" (canned ACLs), "Controlling ownership of objects"; KMS Developer Guide, "Authentication": a request
 * without an account's credentials gets nothing decrypted.
 */
import { keyActionsOf, type StoreAction } from "../../facts/store-actions";
import { type Opening, covers, whoCan } from "../iam";
import type { PlannedResource } from "../plan/model";
import { isRecord, items, known, MARKERS, read, UNKNOWN } from "../properties";
import type { PlanIndex } from "../rights/plan-index";
import type { Bound } from "./answers";
import { isOf } from "./keys";
import type { Named, Setting } from "./model";
import type { PlacedPolicy, Store } from "./stores";
import { type Verdict, worse } from "./verdicts";

/**
 * What strangers may do: `who` is a place's id, `internet` or `accounts`. Without `explains`, what the store's own policy closes
 * has no settings.
 */
export function strangersPath(
  index: PlanIndex,
  store: Store,
  { action, key }: StoreAction,
  who: string,
  explains: boolean,
): Bound {
  const { resource, policy } = store;
  const anonymous = who === "internet";
  const opened = openedBy(index, policy, action, store.arn, anonymous);
  const acl = aclOpens(index, resource, action, anonymous);
  const gates: [Verdict, Setting][] = [];
  if (opened === "blocked" && acl?.[0] !== "reachable") {
    if (!explains && (acl?.[0] ?? "blocked") === "blocked") {
      return { action, verdict: "blocked", settings: [] };
    }
    const says = `${policy === undefined ? `${resource.name} has no policy` : `the policy of ${resource.name} has no statement`} that allows ${action} to ${anonymous ? "everyone" : "any account"}`;
    gates.push(
      acl ?? ["blocked", setting("blocks", policy?.resource ?? resource, says, policy?.property)],
    );
  } else {
    if (opened !== "blocked") {
      const says = `the policy of ${resource.name} ${opened === "reachable" ? "allows" : "decides about"} ${action}`;
      const effect = opened === "reachable" ? "allows" : "unknown";
      gates.push([opened, setting(effect, policy!.resource, says, policy!.property)]);
      const block = acl?.[0] === "reachable" ? undefined : publicAccessBlock(index, resource);
      if (block !== undefined) gates.push(block);
    }
    if (acl?.[0] === "reachable") gates.push(acl);
  }
  if (store.key !== undefined) {
    gates.push(...keyActionsOf({ key }).map((one) => keyGate(index, store, one, anonymous)));
  }
  const verdict = gates.map(([one]) => one).reduce(worse, "reachable");
  return {
    ...{ action, verdict },
    settings: gates
      .map(([, one]) => one)
      .filter(({ effect }) => verdict !== "blocked" || effect === "blocks"),
  };
}

function setting(
  effect: Setting["effect"],
  { urn, name, type }: PlannedResource,
  says: string,
  property?: string,
): Setting {
  const resource: Named = { urn, name, type };
  return { effect, resource, ...(property !== undefined && { property }), says };
}

/** Whether a policy allows strangers an action: its statements are reduced to this action, and strangers are tried. */
function openedBy(
  index: PlanIndex,
  policy: PlacedPolicy | undefined,
  action: string,
  resource: string,
  anonymous: boolean,
): Verdict {
  if (policy === undefined) return "blocked";
  const openings = openingsOf(index, policy, action, resource);
  const found = openings.filter(({ stranger }) =>
    anonymous
      ? stranger === "anonymous"
      : stranger === "another account" || stranger === "another organization",
  );
  const verdicts = [...found, ...openings.filter(({ by }) => by === undefined)].map(
    ({ verdict }) => verdict,
  );
  return verdicts.includes("allowed") ? "reachable" : verdicts.length > 0 ? "undecided" : "blocked";
}

const openings = new WeakMap<PlacedPolicy, Map<string, readonly Opening[]>>();

/** The strangers to whom a policy opens an action; worked out once for all of them. */
function openingsOf(
  index: PlanIndex,
  policy: PlacedPolicy,
  action: string,
  resource: string,
): readonly Opening[] {
  const known = openings.get(policy) ?? new Map<string, readonly Opening[]>();
  openings.set(policy, known);
  const key = `${action} ${resource}`;
  let found = known.get(key);
  if (found === undefined) {
    const document = reduced(policy.document, action);
    const { account } = index.home;
    found =
      document === undefined
        ? []
        : whoCan(document, policy.policy.kind, { account, resource }).openings;
    known.set(key, found);
  }
  return found;
}

/** A document whose allowing statements speak of one action alone; nothing where none does. */
function reduced(document: unknown, action: string): unknown {
  let plain = known(document);
  if (plain === UNKNOWN) return document;
  if (typeof plain === "string") {
    try {
      plain = JSON.parse(plain);
    } catch {
      return undefined;
    }
  }
  const statements = isRecord(plain) ? items(plain["Statement"]) : [];
  if (statements === UNKNOWN || !isRecord(plain)) return document;
  let allows = false;
  const kept = statements.flatMap((one) => {
    if (!isRecord(one) || one["Effect"] === "Deny") return [one];
    const named = items(one["Action"]);
    const others = items(one["NotAction"]);
    const speaks =
      named === UNKNOWN || others === UNKNOWN
        ? true
        : one["Action"] === undefined
          ? !others.some((text) => typeof text === "string" && covers(text, action))
          : named.some((text) => typeof text !== "string" || covers(text, action));
    if (!speaks || !mayBeAnyone(one)) return [];
    allows = true;
    const rest = Object.entries(one).filter(([name]) => name !== "NotAction");
    return [{ ...Object.fromEntries(rest), Action: action }];
  });
  return allows ? { ...plain, Statement: kept } : undefined;
}

/** Whether a statement's principals may be anyone: a named account, role or service is not. */
function mayBeAnyone(statement: Record<string, unknown>): boolean {
  const named = known(statement["Principal"]);
  if (!isRecord(named)) return true;
  const accounts = items(named["AWS"]);
  return (
    accounts === UNKNOWN ||
    accounts.some((one) => typeof one !== "string" || /[*?]/.test(one) || hasHole(one))
  );
}

const hasHole = (text: string) => [...MARKERS].some((marker) => text.includes(String(marker)));

const BLOCK = "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock";
const ACCOUNT_BLOCK = "aws:s3/accountPublicAccessBlock:AccountPublicAccessBlock";

/** What keeps a public policy of a bucket from being effective. */
function publicAccessBlock(
  index: PlanIndex,
  bucket: PlannedResource,
  properties: readonly [string, string] = ["restrictPublicBuckets", "blockPublicPolicy"],
): [Verdict, Setting] | undefined {
  if (bucket.type !== "aws:s3/bucket:Bucket") return undefined;
  const own = index.ofType(BLOCK).filter((one) => isOf(index, one, bucket));
  for (const block of [...own, ...index.ofType(ACCOUNT_BLOCK)]) {
    for (const property of properties) {
      const value = read(block.inputs, property);
      const says = `${property} of ${block.name} leaves ${bucket.name} to its own account`;
      if (value === true) return ["blocked", setting("blocks", block, says, property)];
      if (value === UNKNOWN) return ["undecided", setting("unknown", block, says, property)];
    }
  }
  if (own.length > 0) return undefined;
  const says = `${bucket.name} has no public access block of its own, and AWS's default blocks public access`;
  return ["blocked", setting("blocks", bucket, says)];
}

/** What canned ACLs give to groups: everybody, and everybody with an account. */
const CANNED: Readonly<Record<string, readonly string[]>> = {
  "public-read": ["s3:ListBucket"],
  "public-read-write": ["s3:ListBucket", "s3:PutObject", "s3:DeleteObject"],
  "authenticated-read": ["s3:ListBucket"],
};

/** What a bucket's ACL opens; nothing where it opens nothing, or where ACLs do not count. */
function aclOpens(
  index: PlanIndex,
  bucket: PlannedResource,
  action: string,
  anonymous: boolean,
): [Verdict, Setting] | undefined {
  if (bucket.type !== "aws:s3/bucket:Bucket") return undefined;
  const acls = index.ofType("aws:s3/bucketAcl:BucketAcl").filter((one) => isOf(index, one, bucket));
  for (const holder of [...acls, bucket]) {
    const acl = known(holder.inputs["acl"]);
    const opens = typeof acl === "string" && CANNED[acl]?.includes(action) === true;
    if (!opens || (anonymous && acl === "authenticated-read")) continue;
    const ownership = index
      .ofType("aws:s3/bucketOwnershipControls:BucketOwnershipControls")
      .find((one) => isOf(index, one, bucket));
    const rule = ownership && read(ownership.inputs, "rule.objectOwnership");
    if (rule === undefined || rule === "BucketOwnerEnforced") {
      const says = `ACLs of ${bucket.name} do not count: its objects are its owner's`;
      return [
        "blocked",
        setting("blocks", ownership ?? bucket, says, ownership && "rule.objectOwnership"),
      ];
    }
    const block = publicAccessBlock(index, bucket, ["ignorePublicAcls", "blockPublicAcls"]);
    if (block !== undefined) return block;
    return ["reachable", setting("allows", holder, `the ACL ${acl} allows ${action}`, "acl")];
  }
  return undefined;
}

function keyGate(
  index: PlanIndex,
  { resource, key }: Store,
  action: string,
  anonymous: boolean,
): [Verdict, Setting] {
  const holder = key!.resource;
  if (anonymous) {
    const says = `${resource.name} is encrypted with ${holder.name}, and KMS answers no request without an account`;
    return ["blocked", setting("blocks", resource, says)];
  }
  const opened = openedBy(index, key!.policy, action, key!.arn, false);
  const words = { reachable: "allows", undecided: "decides about", blocked: "does not allow" };
  const effects = { reachable: "allows", undecided: "unknown", blocked: "blocks" } as const;
  const says = `the policy of ${holder.name} ${words[opened]} ${action} to any account`;
  return [opened, setting(effects[opened], holder, says, "policy")];
}
