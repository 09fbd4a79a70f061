import assert from "node:assert/strict";

import { CrmDatabaseTask } from "../../components/database-task";
import {
  DATABASE_TASK_PARAMETERS,
  type DatabaseUsers,
  scramVerifier,
} from "../../platform/database-logins";
import { databaseUrlVersions } from "../../platform/function-database";
import { planDatabase } from "../support/data";
import { arns, names, tags } from "../support/fixtures";
import { record, type Recording } from "../support/mocks";
import { problems } from "../support/stack-files";

const PARAMETER = "aws:ssm/parameter:Parameter";
const PASSWORD = "random:index/randomPassword:RandomPassword";
const DIGEST = `sha256:${"0123456789abcdef".repeat(4)}`;

describe("logins that take turns", () => {
  const plan = (active: string, more: object = {}) =>
    planDatabase("production", {
      change: ({ database }) =>
        Object.assign(database, { task: { image: DIGEST }, logins: { active, ...more } }),
      preview: false,
    });
  const url = (recording: Recording, of: string) =>
    recording.get(PARAMETER, `crm-database-${of}-database-url`).inputs["value"] as string;
  const version = (recording: Recording, of = "core") => {
    const root = recording.all.find(({ type }) => type === "crm:aws:CrmDatabase")!;
    return (recording.outputs.get(root.urn)!["urlVersions"] as Record<string, number>)[of]!;
  };

  it("change nothing as long as there is no task", async () => {
    const recording = await planDatabase("production", { preview: false });
    assert.equal(recording.ofType(PASSWORD).length, 1);
    assert.match(url(recording, "core"), /\/\/crm_admin:/);
    assert.equal(version(recording), 1);
  });

  it("are in the URLs of services and functions, and the owner in the task's", async () => {
    const recording = await plan("green");
    for (const of of ["auth", "core", "analytics", "report-generator"]) {
      assert.match(url(recording, of), /\/\/crm_app_green:crm-database-green-result@/, of);
    }
    assert.match(url(recording, "database-task"), /\/\/crm_admin:crm-database-master-result@/);
  });

  it("pass the task what PostgreSQL stores, never the password", async () => {
    const recording = await plan("blue");
    for (const color of ["blue", "green"]) {
      const { inputs, secretInputs } = recording.get(
        PARAMETER,
        `crm-database-database-task-${color}-verifier`,
      );
      assert.equal(inputs["name"], `/crm/database-task/${color}-verifier`);
      assert.equal(inputs["value"], scramVerifier(`crm-database-${color}-result`));
      assert.ok(secretInputs.includes("value"));
    }
  });

  it("restart the tasks when the active login changes, and in no other case", async () => {
    const seen = new Map<string, number>();
    for (const [title, active, more] of [
      ["owner", "owner", {}],
      ["blue", "blue", {}],
      ["green prepared", "blue", { greenVersion: 2 }],
      ["green", "green", { greenVersion: 2 }],
      ["blue locked out", "green", { greenVersion: 2, blueVersion: 2 }],
    ] as const) {
      seen.set(title, version(await plan(active, more)));
    }
    assert.equal(seen.get("blue"), seen.get("green prepared"));
    assert.equal(seen.get("green"), seen.get("blue locked out"));
    assert.equal(new Set(seen.values()).size, 3, "owner, blue, green");
  });

  it("need the task first", () => {
    const errors = (database: object) =>
      problems("production", (sections) => Object.assign(sections["database"], database));
    const expected = "crm:database.logins.active: expected owner, as task.image is not set, got";
    assert.deepEqual(errors({ logins: { active: "blue" } }), [`${expected} "blue"`]);
    assert.deepEqual(errors({ logins: { active: "blue" }, task: {} }), [`${expected} "blue"`]);
    assert.deepEqual(errors({ logins: { active: "blue" }, task: { image: DIGEST } }), []);
  });
});

