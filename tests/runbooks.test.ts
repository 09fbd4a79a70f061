import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";

import { isMap, parseDocument } from "yaml";

import { documentOf } from "../commands/recovery";
import { stackNames } from "../commands/urns";
import { previewStack, type Plan, type PlannedResource } from "../preview/index";
import { planOf } from "./support/plans";
import {
  commandsOf,
  distinct,
  installed,
  optionOf,
  readRunbook,
  ROOT,
  RUNBOOKS,
  spansOf,
  startingWith,
  stepsOf,
  wordsOf,
} from "./support/runbooks";

const commands = RUNBOOKS.flatMap(commandsOf);

/** Every text anywhere in a value. */
function textsIn(given: unknown): string[] {
  if (typeof given === "string") {
    return [given];
  }
  return typeof given === "object" && given !== null ? Object.values(given).flatMap(textsIn) : [];
}

/** A pattern of `--target` and its like: `**` is anything, `*` anything without a colon. */
function matches(pattern: string, urn: string): boolean {
  const source = pattern
    .split("**")
    .map((part) =>
      part
        .split("*")
        .map((text) => text.replace(/[.+?^${}()|[\]\\]/g, "\\$&"))
        .join("[^:]*"),
    )
    .join(".*");
  return new RegExp(`^${source}$`).test(urn);
}

/** A copy of the project to write in, with the same packages. */
function scratchCopy(): string {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "runbooks-"));
  const left = new Set(["node_modules", ".git", "tests"]);
  for (const entry of fs.readdirSync(ROOT).filter((name) => !left.has(name))) {
    fs.cpSync(path.join(ROOT, entry), path.join(folder, entry), { recursive: true });
  }
  fs.symlinkSync(path.join(ROOT, "node_modules"), path.join(folder, "node_modules"));
  return folder;
}

/** What `pulumi config set --path` does to a stack's file, for values that are no secret. */
function configSet(folder: string, stack: string, key: string, given: string): void {
  const file = path.join(folder, `Pulumi.${stack}.yaml`);
  const document = parseDocument(fs.readFileSync(file, "utf8"));
  const [section, ...rest] = key.split(".");
  const config = document.get("config");
  assert.ok(isMap(config) && config.has(section), `${key}: ${stack} has no ${section}`);
  const value = /^(true|false|\d+)$/.test(given) ? (JSON.parse(given) as unknown) : given;
  document.setIn(["config", section!, ...rest], value);
  fs.writeFileSync(file, document.toString());
}

