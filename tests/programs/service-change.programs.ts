/** docs/runbooks/service-change.md, step by step, through plans; and what the program says of a change in place. */
import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";

import { parse, stringify } from "yaml";

import { replacement } from "../../facts/replacement";
import { main as accept } from "../../operations/accept";
import { filesOfPlans, OWN, type PlansByStack } from "../../operations/derived";
import { livingServicesFile } from "../../schema";
import { type Plan, previewStack } from "../../tools/preview/index";
import { stackFileText, stackNames } from "../support/stack-files";

const ROOT = path.join(__dirname, "..", "..");
const RULE = "aws:lb/listenerRule:ListenerRule";
const STACK = "pulumi:pulumi:Stack";

type Settings = Record<string, any>;

describe("a change that a living service refuses", () => {
  let folder: string;
  const steps: Plan[] = [];

  /** Writes the stack file with a change, and plans it. */
  async function planned(change: (config: Settings) => void): Promise<Plan> {
    const file = path.join(folder, "Pulumi.production.yaml");
    const stack = parse(fs.readFileSync(file, "utf8")) as { config: Settings };
    change(stack.config);
    fs.writeFileSync(file, stringify(stack));
    return previewStack({ cwd: folder, stack: "production", policyPacks: [] });
  }

  const byUrn = ({ resources }: Plan) =>
    new Map(resources.filter(({ type }) => type !== STACK).map((one) => [one.urn, one]));

  /** URNs that come and go between two plans, and changed properties of those that stay. */
  function difference(before: Plan, after: Plan) {
    const [one, other] = [byUrn(before), byUrn(after)];
    return {
      come: [...other.keys()].filter((urn) => !one.has(urn)),
      gone: [...one.keys()].filter((urn) => !other.has(urn)),
      changes: [...other.values()].flatMap(({ urn, type, name, inputs }) => {
        const was = one.get(urn)?.inputs ?? inputs;
        return Object.keys({ ...was, ...inputs })
          .filter((key) => JSON.stringify(was[key]) !== JSON.stringify(inputs[key]))
          .map((key) => ({ type, name, key }));
      }),
    };
  }

  before(async () => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), "service-change-"));
    fs.symlinkSync(path.join(ROOT, "node_modules"), path.join(folder, "node_modules"));
    const project = `name: crm\nmain: ${JSON.stringify(ROOT)}\nruntime: nodejs\n`;
    fs.writeFileSync(path.join(folder, "Pulumi.yaml"), project);
    for (const stack of stackNames()) {
      const text = stackFileText(stack).replaceAll("123456789012", "210987654321");
      fs.writeFileSync(path.join(folder, `Pulumi.${stack}.yaml`), text);
    }
    steps.push(await planned(() => undefined));
    const usage = path.join("analysis", "cost", "usage.json");
    fs.mkdirSync(path.join(folder, path.dirname(usage)), { recursive: true });
    fs.cpSync(path.join(ROOT, "tests", "fixtures", "cost", "usage.json"), path.join(folder, usage));
    const files = filesOfPlans(folder, { ...OWN, pages: os.tmpdir() }, plansOnly(steps[0]!));
    const record = files.get(livingServicesFile("production"))!;
    fs.mkdirSync(path.join(folder, OWN.lists), { recursive: true });
    fs.writeFileSync(path.join(folder, livingServicesFile("production")), record);
  });
  after(() => fs.rmSync(folder, { recursive: true, force: true }));

  it("is recorded by npm run accept for a stack with an account of its own", () => {
    const file = path.join(folder, livingServicesFile("production"));
    const record = JSON.parse(fs.readFileSync(file, "utf8")) as Settings;
    assert.deepEqual(Object.keys(record).sort(), ["analytics", "auth", "core", "social"]);
    assert.deepEqual(record["core"], {
      port: 3002,
      route: "public",
      callProtocol: "none",
      containerName: "crm-core",
      "route.protocol": "http",
      "targetHealth.path": "/health",
      "deployment.strategy": "blue-green",
    });
    const shipped = path.join(
      ROOT,
      "tests",
      "fixtures",
      "stacks",
      livingServicesFile("production"),
    );
    assert.equal(fs.readFileSync(shipped, "utf8"), "{}\n", "the example account's are none");
  });

  it("is refused by the preview, and by npm run accept, which does not write over the record", async () => {
    const file = path.join(folder, "Pulumi.production.yaml");
    const text = fs.readFileSync(file, "utf8");
    const refused = /crm:services\.core\.port: expected 3002, .* got 3005\. .*service-change\.md/;
    await assert.rejects(
      planned((config) => (config["crm:services"].core.port = 3005)),
      refused,
    );
    await assert.rejects(accept([], folder), refused);
    fs.writeFileSync(file, text);
  });

  it("steps 1 to 3 only add", async () => {
    steps.push(
      await planned((config) => {
        const { core } = config["crm:services"];
        const route = { priority: 999, paths: ["/core-next/*"] };
        config["crm:services"]["core-next"] = { ...structuredClone(core), port: 3005, route };
        config["crm:database"].urls["core-next"] = "primary";
        config["crm:cache"].urls = [...config["crm:cache"].urls, "core-next"];
      }),
    );
    const { come, gone, changes } = difference(steps[0]!, steps[1]!);
    assert.ok(come.length > 20 && come.some((urn) => urn.endsWith("Service::crm-core-next")));
    assert.deepEqual(gone, []);
    assert.deepEqual(
      changes.filter(({ name }) => /^crm-(core|auth|social|analytics)(-|$)/.test(name)),
      [],
    );
    assert.deepEqual(
      changes.filter(({ type, key }) => replacement(type, key).verdict === "replaces"),
      [],
    );
  });

  it("step 4 moves the users by a change of rules in place", async () => {
    steps.push(
      await planned((config) => {
        const services = config["crm:services"];
        services["core-next"].route.paths = ["/*"];
      }),
    );
    const { come, gone, changes } = difference(steps[1]!, steps[2]!);
    assert.deepEqual([come, gone], [[], []]);
    assert.deepEqual(
      changes.filter(({ type }) => type === RULE),
      [{ type: RULE, name: "crm-core-next-production", key: "conditions" }],
    );
    assert.equal(replacement(RULE, "conditions").verdict, "in-place");
  });

  it("step 6 removes the first and nothing else", async () => {
    steps.push(
      await planned((config) => {
        delete config["crm:services"].core;
        delete config["crm:database"].urls.core;
        const { urls } = config["crm:cache"];
        config["crm:cache"].urls = urls.filter((service: string) => service !== "core");
        for (const section of ["crm:observability", "crm:storage"]) {
          const text = JSON.stringify(config[section] ?? {});
          config[section] = JSON.parse(
            text.replaceAll('"service":"core"', '"service":"core-next"'),
          );
        }
      }),
    );
    const { come, gone } = difference(steps[2]!, steps[3]!);
    assert.deepEqual(come, []);
    assert.ok(gone.length > 20);
    assert.deepEqual(
      gone.filter((urn) => !/::(crm-)?([a-z]+-)*core(-[a-z0-9-]+)?$/.test(urn)),
      [],
    );
    assert.deepEqual(
      gone.filter((urn) => urn.includes("core-next")),
      [],
    );
  });
});

/** The plans that the record is made of: the record asks the stack file, the rest the plan. */
function plansOnly(production: Plan): PlansByStack {
  return new Map(stackNames().map((stack) => [stack, { ...production, stack }]));
}
