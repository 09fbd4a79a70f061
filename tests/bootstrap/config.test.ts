/** What the bootstrap program says of settings that it does not take: the key, what it takes, what there is. */
import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";

import { parse } from "yaml";

import { bootstrapSchema } from "../../bootstrap/config";
import { extensionRights, OPEN_SERVICES } from "../../bootstrap/extension-rights";
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

  it("open services to extensions, but none through which a deployment gains permissions", () => {
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
    const open = OPEN_SERVICES.join(", ");
    const closed = ["iam", "s3", "acm-pca", "synthetics", "cloudtrail", "*"];
    assert.deepEqual(
      expected(closed),
      closed.map((service, index) => `${key}[${index}]: expected one of ${open}, got "${service}"`),
    );
    assert.deepEqual(expected(["rds", "elasticfilesytem"]), [
      `${key}[0]: expected a service that the deployment role may not use yet: it has rds, got "rds"`,
      `${key}[1]: expected elasticfilesystem, got "elasticfilesytem"`,
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

  it("open services that IAM knows and that take no role, by what their resources take", () => {
    const sdk = path.dirname(require.resolve("@pulumi/aws/package.json"));
    const nested = fs.readFileSync(path.join(sdk, "types", "input.d.ts"), "utf8");
    const takesRole = (text: string) => /^ *(?:iamRole|role|\w*[rR]oleArn)\??:/m.test(text);
    /** Modules of the provider, with the types of one that has other services' as well. */
    const modules: Record<(typeof OPEN_SERVICES)[number], [string, ...string[]]> = {
      ...{ cassandra: ["keyspaces"], "docdb-elastic": ["docdb"], dynamodb: ["dynamodb"] },
      ...{ elasticfilesystem: ["efs"], fsx: ["fsx"], geo: ["location"] },
      ...{ kinesis: ["kinesis", "stream", "streamConsumer"], memorydb: ["memorydb"], mq: ["mq"] },
      ...{ servicediscovery: ["servicediscovery"], "timestream-influxdb": ["timestreaminfluxdb"] },
    };
    const argsOf = ([module, ...types]: [string, ...string[]]) => {
      const folder = path.join(sdk, module);
      const files = types.length > 0 ? types.map((type) => `${type}.d.ts`) : fs.readdirSync(folder);
      const own = files.filter((file) => file.endsWith(".d.ts") && !file.startsWith("get"));
      const texts = own.map((file) => fs.readFileSync(path.join(folder, file), "utf8"));
      const inside = nested.split(`export declare namespace ${module} {`)[1] ?? "";
      return [...texts, ...(types.length > 0 ? [] : [inside.split("\n}")[0]!])].join("\n");
    };
    for (const service of OPEN_SERVICES) {
      assert.ok(iamPrefixes.has(service), service);
      assert.ok(!takesRole(argsOf(modules[service])), `${service} takes a role`);
    }
    for (const module of ["synthetics", "dax", "kinesis", "sesv2"] as const)
      assert.ok(takesRole(argsOf([module])), `${module} takes none`);
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
