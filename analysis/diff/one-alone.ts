/** What only one resource can have, besides a name: AWS refuses a new resource that wants it while the old one is there. */
import { overlaps, parseCidr } from "../../facts/cidr";
import { entryOf } from "../../facts/entry-of";
import type { PropertyBag } from "../plan/model";
import type { Manner } from "./model";
import { equal } from "./values";

/** What a type has alone. */
interface Alone {
  readonly property: string;
  /** The property within whose value it is alone; absent: everywhere. */
  readonly within?: string;
  /** Whether the new value needs what the old one has. @default where they are equal */
  readonly collides?: (old: unknown, now: unknown) => boolean;
  readonly why: string;
}

const RANGE = "two subnets of a network cannot overlap";
const ADDRESS = "its address belongs to one NAT gateway at a time";

/** By type. */
const ALONE: Readonly<Record<string, readonly Alone[]>> = {
  // Amazon VPC User Guide, "Subnet CIDR blocks": those of one VPC cannot overlap.
  "aws:ec2/subnet:Subnet": [
    { property: "cidrBlock", within: "vpcId", collides: overlap, why: RANGE },
    { property: "ipv6CidrBlock", within: "vpcId", why: RANGE },
  ],
  // Amazon VPC User Guide, "Work with NAT gateways": an Elastic IP address has one association. A private one has none.
  "aws:ec2/natGateway:NatGateway": [
    { property: "allocationId", why: ADDRESS },
    { property: "secondaryAllocationIds", collides: share, why: ADDRESS },
    { property: "privateIp", within: "subnetId", why: ADDRESS },
  ],
};

/** Why a replacement cannot be made beside the old resource; `moved` tells which property holds the id of something new. */
export function takenBy(
  type: string,
  old: PropertyBag,
  now: PropertyBag,
  moved: (property: string) => boolean = () => false,
): Manner | undefined {
  const taken = entryOf(ALONE, type)?.find(
    ({ property, within, collides = equal }) =>
      [property, within ?? property].every((one) => isThere(old[one]) && !moved(one)) &&
      collides(old[property], now[property]) &&
      (within === undefined || equal(old[within], now[within])),
  );
  return taken && { order: "name-taken", why: taken.why };
}

/** Two resources cannot compete for a property that is not set. */
function isThere(value: unknown): boolean {
  return value !== undefined && value !== null && value !== "";
}

function overlap(old: unknown, now: unknown): boolean {
  const [one, other] = [old, now].map((text) =>
    typeof text === "string" ? parseCidr(text) : undefined,
  );
  return one && other ? overlaps(one, other) : equal(old, now);
}

function share(old: unknown, now: unknown): boolean {
  return Array.isArray(old) && Array.isArray(now)
    ? old.some((one) => now.some((other) => equal(one, other)))
    : equal(old, now);
}
