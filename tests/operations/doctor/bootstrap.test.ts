/** What doctor asks of bootstrap's list: the stack's buckets and queues by their names. */
import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";

import { bootstrapSchema } from "../../../bootstrap/config";
import { findingsOf } from "../../../operations/doctor";
import type { Files } from "../../../operations/doctor/files";
import { bootstrapKnows } from "../../../operations/doctor/pipeline";
import { foreignRepositories } from "../../../operations/setup/bootstrap-file";
import { validated } from "../../support/stack-files";
import { deployment, surroundings } from "./world";

/** What bootstrap refuses of a stack's settings. */
function stackRefusals(settings: object): string[] {
  const stack = { environment: "staging", prefix: "crm", buckets: ["crm-a"], ...settings };
  const { error } = bootstrapSchema.safeParse({ stacks: { staging: stack } });
  const issues = error!.issues.filter(({ path: at }) => at[0] === "stacks");
  return issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`);
}

describe("npm run doctor, bootstrap", () => {
  it("is read as Pulumi reads it: a value that needs quotes is named", async () => {
    const folder = deployment();
    const file = "bootstrap/Pulumi.bootstrap.yaml";
    fs.appendFileSync(path.join(folder, file), "  crm-bootstrap:more: {since: 2026-01-02}\n");
    const findings = await findingsOf("staging", surroundings(folder), { offline: true });
    fs.rmSync(folder, { recursive: true });
    assert.deepEqual(findings, [
      {
        ...{ id: "settings", status: "fail", fix: `fix ${file}` },
        evidence:
          'Pulumi.bootstrap.yaml: crm-bootstrap:more.since: expected "2026-01-02" in quotes, got 2026-01-02, which Pulumi reads as a time',
      },
    ]);
  });

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

  it("knows the repositories of functions' images that begin otherwise", () => {
    const digest = `sha256:${"0".repeat(64)}`;
    const registry = (account: string) => `${account}.dkr.ecr.us-west-2.amazonaws.com`;
    const functions = {
      own: { image: `auth@${digest}` },
      shared: { image: `core@${digest}` },
      whole: { image: `${registry("123456789012")}/crm-social@${digest}` },
      folder: { image: `${registry("123456789012")}/team/scans@${digest}` },
      ours: { image: `${registry("123456789012")}/crm-recovery-core@${digest}` },
      // Another account's, whose name may begin like the stack's own.
      partner: { image: `${registry("999988887777")}/crm-recovery-core@${digest}` },
      package: {},
    };
    const services = { auth: { repository: {} }, core: { repository: { name: "team/core" } } };
    const of = (prefix: string) =>
      foreignRepositories({ prefix, accountId: "123456789012" }, { functions }, services);
    const partner = `${registry("999988887777")}/crm-recovery-core`;
    assert.deepEqual(of("crm-recovery"), ["team/core", "crm-social", "team/scans", partner]);
    assert.deepEqual(of("crm"), ["team/core", "team/scans", partner]);
    // What setup writes, bootstrap takes.
    assert.deepEqual(stackRefusals({ repositories: of("crm-recovery") }), []);
  });

  it("takes no name that ECR refuses", () => {
    const refused = ["Team", "team//core", "a", "team/", "a".repeat(257), "https://team/core", "team/core@sha256:0"]; // prettier-ignore
    assert.equal(stackRefusals({ repositories: refused }).length, refused.length);
    assert.deepEqual(stackRefusals({ repositories: ["team__core/a--b"] }), []);
  });
});
