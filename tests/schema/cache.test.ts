import assert from "node:assert/strict";

import { problems } from "../support/stack-files";

describe("crm:cache", () => {
  const errors = (change: (cache: any) => void) =>
    // any: tests reach into every field
    problems("production", (sections) => change(sections["cache"]));

  it("accepts the shipped cache", () => {
    assert.deepEqual(
      errors(() => {}),
      [],
    );
  });

  it("can be left out, with its services named", () => {
    const without = (urls: string[]) =>
      problems("staging", ({ cache }) => Object.assign(cache, { enabled: false, urls }));
    assert.deepEqual(
      without(["core"]).map((one) => one.split(",")[0]),
      ["crm:cache.urls: expected none"],
    );
    // Who still wants the URL is named.
    const [problem, ...others] = without([]);
    assert.match(
      problem!,
      /services\.core\.secrets\.REDIS_URL\.source: expected core in crm:cache/,
    );
    assert.deepEqual(others, []);
  });

  it("accepts shards without replicas when nothing is to take over", () => {
    assert.deepEqual(
      errors((c) => Object.assign(c, { numCacheNodes: 1, multiAz: false })),
      [],
    );
  });

  it("accepts the newest family that scales", () => {
    assert.deepEqual(
      errors((c) => (c.nodeType = "cache.r8g.xlarge")),
      [],
    );
  });

  for (const [engine, engineVersion, autoMinorVersionUpgrade] of [
    ["redis", "7.0", false],
    ["redis", "6.2", true],
    ["valkey", "7.2", true],
    ["valkey", "8.2", true],
    ["valkey", "8.0", false],
  ] as const) {
    it(`accepts ${engine} ${engineVersion}, raised by AWS: ${autoMinorVersionUpgrade}`, () => {
      assert.deepEqual(
        errors((c) => Object.assign(c, { engine, engineVersion, autoMinorVersionUpgrade })),
        [],
      );
    });
  }

  const cases: [string, (cache: any) => void, string[]][] = [
    [
      "has no version raised that the next plan would lower again",
      (c) => (c.engineVersion = "7.0"),
      [
        'crm:cache.engineVersion: expected 7.1, as autoMinorVersionUpgrade is true, or that as false, got "7.0"',
      ],
    ],
    [
      "knows the versions of Valkey",
      (c) => Object.assign(c, { engine: "valkey", engineVersion: "7.1" }),
      [
        'crm:cache.engineVersion: expected one of the Valkey versions 7.2, 8.0, 8.1, 8.2, 9.0, 9.1, got "7.1"',
      ],
    ],
    [
      "wants as many nodes in each shard",
      (c) => (c.shards = 2),
      ["crm:cache.numCacheNodes: expected a multiple of shards (2) from 2 to 12, got 3"],
    ],
    [
      "knows how many replicas a shard may have",
      (c) => (c.numCacheNodes = 7),
      ["crm:cache.numCacheNodes: expected a multiple of shards (1) from 1 to 6, got 7"],
    ],
    [
      // AWS's "Working with shards": 500 nodes, such as 83 shards of 6 or 500 of 1.
      "knows how many nodes a cluster may have where its quota is raised",
      (c) => {
        Object.assign(c, { shards: 84, numCacheNodes: 504 });
        Object.assign(c.memoryScaling, { minShards: 84, maxShards: 84 });
      },
      ["crm:cache.numCacheNodes: expected a whole number from 1 to 500 nodes, got 504"],
    ],
    [
      "scales up to the nodes that a cluster may have",
      (c) => Object.assign(c.memoryScaling, { maxShards: 167 }),
      [
        "crm:cache.memoryScaling.maxShards: expected at most 166 shards of 3 nodes, 500 in all, got 167",
      ],
    ],
    [
      "names no part of a node",
      (c) => {
        Object.assign(c, { shards: 2, numCacheNodes: 3 });
        Object.assign(c.memoryScaling, { minShards: 1, maxShards: 400 });
      },
      ["crm:cache.numCacheNodes: expected a multiple of shards (2) from 2 to 12, got 3"],
    ],
    [
      "wants replicas for several zones",
      (c) => (c.numCacheNodes = 1),
      ["crm:cache.multiAz: expected false, as the shards have no replicas, got true"],
    ],
    [
      "wants failover in cluster mode",
      (c) => (c.automaticFailover = false),
      ["crm:cache.automaticFailover: expected true, which cluster mode requires, got false"],
    ],
    [
      "sends a token over TLS only",
      (c) => (c.transitEncryption = false),
      ["crm:cache.transitEncryption: expected true, which authToken requires, got false"],
    ],
    [
      "wants an hour for snapshots",
      (c) => (c.snapshotWindow = "03:00-03:59"),
      ['crm:cache.snapshotWindow: expected a window of at least 60 minutes, got "03:00-03:59"'],
    ],
    [
      "wants an hour for maintenance",
      (c) => (c.maintenanceWindow = "sun:05:00-sun:05:30"),
      [
        'crm:cache.maintenanceWindow: expected a window of at least 60 minutes, got "sun:05:00-sun:05:30"',
      ],
    ],
    [
      "keeps snapshot and maintenance apart",
      (c) => (c.maintenanceWindow = "mon:04:00-mon:06:00"),
      [
        'crm:cache.maintenanceWindow: expected a window that does not overlap snapshotWindow 03:00-05:00, got "mon:04:00-mon:06:00"',
      ],
    ],
    [
      "scales by a target that ElastiCache takes",
      (c) => (c.memoryScaling.targetPercent = 75),
      [
        "crm:cache.memoryScaling.targetPercent: expected a whole number from 35 to 70 percent, got 75",
      ],
    ],
    [
      "scales upwards",
      (c) => (c.memoryScaling.minShards = 4),
      ["crm:cache.memoryScaling.maxShards: expected at least minShards (4), got 3"],
    ],
    [
      "starts between the bounds of scaling",
      (c) => (c.memoryScaling.minShards = 2),
      ["crm:cache.shards: expected from memoryScaling.minShards (2) to maxShards (3), got 1"],
    ],
    [
      "scales node types that ElastiCache scales",
      (c) => (c.nodeType = "cache.t4g.small"),
      [
        'crm:cache.nodeType: expected large, xlarge or 2xlarge of r8g, r7g, r6g, r5, m8g, m7g, m6g, m5, c8gn or c7gn, which memoryScaling requires, got "cache.t4g.small"',
      ],
    ],
    [
      "leaves cluster mode to the component",
      (c) => (c.parameters = [{ name: "cluster-enabled", value: "no" }]),
      [
        'crm:cache.parameters[0].name: expected another parameter: the component sets this one, got "cluster-enabled"',
      ],
    ],
    [
      "wants each service once",
      (c) => (c.urls = ["core", "core"]),
      ['crm:cache.urls[1]: expected an entry that is not in the list already, got "core"'],
    ],
    [
      "refuses an unquoted version",
      (c) => (c.engineVersion = 7),
      ["crm:cache.engineVersion: expected a version such as 7.1, got 7"],
    ],
    [
      "refuses a version that ElastiCache does not create",
      (c) => (c.engineVersion = "7.2"),
      ['crm:cache.engineVersion: expected one of the Redis versions 6.2, 7.0, 7.1, got "7.2"'],
    ],
    [
      "names the nearest key for an unknown one",
      (c) => (c.numCacheClusters = 3),
      ["crm:cache.numCacheClusters: there is no such key. Did you mean crm:cache.numCacheNodes?"],
    ],
  ];
  for (const [title, change, expected] of cases) {
    it(title, () => assert.deepEqual(errors(change), expected));
  }
});
