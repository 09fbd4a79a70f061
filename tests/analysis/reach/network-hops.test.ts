/** Peering connections, load balancers, distributions and endpoints, and what is not known. */
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
  U,
  type Properties,
  type References,
} from "./small-networks";

describe("network paths: between networks", () => {
  const OTHER: readonly Sample[] = [
    sample("aws:ec2/vpc:Vpc", "far", { cidrBlock: "10.9.0.0/16" }),
    sample("aws:ec2/subnet:Subnet", "far-one", { cidrBlock: "10.9.1.0/24" }, { vpcId: ["far"] }),
    sample("aws:ec2/instance:Instance", "caller", {}, { subnetId: ["far-one"], vpcSecurityGroupIds: ["app"] }), // prettier-ignore
  ];
  const peering = (props: Properties) => sample("aws:ec2/vpcPeeringConnection:VpcPeeringConnection", "pcx", props, { vpcId: ["vpc"], peerVpcId: ["far"] }); // prettier-ignore
  const tables = ["far", "vpc"].flatMap((vpc) => [
    sample("aws:ec2/routeTable:RouteTable", `${vpc}-main`, {}, { vpcId: [vpc] }),
    sample("aws:ec2/mainRouteTableAssociation:MainRouteTableAssociation", `${vpc}-is-main`, {}, { vpcId: [vpc], routeTableId: [`${vpc}-main`] }),
    sample("aws:ec2/route:Route", `${vpc}-over`, { destinationCidrBlock: vpc === "far" ? "10.0.0.0/16" : "10.9.0.0/16" }, { routeTableId: [`${vpc}-main`], vpcPeeringConnectionId: ["pcx"] }),
  ]); // prettier-ignore
  const judge = (...samples: readonly Sample[]) =>
    answer([...NETWORK, ...DATABASE, FROM_APP, ...OTHER, ...samples], "caller", "database", 5432);

  it("a peering connection has to be accepted and routed on both sides", () => {
    assert.deepEqual(judge(peering({ autoAccept: true }), ...tables), ["reachable"]);
    assert.deepEqual(judge(peering({}), ...tables), ["blocked", "blocks: pcx is not accepted"]);
    assert.deepEqual(judge(peering({ autoAccept: true }), ...tables.slice(0, 3)), [
      "blocked",
      "blocks: the main route table of vpc has no route from private to caller",
    ]);
    assert.equal(judge().length, 4);
  });

  it("a transit gateway is not judged, and says so", () => {
    const over = ["far", "vpc"].flatMap((vpc) => [
      sample("aws:ec2/routeTable:RouteTable", `${vpc}-main`, { routes: [{ cidrBlock: "10.0.0.0/8", transitGatewayId: "tgw-1" }] }, { vpcId: [vpc] }),
      sample("aws:ec2/mainRouteTableAssociation:MainRouteTableAssociation", `${vpc}-is-main`, {}, { vpcId: [vpc], routeTableId: [`${vpc}-main`] }),
    ]); // prettier-ignore
    assert.equal(judge(...over)[0], "undecided");
  });
});

