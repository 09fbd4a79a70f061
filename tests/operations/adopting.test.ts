/** What stays its owner's (docs/adopting.md): a whole stack uses it by its name, and creates none beside it. */
import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";

import { parse } from "yaml";

import type { PlannedResource } from "../../analysis/plan/model";
import { type Changes, exampleText, objections, planWith } from "../../operations/example";
import { stackConfigOf } from "../../operations/platform";
import { platformDuties } from "../../operations/platform-roles";
import { dutiesOf, indexOf, problemsOf } from "../../operations/rights";
import type { Plan } from "../../tools/preview/index";
import { planOf } from "../support/plans";
import { packConfigFile, STACKS_PROJECT } from "../support/stack-files";

const CERTIFICATE = "arn:aws:acm:us-east-1:123456789012:certificate/one";

/** Resources of staging with changes. */
async function planned(changes: Changes): Promise<readonly PlannedResource[]> {
  const base = { stack: "staging", cwd: STACKS_PROJECT, judged: false };
  return (await planWith(changes, base)).resources;
}

const ofType = (resources: readonly PlannedResource[], type: string) =>
  resources.filter((one) => one.type === `aws:${type}`);

describe("resources of another owner", () => {
  it("zone, certificate and repository by their names", async () => {
    const resources = await planned({
      config: {
        "crm:edge": { zone: { id: "Z0123456789ABCDEFGHIJ" } },
        "crm:cluster": { loadBalancer: { certificateArn: CERTIFICATE } },
        "crm:services": {
          auth: { image: `sha256:${"0".repeat(64)}`, repository: { create: false, name: "team" } },
        },
      },
    });
    assert.deepEqual(ofType(resources, "route53/zone:Zone"), []);
    const records = ofType(resources, "route53/record:Record");
    assert.ok(records.length > 5);
    assert.ok(records.every(({ inputs }) => inputs["zoneId"] === "Z0123456789ABCDEFGHIJ"));
    const certificates = ofType(resources, "acm/certificate:Certificate");
    assert.deepEqual(
      certificates.map(({ name }) => name),
      ["crm-dns-viewer"],
    );
    const listeners = ofType(resources, "lb/listener:Listener").filter(
      ({ inputs }) => inputs["protocol"] === "HTTPS",
    );
    assert.ok(listeners.length >= 2);
    assert.ok(listeners.every(({ inputs }) => inputs["certificateArn"] === CERTIFICATE));
    const repositories = ofType(resources, "ecr/repository:Repository");
    assert.ok(repositories.length > 0);
    assert.ok(repositories.every(({ name }) => !name.includes("auth")));
    const task = ofType(resources, "ecs/taskDefinition:TaskDefinition").find(
      ({ name }) => name === "crm-auth",
    );
    assert.match(
      JSON.stringify(task!.inputs),
      /dkr\.ecr\.us-east-1\.amazonaws\.com\/team@sha256:0/,
    );
  });

  it("certificate: the pack judges production with the exemption of the page, and names it without", async () => {
    const config = { "crm:cluster": { loadBalancer: { certificateArn: CERTIFICATE } } };
    const page = fs.readFileSync(path.join(__dirname, "..", "..", "docs", "adopting.md"), "utf8");
    const [, json] = /```json\n(\{\s+"recovery-certificates"[^`]+)```/.exec(page)!;
    const policies = JSON.parse(json!) as Changes["policies"];
    const packConfig = packConfigFile("production");
    const base = { stack: "production", cwd: STACKS_PROJECT, packConfig };
    const plain = objections(await planWith({ config }, base));
    assert.deepEqual(
      [...new Set(plain)],
      [
        `recovery-certificates: whether us-west-2 has a certificate for the hosts of ${CERTIFICATE} is not known: the stack creates neither.`,
      ],
    );
    assert.deepEqual(objections(await planWith({ config, policies }, base)), []);
  });

  it("the VPC: its ids reach all that is in it", async () => {
    const changes = parse(exampleText("existing-vpc"), { merge: true }) as {
      config: {
        "crm:network": { existing: { vpcId: string; subnetIds: Record<string, string[]> } };
      };
    };
    const { vpcId, subnetIds } = changes.config["crm:network"].existing;
    const resources = await planned(changes);
    const owners =
      /^aws:ec2\/(vpc|subnet|routeTable|route|natGateway|internetGateway|eip|flowLog|vpcEndpoint|default\w+):/;
    assert.deepEqual(
      resources.filter(({ type }) => owners.test(type)),
      [],
    );
    for (const type of ["ec2/securityGroup:SecurityGroup", "lb/targetGroup:TargetGroup"]) {
      const inVpc = ofType(resources, type).map(({ inputs }) => inputs["vpcId"]);
      assert.deepEqual([...new Set(inVpc)], [vpcId], type);
    }
    const balancers = ofType(resources, "lb/loadBalancer:LoadBalancer");
    for (const { inputs } of balancers) {
      const tier = inputs["internal"] === true ? "private" : "public";
      assert.deepEqual(inputs["subnets"], subnetIds[tier]);
    }
    assert.equal(balancers.length, 2);
    const services = ofType(resources, "ecs/service:Service");
    assert.equal(services.length, 4);
    for (const { inputs } of services) {
      const { subnets } = inputs["networkConfiguration"] as { subnets: string[] };
      assert.deepEqual(subnets, subnetIds["private"]);
    }
    const functions = ofType(resources, "lambda/function:Function")
      .map(({ inputs }) => inputs["vpcConfig"] as { subnetIds: string[] } | undefined)
      .filter((one) => one !== undefined);
    assert.ok(functions.length >= 4);
    for (const one of functions) assert.deepEqual(one.subnetIds, subnetIds["private"]);
    const [database] = ofType(resources, "rds/subnetGroup:SubnetGroup");
    assert.deepEqual(database!.inputs["subnetIds"], subnetIds["database"]!.slice(0, 2));
    const [cache] = ofType(resources, "elasticache/subnetGroup:SubnetGroup");
    assert.deepEqual(cache!.inputs["subnetIds"], subnetIds["database"]);
  });

  it("the VPC: the pack judges production in it as well, with more tasks and a replica", async () => {
    const changes = parse(exampleText("existing-vpc"), { merge: true }) as Changes;
    const packConfig = packConfigFile("production");
    const base = { stack: "production", cwd: STACKS_PROJECT, packConfig };
    assert.deepEqual(objections(await planWith(changes, base)), []);
  });

  it("keys: the stack adds its aliases, and creates none of them", async () => {
    const changes = parse(exampleText("existing-keys")) as {
      config: { "crm:keys": { existing: Record<string, string> } };
    };
    const { existing } = changes.config["crm:keys"];
    const resources = await planned(changes);
    const aliases = new Map(
      ofType(resources, "kms/alias:Alias").map(({ inputs }) => [inputs["name"], inputs]),
    );
    for (const [name, arn] of Object.entries(existing)) {
      const target = aliases.get(`alias/crm-staging-${name}`)!["targetKeyId"];
      assert.equal(target, arn.split("/").at(-1), name);
    }
    const left = ofType(resources, "kms/key:Key").map(({ name }) => name);
    assert.deepEqual(left, ["crm-storage-replica-key"]);
  });

  it("keys: every role of the plan and of the pipeline may use them, and needs its permissions for that", async () => {
    const bootstrap = await planOf("bootstrap");
    const changes = parse(exampleText("existing-keys")) as Changes;
    const plan = await planWith(changes, { stack: "staging", cwd: STACKS_PROJECT, judged: false });
    const settings = stackConfigOf("staging", STACKS_PROJECT);
    const asked = (planned: Plan) =>
      [
        ...platformDuties(indexOf(planned), indexOf(bootstrap), settings).duties,
        ...dutiesOf("staging", planned, bootstrap),
      ].flatMap((duty) =>
        problemsOf(duty, "123456789012").map((line) => `${duty.role.name}: ${line}`),
      );
    assert.deepEqual(asked(plan), []);
    const without = structuredClone(plan);
    for (const { type, inputs } of without.resources) {
      if (type !== "aws:iam/rolePolicy:RolePolicy") continue;
      const document = JSON.parse(inputs["policy"] as string) as { Statement: { Sid: string }[] };
      document.Statement = document.Statement.filter(({ Sid }) => Sid !== "KeyUserUploads");
      inputs["policy"] = JSON.stringify(document);
    }
    assert.match(asked(without).join("\n"), /core-task: denied +kms:Decrypt/);
  });
});
