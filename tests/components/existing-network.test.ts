/** A VPC that exists: the ids reach the resources, and nothing of the VPC's owner is created. */
import assert from "node:assert/strict";

import { CrmNetwork } from "../../components/network";
import { arns, names, tags } from "../support/fixtures";
import { record, type Recording } from "../support/mocks";
import { validated } from "../support/stack-files";

const EXISTING = {
  vpcId: "vpc-0123456789abcdef0",
  subnetIds: {
    public: ["subnet-0000000a", "subnet-0000000b", "subnet-0000000c"],
    private: ["subnet-0000001a", "subnet-0000001b", "subnet-0000001c"],
    database: ["subnet-0000002a", "subnet-0000002b", "subnet-0000002c"],
  },
  routeTableIds: ["rtb-0000000a", "rtb-0000000b"],
};

async function plan(change: object = {}, preview = true) {
  const config = validated("staging").network;
  let network: CrmNetwork;
  const recording = await record(
    () => {
      network = new CrmNetwork("crm", {
        ...config,
        existing: EXISTING,
        logsKey: { arn: "arn:aws:kms:us-east-1:123456789012:key/logs" },
        names,
        arns,
        tags: tags("network"),
        ...change,
      });
    },
    { preview },
  );
  return { recording, network: network! };
}

const outputs = (recording: Recording) =>
  recording.outputs.get(recording.only("crm:aws:CrmNetwork").urn)!;

describe("CrmNetwork in a VPC that exists", () => {
  it("creates security groups and their rules, and nothing of the owner's", async () => {
    const { recording } = await plan();
    const types = new Set(recording.all.filter(({ custom }) => custom).map(({ type }) => type));
    assert.deepEqual([...types].sort(), [
      "aws:ec2/securityGroup:SecurityGroup",
      "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule",
      "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
    ]);
    assert.equal(recording.ofType("awsx:ec2:Vpc").length, 0);
    const groups = recording.ofType("aws:ec2/securityGroup:SecurityGroup");
    assert.equal(groups.length, 5);
    assert.ok(groups.every(({ inputs }) => inputs["vpcId"] === EXISTING.vpcId));
  });

  it("knows all ids in the first preview", async () => {
    const { recording, network } = await plan();
    const { vpcId, subnetIds } = EXISTING;
    const given = outputs(recording);
    assert.equal(given["vpcId"], vpcId);
    assert.deepEqual(given["publicSubnetIds"], subnetIds.public);
    assert.deepEqual(given["privateSubnetIds"], subnetIds.private);
    assert.deepEqual(given["databaseSubnetIds"], subnetIds.database);
    assert.equal(given["natGatewayCount"], 0);
    assert.deepEqual(given["natPublicIps"], []);
    assert.equal(given["flowLogGroupName"], undefined);
    assert.deepEqual(network.watched, { natGatewayIds: [], flowLogGroupName: undefined });
    assert.deepEqual(network.databaseNetwork.subnetZones, [
      "us-east-1a",
      "us-east-1b",
      "us-east-1c",
    ]);
    assert.equal(network.privateRouteTableIds.length, 2);
    assert.deepEqual(network.databaseRouteTableIds, []);
  });

  it("leaves S3's route and the names of AWS's services as they are for others in the VPC", async () => {
    const { recording, network } = await plan({
      s3GatewayEndpoint: true,
      interfaceEndpoints: ["sqs"],
    });
    assert.deepEqual(recording.ofType("aws:ec2/vpcEndpoint:VpcEndpoint"), []);
    assert.equal(network.endpointsSecurityGroupId, undefined);
  });

  it("registers the same resources whether or not outputs are known", async () => {
    const list = ({ recording }: { recording: Recording }) =>
      recording.all.map(({ urn }) => urn).sort();
    assert.deepEqual(list(await plan({}, false)), list(await plan()));
  });
});
