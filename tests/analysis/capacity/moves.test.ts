/** Whether the setting that a limit names really moves it: by previews of the program with other settings. */
import assert from "node:assert/strict";

import { titleOf } from "../../../analysis/capacity/breaks";
import { KINDS, UNREACHED, usedBy, type Kind, type Limit } from "../../../analysis/capacity/model";
import { moveFor } from "../../../analysis/capacity/moves";
import { capacityOf, limitsOfPlan, type PlanOfCapacity } from "../../../analysis/capacity/of-plan";
import { estimate } from "../../../analysis/cost/estimate";
import { PRICES } from "../../../analysis/cost/tables";
import { previewStack, type Plan } from "../../../tools/preview/index";
import { rowCells } from "../../../tools/report/capacity";
import { stackFile, STACKS_PROJECT } from "../../support/stack-files";
import { USAGE } from "../../support/usage";

type Config = Record<string, any>; // A stack's own YAML.

/** The plan of production with other settings, and with code for its functions: queues are read. */
async function changed(change: (config: Config) => void = () => {}): Promise<Plan> {
  const config = stackFile("production") as Config;
  for (const each of Object.values<Config>(config["crm:eventing"].functions)) {
    each.artifact = { bucket: "code", key: "a.zip", version: "1" };
  }
  change(config);
  const texts = Object.entries(config).map(([key, value]) => [
    key,
    typeof value === "string" ? value : JSON.stringify(value),
  ]);
  return previewStack({
    ...{ cwd: STACKS_PROJECT, stack: "production", policyPacks: [] },
    config: Object.fromEntries(texts) as Record<string, string>,
  });
}

/** Each setting, applied as far as the limit is moved; those of one step move no limit of another's. */
const STEPS: readonly Readonly<Record<string, (config: Config) => void>>[] = [
  {
    "crm:database.instanceClass": (config) => {
      config["crm:database"].instanceClass = "db.r6g.4xlarge";
    },
    "crm:services.core.maxCapacity": (config) => {
      config["crm:services"].core.maxCapacity = 30;
    },
    "crm:services.auth.maxCapacity": (config) => {
      config["crm:services"].auth.maxCapacity = 20;
    },
    "crm:cache.nodeType": (config) => {
      config["crm:cache"].nodeType = "cache.r6g.xlarge";
    },
    "crm:edge.firewall.rateLimit": (config) => {
      config["crm:edge"].firewall.rateLimit = 40_000;
    },
  },
  {
    "crm:database.replica.instanceClass": (config) => {
      config["crm:database"].replica.instanceClass = "db.r6g.4xlarge";
    },
    "crm:services.core.databasePoolMax": (config) => {
      config["crm:services"].core.databasePoolMax = 20;
    },
    "crm:cache.shards": (config) => {
      config["crm:cache"].shards = 2;
      config["crm:cache"].numCacheNodes *= 2;
    },
    "crm:network.subnets.private": (config) => {
      // Which subnets the tasks get is not known before the first deployment: the smallest of all count.
      config["crm:network"].subnets = {
        public: ["10.0.16.0/20", "10.0.32.0/20", "10.0.48.0/20"],
        private: ["10.0.64.0/20", "10.0.80.0/20", "10.0.96.0/20"],
        database: ["10.0.112.0/20", "10.0.128.0/20", "10.0.144.0/20"],
      };
    },
    "crm:eventing.functions.*.triggers.queue.maximumConcurrency": (config) => {
      for (const each of Object.values<Config>(config["crm:eventing"].functions)) {
        if (each.triggers?.queue !== undefined) each.triggers.queue.maximumConcurrency += 5;
        if (each.reservedConcurrency !== undefined) each.reservedConcurrency += 5;
      }
    },
  },
];

