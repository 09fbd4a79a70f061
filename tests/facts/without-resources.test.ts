import assert from "node:assert/strict";

import { expandActions, iamAction } from "../../facts/iam-actions";
import { WITHOUT_RESOURCES } from "../../facts/without-resources";

describe("facts: actions without resources", () => {
  for (const pattern of WITHOUT_RESOURCES.actions) {
    it(`${pattern} has no type of resource in the Service Authorization Reference`, () => {
      const all = expandActions(pattern);
      assert.ok(all.length > 0, "it has no such action");
      assert.deepEqual(
        all.filter((action) => iamAction(action)!.resources.length > 0),
        [],
      );
    });
  }
});
