import assert from "node:assert/strict";

import { CrmDatabase } from "../../components/database/database";
import { assertInputs, databaseArgs, planDatabase } from "../support/data";
import { REQUIRED_TAGS, tags } from "../support/fixtures";
import { record, type Recording } from "../support/mocks";
import { validated } from "../support/stack-files";

const INSTANCE = "aws:rds/instance:Instance";
const SUBNETS = "aws:rds/subnetGroup:SubnetGroup";
const PARAMETERS = "aws:rds/parameterGroup:ParameterGroup";
const PARAMETER = "aws:ssm/parameter:Parameter";
const LOG_GROUP = "aws:cloudwatch/logGroup:LogGroup";
const ACCOUNT = "us-east-1:123456789012";

describe("CrmDatabase", () => {
  let production: Recording;
  let staging: Recording;
  let created: Recording;
  before(async () => {
    production = await planDatabase("production");
    staging = await planDatabase("staging");
    created = await planDatabase("production", { preview: false });
  });

  const primary = (recording: Recording) => recording.get(INSTANCE, "crm-database-primary");
  const replica = (recording: Recording) => recording.get(INSTANCE, "crm-database-replica");

  it("creates the primary as the document describes it", () => {
    const { inputs } = primary(created);
    const { identifier, ...rest } = inputs;
    assert.equal(identifier, "crm-production-primary");
    assertInputs(rest, {
      engine: "postgres",
      engineVersion: "15",
      instanceClass: "db.r6g.large",
      allocatedStorage: 500,
      maxAllocatedStorage: 2000,
      storageType: "gp3",
      storageEncrypted: true,
      multiAz: true,
      dbName: "crm_production",
      username: "crm_admin",
      backupRetentionPeriod: 7,
      backupWindow: "03:00-04:00",
      maintenanceWindow: "sun:04:00-sun:05:00",
      deleteAutomatedBackups: false,
      copyTagsToSnapshot: true,
      monitoringInterval: 60,
      performanceInsightsEnabled: true,
      performanceInsightsRetentionPeriod: 7,
      vpcSecurityGroupIds: ["sg-data"],
      port: 5432,
      publiclyAccessible: false,
      deletionProtection: true,
      skipFinalSnapshot: false,
      finalSnapshotIdentifier: "crm-production-primary-final-0123abcd",
      iamDatabaseAuthenticationEnabled: true,
      autoMinorVersionUpgrade: true,
      allowMajorVersionUpgrade: false,
      applyImmediately: false,
      caCertIdentifier: "rds-ca-rsa2048-g1",
      enabledCloudwatchLogsExports: ["postgresql", "upgrade"],
    });
    assert.equal(inputs["availabilityZone"], undefined, "RDS moves the primary between zones");
    assert.equal(inputs["restoreToPointInTime"], undefined);
  });

  it("encrypts storage and query statistics with its own key", () => {
    const key = created.only("aws:kms/key:Key");
    assert.equal(key.protect, true);
    assert.equal(key.inputs["enableKeyRotation"], true);
    assert.equal(key.inputs["deletionWindowInDays"], 30);
    assert.equal(created.only("aws:kms/alias:Alias").inputs["name"], "alias/crm-database");
    const arn = "arn:aws:kms:us-east-1:123456789012:crm-database";
    for (const instance of created.ofType(INSTANCE)) {
      assert.equal(instance.inputs["performanceInsightsKmsKeyId"], arn);
    }
    assert.equal(primary(created).inputs["kmsKeyId"], arn);
    assert.equal(replica(created).inputs["kmsKeyId"], undefined, "it has its source's");
  });

  it("hands the password over write-only and leaves none to RDS", () => {
    const { inputs, secretInputs } = primary(created);
    assert.equal(inputs["passwordWo"], "crm-database-master-result");
    assert.equal(inputs["passwordWoVersion"], 1);
    assert.ok(secretInputs.includes("passwordWo"));
    assert.equal(inputs["password"], undefined);
    assert.equal(inputs["manageMasterUserPassword"], undefined);
    const password = created.only("random:index/randomPassword:RandomPassword");
    assert.deepEqual(password.inputs, { length: 40, special: false, keepers: { version: "1" } });
  });

  it("keeps the primary from deletion and lets no change of it pass unseen", () => {
    const { protect, ignoreChanges, customTimeouts } = primary(production);
    assert.equal(protect, true);
    assert.deepEqual(ignoreChanges, ["kmsKeyId"]);
    assert.deepEqual(customTimeouts, { create: "120m", update: "120m", delete: "90m" });
  });

  it("places the primary in the document's two zones and the replica in the third", () => {
    const subnets = (name: string) => production.get(SUBNETS, name).inputs["subnetIds"];
    assert.deepEqual(subnets("crm-database-primary"), ["subnet-a", "subnet-b"]);
    assert.deepEqual(subnets("crm-database-replica"), ["subnet-a", "subnet-b", "subnet-c"]);
    const named = production.get(SUBNETS, "crm-database-primary").inputs;
    assertInputs(named, { name: "crm-db-subnet-group", namePrefix: undefined });
    assert.equal(replica(production).inputs["availabilityZone"], "us-east-1c");
    for (const part of ["primary", "replica"]) {
      const { dbSubnetGroupName, parameterGroupName } = created.get(
        INSTANCE,
        `crm-database-${part}`,
      ).inputs;
      const group = part === "primary" ? "crm-db-subnet-group" : "crm-database-replica";
      assert.deepEqual(
        [dbSubnetGroupName, parameterGroupName],
        [group, `crm-database-${part}-postgres15`],
      );
    }
  });

  it("sets the document's parameters, and TLS on both instances", () => {
    const values = (name: string) => {
      const { inputs } = production.get(PARAMETERS, name);
      assert.equal(inputs["family"], "postgres15");
      return inputs["parameters"].map((p: any) => `${p.name}=${p.value} ${p.applyMethod}`); // any: mocked inputs
    };
    assert.deepEqual(values("crm-database-primary-postgres15"), [
      "shared_preload_libraries=pg_stat_statements pending-reboot",
      "log_statement=mod immediate",
      "log_min_duration_statement=1000 immediate",
      "rds.force_ssl=1 pending-reboot",
    ]);
    assert.deepEqual(values("crm-database-replica-postgres15"), [
      "shared_preload_libraries=pg_stat_statements pending-reboot",
      "default_statistics_target=1000 immediate",
      "random_page_cost=1.1 immediate",
      "log_statement=mod immediate",
      "log_min_duration_statement=1000 immediate",
      "rds.force_ssl=1 pending-reboot",
    ]);
  });

  it("leaves the subnet group's name to Pulumi where the stack file has none, as beside a database that lives", async () => {
    const change = ({ database }: Record<string, any>) => delete database.subnetGroupName;
    const { inputs } = (await planDatabase("production", { change })).get(
      SUBNETS,
      "crm-database-primary",
    );
    assertInputs(inputs, { name: undefined, namePrefix: "crm-db-subnet-group-" });
  });

  it("takes the parameter family from the version", async () => {
    const plan = await planDatabase("production", {
      change: ({ database }) => (database.engineVersion = "16.9"),
    });
    for (const { inputs } of plan.ofType(PARAMETERS)) {
      assert.equal(inputs["family"], "postgres16");
    }
  });

  it("monitors the operating system with a role of the account's RDS alone", async () => {
    const roleArn = "arn:aws:iam::123456789012:role/crm-database-monitoring";
    for (const { inputs } of production.ofType(INSTANCE)) {
      assert.equal(inputs["monitoringRoleArn"], roleArn);
    }
    const { inputs } = production.only("aws:iam/role:Role");
    assert.deepEqual(JSON.parse(inputs["assumeRolePolicy"]).Statement, [
      {
        Sid: "AssumedByService",
        Effect: "Allow",
        Principal: { Service: "monitoring.rds.amazonaws.com" },
        Action: "sts:AssumeRole",
        Condition: {
          StringEquals: { "aws:SourceAccount": "123456789012" },
          ArnLike: { "aws:SourceArn": `arn:aws:rds:${ACCOUNT}:db:*` },
        },
      },
    ]);
    const attachment = production.only("aws:iam/rolePolicyAttachment:RolePolicyAttachment");
    assert.equal(
      attachment.inputs["policyArn"],
      "arn:aws:iam::aws:policy/service-role/AmazonRDSEnhancedMonitoringRole",
    );
    assert.ok(primary(production).dependencies.includes(attachment.urn));

    const off = await planDatabase("production", {
      change: ({ database }) => (database.monitoringInterval = 0),
    });
    assert.deepEqual(off.ofType("aws:iam/role:Role"), []);
    assert.equal(primary(off).inputs["monitoringRoleArn"], undefined);
  });

  it("makes the log groups before the instances that write to them", () => {
    const groups = production.ofType(LOG_GROUP);
    assert.deepEqual(groups.map(({ inputs }) => inputs["name"]).sort(), [
      "/aws/rds/instance/crm-production-primary/postgresql",
      "/aws/rds/instance/crm-production-primary/upgrade",
      "/aws/rds/instance/crm-production-replica/postgresql",
      "/aws/rds/instance/crm-production-replica/upgrade",
    ]);
    for (const { urn, name, inputs } of groups) {
      assert.equal(inputs["kmsKeyId"], "arn:aws:kms:us-east-1:123456789012:key/logs");
      assert.equal(inputs["retentionInDays"], 30);
      const writer = name.includes("replica") ? replica(production) : primary(production);
      assert.ok(writer.dependencies.includes(urn), name);
    }
  });

  it("stores the owner's login as a secret", () => {
    const secret = created.only("aws:secretsmanager/secret:Secret");
    assert.equal(secret.inputs["name"], "crm-database-master");
    assert.equal(secret.inputs["kmsKeyId"], "arn:aws:kms:us-east-1:123456789012:key/secrets");
    assert.equal(secret.protect, true);
    assert.equal(secret.inputs["recoveryWindowInDays"], 7);
    const version = created.only("aws:secretsmanager/secretVersion:SecretVersion");
    assert.ok(version.secretInputs.includes("secretString"));
    assert.deepEqual(JSON.parse(version.inputs["secretString"]), {
      engine: "postgres",
      host: "crm-database-primary.db.example",
      port: 5432,
      dbname: "crm_production",
      username: "crm_admin",
      password: "crm-database-master-result",
      dbInstanceIdentifier: "crm-production-primary",
    });
  });

  it("gives each service and function an encrypted URL of its instance", () => {
    const parameters = created.ofType(PARAMETER);
    const instance = (value: string) => /@crm-database-(\w+)\./.exec(value)![1];
    assert.deepEqual(
      Object.fromEntries(
        parameters.map(({ inputs }) => [inputs["name"], instance(inputs["value"])]),
      ),
      {
        "/crm/auth/database-url": "primary",
        "/crm/core/database-url": "primary",
        "/crm/analytics/database-url": "replica",
        "/crm/social-data-processor/database-url": "primary",
        "/crm/analytics-aggregator/database-url": "replica",
        "/crm/report-generator/database-url": "replica",
      },
    );
    for (const { inputs, secretInputs, name } of parameters) {
      assert.equal(inputs["type"], "SecureString", name);
      assert.equal(inputs["keyId"], "arn:aws:kms:us-east-1:123456789012:key/secrets", name);
      assert.ok(secretInputs.includes("value"), name);
    }
    assert.equal(
      created.get(PARAMETER, "crm-database-auth-database-url").inputs["value"],
      "postgresql://crm_admin:crm-database-master-result@crm-database-primary.db.example:5432/crm_production?sslmode=verify-full",
    );
  });

  it("writes the certificate file into the URLs where there is one", async () => {
    const plan = await planDatabase("production", {
      change: ({ database }) => (database.sslRootCertificate = "/etc/ssl/rds.pem"),
      preview: false,
    });
    assert.match(
      plan.get(PARAMETER, "crm-database-auth-database-url").inputs["value"],
      /\?sslmode=verify-full&sslrootcert=%2Fetc%2Fssl%2Frds\.pem$/,
    );
  });

  it("shows the password nowhere but in secrets", () => {
    for (const { name, inputs, secretInputs } of created.all) {
      for (const [input, value] of Object.entries(inputs)) {
        if (JSON.stringify(value).includes("crm-database-master-result")) {
          assert.ok(secretInputs.includes(input), `${name}.${input}`);
        }
      }
    }
    for (const [urn, outputs] of created.outputs) {
      assert.ok(!JSON.stringify(outputs).includes("crm-database-master-result"), urn);
    }
  });

  it("makes a new password and hands it over when its version is raised", async () => {
    const rotated = await planDatabase("production", {
      change: ({ database }) => (database.passwordVersion = 2),
    });
    const password = rotated.only("random:index/randomPassword:RandomPassword");
    assert.deepEqual(password.inputs["keepers"], { version: "2" });
    assert.equal(primary(rotated).inputs["passwordWoVersion"], 2);
    for (const { propertyDependencies, name } of rotated.ofType(PARAMETER)) {
      assert.ok(propertyDependencies["value"]!.includes(password.urn), name);
    }
    const [root] = rotated.all.filter(({ type }) => type === "crm:aws:CrmDatabase");
    const versions = rotated.outputs.get(root!.urn)!["urlVersions"] as Record<string, number>;
    assert.deepEqual([...new Set(Object.values(versions))], [2]);
  });

  it("reports what happens to the instances and their parameters", () => {
    const [instances, parameters, groups] = ["instances", "parameters", "security-groups"].map(
      (part) =>
        created.get("aws:rds/eventSubscription:EventSubscription", `crm-database-${part}`).inputs,
    );
    assert.equal(instances!["snsTopic"], `arn:aws:sns:${ACCOUNT}:crm-system-notifications`);
    assert.equal(instances!["sourceType"], "db-instance");
    assert.deepEqual(instances!["sourceIds"], ["crm-production-primary", "crm-production-replica"]);
    for (const category of ["configuration change", "failover", "failure", "maintenance"]) {
      assert.ok(instances!["eventCategories"].includes(category), category);
    }
    assert.equal(parameters!["sourceType"], "db-parameter-group");
    assert.deepEqual(parameters!["sourceIds"], [
      "crm-database-primary-postgres15",
      "crm-database-replica-postgres15",
    ]);
    assert.deepEqual(parameters!["eventCategories"], ["configuration change"]);
    assert.equal(groups!["sourceType"], "db-security-group");
    assert.equal(groups!["sourceIds"], undefined, "all there are");
    assert.deepEqual(groups!["eventCategories"], ["configuration change", "failure"]);
    for (const { inputs } of production.ofType("aws:rds/eventSubscription:EventSubscription")) {
      assert.equal(inputs["snsTopic"], `arn:aws:sns:${ACCOUNT}:crm-system-notifications`);
    }
  });

  it("has one smaller instance and no replica in staging", () => {
    const { inputs } = staging.only(INSTANCE);
    assertInputs(inputs, {
      identifier: "crm-staging-primary",
      instanceClass: "db.t4g.medium",
      multiAz: false,
      dbName: "crm_staging",
    });
    assert.equal(staging.ofType(PARAMETERS).length, 1);
    assert.ok(
      staging.ofType(PARAMETER).every(({ inputs: { name } }) => name.startsWith("/crm-staging/")),
    );
  });

  describe("restored", () => {
    const backups = `arn:aws:rds:${ACCOUNT}:auto-backup:ab-0123`;
    const restored = (moment: object) =>
      planDatabase("production", {
        change: ({ database }) =>
          (database.restore = { sourceDbInstanceAutomatedBackupsArn: backups, ...moment }),
      });

    it("takes the latest state, name, owner and size from the backups", async () => {
      const { inputs, ignoreChanges } = primary(await restored({ useLatestRestorableTime: true }));
      assert.deepEqual(ignoreChanges, ["kmsKeyId", "restoreToPointInTime"]);
      assert.deepEqual(inputs["restoreToPointInTime"], {
        sourceDbInstanceAutomatedBackupsArn: backups,
        useLatestRestorableTime: true,
      });
      for (const input of ["dbName", "username", "allocatedStorage"]) {
        assert.equal(inputs[input], undefined, input);
      }
      assert.equal(inputs["passwordWoVersion"], 1);
      assert.equal(inputs["multiAz"], true);
    });

    it("takes the state of a moment", async () => {
      const { inputs } = primary(await restored({ restoreTime: "2026-01-31T12:00:00Z" }));
      assert.deepEqual(inputs["restoreToPointInTime"], {
        sourceDbInstanceAutomatedBackupsArn: backups,
        restoreTime: "2026-01-31T12:00:00Z",
      });
    });
  });

  describe("refuses", () => {
    const refusal = (change: object) =>
      record(
        () =>
          new CrmDatabase("crm-database", {
            ...databaseArgs("production", validated("production")),
            ...change,
          }),
      );

    it("a zone without a database subnet", () =>
      assert.rejects(refusal({ subnetZones: ["us-east-1a", "us-east-1b"] }), {
        message:
          "No database subnet in us-east-1c: crm:network.availabilityZones has us-east-1a, us-east-1b. Name one of these in crm:database.",
      }));

    it("two URLs for one name", () =>
      assert.rejects(
        refusal({
          urls: [
            { service: "auth", database: "primary" },
            { service: "auth", database: "replica" },
          ],
        }),
        /^Error: auth is to get two database URLs\./,
      ));

    it("a URL of a replica that there is none of", () =>
      assert.rejects(
        refusal({ replica: { ...validated("staging").database.replica, enabled: false } }),
        /^Error: analytics is to read the replica, but crm:database\.replica\.enabled is false\./,
      ));
  });

  it("tags everything that can be tagged, and names the instances", () => {
    const untaggable =
      /^(random:|aws:kms\/alias:|aws:iam\/rolePolicyAttachment:|aws:secretsmanager\/secretVersion:)/;
    const taggable = production.all.filter(({ type, custom }) => custom && !untaggable.test(type));
    assert.ok(taggable.length > 15);
    for (const { name, inputs } of taggable) {
      for (const tag of REQUIRED_TAGS) {
        assert.equal(inputs["tags"]?.[tag], tags("database")[tag], `${name} ${tag}`);
      }
    }
    assert.equal(primary(production).inputs["tags"]["Name"], "crm-production-primary");
  });

  it("registers the same resources whether or not outputs are known", () => {
    const list = (recording: Recording) => recording.all.map(({ urn }) => urn).sort();
    assert.deepEqual(list(created), list(production));
  });
});
