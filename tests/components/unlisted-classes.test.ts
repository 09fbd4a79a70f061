/** Classes of databases and caches that AWS does not list: warnings with the list's date, as AWS adds some each year. */
import assert from "node:assert/strict";

import * as pulumi from "@pulumi/pulumi";

import { PRICES } from "../../analysis/cost/tables";
import { CACHE_FAMILIES, DATABASE_FAMILIES, unlistedClass } from "../../facts/instance-families";
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
      /^crm:database\.instanceClass: RDS's list of 2026-11-29 has no db\.t9\.medium: /,
    );
    assert.match(replica!, /^crm:database\.replica\.instanceClass: .* has no db\.r6g\.medium: /);
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
      /^crm:cache\.nodeType: ElastiCache's list .* has no cache\.r9z\.large: /,
    );
  });

  it("is none of the shipped ones, nor of those with a price", async () => {
    assert.deepEqual((await warnings(() => planDatabase("production")))[1], []);
    assert.deepEqual((await warnings(() => planCache("production")))[1], []);
    const priced = Object.keys(PRICES.prices);
    const of = (service: string, listed: typeof DATABASE_FAMILIES) => {
      const names = priced.filter((name) => new RegExp(`^${service}\\.\\w+\\.\\w+$`).test(name));
      assert.ok(names.length > 4, names.join());
      assert.deepEqual(
        names.flatMap((name) => unlistedClass(name, listed) ?? []),
        [],
      );
    };
    of("db", DATABASE_FAMILIES);
    of("cache", CACHE_FAMILIES);
  });
});
