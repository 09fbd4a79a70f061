/** What stack files have to agree on. The primary's ARN is that of its planned instance. */
import assert from "node:assert/strict";

import { clashes } from "../../operations/setup/across";
import { planOf } from "../support/plans";
import { validated } from "../support/stack-files";

describe("stack files together", () => {
  const together = (standbyOf?: string) =>
    clashes(
      new Map([
        ["production", validated("production")],
        [
          "recovery",
          validated("recovery", ({ database }) => {
            if (standbyOf !== undefined) database.standbyOf = standbyOf;
          }),
        ],
        ["staging", validated("staging")],
      ]),
    );

  it("name as standbyOf the primary of the stack that the pilot light is for", async () => {
    const primary = (await planOf("production")).resources.find(
      ({ name }) => name === "crm-database-primary",
    )!;
    const arn = `arn:aws:rds:us-east-1:123456789012:db:${String(primary.inputs["identifier"])}`;
    assert.deepEqual(together(), []);
    assert.deepEqual(together(arn), []);
    for (const other of [
      arn.replace("-primary", "-replica"),
      arn.replace("crm-production", "crm-staging"),
      arn.replace("us-east-1", "eu-west-1"),
    ]) {
      assert.deepEqual(together(other), [
        {
          key: "crm:database.standbyOf",
          stacks: ["production", "recovery"],
          message: `Pulumi.recovery.yaml: crm:database.standbyOf: expected ${arn}, the primary of Pulumi.production.yaml, got "${other}"`,
          fix: `pulumi config set --path crm:database.standbyOf ${arn} --stack recovery`,
        },
      ]);
    }
  });

  it("are of one readiness: the primary's stack counts on the pilot light", () => {
    const found = clashes(
      new Map([
        [
          "production",
          validated("production", ({ recovery }) => (recovery.readiness = "backup-restore")),
        ],
        ["recovery", validated("recovery")],
      ]),
    );
    assert.deepEqual(found, [
      {
        key: "crm:recovery.readiness",
        stacks: ["production", "recovery"],
        message:
          'Pulumi.production.yaml: crm:recovery.readiness: expected pilot-light, as Pulumi.recovery.yaml has a replica of its database, got "backup-restore"',
        fix: "pulumi config set --path crm:recovery.readiness pilot-light --stack production",
      },
    ]);
  });

  it("may have a second stack that names the pilot light's region, and restores it from copies", () => {
    const found = (readiness: string, changes: object = {}) =>
      clashes(
        new Map([
          [
            "second",
            validated("production", (sections) => {
              const { naming, recovery, database, cluster } = sections;
              Object.assign(naming, { qualifier: "second", environmentLabel: "second" });
              Object.assign(recovery, { region: "us-west-2", readiness });
              delete database.subnetGroupName;
              delete cluster.name;
              Object.assign(sections, changes);
            }),
          ],
          ["production", validated("production")],
          ["recovery", validated("recovery")],
        ]),
      ).filter(({ key }) => /standbyOf|readiness/.test(key));
    assert.deepEqual(found("backup-restore"), []);
    // In another account, the stack that stands by may be in another repository.
    assert.deepEqual(found("pilot-light", { accountId: "210987654321" }), []);
    assert.deepEqual(found("pilot-light"), [
      {
        key: "crm:recovery.readiness",
        stacks: ["second", "recovery"],
        message:
          'Pulumi.second.yaml: crm:recovery.readiness: expected backup-restore, as Pulumi.recovery.yaml has the replica of another database, got "pilot-light"',
        fix: "pulumi config set --path crm:recovery.readiness backup-restore --stack second",
      },
    ]);
  });

  it("say nothing of a primary whose file is not there", () => {
    const config = validated("recovery", ({ database }) => {
      database.standbyOf = "arn:aws:rds:us-east-1:123456789012:db:another";
    });
    assert.deepEqual(clashes(new Map([["recovery", config]])), []);
  });
});
