import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";

import { limitsOfPlan } from "../../../analysis/capacity/of-plan";
import { profilesFor } from "../../../analysis/capacity/sim-of-plan";
import { zoneLossOf, zoneLossText } from "../../../analysis/capacity/zone-loss";
import type { CostEstimate } from "../../../analysis/cost/model";
import { SIGNATURE, UNKNOWN } from "../../../analysis/plan/model";
import { secret } from "../../../analysis/plan/values";
import { diffOf } from "../../../tools/diff/document";
import { parseArguments } from "../../../tools/preview/args";
import { exitCodeOf, PreviewError } from "../../../tools/preview/engine/errors";
import type { Plan } from "../../../tools/preview/index";
import { firstLimit } from "../../../tools/report/capacity";
import { priced } from "../../../tools/report/cost";
import { totalOf } from "../../../tools/report/cost";
import { UNKNOWN_MARK } from "../../../tools/report/page/data";
import { renderHtml, writePage } from "../../../tools/report/page/page";
import { repositoryFrom } from "../../../tools/report/rule-page";
import { planOf } from "../../support/plans";
import { preview, resource, sample, stackResource } from "../preview/support";

/** Plain or nested, as list item or document: none of these may stand in the page. */
const SECRETS = ["hush-plain", "hush-nested", "hush-listed", "hush-output", "hush-exported"];

const HOSTILE = `</script><script>alert(1)</script><!-- \u2028 " ' & ${"\u0000"}`;

const store = resource("crm:aws:CrmStore", "store", stackResource, {
  custom: false,
  outputs: { url: secret("hush-output"), name: "store" },
});
const key = resource("aws:kms/key:Key", "key", store, {
  protect: true,
  ignoreChanges: ["tags"],
  hooks: { beforeCreate: ["announce"] },
  customTimeouts: { create: 90 },
  source: "components/store.ts:12:5",
});
const parameter = resource("aws:ssm/parameter:Parameter", "parameter", store, {
  inputs: {
    name: HOSTILE,
    keyId: UNKNOWN,
    value: secret("hush-plain"),
    settings: { password: secret({ deep: "hush-nested" }), port: 5432 },
    list: ["open", secret("hush-listed"), secret(UNKNOWN)],
    code: { [SIGNATURE]: "0def7320c3a5731c473e5ecbe6d01bc7", path: "./dist" },
  },
  dependencies: [key.urn, key.urn, "urn:pulumi:dev::sample::a:b:C::not-in-the-plan"],
  propertyDependencies: { keyId: [key.urn], value: [] },
});

const plan: Plan = {
  project: "sample",
  stack: "<dev>",
  resources: [stackResource, store, key, parameter],
  outputs: { token: secret("hush-exported"), arn: UNKNOWN },
  policies: {
    packs: [{ name: "pack", version: "1.0.0", policies: 3 }],
    violations: [
      {
        ...{ pack: "pack", policy: "named", enforcementLevel: "advisory", urn: key.urn },
        message: HOSTILE,
      },
      { pack: "pack", policy: "whole", enforcementLevel: "mandatory", message: "the stack" },
    ],
    undecided: [{ pack: "pack", policy: "unclear", urn: parameter.urn, message: "unknown" }],
    remediations: [{ pack: "pack", policy: "tags", urn: key.urn, properties: ["tags"] }],
  },
  diagnostics: [{ severity: "warning", message: "an example account", urn: key.urn }],
  durationMs: 1234,
};

const cost: CostEstimate = {
  monthlyUsd: 1,
  byComponent: { store: 1 },
  lines: [
    {
      ...{ urn: key.urn, type: key.type, name: key.name, component: "store", item: "key" },
      ...{ quantity: 1, price: "kms-key", unitUsd: 1, monthlyUsd: 1 },
    },
  ],
  notEstimated: [{ type: parameter.type, count: 1, reason: "no price" }],
  pricesOf: "2026-01-01",
};

/** The data of a page as its script reads it: the text of the element up to the first end tag. */
function dataOf(html: string): any {
  const text = /<script type="application\/json" id="plan">([^]*?)<\/script/.exec(html)?.[1];
  return JSON.parse(text ?? assert.fail("the page has no data"));
}

