import assert from "node:assert/strict";

import {
  type RemoteExpander,
  SECRET_SIGNATURE,
  SIGNATURE,
  UNKNOWN,
} from "../../../analysis/plan/model";
import { childUrn } from "../../../analysis/plan/urn";
import { secret } from "../../../analysis/plan/values";
import { Monitor } from "../../../tools/preview/engine/monitor";
import { resource, stackResource } from "./support";

const vpcType = "aws:ec2/vpc:Vpc";

/** A remote component with one child, whose outputs refer to it. */
const expand: RemoteExpander = ({ urn, name }) => {
  const child = childUrn(urn, vpcType, name);
  return {
    children: [
      {
        ...{ urn: child, type: vpcType, name, parent: urn },
        ...{ inputs: { cidrBlock: "10.0.0.0/16" }, dependencies: [], propertyDependencies: {} },
      },
    ],
    state: {
      vpc: { [SIGNATURE]: "5cf8f73096256a8f31e491e813e4eb8e", urn: child, id: "" },
      vpcId: UNKNOWN,
    },
    stateDependencies: { vpcId: [child] },
  };
};

function monitor(values: Record<string, string> = {}): Monitor {
  return new Monitor({
    ...{ project: "sample", stack: "dev" },
    config: { values, secretKeys: Object.keys(values).filter((key) => key.endsWith("Key")) },
    expanderFor: () => expand,
  });
}

describe("preview monitor", () => {
  it("a remote component's children hang under it and take over its options", async () => {
    const subject = monitor();
    const network = resource("crm:aws:CrmNetwork", "network", stackResource, { custom: false });
    const vpc = resource("awsx:ec2:Vpc", "vpc", network, {
      ...{ custom: false, remote: true, protect: true },
    });
    await subject.register({ ...stackResource });
    await subject.register(network, { aws: "explicit::id" });
    const registered = await subject.register(vpc);
    const child = subject.find(childUrn(vpc.urn, vpcType, "vpc"));
    assert.equal(child?.parent, vpc.urn);
    assert.equal(child?.protect, true);
    // The provider comes from the component above the remote one.
    assert.equal(child?.provider, "explicit::id");
    assert.deepEqual(registered.outputDependencies, { vpcId: [child?.urn] });
    // The program gets the reference, the plan and the policies what it stands for.
    assert.equal((registered.outputs.vpc as { urn: string }).urn, child?.urn);
    assert.deepEqual(vpc.outputs, { vpc: UNKNOWN, vpcId: UNKNOWN });
    assert.deepEqual(subject.defaultProviders, []);
  });

  it("a new resource's outputs are its inputs and what is declared secret", async () => {
    const subject = monitor();
    await subject.register({ ...stackResource });
    const password = resource("random:index/randomPassword:RandomPassword", "p", stackResource, {
      ...{ inputs: { length: 9, special: true }, additionalSecretOutputs: ["result", "special"] },
    });
    const { outputs } = await subject.register(password);
    assert.deepEqual(outputs, { length: 9, special: secret(true), result: secret(UNKNOWN) });
    assert.equal((outputs.result as Record<string, unknown>)[SIGNATURE], SECRET_SIGNATURE);
  });

  it("default providers carry the stack's settings of their package", async () => {
    const subject = monitor({
      "aws:region": "us-east-1",
      "aws:accessKey": UNKNOWN,
      "sample:a": "b",
    });
    await subject.register({ ...stackResource });
    const key = resource("aws:kms/key:Key", "key", stackResource, { version: "7.48.0" });
    await subject.register(key);
    assert.equal(subject.providerOf(key)?.name, "default_7_48_0");
    assert.deepEqual(subject.providerOf(key)?.inputs, {
      ...{ region: "us-east-1", accessKey: secret(UNKNOWN), version: "7.48.0" },
    });
  });

  it("a URN is registered once and under a parent that is", async () => {
    const subject = monitor();
    await subject.register({ ...stackResource });
    await assert.rejects(subject.register({ ...stackResource }), /^Error: Duplicate resource URN/);
    const orphan = resource("aws:kms/key:Key", "key", resource("a:b:C", "gone", stackResource));
    await assert.rejects(subject.register(orphan), /the parent of .* is not registered/);
    assert.throws(() => subject.registerOutputs("urn:x", {}), /which is not registered/);
  });
});
