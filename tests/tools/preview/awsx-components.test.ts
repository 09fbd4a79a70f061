import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";

import type { PropertyBag, RemoteChild, RemoteExpansion } from "../../../analysis/plan/model";
import { SECRET_SIGNATURE, SIGNATURE, UNKNOWN } from "../../../analysis/plan/model";
import { bagFromWire } from "../../../analysis/plan/values";
import { expanderFor } from "../../../tools/preview/engine/remote";

/** What Pulumi's engine asked the real awsx provider 3.9 in a first preview, what that registered, and what it answered. */
interface Recording {
  type: string;
  name: string;
  urn: string;
  inputs: PropertyBag;
  inputDependencies: Record<string, string[]>;
  children: RemoteChild[];
  state: PropertyBag;
  stateDependencies: Record<string, string[]>;
}

const recordings = JSON.parse(
  readFileSync(join(__dirname, "fixtures", "awsx-components.json"), "utf8"),
) as Recording[];

describe("components of awsx in the offline preview", () => {
  for (const recording of recordings) {
    it(`has what awsx registers for ${recording.type} "${recording.name}"`, () => {
      const { children } = expanded(recording);
      assert.deepEqual(comparable(children), comparable(recording.children));
      for (const { urn, propertyDependencies } of recording.children) {
        const ours = children.find((child) => child.urn === urn)!;
        for (const [property, urns] of Object.entries(propertyDependencies)) {
          // Of an item of a list only the whole list's dependencies are known.
          const missing = urns.filter((one) => !ours.propertyDependencies[property]?.includes(one));
          assert.deepEqual(missing, [], `${urn} ${property}`);
        }
      }
    });

    it(`answers as awsx does for ${recording.type} "${recording.name}"`, () => {
      const { state, stateDependencies } = expanded(recording);
      assert.deepEqual(plain(state), plain(recording.state));
      assert.deepEqual(
        Object.keys(stateDependencies).sort(),
        Object.keys(recording.stateDependencies).sort(),
      );
    });
  }

  it("refuses what awsx refuses, by the component's name", () => {
    const given: readonly (readonly [type: string, inputs: PropertyBag, message: RegExp])[] = [
      ["lb:ApplicationLoadBalancer", { subnets: ["a"], subnetIds: ["a"] }, /only one of subnets/],
      ["lb:NetworkLoadBalancer", { listener: {}, listeners: [] }, /only one of listener/],
      ["ecs:FargateService", {}, /taskDefinition or taskDefinitionArgs, got neither/],
      ["ecs:FargateTaskDefinition", { container: {}, containers: {} }, /got both/],
      [
        "ecs:FargateTaskDefinition",
        { container: { cpu: 40_000 }, logGroup: { skip: true } },
        /fit into 32 vCPU/,
      ],
      ["ecr:Repository", { lifecyclePolicy: { rules: [{ tagStatus: "any" }] } }, /maximumAgeLimit/],
      ["cloudtrail:Trail", { s3Bucket: { existing: {} } }, /name or arn, got neither/],
    ];
    for (const [type, inputs, message] of given) {
      assert.throws(() => expandedOf(`awsx:${type}`, inputs), message, type);
      assert.throws(() => expandedOf(`awsx:${type}`, inputs), /^Error: awsx\.\w+\.\w+ "x": /, type);
    }
  });

  it("keeps a secret of a container secret in the task definition", () => {
    const password = { [SIGNATURE]: SECRET_SIGNATURE, value: "hunter2" };
    const container = { name: "web", environment: [{ name: "PASSWORD", value: password }] };
    const { children } = expandedOf("awsx:ecs:FargateTaskDefinition", {
      container,
      logGroup: { skip: true },
    });
    const { containerDefinitions } = children.find(({ type }) =>
      type.includes("taskDefinition"),
    )!.inputs;
    assert.equal((containerDefinitions as PropertyBag)[SIGNATURE], SECRET_SIGNATURE);
    assert.match(String((containerDefinitions as PropertyBag).value), /hunter2/);
  });

  it("knows the log configuration where the log group's name is given", () => {
    const { children } = expandedOf("awsx:ecs:FargateTaskDefinition", {
      container: { name: "web", image: "nginx" },
      logGroup: { existing: { name: "/web", region: "eu-west-1" } },
    });
    const task = children.find(({ type }) => type === "aws:ecs/taskDefinition:TaskDefinition")!;
    assert.match(String(task.inputs.containerDefinitions), /"awslogs-group":"\/web"/);
    assert.equal(task.inputs.memory, "512");
  });

  it("makes an open security group and asks the default VPC where no network is given", () => {
    const { children } = expandedOf("awsx:ecs:FargateService", { taskDefinition: "td:1" });
    const [group, service] = children;
    assert.equal(group?.name, "x-sg");
    assert.deepEqual(service?.inputs.networkConfiguration, {
      subnets: [UNKNOWN, UNKNOWN, UNKNOWN],
      assignPublicIp: false,
      securityGroups: [UNKNOWN],
    });
    assert.deepEqual(service?.propertyDependencies.networkConfiguration, [group?.urn]);
  });

  it("has no children for the default VPC, whose ids only AWS knows", () => {
    const { children, state } = expandedOf("awsx:ec2:DefaultVpc", {});
    assert.deepEqual([children, state.vpcId], [[], UNKNOWN]);
  });
});

function expanded({ type, name, urn, inputs, inputDependencies }: Recording): RemoteExpansion {
  const found = new Map(
    Object.entries(inputDependencies).map(([property, urns]) => [property, new Set(urns)]),
  );
  const bag = bagFromWire(inputs, (property) => found.get(property));
  const propertyDependencies = Object.fromEntries(
    [...found].map(([property, urns]) => [property, [...urns]]),
  );
  return expandedOf(type, bag, { name, urn, propertyDependencies });
}

function expandedOf(
  type: string,
  inputs: PropertyBag,
  rest: { name?: string; urn?: string; propertyDependencies?: Record<string, string[]> } = {},
): RemoteExpansion {
  const expand = expanderFor(type);
  assert.ok(expand, type);
  return expand({
    project: "sample",
    stack: "dev",
    urn: `urn:pulumi:dev::sample::${type}::x`,
    type,
    name: "x",
    inputs,
    dependencies: [],
    propertyDependencies: {},
    protect: false,
    providers: {},
    region: () => "us-east-1",
    ...rest,
  });
}

/** Children in an order of their own, without their dependencies. */
function comparable(children: readonly RemoteChild[]): unknown[] {
  return children
    .map(({ urn, type, parent, inputs, custom }) => ({
      urn,
      type,
      parent,
      inputs,
      custom: custom ?? true,
    }))
    .sort((one, other) => (one.urn < other.urn ? -1 : 1));
}

/** Outputs with each reference as its URN. */
function plain(state: PropertyBag): unknown {
  return JSON.parse(
    JSON.stringify(state, (_, value: unknown) =>
      typeof value === "object" && value !== null && "urn" in value ? value.urn : value,
    ),
  );
}
