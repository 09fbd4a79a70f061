import assert from "node:assert/strict";

import { largestVcpus } from "../../facts/capacity-limits";
import { span } from "../../tools/report/capacity";

describe("words for capacity", () => {
  it("say a range from the smaller to the larger", () => {
    assert.equal(span([7.9, 7.8], "hours"), "7.8 to 7.9 hours");
  });

  it("know the largest class by its generation", () => {
    assert.deepEqual(["db.r6g.large", "db.r7g.large", "db.r8g.large"].map(largestVcpus), [64, 64, 192]); // prettier-ignore
  });
});
