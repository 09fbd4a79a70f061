import assert from "node:assert/strict";

import { databasesOf, demandOn } from "../../analysis/capacity/connections";
import { servicesOf } from "../../analysis/capacity/services";
import { recoveryStackOf } from "../../analysis/recovery/of-plan";
import { acceptedConnections } from "../../facts/capacity-limits";
import { SERVICE_QUOTAS } from "../../facts/service-quotas";
import type { Report } from "../../schema/common";
import { executionsAt, poolRules, poolSizes } from "../../schema/pools";
import type { StackConfig } from "../../schema/sections";
import { planOf } from "../support/plans";
import { validated } from "../support/stack-files";

type Sections = Pick<StackConfig, "services" | "database" | "eventing">;

interface Wanted {
  readonly instanceClass?: string;
  readonly pool?: number;
  readonly most?: number;
  /** Tasks of auth that run once. */
  readonly once?: readonly string[];
}

/** Two services at the primary, one at the replica, one without a database, a function at each. */
function sections({
  instanceClass = "db.r6g.large",
  pool,
  most = 15,
  once = [],
}: Wanted = {}): Sections {
  const secrets = { DB_URL: { source: "database-url" } };
  return {
    services: {
      auth: { maxCapacity: 10, secrets, tasks: Object.fromEntries(once.map((name) => [name, {}])) },
      core: { maxCapacity: most, secrets, databasePoolMax: pool, tasks: {} },
      analytics: { maxCapacity: 6, secrets, tasks: {} },
      social: { maxCapacity: 8, secrets: { KEY: { source: "config" } }, tasks: {} },
    },
    database: {
      instanceClass,
      urls: { auth: "primary", core: "primary", analytics: "replica" },
      replica: { instanceClass: "db.t4g.small" },
    },
    eventing: {
      reserveConcurrency: true,
      functions: {
        processor: { databaseUrl: "primary", reservedConcurrency: 20 },
        aggregator: { databaseUrl: "replica", reservedConcurrency: 2 },
      },
    },
  } as unknown as Sections;
}

describe("pools of connections", () => {
  it("have the usual size where the database has room", () => {
    // 500 of 1,580: two colours of 10 and 15 tasks.
    assert.deepEqual(poolSizes(sections()), { auth: 10, core: 10, analytics: 10 });
  });

  it("are as small as it takes for every task in a deployment", () => {
    const { auth, core } = poolSizes(sections({ instanceClass: "db.t4g.medium" }));
    const [least] = acceptedConnections(4);
    assert.deepEqual([auth, core], [6, 6]);
    assert.ok(50 * 6 + 20 + 20 <= 0.9 * least && 50 * 7 + 20 + 20 > 0.9 * least);
  });

  it("leave to the others what one has of its own", () => {
    const { auth, core } = poolSizes(sections({ instanceClass: "db.t4g.medium", pool: 9 }));
    assert.deepEqual([auth, core], [2, 9]);
  });

  it("leave room for the tasks that run once, which have the same pool", () => {
    const [least] = acceptedConnections(4);
    const names = Array.from({ length: 10 }, (_, index) => `task-${index}`);
    const { auth } = poolSizes(sections({ instanceClass: "db.t4g.medium", once: names }));
    assert.equal(auth, Math.floor((Math.floor(0.9 * least) - 40) / 60));
    assert.equal(auth, 5);
  });

  it("are refused where a task would get none, with what helps", () => {
    const problems: unknown[] = [];
    const report: Report = (key, got, expected) => problems.push([key.join("."), got, expected]);
    poolRules(sections({ instanceClass: "db.t4g.micro", most: 15 }), report);
    assert.deepEqual(problems, [
      [
        "services.auth.maxCapacity",
        10,
        "databasePoolMax, or fewer tasks: db.t4g.micro has no connection left for each of 10 tasks in a deployment",
      ],
      [
        "services.core.maxCapacity",
        15,
        "databasePoolMax, or fewer tasks: db.t4g.micro has no connection left for each of 15 tasks in a deployment",
      ],
    ]);
    poolRules(sections({ instanceClass: "db.x2g.large" }), () => assert.fail("is not known"));
  });

  it("count the functions as the policy pack does in a plan", async () => {
    for (const name of ["staging", "production"]) {
      const config = validated(name);
      const stack = recoveryStackOf(await planOf(name));
      const found = databasesOf(stack, servicesOf(stack)).map((database) => [
        database.resource.name.endsWith("replica") ? "replica" : "primary",
        demandOn(database, 0, 0, SERVICE_QUOTAS.lambdaConcurrency.newAccount).functions,
      ]);
      assert.ok(found.length > 0);
      for (const [store, count] of found) {
        assert.equal(executionsAt(config.eventing, store as "primary"), count, `${name} ${store}`);
      }
    }
  });
});
