/** Rows on interruptions name properties that exist, once each, with AWS's own pages. */
import assert from "node:assert/strict";

import used from "../../facts/generate/used-properties.json";
import { INTERRUPTION_ROWS, interruptionOf, updateBehaviors } from "../../facts/interruption";
import { replacement } from "../../facts/replacement";
import { namesOfProperty, namesOfType } from "../../facts/type-names";

/** Properties of the stacks that change in place, and of which no page was found that says what users notice. */
const NOT_KNOWN = [
  "aws:cloudfront/vpcOrigin:VpcOrigin vpcOriginEndpointConfig.arn",
  "aws:cloudfront/vpcOrigin:VpcOrigin vpcOriginEndpointConfig.httpPort",
  "aws:cloudfront/vpcOrigin:VpcOrigin vpcOriginEndpointConfig.httpsPort",
  "aws:cloudfront/vpcOrigin:VpcOrigin vpcOriginEndpointConfig.name",
  "aws:cloudfront/vpcOrigin:VpcOrigin vpcOriginEndpointConfig.originProtocolPolicy",
  "aws:cloudfront/vpcOrigin:VpcOrigin vpcOriginEndpointConfig.originSslProtocols.items",
  "aws:cloudfront/vpcOrigin:VpcOrigin vpcOriginEndpointConfig.originSslProtocols.quantity",
  "aws:ec2/internetGateway:InternetGateway vpcId",
  "aws:ec2/routeTableAssociation:RouteTableAssociation routeTableId",
  "aws:ecr/repositoryCreationTemplate:RepositoryCreationTemplate appliedFors",
  "aws:ecr/repositoryCreationTemplate:RepositoryCreationTemplate imageTagMutability",
  "aws:ecr/repositoryCreationTemplate:RepositoryCreationTemplate lifecyclePolicy",
  "aws:ecs/service:Service deploymentController.type",
  "aws:elasticache/replicationGroup:ReplicationGroup replicasPerNodeGroup",
  "aws:fis/experimentTemplate:ExperimentTemplate experimentOptions.accountTargeting",
  "aws:fis/experimentTemplate:ExperimentTemplate experimentOptions.emptyTargetResolutionMode",
  "aws:lambda/function:Function loggingConfig.logFormat",
  "aws:lambda/function:Function loggingConfig.logGroup",
  "aws:route53/hostedZoneDnsSec:HostedZoneDnsSec signingStatus",
  "aws:route53/keySigningKey:KeySigningKey keyManagementServiceArn",
  "aws:route53/zone:Zone enableAcceleratedRecovery",
  "aws:s3/bucketLogging:BucketLogging targetObjectKeyFormat.partitionedPrefix.partitionDateSource",
  "aws:ssm/parameter:Parameter keyId",
];

/** As the stacks change the cache's token. */
const ROTATE = { authTokenUpdateStrategy: "ROTATE" };