const scriptOf = (html: string): string =>
  /<script>([^]*?)<\/script>/.exec(html)?.[1] ?? assert.fail("the page has no script");

describe("page of a plan", () => {
  const html = renderHtml(plan, cost);
  const data = dataOf(html);
  const byName = (name: string) => data.resources.find((one: any) => one.name === name);

  it("shows no secret, wherever it stands", () => {
    for (const text of SECRETS) assert.equal(html.includes(text), false, text);
    assert.deepEqual(byName("parameter").inputs.settings, { password: "[secret]", port: 5432 });
    assert.deepEqual(byName("parameter").inputs.list, ["open", "[secret]", "[secret]"]);
    assert.equal(byName("store").outputs.url, "[secret]");
    assert.equal(byName("sample-dev").outputs.token, "[secret]");
  });

  it("has the sum of the terminal, and none where no price is known", () => {
    assert.equal(data.cost.total, `$${totalOf(cost)}`);
    const open = { ...cost, lines: [], monthlyUsd: 0 };
    open.notEstimated = [{ type: "aws:x/y:Z", count: 1, reason: "no price" }];
    assert.equal(totalOf(open), "not known");
    assert.equal(dataOf(renderHtml(plan, open)).cost.total, undefined);
  });

  it("has every resource, each after its parent, with its options", () => {
    assert.deepEqual(
      data.resources.map(({ urn }: any) => urn).sort(),
      plan.resources.map(({ urn }) => urn).sort(),
    );
    data.resources.forEach(({ parent }: any, index: number) => assert.ok(!(parent >= index)));
    const { urn, name, type, parent, ...rest } = byName("key");
    assert.deepEqual([urn, name, type], [key.urn, key.name, key.type]);
    assert.equal(data.resources[parent].name, "store");
    assert.deepEqual(rest, {
      source: "components/store.ts:12:5",
      protect: 1,
      ignoreChanges: ["tags"],
      customTimeouts: { create: 90 },
      hooks: { beforeCreate: ["announce"] },
    });
  });

  it("marks what is not known, and names dependencies by position, each once", () => {
    const { inputs, dependencies, by } = byName("parameter");
    assert.equal(inputs.keyId, UNKNOWN_MARK);
    assert.equal(html.includes(UNKNOWN), false);
    assert.deepEqual(inputs.code, { path: "./dist" });
    const at = data.resources.findIndex(({ name }: any) => name === "key");
    assert.deepEqual(dependencies, [at]);
    assert.deepEqual(by, { keyId: [at] });
  });

  it("has findings, cost and critical path of each resource", () => {
    const at = (name: string) => data.resources.findIndex((one: any) => one.name === name);
    assert.deepEqual(
      data.policies.findings.map(({ level, policy, resource: of }: any) => [level, policy, of]),
      [
        ["advisory", "named", at("key")],
        ["mandatory", "whole", undefined],
        ["undecided", "unclear", at("parameter")],
      ],
    );
    assert.equal(data.policies.remediations[0].resource, at("key"));
    assert.deepEqual(data.cost.lines, [
      { resource: at("key"), item: "key", quantity: 1, unitUsd: 1, usd: 1 },
    ]);
    assert.deepEqual(data.cost.notEstimated, cost.notEstimated);
    assert.deepEqual(
      data.path.steps.map(({ resource: of }: any) => of),
      [at("key"), at("parameter")],
    );
  });

  it("an input that ends a script is harmless, and arrives as it is", () => {
    assert.equal(byName("parameter").inputs.name, HOSTILE);
    assert.equal(data.policies.findings[0].message, HOSTILE);
    assert.equal(html.includes("alert(1)</script>"), false);
    assert.equal(html.includes("<!-- "), false);
    assert.equal(html.match(/<script/g)?.length, 2);
    assert.equal(html.match(/<\/script/g)?.length, 2);
    assert.match(html, /<title>sample\/&lt;dev&gt;: plan<\/title>/);
  });

  it("needs nothing besides itself, and lets no other script run", () => {
    const policy = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(html)?.[1] ?? "";
    const hash = createHash("sha256").update(scriptOf(html)).digest("base64");
    assert.deepEqual(policy.split("; "), [
      "default-src 'none'",
      "style-src 'unsafe-inline'",
      `script-src 'sha256-${hash}'`,
      "base-uri 'none'",
      "form-action 'none'",
    ]);
    assert.doesNotMatch(html, /<(?:link|img|iframe|base|form|object)\b/);
    assert.doesNotMatch(html, /\b(?:src|onclick|onload)=|@import|url\(|<script [^>]*src/);
    const script = scriptOf(html).replace("http://www.w3.org/2000/svg", "");
    assert.doesNotMatch(script, /\b(?:fetch|XMLHttpRequest|import|WebSocket|eval)\(|https?:/);
    // What comes from the plan is set as text, never as markup.
    assert.doesNotMatch(script, /innerHTML|outerHTML|insertAdjacentHTML|document\.write/);
  });

  it("links a rule of this project's pack to its explanation, of no other", () => {
    const said = (pack: string, repository?: string) => {
      const violations = [{ pack, policy: "a-rule", enforcementLevel: "advisory" as const }];
      const about = { policies: { "crm-policy-pack": "docs/policies.md" } };
      const policies = { ...plan.policies, violations: [{ ...violations[0]!, message: "m" }] };
      return dataOf(renderHtml({ ...plan, policies, about }, cost, { repository })).policies
        .findings[0];
    };
    assert.equal(said("crm-policy-pack", "../").page, "../docs/policies.md#a-rule");
    for (const page of [said("other", "../"), said("crm-policy-pack")]) {
      assert.equal("page" in page, false);
    }
    const github = { GITHUB_SERVER_URL: "https://github.com", GITHUB_REPOSITORY: "o/r" };
    assert.equal(
      repositoryFrom("out/plan.html", { ...github, GITHUB_SHA: "abc" }),
      "https://github.com/o/r/blob/abc/",
    );
    const own = repositoryFrom(path.join(__dirname, "plan.html"), {});
    assert.ok(fs.existsSync(path.join(__dirname, own, "docs", "policies.md")), own);
  });

  it("has what changes, in the words of the terminal, only where a comparison was made", () => {
    assert.equal("changes" in data, false);
    const before = { ...plan, resources: plan.resources.map((one) => ({ ...one })) };
    before.resources[3] = { ...parameter, inputs: { ...parameter.inputs, name: "other" } };
    const { changes } = dataOf(renderHtml(plan, cost, { diff: diffOf(before, plan) }));
    assert.match(changes.headline, /^<dev>: 0 to add, 0 to change, 1 to replace/);
    assert.equal(changes.resources.length, 1);
    const [{ op, name, resource: index, properties }] = changes.resources;
    assert.deepEqual([op, name, data.resources[index].name], ["replace", "parameter", "parameter"]);
    assert.match(properties[0], /^name: "other" -> .*; replaces$/);
    const failures = [{ message: "no such setting", frames: [] }];
    const error = { stack: "dev", error: { side: "base" as const, failures } };
    assert.deepEqual(dataOf(renderHtml(plan, cost, { diff: error })).changes, {
      headline: "dev: changes not known, the base's program fails",
      errors: ["no such setting"],
    });
  });

  it("a plan without packs, prices and components is a page as well", () => {
    const policies = { packs: [], violations: [], undecided: [], remediations: [] };
    const nothing = { ...cost, monthlyUsd: 0, byComponent: {}, lines: [], notEstimated: [] };
    const bare = { ...plan, resources: [stackResource], outputs: {}, policies, diagnostics: [] };
    assert.equal(dataOf(renderHtml(bare, nothing)).resources.length, 1);
  });
});

describe("page of the production stack", () => {
  it("has the first limit, the loss of a zone, and a plot of each load in time", async () => {
    const planned = await planOf("production");
    const { plan: whole, cost: estimated } = priced(planned);
    const { first, zone, plots } = dataOf(renderHtml(whole, estimated)).capacity;
    const found = limitsOfPlan(whole);
    assert.equal(first, firstLimit(found));
    assert.equal(zone, zoneLossText(zoneLossOf(found.load.stack)!));
    const names = plots.map((one: { name: string }) => one.name);
    assert.deepEqual(names, profilesFor(1).map(({ name }) => name)); // prettier-ignore
    const [day] = plots;
    assert.equal(day.minutes, 24 * 60);
    // The peak of the day is today's busiest hour; the tasks do not follow it below the fewest, 8.
    const [rps, tasks] = day.series;
    assert.equal(rps.most, Math.round(found.today[1]));
    assert.ok(Math.max(...rps.shares) === 1 && Math.min(...rps.shares) < 0.2);
    assert.ok(tasks.most >= 8 && Math.min(...tasks.shares) > 0);
    assert.equal(rps.shares.length, 24 * 60);
  });

  it("has who reaches what, the internet first", async () => {
    const { plan: whole, cost: estimated } = priced(await planOf("production"));
    const { says, tables } = dataOf(renderHtml(whole, estimated)).reach;
    assert.match(says, /^\d+ paths are open through the network and \d+ by policies/);
    assert.equal(tables[0].title, "From the internet");
    assert.deepEqual(tables[0].rows[0].from, ["internet"]);
  });

  it("has no capacity where nothing takes requests", () => {
    assert.equal("capacity" in dataOf(renderHtml(plan, cost)), false);
  });

  it("has all resources in less than 2 MB", async () => {
    const planned = await planOf("production");
    const { plan: whole, cost: estimated } = priced(planned);
    const html = renderHtml(whole, estimated);
    assert.ok(Buffer.byteLength(html) < 2_000_000, `${Buffer.byteLength(html)} bytes`);
    assert.ok(whole.resources.length > 600, `${whole.resources.length} resources`);
    assert.equal(dataOf(html).resources.length, whole.resources.length);
  });
});

describe("preview --html", () => {
  let directory: string;
  before(() => (directory = fs.mkdtempSync(path.join(os.tmpdir(), "page-"))));
  after(() => fs.rmSync(directory, { recursive: true, force: true }));

  it("takes one file name", () => {
    assert.equal(parseArguments(["--html", "out.html", "--json"]).html, "out.html");
    assert.equal("html" in parseArguments([]), false);
    for (const argv of [["--html"], ["--html="]]) {
      assert.throws(
        () => parseArguments(argv),
        (error: unknown) => error instanceof PreviewError && exitCodeOf(error.kind) === 2,
      );
    }
  });

  it("writes the page besides what is printed, and no encrypted setting into it", async () => {
    const file = path.join(directory, "out.html");
    const args = ["-s", "complete", "--no-policy", "--json", "--html", file];
    const { code, stdout, stderr } = await preview(args);
    assert.equal(code, 0, stderr);
    const document = JSON.parse(stdout) as { resources: { urn: string }[] };
    const html = fs.readFileSync(file, "utf8");
    assert.deepEqual(
      dataOf(html).resources.map(({ urn }: any) => urn),
      document.resources.map(({ urn }) => urn),
    );
    const settings = fs.readFileSync(path.join(sample, "Pulumi.complete.yaml"), "utf8");
    for (const [, text] of settings.matchAll(/secure: (\S+)/g)) {
      assert.equal(html.includes(text!), false);
    }
    assert.equal(dataOf(html).resources[0].outputs.generated, "[secret]");
    assert.deepEqual(fs.readdirSync(directory), ["out.html"]);
  });

  it("where it cannot be written: one error, exit code 2, nothing left behind", async () => {
    const file = path.join(directory, "nowhere", "out.html");
    const args = ["-s", "complete", "--no-policy", "--html", file];
    const { code, stdout, stderr } = await preview(args);
    assert.equal(code, 2);
    assert.equal(stdout, "");
    assert.deepEqual(stderr.split("\n"), [
      `error: --html ${file}: there is no directory ${path.dirname(file)}`,
      "See npm run preview -- --help",
      "",
    ]);
    assert.equal(fs.existsSync(path.dirname(file)), false);
  });

  it("replaces an older page, and leaves a directory of that name alone", () => {
    const target = path.join(directory, "again.html");
    writePage(target, { ...plan, stack: "old" }, cost);
    writePage(target, { ...plan, stack: "new" }, cost);
    assert.equal(dataOf(fs.readFileSync(target, "utf8")).stack, "new");
    const folder = path.join(directory, "folder.html");
    fs.mkdirSync(folder);
    assert.throws(() => writePage(folder, plan, cost), /folder\.html: is a directory, not a file$/);
    assert.deepEqual(
      fs.readdirSync(directory).filter((name) => name.endsWith(".tmp")),
      [],
    );
  });
});
