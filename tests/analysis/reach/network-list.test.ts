/** The list of a stack's paths: every open one is in it, by each port, and no other. */
import assert from "node:assert/strict";

import type { NetworkPath, Place } from "../../../analysis/reach/model";
import { networkPath, networkPaths, placesOf } from "../../../analysis/reach/network-paths";
import type { Sample } from "../../policy-pack/support";
import {
  egress,
  graphOf,
  group,
  ingress,
  NETWORK,
  port,
  sample,
  SERVER,
  U,
} from "./small-networks";
import { Random, randomCase } from "./topologies";
import { planOf } from "./topology-plans";

const INSTANCE = "aws:ec2/instance:Instance";
const OTHER = [
  group("back"),
  sample(INSTANCE, "back", {}, { subnetId: ["private"], vpcSecurityGroupIds: ["back"] }),
];
const free = sample("aws:lambda/function:Function", "free");
const edge = sample("aws:cloudfront/distribution:Distribution", "edge", { enabled: true, origins: [] }); // prettier-ignore

const textOf = ({ from, to, protocol, ports: [first, last] }: NetworkPath) =>
  `${from.label} ${to.label} ${protocol} ${first}${first === last ? "" : `-${last}`}`;

function openOf(...samples: readonly Sample[]): string[] {
  return networkPaths(graphOf(...samples))
    .filter(({ verdict }) => verdict !== "blocked")
    .map(textOf);
}

describe("network paths: the list", () => {
  it("has one from compute to compute, by the ports that both groups open", () => {
    const given = [...NETWORK, SERVER, ...OTHER];
    const rule = ingress("back-in", "back", { fromPort: 9000, toPort: 9009, referencedSecurityGroupId: ["app"] }, { referencedSecurityGroupId: ["app"] }); // prettier-ignore
    assert.ok(!openOf(...given).some((path) => path.startsWith("server back")));
    assert.ok(openOf(...given, rule).includes("server back tcp 9000-9009"));
    const closed = given.filter(({ name }) => name !== "app-out");
    const narrow = egress("app-narrow", "app", { ...port(9005), cidrIpv4: "10.0.0.0/16" });
    assert.deepEqual(openOf(...closed, rule, narrow), ["server back tcp 9005"]);
  });

  it("has one from compute to a distribution and to the internet, by each port that its groups open", () => {
    const closed = [...NETWORK.filter(({ name }) => name !== "app-out"), SERVER, edge];
    const out = (name: string, more: object) => egress(name, "app", { cidrIpv4: "0.0.0.0/0", ...more }); // prettier-ignore
    const ends = ["internet edge tcp 80", "internet edge tcp 443"];
    assert.deepEqual(openOf(...closed), ends);
    assert.deepEqual(
      openOf(...closed, out("mail", port(587)), out("names", { ipProtocol: "udp", ...port(53) })),
      [...ends, "server internet tcp 587", "server internet udp 53"],
    );
    assert.deepEqual(openOf(...closed, out("web", port(80))), [
      ...ends,
      "server edge tcp 80",
      "server internet tcp 80",
    ]);
    assert.deepEqual(openOf(free, edge), [
      ...ends,
      "free edge tcp 80",
      "free edge tcp 443",
      "free internet tcp 1-65535",
      "free internet udp 1-65535",
    ]);
  });

  it("has those by ports that only an ACL stops, on the way to a NAT gateway as well", () => {
    const all = { protocol: "-1", fromPort: 0, toPort: 0, cidrBlock: "0.0.0.0/0" };
    const allow = { ...all, ruleNo: 100, action: "allow" };
    const deny = { ...all, protocol: "tcp", ...port(25), ruleNo: 1, action: "deny" };
    const stops = (direction: "ingress" | "egress", subnet: string) =>
      sample("aws:ec2/networkAcl:NetworkAcl", "acl", { ingress: [allow], egress: [allow], ...{ [direction]: [deny, allow] } }, { subnetIds: [subnet] }); // prettier-ignore
    const inner = [
      sample("aws:ec2/natGateway:NatGateway", "nat", {}, { subnetId: ["public"] }),
      sample("aws:ec2/routeTable:RouteTable", "inward", {}, { vpcId: ["vpc"] }),
      sample("aws:ec2/route:Route", "by-nat", { destinationCidrBlock: "0.0.0.0/0" }, { routeTableId: ["inward"], natGatewayId: ["nat"] }),
      sample("aws:ec2/routeTableAssociation:RouteTableAssociation", "of-private", {}, { routeTableId: ["inward"], subnetId: ["private"] }),
      sample(INSTANCE, "inner", {}, { subnetId: ["private"], vpcSecurityGroupIds: ["app"] }),
    ]; // prettier-ignore
    const places = [["egress", "private"], ["ingress", "public"], ["egress", "public"]] as const; // prettier-ignore
    for (const [direction, subnet] of places) {
      assert.deepEqual(
        openOf(...NETWORK, ...inner, stops(direction, subnet)),
        ["tcp 1-24", "tcp 26-65535", "udp 1-65535"].map((text) => `inner internet ${text}`),
        `${direction} ${subnet}`,
      );
    }
  });

  it("has a store of which the port is not known, by the ports that its groups open", () => {
    const subnets = sample("aws:rds/subnetGroup:SubnetGroup", "inner", {}, { subnetIds: ["private"] }); // prettier-ignore
    const store = sample("aws:rds/instance:Instance", "store", { engine: "postgres", port: U }, { dbSubnetGroupName: ["inner"], vpcSecurityGroupIds: ["data"] }); // prettier-ignore
    const rule = ingress("data-in", "data", port(7777), { referencedSecurityGroupId: ["app"] });
    assert.ok(openOf(...NETWORK, SERVER, subnets, store, rule).includes("server store tcp 7777"));
  });

  it("of random topologies says of each port what a question about it says", () => {
    const PORTS = [1, 79, 80, 81, 399, 400, 443, 444, 500, 501, 1023, 1024, 40_000, 65_535];
    for (let seed = 1; seed <= 300; seed++) {
      const random = new Random(seed);
      const { topology } = randomCase(random);
      const graph = planOf(topology, seed % 2 === 0 ? "deployed" : "planned", random);
      const listed = networkPaths(graph);
      const places = placesOf(graph).filter(({ kind }) => kind === "compute" || kind === "internet"); // prettier-ignore
      const pairs = places.flatMap((from) => places.map((to): [Place, Place] => [from, to]));
      for (const [from, to] of pairs.filter((pair) => pair[0] !== pair[1])) {
        const own = listed.filter((path) => path.from.id === from.id && path.to.id === to.id);
        for (const number of PORTS) {
          for (const protocol of ["tcp", "udp"] as const) {
            const asked = networkPath(graph, from, to, protocol, number).verdict;
            const found = own.find(
              ({ ports, ...path }) =>
                path.protocol === protocol && ports[0] <= number && number <= ports[1],
            );
            const what = `${seed}: ${from.label} to ${to.label} by ${protocol} ${number}`;
            assert.equal(found?.verdict ?? "blocked", asked, what);
          }
        }
      }
    }
  });
});