describe("network paths: load balancers, distributions, endpoints", () => {
  const balancer = (props: Properties, references: References = { securityGroups: ["front"] }) =>
    sample("aws:lb/loadBalancer:LoadBalancer", "balancer", props, {
      subnets: ["public"],
      ...references,
    });
  const FRONT = [group("front"), egress("front-out", "front")];
  const listener = sample("aws:lb/listener:Listener", "https", { port: 443, protocol: "HTTPS" }, { loadBalancerArn: ["balancer"], defaultActions: ["targets"] }); // prettier-ignore
  const targets = (props: Properties = {}) => sample("aws:lb/targetGroup:TargetGroup", "targets", { port: 8080, protocol: "HTTP", ...props }); // prettier-ignore
  const attached = sample("aws:lb/targetGroupAttachment:TargetGroupAttachment", "attached", { port: 9000 }, { targetGroupArn: ["targets"], targetId: ["server"] }); // prettier-ignore
  const rows = (...samples: readonly Sample[]) =>
    networkPaths(graphOf(...NETWORK, ...FRONT, ...samples)).map(
      ({ from, to, ports, verdict }) => `${from.label} ${to.label} ${ports[0]} ${verdict}`,
    );

  it("an internal load balancer is blocked by that, one of the internet answers on its listeners", () => {
    const open = ingress("front-in", "front", { ...port(443), cidrIpv4: "0.0.0.0/0" });
    assert.ok(rows(balancer({}), listener, targets(), open).includes("internet balancer 443 reachable")); // prettier-ignore
    const graph = [...NETWORK, ...FRONT, balancer({ internal: true }), listener, targets(), open];
    assert.deepEqual(answer(graph, "internet", "balancer", 443), [
      "blocked",
      "blocks: balancer is internal",
    ]);
  });

  it("a target is called on its own port", () => {
    const rule = ingress("from-front", "app", port(9000), { referencedSecurityGroupId: ["front"] });
    const found = rows(balancer({}), listener, targets(), attached, SERVER, rule);
    assert.ok(found.includes("balancer server 9000 reachable"), found.join("\n"));
  });

  it("a network load balancer without groups keeps the callers' addresses", () => {
    const plain = balancer({ loadBalancerType: "network" }, {});
    const tcp = targets({ protocol: "TCP" });
    const open = ingress("open", "app", { ...port(9000), cidrIpv4: "0.0.0.0/0" });
    const inside = ingress("open", "app", { ...port(9000), cidrIpv4: "10.0.0.0/16" });
    assert.ok(rows(plain, listener, tcp, attached, SERVER, open).includes("balancer server 9000 reachable")); // prettier-ignore
    assert.ok(rows(plain, listener, tcp, attached, SERVER, inside).includes("balancer server 9000 blocked")); // prettier-ignore
  });

  it("CloudFront comes by its prefix list, or from inside by a VPC origin", () => {
    const list = ingress("by-list", "front", { ...port(443), prefixListId: "pl-3b927c52" });
    const distribution = (origin: Properties, on: string) => sample("aws:cloudfront/distribution:Distribution", "edge", { enabled: true, origins: [origin] }, { origins: [on] }); // prettier-ignore
    const outer = distribution({ domainName: U, customOriginConfig: { originProtocolPolicy: "https-only" } }, "balancer"); // prettier-ignore
    const found = rows(balancer({}), listener, targets(), list, outer);
    assert.ok(found.includes("edge balancer 443 reachable"), found.join("\n"));
    assert.ok(found.includes("internet balancer 443 blocked"));
    assert.ok(found.includes("internet edge 443 reachable"));
    const inner = [
      sample("aws:cloudfront/vpcOrigin:VpcOrigin", "origin", { vpcOriginEndpointConfig: { arn: U, originProtocolPolicy: "https-only" } }, { vpcOriginEndpointConfig: ["balancer"] }),
      distribution({ domainName: U, vpcOriginConfig: { vpcOriginId: U } }, "origin"),
    ]; // prettier-ignore
    assert.ok(rows(balancer({ internal: true }), listener, targets(), list, ...inner).includes("edge balancer 443 reachable")); // prettier-ignore
    assert.ok(rows(balancer({ internal: true }), listener, targets(), ...inner).includes("edge balancer 443 blocked")); // prettier-ignore
  });

  it("an interface endpoint has groups, a gateway endpoint is in route tables", () => {
    const ENDPOINT = "aws:ec2/vpcEndpoint:VpcEndpoint";
    const door = sample(ENDPOINT, "sqs", { vpcEndpointType: "Interface" }, { vpcId: ["vpc"], subnetIds: ["private"], securityGroupIds: ["data"] }); // prettier-ignore
    const given = [...NETWORK, SERVER, door];
    assert.deepEqual(answer(given, "server", "sqs", 443), ["blocked", "blocks: data accepts no tcp 443 from server"]); // prettier-ignore
    const open = ingress("in", "data", port(443), { referencedSecurityGroupId: ["app"] });
    assert.deepEqual(answer([...given, open], "server", "sqs", 443), ["reachable"]);
    const gate = (table: string) => sample(ENDPOINT, "s3", {}, { vpcId: ["vpc"], routeTableIds: [table] }); // prettier-ignore
    const other = sample("aws:ec2/routeTable:RouteTable", "other", {}, { vpcId: ["vpc"] });
    assert.deepEqual(answer([...NETWORK, SERVER, gate("outward")], "server", "s3", 443), ["reachable"]); // prettier-ignore
    assert.deepEqual(answer([...NETWORK, SERVER, other, gate("other")], "server", "s3", 443), [
      "blocked",
      "blocks: s3 is not in the route table of public",
    ]);
  });
});

