import assert from "node:assert/strict";

import { primaryArnOf } from "../../components/database/database-names";
import { backupBeforeChanges } from "../../components/recovery/deployment-backup";
import type { CrmRecovery } from "../../components/recovery/recovery";
import { backupSchedule } from "../../components/recovery/recovery-schedules";
import { VAULT_EVENTS } from "../../facts/backup";
import { longestGap } from "../../facts/schedule-runs";
import { parseSchedule } from "../../facts/schedules";
import { ACCOUNT_ID, arns, names, REQUIRED_TAGS, tags } from "../support/fixtures";
import { record, type Recording } from "../support/mocks";
import { planOf } from "../support/plans";
import { planRecovery, recoveryConfig } from "../support/recovery";

const VAULT = "aws:backup/vault:Vault";
const COPIES_KEY = `arn:aws:kms:us-west-2:${ACCOUNT_ID}:key/copies`;

const statements = (text: string) =>
  (JSON.parse(text) as { Statement: Record<string, any>[] }).Statement;

describe("CrmRecovery", () => {
  let plan: Recording;
  let recovery: CrmRecovery;

  before(async () => {
    plan = await planRecovery(undefined, {}, {}, (made) => (recovery = made));
  });

  it("replicates the database's automated backups with a key of the other region", () => {
    const replication = plan.only(
      "aws:rds/instanceAutomatedBackupsReplication:InstanceAutomatedBackupsReplication",
    );
    assert.deepEqual(replication.inputs, {
      region: "us-west-2",
      sourceDbInstanceArn: `arn:aws:rds:us-east-1:${ACCOUNT_ID}:db:crm-production-primary`,
      kmsKeyId: COPIES_KEY,
      retentionPeriod: 7,
    });
    // AWS stops a replication by its source: the old one's deletion after the creation would stop the new one.
    assert.equal(replication.deleteBeforeReplace, true);
  });

  it("has a vault in each region, with keys, protected, never emptied by its deletion", () => {
    const byName = (vault: { inputs: Record<string, any> }) => String(vault.inputs["name"]);
    const vaults = plan.ofType(VAULT).sort((a, b) => byName(b).localeCompare(byName(a)));
    assert.deepEqual(
      vaults.map(({ inputs, protect }) => [
        inputs["name"],
        inputs["region"],
        inputs["forceDestroy"],
        protect,
      ]),
      [
        ["crm-backups", undefined, false, true],
        ["crm-backup-copies", "us-west-2", false, true],
      ],
    );
    assert.equal(vaults[1]!.inputs["kmsKeyArn"], COPIES_KEY);
    assert.equal(recovery.vaultName, "crm-backups");
    assert.deepEqual(recovery.vaultNames, ["crm-backups"]);
    assert.equal(recovery.copyVaultName, "crm-backup-copies");
  });

  it("denies every principal to delete backups or to shorten their retention, in both vaults", () => {
    const policies = plan.ofType("aws:backup/vaultPolicy:VaultPolicy");
    assert.equal(policies.length, 2);
    for (const { inputs } of policies) {
      assert.deepEqual(statements(inputs["policy"]), [
        {
          Sid: "NobodyDeletesBackups",
          Effect: "Deny",
          Principal: "*",
          Action: [
            "backup:DeleteRecoveryPoint",
            "backup:DisassociateRecoveryPoint",
            "backup:DisassociateRecoveryPointFromParent",
            "backup:UpdateRecoveryPointLifecycle",
          ],
          Resource: "*",
        },
      ]);
    }
  });

  it("locks both vaults, in governance mode without days of grace", async () => {
    const type = "aws:backup/vaultLockConfiguration:VaultLockConfiguration";
    for (const { inputs } of plan.ofType(type)) {
      assert.equal(inputs["minRetentionDays"], 7);
      assert.equal(inputs["maxRetentionDays"], 365);
      assert.equal(inputs["changeableForDays"], undefined);
    }
    assert.equal(plan.ofType(type).length, 2);
    const strict = await planRecovery(
      recoveryConfig((input) => (input["lock"] = { mode: "compliance", graceDays: 5 })),
    );
    assert.deepEqual(
      strict.ofType(type).map(({ inputs }) => inputs["changeableForDays"]),
      [5, 5],
    );
  });

  it("writes each interval as AWS Backup reads it", () => {
    for (const hours of [1, 2, 3, 4, 6, 8, 12, 24]) {
      const { schedule } = parseSchedule(backupSchedule(hours, hours - 1), "backup");
      assert.equal(schedule && longestGap(schedule), hours * 60, String(hours));
    }
  });

  it("backs database and buckets up every four hours and copies each backup", () => {
    const [rule, ...others] = plan.only("aws:backup/plan:Plan").inputs["rules"] as Record<
      string,
      any
    >[];
    assert.deepEqual(others, []);
    assert.equal(rule!["schedule"], "cron(0 1/4 * * ? *)");
    assert.equal(rule!["scheduleExpressionTimezone"], "Etc/UTC");
    assert.equal(rule!["startWindow"], 60);
    assert.equal(rule!["completionWindow"], 180);
    assert.deepEqual(rule!["lifecycle"], { deleteAfter: 14 });
    assert.deepEqual(rule!["copyActions"], [
      {
        destinationVaultArn: `arn:aws:backup:us-west-2:${ACCOUNT_ID}:backup-vault:crm-backup-copies`,
        lifecycle: { deleteAfter: 14 },
      },
    ]);
    const selection = plan.only("aws:backup/selection:Selection").inputs;
    assert.deepEqual(selection["resources"], [
      `arn:aws:rds:us-east-1:${ACCOUNT_ID}:db:crm-production-primary`,
      "arn:aws:s3:::crm-user-uploads-prod",
      "arn:aws:s3:::crm-backups-prod",
    ]);
    assert.equal(selection["iamRoleArn"], `arn:aws:iam::${ACCOUNT_ID}:role/crm-backup-service`);
  });

  it("gives AWS Backup what it needs for backups and for restores, in two roles", () => {
    const attached = plan
      .ofType("aws:iam/rolePolicyAttachment:RolePolicyAttachment")
      .map(({ inputs }) => `${inputs["role"]}: ${inputs["policyArn"].split(":policy/")[1]}`);
    assert.deepEqual(attached.sort(), [
      "crm-backup-service: AWSBackupServiceRolePolicyForS3Backup",
      "crm-backup-service: service-role/AWSBackupServiceRolePolicyForBackup",
      "crm-restore-service: AWSBackupServiceRolePolicyForS3Restore",
      "crm-restore-service: service-role/AWSBackupServiceRolePolicyForRestores",
    ]);
    for (const role of ["crm-recovery-backup", "crm-recovery-restore"]) {
      const [trust] = statements(plan.get("aws:iam/role:Role", role).inputs["assumeRolePolicy"]);
      assert.deepEqual(trust!["Principal"], { Service: "backup.amazonaws.com" });
      assert.deepEqual(trust!["Condition"], {
        StringEquals: { "aws:SourceAccount": ACCOUNT_ID },
      });
    }
  });

  it("tries a restore out by the clock, inside the database subnets", () => {
    const test = plan.only("aws:backup/restoreTestingPlan:RestoreTestingPlan").inputs;
    assert.equal(test["name"], "crm_database");
    assert.deepEqual(test["recoveryPointSelection"].includeVaults, [
      `arn:aws:backup:us-east-1:${ACCOUNT_ID}:backup-vault:crm-backups`,
    ]);
    const selection = plan.only("aws:backup/restoreTestingSelection:RestoreTestingSelection");
    assert.equal(selection.inputs["protectedResourceType"], "RDS");
    assert.deepEqual(selection.inputs["restoreMetadataOverrides"], {
      dbSubnetGroupName: "crm-db-subnets",
    });
  });

  // AWS Backup API Reference, PutBackupVaultNotifications: deprecated events return no notifications.
  it("reports to the system topic what vaults still send", () => {
    const inputs = plan.only("aws:backup/vaultNotifications:VaultNotifications").inputs;
    assert.equal(
      inputs["snsTopicArn"],
      `arn:aws:sns:us-east-1:${ACCOUNT_ID}:crm-system-notifications`,
    );
    const events = inputs["backupVaultEvents"] as string[];
    assert.deepEqual(
      events.filter((event) => !(VAULT_EVENTS.sent as readonly string[]).includes(event)),
      [],
    );
    for (const event of ["BACKUP_JOB_FAILED", "BACKUP_JOB_EXPIRED", "BACKUP_JOB_SUCCESSFUL"]) {
      assert.ok(!events.includes(event), event);
    }
    assert.ok(events.includes("COPY_JOB_FAILED"));
  });

  it("reserves nothing for the configuration backup where functions reserve nothing", async () => {
    const reserved = async (reserveConcurrency: boolean) =>
      (await planRecovery(undefined, { reserveConcurrency }))
        .ofType("aws:lambda/function:Function")
        .map(({ inputs }) => inputs["reservedConcurrentExecutions"]);
    assert.deepEqual(
      [await reserved(true), await reserved(false)],
      [
        [1, 1],
        [undefined, undefined],
      ],
    );
  });

  it("lets the configuration backup read one cluster and write below one folder", () => {
    const fn = plan.get("aws:lambda/function:Function", "crm-recovery-configuration");
    assert.deepEqual(fn.inputs["environment"].variables, {
      CLUSTER: "crm-production",
      BUCKET: "crm-backups-prod",
      BUCKET_OWNER: "123456789012",
      PREFIX: "configuration",
    });
    assert.equal(fn.inputs["handler"], "handler.handler");
    const policy = plan
      .ofType("aws:iam/rolePolicy:RolePolicy")
      .find(({ name }) => name === "crm-recovery-configuration-role")!;
    const bySid = new Map(
      statements(policy.inputs["policy"]).map((statement) => [statement["Sid"], statement]),
    );
    assert.equal(
      bySid.get("WriteConfiguration")!["Resource"],
      "arn:aws:s3:::crm-backups-prod/configuration/*",
    );
    assert.equal(
      bySid.get("ReadServices")!["Resource"],
      `arn:aws:ecs:us-east-1:${ACCOUNT_ID}:service/crm-production/*`,
    );
    const schedule = plan.get(
      "aws:scheduler/schedule:Schedule",
      "crm-recovery-configuration-schedule",
    ).inputs;
    assert.equal(schedule["scheduleExpression"], "cron(0 6 * * ? *)");
    assert.equal(
      schedule["target"].deadLetterConfig.arn,
      `arn:aws:sqs:us-east-1:${ACCOUNT_ID}:crm-dlq-configuration-backup`,
    );
  });

  it("offers one hook for the primary and all services", async () => {
    const hooksOf = async (change: (input: Record<string, any>) => void = () => {}) => {
      let made: ReturnType<typeof backupBeforeChanges> = {};
      await record(() => {
        made = backupBeforeChanges({
          config: recoveryConfig(change),
          databaseArn: primaryArnOf(arns, names),
          windows: [],
          names,
          arns,
          tags: tags("recovery"),
        });
      });
      return [...(made.beforeUpdate ?? []), ...(made.beforeCreate ?? [])];
    };
    const day = (days: number) =>
      new Date(Date.now() + days * 24 * 3600 * 1000).toISOString().slice(0, 10);
    assert.deepEqual(
      (await hooksOf()).map(({ name, opts }) => [name, opts?.onDryRun, opts?.ignoreErrors]),
      [
        ["crm-backup-before-deployment", false, false],
        ["crm-backup-before-deployment-creation", false, false],
      ],
    );
    const until = (days: number) => (input: Record<string, any>) =>
      (input["beforeDeployment"].skipUntil = day(days));
    assert.equal((await hooksOf((input) => delete input["beforeDeployment"])).length, 0);
    assert.equal((await hooksOf(until(0))).length, 0);
    assert.equal((await hooksOf(until(-1))).length, 2);
  });

  it("stands before the primary, every service and every function that is released", async () => {
    const { resources } = await planOf("production");
    const [update, create] = [
      "crm-backup-before-deployment",
      "crm-backup-before-deployment-creation",
    ];
    const released = resources.filter(
      ({ type, name }) =>
        type === "aws:ecs/service:Service" ||
        (type === "aws:lambda/function:Function" && name.startsWith("crm-eventing-")),
    );
    assert.equal(released.length, 7);
    for (const { name, hooks } of released) {
      assert.deepEqual(hooks, { beforeUpdate: [update], beforeCreate: [create] }, name);
    }
    const primary = resources.find(({ name }) => name === "crm-database-primary")!;
    assert.deepEqual(primary.hooks, { beforeUpdate: [update] });
  });

  it("asks for quotas in the other region, each value once and for good", async () => {
    const values = { fargateVcpus: 64, lambdaConcurrency: 1000 };
    const made = await planRecovery(recoveryConfig((input) => (input["quotas"] = values)));
    const requests = made.ofType("aws:servicequotas/serviceQuota:ServiceQuota");
    assert.deepEqual(
      requests.map(({ name, inputs }) => [name, inputs]),
      [
        [
          "crm-recovery-quotas-fargateVcpus-64",
          { region: "us-west-2", serviceCode: "fargate", quotaCode: "L-3032A538", value: 64 },
        ],
        [
          "crm-recovery-quotas-lambdaConcurrency-1000",
          { region: "us-west-2", serviceCode: "lambda", quotaCode: "L-B99A9384", value: 1000 },
        ],
      ],
    );
    // What AWS has raised meanwhile must not make an update ask for less.
    requests.forEach(({ ignoreChanges }) => assert.deepEqual(ignoreChanges, ["value"]));
    const parent = made.only("crm:aws:QuotaRequests");
    assert.ok(requests.every((one) => one.parent === parent.urn));
  });

  it("makes nothing of what the stack does not ask for", async () => {
    const bare = await planRecovery(
      recoveryConfig((input) => Object.keys(input).forEach((key) => delete input[key])),
    );
    assert.deepEqual(
      bare.all.filter(({ type }) => type.startsWith("aws:")).map(({ type }) => type),
      [],
    );
  });

  it("tags everything that can be tagged", () => {
    const types = [
      VAULT,
      "aws:backup/plan:Plan",
      "aws:iam/role:Role",
      "aws:lambda/function:Function",
    ];
    for (const { inputs, name } of types.flatMap((type) => plan.ofType(type))) {
      for (const tag of REQUIRED_TAGS) {
        assert.ok(inputs["tags"][tag], `${name}: ${tag}`);
      }
      assert.equal(inputs["tags"].Component, "recovery");
    }
  });

  it("registers the same in a first preview", async () => {
    const first = await planRecovery(recoveryConfig(), {}, { preview: true });
    assert.deepEqual(first.all.map(({ urn }) => urn).sort(), plan.all.map(({ urn }) => urn).sort());
  });

  it("refuses what cannot be: copies in the stack's own region, an unknown bucket", async () => {
    const wrong: [(input: Record<string, any>) => void, RegExp][] = [
      [
        (input) => (input["region"] = "us-east-1"),
        /recovery\.region: expected a region other than .*, got "us-east-1"/,
      ],
      [
        (input) => (input["plan"].buckets = ["nope"]),
        /recovery\.plan\.buckets: expected keys of .*, got "nope"/,
      ],
      [
        (input) => (input["configuration"].bucket = "nope"),
        /recovery\.configuration\.bucket: expected a key of .*, got "nope"/,
      ],
    ];
    for (const [change, message] of wrong) {
      await assert.rejects(planRecovery(recoveryConfig(change)), message);
    }
  });
});
