/** The plans that would create topologies, in one of the forms in which a program can write them. */
import { type Node, StackGraph } from "../../../analysis/graph";
import { UNKNOWN_TEXT } from "../../policy-pack/support";
import type { AclEntry, GroupRule, Topology, Value } from "./packets";
import type { Random } from "./topologies";

/** Whether the ids are known, as after an update, or are made of references, as before the first one. */
export type Stage = "deployed" | "planned";

/** The plan that creates a topology. */
export function planOf(topology: Topology, stage: Stage, random: Random): StackGraph {
  const nodes: Node[] = [];
  const add = (
    type: string,
    name: string,
    values: Record<string, unknown>,
    refs: Record<string, string | readonly string[]> = {},
  ) => {
    const properties: Record<string, unknown> = { ...values };
    const references: Record<string, string[]> = {};
    for (const [property, to] of Object.entries(refs)) {
      const names = typeof to === "string" ? [to] : to;
      const ids = names.map((one) => (stage === "deployed" ? idOf(one) : UNKNOWN_TEXT));
      const shown = typeof to === "string" ? ids[0] : ids;
      const [outer, inner] = property.split(".") as [string, string?];
      // `origins.` names what a value is made of, which is shown already.
      if (inner !== "") {
        properties[outer] =
          inner === undefined ? shown : { ...(properties[outer] as object), [inner]: shown };
      }
      references[outer] = [...(references[outer] ?? []), ...names.map(urnOf)];
    }
    if (stage === "deployed") properties["id"] = idOf(name);
    nodes.push({
      ...{ type, name, urn: urnOf(name), properties, references },
      options: {} as Node["options"],
    });
  };
  const { vpcs, tables, acls, subnets, groups, hosts, nat, peering } = topology;
  vpcs.forEach(({ cidr, gateway, main }, vpc) => {
    add("aws:ec2/vpc:Vpc", `vpc-${vpc}`, { cidrBlock: cidr });
    add(
      "aws:ec2/internetGateway:InternetGateway",
      `igw-${vpc}`,
      {},
      gateway ? { vpcId: `vpc-${vpc}` } : {},
    );
    if (main !== undefined) {
      add(
        "aws:ec2/mainRouteTableAssociation:MainRouteTableAssociation",
        `main-${vpc}`,
        {},
        {
          ...{ vpcId: `vpc-${vpc}`, routeTableId: `table-${main}` },
        },
      );
    }
  });
  tables.forEach(({ vpc, routes }, place) => {
    const name = `table-${place}`;
    const target = (via: string): [string, string] =>
      via === "nat" ? ["natGatewayId", "nat-0"]
      : via === "pcx" ? ["vpcPeeringConnectionId", "pcx-0"]
      : ["gatewayId", via === "igw" ? `igw-${vpc}` : `igw-${1 - vpc}`]; // prettier-ignore
    const isInline = stage === "deployed" && random.odds(0.5);
    add("aws:ec2/routeTable:RouteTable", name, {
      ...(isInline && {
        routes: routes.map(({ to, via }) => {
          const [property, id] = target(via);
          return { cidrBlock: to, [property]: idOf(id) };
        }),
      }),
    }, { vpcId: `vpc-${vpc}` }); // prettier-ignore
    if (isInline) return;
    routes.forEach(({ to, via }, index) => {
      const [property, id] = target(via);
      add(
        "aws:ec2/route:Route",
        `route-${place}-${index}`,
        { destinationCidrBlock: to },
        {
          ...{ routeTableId: name, [property]: id },
        },
      );
    });
  });
  subnets.forEach(({ vpc, cidr, table, mapsPublic }, place) => {
    const values = { cidrBlock: cidr, mapPublicIpOnLaunch: mapsPublic };
    add("aws:ec2/subnet:Subnet", `subnet-${place}`, values, { vpcId: `vpc-${vpc}` });
    if (table !== undefined) {
      add(
        "aws:ec2/routeTableAssociation:RouteTableAssociation",
        `association-${place}`,
        {},
        {
          ...{ subnetId: `subnet-${place}`, routeTableId: `table-${table}` },
        },
      );
    }
  });
  acls.forEach((acl, place) => addAcl(topology, acl, place, add, random));
  groups.forEach((group, place) =>
    addGroup(group, place, add, stage, stage === "deployed" && random.odds(0.5)),
  );
  hosts.forEach(({ subnets: at, address, groups: of, isPublic }, place) => {
    const memberships = of.map((group) => `group-${group}`);
    if (place === 3) {
      add("aws:ec2/vpcEndpoint:VpcEndpoint", "host-3", { vpcEndpointType: "Interface" }, {
        subnetIds: at.map((subnet) => `subnet-${subnet}`),
        securityGroupIds: memberships,
      }); // prettier-ignore
      return;
    }
    const given = isPublic === undefined ? undefined : shownValue(isPublic);
    const isAlone = place > 0 && address === undefined;
    if (isAlone && random.odds(0.5)) {
      addStarted(`host-${place}`, at, memberships, given, { add, stage, random });
      return;
    }
    if (place === 2) {
      add(
        "aws:ecs/service:Service",
        "host-2",
        { networkConfiguration: { assignPublicIp: given } },
        {
          "networkConfiguration.subnets": at.map((subnet) => `subnet-${subnet}`),
          "networkConfiguration.securityGroups": memberships,
        },
      );
      return;
    }
    const isInTemplate = random.odds(0.2);
    if (isInTemplate) {
      addTemplate(`template-${place}`, memberships, given, add, stage);
    }
    add("aws:ec2/instance:Instance", `host-${place}`, {
      ...(stage === "deployed" && { publicDns: `host-${place}.compute.internal` }),
      ...(address !== undefined && { privateIp: address }),
      ...(given !== undefined && !isInTemplate && { associatePublicIpAddress: given }),
    }, {
      subnetId: `subnet-${at[0]}`,
      ...(isInTemplate ? { "launchTemplate.id": `template-${place}` } : { vpcSecurityGroupIds: memberships }),
    }); // prettier-ignore
  });
  addOutside(topology, stage, add);
  if (nat) {
    const values = nat.isPublic ? {} : { connectivityType: "private" };
    add("aws:ec2/natGateway:NatGateway", "nat-0", values, { subnetId: `subnet-${nat.subnet}` });
  }
  if (peering) {
    const isByAccepter = peering.accepted && random.odds(0.5);
    const values = peering.accepted && !isByAccepter ? { autoAccept: true } : {};
    add("aws:ec2/vpcPeeringConnection:VpcPeeringConnection", "pcx-0", values, {
      ...{ vpcId: "vpc-1", peerVpcId: "vpc-0" },
    });
    if (isByAccepter) {
      add(
        "aws:ec2/vpcPeeringConnectionAccepter:VpcPeeringConnectionAccepter",
        "accepter",
        {},
        {
          ...{ vpcPeeringConnectionId: "pcx-0" },
        },
      );
    }
  }
  return StackGraph.from(nodes);
}

