/** Rules that delete, where what they apply to or the rules themselves are replaced, or a value is secret or not known. */
import assert from "node:assert/strict";

import { changesOf } from "../../../analysis/diff/changes";
import { expiredBy } from "../../../analysis/diff/expirations";
import { findingsOf } from "../../../analysis/diff/findings";
import { changesOfSteps, type PreviewStep } from "../../../analysis/diff/steps";
import { type PlannedResource, type PropertyBag, UNKNOWN } from "../../../analysis/plan/model";
import { secret } from "../../../analysis/plan/values";
import { planned } from "../../support/planned";

const IMAGES = "aws:ecr/lifecyclePolicy:LifecyclePolicy";
const BUCKET_RULES = "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration";
const LOGS = "aws:cloudwatch/logGroup:LogGroup";

type Selection = Record<string, unknown>;
const newest = (countNumber: number, ...tagPrefixList: string[]): Selection => ({
  ...(tagPrefixList.length > 0 ? { tagStatus: "tagged", tagPrefixList } : { tagStatus: "any" }),
  ...{ countType: "imageCountMoreThan", countNumber },
});
/** Each with its priority. */
const policy = (...rules: (readonly [number, Selection])[]): PropertyBag => ({
  policy: JSON.stringify({
    rules: rules.map(([rulePriority, selection]) => ({
      ...{ rulePriority, selection },
      action: { type: "expire" },
    })),
  }),
});

const said = (changes: ReturnType<typeof changesOf>) =>
  findingsOf(changes)
    .filter(({ class: kind }) => kind === "data lost")
    .map(({ name, operation, certain, says }) => `${name} ${operation} ${certain}:${says}`);
const step = (
  op: string,
  old: PlannedResource | undefined,
  now: PlannedResource | undefined,
): PreviewStep => ({
  ...{ op, urn: (now ?? old)!.urn, replaceReasons: op === "replace" ? ["policy"] : [] },
  ...(old && { oldState: old }),
  ...(now && { newState: now }),
});

describe("rules that are replaced", () => {
  const repository = (name: string, more: PropertyBag = {}) =>
    planned("aws:ecr/repository:Repository", name, { inputs: { name, ...more } });
  const images = repository("images");
  const rules = (inputs: PropertyBag, of = images, name: unknown = "images") =>
    planned(IMAGES, "rules", {
      inputs: { repository: name, ...inputs },
      ...{ propertyDependencies: { repository: [of.urn] }, dependencies: [of.urn] },
    });
  const [fifty, one] = [policy([1, newest(50)]), policy([1, newest(1)])];
  const loses =
    /^rules replace true: would be replaced because policy.* changes; that loses images \(any\) that are not among the newest 1\. Safe way/;

  // The provider replaces a lifecycle policy for another text: facts/replacements.json.
  it("delete what the new ones do not keep, in plans and in a preview", () => {
    const [old, now] = [rules(fifty), rules(one)];
    const found = [
      said(changesOf([images, old], [images, now])),
      said(changesOfSteps([step("same", images, images), step("replace", old, now)])),
    ];
    for (const [finding, ...others] of found) {
      assert.match(finding!, loses);
      assert.deepEqual(others, []);
    }
    assert.deepEqual(said(changesOf([images, now], [images, old])), []);
    assert.deepEqual(said(changesOfSteps([step("replace", now, old)])), []);
  });

  it("delete nothing of a repository that is replaced as well, and count as new for another one", () => {
    const encrypted = repository("images", { encryptionConfigurations: [{ kmsKey: "other" }] });
    const [old, now] = [rules(fifty), rules(one, encrypted, UNKNOWN)];
    const ofRules = (changes: ReturnType<typeof changesOf>) =>
      said(changes).filter((text) => text.startsWith("rules "));
    assert.deepEqual(ofRules(changesOf([images, old], [encrypted, now])), []);
    const replaced = step("replace", images, encrypted);
    assert.deepEqual(ofRules(changesOfSteps([replaced, step("replace", old, now)])), []);
    const other = repository("other");
    const moved = rules(fifty, other, "other");
    const both = [images, other];
    const more = /^rules replace true: .* not among the newest 50\./;
    assert.match(said(changesOf([...both, old], [...both, moved])).join(), more);
    assert.match(
      said(
        changesOfSteps([...both.map((it) => step("same", it, it)), step("replace", old, moved)]),
      ).join(),
      more,
    );
    assert.deepEqual(said(changesOf([images, old], [...both, moved])), []);
    assert.deepEqual(
      said(changesOfSteps([step("create", undefined, other), step("replace", old, moved)])),
      [],
    );
  });

  it("are none that are new for a bucket that is replaced: it is empty, in plans as in a preview", () => {
    const bucket = (name: string) =>
      planned("aws:s3/bucket:Bucket", "files", { inputs: { bucket: name } });
    const [old, now] = [bucket("a"), bucket("b")];
    const added = planned(BUCKET_RULES, "rules", {
      inputs: { bucket: UNKNOWN, rules: [{ status: "Enabled", expiration: { days: 30 } }] },
      ...{ propertyDependencies: { bucket: [old.urn] }, dependencies: [old.urn] },
    });
    const operations = (changes: ReturnType<typeof changesOf>) =>
      findingsOf(changes).map(({ name, operation }) => `${operation} ${name}`);
    assert.deepEqual(operations(changesOf([old], [now, added])), ["replace files"]);
    assert.deepEqual(
      operations(changesOfSteps([step("replace", old, now), step("create", undefined, added)])),
      ["replace files"],
    );
    assert.deepEqual(operations(changesOf([old], [old, added])), ["expire rules"]);
  });
});

