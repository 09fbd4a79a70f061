/** A VPC that exists: the ids reach the resources, and nothing of the VPC's owner is created. */
import assert from "node:assert/strict";

import { CrmNetwork } from "../../components/network";
import { arns, names, tags } from "../support/fixtures";
import { record, type Recording } from "../support/mocks";
import { validated } from "../support/stack-files";

const ENDPOINT = "aws:ec2/vpcEndpoint:VpcEndpoint";

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
  it("creates security groups, their rules and S3's endpoint, and nothing of the owner's", async () => {
    const { recording } = await plan();
    const types = new Set(recording.all.filter(({ custom }) => custom).map(({ type }) => type));
    assert.deepEqual([...types].sort(), [
      "aws:ec2/securityGroup:SecurityGroup",
      ENDPOINT,
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

  it("adds S3's endpoint to the owner's route tables", async () => {
    const { inputs } = (await plan()).recording.only(ENDPOINT);
    assert.equal(inputs["vpcEndpointType"], "Gateway");
    assert.equal(inputs["serviceName"], "com.amazonaws.us-east-1.s3");
    assert.equal(inputs["vpcId"], EXISTING.vpcId);
    assert.deepEqual(inputs["routeTableIds"], EXISTING.routeTableIds);
    const [own, read] = JSON.parse(inputs["policy"]).Statement;
    assert.equal(own.Condition.StringEquals["aws:PrincipalAccount"], "123456789012");
    assert.equal(read.Action, "s3:GetObject");
    assert.equal(inputs["tags"].Name, "crm-s3");
  });

  it("has no S3 endpoint if the owner has one, and interface endpoints if they are asked for", async () => {
    const { recording } = await plan({ s3GatewayEndpoint: false, interfaceEndpoints: ["sqs"] });
    const { inputs } = recording.only(ENDPOINT);
    assert.equal(inputs["serviceName"], "com.amazonaws.us-east-1.sqs");
    assert.equal(inputs["vpcId"], EXISTING.vpcId);
    assert.deepEqual(inputs["subnetIds"], EXISTING.subnetIds.private);
  });

  it("registers the same resources whether or not outputs are known", async () => {
    const list = ({ recording }: { recording: Recording }) =>
      recording.all.map(({ urn }) => urn).sort();
    assert.deepEqual(list(await plan({}, false)), list(await plan()));
  });
});
