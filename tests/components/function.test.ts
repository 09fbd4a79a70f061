import assert from "node:assert/strict";

import { CrmFunction, type CrmFunctionArgs } from "../../components/function/function";
import { statement, statements } from "../support/eventing";
import { arns, tags } from "../support/fixtures";
import { boundHook, record } from "../support/mocks";

const FUNCTION = "aws:lambda/function:Function";
const ROLE_POLICY = "aws:iam/rolePolicy:RolePolicy";
const DEAD_LETTERS = "arn:aws:sqs:us-east-1:123456789012:crm-dlq-social-processor";

describe("CrmFunction", () => {
  const plan = (change: Partial<CrmFunctionArgs> = {}, preview = true) =>
    record(
      () =>
        new CrmFunction("social", {
          functionName: "crm-social-data-processor",
          roleName: "crm-social-data-processor-function",
          description: "Processes data of social media",
          runtime: "nodejs24.x",
          handler: "index.handler",
          memoryMb: 512,
          timeoutSeconds: 300,
          reservedConcurrency: 20,
          logRetentionDays: 14,
          environment: { NODE_ENV: "production" },
          deadLetterQueueArn: DEAD_LETTERS,
          maximumRetries: 2,
          maximumEventAgeSeconds: 21600,
          statements: [],
          key: {
            arn: "arn:aws:kms:us-east-1:123456789012:key/m",
            aliasName: "alias/crm-messaging",
          },
          logsKey: { arn: "arn:aws:kms:us-east-1:123456789012:key/l", aliasName: "alias/crm-logs" },
          startAfter: [],
          arns,
          tags: tags("social"),
          ...change,
        }),
      { preview },
    );

  it("has the document's memory, time-out, handler and environment, on arm64", async () => {
    const { inputs } = (await plan()).only(FUNCTION);
    assert.equal(inputs["name"], "crm-social-data-processor");
    assert.equal(inputs["runtime"], "nodejs24.x");
    assert.equal(inputs["handler"], "index.handler");
    assert.equal(inputs["memorySize"], 512);
    assert.equal(inputs["timeout"], 300);
    assert.deepEqual(inputs["environment"], { variables: { NODE_ENV: "production" } });
    assert.deepEqual(inputs["architectures"], ["arm64"]);
    assert.equal(inputs["reservedConcurrentExecutions"], 20);
    assert.equal(inputs["description"], "Processes data of social media");
  });

  it("runs on another processor where it is told so", async () => {
    const { inputs } = (await plan({ architecture: "X86_64" })).only(FUNCTION);
    assert.deepEqual(inputs["architectures"], ["x86_64"]);
  });

  it("runs what is to be done before its release", async () => {
    const backup = [boundHook("backup")];
    const recording = await plan({ hooks: { beforeUpdate: backup, beforeCreate: backup } });
    const { beforeUpdateList, beforeCreateList } = recording.only(FUNCTION).hooks;
    assert.deepEqual([beforeUpdateList, beforeCreateList], [["backup"], ["backup"]]);
  });

  it("is traced, its variables are encrypted, each change is a version behind the alias", async () => {
    const recording = await plan({}, false);
    const { inputs } = recording.only(FUNCTION);
    assert.deepEqual(inputs["tracingConfig"], { mode: "Active" });
    assert.equal(inputs["kmsKeyArn"], "arn:aws:kms:us-east-1:123456789012:key/m");
    assert.equal(inputs["publish"], true);
    const alias = recording.only("aws:lambda/alias:Alias").inputs;
    assert.equal(alias["name"], "live");
    assert.equal(alias["functionName"], "crm-social-data-processor");
    assert.equal(alias["functionVersion"], "1");
  });

  it("writes to a log group of its own, encrypted and kept for 14 days, made before it", async () => {
    const recording = await plan();
    const group = recording.only("aws:cloudwatch/logGroup:LogGroup");
    assert.equal(group.inputs["name"], "/aws/lambda/crm-social-data-processor");
    assert.equal(group.inputs["retentionInDays"], 14);
    assert.equal(group.inputs["kmsKeyId"], "arn:aws:kms:us-east-1:123456789012:key/l");
    const fn = recording.only(FUNCTION);
    assert.equal(fn.inputs["loggingConfig"].logGroup, group.inputs["name"]);
    assert.ok(fn.dependencies.includes(group.urn));
  });

  it("has a role of its own that only Lambda takes for this account", async () => {
    const role = (await plan()).only("aws:iam/role:Role").inputs;
    assert.equal(role["name"], "crm-social-data-processor-function");
    const [trust] = statements(role["assumeRolePolicy"]);
    assert.deepEqual(trust.Principal, { Service: "lambda.amazonaws.com" });
    assert.deepEqual(trust.Condition, { StringEquals: { "aws:SourceAccount": "123456789012" } });
  });

  it("may write its log, its traces and its dead letters, and no more", async () => {
    const policy = (await plan()).only(ROLE_POLICY).inputs["policy"];
    assert.deepEqual(
      statements(policy).map((one) => [one.Sid, one.Action, one.Resource]),
      [
        [
          "WriteLog",
          ["logs:CreateLogStream", "logs:PutLogEvents"],
          "arn:aws:logs:us-east-1:123456789012:log-group:/aws/lambda/crm-social-data-processor:*",
        ],
        ["WriteTraces", ["xray:PutTraceSegments", "xray:PutTelemetryRecords"], "*"],
        ["KeepFailedEvents", "sqs:SendMessage", DEAD_LETTERS],
        [
          "UseKey",
          ["kms:Decrypt", "kms:GenerateDataKey"],
          "arn:aws:kms:us-east-1:123456789012:key/*",
        ],
      ],
    );
    assert.deepEqual(statement(policy, "UseKey").Condition, {
      "ForAnyValue:StringEquals": { "kms:ResourceAliases": "alias/crm-messaging" },
    });
  });

  it("sends failed asynchronous events to a dead-letter queue", async () => {
    const recording = await plan();
    const config = recording.only("aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig");
    assert.equal(config.inputs["functionName"], "crm-social-data-processor");
    assert.equal(config.inputs["qualifier"], "live");
    assert.deepEqual(config.inputs["destinationConfig"], {
      onFailure: { destination: DEAD_LETTERS },
    });
    assert.equal(config.inputs["maximumRetryAttempts"], 2);
    assert.equal(config.inputs["maximumEventAgeInSeconds"], 21600);
    assert.ok(config.dependencies.includes(recording.only(ROLE_POLICY).urn));
  });

  it("runs in the private subnets when it is given them, and its code may not touch interfaces", async () => {
    const network = { subnetIds: ["subnet-1", "subnet-2"], securityGroupIds: ["sg-functions"] };
    const recording = await plan({ network });
    assert.deepEqual(recording.only(FUNCTION).inputs["vpcConfig"], network);
    const policy = recording.only(ROLE_POLICY).inputs["policy"];
    assert.equal(
      statement(policy, "ManageInterfaces").Resource,
      "arn:aws:ec2:us-east-1:123456789012:*/*",
    );
    assert.equal(statement(policy, "NotFromCode").Effect, "Deny");
    assert.deepEqual(statement(policy, "NotFromCode").Condition, {
      ArnEquals: {
        "lambda:SourceFunctionArn":
          "arn:aws:lambda:us-east-1:123456789012:function:crm-social-data-processor",
      },
    });
  });

  it("takes its code from the artifact when there is one", async () => {
    const artifact = { bucket: "crm-artifacts", key: "social/1.4.2.zip", version: "v1" };
    const { inputs } = (await plan({ artifact })).only(FUNCTION);
    assert.equal(inputs["s3Bucket"], "crm-artifacts");
    assert.equal(inputs["s3Key"], "social/1.4.2.zip");
    assert.equal(inputs["s3ObjectVersion"], "v1");
    assert.equal(inputs["code"], undefined);
  });

  it("keeps 10 environments ready from 09:00 to 17:00 in the time zone, by the alias", async () => {
    const recording = await plan({
      provisionedConcurrency: {
        capacity: 10,
        from: "09:00",
        until: "17:00",
        timeZone: "America/New_York",
      },
    });
    const target = recording.only("aws:appautoscaling/target:Target");
    const common = {
      serviceNamespace: "lambda",
      scalableDimension: "lambda:function:ProvisionedConcurrency",
      resourceId: "function:crm-social-data-processor:live",
    };
    for (const [key, value] of Object.entries(common)) {
      assert.equal(target.inputs[key], value);
    }
    assert.equal(target.inputs["maxCapacity"], 10);
    assert.deepEqual(target.ignoreChanges, ["minCapacity", "maxCapacity"]);
    assert.ok(target.dependencies.includes(recording.only("aws:lambda/alias:Alias").urn));
    const action = (suffix: string) =>
      recording.get("aws:appautoscaling/scheduledAction:ScheduledAction", `social-peak-${suffix}`)
        .inputs;
    assert.deepEqual(action("begin"), {
      ...common,
      name: "crm-social-data-processor-peak-begin",
      schedule: "cron(0 9 * * ? *)",
      timezone: "America/New_York",
      scalableTargetAction: { minCapacity: 10, maxCapacity: 10 },
    });
    assert.deepEqual(action("end"), {
      ...common,
      name: "crm-social-data-processor-peak-end",
      schedule: "cron(0 17 * * ? *)",
      timezone: "America/New_York",
      scalableTargetAction: { minCapacity: 0, maxCapacity: 0 },
    });
  });

  it("keeps no environments ready unless told so", async () => {
    assert.deepEqual((await plan()).ofType("aws:appautoscaling/target:Target"), []);
  });
});
