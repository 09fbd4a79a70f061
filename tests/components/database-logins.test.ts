import assert from "node:assert/strict";

import { CrmDatabaseTask } from "../../components/database-task";
import { DATABASE_TASK_PARAMETERS, scramVerifier } from "../../platform/database-logins";
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
  const version = (recording: Recording) => {
    const root = recording.all.find(({ type }) => type === "crm:aws:CrmDatabase")!;
    return recording.outputs.get(root.urn)!["urlVersion"] as number;
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

describe("CrmDatabaseTask", () => {
  const create = (image?: string) =>
    record(
      () =>
        new CrmDatabaseTask("crm-database-task", {
          task: { image, architecture: "X86_64" },
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
