/** What services need of a role: IAM's reference has each action, and AWS's managed policies grant what they are said to. */
import assert from "node:assert/strict";

import { iamAction, iamPrefixes } from "../../facts/iam-actions";
import { managedPolicy } from "../../facts/managed-policies";
import * as calls from "../../facts/service-calls";

describe("calls of services", () => {
  for (const [name, fact] of Object.entries(calls)) {
    if (!("actions" in fact)) continue;
    it(`${name}: IAM has each action`, () => {
      const exact = fact.actions.filter((action) => !action.includes("*"));
      assert.ok(exact.length > 1);
      assert.deepEqual(
        exact.filter((action) => iamAction(action) === undefined),
        [],
      );
    });
  }

  it("FURTHER_PREFIXES: IAM has each prefix", () => {
    const prefixes = Object.values(calls.FURTHER_PREFIXES.types).flat();
    assert.deepEqual(
      prefixes.filter((prefix) => !iamPrefixes.has(prefix)),
      [],
    );
  });

  it("GRANTED_BY_POLICIES: the document of the policy that is kept here has the action", () => {
    const name = "AmazonECSInfrastructureRolePolicyForLoadBalancers";
    const document = JSON.stringify(managedPolicy(`arn:aws:iam::aws:policy/${name}`));
    assert.ok(document.includes(`"${calls.GRANTED_BY_POLICIES.policies[name]}"`));
  });
});
