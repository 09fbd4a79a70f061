import assert from "node:assert/strict";

import fc from "fast-check";

import { type Asked } from "../../facts/generate/replacement-probe";
import { judge } from "../../facts/generate/replacement-verdicts";
import {
  field,
  fields,
  pack,
  UNKNOWN,
  unpack,
  type Value,
} from "../../facts/generate/terraform-wire";
import {
  asked,
  awsReplaces,
  deletesFirst,
  differences,
  disagreement,
  disagreementReasons,
  documentedReplacements,
  replacement,
  replacements,
  type Verdict,
} from "../../facts/replacement";
import { namesOfProperty, tokenMap } from "../../facts/type-names";
import readInSource from "./read-in-source.json";
import terraformPlans from "./terraform-plans.json";

describe("what replaces a resource", () => {
  // As the provider's source or documentation has it, read apart from the table.
  const KNOWN: [token: string, property: string, verdict: Verdict][] = [
    ["aws:rds/instance:Instance", "identifier", "in-place"],
    ["aws:rds/instance:Instance", "dbSubnetGroupName", "in-place"],
    ["aws:rds/instance:Instance", "multiAz", "in-place"],
    ["aws:rds/instance:Instance", "instanceClass", "in-place"],
    ["aws:rds/instance:Instance", "dbName", "replaces"],
    ["aws:rds/instance:Instance", "username", "replaces"],
    ["aws:rds/instance:Instance", "kmsKeyId", "replaces"],
    ["aws:rds/instance:Instance", "tags.Owner", "in-place"],
    ["aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", "fromPort", "in-place"],
    ["aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", "securityGroupId", "replaces"],
    ["aws:ec2/securityGroup:SecurityGroup", "description", "replaces"],
    ["aws:ec2/vpc:Vpc", "cidrBlock", "replaces"],
    ["aws:ec2/subnet:Subnet", "availabilityZone", "replaces"],
    ["aws:s3/bucket:Bucket", "bucket", "replaces"],
    // The blocks; the text, which the plan was asked about, is another argument (s3/bucket_website_configuration.go).
    ["aws:s3/bucketWebsiteConfiguration:BucketWebsiteConfiguration", "routingRules", "in-place"],
    [
      "aws:s3/bucketWebsiteConfiguration:BucketWebsiteConfiguration",
      "routingRuleDetails",
      "in-place",
    ],
    ["aws:sqs/queue:Queue", "fifoQueue", "replaces"],
    ["aws:sqs/queue:Queue", "visibilityTimeoutSeconds", "in-place"],
    ["aws:kms/key:Key", "policy", "in-place"],
    ["aws:kms/key:Key", "customerMasterKeySpec", "replaces"],
    ["aws:lb/targetGroup:TargetGroup", "port", "replaces"],
    ["aws:lb/targetGroup:TargetGroup", "healthCheck.path", "in-place"],
    ["aws:lb/loadBalancer:LoadBalancer", "internal", "replaces"],
    ["aws:lb/loadBalancer:LoadBalancer", "subnets", "may-replace"],
    ["aws:ecs/service:Service", "deploymentController.type", "in-place"],
    ["aws:ecs/service:Service", "desiredCount", "in-place"],
    ["aws:elasticache/replicationGroup:ReplicationGroup", "atRestEncryptionEnabled", "replaces"],
    [
      "aws:elasticache/replicationGroup:ReplicationGroup",
      "transitEncryptionEnabled",
      "may-replace",
    ],
    ["aws:ssm/parameter:Parameter", "tier", "may-replace"],
    ["aws:cloudwatch/logGroup:LogGroup", "region", "may-replace"],
    ["aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", "cidrIpv4", "may-replace"],
    // Of firewalls, whose statements nest, the outermost is asked.
    ["aws:wafv2/webAcl:WebAcl", "scope", "replaces"],
    ["aws:wafv2/webAcl:WebAcl", "description", "in-place"],
    // wafv2/web_acl.go: nothing inside of them forces a new one.
    ["aws:wafv2/webAcl:WebAcl", "rules.statement.managedRuleGroupStatement.name", "in-place"],
    ["aws:wafv2/webAcl:WebAcl", "rules.action.count", "in-place"],
    ["aws:wafv2/webAcl:WebAcl", "defaultAction", "in-place"],
    ["aws:wafv2/webAcl:WebAcl", "rulesets", "unknown"],
    ["aws:wafv2/ruleGroup:RuleGroup", "capacity", "replaces"],
    // Not among what the provider was asked: it is newer.
    ["aws:route53/zone:Zone", "enableAcceleratedRecovery", "unknown"],
    ["aws:rds/instance:Instance", "notThere", "unknown"],
    ["aws:none/none:None", "name", "unknown"],
  ];
  for (const [token, property, verdict] of KNOWN) {
    it(`${token} ${property}: ${verdict}`, () => {
      const found = replacement(token, property);
      assert.equal(found.verdict, verdict, JSON.stringify(found));
      assert.equal(found.condition !== undefined, verdict === "may-replace");
      assert.ok(found.source.length > 0);
    });
  }

  const withVerdicts = readInSource.types.filter((row) => "replaces" in row || "inPlace" in row);
  for (const { type, file, ...row } of withVerdicts) {
    it(`${type}: names and verdicts are those of ${file}`, () => {
      const read: Record<string, Verdict> = {};
      const { replaces = "", inPlace = "", mayReplace = "" }: Partial<Record<string, string>> = row;
      for (const property of replaces.split(" ")) read[property] = "replaces";
      for (const property of inPlace.split(" ")) read[property] = "in-place";
      for (const property of mayReplace.split(" ")) read[property] = "may-replace";
      delete read[""];
      const ours = Object.keys(read).map((property) => {
        assert.ok(namesOfProperty(type, property)?.terraform !== undefined, property);
        return [property, replacement(type, property).verdict];
      });
      assert.deepEqual(Object.fromEntries(ours), read);
    });
  }

  it("agrees with what Terraform plans for a state written by hand", () => {
    const differing = terraformPlans.changes.filter(
      ([token, property, planned]) => replacement(token!, property!).verdict !== planned,
    );
    // Where it depends on more than one property, the look-up says so, and one plan shows one side.
    const conditional = differing.filter(([token, property]) => {
      const { verdict } = replacement(token!, property!);
      return verdict !== "may-replace";
    });
    assert.deepEqual(conditional, []);
    assert.ok(terraformPlans.changes.length - differing.length > 60);
  });

  it("is not taken from AWS's own type, which decides otherwise", () => {
    assert.equal(awsReplaces("aws:rds/instance:Instance", "identifier"), "always");
    assert.equal(awsReplaces("aws:rds/instance:Instance", "multiAz"), "sometimes");
    assert.equal(awsReplaces("aws:none/none:None", "name"), undefined);
    const row = disagreement("aws:rds/instance:Instance", "identifier");
    assert.deepEqual([row?.provider, row?.aws], ["in-place", "always"]);
    assert.match(row!.reason, /^rds:ModifyDBInstance accepts it/);
    assert.equal(disagreement("aws:rds/instance:Instance", "dbName"), undefined);
    assert.equal(disagreement("aws:rds/instance:Instance", "notThere"), undefined);
  });

  it("has a reason for every property on which provider and AWS's type differ, and for no other", () => {
    const all = Object.keys(replacements().types).flatMap((token) =>
      differences(token).map(({ property }) => `${token} ${property}`),
    );
    const written = Object.entries(disagreementReasons()).flatMap(([token, rows]) =>
      Object.keys(rows).map((property) => `${token} ${property}`),
    );
    assert.ok(all.length > 100);
    assert.deepEqual(written.sort(), all.sort(), "node facts/generate/run.js disagreements");
    for (const one of all) {
      const [token, property] = one.split(" ") as [string, string];
      const { reason, provider } = disagreement(token, property)!;
      assert.doesNotMatch(reason, /nobody has written|[{}]|: $/, one);
      const row = disagreementReasons()[token]![property]!;
      const [key, ...call] = row.split(" ");
      const of = {
        replaces: ["part", "not-called", "no-call"],
        "in-place": ["tags", "called", "not-sent"],
        "may-replace": ["case-by-case"],
      }[provider];
      assert.ok(of.includes(key!), `${one}: ${row}`);
      assert.equal(call.length > 0, key === "called" || key === "not-called", `${one}: ${row}`);
    }
  });

  // Each read in the provider's source (internal/service/...), apart from the table.
  const READ: [token: string, property: string, reason: RegExp][] = [
    // route53/key_signing_key.go: no ForceNew; the update knows status alone.
    ["aws:route53/keySigningKey:KeySigningKey", "keyManagementServiceArn", /does not send it/],
    // sfn/activity.go: "Tags only."
    ["aws:sfn/activity:Activity", "encryptionConfiguration.kmsKeyId", /does not send it/],
    // ssm/document.go: UpdateDocumentInput has format, target type and version, and no type.
    ["aws:ssm/document:Document", "documentType", /does not send it/],
    ["aws:ssm/document:Document", "targetType", /^ssm:UpdateDocument accepts it/],
    // appsync/api_cache.go: UpdateApiCacheInput gets the ID of the one that is there.
    ["aws:appsync/apiCache:ApiCache", "apiId", /does not send it/],
    // mq/broker.go: "Can only be set on Create".
    ["aws:mq/broker:Broker", "dataReplicationPrimaryBrokerArn", /^no call that updates/],
    ["aws:mq/broker:Broker", "ldapServerMetadata", /^mq:UpdateBroker, which updates/],
  ];
  for (const [token, property, reason] of READ) {
    it(`${token} ${property}: differs because of what the source says`, () =>
      assert.match(disagreement(token, property)!.reason, reason));
  }

  it("takes what is inside of a property that is only set at creation as set then too", () => {
    const task = "aws:ecs/taskDefinition:TaskDefinition";
    assert.equal(awsReplaces(task, "volumes"), "always");
    assert.equal(awsReplaces(task, "volumes.name"), "always");
    assert.equal(awsReplaces("aws:eks/cluster:Cluster", "kubernetesNetworkConfig"), "sometimes");
  });

  it("names properties that the SDK has, each once", () => {
    const wrong: string[] = [];
    for (const [token, row] of Object.entries(replacements().types)) {
      const all = [...row.replaces, ...row.inPlace, ...Object.keys(row.mayReplace)];
      if (new Set(all).size < all.length) wrong.push(token);
      // Deep properties are mapped only where they are used.
      for (const one of all.filter((path) => path.split(".").length <= 4)) {
        if (namesOfProperty(token, one) === undefined) wrong.push(`${token} ${one}`);
      }
    }
    assert.deepEqual(wrong, []);
    assert.deepEqual(Object.keys(replacements().types), Object.keys(tokenMap().types));
  });

  it("needs every row that was written by hand", () => {
    const superfluous = documentedReplacements().filter(
      ({ token, property, verdict, condition }) => {
        const found = asked(token, property);
        // What is inside of a property was not asked.
        return found.verdict === verdict && condition === undefined && !property.endsWith(".*");
      },
    );
    assert.deepEqual(superfluous, [], "the provider's own plan says the same");
    for (const { token, property, source } of documentedReplacements()) {
      assert.ok(
        namesOfProperty(token, property.replace(/\.\*$/, "")),
        `${token} has no ${property}`,
      );
      assert.match(source, /^(https:\/\/|terraform plan )/);
    }
  });

  it("comes after the deletion where two could not be there at once", () => {
    const queue = "aws:sqs/queue:Queue";
    assert.equal(deletesFirst(queue, { name: "orders" }), true);
    assert.equal(deletesFirst(queue, {}), false);
    assert.equal(deletesFirst("aws:iam/rolePolicyAttachment:RolePolicyAttachment", {}), true);
    assert.equal(deletesFirst("aws:ec2/vpc:Vpc", { cidrBlock: "10.0.0.0/16" }), false);
    assert.equal(deletesFirst("aws:route53/record:Record", { name: "a.example" }), false);
    assert.equal(deletesFirst("aws:none/none:None", {}), undefined);
  });
});