describe("network paths: ends outside of the networks", () => {
  const free = sample("aws:lambda/function:Function", "free");
  const edge = (origins: readonly Properties[] = [], references: References = {}) =>
    sample("aws:cloudfront/distribution:Distribution", "edge", { enabled: true, origins }, references); // prettier-ignore
  const open = (name: string, more: Properties) => ingress(name, "app", { ...port(443), ...more });

  it("a function outside of every VPC calls from an address that is not known", () => {
    const judge = (...samples: readonly Sample[]) => answer([...NETWORK, SERVER, free, ...samples], "free", "server", 443); // prettier-ignore
    assert.deepEqual(judge(open("all", { cidrIpv4: "0.0.0.0/0" })), ["reachable"]);
    assert.equal(judge(open("some", { cidrIpv4: "198.51.100.0/24" }))[0], "undecided");
    assert.equal(judge(open("unknown", { cidrIpv4: U }))[0], "undecided");
    assert.deepEqual(judge(), ["blocked", "blocks: app accepts no tcp 443 from free, by the internet"]); // prettier-ignore
  });

  it("a distribution has addresses of its own: those of its prefix list, of which one is not enough", () => {
    const closed = [...NETWORK.filter(({ name }) => name !== "app-out"), SERVER, edge()];
    const judge = (rule: Properties) =>
      answer([...closed, egress("out", "app", { ...port(443), ...rule })], "server", "edge", 443);
    assert.deepEqual(judge({ prefixListId: "pl-3b927c52" }), ["reachable"]);
    assert.equal(judge({ cidrIpv4: "8.0.0.0/8" })[0], "undecided");
  });

  it("a distribution calls its origins and nothing else", () => {
    const list = open("by-list", { prefixListId: "pl-3b927c52" });
    const judge = (port: number, ...samples: readonly Sample[]) =>
      answer([...NETWORK, list, ...samples], "edge", "server", port);
    const named = { ...SERVER, props: { ...SERVER.props, publicDns: "ec2-1.compute.amazonaws.com" } }; // prettier-ignore
    const origin = {
      domainName: "ec2-1.compute.amazonaws.com",
      customOriginConfig: { originProtocolPolicy: "https-only" },
    };
    assert.deepEqual(judge(443, named, edge([origin])), ["reachable"]);
    assert.deepEqual(judge(443, SERVER, edge([origin])), [
      "blocked",
      "blocks: edge has no origin that is server on tcp 443",
    ]);
    assert.equal(judge(80, named, edge([origin]))[0], "blocked");
  });

  it("CloudFront's interfaces in a VPC have none of the stack's groups", () => {
    const vpcOrigin = sample("aws:cloudfront/vpcOrigin:VpcOrigin", "origin", { vpcOriginEndpointConfig: { arn: U, originProtocolPolicy: "https-only" } }, { vpcOriginEndpointConfig: ["server"] }); // prettier-ignore
    const inner = edge([{ domainName: U, vpcOriginConfig: { vpcOriginId: U } }], { origins: ["origin"] }); // prettier-ignore
    const judge = (rule: Sample) => answer([...NETWORK, SERVER, vpcOrigin, inner, rule], "edge", "server", 443); // prettier-ignore
    const own = { referencedSecurityGroupId: ["data"] };
    assert.equal(judge(ingress("in", "app", port(443), own))[0], "blocked");
    assert.equal(judge(open("in", { referencedSecurityGroupId: "sg-77" }))[0], "undecided");
    assert.deepEqual(judge(open("in", { cidrIpv4: "10.0.1.0/24" })), ["reachable"]);
  });

  it("a gateway endpoint's prefix list is known by its id, once AWS has made it", () => {
    const gate = sample("aws:ec2/vpcEndpoint:VpcEndpoint", "s3", { prefixListId: "pl-63a5400a" }, { vpcId: ["vpc"], routeTableIds: ["outward"] }); // prettier-ignore
    const closed = [...NETWORK.filter(({ name }) => name !== "app-out"), SERVER, gate];
    const by = (id: string) => egress("out", "app", { ...port(443), prefixListId: id });
    assert.deepEqual(answer([...closed, by("pl-63a5400a")], "server", "s3", 443), ["reachable"]);
    assert.equal(answer([...closed, by("pl-0000")], "server", "s3", 443)[0], "undecided");
  });
});

