/** What only one resource can have at a time, besides a name. */
import type { Fact } from "./fact";

/** A property whose value AWS gives to one resource alone. */
export interface HeldAlone extends Fact {
  readonly property: string;
  /** The property within whose value it is alone; absent: everywhere. */
  readonly within?: string;
  /** When a new value needs what the old one has: `overlap` of ranges of addresses, `share` of an item of two lists. */
  readonly collides: "equal" | "overlap" | "share";
  readonly why: string;
}

const RANGES = {
  why: "two subnets of a network cannot overlap",
  source: "https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html",
  asOf: "2026-11-28",
  unverified: "not recorded that the page was opened on that day",
} as const;
/** A private gateway has no such address. */
const ADDRESS = {
  why: "its address belongs to one NAT gateway at a time",
  source: "https://docs.aws.amazon.com/vpc/latest/userguide/vpc-nat-gateway.html",
  asOf: "2026-11-28",
  unverified: "not recorded that the page was opened on that day",
} as const;

/** By type. */
export const HELD_ALONE: Readonly<Record<string, readonly HeldAlone[]>> = {
  "aws:ec2/subnet:Subnet": [
    { property: "cidrBlock", within: "vpcId", collides: "overlap", ...RANGES },
    { property: "ipv6CidrBlock", within: "vpcId", collides: "equal", ...RANGES },
  ],
  "aws:ec2/natGateway:NatGateway": [
    { property: "allocationId", collides: "equal", ...ADDRESS },
    { property: "secondaryAllocationIds", collides: "share", ...ADDRESS },
    { property: "privateIp", within: "subnetId", collides: "equal", ...ADDRESS },
  ],
};