describe("the provider's answers", () => {
  const one = (outcome: Asked["outcome"], rest: Partial<Asked> = {}): Asked => ({
    kind: "changed",
    from: "a",
    to: "b",
    base: "least",
    outcome,
    ...rest,
  });

  it("come to a verdict only where they agree", () => {
    assert.deepEqual(judge([one("replaces"), one("replaces")]), { verdict: "replaces" });
    assert.deepEqual(judge([one("in-place"), one("none")]), { verdict: "in-place" });
    assert.deepEqual(judge([]), { verdict: "unknown" });
  });

  it("say nothing where the provider refused, or saw no change", () => {
    assert.deepEqual(judge([one("error"), one("none")]), { verdict: "unknown" });
  });

  it("come to a condition where they differ", () => {
    const added = judge([one("in-place"), one("replaces", { kind: "added" })]);
    assert.deepEqual(added, { verdict: "may-replace", condition: "replaced when it is added" });
    const network = { base: "load_balancer_type = network" };
    const based = judge([one("in-place"), one("replaces", network)]);
    assert.match(based.condition!, /^replaced where load_balancer_type = network; in place where/);
    const downgrade = judge([
      one("in-place", { from: "6", to: "7" }),
      one("replaces", { from: "7", to: "6" }),
    ]);
    assert.match(downgrade.condition!, /^replaced on "7" -> "6"/);
  });

  it("are read as they were written", () => {
    const values = fc.letrec<{ value: Value }>((tie) => ({
      value: fc.oneof(
        { maxDepth: 4 },
        fc.constantFrom(null, UNKNOWN),
        fc.boolean(),
        fc.integer(),
        // Beyond 53 bits a number of JavaScript is no whole number of MessagePack's.
        fc
          .double({ noNaN: true, noDefaultInfinity: true, min: -1e15, max: 1e15 })
          .map((n) => (Object.is(n, -0) ? 0 : n)),
        fc.string(),
        fc.array(tie("value")),
        fc.dictionary(
          fc.string().filter((key) => key !== "__proto__"),
          tie("value"),
          { noNullPrototype: true },
        ),
      ),
    })).value;
    fc.assert(fc.property(values, (value) => assert.deepEqual(unpack(pack(value)), value)));
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 500 }), fc.string(), (number, text) => {
        const [found] = fields(field(number, text));
        assert.deepEqual([found?.number, found?.bytes?.toString()], [number, text]);
      }),
    );
  });

  it("are read in the shorter forms that the provider writes", () => {
    // Examples of MessagePack's own specification.
    assert.deepEqual(unpack(Buffer.from("82a7636f6d70616374c3a6736368656d6100", "hex")), {
      compact: true,
      schema: 0,
    });
    assert.deepEqual(unpack(Buffer.from("93ffcd0100d9016e", "hex")), [-1, 256, "n"]);
    assert.equal(unpack(Buffer.from("d40000", "hex")), UNKNOWN);
  });
});
