/** What only one resource can have, besides a name: AWS refuses a new resource that wants it while the old one is there. */
import { entryOf } from "../../facts/entry-of";
import type { PropertyBag } from "../plan/model";
import type { Manner } from "./model";

/** By type: the property, within which other one it is alone, and why. */
const ONE_ALONE: Readonly<Record<string, readonly [string, string | undefined, string]>> = {
  // Amazon VPC User Guide, "Subnet CIDR blocks": those of one VPC cannot overlap.
  "aws:ec2/subnet:Subnet": ["cidrBlock", "vpcId", "two subnets of a network cannot overlap"],
  // Amazon VPC User Guide, "Work with NAT gateways": an Elastic IP address has one association.
  "aws:ec2/natGateway:NatGateway": [
    ...(["allocationId", undefined, "its address belongs to one NAT gateway at a time"] as const),
  ],
};

/** Why a replacement cannot be made beside the old resource; `moved` tells which property holds the id of something new. */
export function takenBy(
  type: string,
  old: PropertyBag,
  now: PropertyBag,
  moved: (property: string) => boolean = () => false,
): Manner | undefined {
  const [property, within, why] = entryOf(ONE_ALONE, type) ?? [];
  if (property === undefined || why === undefined) return undefined;
  const same = [property, within ?? property].every(
    (one) => JSON.stringify(old[one]) === JSON.stringify(now[one]) && !moved(one),
  );
  return same ? { order: "name-taken", why } : undefined;
}
