import assert from "node:assert/strict";

import { criticalPath } from "../../../analysis/critical-path/critical-path";
import { longestGap } from "../../../analysis/recovery/backup-gaps";
import { standingOf } from "../../../analysis/recovery/objectives";
import { recoveryStackOf } from "../../../analysis/recovery/of-plan";
import { recoveryChain, RECOVERY_UP } from "../../../analysis/recovery/steps";
import { STEP_ROWS, wholeMinutes } from "../../../facts/duration-rows";
import { dailyWindows, weeklyWindow } from "../../../facts/time-windows";
import { documentOf, rendered } from "../../../tools/commands/recovery";
import type { Plan, PlannedResource } from "../../../tools/preview/index";
import { planInTheEmergency } from "../../support/in-the-emergency";
import { planOf } from "../../support/plans";

const WINDOW = "sun:04:00-sun:05:00";
const CONFIG = "aws:s3/bucketReplicationConfig:BucketReplicationConfig";

/** What a change of the planned resources makes the objectives fail by. */
function failures(plan: Plan, change: (resources: PlannedResource[]) => PlannedResource[]): string {
  const resources = change(structuredClone(plan.resources));
  const { met, findings, missing } = documentOf({ ...plan, resources });
  const lines = findings.flatMap(({ store, scenario, problems }) =>
    problems.map((problem) => `${store}, ${scenario}: ${problem}`),
  );
  const all = [...lines, ...missing.map(({ message, undecided }) => message ?? undecided)];
  assert.equal(met, all.length === 0);
  return all.join("\n");
}

const without =
  (type: string, named = "") =>
  (resources: PlannedResource[]) =>
    resources.filter((one) => !(one.type === type && one.name.includes(named)));

const changed =
  (type: string, change: (inputs: Record<string, any>) => void) =>
  (resources: PlannedResource[]) => {
    resources.filter((one) => one.type === type).forEach((one) => change(one.inputs));
    return resources;
  };

