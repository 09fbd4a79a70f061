import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";

import { canonicalType, TWIN_TYPES } from "../../facts/twin-types";

const SDK = path.join(__dirname, "..", "..", "node_modules", "@pulumi", "aws");

/** `s3.BucketAcl`, and `aws.s3/bucketacl.BucketAcl`, as the token of the type. */
function tokenOf(written: string): string {
  const [, module = "", type = ""] = /^(?:aws\.)?(\w+)[./](?:\w+\.)?(\w+)$/.exec(written)!;
  return `aws:${module}/${type[0]!.toLowerCase()}${type.slice(1)}:${type}`;
}

const MESSAGE = /^ \* @deprecated (\S+) has been deprecated in favor of (\S+)$/m;

describe("facts: types with a twin", () => {
  it("are those that the provider's SDK deprecates in favor of another one", () => {
    const found = fs
      .readdirSync(SDK, { recursive: true, encoding: "utf8" })
      .filter((file) => /^\w+\/(?!get[A-Z])\w+\.d\.ts$/.test(file))
      .flatMap((file) => {
        const [, old, now] = MESSAGE.exec(fs.readFileSync(path.join(SDK, file), "utf8")) ?? [];
        return old && now ? [[tokenOf(old), tokenOf(now)] as const] : [];
      });
    assert.deepEqual(Object.fromEntries(found), TWIN_TYPES.tokens);
    for (const [old, now] of found) assert.equal(canonicalType(old), now);
  });
});
