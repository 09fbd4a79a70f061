import assert from "node:assert/strict";

import { looksSecret } from "../../../policy-pack/rules/container-environment";
import { containerRules as rules } from "../../../policy-pack/rules/containers";
import { judge, UNKNOWN_FLAG, UNKNOWN_LIST, UNKNOWN_TEXT } from "../support";
import { ruleOf, stackTable, variantTable } from "../variants";

const CLUSTER = "aws:ecs/cluster:Cluster";
const SERVICE = "aws:ecs/service:Service";
const TASK = "aws:ecs/taskDefinition:TaskDefinition";
const REPOSITORY = "aws:ecr/repository:Repository";
const DIGEST = `@sha256:${"0123456789abcdef".repeat(4)}`;

const APP = {
  name: "auth-service",
  image: `123456789012.dkr.ecr.us-east-1.amazonaws.com/crm-auth:1.4.2${DIGEST}`,
  user: "1000:1000",
  privileged: false,
  readonlyRootFilesystem: true,
  environment: [
    { name: "PORT", value: "3001" },
    { name: "TOKEN_LIFETIME_SECONDS", value: "900" },
    { name: "QUEUE_URL", value: "https://sqs.us-east-1.amazonaws.com/123456789012/crm-email" },
  ],
  secrets: [{ name: "JWT_SECRET", valueFrom: "arn:aws:ssm:us-east-1:123456789012:parameter/x" }],
  logConfiguration: { logDriver: "awslogs" },
};
const definitions = (...containers: object[]) => ({
  containerDefinitions: JSON.stringify(containers),
});
/** The second of two containers is the one that differs. */
const second = (change: object) => definitions(APP, { ...APP, name: "sidecar", ...change });
const withVariable = (name: string, value: string) => second({ environment: [{ name, value }] });

/** A rule about each container. */
function containerTable(id: string, violating: Record<string, readonly [object, RegExp]>) {
  variantTable(rules, id, {
    type: TASK,
    good: definitions(APP),
    violating: {
      ...Object.fromEntries(
        Object.entries(violating).map(([text, [change, says]]) => [text, [second(change), says]]),
      ),
      "no JSON": [{ containerDefinitions: "[{" }, /is not valid JSON/],
      "no list": [{ containerDefinitions: "{}" }, /is not a list/],
    },
    unknown: { "the whole": { containerDefinitions: UNKNOWN_TEXT } },
  });
}

describe("rules about clusters and services", () => {
  variantTable(rules, "ecs-container-insights", {
    type: CLUSTER,
    good: { settings: [{ name: "containerInsights", value: "enhanced" }] },
    violating: {
      off: [{ settings: [{ name: "containerInsights", value: "disabled" }] }, /containerInsights/],
      none: [{ settings: undefined }, /containerInsights/],
    },
    unknown: {
      list: { settings: UNKNOWN_LIST },
      value: { settings: [{ name: "containerInsights", value: UNKNOWN_TEXT }] },
    },
  });
  const exec = (change: object) => ({
    configuration: {
      executeCommandConfiguration: {
        kmsKeyId: UNKNOWN_TEXT,
        logging: "OVERRIDE",
        logConfiguration: {
          cloudWatchLogGroupName: "/ecs/exec/crm",
          cloudWatchEncryptionEnabled: true,
        },
        ...change,
      },
    },
  });
  variantTable(rules, "ecs-exec-logged", {
    type: CLUSTER,
    good: exec({}),
    violating: {
      off: [exec({ logging: "NONE" }), /logging is another text; set it to "OVERRIDE"/],
      nowhere: [exec({ logConfiguration: {} }), /names no log group/],
    },
    unknown: { logging: exec({ logging: UNKNOWN_TEXT }) },
  });
  variantTable(rules, "ecs-exec-encrypted", {
    type: CLUSTER,
    good: exec({}),
    violating: {
      "no key": [exec({ kmsKeyId: undefined }), /kmsKeyId is not set/],
      "a bucket": [exec({ logConfiguration: { s3BucketName: "b" } }), /s3BucketEncryptionEnabled/],
      "logs in clear": [
        exec({ logConfiguration: { cloudWatchEncryptionEnabled: false } }),
        /encrypts nothing/,
      ],
    },
    unknown: {
      log: exec({
        logConfiguration: {
          cloudWatchLogGroupName: "g",
          cloudWatchEncryptionEnabled: UNKNOWN_FLAG,
        },
      }),
    },
  });
  variantTable(rules, "ecs-service-no-public-ip", {
    type: SERVICE,
    good: { networkConfiguration: { assignPublicIp: false } },
    compliant: { "without a word": { networkConfiguration: {} } },
    violating: { public: [{ networkConfiguration: { assignPublicIp: true } }, /is true/] },
    unknown: { "not known": { networkConfiguration: { assignPublicIp: UNKNOWN_FLAG } } },
  });
  variantTable(rules, "ecs-fargate-latest-platform", {
    type: SERVICE,
    good: { platformVersion: "1.4.0" },
    compliant: { "without a word": { platformVersion: undefined } },
    violating: { old: [{ platformVersion: "1.3.0" }, /1\.4\.0/] },
    unknown: { "not known": { platformVersion: UNKNOWN_TEXT } },
  });
  variantTable(rules, "ecs-no-exec-in-prod", {
    type: SERVICE,
    good: {},
    violating: { on: [{ enableExecuteCommand: true }, /enableExecuteCommand is true/] },
    unknown: { "not known": { enableExecuteCommand: UNKNOWN_FLAG } },
    rows: [
      {
        compliant: "where it is allowed",
        type: SERVICE,
        props: { enableExecuteCommand: true },
        config: { allowExec: true },
      },
    ],
  });
  stackTable(rules, "ecs-service-redundant", {
    good: {
      a: { type: "aws:ec2/subnet:Subnet" },
      b: { type: "aws:ec2/subnet:Subnet" },
      service: {
        type: SERVICE,
        props: {
          name: "crm-auth-service",
          desiredCount: 2,
          availabilityZoneRebalancing: "ENABLED",
          networkConfiguration: { subnets: UNKNOWN_TEXT },
        },
        references: { networkConfiguration: ["a", "b"] },
      },
      target: {
        type: "aws:appautoscaling/target:Target",
        props: { resourceId: "service/crm/crm-auth-service" },
      },
    },
    violating: {
      "one task": [{ service: { props: { desiredCount: 1 } } }, /desiredCount is 1; set it to 2/],
      "one subnet": [
        { service: { props: { networkConfiguration: { subnets: ["s"] } } } },
        /fewer than 2/,
      ],
      "no rebalancing": [{ service: { props: { availabilityZoneRebalancing: undefined } } }, /ENA/],
      "no scaling": [{ target: undefined }, /no scaling target/],
      "another's": [{ target: { props: { resourceId: "service/crm/other" } } }, /no scaling/],
    },
    unknown: {
      tasks: { service: { props: { desiredCount: UNKNOWN_TEXT } } },
      "whose target": { target: { props: { resourceId: UNKNOWN_TEXT } } },
    },
  });
});

