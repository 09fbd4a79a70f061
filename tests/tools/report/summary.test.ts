import assert from "node:assert/strict";

import type { Plan, PlannedResource } from "../../../analysis/plan/model";
import { inTreeOrder } from "../../../analysis/plan/tree";
import { priced } from "../../../tools/report/cost";
import { withoutMiddle } from "../../../tools/report/outcome";
import { terminalOf } from "../../../tools/report/style";
import { MOST_LINES, renderSummary } from "../../../tools/report/summary";
import { renderText } from "../../../tools/report/text";
import { groupedWarnings } from "../../../tools/report/warnings";
import { planOf } from "../../support/plans";
import { stackNames } from "../../support/stack-files";
import { resource, stackResource } from "../preview/support";

const wide = { width: 120, color: false };
const warning = (message: string) => ({ severity: "warning" as const, message });

describe("the summary of a preview", () => {
  it("shows the refused value, and of its pattern what has room", () => {
    const text = `sourceArn: expected a text that matches ${"^arn:".repeat(20)}, got "undefined*/*"`;
    const shown = withoutMiddle(text, 80);
    assert.equal(shown.length, 80);
    assert.match(
      shown,
      /^sourceArn: expected a text that matches \^arn:.*…, got "undefined\*\/\*"$/,
    );
    assert.equal(withoutMiddle("x: expected 1, got 2", 80), "x: expected 1, got 2");
  });

  const shown = (plan: Plan, width = 120) => {
    const made = priced(plan);
    return renderSummary(made.plan, { width, color: false }, made.cost).trimEnd().split("\n");
  };
  it("says what the month's cost leaves out in a region without prices, and judges no budget by it", async () => {
    const plan = await planOf("production");
    assert.match(shown(plan)[0]!, / USD a month of a budget of /);
    const elsewhere = { ...plan, region: "eu-central-1" };
    for (const { type, inputs } of elsewhere.resources) {
      if (type === "pulumi:providers:aws") inputs["region"] = "eu-central-1";
    }
    assert.match(
      shown(elsewhere)[0]!,
      / USD a month without \d+ resources that have no price here$/,
    );
    const { plan: judged, cost } = priced(elsewhere);
    const text = renderText(judged, { width: 120, color: false }, cost);
    assert.doesNotMatch(text, /of a budget of/);
  });

  it("says beside the month's cost that the region of the prices is a guess", () => {
    const alarm = resource("aws:cloudwatch/metricAlarm:MetricAlarm", "cpu", stackResource);
    const plan = (settings: Partial<Plan>): Plan => ({
      ...{ project: "crm", stack: "production", outputs: {}, diagnostics: [], durationMs: 1 },
      resources: inTreeOrder([stackResource, alarm]),
      policies: { packs: [], violations: [], undecided: [], remediations: [] },
      ...settings,
    });
    const [first, second] = shown(plan({}));
    assert.match(first!, /0\.10 USD a month/);
    assert.match(second!, /^assumed: what names no region is in us-east-1; pulumi config set/);
    assert.doesNotMatch(shown(plan({ region: "us-east-1" })).join("\n"), /assumed/);
  });

  const bucket = (made: Partial<PlannedResource> = {}) =>
    resource("aws:s3/bucket:Bucket", "crm-storage-uploads", stackResource, made);
  const violated = (count: number, made?: Partial<PlannedResource>): Plan => {
    const uploads = bucket(made);
    return {
      ...{ project: "crm", stack: "production", outputs: {}, diagnostics: [], durationMs: 1 },
      resources: inTreeOrder([stackResource, uploads]),
      settings: ["aws:region", "crm:storage"],
      about: { policies: { "crm-policy-pack": "docs/policies.md" } },
      policies: {
        packs: [{ name: "crm-policy-pack", version: "0.1.0", policies: 244 }],
        violations: Array.from({ length: count }, (_, index) => ({
          ...{ pack: "crm-policy-pack", policy: `s3-rule-${index}`, urn: uploads.urn },
          ...{ enforcementLevel: "mandatory" as const, message: "versioning is off." },
        })),
        ...{ undecided: [], remediations: [] },
      },
    };
  };

  for (const stack of [...stackNames(), "bootstrap"]) {
    it(`of ${stack} has ${MOST_LINES} lines at most, on any terminal, and none is longer than that`, async () => {
      const plan = await planOf(stack);
      for (const width of [60, 80, 120, 200]) {
        const lines = shown(plan, width);
        assert.ok(lines.length <= MOST_LINES, `${lines.length} lines of ${width}`);
        assert.match(lines.at(-1)!, /^PASSED: /);
      }
      const long = shown(plan).filter((line) => line.length > 120);
      assert.ok(long.length <= 1, long.join("\n"));
    });
  }

  it("has components with counts and cost, the dearest, recovery and the time of a first update", async () => {
    const text = shown(await planOf("production")).join("\n");
    for (const part of [
      /^Preview of crm, stack production: \d+ resources, \d+ of them created by providers; [\d,.]+ USD a month of a budget of [\d,.]+ USD$/m,
      /crm-database +\d+ +\d+\.\d\d/,
      /^Most expensive, USD a month\n( +[\d.]+ {2}aws:\S+ \S+\n){5}/m,
      /^Without load, 8 of 9 tasks run on demand \(the base\); Spot runs 3 %, not the 30 % of its weight$/m,
      /^warning: crm:services\.\*\.image is not set: analytics, auth, core, social$/m,
      /region lost [\dhmin ]+, [\dhmin ]+;/,
      /^First `pulumi up`: about \d+ minutes, \d+ minutes of them aws:rds:Instance/m,
      /--tree, --resources, --html FILE$/m,
    ]) {
      assert.match(text, part);
    }
  });

  it("of a plan that is refused ends with each violation's rule, resource, place, setting and page", () => {
    const lines = shown(violated(1, { source: "components/storage/secure-bucket.ts:74:7" }));
    assert.deepEqual(lines.slice(-4), [
      "mandatory s3-rule-0: crm-storage-uploads (aws:s3:Bucket)",
      "    versioning is off.",
      "    components/storage/secure-bucket.ts:74, crm:storage, docs/policies.md#s3-rule-0",
      "FAILED: 1 mandatory, none undecided (crm-policy-pack 0.1.0, 244 rules)",
    ]);
    const named = violated(1);
    named.policies.violations[0]!.message = "over budget; raise crm:cost.monthlyBudgetUsd.";
    assert.match(shown(named).at(-2)!, /^ +Pulumi\.yaml, crm:cost\.monthlyBudgetUsd, docs/);
  });

  it("gives violations their room, and counts those that have none", () => {
    const lines = shown(violated(30));
    assert.ok(lines.length <= MOST_LINES);
    assert.ok(lines.includes("and 22 mandatory violations more: --resources"));
    assert.match(lines.at(-1)!, /^FAILED: 30 mandatory,/);
  });

  it("of a plan without a policy pack says so, and --resources ends with the verdict as well", () => {
    const plan = violated(0);
    const without = { ...plan, policies: { ...plan.policies, packs: [] } };
    assert.equal(shown(without).at(-1), "PASSED: the program runs; no policy pack was run");
    assert.match(renderText(violated(1), wide), /\nFAILED: 1 mandatory, [^\n]*\n$/);
  });

  it("obeys nothing that a message says to a terminal", () => {
    const plan = { ...violated(1), diagnostics: [warning("red \u001b[31m")] };
    plan.policies.violations[0]!.message = "up \u001b[2A";
    const text = shown(plan).join("\n");
    assert.ok(!text.includes("\u001b"), JSON.stringify(text));
  });

  it("groups warnings that say the same of several settings, or the same", () => {
    const texts = groupedWarnings([
      warning("crm:services.auth.image is not set: the auth service runs another."),
      warning("the same"),
      warning("crm:services.core.image is not set: the core service runs another."),
      warning("crm:services.core.port is not set: x"),
      warning("crm:secrets.one is not set: ONE; a deployment is refused."),
      warning("the same"),
      warning("crm:a.b is 3,\n  which is odd."),
    ]).map(({ text }) => text);
    assert.deepEqual(texts, [
      "crm:services.*.image is not set: auth, core",
      "the same (2 times)",
      "crm:services.core.port is not set: x",
      "crm:secrets.one is not set: ONE; a deployment is refused.",
      "crm:a.b is 3, which is odd.",
    ]);
  });

  it("is painted on a terminal, unless the environment says otherwise", () => {
    const tty = { isTTY: true, columns: 80 };
    for (const [stream, env, color] of [
      [tty, {}, true],
      [tty, { NO_COLOR: "1" }, false],
      [tty, { TERM: "dumb" }, false],
      [{}, {}, false],
      [{}, { FORCE_COLOR: "1" }, true],
      [{}, { FORCE_COLOR: "", NO_COLOR: "1" }, true],
      [tty, { FORCE_COLOR: "0" }, false],
      [tty, { FORCE_COLOR: "false" }, false],
    ] as const) {
      assert.equal(terminalOf(stream, env).color, color, JSON.stringify(env));
    }
  });
});
