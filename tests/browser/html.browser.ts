import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { pathToFileURL } from "node:url";

import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";

import { diffOf } from "../../tools/diff/document";
import type { Plan } from "../../tools/preview/index";
import { priced } from "../../tools/report/cost";
import { writePage } from "../../tools/report/page/page";
import { execFileSync } from "../support/child";
import { atLeast, counts, reads } from "../support/eventually";
import { packConfigFile, STACKS_PROJECT } from "../support/stack-files";
import { addressOf, chromiumPath, contrast, type Link, SWITCHES } from "./support";

const ROOT = path.join(__dirname, "..", "..");
const TABS = "resources policies cost recovery capacity reach graph path".split(" ");
const PHONE = { width: 390, height: 844 };
const DESKTOP = { width: 1280, height: 800 };
/** WCAG 2.2, 1.4.3: least contrast of text. https://www.w3.org/TR/WCAG22/#contrast-minimum */
const LEAST_CONTRAST = 4.5;

/** What `--json` says of the same plan: what the page has to show. */
interface Document {
  resources: {
    urn: string;
    type: string;
    name: string;
    parent: string | null;
    inputs: Record<string, unknown>;
    dependencies: string[];
  }[];
  policies: { violations: { urn?: string; policy: string; exempt?: true }[] };
  cost: { monthlyUsd: number; byComponent: Record<string, number>; notEstimated: unknown[] };
  criticalPath: { steps: { urn: string; name: string }[] };
  recovery: Record<string, { lossMinutes: number; restoreMinutes: number; stores: number }>;
}

