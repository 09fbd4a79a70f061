/** When a user gets an error for an answer. */
import assert from "node:assert/strict";

import { answerSeconds } from "../../../analysis/capacity/sim-of-plan";
import { type RecoveryResource, RecoveryStack } from "../../../analysis/recovery/resources";

const resource = (type: string, inputs: Record<string, unknown>): RecoveryResource => ({
  ...{ type, name: type, urn: `urn:pulumi:s::p::${type}::${type}`, inputs, references: {} },
  ignoreChanges: [],
});
const DISTRIBUTION = "aws:cloudfront/distribution:Distribution";
const BALANCER = "aws:lb/loadBalancer:LoadBalancer";
const seconds = (...resources: RecoveryResource[]) => answerSeconds(new RecoveryStack(resources));

describe("the seconds after which a request fails", () => {
  const balancer = resource(BALANCER, { loadBalancerType: "application", idleTimeout: 130 });
  const origins = [{ s3OriginConfig: {} }, { customOriginConfig: { originReadTimeout: 120 } }];

  it("are the least of CloudFront's and the load balancer's", () => {
    const app = resource(DISTRIBUTION, { origins });
    assert.equal(seconds(app, balancer), 120);
    assert.equal(seconds(app, resource(BALANCER, { idleTimeout: 50 })), 50);
    assert.equal(seconds(app, resource(BALANCER, {})), 60);
    assert.equal(seconds(), 30);
  });

  it("do not ask a load balancer that forwards connections", () => {
    const gate = resource(BALANCER, { loadBalancerType: "network" });
    assert.equal(seconds(resource(DISTRIBUTION, { origins }), balancer, gate), 120);
  });

  it("are those of a private origin too", () => {
    const only = resource(DISTRIBUTION, {
      origins: [{ vpcOriginConfig: { originReadTimeout: 20 } }],
    });
    assert.equal(seconds(only, balancer), 20);
  });
});