// Source: Amazon ECR User Guide, "How lifecycle policies work": an image that matches the tagging requirements of a rule cannot
// be expired by a rule with a lower priority; all rules are evaluated at the same time.
describe("a rule of a repository that keeps images from those after it", () => {
  const lost = (old: PropertyBag, now: PropertyBag) => expiredBy(IMAGES, old, now)?.holds;
  const released = newest(100, "released-");
  const kept = policy([1, released], [2, newest(5)]);
  const says = "images (any) that are not among the newest 5";

  it("deletes where it goes, comes after them or selects less", () => {
    assert.equal(lost(kept, policy([2, newest(5)])), says);
    const tagged = newest(5, "re");
    const before = policy([1, released], [2, tagged]);
    assert.match(lost(before, policy([9, released], [2, tagged]))!, /\(tagged re\)/);
    assert.match(
      lost(kept, policy([1, newest(100, "released-", "x")], [2, newest(5)]))!,
      /\(any\)/,
    );
  });

  it("deletes nothing where it stays, in any order of the text and under any number", () => {
    assert.equal(lost(kept, policy([2, newest(5)], [1, released])), undefined);
    assert.equal(lost(kept, policy([3, released], [7, newest(5)])), undefined);
    assert.equal(lost(kept, policy([1, newest(200, "released-")], [2, newest(5)])), undefined);
    assert.equal(
      lost(kept, policy([1, newest(1, "released-")], [2, newest(5)]))?.includes("any"),
      false,
    );
  });
});

describe("a limit whose values are secret or not known", () => {
  const group = (retentionInDays: unknown, more: PropertyBag = {}) =>
    planned(LOGS, "logs", { inputs: { retentionInDays, ...more } });
  const changed = (old: unknown, now: unknown) =>
    said(changesOf([group(old)], [group(now, { tags: { a: "b" } })]));

  it("is compared below the secret on both sides", () => {
    assert.deepEqual(changed(secret(30), secret(30)), []);
    assert.deepEqual(changed(secret(30), secret(60)), []);
    assert.match(changed(secret(30), secret(7)).join(), /^logs expire true: .* older than 7 days/);
  });

  it("is perhaps lower than one that is not known or masked, in plans and in a preview", () => {
    for (const old of [UNKNOWN, secret(UNKNOWN), "[secret]"]) {
      assert.match(changed(old, 7).join(), /^logs expire false: .* older than 7 days/);
      const masked = step("update", group(old), group(7));
      assert.match(said(changesOfSteps([masked])).join(), /^logs expire false: /);
    }
    assert.deepEqual(changed(UNKNOWN, 0), []);
  });

  it("of rules is uncertain by what is not known of those alone", () => {
    const rule = (days: unknown, filter: unknown = { prefix: "a" }, status = "Enabled") => ({
      ...{ status, filter, expiration: { days } },
    });
    const uncertain = (old: unknown, now: unknown) =>
      expiredBy(BUCKET_RULES, { rules: old }, { rules: now })?.uncertain ?? false;
    assert.equal(uncertain(UNKNOWN, [rule(7)]), true);
    assert.equal(uncertain([rule(UNKNOWN)], [rule(7)]), true);
    assert.equal(uncertain([rule(7, UNKNOWN)], [rule(7)]), true);
    assert.equal(uncertain([rule(7)], [rule(7, { prefix: UNKNOWN })]), true);
    assert.equal(uncertain([rule(30)], [rule(7)]), false);
    assert.equal(uncertain([rule(UNKNOWN, { prefix: "b" }), rule(30)], [rule(7)]), false);
    assert.equal(uncertain([rule(30, UNKNOWN)], [rule(7)]), false);
    assert.equal(expiredBy(IMAGES, { policy: UNKNOWN }, policy([1, newest(5)]))?.uncertain, true);
  });
});
