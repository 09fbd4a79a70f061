/** Routes out of the VPC. */
import type { Node, StackGraph } from "../../analysis/graph";
import { items, known, read, UNKNOWN } from "../../analysis/properties";
import { isAnywhere } from "../../analysis/security-group-rules";
import { ADDRESS_HOLDERS, outerProperty, PROGRAM_SUBNETS } from "../../facts/type-properties";
import { type Report, type Rule, stackRule } from "../define";
import { publicSubnets } from "./public-database";

const SUBNET = "aws:ec2/subnet:Subnet";
const TABLE = "aws:ec2/routeTable:RouteTable";
const NAT = "aws:ec2/natGateway:NatGateway";
const EIP = "aws:ec2/eip:Eip";
const ASSOCIATION = "aws:ec2/routeTableAssociation:RouteTableAssociation";

const workloadsPrivate = stackRule({
  id: "private-subnets-have-no-igw-route",
  description: "Tasks and functions run in private subnets.",
  severity: "critical",
  remediation:
    "Use subnets whose default route points to a NAT gateway, or that have no default route.",
  url: "https://docs.aws.amazon.com/vpc/latest/userguide/vpc-nat-gateway.html",
  check(graph, reportOn) {
    const exposed = new Set(publicSubnets(graph));
    for (const [type, path] of Object.entries(PROGRAM_SUBNETS.properties)) {
      for (const node of graph.ofType(type)) {
        const subnets = graph.referred(node, outerProperty(path), SUBNET);
        const given = read(node.properties, path);
        if (subnets === UNKNOWN) {
          // Subnets of other stacks, by a known id, are judged in their own stack.
          const ids = items(given);
          // A public address is the finding of ecs-service-no-public-ip; a task has one in public subnets only.
          const isPublic = read(node.properties, "networkConfiguration.assignPublicIp") === true;
          if (!isPublic && (ids === UNKNOWN || ids.includes(UNKNOWN))) {
            reportOn(node).undecided(path);
          }
          continue;
        }
        const open = subnets.filter((subnet) => exposed.has(subnet));
        // A list that is not known refers to all subnets of the component that created it, of every tier.
        const exact = Array.isArray(given) && subnets.length <= given.length;
        if (open.length > 0 && (exact || open.length === subnets.length)) {
          reportOn(node).violation(
            `${path} has subnets that are routed to an internet gateway (${open.map(({ name }) => name).join(", ")}); use private ones.`,
          );
        }
      }
    }
  },
});

interface NatSetting {
  /** Whether every zone has a NAT gateway of its own, so that no zone loses internet access with another. */
  readonly onePerZone: boolean;
}

const natForEgress = stackRule<NatSetting>({
  id: "nat-for-private-egress",
  description: "Private subnets reach the internet through a NAT gateway of their own zone.",
  severity: "medium",
  controls: { checkov: ["CKV2_AWS_35"] },
  remediation: "Route 0.0.0.0/0 to the zone's NAT gateway; to save money, set onePerZone to false.",
  url: "https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-basics.html",
  defaults: { onePerZone: true },
  check(graph, reportOn, { onePerZone }) {
    for (const route of graph.ofType("aws:ec2/route:Route").filter(isDefault)) {
      const report = reportOn(route);
      if (known(route.properties["networkInterfaceId"]) !== undefined) {
        report.violation(
          "networkInterfaceId is set; use natGatewayId: a NAT instance has no failover.",
        );
      } else if (known(route.properties["natGatewayId"]) !== undefined && onePerZone) {
        judgeZones(graph, route, report);
      }
    }
  },
});

function isDefault({ properties }: Node): boolean {
  return [properties["destinationCidrBlock"], properties["destinationIpv6CidrBlock"]].some(
    (network) => typeof network === "string" && isAnywhere(network),
  );
}

/** Requires that subnets that use a route leave through a gateway in their own zone. */
function judgeZones(graph: StackGraph, route: Node, report: Report): void {
  const gateways = graph.referred(route, "natGatewayId", NAT);
  const tables = graph.referred(route, "routeTableId", TABLE);
  if (gateways === UNKNOWN || tables === UNKNOWN) {
    if ([route.properties["natGatewayId"], route.properties["routeTableId"]].some(isUnknown)) {
      report.undecided("natGatewayId or routeTableId");
    }
    return;
  }
  if (gateways.some((gateway) => read(gateway.properties, "availabilityMode") === "regional")) {
    return;
  }
  const zones = gateways.flatMap((gateway) => zonesOf(graph, gateway));
  const subnets = tables
    .flatMap((table) => graph.referring(table, ASSOCIATION, "routeTableId"))
    .flatMap((association) => zonesOf(graph, association));
  const strangers = subnets.filter((zone) => zone !== UNKNOWN && !zones.includes(zone));
  if (strangers.length > 0 && !zones.includes(UNKNOWN)) {
    report.violation(
      `natGatewayId refers to a gateway in ${zones.join(", ")} for a subnet in ${strangers.join(", ")}; use one in the subnet's zone.`,
    );
  } else if (zones.includes(UNKNOWN) || subnets.includes(UNKNOWN)) {
    report.undecided("the zone of the NAT gateway or of the subnet");
  }
}

function isUnknown(value: unknown): boolean {
  return known(value) === UNKNOWN;
}

/** Zones of the subnets that a resource names. */
function zonesOf(graph: StackGraph, node: Node): (string | typeof UNKNOWN)[] {
  const subnets = graph.referred(node, "subnetId", SUBNET);
  const zones =
    subnets === UNKNOWN
      ? [UNKNOWN]
      : subnets.map((subnet) => read(subnet.properties, "availabilityZone"));
  return zones.map((zone) => (typeof zone === "string" ? zone : UNKNOWN));
}

/** A DNS record alone does not put an address to use. */
const RECORD = "aws:route53/record:Record";

const addressesUsed = stackRule({
  id: "eip-attached",
  description: "An Elastic IP address is in use: an idle one still costs money.",
  severity: "low",
  controls: { securityHub: ["EC2.12"], checkov: ["CKV2_AWS_19"] },
  remediation: "Give it to a NAT gateway or remove it.",
  url: "https://docs.aws.amazon.com/securityhub/latest/userguide/ec2-controls.html#ec2-12",
  check(graph, reportOn) {
    for (const address of graph.ofType(EIP)) {
      const own = ["instance", "networkInterface"].some(
        (property) => read(address.properties, property) !== undefined,
      );
      const held = ADDRESS_HOLDERS.properties.some(
        ([type, property]) => graph.referring(address, type, property).length > 0,
      );
      const used = graph.usersOf(address).some(({ type }) => /\//.test(type) && type !== RECORD);
      if (own || held || used) {
        continue;
      }
      if (
        ADDRESS_HOLDERS.properties.some(
          ([type, property]) => graph.unplaced(type, property, EIP).length > 0,
        )
      ) {
        reportOn(address).undecided("the allocationId of a resource that may use it");
      } else {
        reportOn(address).violation("nothing refers to it; associate it or remove it.");
      }
    }
  },
});

export const networkRouteRules: readonly Rule[] = [workloadsPrivate, natForEgress, addressesUsed];
