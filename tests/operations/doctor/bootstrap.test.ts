/** What doctor asks of bootstrap's list: the stack's buckets and queues by their names. */
import assert from "node:assert/strict";

import type { Files } from "../../../operations/doctor/files";
import { bootstrapKnows } from "../../../operations/doctor/pipeline";
import { validated } from "../../support/stack-files";

describe("npm run doctor, bootstrap", () => {
  const found = (naming: Readonly<Record<string, unknown>>, known: Readonly<Record<string, unknown>>) => {
    const config = validated("staging", (sections) => Object.assign(sections["naming"] as object, naming));
    const stacks = { staging: { prefix: "crm-staging", buckets: ["crm-*-staging"], ...known } };
    const bootstrap = { accountId: config.accountId, regions: ["us-east-1", "us-west-2"], stacks };
    return bootstrapKnows({ stack: "staging", config, bootstrap } as unknown as Files).evidence;
  }; // prettier-ignore

  it("knows a bucket by its whole name", () => {
    const naming = { bucketNames: { "report-requests": "crm-report-requests" } };
    assert.match(found(naming, {}), /stacks\.staging\.buckets has no pattern for crm-report-requests/);
    const known = { buckets: ["crm-*-staging", "crm-report-requests"] };
    assert.doesNotMatch(found(naming, known), /crm-report-requests/);
  }); // prettier-ignore

  it("knows a queue by its whole name, unless that begins with the prefix", () => {
    const naming = { queueNames: { "dlq-email": "dead", "email-notifications": "crm-staging-mail" } };
    assert.match(found(naming, {}), /stacks\.staging\.queues does not have dead/);
    assert.doesNotMatch(found(naming, { queues: ["dead"] }), /dead|crm-staging-mail/);
  }); // prettier-ignore
});
