import assert from "node:assert/strict";

import { earlyMoves, storageRules, storageSchema } from "../../schema/storage";
import { storageInput } from "../support/storage";

/** What the schema or the rules say, as `path: expected`. */
function problems(change: (input: Record<string, any>) => void): string[] {
  const input = storageInput();
  change(input);
  const parsed = storageSchema.safeParse(input);
  if (!parsed.success) {
    return parsed.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`);
  }
  const found: string[] = [];
  storageRules(parsed.data, (path, _given, expected) => {
    found.push(`${path.join(".")}: ${expected}`);
  });
  return found;
}

describe("schema/storage", () => {
  it("accepts the document's buckets", () => {
    assert.deepEqual(
      problems(() => undefined),
      [],
    );
  });

  it("keeps buckets safe unless the stack file says otherwise", () => {
    const { protect, forceDestroy, buckets } = storageSchema.parse(storageInput());
    assert.equal(protect, true);
    assert.equal(forceDestroy, false);
    assert.equal(buckets["backups"]!.encryption, "kms");
    assert.equal(buckets["backups"]!.versioning, true);
    assert.equal(buckets["backups"]!.abortUploadDays, 7);
  });

  const wrong: [string, (input: Record<string, any>) => void, string][] = [
    [
      "a protected bucket that loses its objects",
      (input) => (input["forceDestroy"] = true),
      "forceDestroy: false while protect is true",
    ],
    [
      "replication without versions",
      (input) => (input["buckets"]["user-uploads"].versioning = false),
      "buckets.user-uploads.versioning: true with replication",
    ],
    [
      "replication to nowhere",
      (input) => {
        delete input["replicationRegion"];
        delete input["buckets"]["frontend-assets"];
      },
      "replicationRegion: the region of user-uploads's copies",
    ],
    [
      "IA before 30 days",
      (input) => (input["buckets"]["user-uploads"].transitions[0].days = 29),
      "buckets.user-uploads.transitions.0.days: at least 30 days for this class",
    ],
    [
      "Glacier less than 30 days after IA",
      (input) => (input["buckets"]["user-uploads"].transitions[1].days = 59),
      "buckets.user-uploads.transitions.1.days: at least 60 days for this class",
    ],
    [
      "a move to a warmer class",
      (input) => input["buckets"]["user-uploads"].transitions.reverse(),
      "buckets.user-uploads.transitions.1.storageClass: a class after GLACIER in STANDARD_IA, GLACIER_IR, GLACIER, DEEP_ARCHIVE",
    ],
    [
      "a deletion before the last move",
      (input) => (input["buckets"]["user-uploads"].expiration = { id: "gone", days: 90 }),
      "buckets.user-uploads.expiration.days: more than the 90 days of the last transition",
    ],
    [
      "two rules of one id",
      (input) => (input["buckets"]["user-uploads"].expiration = { id: "move_to_ia", days: 900 }),
      "buckets.user-uploads.transitions: lifecycle rules with different ids",
    ],
    [
      "a lock on what a destroy deletes",
      (input) => {
        input["protect"] = false;
        input["forceDestroy"] = true;
        input["buckets"]["backups"].objectLock = { mode: "GOVERNANCE", days: 30 };
      },
      "buckets.backups.objectLock: no object lock with forceDestroy",
    ],
    [
      "the bucket that is always there",
      (input) => (input["buckets"]["access-logs"] = {}),
      "buckets.access-logs: another name: this bucket is always there",
    ],
    [
      "the bucket that is there for the copies' logs",
      (input) => (input["buckets"]["access-logs-us-west-2"] = {}),
      "buckets.access-logs-us-west-2: another name: this bucket is always there",
    ],
    [
      "an origin without TLS",
      (input) => {
        input["buckets"]["frontend-assets"].cors[0].allowedOrigins = ["http://app.example.com"];
      },
      "buckets.frontend-assets.cors.0.allowedOrigins.0: an origin such as https://app.example.com",
    ],
  ];
  for (const [what, change, expected] of wrong) {
    it(`refuses ${what}`, () => {
      assert.deepEqual(problems(change), [expected]);
    });
  }

  // S3 User Guide, "Understanding and managing Amazon S3 storage classes", minimum storage duration.
  it("warns of objects that leave a class before its shortest paid time, and of no others", () => {
    const found = (transitions: [string, number][], expiration?: number) => {
      const input = storageInput();
      input["buckets"] = {
        "user-uploads": {
          encryption: "kms",
          transitions: transitions.map(([storageClass, days]) => ({
            id: storageClass,
            storageClass,
            days,
          })),
          ...(expiration !== undefined && { expiration: { id: "end", days: expiration } }),
        },
      };
      return earlyMoves(storageSchema.parse(input));
    };
    assert.deepEqual(found([["GLACIER", 30]], 120), []);
    assert.deepEqual(found([["GLACIER", 30]], 119), [
      "crm:storage.buckets.user-uploads.expiration.days is 119: objects leave GLACIER after 89 of the 90 days that are paid at least, so the days from 119 to 120 are paid for nothing.",
    ]);
    assert.deepEqual(found([["DEEP_ARCHIVE", 30]], 209).length, 1);
    assert.deepEqual(found([["DEEP_ARCHIVE", 30]], 210), []);
    assert.match(
      found([
        ["GLACIER_IR", 30],
        ["GLACIER", 60],
      ])[0]!,
      /^crm:storage\.buckets\.user-uploads\.transitions\[1\]\.days is 60: objects leave GLACIER_IR after 30 of the 90 days/,
    );
    assert.deepEqual(
      found([
        ["STANDARD_IA", 30],
        ["GLACIER", 90],
      ]),
      [],
    );
  });
});