type Add = (
  type: string,
  name: string,
  values: Record<string, unknown>,
  refs?: Record<string, string | readonly string[]>,
) => void;

/** A launch template: what it says of an interface, it says in one; without that, the subnet decides. */
function addTemplate(
  name: string,
  groups: readonly string[],
  isPublic: unknown,
  add: Add,
  stage: Stage,
): void {
  const TYPE = "aws:ec2/launchTemplate:LaunchTemplate";
  if (isPublic === undefined) {
    add(TYPE, name, {}, { vpcSecurityGroupIds: groups });
    return;
  }
  const associatePublicIpAddress = typeof isPublic === "boolean" ? String(isPublic) : isPublic;
  const securityGroups = groups.map((one) => (stage === "deployed" ? idOf(one) : UNKNOWN_TEXT));
  const networkInterfaces = [{ associatePublicIpAddress, securityGroups }];
  add(TYPE, name, { networkInterfaces }, { "networkInterfaces.": groups });
}

/** An Auto Scaling group of which each instance is the host. */
function addStarted(
  name: string,
  subnets: readonly number[],
  groups: readonly string[],
  isPublic: unknown,
  { add, stage, random }: { add: Add; stage: Stage; random: Random },
): void {
  const source = name.replace("host", "template");
  const isOld = random.odds(0.3);
  if (isOld) {
    const values = isPublic === undefined ? {} : { associatePublicIpAddress: isPublic };
    add("aws:ec2/launchConfiguration:LaunchConfiguration", source, values, {
      securityGroups: groups,
    });
  } else {
    addTemplate(source, groups, isPublic, add, stage);
  }
  const id = stage === "deployed" ? idOf(source) : UNKNOWN_TEXT;
  const specification = { launchTemplateSpecification: { launchTemplateId: id } };
  const isMixed = !isOld && random.odds(0.3);
  add(
    "aws:autoscaling/group:Group",
    name,
    isMixed ? { mixedInstancesPolicy: { launchTemplate: specification } } : {},
    {
      vpcZoneIdentifiers: subnets.map((subnet) => `subnet-${subnet}`),
      ...(isOld
        ? { launchConfiguration: source }
        : { [isMixed ? "mixedInstancesPolicy." : "launchTemplate.id"]: source }),
    },
  );
}

