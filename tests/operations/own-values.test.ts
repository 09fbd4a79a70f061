import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";

import { filesOfValues } from "../../operations/derived";
import { VALUES_FILE, withValues } from "../../operations/pages/own-values";
import { fixtureOf, ownFiles } from "../support/scratch";
import { answer } from "./doctor/world";

const BEFORE = {
  "account.production": "123456789012",
  "domain.production": "crm.example",
  "domain.staging": "staging.crm.example",
  "region.production": "us-east-1",
  "region.recovery": "us-west-2",
  "bucket.production.uploads": "crm-uploads-prod",
  stateBucket: "state-123456789012",
};
const AFTER = {
  "account.production": "210987654321",
  "domain.production": "acme.example",
  "domain.staging": "test.acme.example",
  "region.production": "us-west-2",
  "region.recovery": "us-east-1",
  "bucket.production.uploads": "crm-uploads-acme",
  stateBucket: "acme-state",
};

describe("an owner's values in the pages", () => {
  for (const [before, after] of [
    ["arn:aws:rds:us-east-1:123456789012:db:x", "arn:aws:rds:us-west-2:210987654321:db:x"],
    [
      "--region us-west-2 --source-region us-east-1",
      "--region us-east-1 --source-region us-west-2",
    ],
    ["s3://state-123456789012-copy?region=us-west-2", "s3://acme-state-copy?region=us-east-1"],
    [
      "123456789012.dkr.ecr.us-east-1.amazonaws.com/auth:1",
      "210987654321.dkr.ecr.us-west-2.amazonaws.com/auth:1",
    ],
    ["https://api.crm.example/health", "https://api.acme.example/health"],
    ["app.staging.crm.example", "app.test.acme.example"],
    ["security@crm.example", "security@acme.example"],
    ["s3://crm-uploads-prod/x", "s3://crm-uploads-acme/x"],
    // Not these values, or where they mean something else.
    ["IAM is in us-east-1", "IAM is in us-east-1"],
    ["my-crm.example, crm.example.org-x, crm-uploads-prod-2, 1234567890123", undefined],
    ["--region us-west-20", undefined],
  ] as const) {
    it(before, () => assert.equal(withValues(before, BEFORE, AFTER), after ?? before));
  }

  it("go back as they came", () => {
    const text = "--region us-east-1 s3://crm-uploads-prod app.staging.crm.example 123456789012";
    assert.equal(withValues(withValues(text, BEFORE, AFTER), AFTER, BEFORE), text);
  });

  it("come from the stack files, with a record of what the pages have now", async () => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "values-"));
    try {
      fs.writeFileSync(path.join(folder, "Pulumi.yaml"), "name: crm\nruntime: nodejs\n");
      for (const file of ownFiles()) fs.cpSync(fixtureOf(file), path.join(folder, file));
      const page = "docs/runbooks/a.md";
      const stacks = ["production", "staging", "recovery"];
      const update = () => {
        const files = filesOfValues(folder, stacks, new Map());
        for (const [file, text] of files) {
          fs.mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
          fs.writeFileSync(path.join(folder, file), text!);
        }
        return files;
      };
      assert.deepEqual([...update().keys()], [VALUES_FILE]);
      const text = "`aws s3 ls s3://crm-user-uploads-prod` https://api.crm-consulting.com";
      fs.writeFileSync(path.join(folder, page), text);
      assert.equal(update().get(page), text);
      await answer(folder);
      const own = "`aws s3 ls s3://crm-user-uploads-acmesales` https://api.acme-sales.com";
      assert.equal(update().get(page), own);
      assert.equal(update().get(page), own);
    } finally {
      fs.rmSync(folder, { recursive: true, force: true });
    }
  });
});