describe("rules about task definitions", () => {
  containerTable("ecs-task-non-privileged", {
    privileged: [{ privileged: true }, /privileged of the container sidecar is true/],
  });
  containerTable("ecs-task-readonly-rootfs", {
    writable: [{ readonlyRootFilesystem: false }, /is false/],
    "without a word": [{ readonlyRootFilesystem: undefined }, /not set/],
  });
  containerTable("ecs-task-non-root", {
    root: [{ user: "root" }, /user of the container sidecar/],
    zero: [{ user: "0:1000" }, /user/],
    none: [{ user: undefined }, /not set/],
  });
  containerTable("ecs-task-logging", {
    none: [{ logConfiguration: undefined }, /logDriver of the container sidecar is not set/],
  });
  containerTable("ecs-task-image-pinned", {
    "a tag": [{ image: "nginx:1.27" }, /image of the container sidecar is not pinned/],
    "no tag": [{ image: "registry:5000/nginx" }, /append @sha256/],
  });
  const secret = (name: string, value: string) =>
    [{ environment: [{ name, value }] }, new RegExp(`sidecar has ${name}`)] as const;
  containerTable("ecs-task-no-env-secrets", {
    password: secret("DB_PASSWORD", "x"),
    url: secret("DATABASE_URL", "postgres://db/crm"),
    key: secret("STRIPE_API_KEY", "k"),
    "a variable that the control refuses": secret("AWS_ACCESS_KEY_ID", ""),
    "a key of AWS": secret("NOTE", "AKIAIOSFODNN7EXAMPLE"),
    "a URL with a password": secret("UPSTREAM", "https://crm:pw@example.com/"),
    "random text": secret("SALT", "q8Zt3LwX0vB7nR2kYc5Jm9Ud"),
  });
  it("says no secret's value", () => {
    const answer = judge(ruleOf(rules, "ecs-task-no-env-secrets"), {
      type: TASK,
      props: withVariable("DB_PASSWORD", "hunter2"),
    });
    assert.doesNotMatch(answer.violations.join(), /hunter2/);
  });
  it("takes names, hosts and identifiers for what they are", () => {
    for (const text of [
      "arn:aws:sqs:us-east-1:123456789012:crm-email-notifications",
      "crm-production.abcdefghijkl.us-east-1.rds.amazonaws.com",
      "7a3f0c52-4d0e-4f0a-9d3b-0ff528b18fe7",
    ]) {
      assert.equal(looksSecret(text, 4.2), false, text);
    }
  });
  it("leaves out what is said to be harmless, and takes a tag where that will do", () => {
    const config = { harmless: ["^DB_PASSWORD$"] };
    const props = withVariable("DB_PASSWORD", "x");
    const environment = ruleOf(rules, "ecs-task-no-env-secrets");
    assert.deepEqual(judge(environment, { type: TASK, props, config }).violations, []);
    const flag = withVariable("USE_TOKEN", "true");
    assert.deepEqual(judge(environment, { type: TASK, props: flag }).violations, []);
    const image = ruleOf(rules, "ecs-task-image-pinned");
    const judged = (name: string) =>
      judge(image, {
        type: TASK,
        props: second({ image: name }),
        config: { requireDigest: false },
      });
    assert.deepEqual(judged("nginx:1.27").violations, []);
    assert.equal(judged("nginx:latest").violations.length, 1);
  });
  variantTable(rules, "ecs-task-no-host-namespaces", {
    type: TASK,
    good: { pidMode: "task" },
    violating: {
      processes: [{ pidMode: "host" }, /pidMode/],
      memory: [{ ipcMode: "host" }, /ipcMode/],
    },
    unknown: { "not known": { ipcMode: UNKNOWN_TEXT } },
  });
  variantTable(rules, "ecs-task-awsvpc", {
    type: TASK,
    good: { networkMode: "awsvpc" },
    violating: {
      host: [{ networkMode: "host" }, /awsvpc/],
      none: [{ networkMode: undefined }, /not set/],
    },
    unknown: { "not known": { networkMode: UNKNOWN_TEXT } },
  });
  const efs = (transitEncryption?: string) => ({
    volumes: [{ name: "d", efsVolumeConfiguration: { transitEncryption } }],
  });
  variantTable(rules, "ecs-task-efs-encrypted-in-transit", {
    type: TASK,
    good: efs("ENABLED"),
    compliant: { "no volume": { volumes: undefined }, another: { volumes: [{ name: "tmp" }] } },
    violating: { "without a word": [efs(), /transitEncryption is not set/] },
    unknown: { value: efs(UNKNOWN_TEXT), list: { volumes: UNKNOWN_LIST } },
  });
  stackTable(rules, "ecs-task-roles-distinct", {
    good: {
      own: { type: "aws:iam/role:Role" },
      starting: { type: "aws:iam/role:Role" },
      task: {
        type: TASK,
        props: { taskRoleArn: UNKNOWN_TEXT, executionRoleArn: UNKNOWN_TEXT },
        references: { taskRoleArn: ["own"], executionRoleArn: ["starting"] },
      },
    },
    compliant: { "no role": { task: { props: { taskRoleArn: undefined } } } },
    violating: {
      "one by reference": [
        { task: { references: { taskRoleArn: ["own"], executionRoleArn: ["own"] } } },
        /use two roles/,
      ],
      "one by ARN": [
        { task: { props: { taskRoleArn: "arn:x", executionRoleArn: "arn:x" } } },
        /use two roles/,
      ],
    },
    unknown: { "whose they are": { task: { references: {} } } },
  });
});

