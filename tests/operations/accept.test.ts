/** What is made of stack files and code: as the program makes it, and what the command does when it is not. */
import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";

import { differences, lost, main, summary, undecided } from "../../operations/accept";
import {
  filesOfImages,
  filesOfPlans,
  FIXTURES,
  OWN,
  plansOf,
  type PlansByStack,
} from "../../operations/derived";
import { planWith } from "../../operations/example";
import { currentFigurePages, type Plans } from "../../operations/pages/figures";
import type { Plan } from "../../tools/preview/index";
import { planOf } from "../support/plans";
import { packConfigFile, STACKS_PROJECT, stackFileText, stackNames } from "../support/stack-files";
import { USAGE } from "../support/usage";

const ROOT = path.join(__dirname, "..", "..");

describe("files that are generated from the tests' own stacks", () => {
  let plans: Map<string, Plan>;
  before(async () => {
    plans = new Map();
    for (const stack of stackNames()) {
      plans.set(stack, await planOf(stack));
    }
  });

  it("is current", async () => {
    const images = await filesOfImages(ROOT, FIXTURES);
    const found = differences(
      ROOT,
      new Map([...filesOfPlans(ROOT, FIXTURES, plans, await planOf("bootstrap")), ...images]),
    );
    assert.deepEqual(found.flatMap(summary), [], "npm run accept -- --fixtures");
    assert.deepEqual(lost(ROOT, FIXTURES, plans), []);
  });

  it("is made while the standby serves and users are held there; the one row without a decision is of the hold", async () => {
    const changes = {
      production: { "crm:edge": { healthCheck: { holdStandby: true } } },
      recovery: { "crm:recovery": { serving: true }, "crm:database": { multiAz: true } },
    };
    const serving = new Map(plans);
    for (const [stack, config] of Object.entries(changes)) {
      const base = { stack, cwd: STACKS_PROJECT, packConfig: packConfigFile(stack) };
      serving.set(stack, await planWith({ config }, base));
    }
    const files = filesOfPlans(ROOT, FIXTURES, serving, await planOf("bootstrap"));
    const page = (name: string) => files.get(path.join(FIXTURES.pages, name)) ?? "";
    // While users are held on the standby, it is true that this stack's CDN does not lead to its own load balancer.
    const [said = "", ...more] = undecided(new Map([["docs/conformance.md", page("docs/conformance.md")]]));
    assert.match(said, /: 1 differ .*: "CDN before the load balancer"\. /);
    assert.deepEqual(more, []);
    // The standby host's record leads to the load balancer that the page is about.
    assert.match(page("docs/request-ways.md"), /load balancer crm-cluster/);
  }); // prettier-ignore

  it("changes with the plan", () => {
    const production = plans.get("production")!;
    const last = production.resources.findLast(({ custom }) => custom)!;
    const resources = production.resources.filter((resource) => resource !== last);
    const fewer = new Map(plans).set("production", { ...production, resources });
    const figures = currentFigurePages(
      { ...Object.fromEntries(fewer), stacks: STACKS_PROJECT } as unknown as Plans,
      USAGE,
      () => undefined,
    );
    const row = new RegExp(`^\\| \`production\` \\| ${resources.length} `, "m");
    assert.match(figures.get("README.md")!, row);
    const advice = lost(ROOT, FIXTURES, fewer);
    assert.equal(advice.length, 1);
    assert.ok(advice[0]!.startsWith(last.urn) && advice[0]!.includes("npm run accept"));
  });
});

