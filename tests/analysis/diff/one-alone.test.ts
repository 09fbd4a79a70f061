/** What AWS refuses beside the old resource: only what both want. */
import assert from "node:assert/strict";

import { takenBy } from "../../../analysis/diff/one-alone";
import type { PropertyBag } from "../../../analysis/plan/model";

const SUBNET = "aws:ec2/subnet:Subnet";
const NAT = "aws:ec2/natGateway:NatGateway";

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

  it("has room where the property is of something new", () => {
    const subnet = { cidrBlock: "10.0.0.0/24", vpcId: "a" };
    assert.equal(
      takenBy(SUBNET, subnet, subnet, (property) => property === "vpcId"),
      undefined,
    );
  });
});