describe("page of the production plan in a browser", () => {
  let directory: string;
  let document: Document;
  let browser: Browser;
  let url: string;
  /** What a page complains about, of any test. */
  const complaints: string[] = [];

  before(async () => {
    const executablePath = chromiumPath();
    directory = fs.mkdtempSync(path.join(os.tmpdir(), "browser-"));
    const file = path.join(directory, "plan.html");
    const stacks = ["-C", STACKS_PROJECT, "--stack", "production"];
    const pack = ["--policy-pack", path.join(ROOT, "policy-pack")];
    const config = ["--policy-pack-config", packConfigFile("production")];
    const program = path.join(ROOT, "tools", "preview", "cli.js");
    const args = [program, ...stacks, ...pack, ...config, "--json", "--html", file];
    const json = execFileSync(process.execPath, args, {
      ...{ cwd: ROOT, encoding: "utf8", maxBuffer: 100_000_000 },
      stdio: ["ignore", "pipe", "ignore"],
    });
    document = JSON.parse(json) as Document;
    url = pathToFileURL(file).href;
    browser = await chromium.launch({ executablePath, args: SWITCHES });
  });

  after(async () => {
    await browser?.close();
    if (directory) fs.rmSync(directory, { recursive: true, force: true });
  });

  afterEach(async () => {
    for (const context of browser?.contexts() ?? []) await context.close();
    assert.deepEqual(complaints.splice(0), []);
  });

  async function open(hash = "", options: BrowserContextOptions = {}): Promise<Page> {
    const context = await browser.newContext({ viewport: DESKTOP, ...options });
    const page = await context.newPage();
    page.on("console", (message) => {
      if (["error", "warning"].includes(message.type())) complaints.push(message.text());
    });
    page.on("pageerror", (error) => complaints.push(error.message));
    page.on("request", (request) => {
      if (!request.url().startsWith(url)) complaints.push(`asks for ${request.url()}`);
    });
    await page.goto(url + hash);
    return page;
  }

  const rows = (page: Page) => page.locator(".tree a.node");
  const show = (page: Page, tab: string) => page.locator(`#tab-${tab}`).click();
  const rowOf = (page: Page, urn: string) => page.locator(`.tree a.node[href="${addressOf(urn)}"]`);

  function found(type: string, name: string): Document["resources"][number] {
    const one = document.resources.find((item) => item.type === type && item.name === name);
    return one ?? assert.fail(`there is no ${type} ${name}`);
  }

  /** Width of the document and of the window. */
  const widths = (page: Page) =>
    page.evaluate<[number, number]>("[document.documentElement.scrollWidth, innerWidth]");

  /** Text in the keyboard's focus, or its id. */
  const focused = (page: Page) =>
    page.evaluate<string>("document.activeElement.id || document.activeElement.textContent");

  it("loads with the components closed and every resource counted", async () => {
    const page = await open();
    await rows(page).first().waitFor();
    const top = document.resources.filter(({ parent }) => parent === document.resources[0]!.urn);
    await counts(rows(page), top.length + 1);
    const count = document.resources.length - 1;
    await reads(rows(page).first().locator(".count"), String(count));
    await page.getByRole("button", { name: "Expand all" }).click();
    await counts(rows(page), document.resources.length);
    await page.getByRole("button", { name: "Collapse" }).click();
    await counts(rows(page), top.length + 1);
  });

  it("a search leaves what matches and what holds it", async () => {
    const page = await open();
    const primary = found("aws:rds/instance:Instance", "crm-database-primary");
    const matching = document.resources.filter(({ type }) => type === primary.type);
    await page.locator("#search").fill("rds:instance");
    await page.locator("#search").fill("aws:rds/instance:Instance");
    const hrefs = await rows(page).evaluateAll((links) =>
      links.map((link) => (link as unknown as Link).getAttribute("href")),
    );
    const expected = new Set<string>();
    for (const one of matching) {
      for (let urn: string | null = one.urn; urn !== null; urn = parentOf(urn)) {
        expected.add(addressOf(urn));
      }
    }
    assert.deepEqual([...hrefs].sort(), [...expected].sort());
    await page.locator("#search").fill(primary.urn);
    await counts(rowOf(page, primary.urn), 1);
    // A value alone: the row says which input has it.
    await page.locator("#search").fill(String(primary.inputs["dbName"]));
    await reads(rowOf(page, primary.urn), /in dbName/);
    await page.locator("#search").fill("no such thing");
    await counts(rows(page), 0);
    await reads(page.locator(".tree"), /Nothing matches/);
  });

  const parentOf = (urn: string): string | null =>
    document.resources.find((one) => one.urn === urn)?.parent ?? null;

  it("a resource shows its inputs, source, dependencies, dependents and protection", async () => {
    const page = await open();
    const replica = found("aws:rds/instance:Instance", "crm-database-replica");
    await page.locator("#search").fill("crm-database-replica");
    await rowOf(page, replica.urn).click();
    const detail = page.locator(".detail");
    await reads(detail.locator("h2"), replica.name);
    const text = (await detail.innerText()).replace(/\s+/g, " ");
    for (const name of Object.keys(replica.inputs)) assert.ok(text.includes(`${name}: `), name);
    assert.match(text, /dbSubnetGroupName: known after creation/);
    assert.match(text, /Source components\/database\/read-replica\.ts:\d+/);
    assert.match(text, /Protect yes/);
    const links = await detail
      .locator("section a.link")
      .evaluateAll((all) => all.map((link) => (link as unknown as Link).getAttribute("href")));
    for (const urn of replica.dependencies) assert.ok(links.includes(addressOf(urn)), urn);
    const dependents = document.resources.filter(({ dependencies }) =>
      dependencies.includes(replica.urn),
    );
    assert.ok(dependents.length > 0);
    for (const { urn } of dependents) assert.ok(links.includes(addressOf(urn)), urn);
  });

  it("a secret is a word", async () => {
    const isSecret = (value: unknown) => value === "[secret]";
    const one = document.resources.find(({ inputs }) => Object.values(inputs).some(isSecret));
    const page = await open(addressOf(one?.urn ?? assert.fail("no resource has a secret")));
    await reads(page.locator(".detail .v-secret").first(), "[secret]");
  });

  it("a link into the page shows its resource, and the way back works", async () => {
    const key = found("aws:kms/key:Key", "crm-database");
    const page = await open(addressOf(key.urn));
    const title = page.locator(".detail h2");
    await reads(title, "crm-database");
    const row = rowOf(page, key.urn);
    assert.equal(await row.getAttribute("aria-current"), "true");
    await row.waitFor();
    await page.locator(".detail section a.link").first().click();
    await page.locator(`.detail .type:not(:text-is("${key.type}"))`).waitFor();
    await page.goBack();
    await page.locator(`.detail .type:text-is("${key.type}")`).waitFor();
    const odd = await open("#no%such%20resource");
    await rows(odd).first().waitFor();
  });

  it("the policies list every finding, and filter them", async () => {
    const page = await open();
    const { violations } = document.policies;
    const exempt = violations.filter((violation) => violation.exempt);
    assert.ok(exempt.length >= 7, `${exempt.length} exempt`);
    await show(page, "policies");
    const cards = page.locator("#panel-policies .findings .card");
    const said = cards.locator(".said");
    await counts(said, violations.length);
    await page.locator('.filter[data-level="exempt"]').click();
    await counts(said, exempt.length);
    // A card a rule, with the page that explains it.
    const rules = [...new Set(exempt.map(({ policy }) => policy))].sort();
    const links = await cards
      .locator(".card-head a")
      .evaluateAll((all) => all.map((one) => (one as unknown as Link).getAttribute("href")));
    assert.deepEqual(links.map((href) => href!.split("/docs/policies.md#")[1]).sort(), rules);
    await page.locator('.filter[data-level="mandatory"]').click();
    await counts(said, violations.length - exempt.length);
    await page.locator('.filter[data-level="exempt"]').click();
    const { urn } = exempt.find((one) => one.urn) ?? assert.fail("no finding has a resource");
    const link = page.locator(`#panel-policies a[href="${addressOf(urn!)}"]`).first();
    await link.click();
    await page.locator(".detail .findings li").first().waitFor();
  });

  it("the cost is shown by component and by resource, with what is not estimated", async () => {
    const page = await open("#tab=cost");
    const panel = page.locator("#panel-cost");
    const { monthlyUsd, byComponent, notEstimated } = document.cost;
    const dollars = monthlyUsd.toLocaleString("en", { maximumFractionDigits: 2 });
    await reads(panel.locator("h2", { hasText: `$${dollars}` }).first(), /^\$/);
    await counts(panel.locator(".bars li"), Object.keys(byComponent).length);
    await atLeast(panel.locator(".costs details"), 101);
    const rest = panel.locator("section", { hasText: "Not estimated" }).locator("li");
    await counts(rest, notEstimated.length);
    await panel.locator(".costs summary").first().click();
    await panel.locator(".costs details[open] li").first().waitFor();
  });

  it("the graph draws the components, and a resource its neighbours", async () => {
    const page = await open("#tab=graph");
    const panel = page.locator("#panel-graph");
    await atLeast(panel.locator("svg a.box"), 15);
    await atLeast(panel.locator("svg path.edge"), 15);
    await panel.locator('a.box:has-text("crm-database")').first().click();
    await reads(page.locator(".detail h2"), "crm-database");
    const replica = found("aws:rds/instance:Instance", "crm-database-replica");
    const other = await open(addressOf(replica.urn));
    const drawing = other.locator(".detail svg");
    await counts(drawing.locator("a.box.centre"), 1);
    await atLeast(drawing.locator("a.box"), 11);
    await atLeast(drawing.locator("path.edge.near"), 6);
  });

  it("no text leaves its box in a drawing", async () => {
    const replica = found("aws:rds/instance:Instance", "crm-database-replica");
    for (const hash of ["#tab=graph", addressOf(replica.urn)]) {
      const page = await open(hash);
      await page.locator("svg a.box").first().waitFor();
      const outside = await page.evaluate<string[]>(`
        [...document.querySelectorAll("svg a.box")].flatMap((box) => {
          const right = box.querySelector("rect").getBoundingClientRect().right;
          return [...box.querySelectorAll("text")]
            .filter((text) => text.getBoundingClientRect().right > right)
            .map((text) => text.textContent);
        })`);
      assert.deepEqual(outside, []);
    }
  });

  it("the critical path shows its steps in order", async () => {
    const page = await open("#tab=path");
    await page.locator(".timeline li a.link").first().waitFor();
    const names = await page
      .locator(".timeline li a.link")
      .evaluateAll((links) => links.map((link) => (link as unknown as Link).getAttribute("href")));
    assert.deepEqual(
      names,
      document.criticalPath.steps.map(({ urn }) => addressOf(urn)),
    );
  });

  it("the recovery shows each store in each scenario, with its way back", async () => {
    const page = await open("#tab=recovery");
    const panel = page.locator("#panel-recovery");
    const scenarios = Object.entries(document.recovery);
    assert.equal(scenarios.length, 3);
    for (const [scenario, { stores }] of scenarios) {
      const cards = panel.locator("section", { hasText: new RegExp(`^${scenario}`, "i") });
      await counts(cards.locator(".card"), stores, scenario);
    }
    const worst = document.recovery["region lost"]!;
    const lost = panel.locator("section", { hasText: /^region lost/i });
    await counts(panel.locator(".badge.good"), await panel.locator(".card").count());
    assert.match(
      (await lost.textContent()) ?? "",
      new RegExp(`Data loss ${worst.lossMinutes} min`),
    );
    const { urn } = found("aws:rds/instance:Instance", "crm-database-primary");
    const database = lost.locator(".card", { has: page.locator(`a[href="${addressOf(urn)}"]`) });
    await database.locator("summary").click();
    const times = await database.locator(".timeline .time").allTextContents();
    const sum = times.reduce((total, text) => total + Number.parseInt(text, 10), 0);
    assert.equal(sum, worst.restoreMinutes);
  });

  it("the capacity has its first limit, the loss of a zone and a plot of each load", async () => {
    const panel = (await open("#tab=capacity")).locator("#panel-capacity");
    await counts(panel.locator("svg.plot polyline[points]"), 9);
    await reads(panel, /First limit: (?!.*undefined).*zone lost: 0 min of data/);
  });

  it("on a phone no view is wider than the screen", async () => {
    const page = await open("", { viewport: PHONE, hasTouch: true, isMobile: true });
    for (const tab of TABS) {
      await show(page, tab);
      await page.locator(`#panel-${tab}`).waitFor();
      const [wide, screen] = await widths(page);
      assert.equal(screen, PHONE.width, tab);
      assert.ok(wide <= screen, `${tab} is ${wide} wide`);
    }
    const tabs = await page.evaluate<number[]>(
      "(({ scrollWidth, clientWidth }) => [scrollWidth, clientWidth])(document.querySelector('#tabs'))",
    );
    assert.ok(tabs[0]! <= tabs[1]!, `the tabs are ${tabs[0]} wide in ${tabs[1]}`);
    await show(page, "graph");
    await page.waitForFunction(
      "((d) => Math.abs(d.scrollLeft - (d.scrollWidth - d.clientWidth) / 2) < 20)(document.querySelector('.drawing.wide'))",
    );
    await show(page, "resources");
    await page.getByRole("button", { name: "Expand all" }).click();
    assert.ok((await widths(page))[0] <= PHONE.width, "the whole tree");
    await rowOf(page, found("aws:rds/instance:Instance", "crm-database-replica").urn).click();
    await page.locator(".browser").waitFor({ state: "hidden" });
    assert.ok((await widths(page))[0] <= PHONE.width, "a resource");
    await page.getByRole("link", { name: "All resources" }).click();
    await page.locator(".browser").waitFor();
  });

  it("light and dark differ, and every text is readable in both", async () => {
    const grounds: string[] = [];
    for (const colorScheme of ["light", "dark"] as const) {
      const replica = found("aws:rds/instance:Instance", "crm-database-replica");
      const page = await open(addressOf(replica.urn), { colorScheme });
      grounds.push(await page.evaluate<string>("getComputedStyle(document.body).backgroundColor"));
      for (const tab of TABS) {
        if (tab !== "resources") await show(page, tab);
        for (const text of await texts(page)) {
          const ratio = contrast(text.color, text.grounds);
          const what = `${colorScheme}, ${tab}: ${text.text} has ${ratio.toFixed(2)}`;
          assert.ok(ratio >= LEAST_CONTRAST, what);
        }
      }
    }
    assert.notEqual(grounds[0], grounds[1]);
  });

  /** Each visible text, with its colour and the colours behind it, innermost first. */
  const texts = (page: Page) =>
    page.evaluate<{ text: string; color: string; grounds: string[] }[]>(`
      [...document.querySelectorAll("body *")]
        .filter((element) => element.checkVisibility() && !element.closest("script, noscript, title"))
        .filter((element) => [...element.childNodes].some((node) =>
          node.nodeType === Node.TEXT_NODE && node.data.trim()))
        .map((element) => {
          const box = element.closest("svg a")?.querySelector("rect");
          const grounds = box ? [getComputedStyle(box).fill] : [];
          for (let at = element.closest("svg") ?? element; at; at = at.parentElement) {
            grounds.push(getComputedStyle(at).backgroundColor);
          }
          const { fill, color } = getComputedStyle(element);
          return { text: element.textContent.slice(0, 40), grounds,
            color: element.closest("svg") ? fill : color };
        })`);

  it("the keyboard reaches everything", async () => {
    const page = await open("#tab=cost");
    await page.keyboard.press("/");
    assert.equal(await focused(page), "search");
    await page.locator("#panel-resources").waitFor();
    await page.keyboard.type("crm-database-replica");
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    await page.locator(".detail h2").waitFor();
    await page.locator("#search").focus();
    await page.keyboard.press("Escape");
    assert.equal(await page.locator("#search").inputValue(), "");

    await rows(page).first().focus();
    const before = await rows(page).count();
    await page.keyboard.press("ArrowLeft");
    await counts(rows(page), 1);
    await page.keyboard.press("ArrowRight");
    await counts(rows(page), before);
    await page.keyboard.press("ArrowDown");
    assert.match(await focused(page), /crm/);

    await page.locator("#tab-resources").focus();
    await page.keyboard.press("ArrowRight");
    await page.locator("#panel-policies").waitFor();
    assert.equal(await focused(page), "tab-policies");
    await page.keyboard.press("ArrowLeft");
    await page.keyboard.press("ArrowLeft");
    await page.locator("#panel-path").waitFor();
    assert.equal(await page.locator("#tab-path").getAttribute("aria-selected"), "true");
  });

  it("a comparison opens on what changes", async () => {
    const plan = { ...document, durationMs: 0 } as unknown as Plan;
    const resources = plan.resources.map((one) =>
      one.urn === found("aws:rds/instance:Instance", "crm-database-primary").urn
        ? { ...one, inputs: { ...one.inputs, dbName: "other", instanceClass: "db.t4g.micro" } }
        : one,
    );
    const file = path.join(directory, "diff.html");
    writePage(file, plan, priced(plan).cost, diffOf({ ...plan, resources }, plan));
    const planUrl = url;
    url = pathToFileURL(file).href;
    try {
      for (const colorScheme of ["light", "dark"] as const) {
        const page = await open("", { colorScheme });
        const panel = page.locator("#panel-changes");
        await reads(panel, /to replace \(data lost\)/);
        assert.doesNotMatch((await panel.textContent()) ?? "", /\[object|false/);
        const row = panel.locator("details[open]", { hasText: "crm-database-primary" }).first();
        await reads(row, /dbName: "other" -> .*; replaces/);
        for (const text of await texts(page)) {
          assert.ok(contrast(text.color, text.grounds) >= LEAST_CONTRAST, text.text);
        }
      }
      const phone = await open("", { viewport: PHONE, hasTouch: true, isMobile: true });
      const [wide, screen] = await widths(phone);
      assert.ok(wide <= screen, `${wide} wide`);
    } finally {
      url = planUrl;
    }
  });

  it("a slash in the search is a slash", async () => {
    const page = await open();
    await page.keyboard.press("/");
    await page.keyboard.type("aws:kms/key");
    assert.equal(await page.locator("#search").inputValue(), "aws:kms/key");
  });
});
