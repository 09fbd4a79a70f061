import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";

import { coverage, notApplicable } from "../../policy-pack/coverage";
import { RULE_GROUPS, RULES } from "../../policy-pack/rules";
import {
  PAGE,
  policiesPage,
  RULE_IDS_FILE,
  ruleIds,
} from "../../policy-pack/scripts/generate-docs";
import { readTables } from "./tables";

describe("policy pack: as a whole", () => {
  const tables = readTables();

  it("each rule has a table of tests", () => {
    const ids = RULES.map(({ info }) => info.id);
    assert.deepEqual([...tables.keys()].sort(), ids.sort());
  });

  it("ids are unique, well-formed and never disappear", () => {
    const ids = RULES.map(({ info }) => info.id);
    assert.deepEqual(ids, [...new Set(ids)]);
    assert.deepEqual(
      ids.filter((id) => !/^[a-z][a-z0-9]*(-[a-z0-9]+)+$/.test(id)),
      [],
    );
    const kept = JSON.parse(fs.readFileSync(RULE_IDS_FILE, "utf8")) as string[];
    assert.deepEqual(
      kept.filter((id) => !ids.includes(id)),
      [],
      "configurations may refer to these",
    );
    assert.deepEqual(ruleIds(), kept, "run npm run accept");
  });

  it("each rule says what it asks for, why, and how to fix", () => {
    for (const { info, policy } of RULES) {
      assert.match(info.description, /^[A-Z].*\.$/s, info.id);
      assert.match(info.remediation, /^[A-Z].*\.$/s, info.id);
      assert.match(info.url, /^https:\/\//, info.id);
      assert.equal(policy.name, info.id);
    }
  });

  it("exemptions are judged last", () => {
    assert.equal(RULES.at(-1)!.info.id, "exemptions-used");
    assert.equal(Object.keys(RULE_GROUPS).at(-1), "exemptions");
  });

  it("imports itself, facts and analysis, Node's modules and the packages that it names", () => {
    const pack = path.join(__dirname, "..", "..", "policy-pack");
    const manifest = JSON.parse(fs.readFileSync(path.join(pack, "package.json"), "utf8")) as Record<
      "dependencies" | "peerDependencies",
      Record<string, string>
    >;
    const packages = Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies });
    const files = fs.readdirSync(pack, { recursive: true, encoding: "utf8" });
    const strangers = files
      .filter((file) => file.endsWith(".ts") && !file.includes("node_modules"))
      .flatMap((file) => {
        const text = fs.readFileSync(path.join(pack, file), "utf8");
        const modules = [...text.matchAll(/(?:\bfrom|\brequire\(|\bimport) ?"([^"]+)"/g)];
        return modules
          .map(([, module]) => module!)
          .filter((module) =>
            module.startsWith(".")
              ? /^\.\.\/(?!facts\/|analysis\/)/.test(path.join(file, "..", module))
              : !module.startsWith("node:") &&
                !packages.some((name) => `${module}/`.startsWith(`${name}/`)),
          )
          .map((module) => `${file}: ${module}`);
      });
    assert.deepEqual(strangers, []);
  });

  it("docs/policies.md is what the rules say", () => {
    const page = fs.readFileSync(PAGE, "utf8");
    assert.ok(page === policiesPage(), "run npm run accept");
  });

  it("each control of the catalogues has a rule or a reason", () => {
    const open = coverage().filter(({ rules, reason }) => rules.length === 0 && !reason);
    assert.deepEqual(
      open.map(({ catalogue, control }) => `${catalogue}:${control}`),
      [],
    );
  });

  it("what is said not to apply has no rule", () => {
    const judged = new Map(coverage().map(({ control, rules }) => [control, rules]));
    for (const { control, reason } of notApplicable()) {
      const id = control.split(":").at(-1)!;
      assert.match(reason, /^[A-Z].*\.$/s, control);
      assert.deepEqual(judged.get(id) ?? [], [], `${control} has a rule`);
    }
  });
});
