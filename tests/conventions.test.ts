/** The rules of this code base, on the whole program of every stack and on its source. */
import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";

import { type PlannedResource, STACK_TYPE } from "../analysis/plan/model";
import type { Plan } from "../tools/preview/index";
import { spawnSync } from "./support/child";
import { planOf } from "./support/plans";
import { stackNames } from "./support/stack-files";

const ROOT = path.join(__dirname, "..");

/** Files below a folder, with their texts. */
function sources(folder: string): { file: string; text: string }[] {
  return fs
    .readdirSync(path.join(ROOT, folder), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts"))
    .map((file) => ({
      file: path.join(folder, file),
      text: fs.readFileSync(path.join(ROOT, folder, file), "utf8"),
    }));
}

/** Source without comments. */
function code(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, "").replace(/(^|\s)\/\/.*$/gm, "$1");
}

describe("The program of", () => {
  for (const stack of stackNames()) {
    describe(stack, () => {
      let plan: Plan;
      let ours: PlannedResource[];
      before(async () => {
        plan = await planOf(stack);
        ours = plan.resources.filter(({ type }) => !type.startsWith("pulumi:"));
      });

      it("names components by their class and keeps every resource in one", () => {
        const byUrn = new Map(plan.resources.map((resource) => [resource.urn, resource]));
        for (const resource of ours) {
          if (!resource.custom && !resource.remote) {
            assert.match(resource.type, /^crm:aws:[A-Z][A-Za-z]+$/);
          }
          const parent = byUrn.get(resource.parent ?? "");
          assert.ok(parent, `${resource.urn} has no parent`);
          if (parent.type === STACK_TYPE) {
            assert.ok(!resource.custom, `${resource.urn} belongs to no component`);
          }
        }
      });

      it("gives a child the name of its component as prefix", () => {
        const byUrn = new Map(plan.resources.map((resource) => [resource.urn, resource]));
        for (const resource of ours) {
          const parent = byUrn.get(resource.parent ?? "")!;
          if (parent.type.startsWith("crm:")) {
            assert.ok(
              resource.name.startsWith(parent.name),
              `${resource.name} in ${parent.name} (${parent.type})`,
            );
          }
        }
      });

      it("has components register their outputs", () => {
        for (const resource of ours.filter(({ custom, remote }) => !custom && !remote)) {
          assert.ok(resource.outputs, `${resource.urn} registered no outputs`);
        }
      });

      it("gives every AWS resource the stack's own provider", () => {
        const provider = plan.resources.find(({ type }) => type === "pulumi:providers:aws")!;
        for (const resource of ours.filter(({ type }) => type.startsWith("aws:"))) {
          assert.ok(resource.provider.startsWith(provider.urn), `${resource.urn}`);
        }
      });

      it("ignores changes only of properties that the resource has", () => {
        for (const { urn, inputs, ignoreChanges } of ours) {
          for (const property of ignoreChanges) {
            const [top] = property.split(/[.[]/);
            // What only AWS sets is no input; these two are such.
            const computed = ["kmsKeyId", "restoreToPointInTime"].includes(property);
            assert.ok(computed || Object.hasOwn(inputs, top!), `${urn} ignores ${property}`);
          }
        }
      });

      it("waits for no component as a whole", () => {
        const components = new Set(
          ours.filter(({ custom }) => !custom).map((resource) => resource.urn),
        );
        for (const { urn, dependencies } of ours.filter(({ custom }) => custom)) {
          const whole = dependencies.filter(
            (dependency) => components.has(dependency) && !dependency.includes("awsx:ec2:Vpc"),
          );
          assert.deepEqual(whole, [], urn);
        }
      });

      it("puts no secret into an environment or an output in clear", () => {
        const text = JSON.stringify(plan.outputs);
        assert.doesNotMatch(text, /rediss?:\/\/:[^"]*@|postgres(ql)?:\/\/[^"]*:[^"]*@/);
        for (const { urn, type, inputs } of ours) {
          if (type === "aws:ecs/taskDefinition:TaskDefinition") {
            assert.doesNotMatch(
              String(inputs["containerDefinitions"]),
              /"name":"[A-Z_]*(PASSWORD|SECRET|TOKEN|API_KEY|DB_URL|REDIS_URL)","value"/,
              urn,
            );
          }
        }
      });
    });
  }
});

describe("The source", () => {
  it("reads configuration in config.ts alone", () => {
    for (const { file, text } of sources("components")) {
      assert.doesNotMatch(
        code(text),
        /pulumi\.Config\b|getStack\(|getProject\(|process\.env/,
        file,
      );
    }
  });

  it("asks AWS nothing while it plans", () => {
    for (const { file, text } of [
      ...sources("components"),
      { file: "index.ts", text: fs.readFileSync(path.join(ROOT, "index.ts"), "utf8") },
    ]) {
      assert.doesNotMatch(code(text), /\baws(\.\w+)?\.get[A-Z]\w*(Output)?\(/, file);
    }
  });

  it("creates nothing inside apply", () => {
    for (const { file, text } of sources("components")) {
      for (const [call] of code(text).matchAll(/\.apply\([\s\S]{0,400}?\n {2,6}\)/g)) {
        assert.doesNotMatch(call, /new (aws|awsx|random|Crm)\b/, file);
      }
    }
  });

  it("has one component in a file, whose token is its class", () => {
    for (const { file, text } of sources("components")) {
      const classes = [...text.matchAll(/class (\w+)[^{]*extends pulumi\.ComponentResource/g)];
      assert.ok(classes.length <= 1, file);
      for (const [, name] of classes) {
        assert.match(text, new RegExp(`super\\(\\s*"crm:aws:${name}"`), file);
      }
    }
  });

  it("names no region but CloudFront's own", () => {
    for (const { file, text } of sources("components")) {
      const regions = new Set(code(text).match(/"(us|eu|ap|sa|ca|me|af)-[a-z]+-\d"/g));
      regions.delete('"us-east-1"');
      assert.deepEqual([...regions], [], file);
    }
  });

  it("creates resources in components alone", () => {
    for (const room of ["facts", "analysis", "platform", "schema", "operations"]) {
      for (const { file, text } of sources(room)) {
        assert.doesNotMatch(code(text), /new (aws|awsx|random)\./, file);
      }
    }
  });
});

describe("The tests", () => {
  /** What an owner of a deployment edits, and what is made of it. */
  const OWN = [
    "Pulumi.production.yaml",
    "Pulumi.recovery.yaml",
    "Pulumi.staging.measured.json",
    "bootstrap/Pulumi.bootstrap.yaml",
    "policy-pack/config.production.json",
    "operations/accepted/production.urns",
    "docs/architecture.svg",
    "docs/architecture-overview.svg",
    "docs/request-ways.md",
  ].map((file) => path.join(ROOT, file));

  it("cannot read what an owner edits", async () => {
    for (const file of OWN) {
      const refused = /a test reads .*, which an owner edits/;
      assert.throws(() => fs.readFileSync(file), refused);
      assert.throws(() => fs.openSync(file, "r"), refused);
      assert.throws(() => fs.readFileSync(path.relative(process.cwd(), file)), refused);
      await assert.rejects(async () => fs.promises.readFile(file), refused);
    }
    // eslint-disable-next-line @typescript-eslint/no-require-imports -- JSON by an import is such a call
    assert.throws(() => require(OWN[3]!) as unknown, /which an owner edits/);
  });

  it("start nothing that reads it", () => {
    const cli = path.join(ROOT, "tools", "preview", "cli.js");
    const { status, stderr } = spawnSync(process.execPath, [cli, "--no-policy"], {
      cwd: ROOT,
      encoding: "utf8",
    });
    assert.equal(status, 1);
    assert.match(stderr, /a test reads Pulumi\.production\.yaml, which an owner edits/);
  });

  it("count no cost with an owner's assumptions", () => {
    const taken = /\bUSAGE\b[^;]*from "[./]*analysis\/cost\/tables"|analysis\/cost\/usage\.json/;
    const found = sources("tests").filter(
      ({ file, text }) => file !== "tests/conventions.test.ts" && taken.test(code(text)),
    );
    // This one asks for each value's reason, whatever the value is.
    assert.deepEqual(
      found.map(({ file }) => file),
      ["tests/analysis/cost/tables.test.ts"],
    );
  });

  it("name no stack file and no pack configuration but their own", () => {
    const outside =
      /"(\.\.\/)*policy-pack\/config\.|join\((?!FIXTURES|folder)[^)]*"policy-pack", [`"]config\.|join\((ROOT|root), [`"]Pulumi\.[^y]|cwd: (ROOT|root)\b[^}]*\bstack\b|join\(ROOT, "docs"\)/;
    for (const broken of [
      'import production from "../../../policy-pack/config.production.json";',
      'path.join(__dirname, "..", "policy-pack", "config.production.json")',
      "path.join(ROOT, `Pulumi.${stack}.yaml`)",
      'path.join(ROOT, "Pulumi.production.yaml")',
      "previewStack({ cwd: ROOT, stack, policyPacks: [] })",
      'outdated(files, path.join(ROOT, "docs"))',
    ]) {
      assert.match(broken, outside);
    }
    const found = sources("tests").filter(
      ({ file, text }) => file !== "tests/conventions.test.ts" && outside.test(code(text)),
    );
    assert.deepEqual(
      found.map(({ file }) => file),
      [],
    );
  });
});
