/** The region of a stack whose first provider is not of it, as for CloudFront's certificates, in all that is derived. */
import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";

import { accountQuotas } from "../../../analysis/account-quotas";
import { availabilityOf } from "../../../analysis/capacity/availability";
import { usdOf } from "../../../analysis/capacity/prices";
import { estimate } from "../../../analysis/cost/estimate";
import { PRICED_REGIONS } from "../../../analysis/cost/model";
import { PRICES } from "../../../analysis/cost/tables";
import { StackGraph } from "../../../analysis/graph";
import { homeRegion, regionsOf } from "../../../analysis/plan/regions";
import { lostRegion } from "../../../analysis/recovery/control-planes";
import { recoveryStackOf } from "../../../analysis/recovery/of-plan";
import { text } from "../../../analysis/recovery/resources";
import { stackOf } from "../../../policy-pack/rules/recovery";
import { Lookup } from "../../../tools/diagram/lookup";
import { type Plan, previewStack } from "../../../tools/preview/index";
import { plannedResources } from "../../policy-pack/planned";
import { USAGE } from "../../support/usage";

const PROGRAM = `
  import * as aws from "@pulumi/aws";
  const allowedAccountIds = ["123456789012"];
  const edge = new aws.Provider("edge", { region: "us-east-1", allowedAccountIds });
  new aws.acm.Certificate("site", { domainName: "a.example" }, { provider: edge });
  new aws.ec2.NatGateway("abroad", { subnetId: "subnet-1" }, { provider: edge });
  new aws.ec2.NatGateway("there", { subnetId: "subnet-2", region: "us-east-1" });
  new aws.rds.Instance("data", { engine: "postgres", instanceClass: "db.t4g.medium", allocatedStorage: 20 });
  new aws.ec2.NatGateway("here", { subnetId: "subnet-3" });
  new aws.rds.SubnetGroup("copies", { subnetIds: ["a"] }, { provider: edge });
  new aws.rds.SubnetGroup("copies-too", { subnetIds: ["a"], region: "us-east-1" });
  new aws.rds.SubnetGroup("named", { subnetIds: ["a"], region: "eu-west-1" });
  new aws.rds.SubnetGroup("named-too", { subnetIds: ["a"], region: "eu-west-1" }, { provider: edge });
`;

const CONFIG = 'config:\n  aws:region: eu-west-1\n  aws:allowedAccountIds: ["123456789012"]\n';

describe("a stack whose first provider is of another region", () => {
  let folder: string;
  let plan: Plan;
  const find = (name: string) => plan.resources.find((one) => one.name === name)!;

  before(async () => {
    folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "regions-")));
    const files = {
      ...{ "package.json": "{}", "Pulumi.yaml": "name: abroad\nruntime: nodejs\n" },
      ...{ "Pulumi.dev.yaml": CONFIG, "index.ts": PROGRAM },
    };
    for (const [name, text] of Object.entries(files)) {
      fs.writeFileSync(path.join(folder, name), text);
    }
    const packages = path.join(__dirname, "..", "..", "..", "node_modules");
    fs.symlinkSync(packages, path.join(folder, "node_modules"));
    plan = await previewStack({ cwd: folder, policyPacks: [] });
  });
  after(() => fs.rmSync(folder, { recursive: true }));

  it("is in the region of its settings, and its resources where they or their providers say", () => {
    assert.equal(plan.region, "eu-west-1");
    assert.equal(homeRegion(plan), "eu-west-1");
    const regionOf = regionsOf(plan.resources);
    assert.deepEqual(
      ["site", "abroad", "there", "data"].map((name) => regionOf(find(name))),
      ["us-east-1", "us-east-1", "us-east-1", undefined],
    );
  });

  it("has copies only where the region is another, in the derivation and in the pack alike", () => {
    // A policy run gets the provider that Pulumi makes, and the plan leaves it out.
    const urn = find("data").provider.split("::").slice(0, -1).join("::");
    const standard = { ...find("edge"), urn, name: "default", inputs: { region: "eu-west-1" } };
    const resources = [standard, ...plan.resources];
    const graph = StackGraph.of(plannedResources({ ...plan, resources }));
    for (const stack of [recoveryStackOf(plan), stackOf(graph)]) {
      assert.deepEqual(
        stack
          .ofType("aws:rds/subnetGroup:SubnetGroup")
          .map((one) => [one.name, text(one, "region")]),
        [
          ["copies", "us-east-1"],
          ["copies-too", "us-east-1"],
          ["named", undefined],
          ["named-too", undefined],
        ],
      );
    }
  });

  it("costs what it costs there, and nothing where no price of the region is known", () => {
    assert.ok(!PRICED_REGIONS.includes("eu-west-1"));
    const { lines, notEstimated } = estimate(plan, PRICES, USAGE);
    assert.deepEqual(new Set(lines.map(({ name }) => name)), new Set(["abroad", "there"]));
    assert.deepEqual(
      new Set(notEstimated.map(({ reason }) => reason)),
      new Set(["the price table does not know eu-west-1"]),
    );
    const stack = recoveryStackOf(plan);
    assert.equal(usdOf(stack, "nat-hour"), undefined);
    const priced = recoveryStackOf({ ...plan, region: "us-east-1" });
    assert.equal(usdOf(priced, "nat-hour"), PRICES.prices["nat-hour"]!.usd["us-east-1"]);
  });

  it("has its quotas, control planes, availability and picture there", () => {
    assert.deepEqual(
      new Set(accountQuotas([plan]).map(({ region }) => region)),
      new Set(["eu-west-1"]),
    );
    const stack = recoveryStackOf(plan);
    assert.equal(lostRegion(stack), "eu-west-1");
    assert.deepEqual(
      new Set(availabilityOf(stack).parts.map(({ of }) => of)),
      new Set(["data", "here"]),
    );
    const lookup = new Lookup(plan);
    assert.deepEqual(
      ["abroad", "there", "data"].map((name) => lookup.regionOf(find(name))),
      ["us-east-1", "us-east-1", "eu-west-1"],
    );
    assert.equal(lookup.region(), "eu-west-1");
  });
});
