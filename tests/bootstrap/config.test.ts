/** What the bootstrap program says of settings that it does not take: the key, what it takes, what there is. */
import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";

import { parse } from "yaml";

import { bootstrapSchema } from "../../bootstrap/config";
import { closedServices, extensionRights } from "../../bootstrap/extension-rights";
import { iamPrefixes } from "../../facts/iam-actions";
import { issueProblems } from "../../schema";
import { BOOTSTRAP_PROJECT } from "../support/stack-files";

/** The messages of a document. */
function messages(given: unknown): string[] {
  const { error } = bootstrapSchema.safeParse(given);
  return error!.issues
    .flatMap((issue) => issueProblems("crm-bootstrap:", bootstrapSchema, given, issue))
    .map(({ message }) => message);
}

describe("settings of bootstrap", () => {
  it("are refused with the key, what is expected and what there is", () => {
    const found = messages({ accountId: "12", region: "us-east-1", tags: { Color: "red" } });
    const of = (key: string) =>
      found.find((message) => message.startsWith(`${key}:`)) ?? found.join();
    assert.match(of("crm-bootstrap:accountId"), /: expected .+, got "12"$/);
    assert.match(of("crm-bootstrap:stateBucket"), /: expected .+, got nothing$/);
    assert.match(found.join("\n"), /^crm-bootstrap:tags\.Color: there is no such key/m);
    for (const message of found)
      assert.match(message, /^crm-bootstrap:[\w.]+: (?:expected|there is no)/);
  });

  it("open a service to extensions, but none through which a deployment gains permissions", () => {
    const expected = (services: string[]) =>
      messages({
        stacks: {
          staging: {
            ...{ environment: "staging", prefix: "crm-staging", buckets: ["crm-a"] },
            extraServices: services,
          },
        },
      }).filter((message) => message.includes("extraServices"));
    const key = "crm-bootstrap:stacks.staging.extraServices";
    assert.deepEqual(expected(["elasticfilesystem", "dynamodb"]), []);
    const gains = "a service that a deployment cannot gain permissions with";
    assert.deepEqual(expected(["iam", "kms", "s3", "codebuild", "rds", "elasticfilesytem", "*"]), [
      `${key}[0]: expected ${gains}: of iam, it says who may do what, got "iam"`,
      `${key}[1]: expected ${gains}: of kms, it holds keys, got "kms"`,
      `${key}[2]: expected ${gains}: of s3, the deployment changes only what has the platform's prefix there, got "s3"`,
      `${key}[3]: expected ${gains}: of codebuild, what it runs acts with a role of its own, got "codebuild"`,
      `${key}[4]: expected a service that the deployment role may not use yet: it has rds, got "rds"`,
      `${key}[5]: expected elasticfilesystem, or another service's prefix in IAM policies, got "elasticfilesytem"`,
      `${key}[6]: expected a service's prefix in IAM policies, such as elasticfilesystem, got "*"`,
    ]);
  });

  it("opens it in the stack's regions alone", () => {
    assert.deepEqual(extensionRights(["dynamodb", "backup-gateway"], ["us-east-1"]), [
      {
        sid: "ExtensionServices",
        actions: ["backup-gateway:*", "dynamodb:*"],
        resources: ["*"],
        conditions: { StringEquals: { "aws:RequestedRegion": ["us-east-1"] } },
      },
    ]);
  });

  it("knows each service that it closes", () => {
    for (const service of closedServices) assert.ok(iamPrefixes.has(service), service);
  });

  it("keep the state's copy out of the state's region", () => {
    const file = path.join(BOOTSTRAP_PROJECT, "Pulumi.bootstrap.yaml");
    const { config } = parse(fs.readFileSync(file, "utf8")) as { config: Record<string, unknown> };
    const given = Object.fromEntries(
      Object.entries(config).map(([key, value]) => [key.split(":")[1]!, value]),
    );
    const settings = { ...given, createIdentityProvider: true };
    assert.ok(bootstrapSchema.safeParse(settings).success);
    const wrong = [
      { ...settings, copyRegion: "us-west-2" },
      { ...settings, stateRegion: undefined },
    ];
    assert.deepEqual(wrong.flatMap(messages), [
      'crm-bootstrap:copyRegion: expected another region than the state\'s, got "us-west-2"',
      'crm-bootstrap:copyRegion: expected another region than the state\'s, got "us-east-1"',
    ]);
  });
});
