import assert from "node:assert/strict";

import { bucketLink, queueLink } from "../../platform/links";
import { SERVICES } from "../support/compute";
import {
  container,
  environment,
  PARAMETER,
  planService,
  secretParameters,
  sids,
  statements,
  warnings,
} from "../support/compute-plan";
import { arns } from "../support/fixtures";
import type { Recording } from "../support/mocks";

describe("rights and secrets of a CrmService", () => {
  const plans: Record<string, Recording> = {};
  before(async () => {
    for (const service of Object.keys(SERVICES)) {
      plans[service] = await planService(service);
    }
  });

  describe("rights", () => {
    it("start a task with exactly its image, parameters and log", () => {
      assert.deepEqual(statements(plans["auth"]!, "crm-auth-execution"), [
        {
          Sid: "WriteLog",
          Effect: "Allow",
          Action: ["logs:CreateLogStream", "logs:PutLogEvents"],
          Resource: "arn:aws:logs:us-east-1:123456789012:log-group:/ecs/crm-auth-service:*",
        },
        {
          Sid: "SignInToRegistry",
          Effect: "Allow",
          Action: "ecr:GetAuthorizationToken",
          Resource: "*",
        },
        {
          Sid: "PullImage",
          Effect: "Allow",
          Action: [
            "ecr:BatchCheckLayerAvailability",
            "ecr:GetDownloadUrlForLayer",
            "ecr:BatchGetImage",
          ],
          Resource: "arn:aws:ecr:us-east-1:123456789012:repository/crm-auth",
        },
        {
          Sid: "ReadSecrets",
          Effect: "Allow",
          Action: "ssm:GetParameters",
          Resource: [
            "arn:aws:ssm:us-east-1:123456789012:parameter/crm/auth/jwt-secret",
            "arn:aws:ssm:us-east-1:123456789012:parameter/crm/auth/database-url",
          ],
        },
        {
          Sid: "DecryptSecrets",
          Effect: "Allow",
          Action: "kms:Decrypt",
          Resource: "arn:aws:kms:us-east-1:123456789012:key/*",
          Condition: { "ForAnyValue:StringEquals": { "kms:ResourceAliases": "alias/crm-secrets" } },
        },
      ]);
    });

    it("come with the variable that says where a linked resource is", async () => {
      const uploads = { name: "crm-user-uploads-prod", label: "user-uploads" };
      const emails = { name: "crm-email-notifications", label: "email-notifications" };
      const links = [bucketLink(arns, uploads, "read"), queueLink(arns, emails, "send")];
      const recording = await planService("core", {}, { links });
      assert.equal(environment(recording)["USER_UPLOADS_BUCKET"], "crm-user-uploads-prod");
      assert.equal(
        environment(recording)["EMAIL_NOTIFICATIONS_QUEUE_URL"],
        "https://sqs.us-east-1.amazonaws.com/123456789012/crm-email-notifications",
      );
      const found = sids(recording, "crm-core-task");
      assert.deepEqual(found, [
        "WriteTraces",
        "ListUserUploads",
        "ObjectsUserUploads",
        "MessagesEmailNotifications",
      ]);
    });

    it("are two roles', each for tasks of this account alone", () => {
      const roles = ["task", "execution"].map(
        (kind) => plans["auth"]!.get("aws:iam/role:Role", `crm-auth-${kind}`).inputs,
      );
      assert.deepEqual(
        roles.map((role) => role["name"]),
        ["crm-auth-task", "crm-auth-execution"],
      );
      for (const role of roles) {
        const [trust] = JSON.parse(role["assumeRolePolicy"]).Statement;
        assert.equal(trust.Principal.Service, "ecs-tasks.amazonaws.com");
        assert.equal(trust.Condition.StringEquals["aws:SourceAccount"], "123456789012");
        assert.equal(
          trust.Condition.ArnLike["aws:SourceArn"],
          "arn:aws:ecs:us-east-1:123456789012:*",
        );
      }
    });
  });

  describe("secrets", () => {
    it("reach the containers by parameter, as the document names them", () => {
      const parameter = (path: string) => `arn:aws:ssm:us-east-1:123456789012:parameter${path}`;
      assert.deepEqual(secretParameters(plans["auth"]!), {
        JWT_SECRET: parameter("/crm/auth/jwt-secret"),
        DB_URL: parameter("/crm/auth/database-url"),
      });
      assert.deepEqual(secretParameters(plans["core"]!), {
        DB_URL: parameter("/crm/core/database-url"),
        REDIS_URL: parameter("/crm/core/redis-url"),
      });
      assert.deepEqual(secretParameters(plans["social"]!), {
        TWITTER_API_KEY: parameter("/crm/social/twitter-api-key"),
        LINKEDIN_API_KEY: parameter("/crm/social/linkedin-api-key"),
      });
      assert.deepEqual(secretParameters(plans["analytics"]!), {
        DB_URL: parameter("/crm/analytics/database-url"),
      });
    });

    it("that belong to the stack are generated and stored as secrets, under its key", async () => {
      const recording = await planService("auth", {}, {}, { preview: false });
      const password = recording.only("random:index/randomPassword:RandomPassword").inputs;
      assert.equal(password["length"], 64);
      const parameter = recording.only(PARAMETER);
      assert.equal(parameter.inputs["name"], "/crm/auth/jwt-secret");
      assert.equal(parameter.inputs["type"], "SecureString");
      assert.equal(parameter.inputs["keyId"], "arn:aws:kms:us-east-1:123456789012:key/secrets");
      assert.deepEqual(parameter.secretInputs, ["value"]);
      assert.equal(parameter.inputs["value"], "crm-auth-jwt-secret-result");
    });

    it("that the stack file holds are stored as secrets", async () => {
      const recording = await planService("social", {}, {}, { preview: false });
      const parameters = recording.ofType(PARAMETER);
      assert.deepEqual(
        parameters.map(({ inputs, secretInputs }) => [
          inputs["name"],
          inputs["value"],
          secretInputs,
        ]),
        [
          ["/crm/social/twitter-api-key", "twitter value", ["value"]],
          ["/crm/social/linkedin-api-key", "linkedin value", ["value"]],
        ],
      );
    });

    it("that are not set are named in the preview, with how to set them, and refuse a deployment", async () => {
      const unset = { secretValues: {} };
      const found = await warnings(() => planService("social", {}, unset));
      assert.equal(found.length, 2);
      assert.match(
        found[0]!,
        /crm:secrets\.twitter-api-key is not set: TWITTER_API_KEY of the social/,
      );
      assert.match(found[0]!, /pulumi config set --path crm:secrets\.twitter-api-key --secret/);
      await assert.rejects(
        planService("social", {}, unset, { preview: false }),
        /twitter-api-key is not set[^]*linkedin-api-key is not set/,
      );
    });

    it("that may stay unset are no variable until they are set", async () => {
      const optional = {
        secrets: { API_KEY: { parameter: "api-key", source: "config", required: false } },
      };
      let recording!: Recording;
      const found = await warnings(async () => {
        recording = await planService("social", optional, {}, { preview: false });
      });
      assert.match(found[0]!, /until then the service starts without the variable/);
      assert.deepEqual(secretParameters(recording), {});
      assert.deepEqual(recording.ofType(PARAMETER), []);
    });

    it("restart the tasks when their version is raised", async () => {
      const label = (recording: Recording) =>
        container(recording)["dockerLabels"]?.["crm.secret-versions"];
      assert.equal(label(plans["auth"]!), "JWT_SECRET=1");
      const jwt = { parameter: "jwt-secret", source: "generated", version: 2 };
      const database = { parameter: "database-url", source: "database-url" };
      const raised = await planService(
        "auth",
        { secrets: { JWT_SECRET: jwt, DB_URL: database } },
        { secretVersions: { DB_URL: 3, REDIS_URL: 4 } },
      );
      // The service has no REDIS_URL: a new cache token is no reason to start it anew.
      assert.equal(label(raised), "DB_URL=3,JWT_SECRET=2");
      assert.deepEqual(
        raised.only("random:index/randomPassword:RandomPassword").inputs["keepers"],
        { version: "2" },
      );
    });

    it("appear in no input but the parameters' values", async () => {
      const recording = await planService("social", {}, {}, { preview: false });
      for (const { type, name, inputs } of recording.all) {
        if (type !== PARAMETER) {
          assert.ok(!JSON.stringify(inputs).includes("twitter value"), `${type} ${name}`);
        }
      }
      for (const outputs of recording.outputs.values()) {
        assert.ok(!JSON.stringify(outputs).includes("twitter value"));
      }
    });
  });
});
