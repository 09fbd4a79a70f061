/** Groups, ACLs and routes, in each form in which a program writes them. What AWS does is in the Amazon VPC User Guide, page by page. */
import assert from "node:assert/strict";

import { networkPath, networkPaths } from "../../../analysis/reach/network-paths";
import type { Sample } from "../../policy-pack/support";
import {
  answer,
  DATABASE,
  egress,
  FROM_APP,
  graphOf,
  group,
  ingress,
  NETWORK,
  placeIn,
  port,
  sample,
  SERVER,
  SERVER_TO_DATABASE,
  U,
  type Properties,
} from "./small-networks";

const NO_INGRESS = "blocks: data accepts no tcp 5432 from server";

describe("network paths: security groups", () => {
  const judge = (...rules: readonly Sample[]) =>
    answer([...NETWORK, SERVER, ...DATABASE, ...rules], ...SERVER_TO_DATABASE);

  it("rules in each form let through; without one both sides are named", () => {
    assert.deepEqual(judge(FROM_APP), ["reachable"]);
    const older = { type: "ingress", protocol: "tcp", ...port(5432) };
    assert.deepEqual(judge(sample("aws:ec2/securityGroupRule:SecurityGroupRule", "older", older, { securityGroupId: ["data"], sourceSecurityGroupId: ["app"] })), ["reachable"]); // prettier-ignore
    assert.deepEqual(judge(ingress("by-address", "data", { ...port(5432), cidrIpv4: "10.0.1.0/24" })), ["reachable"]); // prettier-ignore
    assert.deepEqual(judge(ingress("elsewhere", "data", { ...port(5432), cidrIpv4: "10.0.9.0/24" })), ["blocked", NO_INGRESS]); // prettier-ignore
    assert.deepEqual(judge(ingress("other-port", "data", { ...port(5433), cidrIpv4: "0.0.0.0/0" })), ["blocked", NO_INGRESS]); // prettier-ignore
    const closed = [...NETWORK.filter(({ name }) => name !== "app-out"), SERVER, ...DATABASE];
    assert.deepEqual(answer(closed, ...SERVER_TO_DATABASE), [
      "blocked",
      "blocks: app lets no tcp 5432 out to database",
      NO_INGRESS,
    ]);
  });

  it("inline rules name their own groups, not all groups of the list", () => {
    const inline = (groups: Properties) =>
      answer(
        [
          ...NETWORK.filter(({ name }) => name !== "data" && name !== "app"),
          ...[group("app", { id: "sg-app" }), group("other", { id: "sg-other" }), SERVER, ...DATABASE],
          group("data", { ingress: [{ protocol: "tcp", ...port(5432), ...groups }, { protocol: "tcp", ...port(22), securityGroups: ["sg-app"] }] }, { ingress: ["app", "other"] }),
        ],
        ...SERVER_TO_DATABASE,
      ); // prettier-ignore
    assert.deepEqual(inline({ securityGroups: ["sg-app"] }), ["reachable"]);
    assert.deepEqual(inline({ securityGroups: ["sg-other"] }), ["blocked", NO_INGRESS]);
    assert.equal(inline({ securityGroups: [U] })[0], "undecided");
  });

  it("self means members of the group, as for two members of a default group that AWS created", () => {
    const inOne = [
      ...NETWORK,
      sample("aws:ec2/instance:Instance", "one", {}, { subnetId: ["public"], vpcSecurityGroupIds: ["data"] }),
      sample("aws:ec2/instance:Instance", "two", {}, { subnetId: ["private"], vpcSecurityGroupIds: ["data"] }),
      sample("aws:ec2/securityGroupRule:SecurityGroupRule", "among", { type: "ingress", protocol: "-1", self: true }, { securityGroupId: ["data"] }),
      egress("data-out", "data"),
      SERVER,
    ]; // prettier-ignore
    assert.deepEqual(answer(inOne, "one", "two", 7000), ["reachable"]);
    assert.equal(answer(inOne, "server", "two", 7000)[0], "blocked");
    const plain = (name: string) => sample("aws:ec2/instance:Instance", name, {}, { subnetId: ["private"] }); // prettier-ignore
    const byDefault = [...NETWORK, plain("one"), plain("two"), SERVER];
    assert.deepEqual(answer(byDefault, "one", "two", 7000), ["reachable"]);
    assert.deepEqual(answer(byDefault, "server", "two", 7000), [
      "blocked",
      "blocks: the default group of two accepts no tcp 7000 from server",
    ]);
    const emptied = sample("aws:ec2/defaultSecurityGroup:DefaultSecurityGroup", "emptied", { ingress: [], egress: [] }, { vpcId: ["vpc"] }); // prettier-ignore
    assert.equal(answer([...byDefault, emptied], "one", "two", 7000).length, 3);
  });

  it("a group that is not in the plan leaves undecided, unless what is known blocks already", () => {
    const foreign = [
      ...NETWORK.filter(({ name }) => name !== "app-out"),
      ...DATABASE,
      sample("aws:ec2/instance:Instance", "server", { vpcSecurityGroupIds: ["sg-99"] }, { subnetId: ["public"] }), // prettier-ignore
    ];
    assert.deepEqual(answer([...foreign, FROM_APP], ...SERVER_TO_DATABASE), [
      "blocked",
      NO_INGRESS,
      "unknown: the rules of sg-99, which is not in the plan, are not known",
    ]);
    const named = ingress("from-it", "data", { ...port(5432), referencedSecurityGroupId: "sg-99" });
    assert.deepEqual(answer([...foreign, named], ...SERVER_TO_DATABASE), [
      "undecided",
      "unknown: the rules of sg-99, which is not in the plan, are not known",
    ]);
  });

  it("prefix lists: of the plan, of CloudFront, and one that the plan does not have", () => {
    const list = sample("aws:ec2/managedPrefixList:ManagedPrefixList", "offices", { entries: [{ cidr: "203.0.113.0/24" }] }); // prettier-ignore
    const by = (rule: Sample) => {
      const graph = graphOf(...NETWORK, SERVER, list, rule);
      return networkPath(graph, placeIn(graph, "internet"), placeIn(graph, "server"), "tcp", 443);
    };
    const own = by(ingress("in", "app", port(443), { prefixListId: ["offices"] }));
    assert.deepEqual([own.verdict, own.sources], ["reachable", ["203.0.113.0/24"]]);
    assert.equal(by(ingress("in", "app", { ...port(443), prefixListId: "pl-3b927c52" })).verdict, "blocked"); // prettier-ignore
    assert.equal(by(ingress("in", "app", { ...port(443), prefixListId: "pl-of-others" })).verdict, "undecided"); // prettier-ignore
  });
});

