import assert from "node:assert/strict";

import { resolveLinks } from "../../platform/link-resolver";
import { linkEnvironment, linkStatements } from "../../platform/links";
import { arns, names, stagingNames } from "../support/fixtures";

const KEYS = {
  storage: { keyAlias: "alias/crm-storage", managedBuckets: ["frontend-assets"] },
  messaging: "alias/crm-messaging",
};

describe("resolveLinks", () => {
  it("gives each kind of target its name, its rights and its key", () => {
    const links = resolveLinks(arns, names, KEYS, [
      { bucket: "user-uploads", access: "read-write" },
      { queue: "email-notifications", access: "send" },
      { topic: "system-notifications", access: "publish" },
    ]);
    assert.deepEqual(linkEnvironment(links), {
      USER_UPLOADS_BUCKET: "crm-user-uploads-prod",
      EMAIL_NOTIFICATIONS_QUEUE_URL:
        "https://sqs.us-east-1.amazonaws.com/123456789012/crm-email-notifications",
      SYSTEM_NOTIFICATIONS_TOPIC_ARN: "arn:aws:sns:us-east-1:123456789012:crm-system-notifications",
    });
    const keys = linkStatements(links).flatMap(
      ({ conditions }) => conditions?.["ForAnyValue:StringEquals"]?.["kms:ResourceAliases"] ?? [],
    );
    assert.deepEqual(keys, ["alias/crm-storage", "alias/crm-messaging", "alias/crm-messaging"]);
  });

  it("asks for no key where S3 encrypts with its own", () => {
    const links = resolveLinks(arns, names, KEYS, [{ bucket: "frontend-assets", access: "write" }]);
    assert.deepEqual(
      linkStatements(links).map(({ sid }) => sid),
      ["ObjectsFrontendAssets"],
    );
  });

  it("names another stack's resources by that stack's names", () => {
    const [link] = resolveLinks(arns, stagingNames, KEYS, [
      { queue: "social-processing", access: "receive" },
    ]);
    assert.deepEqual(link!.statements[0]!.resources, [
      "arn:aws:sqs:us-east-1:123456789012:crm-staging-social-processing",
    ]);
  });

  it("does not take a link without a target", () => {
    assert.throws(
      () => resolveLinks(arns, names, KEYS, [{ access: "read" }]),
      /a bucket, a queue, a topic or a service/,
    );
  });
});
