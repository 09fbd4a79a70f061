import assert from "node:assert/strict";

import { growthOf } from "../../analysis/capacity/breaks";
import type { Limit } from "../../analysis/capacity/model";
import { largestVcpus } from "../../facts/capacity-limits";
import { growthSentences, span } from "../../tools/report/capacity";

const limit = (of: string, capacity: Limit["capacity"]): Limit => ({
  kind: "database-cpu",
  of,
  urn: of,
  unit: "vCPUs",
  capacity,
  fixed: [0, 0],
  figures: [],
  parts: [{ perRequest: [1, 1] }],
  ceiling: capacity[1],
  holds: capacity,
});

describe("words for capacity", () => {
  it("say a range from the smaller to the larger", () => {
    assert.equal(span([7.9, 7.8], "hours"), "7.8 to 7.9 hours");
  });

  it("know the largest class by its generation", () => {
    assert.deepEqual(["db.r6g.large", "db.r7g.large", "db.r8g.large"].map(largestVcpus), [64, 64, 192]); // prettier-ignore
  });

  it("say the least of all limits on each side, and nothing of replicas", () => {
    const growth = growthOf([limit("wide", [100, 900]), limit("narrow", [200, 300])]);
    assert.deepEqual(growth.largest.map(Math.round), [100, 300]);
    const sentences = growthSentences({ growth }).join(" ");
    assert.match(sentences, /holds 100 to 300 requests a second: wide: .* binds first/);
    assert.doesNotMatch(sentences, /replica/);
  });
});
