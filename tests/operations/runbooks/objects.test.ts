/** What the runbook for lost objects states of the bucket in the plan. */
import assert from "node:assert/strict";

import { BOOKS } from "../../../operations/runbooks/books";
import type { BookPlan } from "../../../operations/runbooks/names";
import { planOf } from "../../support/plans";
import { BOOTSTRAP_PROJECT } from "../../support/stack-files";

describe("the runbook for lost objects", () => {
  it("states for how long the bucket's own lifecycle keeps the versions", async () => {
    const says = (plan: BookPlan) =>
      BOOKS.get("restore-objects")!
        .make([plan], { bootstrap: BOOTSTRAP_PROJECT })
        .parts.flatMap(({ steps }) => steps)
        .find(({ id }) => id === "unhide")!.says;
    for (const stack of ["production", "staging"]) {
      const plan = await planOf(stack);
      const lifecycle = plan.resources.find(
        ({ name, type }) =>
          name === "crm-storage-user-uploads" && type.endsWith("BucketLifecycleConfiguration"),
      )!;
      const rules = lifecycle.inputs["rules"] as { noncurrentVersionExpiration?: unknown }[];
      const rule = rules.find((one) => one.noncurrentVersionExpiration !== undefined)!;
      const { noncurrentDays } = rule.noncurrentVersionExpiration as { noncurrentDays: number };
      assert.match(says(plan), new RegExp(`keeps their versions for ${noncurrentDays} days\\. `));
      rule.noncurrentVersionExpiration = { noncurrentDays: 45 };
      assert.match(says(plan), /keeps their versions for 45 days\. /);
      delete rule.noncurrentVersionExpiration;
      assert.match(says(plan), /keeps their versions\. /);
    }
  });
});
