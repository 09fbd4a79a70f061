/**
 * Auto Scaling groups, spot requests and instances by a launch template or configuration: what the template says of groups and
 * addresses counts where they do not say it. AWS: "Create a launch template using advanced settings", RunInstances.
 */
import assert from "node:assert/strict";

import { networkPath, networkPaths } from "../../../analysis/reach/network-paths";
import type { Sample } from "../../policy-pack/support";
import {
  answer,
  DATABASE,
  FROM_APP,
  graphOf,
  group,
  ingress,
  NETWORK,
  placeIn,
  port,
  type Properties,
  type References,
  sample,
  U,
} from "./small-networks";

const OPEN = ingress("app-in", "app", { ...port(8080), cidrIpv4: "0.0.0.0/0" });
const template = (props: Properties, references: References = {}) =>
  sample("aws:ec2/launchTemplate:LaunchTemplate", "template", { name: "workers", ...props }, references); // prettier-ignore
const scaled = (props: Properties = {}, references: References = { launchTemplate: ["template"] }) =>
  sample("aws:autoscaling/group:Group", "workers", props, { vpcZoneIdentifiers: ["public"], ...references }); // prettier-ignore
const PUBLIC = { networkInterfaces: [{ associatePublicIpAddress: "true", securityGroups: [U] }] };
const OF_APP = { networkInterfaces: ["app"] };

const judge = (...samples: readonly Sample[]) =>
  answer([...NETWORK, OPEN, ...samples], "internet", "workers", 8080);