describe("network paths: network ACLs", () => {
  const ACL = "aws:ec2/networkAcl:NetworkAcl";
  const all = { protocol: "-1", fromPort: 0, toPort: 0, cidrBlock: "0.0.0.0/0" };
  const allow = { ...all, ruleNo: 100, action: "allow" };
  const judge = (props: Properties, on = "private") =>
    answer(
      [...NETWORK, SERVER, ...DATABASE, FROM_APP, sample(ACL, "acl", props, { subnetIds: [on] })],
      ...SERVER_TO_DATABASE,
    );

  it("the lowest number that matches decides", () => {
    const deny = { ...all, protocol: "tcp", ...port(5432), ruleNo: 90, action: "deny" };
    assert.deepEqual(judge({ ingress: [allow], egress: [allow] }), ["reachable"]);
    assert.deepEqual(judge({ ingress: [allow, { ...deny, ruleNo: 110 }], egress: [allow] }), ["reachable"]); // prettier-ignore
    assert.deepEqual(judge({ ingress: [allow, deny], egress: [allow] }), [
      "blocked",
      "blocks: acl lets no tcp 5432 in from server (subnet private)",
    ]);
    assert.equal(judge({ ingress: [allow, { ...deny, ruleNo: U }], egress: [allow] })[0], "undecided"); // prettier-ignore
    assert.equal(judge({ ingress: [{ ...allow, action: U }], egress: [allow] })[0], "undecided");
  });

  it("answers need a rule of their own, and all four are named", () => {
    const narrow = { ...allow, protocol: "tcp", ...port(5432) };
    assert.deepEqual(judge({ ingress: [allow], egress: [narrow] }), [
      "blocked",
      "blocks: acl lets no answers (tcp, to the caller's ports) out to server (subnet private)",
    ]);
    const answers = { ...allow, protocol: "tcp", fromPort: 32_768, toPort: 61_000 };
    assert.deepEqual(judge({ ingress: [allow], egress: [answers] }), ["reachable"]);
    const both = [...NETWORK, SERVER, ...DATABASE, FROM_APP, sample(ACL, "acl", {}, { subnetIds: ["private", "public"] })]; // prettier-ignore
    assert.equal(answer([...both], ...SERVER_TO_DATABASE).length, 5);
  });

  it("within a subnet no ACL is asked", () => {
    const near = { ...SERVER, references: { subnetId: ["private"], vpcSecurityGroupIds: ["app"] } };
    const closed = sample(ACL, "acl", {}, { subnetIds: ["private"] });
    assert.deepEqual(answer([...NETWORK, near, ...DATABASE, FROM_APP, closed], ...SERVER_TO_DATABASE), ["reachable"]); // prettier-ignore
  });

  it("a default ACL allows all, until the stack takes its rules", () => {
    const taken = sample("aws:ec2/defaultNetworkAcl:DefaultNetworkAcl", "taken", {}, { defaultNetworkAclId: ["vpc"] }); // prettier-ignore
    assert.equal(answer([...NETWORK, SERVER, ...DATABASE, FROM_APP, taken], ...SERVER_TO_DATABASE).length, 5); // prettier-ignore
  });

  it("rules and associations that are resources count", () => {
    const apart = [
      sample(ACL, "acl", {}, { vpcId: ["vpc"] }),
      sample("aws:ec2/networkAclAssociation:NetworkAclAssociation", "on", {}, { networkAclId: ["acl"], subnetId: ["private"] }), // prettier-ignore
      ...[true, false].map((out) =>
        sample("aws:ec2/networkAclRule:NetworkAclRule", `rule-${out}`, { egress: out, ruleNumber: 1, ruleAction: "allow", ...all }, { networkAclId: ["acl"] }),
      ),
    ]; // prettier-ignore
    const given = [...NETWORK, SERVER, ...DATABASE, FROM_APP];
    assert.deepEqual(answer([...given, ...apart], ...SERVER_TO_DATABASE), ["reachable"]);
    assert.equal(answer([...given, ...apart.slice(0, 3)], ...SERVER_TO_DATABASE)[0], "blocked");
  });
});