describe("network paths: what is not known", () => {
  it("a list of subnets that is not known yet: undecided where they differ, decided where they do not", () => {
    const service = sample("aws:ecs/service:Service", "service", { networkConfiguration: { subnets: U, securityGroups: [U], assignPublicIp: true } }, { networkConfiguration: ["public", "private", "app"] }); // prettier-ignore
    const open = ingress("app-in", "app", { ...port(443), cidrIpv4: "0.0.0.0/0" });
    const given = [...NETWORK, ...DATABASE, FROM_APP, service, open];
    assert.deepEqual(answer(given, "service", "database", 5432), ["reachable"]);
    assert.equal(answer(given, "internet", "service", 443)[0], "undecided");
    assert.deepEqual(answer(given, "internet", "service", 80).slice(0, 2), [
      "blocked",
      "blocks: app accepts no tcp 80 from the internet",
    ]);
  });

  it("subnets of other stacks: undecided, with what is missing", () => {
    const away = sample("aws:ec2/instance:Instance", "server", { subnetId: "subnet-77", associatePublicIpAddress: true }, { vpcSecurityGroupIds: ["app"] }); // prettier-ignore
    const open = ingress("app-in", "app", { ...port(443), cidrIpv4: "0.0.0.0/0" });
    assert.deepEqual(answer([...NETWORK, away, open], "internet", "server", 443), [
      "undecided",
      "unknown: the subnets of server are not in the plan, with their routes and network ACL",
    ]);
    assert.equal(answer([...NETWORK, away], "internet", "server", 443)[0], "blocked");
  });

  it("what runs outside of every VPC calls from the internet, or answers there", () => {
    const free = sample("aws:lambda/function:Function", "free");
    const search = sample("aws:opensearch/domain:Domain", "search");
    assert.deepEqual(answer([...NETWORK, ...DATABASE, free], "free", "database", 5432), [
      "blocked",
      "blocks: data accepts no tcp 5432 from free",
      "blocks: free runs outside of every VPC",
    ]);
    assert.deepEqual(answer([...NETWORK, ...DATABASE, FROM_APP, free], "free", "database", 5432), [
      "blocked",
      "blocks: free runs outside of every VPC",
    ]);
    assert.deepEqual(answer([...NETWORK, search], "internet", "search", 443), ["reachable"]);
  });

  it("a function takes no connections, inside of a VPC or outside", () => {
    const free = sample("aws:lambda/function:Function", "free");
    const other = sample("aws:lambda/function:Function", "other");
    const inner = sample("aws:lambda/function:Function", "inner", { vpcConfig: { subnetIds: [U], securityGroupIds: [U] } }, { vpcConfig: ["public", "data"] }); // prettier-ignore
    const open = ingress("data-open", "data", { ipProtocol: "-1", cidrIpv4: "0.0.0.0/0" });
    const given = [...NETWORK, SERVER, free, other, inner, open];
    for (const [from, to] of [["free", "other"], ["server", "free"], ["server", "inner"], ["internet", "inner"]] as const) {
      assert.deepEqual(answer(given, from, to, 22), ["blocked", `blocks: ${to} takes no connections`]);
    } // prettier-ignore
  });

  it("an endpoint opens no connections", () => {
    const ENDPOINT = "aws:ec2/vpcEndpoint:VpcEndpoint";
    const gate = sample(ENDPOINT, "s3", {}, { vpcId: ["vpc"], routeTableIds: ["outward"] });
    const door = sample(ENDPOINT, "sqs", { vpcEndpointType: "Interface" }, { vpcId: ["vpc"], subnetIds: ["private"], securityGroupIds: ["app"] }); // prettier-ignore
    const given = [...NETWORK, ...DATABASE, FROM_APP, SERVER, gate, door];
    for (const from of ["s3", "sqs"]) {
      for (const to of ["database", "server", "internet"]) {
        assert.deepEqual(answer(given, from, to, 5432), ["blocked", `blocks: ${from} opens no connections`]); // prettier-ignore
      }
    }
  });

  it("a distribution is reached over the internet", () => {
    const edge = sample("aws:cloudfront/distribution:Distribution", "edge", { enabled: true, origins: [] }); // prettier-ignore
    const inner = sample("aws:ec2/instance:Instance", "inner", {}, { subnetId: ["private"], vpcSecurityGroupIds: ["app"] }); // prettier-ignore
    const free = sample("aws:lambda/function:Function", "free");
    const given = [...NETWORK, SERVER, inner, free, edge];
    assert.deepEqual(answer(given, "server", "edge", 443), ["reachable"]);
    assert.deepEqual(answer(given, "free", "edge", 443), ["reachable"]);
    assert.deepEqual(answer(given, "inner", "edge", 443), answer(given, "inner", "internet", 443));
    assert.equal(answer(given, "inner", "edge", 443)[0], "blocked");
    const closed = given.filter(({ name }) => name !== "app-out");
    assert.deepEqual(answer(closed, "server", "edge", 443), [
      "blocked",
      "blocks: app lets no tcp 443 out to the internet",
    ]);
    assert.deepEqual(answer(given, "server", "edge", 22), ["blocked", "blocks: edge does not answer on tcp 22"]); // prettier-ignore
  });

  it("a store outside of every VPC is reached over the internet", () => {
    const search = sample("aws:opensearch/domain:Domain", "search");
    const closed = NETWORK.filter(({ name }) => name !== "app-out");
    assert.deepEqual(answer([...NETWORK, SERVER, search], "server", "search", 443), ["reachable"]);
    assert.deepEqual(answer([...closed, SERVER, search], "server", "search", 443), [
      "blocked",
      "blocks: app lets no tcp 443 out to the internet",
    ]);
  });

  it("a replica is where its source is, and listens on its port", () => {
    const replica = sample("aws:rds/instance:Instance", "replica", {}, { replicateSourceDb: ["database"], vpcSecurityGroupIds: ["data"] }); // prettier-ignore
    const graph = graphOf(...NETWORK, SERVER, ...DATABASE, FROM_APP, replica);
    const path = networkPath(
      graph,
      placeIn(graph, "server"),
      placeIn(graph, "replica"),
      "tcp",
      5432,
    );
    assert.equal(path.verdict, "reachable");
    assert.deepEqual(placeIn(graph, "replica").ports, [{ protocol: "tcp", ports: [5432, 5432] }]);
  });
});
