/** Whether the setting that a limit names really moves it: by previews of the program with other settings. */
import assert from "node:assert/strict";

import { titleOf } from "../../../analysis/capacity/breaks";
import { KINDS, UNREACHED, usedBy, type Limit } from "../../../analysis/capacity/model";
import { moveFor, NO_SETTING } from "../../../analysis/capacity/moves";
import { capacityOf, limitsOfPlan, type PlanOfCapacity } from "../../../analysis/capacity/of-plan";
import { estimate } from "../../../analysis/cost/estimate";
import { PRICES } from "../../../analysis/cost/tables";
import { previewStack, type Plan } from "../../../tools/preview/index";
import { rowCells } from "../../../tools/report/capacity";
import { planOf } from "../../support/plans";
import { stackFile, STACKS_PROJECT } from "../../support/stack-files";
import { USAGE } from "../../support/usage";

type Config = Record<string, any>; // A stack's own YAML.

/** The plan of production with other settings. */
async function changed(change: (config: Config) => void): Promise<Plan> {
  const config = stackFile("production") as Config;
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
    production = await planOf("production");
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
    for (const [limit, names] of named(before)) {
      const own = names.filter((name) => settings.includes(name));
      if (own.length === 0) continue;
      own.forEach((name) => used.add(name));
      const same = later.find(({ kind, of }) => kind === limit.kind && of === limit.of)!;
      assert.ok(
        same.holds[0] > limit.holds[0] * 1.05,
        `${own.join(" and ")} leaves ${titleOf(limit)} at ${limit.holds[0]}`,
      );
    }
    assert.deepEqual([...used].sort(), [...settings].sort(), "a setting that no limit names");
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
      ...["distribution-bandwidth", "distribution-requests", "firewall-requests", "in-flight"],
      ...["log-ingestion", "nat-connections", "targets"],
    ]);
    // A larger cache takes no more clients: less of them is the move, and costs nothing.
    const clients = [...named(production)].find(([{ kind }]) => kind === "cache-connections")!;
    assert.deepEqual(clients[1], [KINDS["cache-connections"].moves]);
  });

  it("end where AWS gives no more: no price, but the growth past one stack", () => {
    const capacity = capacityOf(production);
    const last = capacity.rows.at(-1)!;
    for (const { limit, move } of last.passed) {
      const [, most] = usedBy(limit, last.rps);
      const isBeyond = limit.kind !== "cache-connections" && most > limit.ceiling;
      if (limit.kind === "cache-connections")
        assert.ok(move.factor < 1 || move.setting === NO_SETTING);
      else assert.equal(move.setting === NO_SETTING, isBeyond, titleOf(limit));
      if (move.setting === NO_SETTING) assert.equal(move.monthlyUsd, undefined);
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