/** A function without a VPC, a gateway endpoint, and a distribution with host 0 as its origin, by name or inside of its VPC. */
function addOutside({ edge, gate, hosts }: Topology, stage: Stage, add: Add): void {
  add("aws:lambda/function:Function", "lambda", {});
  const [at] = hosts[0]!.subnets;
  add("aws:ec2/vpcEndpoint:VpcEndpoint", "gate", stage === "deployed" ? { prefixListId: listId("gate") } : {}, {
    vpcId: `vpc-${at === 2 ? 1 : 0}`,
    routeTableIds: gate.map((table) => `table-${table}`),
  }); // prettier-ignore
  const { enabled, origin } = edge;
  const DISTRIBUTION = "aws:cloudfront/distribution:Distribution";
  if (origin === undefined) {
    add(DISTRIBUTION, "edge", { enabled, origins: [] });
    return;
  }
  const known = (text: string) => (stage === "deployed" ? text : UNKNOWN_TEXT);
  const ways = { originProtocolPolicy: "https-only", httpsPort: origin.port };
  const domainName = known("host-0.compute.internal");
  if (!origin.inside) {
    const own = { domainName, customOriginConfig: ways };
    add(DISTRIBUTION, "edge", { enabled, origins: [own] }, { "origins.": ["host-0"] });
    return;
  }
  add("aws:cloudfront/vpcOrigin:VpcOrigin", "origin", {
    vpcOriginEndpointConfig: { arn: known(idOf("host-0")), ...ways },
  }, { "vpcOriginEndpointConfig.": ["host-0"] }); // prettier-ignore
  const own = { domainName, vpcOriginConfig: { vpcOriginId: known("origin") } };
  add(DISTRIBUTION, "edge", { enabled, origins: [own] }, { "origins.": ["host-0", "origin"] });
}

function addAcl(
  { subnets }: Topology,
  acl: Topology["acls"][number],
  place: number,
  add: Add,
  random: Random,
): void {
  const name = `acl-${place}`;
  const own = subnets.flatMap((subnet, index) => (subnet.acl === place ? [`subnet-${index}`] : []));
  const isInline = random.odds(0.5);
  const isByList = random.odds(0.5);
  const inline = (entries: readonly AclEntry[]) =>
    entries.map((entry) => ({
      ...entryOf(entry),
      ruleNo: shownValue(entry.number),
      action: actionOf(entry),
    }));
  add(
    "aws:ec2/networkAcl:NetworkAcl",
    name,
    isInline ? { ingress: inline(acl.ingress), egress: inline(acl.egress) } : {},
    isByList ? { subnetIds: own } : {},
  );
  if (!isByList) {
    for (const subnet of own) {
      const refs = { networkAclId: name, subnetId: subnet };
      add("aws:ec2/networkAclAssociation:NetworkAclAssociation", `${name}-${subnet}`, {}, refs);
    }
  }
  if (isInline) return;
  for (const direction of ["ingress", "egress"] as const) {
    acl[direction].forEach((entry, index) => {
      const number = { ruleNumber: shownValue(entry.number), ruleAction: actionOf(entry) };
      const values = { ...entryOf(entry), ...number, egress: direction === "egress" };
      add("aws:ec2/networkAclRule:NetworkAclRule", `${name}-${direction}-${index}`, values, {
        networkAclId: name,
      });
    });
  }
}