describe("runbooks of recovery", function () {
  this.timeout(120_000);
  const plans = new Map<string, Plan>();
  before(async () => {
    for (const stack of ["production", "recovery"]) {
      plans.set(stack, await planOf(stack));
    }
  });

  for (const name of RUNBOOKS) {
    it(`${name} has numbered steps, with the time that each takes`, () => {
      const text = readRunbook(name);
      const tables = text.split("\n").filter((line) => /^\| step \|/.test(line));
      const rows = text
        .split("\n")
        .filter((line) => /^\| .* \|$/.test(line) && !/^\| step/.test(line));
      const steps = stepsOf(text);
      assert.ok(tables.length > 0);
      assert.equal(steps.length, rows.length, "a row is no step, or has no minutes");
      for (const [index, step] of steps.entries()) {
        const before = steps[index - 1];
        assert.ok(
          step.number === 1 || step.number === (before?.number ?? 0) + 1,
          `${step.section}: step ${step.number} after ${before?.number}`,
        );
        // A step that is another runbook has that runbook's time.
        assert.ok(step.minutes !== undefined || /\]\([\w-]+\.md\)/.test(step.text), step.text);
      }
      // A list with numbers would be steps without times.
      assert.doesNotMatch(text, /^\d+\. /m);
    });
  }

  it("give a lost region and a restored database the time that the derivation counts with", () => {
    const sum = (runbook: string, section: string, digits?: RegExp) => {
      const steps = stepsOf(readRunbook(runbook)).filter((step) => step.section === section);
      assert.ok(steps.length > 3, section);
      const total = steps.reduce((minutes, step) => minutes + step.minutes!, 0);
      assert.ok(digits === undefined || Number(digits.exec(readRunbook(runbook))![1]) === total);
      return total;
    };
    const { findings } = documentOf(plans.get("production")!);
    const derived = (scenario: string) =>
      findings.find((one) => one.store === "crm-production-primary" && one.scenario === scenario)!
        .restoreMinutes;
    assert.equal(sum("region-loss.md", "Now"), derived("region lost"));
    const restored = sum("database-restore.md", "Database restored", /; (\d+) minutes\./);
    assert.equal(restored, derived("destroyed in place"));
    sum("failback.md", "The pause", /a pause of (\d+) minutes/);
  });

  it("say of what they name that it is there: stacks, settings, outputs, resources", () => {
    const keys = [
      ...fs
        .readFileSync(path.join(ROOT, "docs", "configuration.md"), "utf8")
        .matchAll(/^\| `(crm:[^`]+)`/gm),
    ].map(([, key]) => {
      const words = key!.split(/<[^>]+>|\[\]/).map((word) => word.replaceAll(".", "\\."));
      return new RegExp(`^${words.join("[^.]+")}$`);
    });
    const outputs = plans.get("production")!.outputs;
    for (const { line, words, runbook } of commands) {
      for (const stack of optionOf({ line, words, runbook }, "--stack")) {
        assert.ok(stackNames().includes(stack), `${line}: no stack ${stack}`);
      }
      if (words.join(" ").includes("pulumi stack output")) {
        assert.ok(words[4]! in outputs, `${line}: no output ${words[4]}`);
      }
    }
    for (const name of RUNBOOKS) {
      for (const [key] of readRunbook(name).matchAll(/crm:[a-zA-Z]+(\.[\w-]+)+/g)) {
        // The values of crm:secrets have names of their own.
        const known = keys.some((pattern) => pattern.test(key)) || key.startsWith("crm:secrets.");
        assert.ok(known, `${name}: no setting ${key}`);
      }
    }
    for (const secret of commands.flatMap(
      ({ line }) => /crm:secrets\.([\w-]+)/.exec(line)?.[1] ?? [],
    )) {
      const text = fs.readFileSync(path.join(ROOT, "Pulumi.production.yaml"), "utf8");
      const used = secret === "origin-header" || text.includes(`parameter: ${secret}`);
      assert.ok(used, `no service reads ${secret}`);
    }
  });

  it("call resources by the names that they have", async () => {
    const bootstrap = await previewStack({
      cwd: path.join(ROOT, "bootstrap"),
      stack: "bootstrap",
      policyPacks: [],
    });
    const known = new Set<string>();
    for (const { resources } of [...plans.values(), bootstrap]) {
      for (const { name, inputs } of resources) {
        known.add(name);
        // A key's alias, a log group: the last part is the name.
        textsIn(inputs).forEach((text) => known.add(text).add(text.split("/").at(-1)!));
      }
    }
    // What the runbook itself makes.
    for (const command of commands) {
      for (const option of [
        "--target-db-instance-identifier",
        "--new-db-instance-identifier",
        "--final-db-snapshot-identifier",
      ]) {
        optionOf(command, option).forEach((made) => known.add(made));
      }
    }
    for (const runbook of RUNBOOKS) {
      for (const span of spansOf(readRunbook(runbook))) {
        const filled = wordsOf(span).join(" ");
        for (const [name] of filled.matchAll(/(?<![\w@.-])crm-[a-z0-9-]*[a-z0-9]/g)) {
          assert.ok(known.has(name), `${runbook}: ${span}: nothing is called ${name}`);
        }
        for (const [group] of filled.matchAll(/\/aws\/rds\/[\w/-]+/g)) {
          assert.ok(known.has(group), `${runbook}: no log group ${group}`);
        }
        for (const [host] of filled.matchAll(/[a-z-]+\.crm-consulting\.com/g)) {
          assert.ok(known.has(host), `${runbook}: no host ${host}`);
        }
      }
    }
  });

  it("target what is in the stack", () => {
    const options = ["--target", "--exclude", "--target-replace"];
    const patterns = startingWith("npx", "pulumi").flatMap((command) =>
      options.flatMap((option) =>
        optionOf(command, option).map((pattern) => ({ pattern, command })),
      ),
    );
    assert.ok(patterns.length >= 5);
    for (const { pattern, command } of patterns) {
      const [stack] = optionOf(command, "--stack");
      const found = plans.get(stack!)!.resources.filter(({ urn }) => matches(pattern, urn));
      assert.ok(found.length > 0, `${command.line}: ${pattern} matches nothing`);
    }
    // The way back must not wait for what is made in us-east-1 only.
    const [up] = startingWith("npx", "pulumi", "up", "--stack", "recovery", "--policy-pack");
    const excluded = optionOf(up!, "--exclude");
    const global = plans
      .get("recovery")!
      .resources.filter(({ type }) =>
        /^aws:(budgets|costexplorer|cloudfront|organizations)\//.test(type),
      );
    assert.ok(global.length > 0);
    for (const { urn } of global) {
      assert.ok(
        excluded.some((pattern) => matches(pattern, urn)),
        `${urn} is made in us-east-1`,
      );
    }
  });

  describe("as commands", () => {
    let folder: string;
    before(() => {
      folder = scratchCopy();
      const primary = plans
        .get("production")!
        .resources.find(({ name }) => name === "crm-database-primary")!;
      const preview = { steps: [{ op: "same", urn: primary.urn }] };
      fs.writeFileSync(path.join(folder, "changes.json"), JSON.stringify(preview));
    });
    after(() => fs.rmSync(folder, { recursive: true, force: true }));

    const scripts = distinct(startingWith("npm", "run"));
    for (const { line, words } of scripts) {
      it(`${line} works`, () => {
        const result = spawnSync("npm", ["--silent", ...words.slice(1)], {
          cwd: folder,
          encoding: "utf8",
        });
        assert.equal(result.status, 0, `${result.stdout}\n${result.stderr}`);
        assert.ok(result.stdout.length > 20, "it says nothing");
      });
    }

    it("npm run guard refuses what the runbook says that it refuses", () => {
      const file = path.join(folder, "replaced.json");
      const { urn } = plans
        .get("production")!
        .resources.find(({ name }) => name === "crm-database-primary")!;
      fs.writeFileSync(file, JSON.stringify({ steps: [{ op: "replace", urn }] }));
      const args = ["--silent", "run", "guard", "--", file];
      assert.equal(spawnSync("npm", args, { cwd: folder }).status, 1);
    });

    for (const stack of ["production", "recovery"]) {
      it(`pulumi config set changes what ${stack} makes, and nothing becomes invalid`, async () => {
        const settings = distinct(startingWith("npx", "pulumi", "config", "set", "--path")).filter(
          (command) =>
            !command.words.includes("--secret") && optionOf(command, "--stack")[0] === stack,
        );
        assert.ok(settings.length >= 3, stack);
        for (const { words } of settings) {
          configSet(folder, stack, words[5]!, words[6]!);
        }
        const changed = await previewStack({ cwd: folder, stack, policyPacks: [] });
        const before = new Map(
          plans.get(stack)!.resources.map(({ urn, inputs }) => [urn, JSON.stringify(inputs)]),
        );
        const different = changed.resources.filter(
          ({ urn, inputs }) => before.get(urn) !== JSON.stringify(inputs),
        );
        const names = different.map(({ type, name }) => `${type.split(":").at(-1)} ${name}`);
        const expected =
          stack === "production"
            ? [
                "TaskDefinition crm-auth", // its JWT_SECRET, and the database's password
                "TaskDefinition crm-core",
                "TaskDefinition crm-social",
                "RandomPassword crm-auth-jwt-secret",
                "RandomPassword crm-cache-token",
                "RandomPassword crm-database-master",
                "RandomPassword crm-firewall-origin-secret-2",
              ]
            : [
                "Instance crm-database-primary", // another backup
                "Instance crm-database-replica",
                "InstanceAutomatedBackupsReplication crm-recovery-database",
              ];
        for (const name of expected) {
          assert.ok(names.includes(name), `${name} stays as it is: ${names.join(", ")}`);
        }
        assert.deepEqual(unexpected(changed.resources, plans.get(stack)!.resources), []);
      });
    }

    it("pulumi config rm lets a deployment begin without a backup", async () => {
      const [command] = startingWith("npx", "pulumi", "config", "rm", "--path");
      const file = path.join(folder, "Pulumi.production.yaml");
      const document = parseDocument(fs.readFileSync(file, "utf8"));
      const [section, ...rest] = command!.words[5]!.split(".");
      assert.ok(document.deleteIn(["config", section!, ...rest]));
      fs.writeFileSync(file, document.toString());
      const plan = await previewStack({ cwd: folder, stack: "production", policyPacks: [] });
      const hooks = (resources: readonly PlannedResource[]) =>
        resources.flatMap(({ hooks: bound }) => Object.values(bound ?? {}).flat());
      assert.ok(hooks(plans.get("production")!.resources).length > 0);
      assert.deepEqual(hooks(plan.resources), []);
    });

    it("jq puts the new id where the state has the old one, and nowhere else", function () {
      if (installed("jq") === undefined) {
        this.skip();
      }
      const [command] = startingWith("jq");
      const instance = (name: string, id: string) => ({
        urn: `urn:pulumi:production::crm::crm:aws:CrmDatabase$aws:rds/instance:Instance::${name}`,
        id,
        outputs: { identifier: name },
      });
      const others = [instance("crm-database-replica", "db-R"), { urn: "urn:pulumi:x::y::z::w" }];
      const state = {
        version: 3,
        deployment: { resources: [instance("crm-database-primary", "db-OLD"), ...others] },
      };
      fs.writeFileSync(path.join(folder, "state.json"), JSON.stringify(state));
      const result = spawnSync("jq", command!.words.slice(1), { cwd: folder, encoding: "utf8" });
      assert.equal(result.status, 0, result.stderr);
      const id = optionOf(command!, "id")[0]!;
      assert.deepEqual(JSON.parse(result.stdout), {
        version: 3,
        deployment: { resources: [instance("crm-database-primary", id), ...others] },
      });
    });
  });
});

/** Stateful resources that are gone: a setting must not take a store away. */
function unexpected(
  after: readonly PlannedResource[],
  before: readonly PlannedResource[],
): string[] {
  const left = new Set(after.map(({ urn }) => urn));
  return before
    .filter(({ type }) => /^aws:(rds|s3)\/(instance|bucket):/.test(type))
    .filter(({ urn }) => !left.has(urn))
    .map(({ urn }) => urn);
}
