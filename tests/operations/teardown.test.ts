import assert from "node:assert/strict";

import { renderedSteps, teardownSteps } from "../../operations/teardown";
import type { PlannedResource } from "../../tools/preview/index";
import { planOf } from "../support/plans";

describe("npm run teardown", () => {
  const textOf = async (
    stack: string,
    change: (resources: PlannedResource[]) => void = () => undefined,
  ) => {
    const plan = await planOf(stack);
    change(plan.resources);
    return renderedSteps(stack, teardownSteps(plan));
  };

  it("begins with what has to be waited for, and ends with the destruction", async () => {
    const titles = teardownSteps(await planOf("production")).map(({ title }) => title);
    assert.deepEqual(
      titles.map((title) => title.split(/[ :]/).slice(0, 2).join(" ")),
      ["The stack", "The zone", "Copy the", "Pulumi's and", "Vaults with", "Destroy the"],
    );
    assert.match(await textOf("production"), /remove the DS record .* wait for two days/);
  });

  it("keeps data with a key that the destruction leaves", async () => {
    const text = await textOf("staging");
    assert.match(text, /create-db-snapshot --region us-east-1 .* crm-staging-primary-last/);
    assert.match(text, /copy-db-snapshot .* --kms-key-id <ARN of a key that stays>/);
    assert.match(text, /aws s3 sync s3:\/\/crm-user-uploads-staging /);
    assert.doesNotMatch(text, /sync s3:\/\/crm-access-logs/);
  });

  it("stops the backups before it empties the vaults, each in its region", async () => {
    const production = await textOf("production");
    const [stop, empty] = ["delete-backup-selection", "delete-recovery-point"].map((command) =>
      production.indexOf(command),
    );
    assert.ok(stop! > 0 && stop! < empty!);
    assert.match(
      production,
      /delete-recovery-point --region us-west-2 --backup-vault-name crm-backup-copies/,
    );
    assert.match(production, /delete-backup-vault-lock-configuration --region us-east-1/);
    assert.match(
      await textOf("recovery"),
      /delete-recovery-point --region us-west-2 --backup-vault-name crm-recovery-backups/,
    );
  });

  it("counts with what the team measured", async () => {
    const measured = {
      durations: [{ key: "distributionOff", minutes: 23, asOf: "2026-10-01" }],
      usage: {},
    };
    const said = teardownSteps({ ...(await planOf("staging")), measured }).at(-1)!.actions[0];
    assert.match(said!, /distributions take about 23 minutes/);
    // A recovery stack has none.
    const without = teardownSteps({ ...(await planOf("recovery")), measured }).at(-1)!.actions[0];
    assert.match(without!, /--refresh$/);
  });

  it("says that a compliance lock cannot be removed before its end", async () => {
    const text = await textOf("production", (resources) => {
      for (const { type, inputs } of resources) {
        if (type === "aws:backup/vaultLockConfiguration:VaultLockConfiguration") {
          inputs["changeableForDays"] = 7;
        }
      }
    });
    assert.match(text, /a compliance lock.* continue when the last one has expired/);
    assert.doesNotMatch(text, /delete-backup-vault-lock-configuration/);
  });

  it("sends production's recovery ahead, and no other stack's", async () => {
    assert.match(await textOf("production"), /teardown -- --stack recovery/);
    assert.doesNotMatch(await textOf("staging"), /--stack recovery/);
  });

  it("lists what remains, and for how long it can be read", async () => {
    const text = await textOf("production");
    assert.match(text, /final snapshot of crm-production-primary stays, readable for 30 days/);
    assert.match(text, /--region us-west-2 --repository-name crm-auth/);
    assert.match(text, /crm-database-master keeps its name for 7 days/);
  });

  it("names the stack in each command of Pulumi, the region in each of AWS", async () => {
    for (const stack of ["production", "staging", "recovery"]) {
      for (const line of (await textOf(stack)).split("\n")) {
        assert.ok(!line.includes("pulumi ") || line.includes(`--stack ${stack}`), line);
        assert.ok(
          !/aws (rds|backup|ecr|kms|secretsmanager) /.test(line) || / --region /.test(line),
          line,
        );
      }
    }
  });
});