describe("rules about image repositories", () => {
  const scanning = "aws:ecr/registryScanningConfiguration:RegistryScanningConfiguration";
  stackTable(rules, "ecr-scan-on-push", {
    good: {
      repository: { type: REPOSITORY, props: { imageScanningConfiguration: { scanOnPush: true } } },
    },
    compliant: {
      "by the registry": {
        repository: { props: { imageScanningConfiguration: undefined } },
        registry: { type: scanning },
      },
    },
    violating: {
      none: [{ repository: { props: { imageScanningConfiguration: undefined } } }, /not set/],
    },
    unknown: {
      flag: { repository: { props: { imageScanningConfiguration: { scanOnPush: UNKNOWN_FLAG } } } },
    },
  });
  variantTable(rules, "ecr-immutable-tags", {
    type: REPOSITORY,
    good: { imageTagMutability: "IMMUTABLE" },
    violating: {
      "without a word": [{ imageTagMutability: undefined }, /not set/],
      "some movable": [{ imageTagMutability: "IMMUTABLE_WITH_EXCLUSION" }, /"IMMUTABLE"/],
    },
    unknown: { "not known": { imageTagMutability: UNKNOWN_TEXT } },
  });
  stackTable(rules, "ecr-lifecycle-policy", {
    good: {
      repository: { type: REPOSITORY, props: { name: "crm-auth" } },
      policy: {
        type: "aws:ecr/lifecyclePolicy:LifecyclePolicy",
        props: { repository: "crm-auth" },
      },
    },
    violating: {
      none: [{ policy: undefined }, /no LifecyclePolicy/],
      "another's": [{ policy: { props: { repository: "other" } } }, /no LifecyclePolicy/],
    },
    unknown: { "whose it is": { policy: { props: { repository: UNKNOWN_TEXT } } } },
  });
  const policy = (principal: unknown) => ({
    policy: JSON.stringify({
      Statement: [{ Effect: "Allow", Principal: principal, Action: "ecr:BatchGetImage" }],
    }),
  });
  variantTable(rules, "ecr-policy-not-public", {
    type: "aws:ecr/repositoryPolicy:RepositoryPolicy",
    good: policy({ AWS: "arn:aws:iam::123456789012:root" }),
    violating: {
      everybody: [policy("*"), /statement 1: it is public/],
      "no JSON": [{ policy: "{" }, /cannot be read/],
    },
    unknown: { "not known": { policy: UNKNOWN_TEXT } },
  });
});