describe("facts on interruptions", () => {
  it("name types and properties that the provider has", () => {
    for (const { token, properties } of INTERRUPTION_ROWS) {
      assert.ok(namesOfType(token), token);
      for (const property of properties.filter((one) => one !== "*")) {
        assert.ok(namesOfProperty(token, property), `${token} ${property}`);
      }
    }
  });

  it("stand on AWS's pages, and a property has one row for each condition", () => {
    const seen = new Set<string>();
    for (const { token, properties, source, where, zero } of INTERRUPTION_ROWS) {
      assert.match(
        source,
        /^https:\/\/(docs\.aws\.amazon\.com|github\.com\/(awsdocs|pulumi\/pulumi-aws))\//,
      );
      for (const property of properties) {
        const key = JSON.stringify([token, property, where, zero]);
        assert.ok(!seen.has(key), key);
        seen.add(key);
      }
    }
  });

  it("tell now from the window by applyImmediately, where the setting heeds it", () => {
    const token = "aws:rds/instance:Instance";
    const of = (property: string, applyImmediately: boolean, old: unknown, now: unknown) => {
      const asked = { token, property, old, new: now, inputs: { applyImmediately } };
      const { effect, when } = interruptionOf(asked);
      return [effect, when];
    };
    assert.deepEqual(of("engineVersion", false, "15", "16"), ["downtime", "window"]);
    assert.deepEqual(of("engineVersion", true, "15", "16"), ["downtime", "now"]);
    assert.deepEqual(of("port", false, 5432, 5433), ["restart", "now"]);
    assert.deepEqual(of("backupRetentionPeriod", false, 0, 7), ["downtime", "window"]);
    assert.deepEqual(of("backupRetentionPeriod", false, 7, 8), ["none", "now"]);
  });

  // The page describes the change to TLS, in two steps; of the change back no page says what users notice.
  it("of TLS of a cache are known for the change to it only", () => {
    const token = "aws:elasticache/replicationGroup:ReplicationGroup";
    const of = (property: string, inputs: object) =>
      interruptionOf({ token, property, inputs: { ...inputs } }).effect;
    const [enabled, mode] = ["transitEncryptionEnabled", "transitEncryptionMode"];
    assert.equal(of(enabled, { [enabled]: true, [mode]: "preferred" }), "none");
    assert.equal(of(mode, { [enabled]: true, [mode]: "preferred" }), "none");
    assert.equal(of(mode, { [enabled]: true, [mode]: "required" }), "interruption");
    assert.equal(of(enabled, { [enabled]: false }), "unknown");
    assert.equal(of(mode, { [enabled]: false }), "unknown");
  });

  it("are not known where no page says", () => {
    const asked = { token: "aws:sqs/queue:Queue", property: "fifoQueue", inputs: {} };
    assert.equal(interruptionOf(asked).effect, "unknown");
  });

  it("are known of every property that the stacks set, but for a few", () => {
    const types: Readonly<Record<string, readonly string[]>> = used.types;
    const unknown = Object.entries(types).flatMap(([token, properties]) =>
      properties
        .filter((one) => !properties.some((inner) => inner.startsWith(`${one}.`)))
        .filter((property) => replacement(token, property).verdict !== "replaces")
        .filter(
          (property) => interruptionOf({ token, property, inputs: ROTATE }).effect === "unknown",
        )
        .map((property) => `${token} ${property}`),
    );
    assert.deepEqual(unknown, NOT_KNOWN);
  });

  it("follow CloudFormation's guide where no other page says more", () => {
    const of = (token: string, property: string) => {
      const { effect, source } = interruptionOf({ token, property, inputs: {} });
      return [effect, source?.split("/").pop()];
    };
    // As the pages have it: "Update requires".
    const page = "aws-resource-elasticloadbalancingv2-targetgroup.md";
    assert.deepEqual(of("aws:lb/targetGroup:TargetGroup", "healthCheck.path"), ["none", page]);
    assert.deepEqual(of("aws:elasticache/cluster:Cluster", "numCacheNodes"), [
      "interruption",
      "aws-properties-elasticache-cache-cluster.md",
    ]);
    assert.deepEqual(of("aws:ecs/service:Service", "desiredCount"), [
      "none",
      "aws-resource-ecs-service.md",
    ]);
    // AWS's own type is replaced: of the provider's change in place the page says nothing.
    assert.equal(of("aws:rds/instance:Instance", "port")[0], "restart");
    assert.equal(
      of("aws:ec2/routeTableAssociation:RouteTableAssociation", "routeTableId")[0],
      "unknown",
    );
    for (const { page: file, none, some, replaced = [] } of Object.values(
      updateBehaviors().types,
    )) {
      assert.match(file, /^aws-(resource|properties)-[\w-]+\.md$/);
      assert.equal(
        new Set([...none, ...some, ...replaced]).size,
        none.length + some.length + replaced.length,
      );
    }
  });
});
