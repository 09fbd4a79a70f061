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
  /** max_connections in the parameters of the primary, and of the replica. */
  readonly connections?: number | string;
  readonly ofReplica?: number;
}

const parameters = (value?: number | string) =>
  value === undefined ? [] : [{ name: "max_connections", value, applyMethod: "pending-reboot" }];

/** Two services at the primary, one at the replica, one without a database, a function at each. */
function sections({
  instanceClass = "db.r6g.large",
  pool,
  most = 15,
  once = [],
  connections,
  ofReplica,
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
      parameters: parameters(connections),
      replica: { instanceClass: "db.t4g.small", parameters: parameters(ofReplica) },
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

  it("are as small as max_connections in the parameters takes, as RDS applies it in place of the class's", () => {
    // PostgreSQL keeps 5 of 300 back; 10 percent stay free, 20 are for others and 20 for the function: 225 for 50 tasks.
    const { auth, core } = poolSizes(sections({ connections: 300 }));
    assert.deepEqual([auth, core], [4, 4]);
    assert.ok(50 * 4 + 40 <= 0.9 * 295 && 50 * 5 + 40 > 0.9 * 295);
    assert.deepEqual(poolSizes(sections({ connections: "300" })), poolSizes(sections({ connections: 300 }))); // prettier-ignore
    const { analytics } = poolSizes(sections({ ofReplica: 100 }));
    assert.equal(analytics, Math.floor((Math.floor(0.9 * 95) - 20 - 2) / 12));
    // A small class with many of them has room.
    assert.equal(
      poolSizes(sections({ instanceClass: "db.t4g.micro", connections: 2000 }))["auth"],
      10,
    );
    poolRules(sections({ instanceClass: "db.t4g.micro", connections: 2000 }), () =>
      assert.fail("has room"),
    );
    // A formula, with the class's memory, says as little as none.
    const formula = "LEAST({DBInstanceClassMemory/9531392},5000)";
    assert.deepEqual(poolSizes(sections({ connections: formula })), poolSizes(sections()));
  });

  it("are refused by max_connections, which the message names", () => {
    const problems: unknown[] = [];
    poolRules(sections({ connections: 80, ofReplica: 40 }), (_, __, expected) =>
      problems.push(expected),
    );
    assert.deepEqual(problems, [
      "databasePoolMax, or fewer tasks: max_connections 80 in database.parameters has no connection left for each of 10 tasks in a deployment",
      "databasePoolMax, or fewer tasks: max_connections 80 in database.parameters has no connection left for each of 15 tasks in a deployment",
      "databasePoolMax, or fewer tasks: max_connections 40 in database.replica.parameters has no connection left for each of 6 tasks in a deployment",
    ]);
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
