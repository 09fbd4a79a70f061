import { strict as assert } from "node:assert";

import { cacheMemory, instanceVcpus, LARGEST_CACHE_GIB } from "../../facts/capacity-limits";

describe("nodes of ElastiCache and classes of RDS", () => {
  /** Rows of AWS's page "Supported node types", with GiB. */
  const nodes = `
cache.t4g.micro 0.50
cache.m7g.large 6.38
cache.m8g.2xlarge 29.68
cache.r6g.16xlarge 419.09
cache.r6gd.xlarge 26.32
cache.r7g.4xlarge 105.81
cache.r8g.large 14.18
cache.r5.24xlarge 635.61
cache.c7gn.12xlarge 78.56
`
    .trim()
    .split("\n")
    .map((row) => row.split(" ") as [string, string]);

  for (const [type, gib] of nodes) {
    it(`${type} has ${gib} GiB`, () => assert.equal(cacheMemory(type)?.gib, Number(gib)));
  }

  it("has no number for a type that is not on the page", () => {
    for (const type of ["cache.r5.16xlarge", "cache.m6g.24xlarge", "cache.x1.large", "large", ""]) {
      assert.equal(cacheMemory(type), undefined, type);
    }
    assert.equal(LARGEST_CACHE_GIB, 635.61);
  });

  /** Rows of AWS's table of classes, with vCPUs. */
  it("counts a class's vCPUs", () => {
    const rows = [
      ...(["db.t4g.micro 2", "db.t3.medium 2", "db.m7g.large 2", "db.r6g.16xlarge 64"] as const),
      ...(["db.m5.24xlarge 96", "db.x2iedn.32xlarge 128"] as const),
    ];
    for (const row of rows) {
      const [name, vcpus] = row.split(" ") as [string, string];
      assert.equal(instanceVcpus(name), Number(vcpus), name);
    }
    // They have one, or are not of the table's rule.
    for (const name of ["db.t2.micro", "db.m3.medium", "db.m1.small"]) {
      assert.equal(instanceVcpus(name), undefined, name);
    }
  });
});