describe("logins of one service", () => {
  const USERS = {
    core: { access: "write", active: true },
    analytics: { access: "read", active: false },
    "report-generator": { access: "read", active: true },
  };
  const plan = (active: string, more: object = {}, users: object = USERS) =>
    planDatabase("production", {
      change: ({ database }) =>
        Object.assign(database, { task: { image: DIGEST }, logins: { active, ...more }, users }),
      preview: false,
    });
  const url = (recording: Recording, of: string) =>
    recording.get(PARAMETER, `crm-database-${of}-database-url`).inputs["value"] as string;
  const versions = (recording: Recording) => {
    const root = recording.all.find(({ type }) => type === "crm:aws:CrmDatabase")!;
    return recording.outputs.get(root.urn)!["urlVersions"] as Record<string, number>;
  };

  it("are in its URL once they are active, in the color of the others", async () => {
    const blue = await plan("blue");
    assert.match(url(blue, "core"), /\/\/crm_blue_core:crm-database-core-blue-result@/);
    assert.match(url(blue, "report-generator"), /\/\/crm_blue_report_generator:/);
    for (const shared of ["auth", "analytics"])
      assert.match(url(blue, shared), /\/\/crm_app_blue:crm-database-blue-result@/, shared);
    const green = await plan("green");
    assert.match(url(green, "core"), /\/\/crm_green_core:crm-database-core-green-result@/);
  });

  it("have passwords of their own, which the task gets as verifiers", async () => {
    const recording = await plan("blue");
    assert.equal(recording.ofType(PASSWORD).length, 1 + 2 + 3 * 2);
    const { inputs, secretInputs } = recording.get(
      PARAMETER,
      "crm-database-database-task-green-verifier-report-generator",
    );
    assert.equal(inputs["name"], "/crm/database-task/green-verifier-report-generator");
    assert.equal(inputs["value"], scramVerifier("crm-database-report-generator-green-result"));
    assert.ok(secretInputs.includes("value"));
    const { keepers } = recording.get(PASSWORD, "crm-database-core-green").inputs;
    assert.deepEqual(keepers, { version: "1" });
  });

  it("restart the tasks of that service when they become active, and when they take turns", async () => {
    const shared = { ...USERS, core: { access: "write", active: false } };
    const all = [
      versions(await plan("blue", {}, shared)),
      versions(await plan("blue")),
      versions(await plan("green")),
      versions(await plan("blue", { blueVersion: 2 })),
    ];
    assert.equal(new Set(all.map(({ core }) => core)).size, 4);
    assert.equal(all[0]!["auth"], all[1]!["auth"]);
    assert.equal(all[0]!["analytics"], all[1]!["analytics"]);
  });

  it("begin environments of that function alone", () => {
    const config = (active: boolean) => ({
      passwordVersion: 1,
      logins: { active: "blue", blueVersion: 1, greenVersion: 1 },
      users: { reports: { active } },
    });
    const versionOf = (active: boolean, label: string) =>
      databaseUrlVersions(config(active), { [label]: {} })[label];
    assert.notEqual(versionOf(true, "reports"), versionOf(false, "reports"));
    assert.equal(versionOf(true, "other"), versionOf(false, "other"));
  });

  it("need a reader of the database, the task and a login of the stack that is active", () => {
    const errors = (database: object) =>
      problems("production", (sections) => Object.assign(sections["database"], database));
    const users = { core: { access: "write", active: true }, social: { access: "read" } };
    assert.deepEqual(errors({ users, task: {} }), [
      'crm:database.users.core: expected no users, as task.image is not set, got "core"',
      "crm:database.users.core.active: expected false, as logins.active is owner, got true",
      'crm:database.users.social: expected no users, as task.image is not set, got "social"',
      'crm:database.users.social: expected one of the services of crm:database.urls and the functions with databaseUrl: auth, core, analytics, social-data-processor, analytics-aggregator, report-generator, got "social"',
    ]);
    const ready = { task: { image: DIGEST }, logins: { active: "blue" } };
    assert.deepEqual(errors({ ...ready, users: { core: { access: "write", active: true } } }), []);
    const [problem] = errors({ ...ready, users: { core: { access: "admin" } } });
    assert.equal(
      problem,
      'crm:database.users.core.access: expected one of read, write, owner, got "admin"',
    );
  });
});