describe("recovery objectives", () => {
  let production: Plan;
  before(async () => {
    production = await planInTheEmergency("production");
  });

  it("are met by production, with what each store loses at worst", () => {
    assert.equal(
      failures(production, (resources) => resources),
      "",
    );
    const { findings } = documentOf(production);
    const loss = (store: string, scenario: string) =>
      findings.find((one) => one.store === store && one.scenario === scenario)?.lossMinutes;
    assert.equal(loss("crm-production-primary", "region lost"), 30);
    assert.equal(loss("crm-production-primary", "data deleted or corrupted"), 5);
    // Four hours from one backup to the next, the start window, the backup and its copy.
    assert.equal(loss("crm-production-primary", "compromised credentials"), 240 + 60 + 15 + 30);
    assert.equal(loss("crm-user-uploads-prod", "region lost"), 15);
  });

  it("count the database's two windows: starts two hours apart lose 02:00 daily and 04:00 on Sundays", () => {
    const everyTwoHours = changed("aws:backup/plan:Plan", ({ rules }) => {
      rules[0].schedule = "cron(0 0/2 * * ? *)";
    });
    const compromised = /crm-production-primary, compromised credentials: .*/;
    assert.match(failures(production, everyTwoHours), compromised);
    const withoutBackups = changed("aws:rds/instance:Instance", (inputs) => {
      inputs["backupRetentionPeriod"] = 0;
    });
    // A database without automated backups has no window of theirs.
    const neither = (resources: PlannedResource[]) => withoutBackups(everyTwoHours(resources));
    assert.doesNotMatch(failures(production, neither), compromised);
  });

  const wayBack = (document: ReturnType<typeof documentOf>, store: string) =>
    document.findings.find((one) => one.store === store && one.scenario === "region lost")!;

  it("say of every store that it is back when the service that serves it is", () => {
    const document = documentOf(production);
    const database = wayBack(document, "crm-production-primary");
    for (const store of ["crm-user-uploads-prod", "crm-frontend-assets-prod"]) {
      const { steps, restoreMinutes } = wayBack(document, store);
      assert.deepEqual(steps, database.steps);
      assert.equal(restoreMinutes, database.restoreMinutes);
    }
  });

  it("say so of a bucket as well that comes back from the copies of AWS Backup alone", async () => {
    for (const plan of [production, await planOf("production")]) {
      const backups = plan.resources.filter(({ type }) => type !== CONFIG);
      const replicated = wayBack(documentOf(plan), "crm-user-uploads-prod");
      const { steps, protections } = wayBack(
        documentOf({ ...plan, resources: backups }),
        "crm-user-uploads-prod",
      );
      assert.equal(protections[0]!.source, "copies of AWS Backup in us-west-2");
      const others = steps.filter(({ name }) => name !== "bucketBackupRestore");
      assert.equal(others.length, steps.length - 1);
      // Route 53 takes changes again while so much is restored.
      const expected = replicated.steps.filter(({ name }) => name !== "recordChanges");
      assert.deepEqual(others, expected);
    }
  });

  it("count the first up of the other region's stack as that stack's own critical path", async () => {
    const chain = recoveryChain(recoveryStackOf(production));
    const path = criticalPath((await planInTheEmergency("recovery")).resources);
    assert.deepEqual(
      path.steps.map(({ type, seconds }) => `${type} ${seconds}`),
      chain.map(({ type, seconds }) => `${type} ${seconds}`),
    );
    const up = wayBack(documentOf(production), "crm-production-primary").steps.find(
      ({ name }) => name === RECOVERY_UP,
    )!;
    assert.equal(up.minutes, wholeMinutes(path.seconds));
    assert.equal(up.estimate, true);
  });

  it("begin with the call: as long as the alarm in the other region takes", () => {
    const { steps, restoreMinutes } = wayBack(documentOf(production), "crm-production-primary");
    // Three minutes without an answer, and the one in which the loss begins.
    assert.deepEqual([steps[0]!.name, steps[0]!.minutes], ["detect", 4]);
    const slower = production.resources.map((one) =>
      one.name === "crm-recovery-watch-region-lost"
        ? { ...one, inputs: { ...one.inputs, evaluationPeriods: 10, datapointsToAlarm: 10 } }
        : one,
    );
    const later = wayBack(
      documentOf({ ...production, resources: slower }),
      "crm-production-primary",
    );
    assert.equal(later.restoreMinutes! - restoreMinutes!, 7);
    const without = production.resources.filter(
      ({ name }) => name !== "crm-recovery-watch-region-lost",
    );
    const document = documentOf({ ...production, resources: without });
    assert.equal(document.met, false);
    assert.match(rendered(document), /nothing in us-west-2 notices that its region is lost/);
  });

  it("rest on what the team measured, where it did", () => {
    const asOf = "2026-10-01";
    const when = { restoreToPointInTime: "set", multiAz: true };
    const measured = {
      durations: [
        { type: "aws:rds/instance:Instance", when, seconds: 6000, asOf },
        { key: "verify", minutes: 4, asOf },
      ],
      usage: {},
    };
    const before = wayBack(documentOf(production), "crm-production-primary");
    const document = documentOf({ ...production, measured });
    const after = wayBack(document, "crm-production-primary");
    assert.equal(after.restoreMinutes! - before.restoreMinutes!, (6000 - 3000) / 60 - 6);
    assert.deepEqual(after.problems, ["RTO is 2 h 24 min, 2 h at most"]);
    assert.match(rendered(document), /verify 4: measured, measured on this stack, 2026-10-01/);
  });

  it("wait for Route 53 where the way back is shorter than its own", () => {
    const resources = without("aws:rds/instance:Instance")(structuredClone(production.resources));
    const { steps } = wayBack(documentOf({ ...production, resources }), "crm-user-uploads-prod");
    const record = steps.findIndex(({ name }) => name === "recordAnswers");
    const minutes = steps.slice(0, record).reduce((sum, step) => sum + step.minutes, 0);
    assert.equal(minutes, STEP_ROWS.find(({ key }) => key === "recordChanges")!.minutes);
    assert.equal(steps[record - 1]!.name, "recordChanges");
    const { steps: whole } = wayBack(documentOf(production), "crm-production-primary");
    assert.ok(whole.every(({ name }) => name !== "recordChanges"));
  });

  it("are listed with the source of each duration, and estimates are marked", () => {
    const text = rendered(documentOf(production));
    let told = 0;
    for (const { key: name, minutes, kind, sources } of STEP_ROWS) {
      const key = name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
      const used = new RegExp(`\\b${key} (~?)\\d+`).exec(text);
      if (used !== null) {
        told += 1;
        assert.equal(used[1] === "~", kind === "estimated", key);
        assert.ok(text.includes(`${key} ${used[1]}${minutes}: ${kind}, ${sources[0]!.says}`), key);
        assert.ok(text.includes(sources[0]!.url), key);
      }
    }
    assert.ok(told > 5);
    assert.match(text, /prepare stack ~5/);
    assert.match(text, /ok {3}Fargate vCPUs on demand in us-west-2: 34 needed.*64 asked for/);
  });

  it("are not known where a bucket is copied to one that is not the stack's", () => {
    const resources = changed(CONFIG, (inputs) => {
      inputs["rules"][0].destination.bucket = "arn:aws:s3:::another-accounts";
    })(structuredClone(production.resources));
    const { findings } = documentOf({ stack: production.stack, resources });
    const lost = findings.filter(
      ({ store, scenario }) =>
        ["crm-frontend-assets-prod", "crm-user-uploads-prod"].includes(store) &&
        scenario === "region lost",
    );
    assert.deepEqual(
      lost.map((finding) => [standingOf(finding), finding.unknown?.property]),
      Array(2).fill(["not known", "rules[0].destination.bucket"]),
    );
  });

  const database = "aws:rds/instance:Instance";
  const plan = "aws:backup/plan:Plan";
  const removals: [string, (resources: PlannedResource[]) => PlannedResource[], RegExp][] = [
    [
      "replication of automated backups",
      without("aws:rds/instanceAutomatedBackupsReplication:InstanceAutomatedBackupsReplication"),
      /crm-production-primary, region lost: RPO is 5 h 45 min/,
    ],
    [
      "automated backups",
      changed(database, (inputs) => (inputs["backupRetentionPeriod"] = 0)),
      /crm-production-primary, data deleted or corrupted: RPO is 5 h 15 min/,
    ],
    [
      "automated backups that outlive the instance",
      changed(database, (inputs) => (inputs["deleteAutomatedBackups"] = true)),
      /crm-production-primary, data deleted or corrupted: RPO is 5 h 15 min/,
    ],
    [
      "replication of the uploads",
      without(CONFIG, "user-uploads"),
      /crm-user-uploads-prod, region lost: RTO is 9 h 40 min/,
    ],
    [
      "replication of the backups",
      without(CONFIG, "storage-backups"),
      /crm-backups-prod, region lost: RTO/,
    ],
    [
      "replication of the application",
      without(CONFIG, "frontend-assets"),
      /crm-frontend-assets-prod, region lost: nothing survives/,
    ],
    ...[
      { filter: { prefix: "only/" } },
      { filter: { tag: { key: "copy", value: "yes" } } },
      { filter: { and: { prefix: "only/", tags: { copy: "yes" } } } },
      { prefix: "only/" },
    ].map((part): (typeof removals)[number] => [
      `replication of all objects, by ${JSON.stringify(part)}`,
      changed(CONFIG, ({ rules }) => Object.assign(rules[0], { filter: undefined }, part)),
      /crm-frontend-assets-prod, region lost: nothing survives/,
    ]),
    [
      "time control of the replication",
      changed(CONFIG, (inputs) => delete inputs["rules"][0].destination.replicationTime),
      /crm-frontend-assets-prod, region lost: RPO is 24 h/,
    ],
    [
      "versions",
      changed("aws:s3/bucketVersioning:BucketVersioning", (inputs) => {
        inputs["versioningConfiguration"] = { status: "Suspended" };
      }),
      /crm-user-uploads-prod, data deleted or corrupted: RTO is 8 h 30 min/,
    ],
    [
      "versions for long enough to miss something",
      changed("aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration", (inputs) => {
        for (const rule of inputs["rules"]) {
          rule.noncurrentVersionExpiration &&= { noncurrentDays: 1 };
        }
      }),
      /crm-user-uploads-prod, data deleted or corrupted: RTO is 8 h 30 min/,
    ],
    [
      "the region of the other copies for replicated uploads",
      changed("aws:s3/bucket:Bucket", (inputs) => {
        inputs["region"] = inputs["region"] === undefined ? undefined : "us-east-2";
      }),
      /crm-user-uploads-prod, region lost: RTO is 9 h 40 min/,
    ],
    [
      "the backup plan",
      without(plan),
      /crm-production-primary, compromised credentials: nothing survives/,
    ],
    [
      "the selection",
      without("aws:backup/selection:Selection"),
      /crm-user-uploads-prod, compromised credentials: nothing survives/,
    ],
    [
      "the copies of the backups",
      changed(plan, (inputs) => (inputs["rules"][0].copyActions = [])),
      /crm-production-primary, compromised credentials: nothing survives/,
    ],
    [
      "the vault's policy",
      without("aws:backup/vaultPolicy:VaultPolicy", "copies"),
      /crm-production-primary, compromised credentials: nothing survives/,
    ],
    [
      "a vault's policy that can be read",
      changed("aws:backup/vaultPolicy:VaultPolicy", (inputs) => (inputs["policy"] = "{")),
      /crm-production-primary, compromised credentials: nothing survives/,
    ],
    [
      "a denial without a condition",
      changed("aws:backup/vaultPolicy:VaultPolicy", (inputs) => {
        const document = JSON.parse(inputs["policy"]);
        for (const one of document.Statement) {
          one.Condition = { Bool: { "aws:MultiFactorAuthPresent": "false" } };
        }
        inputs["policy"] = JSON.stringify(document);
      }),
      /crm-production-primary, compromised credentials: nothing survives/,
    ],
    [
      "frequent backups",
      changed(plan, (inputs) => (inputs["rules"][0].schedule = "cron(0 0/6 * * ? *)")),
      /crm-production-primary, compromised credentials: RPO is 7 h 45 min/,
    ],
    [
      "the copies of images",
      without("aws:ecr/replicationConfiguration:ReplicationConfiguration"),
      /images of crm-auth are not copied to us-west-2/,
    ],
    [
      "the copy of the secret",
      changed("aws:secretsmanager/secret:Secret", (inputs) => delete inputs["replicas"]),
      /it is not copied to us-west-2/,
    ],
    [
      "the quota for Fargate",
      without("aws:servicequotas/serviceQuota:ServiceQuota", "fargateVcpus"),
      /Fargate vCPUs on demand in us-west-2: 34 are needed, a new account has 6/,
    ],
    [
      "the quota for Lambda",
      without("aws:servicequotas/serviceQuota:ServiceQuota", "lambda"),
      /Lambda executions at a time in us-west-2: 133 are needed, a new account has 10/,
    ],
    [
      "a proof of the origin's host",
      without("aws:route53/record:Record", "validation-origin.crm-consulting.com"),
      /3 records prove the 4 hosts of the certificates/,
    ],
    [
      "an issuer in the zone",
      changed("aws:route53/record:Record", (inputs) => {
        inputs["records"] = inputs["type"] === "CAA" ? ['0 issue ";"'] : inputs["records"];
      }),
      /ACM issues nothing in us-west-2/,
    ],
    [
      "a parameter that a service reads",
      without("aws:ssm/parameter:Parameter", "crm-auth-jwt-secret"),
      /reads \/crm\/auth\/jwt-secret, which the stack neither makes nor copies/,
    ],
    [
      "a parameter that a function reads",
      without("aws:ssm/parameter:Parameter", "report-generator"),
      /reads \/crm\/report-generator\/database-url/,
    ],
    [
      "records that can be changed",
      changed("aws:route53/zone:Zone", (inputs) => delete inputs["enableAcceleratedRecovery"]),
      /cannot be changed while us-east-1 is lost/,
    ],
    [
      "the keys of the other region",
      changed("aws:kms/key:Key", (inputs) => delete inputs["region"]),
      /names no key of us-west-2/,
    ],
  ];
  for (const [what, remove, message] of removals) {
    it(`fail without ${what}`, () => assert.match(failures(production, remove), message));
  }

  it("judge a bucket without a description as one with our data", () => {
    const added = failures(production, (resources) => {
      const bucket = resources.find(({ type }) => type === "aws:s3/bucket:Bucket")!;
      const inputs = { ...bucket.inputs, bucket: "crm-invoices-prod" };
      return [...resources, { ...bucket, urn: `${bucket.urn}-new`, inputs }];
    });
    assert.match(added, /crm-invoices-prod, region lost: nothing survives/);
  });

  for (const [stack, reason] of [
    ["staging", /its environment is staging/],
    ["recovery", /it is the recovery itself/],
  ] as const) {
    it(`are not those of ${stack}`, async () => {
      const document = documentOf(await planOf(stack));
      assert.match(document.exemptBecause!, reason);
      assert.equal(document.met, true);
    });
  }

  for (const whole of [{}, { prefix: "" }, { and: { prefix: "" } }, undefined]) {
    it(`count a replication of all objects, by filter ${JSON.stringify(whole)}`, () => {
      const filter = changed(CONFIG, ({ rules }) => (rules[0].filter = whole));
      assert.equal(failures(production, filter), "");
    });
  }

  it("count the longest pause between two backups", () => {
    const windows = [weeklyWindow(WINDOW)];
    const gap = (schedule: string, during: typeof windows = [], timeZone?: string) =>
      longestGap({ schedule, timeZone }, during, 60);
    assert.equal(gap("cron(0 0/2 * * ? *)"), 120);
    assert.equal(gap("cron(0 0/2 * * ? *)", windows), 240);
    assert.equal(gap("cron(0 0/2 * * ? *)", windows, "Etc/UTC"), 240);
    // Of RDS's backup window, too: 02:00 of every day and 04:00 of Sundays are lost.
    assert.equal(gap("cron(0 0/2 * * ? *)", [...windows, ...dailyWindows("02:00-03:00")]), 360);
    assert.equal(gap("cron(0 4 ? * SUN *)", windows, "UTC"), undefined);
    assert.equal(gap("cron(0 4 ? * SUN *)", windows, "Asia/Tokyo"), 7 * 1440);
    assert.equal(gap("cron(0 4 ? * SUN *)", windows, "Tokyo"), undefined);
    assert.equal(gap("cron(30 1,13 * * ? *)"), 720);
    assert.equal(gap("cron(0 0 * * ? *)"), 1440);
    assert.equal(gap("cron(0 0 1 * ? *)"), 31 * 1440);
    assert.equal(gap("rate(2 hours)"), undefined);
  });
});
