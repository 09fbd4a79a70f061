/** What a stack without some part of the platform exports, and plans for it. */
import assert from "node:assert/strict";

import { type Plan, previewStack } from "../tools/preview/index";
import { STACKS_PROJECT, stackFile } from "./support/stack-files";

describe("a stack without an origin header and with AWS's cache policy", () => {
  let plan: Plan;
  before(async () => {
    const edge = structuredClone(stackFile("production")["crm:edge"]) as {
      restrictOrigin: boolean;
      distribution: { pagesCache: string };
    };
    edge.restrictOrigin = false;
    edge.distribution.pagesCache = "CachingOptimized";
    const config = { "crm:edge": JSON.stringify(edge) };
    plan = await previewStack({
      cwd: STACKS_PROJECT,
      stack: "production",
      policyPacks: [],
      config,
    });
  });

  it("exports no value for what it does not have, and warns of none", () => {
    assert.equal(Object.hasOwn(plan.outputs, "originHeaderValue"), false);
    assert.ok(Object.hasOwn(plan.outputs, "databaseAddress"));
    const messages = plan.diagnostics.map(({ message }) => message);
    assert.deepEqual(
      messages.filter((message) => message.includes("Undefined value")),
      [],
    );
  });

  it("plans no cache policy that no distribution uses", () => {
    const policies = plan.resources.filter(
      ({ type }) => type === "aws:cloudfront/cachePolicy:CachePolicy",
    );
    assert.deepEqual(
      policies.map(({ name }) => name),
      [],
    );
  });
});