describe("CrmDatabaseTask", () => {
  const create = (image?: string, users: DatabaseUsers = {}) =>
    record(
      () =>
        new CrmDatabaseTask("crm-database-task", {
          task: { image, architecture: "X86_64" },
          users,
          platform: {
            clusterName: "crm-production",
            imageLifecycle: { releasedPrefix: "released-", keptImages: 50, untaggedDays: 7 },
            imageTags: "IMMUTABLE",
            imagesKeyArn: "arn:aws:kms:us-east-1:123456789012:key/images",
          },
          privateSubnetIds: ["subnet-a", "subnet-b"],
          ecsSecurityGroupId: "sg-tasks",
          logsKey: { arn: "arn:aws:kms:us-east-1:123456789012:key/logs" },
          secretsKey: { aliasName: "alias/crm-secrets" },
          logRetentionDays: 30,
          protect: true,
          names,
          arns,
          tags: tags("database"),
        }),
      { preview: false },
    );

  it("has a repository of its own, and a task as soon as there is an image", async () => {
    const empty = await create();
    assert.equal(empty.only("aws:ecr/repository:Repository").inputs["name"], "crm-database-task");
    assert.equal(empty.ofType("aws:ecs/taskDefinition:TaskDefinition").length, 0);
    const made = await create(DIGEST);
    const { inputs } = made.only("aws:ecs/taskDefinition:TaskDefinition");
    const [container] = JSON.parse(inputs["containerDefinitions"] as string);
    assert.equal(
      container.image,
      `123456789012.dkr.ecr.us-east-1.amazonaws.com/crm-database-task@${DIGEST}`,
    );
    assert.equal(container.readonlyRootFilesystem, true);
  });

  it("is handed the owner's URL and the verifiers, and may read nothing else", async () => {
    const made = await create(DIGEST);
    const { inputs } = made.only("aws:ecs/taskDefinition:TaskDefinition");
    const [container] = JSON.parse(inputs["containerDefinitions"] as string);
    const parameters = Object.values(DATABASE_TASK_PARAMETERS).map(
      (parameter) => `arn:aws:ssm:us-east-1:123456789012:parameter/crm/database-task/${parameter}`,
    );
    assert.deepEqual(
      container.secrets.map(({ valueFrom }: { valueFrom: string }) => valueFrom),
      parameters,
    );
    const policy = made.only("aws:iam/rolePolicy:RolePolicy");
    const statements = JSON.parse(policy.inputs["policy"] as string).Statement;
    const read = statements.find(({ Sid }: { Sid: string }) => Sid === "ReadSecrets");
    assert.deepEqual([read.Resource].flat().sort(), [...parameters].sort());
    assert.equal(policy.name, "crm-database-task-execution", "the code itself has no rights");
  });

  it("is handed the verifiers of users, and their access", async () => {
    const made = await create(DIGEST, { "report-generator": { access: "read" } });
    const { inputs } = made.only("aws:ecs/taskDefinition:TaskDefinition");
    const [{ secrets, environment }] = JSON.parse(inputs["containerDefinitions"] as string);
    const byName = Object.fromEntries(
      secrets.map(({ name, valueFrom }: Record<string, string>) => [name, valueFrom]),
    );
    const parameter = "arn:aws:ssm:us-east-1:123456789012:parameter/crm/database-task";
    assert.equal(
      byName["BLUE_VERIFIER_REPORT_GENERATOR"],
      `${parameter}/blue-verifier-report-generator`,
    );
    assert.match(environment[0].value, /\\set users '\{"report_generator":"read"\}'/);
    const policy = String(made.only("aws:iam/rolePolicy:RolePolicy").inputs["policy"]);
    assert.deepEqual(policy.match(/[^"]*-verifier[^"]*/g), [
      ...["blue-verifier", "green-verifier", "blue-verifier-*", "green-verifier-*"].map(
        (name) => `${parameter}/${name}`,
      ),
    ]);
  });

  it("says how it is run: in the private subnets, in the tasks' group", async () => {
    const made = await create(DIGEST);
    const root = made.all.find(({ type }) => type === "crm:aws:CrmDatabaseTask")!;
    const run = JSON.parse(made.outputs.get(root.urn)!["run"] as string);
    assert.equal(run.cluster, "crm-production");
    assert.deepEqual(run.networkConfiguration.awsvpcConfiguration, {
      subnets: ["subnet-a", "subnet-b"],
      securityGroups: ["sg-tasks"],
      assignPublicIp: "DISABLED",
    });
  });
});
