import assert from "node:assert/strict";

import { namedServices } from "../../facts/generate/iam-actions";
import facts from "../../facts/iam/actions.json";
import {
  expandActions,
  iamAction,
  iamFactsSource,
  iamPrefixes,
  iamServices,
} from "../../facts/iam-actions";

describe("facts: IAM's actions", () => {
  it("say where they are from", () => {
    assert.match(iamFactsSource.source, /Service Authorization Reference/);
    assert.match(iamFactsSource.version, /^\d+\.\d+\.\d+$/);
    assert.match(iamFactsSource.date, /^20\d\d-\d\d-\d\d$/);
  });

  it("cover every service that the project names", () => {
    assert.deepEqual(
      [...iamServices],
      namedServices(iamPrefixes),
      "run facts/generate/iam-actions.ts, as its first lines say",
    );
  });

  it("are those of the reference, tried on some of them", () => {
    // Source: docs.aws.amazon.com/service-authorization, pages of Amazon S3, AWS KMS, Amazon SQS and AWS IAM.
    const get = iamAction("S3:getobject")!;
    assert.equal(get.name, "s3:GetObject");
    assert.deepEqual(get.levels, ["Read"]);
    assert.deepEqual(
      get.resources.find(({ type }) => type === "object"),
      { type: "object", arn: "arn:${Partition}:s3:::${BucketName}/${ObjectName}", required: false },
    );
    assert.ok(get.conditionKeys.includes("s3:ExistingObjectTag/<key>"));
    assert.deepEqual(iamAction("kms:Decrypt")!.levels, ["Write"]);
    assert.deepEqual(iamAction("kms:ListKeys")!.resources, []);
    assert.ok(iamAction("sqs:TagQueue")!.levels.includes("Tagging"));
    assert.ok(iamAction("iam:PutRolePolicy")!.levels.includes("Permissions management"));
    assert.ok(iamAction("iam:PutRolePolicy")!.conditionKeys.includes("iam:PermissionsBoundary"));
    assert.equal(iamAction("s3:NoSuchAction"), undefined);
  });

  it("expand the patterns of policies case-insensitively", () => {
    assert.deepEqual(expandActions("sqs:?endMessage"), ["sqs:SendMessage"]);
    assert.deepEqual(expandActions("KMS:decrypt"), ["kms:Decrypt"]);
    assert.deepEqual([...expandActions("iam:*AccessKey")].sort(), [
      "iam:CreateAccessKey",
      "iam:DeleteAccessKey",
      "iam:UpdateAccessKey",
    ]);
    assert.deepEqual(expandActions("nothing:*"), []);
    assert.ok(expandActions("*").length > 4000);
  });

  it("are whole: every type of resource and every list of keys that a row names is there", () => {
    for (const [service, { resources, keys, actions }] of Object.entries(facts.services)) {
      for (const [name, row] of Object.entries(
        actions as unknown as Record<string, [string, string, number]>,
      )) {
        assert.ok(row[2] < keys.length, `${service}:${name}`);
        for (const type of row[1].split(",").filter(Boolean)) {
          assert.ok(Object.hasOwn(resources, type.replace("*", "")), `${service}:${name} ${type}`);
        }
      }
    }
  });
});