describe("network paths: what starts instances", () => {
  it("a group has its template's security groups and public address, each way to name the template", () => {
    const own = template(PUBLIC, OF_APP);
    const specification = (more: object) => ({
      mixedInstancesPolicy: { launchTemplate: { launchTemplateSpecification: more } },
    });
    const groups: readonly Sample[] = [
      scaled({ launchTemplate: { id: U, version: "$Latest" } }),
      scaled({ launchTemplate: { name: "workers" } }, {}),
      scaled(specification({ launchTemplateId: U }), { mixedInstancesPolicy: ["template"] }),
      scaled(specification({ launchTemplateName: "workers" }), {}),
    ];
    for (const one of groups) {
      assert.deepEqual(judge(own, one), ["reachable"], JSON.stringify(one.props));
      const closed = template({ networkInterfaces: [{ associatePublicIpAddress: "false", securityGroups: [U] }] }, OF_APP); // prettier-ignore
      assert.deepEqual(judge(closed, one), ["blocked", "blocks: workers has no public address"]);
    }
    const configuration = sample("aws:ec2/launchConfiguration:LaunchConfiguration", "old", { associatePublicIpAddress: true }, { securityGroups: ["app"] }); // prettier-ignore
    assert.deepEqual(judge(configuration, scaled({}, { launchConfiguration: ["old"] })), [
      "reachable",
    ]);
    const inner = scaled({ launchTemplate: { id: U } }, { launchTemplate: ["template"], vpcZoneIdentifiers: ["private"] }); // prettier-ignore
    assert.equal(judge(own, inner)[0], "blocked");
  });

  it("names the template as what has to change", () => {
    const graph = graphOf(...NETWORK, OPEN, template({}, { vpcSecurityGroupIds: ["app"] }), scaled()); // prettier-ignore
    const ends = ["internet", "workers"].map((name) => placeIn(graph, name));
    const { settings } = networkPath(graph, ends[0]!, ends[1]!, "tcp", 8080);
    assert.deepEqual(
      settings.map(({ says, resource, property }) => [says, resource.name, property]),
      [["workers has no public address", "template", "networkInterfaces"]],
    );
  });

  it("without an address of its own the subnet decides, without groups the default group of the VPC", () => {
    const mapped = NETWORK.map((one) =>
      one.name === "public" ? { ...one, props: { ...one.props, mapPublicIpOnLaunch: true } } : one,
    );
    const bare = template({}, { vpcSecurityGroupIds: ["app"] });
    assert.deepEqual(answer([...mapped, OPEN, bare, scaled()], "internet", "workers", 8080), [
      "reachable",
    ]);
    assert.deepEqual(
      answer([...mapped, OPEN, template({}), scaled()], "internet", "workers", 8080),
      ["blocked", "blocks: the default group of workers accepts no tcp 8080 from the internet"],
    );
  });

  it("is undecided where the plan does not have the template, has several, or several interfaces", () => {
    const own = template(PUBLIC, OF_APP);
    const foreign = scaled({ launchTemplate: { id: "lt-0123456789abcdef0" } }, {});
    const overrides = [{ launchTemplateSpecification: { launchTemplateId: "lt-0123456789abcdef0" } }]; // prettier-ignore
    const mixed = scaled(
      { mixedInstancesPolicy: { launchTemplate: { launchTemplateSpecification: { launchTemplateId: U }, overrides } } },
      { mixedInstancesPolicy: ["template"] },
    ); // prettier-ignore
    const two = template({ networkInterfaces: [{ securityGroups: [U] }, { securityGroups: [U] }] }, OF_APP); // prettier-ignore
    assert.equal(judge(own, foreign)[0], "undecided");
    assert.equal(judge(own, mixed)[0], "undecided");
    assert.equal(judge(two, scaled())[0], "undecided");
    const unknown = template({ networkInterfaces: [{ associatePublicIpAddress: U, securityGroups: [U] }] }, OF_APP); // prettier-ignore
    assert.equal(judge(unknown, scaled())[0], "undecided");
  });

  it("what an instance or a spot request names itself counts before its template", () => {
    for (const type of ["ec2/instance:Instance", "ec2/spotInstanceRequest:SpotInstanceRequest"]) {
      const started = (props: Properties, references: References = {}) =>
        sample(`aws:${type}`, "workers", { launchTemplate: { id: U }, ...props }, { subnetId: ["public"], launchTemplate: ["template"], ...references }); // prettier-ignore
      const own = template(PUBLIC, OF_APP);
      assert.deepEqual(judge(own, started({})), ["reachable"], type);
      assert.deepEqual(judge(own, started({ associatePublicIpAddress: false })), [
        "blocked",
        "blocks: workers has no public address",
      ]);
      const closed = group("closed");
      assert.deepEqual(judge(own, closed, started({}, { vpcSecurityGroupIds: ["closed"] })), [
        "blocked",
        "blocks: closed accepts no tcp 8080 from the internet",
      ]);
    }
  });

  it("calls data stores", () => {
    const own = template(PUBLIC, OF_APP);
    const given = [...NETWORK, ...DATABASE, own, scaled()];
    assert.deepEqual(answer([...given, FROM_APP], "workers", "database", 5432), ["reachable"]);
    assert.equal(answer(given, "workers", "database", 5432)[0], "blocked");
  });

  it("gets what a load balancer sends to its target groups, each way to attach them", () => {
    const TYPE = "network";
    const balancer = [
      sample("aws:lb/loadBalancer:LoadBalancer", "balancer", { loadBalancerType: TYPE }, { subnets: ["public"] }),
      sample("aws:lb/targetGroup:TargetGroup", "targets", { port: 8080, protocol: "TCP" }, { vpcId: ["vpc"] }),
      sample("aws:lb/listener:Listener", "listener", { port: 80, protocol: "TCP", defaultActions: [{ type: "forward", targetGroupArn: U }] }, { loadBalancerArn: ["balancer"], defaultActions: ["targets"] }),
    ]; // prettier-ignore
    const own = template(PUBLIC, OF_APP);
    const attached = (type: string, props: Properties, property: string) =>
      sample(`aws:autoscaling/${type}`, "attached", props, { autoscalingGroupName: ["workers"], [property]: ["targets"] }); // prettier-ignore
    const forms: readonly (readonly Sample[])[] = [
      [scaled({}, { launchTemplate: ["template"], targetGroupArns: ["targets"] })],
      [scaled({ trafficSources: [{ identifier: U }] }, { launchTemplate: ["template"], trafficSources: ["targets"] })],
      [scaled(), attached("attachment:Attachment", {}, "lbTargetGroupArn")],
      [scaled(), attached("trafficSourceAttachment:TrafficSourceAttachment", { trafficSource: { identifier: U, type: "elbv2" } }, "trafficSource")],
    ]; // prettier-ignore
    const hops = (...samples: readonly Sample[]) =>
      networkPaths(graphOf(...NETWORK, OPEN, ...balancer, own, ...samples))
        .filter(({ from, to }) => from.label === "balancer" && to.label === "workers")
        .map(({ ports, verdict }) => `${ports[0]} ${verdict}`);
    for (const form of forms) assert.deepEqual(hops(...form), ["8080 reachable"]);
    assert.deepEqual(hops(scaled()), []);
  });
});
