import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";

import { isWhole } from "../../analysis/plan/values";
import { unknownType } from "../../analysis/rights/calls";
import { argumentsOf, SDK_VERSION } from "../../facts/generate/sdk-shapes";
import usedProperties from "../../facts/generate/used-properties.json";
import { constraintAt, schemaOf } from "../../facts/published-schemas";
import { replacements } from "../../facts/replacement";
import { namesOfProperty, namesOfType, plainPath, tokenMap } from "../../facts/type-names";
import { planOf } from "../support/plans";

const ROOT = path.join(__dirname, "..", "..");
const STACKS = ["production", "staging", "recovery", "bootstrap"];

/** Properties that neither AWS's type nor a reason accounts for. */
function unaccounted(token: string, properties: readonly string[]): string[] {
  const type = namesOfType(token);
  if (type === undefined) return [`${token} as a whole`];
  if (type.aws === undefined) return type.reason === undefined ? [`${token}: no reason`] : [];
  return properties
    .filter((property) => {
      const names = namesOfProperty(token, property);
      return names?.aws === undefined && names?.reason === undefined;
    })
    .map((property) => `${token} ${property}`);
}

function pathsOf(value: unknown, prefix = ""): string[] {
  if (Array.isArray(value)) return value.flatMap((one) => pathsOf(one, prefix));
  if (typeof value !== "object" || value === null) return [];
  if (isWhole(value)) return [];
  return Object.entries(value).flatMap(([key, one]) => {
    const own = prefix === "" ? key : `${prefix}.${key}`;
    return [own, ...pathsOf(one, own)];
  });
}

