/** The runbooks' commands that need no account, executed in a copy of the project; four minutes, so by hand. */
import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";

import { isMap, isScalar, parseDocument } from "yaml";

import { BOOKS } from "../../operations/runbooks/books";
import { teardownSteps } from "../../operations/teardown";
import { previewStack, type Plan, type PlannedResource } from "../../tools/preview/index";
import { spawnSync } from "../support/child";
import { planOf } from "../support/plans";
import { distinct, installed, optionOf, startingWith } from "../support/runbooks";
import { scratchCopy } from "../support/scratch";

/** What `pulumi config set --path` does to a stack's file, for values that are no secret. */
function configSet(folder: string, stack: string, key: string, given: string): void {
  const file = path.join(folder, `Pulumi.${stack}.yaml`);
  const document = parseDocument(fs.readFileSync(file, "utf8"));
  const [section, ...rest] = key.split(".");
  const config = document.get("config");
  assert.ok(isMap(config));
  const value = /^(true|false|\d+)$/.test(given) ? (JSON.parse(given) as unknown) : given;
  // As the CLI writes what would else be read as a time.
  const written = document.createNode(value);
  if (isScalar(written) && typeof value === "string") written.type = "QUOTE_DOUBLE";
  document.setIn(["config", section!, ...rest], written);
  fs.writeFileSync(file, document.toString());
}

/** Commands that look at what is deployed. */
const DAY_TWO = ["status", "logs", "exec", "tunnel"];

describe("runbooks of recovery, as commands", () => {
  const plans = new Map<string, Plan>();
  let folder: string;
  before(async () => {
    for (const stack of ["production", "recovery"]) {
      plans.set(stack, await planOf(stack));
    }
    folder = scratchCopy();
    const primary = plans
      .get("production")!
      .resources.find(({ name }) => name === "crm-database-primary")!;
    const preview = { steps: [{ op: "same", urn: primary.urn }] };
    fs.writeFileSync(path.join(folder, "changes.json"), JSON.stringify(preview));
  });
  after(() => fs.rmSync(folder, { recursive: true, force: true }));

  const scripts = distinct(startingWith("npm", "run"));
  const inAccount = scripts.filter(({ words }) => DAY_TWO.includes(words[2]!));
  for (const { line, words } of inAccount) {
    it(`${line} asks for credentials`, () => {
      const env = { PATH: process.env["PATH"], HOME: folder, AWS_EC2_METADATA_DISABLED: "true" };
      const args = ["--silent", ...words.slice(1)];
      const result = spawnSync("npm", args, { cwd: folder, env, encoding: "utf8" });
      assert.equal(result.status, 1, result.stdout);
      // Exec is a setting that production leaves off; the command says so before it asks for an account.
      assert.match(result.stderr, /^(No AWS credentials|ECS Exec is off for core)/m);
    });
  }

  // Compares with a commit, which the copied folder does not have.
  const offline = scripts.filter(
    (script) => !inAccount.includes(script) && script.words[2] !== "diff",
  );
  for (const { line, words } of offline) {
    it(`${line} works`, () => {
      // A runbook without an account says what it would do.
      const plan = BOOKS.has(words[2]!) ? [...(words.includes("--") ? [] : ["--"]), "--plan"] : [];
      const result = spawnSync("npm", ["--silent", ...words.slice(1), ...plan], {
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
      const settings = distinct(startingWith("pulumi", "config", "set", "--path")).filter(
        (command) =>
          !command.words.includes("--secret") && optionOf(command, "--stack")[0] === stack,
      );
      assert.ok(settings.length >= 2, stack);
      for (const { words } of settings) {
        // The variable of the samples is auth's, and a version of a secret is a number.
        const key = words[4]!.replace("services.core.secrets", "services.auth.secrets");
        configSet(folder, stack, key, words[5] === "null" ? "2" : words[5]!);
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
              "TaskDefinition crm-analytics",
              "RandomPassword crm-auth-jwt-secret",
              "RandomPassword crm-cache-token",
              "RandomPassword crm-database-master",
              "RandomPassword crm-firewall-origin-secret-2",
            ]
          : [
              "Instance crm-database-primary", // promoted
              "Service crm-core", // with tasks
            ];
      for (const name of expected) {
        assert.ok(names.includes(name), `${name} stays as it is: ${names.join(", ")}`);
      }
      assert.deepEqual(unexpected(changed.resources, plans.get(stack)!.resources), []);
    });
  }

  it("a deployment that fixes an outage begins without a backup, today", async () => {
    const key = "crm:recovery.beforeDeployment.skipUntil";
    const [command] = startingWith("pulumi", "config", "set", "--path", key);
    configSet(folder, "production", key, command!.words[5]!);
    const plan = await previewStack({ cwd: folder, stack: "production", policyPacks: [] });
    const hooks = (resources: readonly PlannedResource[]) =>
      resources.flatMap(({ hooks: bound }) => Object.values(bound ?? {}).flat());
    assert.ok(hooks(plans.get("production")!.resources).length > 0);
    assert.deepEqual(hooks(plan.resources), []);
    assert.ok(plan.diagnostics.some(({ message }) => message.includes(key)));
  });

  for (const stack of ["production", "staging", "recovery"]) {
    it(`what teardown sets leaves nothing of ${stack} protected`, async () => {
      const copy = scratchCopy();
      for (const action of teardownSteps(await planOf(stack)).flatMap(({ actions }) => actions)) {
        const [, key, given] = /^pulumi config set --path (\S+) (\S+) /.exec(action) ?? [];
        if (key !== undefined) {
          configSet(copy, stack, key, given!);
        }
      }
      const { resources } = await previewStack({ cwd: copy, stack, policyPacks: [] });
      fs.rmSync(copy, { recursive: true, force: true });
      const held = resources.filter(
        ({ type, protect, inputs }) =>
          protect ||
          inputs["deletionProtection"] === true ||
          inputs["enableDeletionProtection"] === true ||
          (type === "aws:s3/bucket:Bucket" && inputs["forceDestroy"] !== true) ||
          (type === "aws:ecr/repository:Repository" && inputs["forceDelete"] !== true),
      );
      assert.deepEqual(
        held.map(({ urn }) => urn),
        [],
      );
    });
  }

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
