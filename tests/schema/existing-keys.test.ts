/** Keys that exist, by ARN: what is accepted in `crm:keys.existing`. */
import assert from "node:assert/strict";

import { problems } from "../support/stack-files";

const KEY = "arn:aws:kms:us-east-1:123456789012:key/01234567-89ab-cdef-0123-456789abcdef";

const found = (existing: Record<string, string>) =>
  problems("staging", (sections) => (sections["keys"] = { existing }));

describe("crm:keys.existing", () => {
  it("is a key's ARN, also that of a multi-Region key", () => {
    const multi = KEY.replace(/key\/.*/, `key/mrk-${"0".repeat(32)}`);
    assert.deepEqual(found({ database: KEY, storage: multi }), []);
  });

  const refused: [string, Record<string, string>, RegExp][] = [
    ["an alias", { database: "alias/team" }, /keys\.existing\.database: expected a key's ARN such/],
    [
      "an alias's ARN",
      { database: "arn:aws:kms:us-east-1:123456789012:alias/team" },
      /keys\.existing\.database: expected a key's ARN such/,
    ],
    [
      "the id alone",
      { logs: KEY.replace(/.*\//, "") },
      /keys\.existing\.logs: expected a key's ARN/,
    ],
    [
      "another region",
      { storage: KEY.replace("us-east-1", "us-west-2") },
      /keys\.existing\.storage: expected a key of crm:accountId 123456789012 in aws:region us-east-1, where/,
    ],
    [
      "another account",
      { cache: KEY.replace("123456789012", "210987654321") },
      /keys\.existing\.cache: expected a key of crm:accountId 123456789012 in aws:region us-east-1/,
    ],
    ["a key that the stack does not have", { queue: KEY }, /crm:keys\.existing\.queue/],
  ];
  for (const [what, existing, expected] of refused) {
    it(`refuses ${what}`, () => {
      const messages = found(existing);
      assert.equal(messages.length, 1);
      assert.match(messages[0]!, expected);
    });
  }
});
