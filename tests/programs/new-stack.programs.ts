/** The plans of stacks that `npm run setup -- --environment` makes: no resource has the name of another stack's. */
import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";

import { sharedNames } from "../../operations/doctor/physical-names";
import { previewStack } from "../../tools/preview/index";
import { options, setupWorlds } from "../operations/setup/world";
import { STACKS_PROJECT } from "../support/stack-files";

const PROGRAM = path.resolve(STACKS_PROJECT, "../../..");

describe("a copied stack", () => {
  const { world, setup } = setupWorlds();

  // AWS's schemas say which properties identify a resource in an account.
  it("shares no physical name with any stack, whichever stack is copied", async () => {
    await setup(options());
    assert.equal(await setup(["--environment", "shop", "--from", "production"]), 0);
    assert.equal(await setup(["--environment", "dev", "--from", "staging"]), 0);
    const { folder } = world();
    const project = fs.readFileSync(path.join(STACKS_PROJECT, "Pulumi.yaml"), "utf8");
    world().write("Pulumi.yaml", project.replace(/^main: .*$/m, `main: ${PROGRAM}`));
    fs.symlinkSync(path.join(PROGRAM, "node_modules"), path.join(folder, "node_modules"));
    const plans = [];
    for (const stack of ["production", "staging", "recovery", "shop", "dev"]) {
      plans.push(await previewStack({ cwd: folder, stack, policyPacks: [] }));
    }
    assert.deepEqual(sharedNames(plans), []);
  });
});
