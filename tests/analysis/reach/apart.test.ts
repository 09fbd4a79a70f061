/** What takes or starts connections and is not modelled is named, and what only makes up the network is not. */
import assert from "node:assert/strict";

import { apartFromReach } from "../../../analysis/reach/apart";
import { openPaths } from "../../../analysis/reach/open-paths";
import { reachSentence } from "../../../tools/report/reach";
import { planOf } from "../../support/plans";
import { DATABASE, FROM_APP, graphOf, NETWORK, sample, SERVER, U } from "./small-networks";

const NAMED = [
  sample("aws:apigatewayv2/api:Api", "api", { protocolType: "HTTP" }),
  sample("aws:cloudwatch/eventTarget:EventTarget", "nightly", { ecsTarget: { networkConfiguration: { subnets: [U], securityGroups: [U] } } }),
  sample("aws:ec2/fleet:Fleet", "fleet", { launchTemplateConfig: { launchTemplateSpecification: { version: "1" } } }),
  sample("aws:ec2/networkInterface:NetworkInterface", "card", {}, { subnetId: ["private"] }),
  sample("aws:eks/cluster:Cluster", "cluster", { vpcConfig: { subnetIds: [U] } }),
  sample("aws:elb/loadBalancer:LoadBalancer", "classic", { subnets: ["subnet-0123456789abcdef0"] }),
  sample("aws:lambda/functionUrl:FunctionUrl", "url", { authorizationType: "NONE" }),
  sample("aws:msk/cluster:Cluster", "brokers", { brokerNodeGroupInfo: { clientSubnets: [U], securityGroups: [U] } }),
]; // prettier-ignore

describe("who reaches what: not modelled", () => {
  it("names what answers in the internet, and what has subnets or security groups", () => {
    const found = apartFromReach(graphOf(...NETWORK, ...NAMED));
    assert.deepEqual(
      found.map(({ type, names }) => `${type} ${names.join()}`),
      NAMED.map(({ type, name }) => `${type} ${name}`),
    );
  });

  it("names no place of the network, and no part of it", () => {
    const parts = [
      sample("aws:ec2/natGateway:NatGateway", "nat", {}, { subnetId: ["public"] }),
      sample("aws:ec2/networkAcl:NetworkAcl", "acl", {}, { subnetIds: ["private"] }),
      sample("aws:ec2/launchTemplate:LaunchTemplate", "template", {}, { vpcSecurityGroupIds: ["app"] }),
      sample("aws:lambda/function:Function", "outside", { vpcConfig: { subnetIds: [], securityGroupIds: [] } }),
      sample("aws:sagemaker/model:Model", "model", { vpcConfig: { subnets: [], securityGroupIds: [] } }),
    ]; // prettier-ignore
    const all = [...NETWORK, ...DATABASE, FROM_APP, SERVER, ...parts];
    assert.deepEqual(apartFromReach(graphOf(...all)), []);
  });

  it("the stacks have all of theirs modelled", async () => {
    for (const stack of ["production", "staging", "recovery"] as const) {
      assert.deepEqual(openPaths(await planOf(stack)).apart, [], stack);
    }
  });

  it("is said in one sentence, long lists cut", () => {
    const apart = [
      { type: "aws:apigatewayv2/api:Api", names: ["a", "b", "c", "d"] },
      { type: "aws:lambda/functionUrl:FunctionUrl", names: ["url"] },
    ];
    assert.equal(
      reachSentence({ network: [], access: [], apart }),
      "0 paths are open through the network and 0 by policies. Not modelled, so neither listed nor blocked: " +
        "a, b, c and 1 more (aws:apigatewayv2/api:Api), url (aws:lambda/functionUrl:FunctionUrl).",
    );
  });
});
