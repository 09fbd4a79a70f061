/** The role that an input names. */
import assert from "node:assert/strict";

import { PlanIndex } from "../../../analysis/rights/plan-index";
import { roleBehind } from "../../../analysis/rights/roles";
import { planned } from "../../support/planned";

const ROLE = planned("aws:iam/role:Role", "role", { inputs: { name: "crm-worker" } });
const OTHER = planned("aws:iam/role:Role", "other", { inputs: { name: "crm-other" } });
const home = { partition: "aws", region: "us-east-1", account: "123456789012" };

function behind(role: unknown, references: readonly string[] = []): string | undefined {
  const fn = planned("aws:lambda/function:Function", "fn", {
    inputs: { role },
    propertyDependencies: { role: [...references] },
  });
  return roleBehind(new PlanIndex([ROLE, OTHER, fn], home), fn, "role")?.name;
}

describe("rights: the role behind an input", () => {
  it("is found by reference, by name and by ARN, with a path or without", () => {
    assert.equal(behind("04da6b54-80e4-46f7-96ec-b56ff0331ba9", [ROLE.urn]), "role");
    assert.equal(behind("crm-worker"), "role");
    assert.equal(behind("arn:aws:iam::123456789012:role/crm-worker"), "role");
    assert.equal(behind("arn:aws:iam::123456789012:role/team/crm-worker"), "role");
    assert.equal(behind("arn:aws:iam::123456789012:role/of-others"), undefined);
    assert.equal(behind(undefined), undefined);
  });
});
