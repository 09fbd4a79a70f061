/** What AWS refuses beside the old resource: only what both want. */
import assert from "node:assert/strict";

import { takenBy } from "../../../analysis/diff/one-alone";
import { type PropertyBag, UNKNOWN } from "../../../analysis/plan/model";

const SUBNET = "aws:ec2/subnet:Subnet";
const NAT = "aws:ec2/natGateway:NatGateway";
const LOCK = "aws:backup/vaultLockConfiguration:VaultLockConfiguration";
const LOGGING = "aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration";

describe("what only one resource can have", () => {
  const rows: [string, string, PropertyBag, PropertyBag, boolean][] = [
    ["a subnet in another zone", SUBNET, { cidrBlock: "10.0.0.0/24", vpcId: "a" }, { cidrBlock: "10.0.0.0/24", vpcId: "a" }, true],
    ["a subnet that grows", SUBNET, { cidrBlock: "10.0.0.0/24", vpcId: "a" }, { cidrBlock: "10.0.0.0/23", vpcId: "a" }, true],
    ["a subnet that shrinks", SUBNET, { cidrBlock: "10.0.0.0/23", vpcId: "a" }, { cidrBlock: "10.0.1.0/24", vpcId: "a" }, true],
    ["a subnet beside it", SUBNET, { cidrBlock: "10.0.0.0/24", vpcId: "a" }, { cidrBlock: "10.0.1.0/24", vpcId: "a" }, false],
    ["a subnet in another network", SUBNET, { cidrBlock: "10.0.0.0/24", vpcId: "a" }, { cidrBlock: "10.0.0.0/24", vpcId: "b" }, false],
    ["a subnet without a network", SUBNET, { cidrBlock: "10.0.0.0/24" }, { cidrBlock: "10.0.0.0/24" }, false],
    ["a subnet with IPv6 alone", SUBNET, { ipv6CidrBlock: "2001:db8::/64", vpcId: "a" }, { ipv6CidrBlock: "2001:db8::/64", vpcId: "a" }, true],
    ["a subnet with neither", SUBNET, { vpcId: "a" }, { vpcId: "a" }, false],
    ["a NAT gateway with its address", NAT, { allocationId: "x", subnetId: "1" }, { allocationId: "x", subnetId: "2" }, true],
    ["a NAT gateway with another address", NAT, { allocationId: "x" }, { allocationId: "y" }, false],
    ["a private NAT gateway", NAT, { connectivityType: "private", subnetId: "1" }, { connectivityType: "private", subnetId: "2" }, false],
    ["a private NAT gateway that becomes public", NAT, { connectivityType: "private", subnetId: "1" }, { allocationId: "x", subnetId: "1" }, false],
    ["a private NAT gateway with a number of its own", NAT, { privateIp: "10.0.0.9", subnetId: "1" }, { privateIp: "10.0.0.9", subnetId: "1" }, true],
    ["a second address of it", NAT, { allocationId: "x", secondaryAllocationIds: ["y", "z"] }, { allocationId: "w", secondaryAllocationIds: ["z"] }, true],
    ["other second addresses", NAT, { allocationId: "x", secondaryAllocationIds: ["y"] }, { allocationId: "w", secondaryAllocationIds: [] }, false],
    ["a type that has nothing alone", "aws:sqs/queue:Queue", { name: "a" }, { name: "a" }, false],
  ]; // prettier-ignore
  for (const [what, type, old, now, isTaken] of rows) {
    it(`${isTaken ? "refuses" : "has room for"} ${what}`, () => {
      assert.equal(takenBy(type, old, now)?.order, isTaken ? "name-taken" : undefined);
    });
  }

  // terraform-provider-aws: Create puts and Delete deletes by the vault's name, the web ACL's ARN or the bucket.
  const settings: [string, string, PropertyBag, PropertyBag][] = [
    ["a vault's lock", LOCK, { backupVaultName: "a", maxRetentionDays: 365 }, { backupVaultName: "a", maxRetentionDays: 400 }],
    ["a vault's notifications", "aws:backup/vaultNotifications:VaultNotifications", { backupVaultName: "a", backupVaultEvents: ["x"] }, { backupVaultName: "a", backupVaultEvents: ["y"] }],
    ["a web ACL's logging", LOGGING, { resourceArn: UNKNOWN, logDestinationConfigs: ["x"] }, { resourceArn: UNKNOWN, logDestinationConfigs: ["y"] }],
    ["a load balancer's web ACL", "aws:wafv2/webAclAssociation:WebAclAssociation", { resourceArn: "a", webAclArn: "x" }, { resourceArn: "a", webAclArn: "y" }],
    ["a bucket's versioning", "aws:s3/bucketVersioningV2:BucketVersioningV2", { bucket: "a" }, { bucket: "a", expectedBucketOwner: "1" }],
  ]; // prettier-ignore
  for (const [what, type, old, now] of settings) {
    it(`says that the late deletion of ${what} removes the new one`, () => {
      assert.equal(takenBy(type, old, now)?.order, "removed-after");
    });
  }

  it("takes a setting of another vault or of another region for another one", () => {
    const lock = { backupVaultName: "a", maxRetentionDays: 365 };
    assert.equal(takenBy(LOCK, lock, { ...lock, backupVaultName: "b" }), undefined);
    assert.equal(takenBy(LOCK, lock, { ...lock, region: "us-west-2" }), undefined);
    assert.equal(
      takenBy(LOGGING, { resourceArn: UNKNOWN }, { resourceArn: UNKNOWN }, () => true),
      undefined,
    );
  });

  it("refuses a second flow log to one destination and a second query log of a zone", () => {
    const flow = { vpcId: "v", logDestination: "group", trafficType: "ALL" };
    const FLOW = "aws:ec2/flowLog:FlowLog";
    assert.equal(takenBy(FLOW, flow, { ...flow, trafficType: "REJECT" })?.order, "name-taken");
    assert.equal(takenBy(FLOW, flow, { ...flow, logDestination: "other" }), undefined);
    const query = { zoneId: "z", cloudwatchLogGroupArn: "a" };
    const other = { ...query, cloudwatchLogGroupArn: "b" };
    assert.equal(takenBy("aws:route53/queryLog:QueryLog", query, other)?.order, "name-taken");
  });

  it("has room where the property is of something new", () => {
    const subnet = { cidrBlock: "10.0.0.0/24", vpcId: "a" };
    assert.equal(
      takenBy(SUBNET, subnet, subnet, (property) => property === "vpcId"),
      undefined,
    );
  });
});
