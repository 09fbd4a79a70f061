import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";

import { QUEUE_SECONDS } from "../facts/limits";
import { CONFIGURATION_PAGE, configurationPage } from "../operations/pages/configuration";
import { SECTIONS } from "../schema";

const ROOT = path.join(__dirname, "..");

/** Pages of the tests' own stacks; their links are right where the pages of the same name lie. */
const FIXTURE_PAGES = path.join("tests", "fixtures", "pages");

/** Every Markdown file of the project, relative to its root. */
function markdown(folder = ""): string[] {
  return fs.readdirSync(path.join(ROOT, folder), { withFileTypes: true }).flatMap((entry) => {
    const name = path.join(folder, entry.name);
    if (entry.isDirectory()) {
      const left = /^(node_modules|\.git|\.cache)$/.test(entry.name) || name === FIXTURE_PAGES;
      return left ? [] : markdown(name);
    }
    return entry.name.endsWith(".md") ? [name] : [];
  });
}

/** A page; one that is made of an owner's plan as the tests' own stacks have it. */
function textOf(file: string): string {
  const fixture = path.join(ROOT, FIXTURE_PAGES, file);
  // Of a page that people write around its figures the tests have the figures alone.
  const written = file === "docs/operations.md" || file.startsWith("docs/runbooks/");
  const made = file.startsWith("docs") && !written && fs.existsSync(fixture);
  return fs.readFileSync(made ? fixture : path.join(ROOT, file), "utf8");
}

/** Days for which SQS keeps a message at most. */
const SQS_DAYS = QUEUE_SECONDS.retention.maximum / 86_400;

/** Text without what stands in fences, where nothing is a link. */
const prose = (text: string) => text.replace(/^( *)(`{3,})[^]*?^\1\2`*$/gm, "");

/** The anchors of a page as GitHub makes them. */
function anchors(text: string): Set<string> {
  const seen = new Map<string, number>();
  const found = new Set<string>();
  for (const [, title] of prose(text).matchAll(/^#{1,6} +(.+?) *$/gm)) {
    const plain = title!.replace(/\[([^\]]*)\]\([^)]*\)/g, "$1").toLowerCase();
    const slug = plain.replace(/[^\p{L}\p{N}_ -]/gu, "").replaceAll(" ", "-");
    const count = seen.get(slug) ?? 0;
    seen.set(slug, count + 1);
    found.add(count === 0 ? slug : `${slug}-${count}`);
  }
  return found;
}

