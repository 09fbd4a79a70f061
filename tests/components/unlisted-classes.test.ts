/** Classes of databases and caches that AWS does not list: warnings with the list's date, as AWS adds some each year. */
import assert from "node:assert/strict";

import * as pulumi from "@pulumi/pulumi";

import { PRICES } from "../../analysis/cost/tables";
import { CACHE_NODES, DATABASE_CLASSES, unlistedClass } from "../../facts/instance-families";
import { planCache, planDatabase } from "../support/data";
import type { Recording } from "../support/mocks";

/** What is warned of while a plan is made: mocks have no engine that a warning could go to. */
async function warnings(plan: () => Promise<Recording>): Promise<readonly [Recording, string[]]> {
  const found: string[] = [];
  const { warn } = pulumi.log;
  Object.assign(pulumi.log, {
    warn: (message: string) => {
      found.push(message);
      return Promise.resolve();
    },
  });
  try {
    return [await plan(), found];
  } finally {
    Object.assign(pulumi.log, { warn });
  }
}

describe("a class that AWS does not list", () => {
  it("is planned with a warning, for the primary, its replica and the cache", async () => {
    const [database, ofDatabase] = await warnings(() =>
      planDatabase("production", {
        change: (sections) => {
          sections["database"].instanceClass = "db.t9.medium";
          sections["database"].replica.instanceClass = "db.r6g.medium";
        },
      }),
    );
    assert.equal(
      database.get("aws:rds/instance:Instance", "crm-database-primary").inputs["instanceClass"],
      "db.t9.medium",
    );
    const [primary, replica, ...others] = ofDatabase;
    assert.match(
      primary!,
      /^crm:database\.instanceClass: RDS's list of 2026-11-29 has no db\.t9\.medium for PostgreSQL: /,
    );
    assert.match(
      replica!,
      /^crm:database\.replica\.instanceClass: .* has no db\.r6g\.medium for PostgreSQL: /,
    );
    assert.deepEqual(others, []);
    const [, ofCache] = await warnings(() =>
      planCache("production", {
        change: ({ cache }) => {
          delete cache.memoryScaling;
          cache.nodeType = "cache.r9z.large";
        },
      }),
    );
    assert.match(
      ofCache.join(),
      /^crm:cache\.nodeType: ElastiCache's list .* has no cache\.r9z\.large for Redis OSS: /,
    );
  });

  it("is none of the shipped ones, nor of those with a price", async () => {
    assert.deepEqual((await warnings(() => planDatabase("production")))[1], []);
    assert.deepEqual((await warnings(() => planCache("production")))[1], []);
    const priced = Object.keys(PRICES.prices);
    const of = (service: string, listed: typeof DATABASE_CLASSES) => {
      const names = priced.filter((name) => new RegExp(`^${service}\\.\\w+\\.\\w+$`).test(name));
      assert.ok(names.length > 4, names.join());
      assert.deepEqual(
        names.flatMap((name) => unlistedClass(name, listed) ?? []),
        [],
      );
    };
    of("db", DATABASE_CLASSES);
    of("cache", CACHE_NODES.redis);
  });

  // Amazon RDS User Guide, "Supported DB engines for DB instance classes", column PostgreSQL.
  it("depends on the engine: RDS has some for SQL Server and Oracle only, and others for PostgreSQL", () => {
    const refused = ["m8i.large", "r8i.4xlarge", "z1d.large", "x1.16xlarge", "x1e.xlarge"];
    const odd = ["x2iezn.2xlarge", "m5.10xlarge", "t4g.nano", "r6idn.large", "r6g.24xlarge"];
    for (const name of [...refused, ...odd, "x2idn.large", "c6gd.large", "t2.micro", "m4.large"]) {
      assert.match(
        unlistedClass(`db.${name}`, DATABASE_CLASSES) ?? "",
        /has no db\..* for Postgre/,
      );
    }
    const taken = ["m8a.large", "r8a.48xlarge", "x2g.large", "m5d.24xlarge", "m6in.32xlarge"];
    for (const name of [...taken, "t3.2xlarge", "r6idn.xlarge", "x2idn.16xlarge", "m9g.large"]) {
      assert.equal(unlistedClass(`db.${name}`, DATABASE_CLASSES), undefined, name);
    }
  });

  // Amazon ElastiCache User Guide, "Supported node types".
  it("depends on the cache's engine, with its own sizes for each family", async () => {
    const { redis, valkey } = CACHE_NODES;
    for (const name of ["t3.large", "m7g.24xlarge", "m5.8xlarge", "m4.16xlarge", "r6gd.large"]) {
      assert.match(unlistedClass(`cache.${name}`, redis) ?? "", /for Redis OSS: /);
      assert.match(unlistedClass(`cache.${name}`, valkey) ?? "", /for Valkey: /);
    }
    for (const name of ["m8g.large", "r8g.16xlarge", "c8gn.xlarge"]) {
      assert.match(unlistedClass(`cache.${name}`, redis) ?? "", /for Redis OSS: /);
      assert.equal(unlistedClass(`cache.${name}`, valkey), undefined, name);
    }
    for (const name of ["t4g.small", "m4.10xlarge", "m5.24xlarge", "r4.8xlarge", "r6gd.xlarge"]) {
      assert.equal(unlistedClass(`cache.${name}`, redis), undefined, name);
    }
    const [, ofCache] = await warnings(() =>
      planCache("production", {
        change: ({ cache }) => {
          Object.assign(cache, {
            engine: "valkey",
            engineVersion: "8.2",
            nodeType: "cache.r8g.large",
          });
        },
      }),
    );
    assert.deepEqual(ofCache, []);
  });
});
