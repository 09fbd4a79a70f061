import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";

import { bucketPurpose } from "../../../analysis/recovery/data-stores";
import { documentOf, rendered } from "../../../tools/commands/recovery";
import { readAbout } from "../../../tools/preview/engine/about";
import type { PreviewError } from "../../../tools/preview/index";
import { planOf } from "../../support/plans";
import { packConfigFile, STACKS_PROJECT } from "../../support/stack-files";

const SHIPPED = path.join(STACKS_PROJECT, "about.json");

describe("about.json", () => {
  let directory: string;
  before(() => {
    directory = fs.mkdtempSync(path.join(os.tmpdir(), "about-"));
  });
  after(() => fs.rmSync(directory, { recursive: true }));

  const problems = (content: unknown): string[] => {
    const file = path.join(directory, "about.json");
    fs.writeFileSync(file, JSON.stringify(content));
    try {
      readAbout(file);
      return [];
    } catch (error) {
      return (error as PreviewError).failures.map(({ message }) => message);
    }
  };

  it("may say nothing", () => {
    assert.deepEqual(problems({}), []);
    assert.deepEqual(problems({ buckets: [], advice: {} }), []);
  });

  it("is refused with all that is wrong", () => {
    assert.deepEqual(
      problems({
        bucket: [],
        buckets: [{ word: "", scenarios: ["fire"], why: 1 }, 7],
        advice: { quota: "x", watch: 1 },
        lostWithTheRegion: [],
      }),
      [
        "about.json: bucket: expected one of buckets, recoveryStack, lostWithTheRegion, advice, needs, policies, changes, got []",
        "about.json: lostWithTheRegion: expected an object, got []",
        'about.json: buckets[0].word: expected a text that is not empty, got ""',
        'about.json: buckets[0].scenarios: expected a list of region lost, data deleted or corrupted, compromised credentials, got ["fire"]',
        "about.json: buckets[0].why: expected one of word, scenarios, reason, got 1",
        "about.json: buckets[1]: expected an object, got 7",
        'about.json: advice.quota: expected one of copies, certificates, parameters, quotas, watch, budget, got "x"',
        "about.json: advice.watch: expected a text that is not empty, got 1",
      ],
    );
    assert.deepEqual(problems([]), ["about.json: the file: expected an object, got []"]);
    assert.deepEqual(problems({ buckets: [{ scenarios: [] }] }), [
      "about.json: buckets[0].word: expected a text that is not empty, got nothing",
    ]);
  });

  it("decides which buckets come back, and adds the program's settings to what is missing", async () => {
    const plan = await planOf("production");
    const stores = (about: typeof plan.about) =>
      new Set(documentOf({ ...plan, about }).findings.map(({ store }) => store));
    assert.ok(!stores(plan.about).has("crm-analytics-exports-prod"));
    assert.ok(stores(undefined).has("crm-analytics-exports-prod"));
    const isWatch = (one: { type: string; inputs: Record<string, unknown> }) =>
      one.type === "aws:cloudwatch/metricAlarm:MetricAlarm" && one.inputs["region"] !== undefined;
    const resources = plan.resources.filter((one) => !isWatch(one));
    assert.match(
      rendered(documentOf({ ...plan, resources })),
      /notices that its region is lost; add an alarm there that treats missing data as breaching\. The setting is crm:recovery\.watch\.\n/,
    );
  });

  it("and the pack's configuration agree on the buckets, and on the advice", () => {
    const { buckets = [], advice = {} } = readAbout(SHIPPED);
    for (const stack of ["production", "recovery", "staging"]) {
      const config = JSON.parse(fs.readFileSync(packConfigFile(stack), "utf8")) as Record<
        string,
        { advice?: string; notRecovered?: string[]; filledAgain?: string[] }
      >;
      const { notRecovered = [], filledAgain = [] } = config["rpo-rto"]!;
      assert.deepEqual(
        [...notRecovered, ...filledAgain].sort(),
        buckets.map(({ word }) => word).sort(),
      );
      assert.ok(notRecovered.every((word) => bucketPurpose(word, buckets).scenarios.length === 0));
      for (const [rule, kind] of [
        ["recovery-closure", "copies"],
        ["recovery-certificates", "certificates"],
        ["recovery-parameters", "parameters"],
        ["recovery-quotas", "quotas"],
        ["recovery-watch", "watch"],
        ["recovery-promises-watched", "watch"],
      ] as const) {
        assert.equal(config[rule]!.advice, advice[kind], rule);
      }
    }
  });
});