describe("the conformance page", () => {
  it("is said to have rows that differ without a decision", () => {
    const page = (...rows: string[]) => new Map([["docs/conformance.md", rows.join("\n")]]);
    const exact = "| Port | 5432 | 5432 | `port` | exact |";
    assert.deepEqual(undecided(page(exact)), []);
    assert.deepEqual(undecided(new Map()), []);
    const [said, ...more] = undecided(page(exact, "| Class | a | b | `class` | differs |"));
    assert.match(said!, /^docs\/conformance\.md: 1 differ .*: "Class"\. Plan the document's value/);
    assert.deepEqual(more, []);
    const seven = Array.from({ length: 7 }, (_, row) => `| R${row} | a | b | c | differs |`);
    assert.match(undecided(page(...seven))[0]!, /: 7 differ .*"R5" and others\./);
  });
});

describe("a difference in a few lines", () => {
  it("counts removed and added lines, and shows the first lines", () => {
    const before = `${["same", "a", "b", "c", "d", "e", "f"].join("\n")}\n`;
    assert.deepEqual(summary({ file: "x", before, after: "same\nnew\n" }), [
      ...["x: 1 new, 6 gone", "  - a", "  - b", "  - c", "  - d", "  - and 2 more", "  + new"],
    ]);
  });

  it("reports a duplicate line, another order, and a file to delete", () => {
    assert.deepEqual(summary({ file: "x", before: "a", after: "a\na" }), [
      "x: 1 new, 0 gone",
      "  + a",
    ]);
    assert.deepEqual(summary({ file: "x", before: "a\nb", after: "b\na" }), [
      "x: lines in another order",
    ]);
    assert.deepEqual(summary({ file: "x", before: "a\n" }), ["x: 0 new, 1 gone", "  - a"]);
  });
});

describe("npm run accept", () => {
  const OLD =
    "urn:pulumi:staging::crm::crm:aws:CrmDatabase$aws:rds/instance:Instance::crm-database-old";
  let folder: string;
  let plans: PlansByStack;
  let images: ReturnType<typeof filesOfImages>;
  before(async () => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), "accept-"));
    fs.symlinkSync(path.join(ROOT, "node_modules"), path.join(folder, "node_modules"));
    write("Pulumi.yaml", `name: crm\nmain: ${JSON.stringify(ROOT)}\nruntime: nodejs\n`);
    for (const stack of stackNames()) {
      write(
        `Pulumi.${stack}.yaml`,
        stackFileText(stack).replaceAll("crm-consulting.com", "example.org"),
      );
      const list = path.join(FIXTURES.lists, `${stack}.urns`);
      write(`${OWN.lists}/${stack}.urns`, fs.readFileSync(path.join(ROOT, list), "utf8"));
    }
    fs.cpSync(path.join(ROOT, FIXTURES.pages), folder, { recursive: true });
    write(
      "README.md",
      `# Mine\n\n${read("README.md").replace(/(?<=\| `production` \| )\d+/, "1")}\nThe end.\n`,
    );
    write(OWN.usage, JSON.stringify(USAGE));
    write(`${OWN.lists}/gone.urns`, "urn:pulumi:gone::crm::aws:sqs/queue:Queue::queue\n");
    fs.appendFileSync(path.join(folder, OWN.lists, "staging.urns"), `${OLD}\n`);
    plans = await plansOf(folder, OWN);
    images = filesOfImages(folder, OWN);
  });
  after(() => fs.rmSync(folder, { recursive: true, force: true }));

  const read = (file: string) => fs.readFileSync(path.join(folder, file), "utf8");
  const write = (file: string, text: string) => {
    fs.mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
    fs.writeFileSync(path.join(folder, file), text);
  };

  /** Runs the command on the scratch copy, whose plans are there already. */
  async function run(...args: string[]): Promise<{ code: number; said: string }> {
    const said: string[] = [];
    const [log, error] = [console.log, console.error];
    console.log = console.error = (line: string) => void said.push(line);
    try {
      const code = await main(
        args,
        folder,
        () => Promise.resolve(plans),
        () => images,
      );
      return { code, said: said.join("\n") };
    } finally {
      [console.log, console.error] = [log, error];
    }
  }

  it("gives no advice for a stack that has just got its owner's account: nothing of it was deployed", () => {
    const own = fs.mkdtempSync(path.join(os.tmpdir(), "owned-"));
    const place = (file: string) => path.join(own, file);
    const production = new Map([["production", plans.get("production")!]]);
    try {
      fs.mkdirSync(place(OWN.lists), { recursive: true });
      fs.mkdirSync(place("docs/runbooks"), { recursive: true });
      fs.writeFileSync(place("Pulumi.yaml"), "name: crm\nruntime: nodejs\n");
      fs.writeFileSync(place(`${OWN.lists}/production.urns`), `${OLD}\n`);
      const advice = (recorded: string, account: string) => {
        fs.writeFileSync(
          place("docs/runbooks/values.json"),
          `{"account.production":"${recorded}"}`,
        );
        const text = read("Pulumi.production.yaml").replaceAll("123456789012", account);
        fs.writeFileSync(place("Pulumi.production.yaml"), text);
        return lost(own, OWN, production).length;
      };
      assert.equal(advice("123456789012", "123456789012"), 1);
      assert.equal(advice("123456789012", "210987654321"), 0);
      assert.equal(advice("210987654321", "210987654321"), 1);
    } finally {
      fs.rmSync(own, { recursive: true, force: true });
    }
  });

  it("--check says what is not current, and writes nothing", async () => {
    const { code, said } = await run("--check");
    assert.equal(code, 1);
    assert.match(
      said,
      /^README\.md: (\d) new, \1 gone\n(  - .*\n)*  - \| `production` \| 1 \|.*\n(  - .*\n)*(  \+ .*\n)*  \+ \| `production` \| \d+ \|/m,
    );
    assert.match(said, /^docs\/request-ways\.md: \d+ new, \d+ gone\n  - .*crm-consulting\.com/m);
    assert.match(said, /^operations\/accepted\/gone\.urns: 0 new, 1 gone$/m);
    assert.match(said, /^docs\/configuration\.md: \d+ new, 0 gone$/m);
    const [first] = said.split("\n").filter((line) => / is gone[.:] /.test(line));
    assert.ok(first!.startsWith(`${OLD} is gone`), "what holds data comes first");
    assert.match(said, / files not current: npm run accept$/);
    assert.ok(read("README.md").includes("| 1 |"));
    assert.ok(!fs.existsSync(path.join(folder, "docs", "configuration.md")));
  });

  it("writes all of it, keeps what people wrote, and finds nothing afterwards", async () => {
    const { code, said } = await run();
    assert.equal(code, 0);
    assert.match(said, / files written\. Review the difference before you commit it\.$/);
    assert.match(read("README.md"), /^# Mine\n[^]*\| `production` \| \d{3} \|[^]*\nThe end\.\n$/);
    assert.match(read("docs/request-ways.md"), /app\.example\.org/);
    assert.doesNotMatch(read("docs/request-ways.md"), /crm-consulting/);
    assert.match(read("docs/image-contract.md"), /^\| processor \| linux\/arm64 \|/m);
    assert.ok(!fs.existsSync(path.join(folder, OWN.lists, "gone.urns")));
    const checked = await run("--check");
    assert.equal(checked.code, 0);
    // Values of this folder that are not the document's, under the account of the published files.
    assert.match(checked.said, /^docs\/conformance\.md: \d+ differ .*\nEverything is current\.$/);
  });

  it("needs the stacks that the pages show", async () => {
    const empty = path.join(folder, "empty");
    write("empty/Pulumi.yaml", "name: crm\nruntime: nodejs\n");
    await assert.rejects(
      plansOf(empty, OWN),
      /empty: expected Pulumi\.production\.yaml, .*, got no such file$/,
    );
  });

  it("explains itself, and refuses what it does not know", async () => {
    assert.match((await run("--help")).said, /^Usage: npm run accept/);
    const wrong = await run("--force");
    assert.equal(wrong.code, 2);
    assert.match(wrong.said, /--force[^]*Usage:/);
  });
});
