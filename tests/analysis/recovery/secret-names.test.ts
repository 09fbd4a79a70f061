/** A store whose name in AWS is secret is named as the program names it. */
import assert from "node:assert/strict";

import { secret } from "../../../analysis/plan/values";
import { recoveryStackOf } from "../../../analysis/recovery/of-plan";
import { nameOf, text } from "../../../analysis/recovery/resources";
import { plainResource } from "../../../tools/preview/engine/registration";

describe("the name of a store", () => {
  const of = (bucket: unknown) => {
    const type = "aws:s3/bucket:Bucket";
    const urn = `urn:pulumi:s::p::${type}::uploads`;
    const resource = plainResource({
      ...{ urn, type, name: "uploads", custom: true },
      inputs: { bucket },
    });
    return recoveryStackOf({ resources: [resource] }).resources[0]!;
  };

  it("is AWS's where it may be shown", () => {
    assert.equal(nameOf(of("crm-uploads")), "crm-uploads");
  });

  it("is the program's where AWS's is secret, which derivations still read", () => {
    const bucket = of(secret("planted"));
    assert.equal(nameOf(bucket), "uploads");
    assert.equal(text(bucket, "bucket"), "planted");
  });
});
