import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";

import { stackNames } from "../commands/urns";
import table from "../recovery/durations.json";

const ROOT = path.join(__dirname, "..");
const RUNBOOKS = path.join(ROOT, "docs", "runbooks");
const NAMES = [
  "bad-deployment.md",
  "database-restore.md",
  "failback.md",
  "region-loss.md",
  "secret-rotation.md",
];
const read = (name: string): string => fs.readFileSync(path.join(RUNBOOKS, name), "utf8");

describe("runbooks of recovery", () => {
  const scripts = Object.keys(
    (
      JSON.parse(fs.readFileSync(path.join(ROOT, "package.json"), "utf8")) as {
        scripts: Record<string, string>;
      }
    ).scripts,
  );

  for (const name of NAMES) {
    it(`${name} names commands, stacks, settings and pages that exist`, () => {
      const text = read(name);
      for (const [, script] of text.matchAll(/npm run ([\w:-]+)/g)) {
        assert.ok(scripts.includes(script!), `npm run ${script}`);
      }
      for (const [, stack] of text.matchAll(/--stack (\w+)/g)) {
        assert.ok(stackNames().includes(stack!), `--stack ${stack}`);
      }
      for (const [, page] of text.matchAll(/\]\(([\w-]+\.md)\)/g)) {
        assert.ok(fs.existsSync(path.join(RUNBOOKS, page!)), page);
      }
      for (const [, section] of text.matchAll(/crm:([a-z]+)\./g)) {
        const production = fs.readFileSync(path.join(ROOT, "Pulumi.production.yaml"), "utf8");
        assert.ok(section === "secrets" || production.includes(`crm:${section}:`), section);
      }
    });
  }

  it("give region loss the time that the derivation counts with", () => {
    const minutes = [...read("region-loss.md").matchAll(/^\| \d .*\| (\d+) \|$/gm)].map(
      ([, given]) => Number(given),
    );
    const { entries } = table;
    const counted = [
      entries.decide,
      entries.prepareStack,
      entries.networkAndKeys,
      entries.databaseRestore,
      entries.databaseRestoreMultiAz,
      entries.services,
      entries.dns,
      entries.verify,
    ].reduce((sum, entry) => sum + entry.minutes, 0);
    assert.equal(
      minutes.reduce((sum, given) => sum + given, 0),
      counted,
    );
  });
});