function entryOf({ protocol, ports, cidr }: AclEntry): Record<string, unknown> {
  const number = { tcp: "6", udp: "17", "-1": "-1" }[protocol];
  return { protocol: number, fromPort: ports[0], toPort: ports[1], cidrBlock: shownValue(cidr) };
}

function actionOf({ allow }: AclEntry): unknown {
  const value = shownValue(allow);
  return typeof value === "boolean" ? (value ? "allow" : "deny") : value;
}

function addGroup(
  group: Topology["groups"][number],
  place: number,
  add: Add,
  stage: Stage,
  isInline: boolean,
): void {
  const name = `group-${place}`;
  const inline = (rules: readonly GroupRule[]) =>
    rules.map(({ protocol, ports, cidr, group: peer, list }) => ({
      ...{ protocol, fromPort: ports[0], toPort: ports[1] },
      ...(list !== undefined && { prefixListIds: [listId(list)] }),
      ...(cidr !== undefined && { cidrBlocks: [shownValue(cidr)] }),
      ...(peer !== undefined &&
        (peer === place ? { self: true } : { securityGroups: [idOf(`group-${peer}`)] })),
    }));
  const values = isInline ? { ingress: inline(group.ingress), egress: inline(group.egress) } : {};
  add("aws:ec2/securityGroup:SecurityGroup", name, values);
  if (isInline) return;
  const TYPES = {
    ingress: "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
    egress: "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule",
  };
  for (const direction of ["ingress", "egress"] as const) {
    group[direction].forEach(({ protocol, ports, cidr, group: peer, list }, index) => {
      const rule = `${name}-${direction}-${index}`;
      const byGate = list === "gate";
      const range = { fromPort: ports[0], toPort: ports[1] };
      if (index % 2 === 1) {
        add("aws:ec2/securityGroupRule:SecurityGroupRule", rule, {
          ...{ type: direction, protocol, ...range },
          ...(cidr !== undefined && { cidrBlocks: [shownValue(cidr)] }),
          ...(peer === place && { self: true }),
          ...(list !== undefined && { prefixListIds: [stage === "planned" && byGate ? UNKNOWN_TEXT : listId(list)] }),
        }, {
          securityGroupId: name,
          ...(byGate && { "prefixListIds.": ["gate"] }),
          ...(peer !== undefined && peer !== place && { sourceSecurityGroupId: `group-${peer}` }),
        }); // prettier-ignore
        return;
      }
      add(TYPES[direction], rule, {
        ...{ ipProtocol: protocol, ...(protocol === "-1" ? {} : range) },
        ...(cidr !== undefined && { cidrIpv4: shownValue(cidr) }),
        ...(list !== undefined && { prefixListId: stage === "planned" && byGate ? UNKNOWN_TEXT : listId(list) }),
      }, {
        securityGroupId: name,
        ...(byGate && { "prefixListId.": ["gate"] }),
        ...(peer !== undefined && { referencedSecurityGroupId: `group-${peer}` }),
      }); // prettier-ignore
    });
  }
}

/** CloudFront's list in us-east-1, or the one that the gateway endpoint creates. */
function listId(list: "cloudfront" | "gate"): string {
  return list === "cloudfront" ? "pl-3b927c52" : "pl-of-gate";
}

/** A value as a plan has it. */
function shownValue(value: Value<unknown>): unknown {
  const isOpen = typeof value === "object" && value !== null && "open" in value;
  return isOpen ? UNKNOWN_TEXT : value;
}

const PREFIXES: readonly (readonly [start: string, prefix: string])[] = [["group", "sg"], ["host", "i"], ["table", "rtb"]]; // prettier-ignore

function idOf(name: string): string {
  const prefix = PREFIXES.find(([start]) => name.startsWith(start));
  return prefix ? name.replace(prefix[0], prefix[1]) : name;
}

export function urnOf(name: string): string {
  return `urn:pulumi:test::test::it::${name}`;
}