/** The commands of a page's `sh` blocks that are not marked as needing an account. */
function commands(file: string): string[] {
  return [...textOf(file).matchAll(/^( *)```sh\n([^]*?)^\1```$/gm)]
    .map(([, , body]) => body!.trim())
    .filter((body) => !body.startsWith("# needs an account"))
    .flatMap((body) => body.replaceAll("\\\n", " ").split("\n"))
    .map((line) => line.replace(/#.*$/, "").trim())
    .filter((line) => line !== "");
}

/**
 * Where each kind of command is run: by a test here, by a test elsewhere, or by `.ci/run` and the workflows,
 * which run what a test suite cannot run inside of itself.
 */
const RUN_BY: readonly (readonly [RegExp, string])[] = [
  [/^npm ci$/, ".ci/run"],
  [/^npm test$/, ".ci/run"],
  [/^npm run (lint|typecheck|format:check)$/, ".ci/run"],
  [/^npm run preview$/, ".ci/run"],
  [/^npm run preview -- --stack (production|staging|recovery)$/, ".ci/run"],
  [/^npm run --silent preview -- --stack production --json > plan\.json$/, ".ci/run"],
  [/^npm run preview -- -C bootstrap /, "tests/bootstrap/state.test.ts"],
];

/** Pages made of plans; pages of dated measurements and of a calculation that a test repeats; runbooks, with a test of theirs. */
const OF_FIGURES = [
  ...["docs/architecture.md", "docs/request-ways.md", "docs/configuration.md"],
  ...["docs/bench.md", "docs/judges.md", "docs/cost.md", "docs/runbooks/"],
  ...["docs/integration-checks.md", "docs/image-contract.md", "docs/conformance.md"],
];

describe("documentation", () => {
  it("has no link that leads nowhere", () => {
    const broken: string[] = [];
    for (const file of markdown()) {
      for (const [, target] of prose(textOf(file)).matchAll(/\]\(([^)\s]+)(?: "[^"]*")?\)/g)) {
        if (/^(https?|mailto):/.test(target!)) {
          continue;
        }
        const [where, anchor] = target!.split("#") as [string, string?];
        const page = where === "" ? file : path.join(path.dirname(file), where);
        if (!fs.existsSync(path.join(ROOT, page))) {
          broken.push(`${file}: ${target}`);
        } else if (anchor !== undefined && !anchors(textOf(page)).has(anchor)) {
          broken.push(`${file}: ${target} (no such heading)`);
        }
      }
    }
    assert.deepEqual(broken, []);
  });

  it("has the configuration as the schema says it", () => {
    assert.equal(textOf(CONFIGURATION_PAGE), configurationPage(), "run `npm run accept`");
  });

  it("describes every section of the configuration", () => {
    const page = configurationPage();
    for (const name of Object.keys(SECTIONS)) {
      assert.match(page, new RegExp(`^## crm:${name}$`, "m"));
    }
    assert.ok(
      page.includes("| `crm:database.backupWindow` | a daily window in UTC such as 03:00-04:00 |"),
    );
  });

  it("has no figure of a plan in prose: pages have them between comments, by npm run accept", () => {
    const typed = markdown()
      .filter((file) => !OF_FIGURES.some((start) => file.startsWith(start)))
      .flatMap((file) => {
        const text = textOf(file).replace(/<!-- ([\w-]+) -->[^]*?<!-- end of \1 -->/g, "");
        return [
          ...prose(text).matchAll(/\b\d+ h(?: \d+)?\b[^.\n]*|\b\d+ (?:resources|alarms)\b[^.\n]*/g),
        ].map(([words]) => `${file}: ${words}`);
      });
    assert.deepEqual(typed, []);
  });

  it("states how long SQS keeps messages as facts/ have it, and on no page by hand", () => {
    const said = (files: readonly string[]) =>
      files.flatMap((file) =>
        [...textOf(file).matchAll(/[^.|]*\b(\d+) days\b[^.|]*/g)]
          .filter(([sentence]) => /\b(messages?|queues?|redrive)\b/i.test(sentence))
          .map(([sentence, days]) => ({ file, days: Number(days), sentence })),
      );
    assert.deepEqual(said(markdown().filter((file) => file !== CONFIGURATION_PAGE)), []);
    const configured = said([CONFIGURATION_PAGE]);
    assert.ok(configured.length > 0);
    for (const { days, sentence } of configured) assert.equal(days, SQS_DAYS, sentence);
  });

  it("names commands that exist", () => {
    const { scripts } = JSON.parse(textOf("package.json")) as { scripts: Record<string, string> };
    const missing = markdown().flatMap((file) =>
      [...textOf(file).matchAll(/npm run (?:--silent )?([a-z][\w:-]*)/g)]
        .filter(([, name]) => !Object.hasOwn(scripts, name!))
        .map(([, name]) => `${file}: ${name}`),
    );
    assert.deepEqual(missing, []);
  });

  it("deploys for the first time with twelve commands, setup and the state's move counted as one each", () => {
    const page = textOf("README.md");
    const [, steps] = /^## First deployment$([^]*?)^### Images/m.exec(page)!;
    const blocks = [...steps!.matchAll(/^```sh\n([^]*?)^```$/gm)].map(([, body]) =>
      body!.trim().replaceAll("\\\n", " ").split("\n"),
    );
    const counted = blocks.flatMap(([mark, ...lines]) =>
      mark === "# needs an account; one step"
        ? ["the state's move"]
        : lines.flatMap((line) => line.split(/ && | \| |; /)),
    );
    assert.equal(counted.filter((one) => one === "the state's move").length, 1);
    for (const part of [
      /^npm run setup /,
      /^pulumi up --stack staging /,
      /^npm run nameservers /,
      /^git push$/,
    ]) {
      assert.equal(counted.filter((line) => part.test(line)).length, 1, String(part));
    }
    assert.equal(counted.length, 12, counted.join("\n"));
    assert.doesNotMatch(
      steps!.replaceAll(/^```sh\n[^]*?^```$/gm, ""),
      /`read -|`export |in a second terminal, run/,
    );
  });

  it("has every command run by a test, or marked as needing an account", () => {
    const unknown: string[] = [];
    for (const file of markdown()) {
      for (const command of commands(file).flatMap((line) => line.split(" && "))) {
        const known =
          RUN_BY.some(([pattern]) => pattern.test(command)) || testedCommand(command) !== undefined;
        if (!known) {
          unknown.push(`${file}: ${command}`);
        }
      }
    }
    assert.deepEqual(unknown, []);
    const runs = textOf(".ci/run");
    for (const part of [
      "npm ci",
      "npm test",
      "npm run preview",
      "npm run lint",
      "npm run typecheck",
    ]) {
      assert.ok(runs.includes(part), part);
    }
    for (const [, where] of RUN_BY) {
      assert.ok(fs.existsSync(path.join(ROOT, where)), where);
    }
  });
});

describe("commands on the pages", () => {
  const pages = markdown().map((file) => [file, textOf(file)] as const);

  // RDS User Guide, "How to perform a major version upgrade for RDS for PostgreSQL": the physical slots are the replicas'.
  it("list the slots of logical replication alone, as the others are the replicas'", () => {
    const asking = /FROM pg_replication_slots(?! WHERE slot_type NOT LIKE 'physical')/;
    assert.deepEqual(
      pages.filter(([, text]) => asking.test(text)).map(([file]) => file),
      [],
    );
  });

  it("that list backups which failed list those that never started as well", () => {
    const listing = (text: string) => text.includes("list-backup-jobs");
    const forgets = (text: string) =>
      text.includes("--by-state FAILED") && !text.includes("--by-state EXPIRED");
    const found = pages.filter(([, text]) => listing(text) && forgets(text));
    assert.deepEqual(
      found.map(([file]) => file),
      [],
    );
  });
});

/** The test file of a command of this project, `npm run <name>`; undefined if it has none. */
function testedCommand(command: string): string | undefined {
  const name = /^npm run (?:--silent )?([\w:-]+)/.exec(command)?.[1];
  const places = [
    `tests/operations/${name}.test.ts`,
    `tests/tools/commands/${name}.test.ts`,
    `tests/tools/${name}`,
    `tests/analysis/${name}`,
  ];
  return name === undefined
    ? undefined
    : places.find((place) => fs.existsSync(path.join(ROOT, place)));
}
