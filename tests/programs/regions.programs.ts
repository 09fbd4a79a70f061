/** A stack in another region: `aws:region` and the region of the copies are all that changes, the pack's configuration too is as it was. */
import assert from "node:assert/strict";

import { objections, planWith } from "../../operations/example";
import { packConfigFile, STACKS_PROJECT } from "../support/stack-files";

/** What follows from the region is not given; nothing but the stack file is another. */
const moved = (region: string, copies: string, stack: string) => ({
  config: {
    "aws:region": region,
    "crm:network": { availabilityZones: null, cloudFrontPrefixListId: null },
    "crm:database": { availabilityZones: null, replica: { availabilityZone: null } },
    "crm:storage": { replicationRegion: stack === "production" ? null : copies },
    ...(stack === "production" && {
      "crm:recovery": { region: copies },
      "crm:cluster": { imageReplication: { region: copies } },
    }),
  },
});

const base = (stack: string) => ({
  ...{ stack, cwd: STACKS_PROJECT, packConfig: packConfigFile(stack) },
});

describe("Another region by one setting", () => {
  for (const [region, copies] of [
    ["eu-central-1", "eu-west-1"],
    ["ap-southeast-2", "ap-northeast-1"],
  ] as const) {
    for (const stack of ["staging", "production"]) {
      it(`is ${region} for ${stack}`, async () => {
        const plan = await planWith(moved(region, copies, stack), base(stack));
        assert.deepEqual(objections(plan), []);
        const elsewhere = new Set(plan.resources.map(({ inputs }) => inputs["region"]));
        elsewhere.delete(undefined);
        assert.deepEqual([...elsewhere].sort(), [copies, "us-east-1", region].sort());
      });
    }
  }

  it("refuses a region that no setting of the stack's place names", async () => {
    const changes = moved("eu-central-1", "eu-west-1", "production");
    changes.config["crm:cluster"] = { imageReplication: { region: "sa-east-1" } };
    const found = objections(await planWith(changes, base("production")));
    const rule = "provider-account-and-region-allowlist: ";
    const outside = new Set(found.filter((message) => message.startsWith(rule)));
    assert.deepEqual(
      [...outside],
      [`${rule}region is "sa-east-1"; use one of eu-central-1, eu-west-1, us-east-1.`],
    );
  });
});
