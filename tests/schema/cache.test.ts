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

  const cases: [string, (cache: any) => void, string[]][] = [
    [
      "wants as many nodes in each shard",
      (c) => (c.shards = 2),
      ["crm:cache.numCacheNodes: 3 given; a multiple of shards (2) from 2 to 12 expected."],
    ],
    [
      "knows how many replicas a shard may have",
      (c) => (c.numCacheNodes = 7),
      ["crm:cache.numCacheNodes: 7 given; a multiple of shards (1) from 1 to 6 expected."],
    ],
    [
      "wants replicas for several zones",
      (c) => (c.numCacheNodes = 1),
      ["crm:cache.multiAz: true given; false, as the shards have no replicas, expected."],
    ],
    [
      "wants failover in cluster mode",
      (c) => (c.automaticFailover = false),
      ["crm:cache.automaticFailover: false given; true, which cluster mode demands, expected."],
    ],
    [
      "sends a token over TLS only",
      (c) => (c.transitEncryption = false),
      ["crm:cache.transitEncryption: false given; true, which authToken demands, expected."],
    ],
    [
      "wants an hour for snapshots",
      (c) => (c.snapshotWindow = "03:00-03:59"),
      ['crm:cache.snapshotWindow: "03:00-03:59" given; a window of at least 60 minutes expected.'],
    ],
    [
      "wants an hour for maintenance",
      (c) => (c.maintenanceWindow = "sun:05:00-sun:05:30"),
      [
        'crm:cache.maintenanceWindow: "sun:05:00-sun:05:30" given; a window of at least 60 minutes expected.',
      ],
    ],
    [
      "keeps snapshot and maintenance apart",
      (c) => (c.maintenanceWindow = "mon:04:00-mon:06:00"),
      [
        'crm:cache.maintenanceWindow: "mon:04:00-mon:06:00" given; a window that does not overlap snapshotWindow 03:00-05:00 expected.',
      ],
    ],
    [
      "scales upwards",
      (c) => (c.memoryScaling.minShards = 4),
      ["crm:cache.memoryScaling.maxShards: 3 given; at least minShards (4) expected."],
    ],
    [
      "starts between the bounds of scaling",
      (c) => (c.memoryScaling.minShards = 2),
      ["crm:cache.shards: 1 given; from memoryScaling.minShards (2) to maxShards (3) expected."],
    ],
    [
      "scales node types that ElastiCache scales",
      (c) => (c.nodeType = "cache.t4g.small"),
      [
        'crm:cache.nodeType: "cache.t4g.small" given; large, xlarge or 2xlarge of r8g, r7g, r6g, r5, m8g, m7g, m6g, m5, c8gn or c7gn, which memoryScaling demands, expected.',
      ],
    ],
    [
      "leaves cluster mode to the component",
      (c) => (c.parameters = [{ name: "cluster-enabled", value: "no" }]),
      [
        'crm:cache.parameters[0].name: "cluster-enabled" given; another one: the component sets this one, expected.',
      ],
    ],
    [
      "wants each service once",
      (c) => (c.urls = ["core", "core"]),
      ['crm:cache.urls[1]: "core" given; a service that is not in the list already expected.'],
    ],
    [
      "refuses an unquoted version",
      (c) => (c.engineVersion = 7),
      ["crm:cache.engineVersion: 7 given; a Redis version such as 7.0 expected."],
    ],
    [
      "refuses a version that ElastiCache does not create",
      (c) => (c.engineVersion = "7.2"),
      ['crm:cache.engineVersion: "7.2" given; one of the Redis versions 6.2, 7.0, 7.1 expected.'],
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
