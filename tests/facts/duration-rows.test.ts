import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";

import {
  CREATION_ROWS,
  creationDuration,
  DURATION_KINDS,
  DURATIONS_AS_OF,
  OTHER_SECONDS,
  STEP_ROWS,
  stepDuration,
  wholeMinutes,
} from "../../facts/duration-rows";

const INSTANCE = "aws:rds/instance:Instance";
const ROWS = [...STEP_ROWS, ...CREATION_ROWS];

/** What a row is looked up by. */
const nameOf = (row: (typeof ROWS)[number]) =>
  "key" in row ? row.key : `${row.type} ${JSON.stringify(row.when ?? {})}`;

const ROOT = path.join(__dirname, "..", "..");

/** Who asks for a length without what a team measured, and why. */
const WITHOUT_MEASURED: Readonly<Record<string, string>> = {
  "facts/deployment-time.ts": "bounds of settings, which hold for every stack",
  "facts/duration-rows.ts":
    "a setting of S3, which knows one value; a bound, which a measurement only raises",
};

describe("durations", () => {
  it("are asked for with what the team measured, wherever a page or command tells them", () => {
    const asking = [
      "facts",
      "analysis",
      "policy-pack",
      "tools",
      "schema",
      "components",
      "operations",
    ]
      .flatMap((room) =>
        fs
          .readdirSync(path.join(ROOT, room), { recursive: true, encoding: "utf8" })
          .map((file) => path.posix.join(room, file)),
      )
      .filter((file) => file.endsWith(".ts") && !file.includes("node_modules"))
      .flatMap((file) => {
        const text = fs.readFileSync(path.join(ROOT, file), "utf8");
        const calls = text.matchAll(
          /(?<!function )\b(?:step|creation)Duration\(((?:[^()]|\([^()]*\))*)\)/g,
        );
        return [...calls].map(([, given]) => ({ file, given: given! }));
      });
    assert.ok(asking.length > 5);
    const without = asking.filter(({ given }) => !/\b(?:durations|measured)$/.test(given.trim()));
    assert.deepEqual(
      [...new Set(without.map(({ file }) => file))].sort(),
      Object.keys(WITHOUT_MEASURED),
    );
  });

  it("have a source, a day and a kind in each row", () => {
    assert.match(DURATIONS_AS_OF, /^\d{4}-\d\d-\d\d$/);
    for (const row of ROWS) {
      const name = nameOf(row);
      const length = "key" in row ? row.minutes : row.seconds;
      assert.ok(length >= 0, name);
      assert.ok(row.sources.length > 0, name);
      for (const { url, says } of row.sources) {
        assert.equal(new URL(url).protocol, "https:", name);
        assert.ok(says.length > 3, name);
      }
      assert.match(row.asOf, /^\d{4}-\d\d-\d\d$/, name);
      assert.ok(row.asOf <= DURATIONS_AS_OF, name);
      assert.ok(DURATION_KINDS.includes(row.kind), name);
    }
  });

  it("are called measured where they are within what others measured, and estimated where they are not", () => {
    for (const row of ROWS.filter(({ kind }) => kind === "measured")) {
      const length = "key" in row ? row.minutes : row.seconds;
      const [shortest, longest] = row.observed!;
      assert.ok(shortest <= length && length <= longest, nameOf(row));
    }
  });

  it("name no step and no case of a type twice, and end with a row that fits the rest of a type", () => {
    const names = ROWS.map(nameOf);
    assert.deepEqual(
      names.filter((name, index) => names.indexOf(name) !== index),
      [],
    );
    for (const type of new Set(CREATION_ROWS.map((row) => row.type))) {
      const rows = CREATION_ROWS.filter((row) => row.type === type);
      assert.equal(rows.at(-1)!.when, undefined, type);
      assert.ok(
        rows.slice(0, -1).every(({ when }) => when !== undefined),
        `${type}: rows that nothing reaches`,
      );
    }
  });

  it("are found by name, and by type and inputs", () => {
    assert.equal(stepDuration("rename").seconds, 20 * 60);
    assert.throws(() => stepDuration("renaming"), /has no step renaming/);
    assert.equal(creationDuration(INSTANCE, {}).seconds, 480);
    assert.equal(creationDuration(INSTANCE, { multiAz: true }).seconds, 1080);
    const restored = creationDuration(INSTANCE, { multiAz: true, restoreToPointInTime: {} });
    assert.deepEqual([restored.seconds, restored.kind], [3000, "estimated"]);
    assert.equal(restored.longest, undefined);
    const service = creationDuration("aws:ecs/service:Service", { waitForSteadyState: true });
    assert.deepEqual([service.seconds, service.longest], [240, 647]);
    const other = creationDuration("aws:sns/topic:Topic", {});
    assert.deepEqual([other.seconds, other.kind], [OTHER_SECONDS, "estimated"]);
  });

  it("give way to what was measured on a stack", () => {
    const asOf = "2026-10-01";
    const measured = [
      { key: "rename", minutes: 7, asOf },
      { type: INSTANCE, when: { multiAz: true }, seconds: 1200, asOf },
    ];
    assert.equal(stepDuration("rename", measured).seconds, 420);
    assert.equal(stepDuration("decide", measured).seconds, 600);
    const own = creationDuration(INSTANCE, { multiAz: true }, measured);
    assert.deepEqual([own.seconds, own.kind], [1200, "measured"]);
    assert.equal(creationDuration(INSTANCE, {}, measured).seconds, 480);
    const restored = { multiAz: true, restoreToPointInTime: {} };
    assert.equal(creationDuration(INSTANCE, restored, measured).seconds, 3000, "another case");
  });

  it("round the same everywhere: a minute that has begun counts", () => {
    assert.deepEqual([0, 1, 60, 61, 3438].map(wholeMinutes), [0, 1, 1, 2, 58]);
  });
});