describe("the settings that move limits", () => {
  let production: Plan;
  before(async () => {
    production = await changed();
  });
  const cost = (plan: PlanOfCapacity) => estimate(plan, PRICES, USAGE);

  /** The settings that each limit names for a load just above what surely holds. */
  function named(plan: PlanOfCapacity): ReadonlyMap<Limit, readonly string[]> {
    const { limits, load } = limitsOfPlan(plan);
    const reached = limits.filter(({ holds: [low] }) => low < UNREACHED);
    return new Map(
      reached.map((one) => {
        const move = moveFor(one, one.holds[0] * 1.01 + 0.01, load.assumptions, cost(plan))!;
        return [one, move.setting.split(" and ")];
      }),
    );
  }

  function assertMoved(before: PlanOfCapacity, after: PlanOfCapacity, settings: readonly string[]) {
    const later = limitsOfPlan(after).limits;
    const used = new Set<string>();
    const moved: Limit[] = [];
    for (const [limit, names] of named(before)) {
      const own = names.filter((name) => settings.includes(name));
      if (own.length === 0) continue;
      own.forEach((name) => used.add(name));
      const same = later.find(({ kind, of }) => kind === limit.kind && of === limit.of)!;
      assert.ok(
        same.holds[0] > limit.holds[0] * 1.05,
        `${own.join(" and ")} leaves ${titleOf(limit)} at ${limit.holds[0]}`,
      );
      moved.push(limit);
    }
    assert.deepEqual([...used].sort(), [...settings].sort(), "a setting that no limit names");
    // What is moved comes later among what is not.
    const rest = (list: readonly Limit[]) =>
      list.filter((one) => !moved.some((each) => titleOf(each) === titleOf(one)));
    const place = (list: readonly Limit[], limit: Limit) =>
      rest(list).filter(({ holds }) => holds[0] < limit.holds[0]).length;
    const earlier = limitsOfPlan(before).limits;
    const places = moved.map((limit) => {
      const same = later.find((one) => titleOf(one) === titleOf(limit))!;
      return [place(earlier, limit), place(later, same)] as const;
    });
    assert.ok(
      places.some(([was, is]) => is > was),
      "the order stays as it was",
    );
    for (const [was, is] of places) assert.ok(is >= was);
  }

  for (const step of STEPS) {
    it(`move what names them: ${Object.keys(step).join(", ")}`, async () => {
      const after = await changed((config) => Object.values(step).forEach((each) => each(config)));
      assertMoved(production, after, Object.keys(step));
    });
  }

  it("are those of the storage where the instance lets all of it through", async () => {
    const large = (config: Config) => {
      config["crm:database"].instanceClass = "db.r6g.4xlarge";
      config["crm:database"].replica.instanceClass = "db.r6g.4xlarge";
    };
    const [wide, faster] = await Promise.all([
      changed(large),
      changed((config) => {
        large(config);
        config["crm:database"].iops = 18_000;
        config["crm:database"].storageThroughput = 560;
      }),
    ]);
    assertMoved(wide, faster, ["crm:database.iops", "crm:database.storageThroughput"]);
  });

  it("are named by each kind, but for the quotas of an account and what has no setting", () => {
    const kinds = [...named(production)]
      .filter(([, names]) => !names.some((name) => /^(crm:|quota: )/.test(name)))
      .map(([{ kind }]) => kind);
    assert.deepEqual([...new Set(kinds)].sort(), [
      "cache-connections",
      ...["distribution-bandwidth", "distribution-requests", "firewall-requests"],
      ...["log-ingestion", "nat-connections", "replay", "targets"],
    ]);
    // A larger cache takes no more clients: less of them is the move, and costs nothing.
    const clients = [...named(production)].find(([{ kind }]) => kind === "cache-connections")!;
    assert.deepEqual(clients[1], [KINDS["cache-connections"].moves]);
  });

  /** USD a month that a move of a limit costs more, to so many units. */
  function priced(plan: PlanOfCapacity, kind: Kind, of: RegExp, units: number): number | undefined {
    const { limits, load } = limitsOfPlan(plan);
    const limit = limits.find((one) => one.kind === kind && of.test(one.of))!;
    const [part] = [{ perRequest: [1, 1] as const }];
    const alone = { ...limit, fixed: [0, 0] as const, parts: [part], ceiling: Infinity };
    return moveFor(alone, units, load.assumptions, cost(plan))?.monthlyUsd;
  }

  it("cost what AWS asks for: IOPS and MiB/s of gp3 for each copy, an address of a NAT gateway by the hour", async () => {
    const wide = await changed((config) => {
      config["crm:database"].instanceClass = "db.r6g.4xlarge";
    });
    // AWS, RDS for PostgreSQL pricing, Multi-AZ in us-east-1: 0.04 USD an IOPS and 0.16 USD a MiB/s, twice the single-AZ ones.
    const iops = PRICES.prices["rds-gp3-iops"]!.usd["us-east-1"]!;
    const mibps = PRICES.prices["rds-gp3-throughput"]!.usd["us-east-1"]!;
    assert.equal(priced(wide, "database-storage", /primary/, 15_000), 2 * 3000 * iops);
    assert.equal(priced(wide, "database-throughput", /primary/, 560), 2 * 60 * mibps);
    // One more address for 55,000 connections, at 0.005 USD an hour (AWS, public IPv4 addresses, 2024).
    assert.equal(priced(production, "nat-connections", /./, 165_001), 730 * 0.005);
    assert.equal(priced(production, "nat-connections", /./, 165_000 + 2 * 55_000), 2 * 730 * 0.005);
    // Below 400 GiB no IOPS can be bought: the storage up to there, 0.115 USD a GiB and copy.
    const small = await changed((config) => {
      config["crm:database"].instanceClass = "db.r6g.4xlarge";
      config["crm:database"].allocatedStorage = 100;
    });
    const gib = PRICES.prices["rds-gp3"]!.usd["us-east-1"]!;
    assert.equal(priced(small, "database-storage", /primary/, 9000), 2 * 300 * gib);
    assert.equal(priced(small, "database-storage", /primary/, 13_000), undefined);
  });

  /** The move of a limit to a multiple of what it surely has. */
  function moved(plan: PlanOfCapacity, kind: Kind, of: RegExp, multiple: number) {
    const { limits, load } = limitsOfPlan(plan);
    const limit = limits.find((one) => one.kind === kind && of.test(one.of))!;
    const alone = { ...limit, fixed: [0, 0] as const, parts: [{ perRequest: [1, 1] as const }] };
    return moveFor(alone, limit.capacity[0] * multiple, load.assumptions, cost(plan))!;
  }

  it("go by the sizes that AWS has, and end at the largest of the family", () => {
    // AWS, RDS instance classes: r6g has large to 4xlarge doubling, then 8xlarge, 12xlarge and 16xlarge, at prices in proportion.
    const usd = (multiple: number) => moved(production, "database-cpu", /primary/, multiple).monthlyUsd!; // prettier-ignore
    const one = usd(1.5);
    const near = (got: number, wanted: number) => assert.ok(Math.abs(got / wanted - 1) < 1e-9, `${got}, not ${wanted}`); // prettier-ignore
    near(usd(15), 15 * one);
    near(usd(20), 23 * one);
    near(usd(31.9), 31 * one);
    assert.equal(moved(production, "database-cpu", /primary/, 32.1).isBeyond, true);
    assert.equal(moved(production, "database-cpu", /replica/, 32.1).isBeyond, true);
  });

  it("of a cache go by shards, one by one, and past its largest node by both", () => {
    const usd = (multiple: number) => moved(production, "cache-cpu", /./, multiple).monthlyUsd!;
    const one = usd(1.5);
    assert.ok(Math.abs(usd(2.5) / one - 2) < 1e-9, `${usd(2.5)}, not twice ${one}`);
    assert.ok(Math.abs(usd(5) / one - 4) < 1e-9);
    // AWS: the largest node of the family is a 16xlarge, 32 times a large one.
    const memory = (multiple: number) => moved(production, "cache-memory", /./, multiple);
    assert.equal(memory(31.9).setting, "crm:cache.nodeType");
    assert.equal(memory(53).setting, "crm:cache.nodeType and crm:cache.shards");
    assert.ok(Math.abs(memory(53).monthlyUsd! / memory(1.5).monthlyUsd! - 63) < 1e-6);
  });

  it("end at the addresses that a NAT gateway may have", () => {
    const { limits } = limitsOfPlan(production);
    // AWS, NAT gateway basics: 8 addresses with 55,000 connections each to one destination.
    assert.equal(limits.find(({ kind }) => kind === "nat-connections")!.ceiling, 3 * 440_000);
  });

  it("end where AWS gives no more: no price, but the growth past one stack", () => {
    const capacity = capacityOf(production);
    const last = capacity.rows.at(-1)!;
    for (const { limit, move } of last.passed) {
      const [, most] = usedBy(limit, last.rps);
      const isBeyond = limit.kind !== "cache-connections" && most > limit.ceiling;
      if (limit.kind === "cache-connections") assert.ok(move.factor < 1 || move.isBeyond);
      else assert.equal(move.isBeyond, isBeyond, titleOf(limit));
      if (move.isBeyond) assert.equal(move.monthlyUsd, undefined);
    }
    assert.ok(last.beyond > 0);
    assert.match(
      rowCells(last).join("|"),
      /\|no setting: see the growth table\|.* that no setting/,
    );
    const [early] = capacity.rows.filter(({ passed }) => passed.length > 0);
    assert.match(rowCells(early!)[3]!, /^crm:\S+ to [\d.]+ times: ([\d,.]+ USD a month|no price)$/);
  });
});
