/** Whom a function's image is asked of. Lambda Developer Guide, "Create a Lambda function using a container image", ECR permissions. */
import assert from "node:assert/strict";

import { PlanUses } from "../../../analysis/rights/uses";
import { indexOf } from "../../../operations/rights";
import { plainResource } from "../../../tools/preview/engine/registration";
import { planOf } from "../../support/plans";

describe("rights to images", () => {
  it("are asked for at another account's repository, although one of the stack's is called the same", async () => {
    const other = "210987654321";
    const plan = await planOf("production");
    const fn = plan.resources.find(({ type, name }) => type === "aws:lambda/function:Function" && name.startsWith("crm-eventing"))!; // prettier-ignore
    fn.inputs["imageUri"] = `${other}.dkr.ecr.us-east-1.amazonaws.com/crm-core@sha256:${"0".repeat(64)}`; // prettier-ignore
    const policy = plainResource({
      ...{ urn: "a::aws:ecr/repositoryPolicy:RepositoryPolicy::images", name: "images" },
      ...{ type: "aws:ecr/repositoryPolicy:RepositoryPolicy", custom: true },
      inputs: { repository: "crm-core", policy: "{}" },
    });
    const arn = `arn:aws:ecr:us-east-1:${other}:repository/crm-core`;
    const planned = { ...plan, resources: [...plan.resources, policy] };
    const asked = new PlanUses(indexOf(planned)).list.filter((use) => use.arn === arn);
    assert.deepEqual(asked.map(({ action }) => action).sort(), [
      ...["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
    ]);
  });
});