describe("network paths: the internet", () => {
  const OPEN = ingress("app-in", "app", { ...port(443), cidrIpv4: "0.0.0.0/0" });
  const judge = (...samples: readonly Sample[]) =>
    answer([...NETWORK, OPEN, ...samples], "internet", "server", 443);
  const server = (props: Properties, subnet: string) =>
    sample("aws:ec2/instance:Instance", "server", props, { subnetId: [subnet], vpcSecurityGroupIds: ["app"] }); // prettier-ignore
  const NO_ADDRESS = "blocks: server has no public address";
  const NO_ROUTE =
    "blocks: the main route table of vpc has no route from private to the internet, by an internet gateway";

  it("a public address, a route and a rule are needed; all that lack are named", () => {
    assert.deepEqual(judge(SERVER), ["reachable"]);
    assert.deepEqual(judge(server({}, "private")), ["blocked", NO_ADDRESS, NO_ROUTE]);
    assert.deepEqual(judge(server({ associatePublicIpAddress: true }, "private")), ["blocked", NO_ROUTE]); // prettier-ignore
    assert.deepEqual(judge(server({ associatePublicIpAddress: U }, "public"))[0], "undecided");
    assert.deepEqual(judge(server({ associatePublicIpAddress: U }, "private")).slice(0, 2), ["blocked", NO_ROUTE]); // prettier-ignore
    const held = sample("aws:ec2/eip:Eip", "address", {}, { instance: ["server"] });
    assert.deepEqual(judge(server({}, "public"), held), ["reachable"]);
    const mapping = sample("aws:ec2/subnet:Subnet", "mapping", { cidrBlock: "10.0.3.0/24", mapPublicIpOnLaunch: true }, { vpcId: ["vpc"] }); // prettier-ignore
    const main = sample("aws:ec2/mainRouteTableAssociation:MainRouteTableAssociation", "main", {}, { vpcId: ["vpc"], routeTableId: ["outward"] }); // prettier-ignore
    assert.deepEqual(judge(mapping, main, server({}, "mapping")), ["reachable"]);
    assert.equal(judge(mapping, server({}, "mapping"))[0], "blocked");
  });

  it("a server in the default VPC is reachable as AWS creates it", () => {
    assert.deepEqual(judge(sample("aws:ec2/instance:Instance", "server", {}, { vpcSecurityGroupIds: ["app"] })), ["reachable"]); // prettier-ignore
  });

  it("inline routes count, and the most specific one decides", () => {
    const routes = (...list: Properties[]) =>
      answer(
        [
          ...NETWORK.filter(({ name }) => name !== "default" && name !== "outward"),
          sample("aws:ec2/routeTable:RouteTable", "outward", { routes: list }, { vpcId: ["vpc"], routes: ["igw"] }),
          ...[OPEN, SERVER],
        ],
        "internet",
        "server",
        443,
      ); // prettier-ignore
    const out = { cidrBlock: "0.0.0.0/0", gatewayId: U };
    const away = { cidrBlock: "0.0.0.0/1", transitGatewayId: "tgw-1" };
    assert.deepEqual(routes(out), ["reachable"]);
    assert.equal(routes()[0], "blocked");
    assert.equal(routes(away, { ...out, cidrBlock: "10.8.0.0/16" })[0], "undecided");
  });

  it("ports that no rule opens are not reported; the open ones are ranges with their networks", () => {
    const graph = graphOf(
      ...NETWORK,
      ...[SERVER, OPEN],
      ingress("office", "app", { fromPort: 8000, toPort: 8099, cidrIpv4: "198.51.100.0/24" }),
    );
    const found = networkPaths(graph).filter(({ to }) => to.label === "server");
    const rows = found.map(({ ports, protocol, sources }) => [
      protocol,
      ...ports,
      ...(sources ?? []),
    ]);
    assert.deepEqual(rows, [
      ["tcp", 443, 443],
      ["tcp", 8000, 8099, "198.51.100.0/24"],
    ]);
  });

  it("IPv6 needs no other public address", () => {
    const dual = sample("aws:ec2/subnet:Subnet", "dual", { cidrBlock: "10.0.4.0/24", assignIpv6AddressOnCreation: true }, { vpcId: ["vpc"] }); // prettier-ignore
    const main = sample("aws:ec2/mainRouteTableAssociation:MainRouteTableAssociation", "main", {}, { vpcId: ["vpc"], routeTableId: ["outward"] }); // prettier-ignore
    const route = sample("aws:ec2/route:Route", "six", { destinationIpv6CidrBlock: "::/0" }, { routeTableId: ["outward"], gatewayId: ["igw"] }); // prettier-ignore
    const rule = ingress("app-six", "app", { ...port(443), cidrIpv6: "::/0" });
    assert.deepEqual(judge(dual, main, route, rule, server({}, "dual")), ["reachable"]);
    assert.equal(judge(dual, main, rule, server({}, "dual"))[0], "blocked");
  });

  it("outward a NAT gateway is enough, which needs a route out itself", () => {
    const nat = (subnet: string) => sample("aws:ec2/natGateway:NatGateway", "nat", {}, { subnetId: [subnet] }); // prettier-ignore
    const inner = [
      sample("aws:ec2/routeTable:RouteTable", "inward", {}, { vpcId: ["vpc"] }),
      sample("aws:ec2/route:Route", "by-nat", { destinationCidrBlock: "0.0.0.0/0" }, { routeTableId: ["inward"], natGatewayId: ["nat"] }),
      sample("aws:ec2/routeTableAssociation:RouteTableAssociation", "of-private", {}, { routeTableId: ["inward"], subnetId: ["private"] }),
      server({}, "private"),
    ]; // prettier-ignore
    const out = (...samples: readonly Sample[]) => answer([...NETWORK, ...samples], "server", "internet", 443); // prettier-ignore
    assert.deepEqual(out(nat("public"), ...inner), ["reachable"]);
    assert.deepEqual(out(nat("private"), ...inner), [
      "blocked",
      "blocks: nat is in private, whose routes lead to nat itself",
    ]);
    assert.deepEqual(out(server({}, "public"))[0], "blocked");
  });
});
