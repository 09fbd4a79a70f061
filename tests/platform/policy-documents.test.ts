import assert from "node:assert/strict";

import {
  bucketLink,
  linkEnvironment,
  linkStatements,
  queueLink,
  topicLink,
} from "../../platform/links";
import { policyDocument, serviceTrust, tlsOnly } from "../../platform/policy-documents";
import { arns } from "../support/fixtures";

describe("Policy documents", () => {
  it("lets a service assume a role for this account only", () => {
    assert.deepEqual(JSON.parse(serviceTrust(arns, "ecs-tasks.amazonaws.com")), {
      Version: "2012-10-17",
      Statement: [
        {
          Sid: "AssumedByService",
          Effect: "Allow",
          Principal: { Service: "ecs-tasks.amazonaws.com" },
          Action: "sts:AssumeRole",
          Condition: { StringEquals: { "aws:SourceAccount": "123456789012" } },
        },
      ],
    });
  });

  it("narrows the trust to one source where it is known", () => {
    const trust = JSON.parse(serviceTrust(arns, "vpc-flow-logs.amazonaws.com", "arn:aws:ec2:x"));
    assert.deepEqual(trust.Statement[0].Condition.ArnLike, { "aws:SourceArn": "arn:aws:ec2:x" });
  });

  it("refuses unencrypted connections from every principal", () => {
    const document = JSON.parse(policyDocument(tlsOnly(["arn:aws:s3:::b"], ["s3:*"])));
    assert.equal(document.Statement[0].Effect, "Deny");
    assert.equal(document.Statement[0].Principal, "*");
    assert.deepEqual(document.Statement[0].Condition, { Bool: { "aws:SecureTransport": "false" } });
  });
});

describe("Links", () => {
  const uploads = {
    name: "crm-user-uploads-prod",
    keyAlias: "alias/crm-storage",
    label: "user-uploads",
  };

  it("give a reader no right to write, and the address with the right", () => {
    const link = bucketLink(arns, uploads, "read");
    assert.deepEqual(link.environment, { USER_UPLOADS_BUCKET: "crm-user-uploads-prod" });
    assert.deepEqual(
      link.statements.flatMap((s) => s.actions),
      ["s3:ListBucket", "s3:GetObject", "kms:Decrypt"],
    );
    assert.deepEqual(link.statements[1]!.resources, ["arn:aws:s3:::crm-user-uploads-prod/*"]);
  });

  it("give a writer the key through its alias", () => {
    const key = bucketLink(arns, uploads, "read-write").statements.at(-1)!;
    assert.deepEqual(key.actions, ["kms:GenerateDataKey", "kms:Decrypt"]);
    assert.deepEqual(key.conditions, {
      "ForAnyValue:StringEquals": { "kms:ResourceAliases": "alias/crm-storage" },
    });
  });

  it("name queues by address and topics by ARN", () => {
    assert.deepEqual(
      queueLink(arns, { name: "crm-social-processing", label: "social-processing" }, "send")
        .environment,
      {
        SOCIAL_PROCESSING_QUEUE_URL:
          "https://sqs.us-east-1.amazonaws.com/123456789012/crm-social-processing",
      },
    );
    assert.deepEqual(
      topicLink(arns, { name: "crm-alert-notifications", label: "alert-notifications" })
        .environment,
      {
        ALERT_NOTIFICATIONS_TOPIC_ARN: "arn:aws:sns:us-east-1:123456789012:crm-alert-notifications",
      },
    );
  });

  it("join with both statements where a bucket and a queue have one word", () => {
    const key = (keyAlias: string) => ({ name: "crm-reports", keyAlias, label: "reports" });
    const links = [
      bucketLink(arns, key("alias/crm-storage"), "read"),
      queueLink(arns, key("alias/crm-messaging"), "send"),
    ];
    const statements = linkStatements(links);
    assert.deepEqual(
      statements.map(({ sid }) => sid),
      ["ListReports", "ObjectsReports", "KeyReports", "MessagesReports", "KeyReports2"],
    );
    assert.deepEqual(
      statements.flatMap(
        ({ conditions }) => conditions?.["ForAnyValue:StringEquals"]?.["kms:ResourceAliases"] ?? [],
      ),
      ["alias/crm-storage", "alias/crm-messaging"],
    );
  });

  it("join without repeating a statement and without two meanings of a variable", () => {
    const link = bucketLink(arns, uploads, "read");
    assert.equal(linkStatements([link, link]).length, 3);
    assert.throws(
      () => linkEnvironment([link, bucketLink(arns, { ...uploads, name: "other" }, "read")]),
      /Two links set USER_UPLOADS_BUCKET/,
    );
  });
});