/** The programs' own files below a folder. */
function sources(folder: string): string[] {
  return fs
    .readdirSync(path.join(ROOT, folder), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts") && !file.includes("node_modules"))
    .map((file) => fs.readFileSync(path.join(ROOT, folder, file), "utf8"));
}

describe("names of types and properties", () => {
  it("accounts for every property that the stacks set", async () => {
    const missing = new Set<string>();
    for (const stack of STACKS) {
      for (const { type, inputs } of (await planOf(stack)).resources) {
        if (!type.startsWith("aws:")) continue;
        for (const one of unaccounted(type, pathsOf(inputs))) missing.add(one);
      }
    }
    assert.deepEqual([...missing], [], "map them in facts/generate/property-names.json");
  });

  it("has a table of what the stacks and bootstrap set that is not older than they", async () => {
    const known = usedProperties.types as Readonly<Record<string, readonly string[]>>;
    const missing = new Set<string>();
    for (const stack of STACKS) {
      for (const { type, inputs } of (await planOf(stack)).resources) {
        if (!type.startsWith("aws:")) continue;
        const lacking = Object.keys(inputs).filter((name) => !known[type]?.includes(name));
        for (const name of lacking) missing.add(`${type} ${name}`);
      }
    }
    assert.deepEqual([...missing], [], "node facts/generate/run.js resource-schemas");
  });

  it("accounts for what the stacks and bootstrap set when the table was made", () => {
    const missing = Object.entries(usedProperties.types).flatMap(([token, set]) =>
      unaccounted(token, set),
    );
    assert.deepEqual(missing, []);
  });

  it("covers every type that a program can create with any settings of the stacks", () => {
    const made = new Set<string>();
    for (const text of ["components", "platform", "bootstrap", "examples"].flatMap(sources)) {
      for (const [, service, type] of text.matchAll(/new aws\.(\w+)\.(\w+)\(/g)) {
        made.add(`${service}/${type}`.toLowerCase());
      }
    }
    assert.ok(made.size > 100, `${made.size} types`);
    const unmade = new Set(made);
    const lacking: string[] = [];
    for (const token of Object.keys(tokenMap().types)) {
      const [, module = "", type = ""] = token.split(":");
      if (!unmade.delete(`${module.split("/")[0]!}/${type}`.toLowerCase())) continue;
      if (!Object.hasOwn(replacements().types, token)) lacking.push(`${token}: replacements.json`);
      const unknown = unknownType(token);
      if (unknown !== undefined) lacking.push(`${token}: ${unknown}`);
    }
    assert.deepEqual([...unmade, ...lacking], []);
  });

  it("fails for a property that is not mapped", () => {
    assert.deepEqual(unaccounted("aws:sqs/queue:Queue", ["name", "notThere"]), [
      "aws:sqs/queue:Queue notThere",
    ]);
    assert.deepEqual(unaccounted("aws:none/none:None", ["name"]), [
      "aws:none/none:None as a whole",
    ]);
  });

  it("names only what the SDK, AWS's schema and each other have", () => {
    const wrong: string[] = [];
    for (const [token, row] of Object.entries(tokenMap().types)) {
      if (argumentsOf(token) === undefined) wrong.push(token);
      if (row.aws === undefined) continue;
      if (schemaOf(row.aws) === undefined) wrong.push(row.aws);
      for (const [property, [aws]] of Object.entries(row.properties)) {
        if (aws !== null && constraintAt(row.aws, aws) === undefined) {
          wrong.push(`${token} ${property}: ${row.aws} ${aws}`);
        }
      }
    }
    assert.deepEqual(wrong, []);
  });

  it("is made for the SDK that is installed", () => {
    assert.equal(tokenMap().source.sdk, SDK_VERSION, "run facts/generate/run.js resource-schemas");
  });

  // Each pair as AWS's and the provider's own reference pages write it.
  const PAIRS: [
    token: string,
    property: string,
    aws: string | undefined,
    terraform: string | undefined,
  ][] = [
    ["aws:rds/instance:Instance", "identifier", "DBInstanceIdentifier", "identifier"],
    [
      "aws:rds/instance:Instance",
      "vpcSecurityGroupIds",
      "VPCSecurityGroups",
      "vpc_security_group_ids",
    ],
    ["aws:lambda/function:Function", "name", "FunctionName", "function_name"],
    [
      "aws:lambda/function:Function",
      "environment.variables.LEVEL",
      "Environment.Variables",
      "environment.variables",
    ],
    [
      "aws:sqs/queue:Queue",
      "visibilityTimeoutSeconds",
      "VisibilityTimeout",
      "visibility_timeout_seconds",
    ],
    [
      "aws:s3/bucketVersioning:BucketVersioning",
      "versioningConfiguration.status",
      "VersioningConfiguration.Status",
      "versioning_configuration.status",
    ],
    [
      "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
      "rules[0].expiration.days",
      "LifecycleConfiguration.Rules.ExpirationInDays",
      "rule.expiration.days",
    ],
    [
      "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
      "cidrIpv4",
      "CidrIp",
      "cidr_ipv4",
    ],
    [
      "aws:cloudfront/distribution:Distribution",
      "origins[1].originId",
      "DistributionConfig.Origins.Id",
      "origin.origin_id",
    ],
    [
      "aws:ecs/service:Service",
      "networkConfiguration.subnets",
      "NetworkConfiguration.AwsvpcConfiguration.Subnets",
      "network_configuration.subnets",
    ],
    ["aws:kms/key:Key", "deletionWindowInDays", "PendingWindowInDays", "deletion_window_in_days"],
    ["aws:s3/bucket:Bucket", "forceDestroy", undefined, "force_destroy"],
    ["aws:dynamodb/table:Table", "billingMode", "BillingMode", "billing_mode"],
    // Renamed in Pulumi's own table, provider/resources.go of github.com/pulumi/pulumi-aws.
    ["aws:apigateway/method:Method", "restApi", "RestApiId", "rest_api_id"],
    ["aws:apigateway/stage:Stage", "deployment", "DeploymentId", "deployment_id"],
    [
      "aws:s3/bucketWebsiteConfiguration:BucketWebsiteConfiguration",
      "routingRules",
      "WebsiteConfiguration.RoutingRules",
      "routing_rule",
    ],
    [
      "aws:s3/bucketWebsiteConfiguration:BucketWebsiteConfiguration",
      "routingRuleDetails",
      undefined,
      "routing_rules",
    ],
    ["aws:cloudwatch/metricAlarm:MetricAlarm", "name", "AlarmName", "alarm_name"],
    ["aws:lambda/permission:Permission", "function", "FunctionName", "function_name"],
    ["aws:lambda/function:Function", "code", "Code", "filename"],
    [
      "aws:cloudwatch/logSubscriptionFilter:LogSubscriptionFilter",
      "logGroup",
      "LogGroupName",
      "log_group_name",
    ],
    // A plural of its own.
    ["aws:glue/catalogTable:CatalogTable", "partitionIndices", undefined, "partition_index"],
  ];
  for (const [token, property, aws, terraform] of PAIRS) {
    it(`knows ${token} ${property}`, () => {
      const names = namesOfProperty(token, property);
      assert.deepEqual([names?.aws, names?.terraform], [aws, terraform]);
    });
  }

  it("looks through lists and quotes", () => {
    assert.equal(plainPath('rules[0].filter["prefix"]'), "rules.filter.prefix");
    assert.equal(plainPath("rules.0.filter.*.prefix"), "rules.filter.prefix");
    assert.equal(plainPath("name"), "name");
  });

  it("does not take a property that is not there for its neighbour", () => {
    assert.equal(namesOfProperty("aws:sqs/queue:Queue", "nothing"), undefined);
    assert.equal(namesOfProperty("aws:lb/listener:Listener", "defaultActions.nothing"), undefined);
    assert.equal(namesOfProperty("aws:none/none:None", "name"), undefined);
  });
});
