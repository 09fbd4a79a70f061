/** What AWS would refuse of a plan. The values are from AWS's API reference, each just outside of what it accepts. */
import assert from "node:assert/strict";

import { SIGNATURE, SECRET_SIGNATURE, UNKNOWN } from "../../../analysis/plan/model";
import { refusalsOf } from "../../../analysis/refusals/refusals";
import { checked, renderSchemas } from "../../../tools/report/schemas";
import { paintFor } from "../../../tools/report/style";
import { planOf } from "../../support/plans";
import { resource as registered, stackResource } from "../../tools/preview/support";

const resource = (type: string, name: string, inputs: Record<string, unknown>) =>
  registered(type, name, stackResource, { inputs });

const refused = (type: string, inputs: Record<string, unknown>) =>
  refusalsOf([resource(type, "one", inputs)]).found.map(
    ({ property, expected, got }) => `${property}: expected ${expected}, got ${got}`,
  );

describe("what AWS would refuse", () => {
  for (const stack of ["production", "staging", "recovery"]) {
    it(`is nothing of ${stack}, of which nine values in ten are known and compared`, async () => {
      const {
        found,
        values,
        checked: compared,
        unmapped,
        unknown,
      } = refusalsOf((await planOf(stack)).resources);
      assert.deepEqual(found, []);
      assert.equal(compared + unmapped + unknown, values);
      assert.ok(compared / (values - unknown) > 0.9, `${compared} of ${values - unknown}`);
    });
  }

  it("is a value outside of its bounds, list items and nested ones too", () => {
    assert.deepEqual(refused("aws:sqs/queue:Queue", { visibilityTimeoutSeconds: 43_201 }), [
      "visibilityTimeoutSeconds: expected at most 43200, got 43201",
    ]);
    assert.deepEqual(
      refused("aws:lb/targetGroup:TargetGroup", { healthCheck: { healthyThreshold: 11 } }),
      ["healthCheck.healthyThreshold: expected at most 10, got 11"],
    );
    const [found] = refused("aws:iam/role:Role", { managedPolicyArns: ["a policy"] });
    assert.match(
      found!,
      /^managedPolicyArns: expected a text that matches .*, got \["a policy"\]$/,
    );
  });

  it("is one finding for one value, with all that is wrong with it", () => {
    assert.deepEqual(
      refused("aws:redshiftserverless/workgroup:Workgroup", { workgroupName: "x" }),
      [
        'workgroupName: expected at least 3 characters and a text that matches ^(?=^[a-z0-9-]+$).{3,64}$, got "x"',
      ],
    );
    const [groups, ...more] = refused("aws:redshiftserverless/workgroup:Workgroup", {
      securityGroupIds: ["a", "b"],
    });
    assert.match(groups!, /^securityGroupIds: expected a text that matches \S+, got \["a","b"\]$/);
    assert.deepEqual(more, []);
  });

  it("is no value that the provider keeps to itself: a network load balancer's idle timeout", () => {
    const idle = (loadBalancerType?: string) =>
      refused("aws:lb/loadBalancer:LoadBalancer", { idleTimeout: 0, loadBalancerType });
    assert.deepEqual([idle("network"), idle("application").length, idle().length], [[], 1, 1]);
  });

  it("is no canned ACL of the S3 API, for which CloudFormation has names of its own", () => {
    for (const type of ["aws:s3/bucketAcl:BucketAcl", "aws:s3/bucketAclV2:BucketAclV2"]) {
      assert.deepEqual(refused(type, { acl: "log-delivery-write" }), []);
      assert.equal(refused(type, { acl: "LogDeliveryWrite" }).length, 1);
    }
  });

  // IAM User Guide, "IAM and AWS STS quotas": 10,240 characters for a role, 2,048 for a user; white space does not count.
  it("is inline policies of one role that are too long together", () => {
    const policy = (characters: number) => `${"a".repeat(characters)} \n `;
    const long = (...policies: Record<string, unknown>[]) =>
      refusalsOf(
        policies.map((one, index) => resource("aws:iam/rolePolicy:RolePolicy", `p${index}`, one)),
      )
        .found.filter(({ property }) => property === "policy")
        .map(({ urn, expected, got }) => `${urn.split("::").at(-1)}: ${expected}, ${got}`);
    const half = { role: "one", policy: policy(5120) };
    assert.deepEqual(long(half, half), []);
    assert.deepEqual(long(half, { ...half, role: "two" }, half, { ...half, policy: UNKNOWN }), []);
    assert.deepEqual(long(half, half, { ...half, policy: "{}" }), [
      "p2: at most 10240 characters in all inline policies of the role, 10242 characters in 3 policies",
    ]);
    assert.deepEqual(long({ ...half, role: UNKNOWN, policy: policy(6000) }, half, half), []);
    const ofUser = refused("aws:iam/userPolicy:UserPolicy", { user: "one", policy: policy(2049) });
    assert.match(
      ofUser.join(),
      /at most 2048 characters in all inline policies of the user, got 2049/,
    );
    const inRole = [
      { name: "a", policy: policy(10_000) },
      { name: "b", policy: policy(300) },
    ];
    const ofRole = refused("aws:iam/role:Role", { name: "one", inlinePolicies: inRole });
    assert.match(
      ofRole.join(),
      /inlinePolicies\[1\]\.policy: expected at most 10240 .*, got 10300/,
    );
  });

  // Lambda Developer Guide, "Lambda quotas": 4 KB for all environment variables. Amazon ECS endpoints and quotas: 64 KiB.
  it("is an environment that is too long in all", () => {
    const fn = (variables: object) =>
      refused("aws:lambda/function:Function", { environment: { variables } });
    // Measured as JSON, by Lambda's own refusal: github-aws-runners/terraform-aws-github-runner#3594.
    const rest = 4096 - '{"A":"","B":""}'.length - 2047;
    assert.deepEqual(fn({ A: "x".repeat(2047), B: "y".repeat(rest), C: UNKNOWN }), [
      "environment.variables: expected at most 4096 bytes as JSON of all names and values, got 4103 bytes",
    ]);
    assert.deepEqual(fn({ A: "x".repeat(2047), B: "y".repeat(rest) }), []);
    assert.equal(fn({ A: '"'.repeat(2100) }).length, 1);
    assert.deepEqual(fn({ A: "é".repeat(2048) }).length, 1);
    const task = (characters: number) => {
      const environment = [{ name: "A", value: "x".repeat(characters) }];
      const containerDefinitions = JSON.stringify([{ name: "one", image: "two", environment }]);
      return refused("aws:ecs/taskDefinition:TaskDefinition", { containerDefinitions });
    };
    assert.deepEqual(task(65_000), []);
    assert.match(
      task(65_500).join(),
      /^containerDefinitions: expected at most 65536 bytes in the whole task definition, got 65/,
    );
  });

  // AWS WAF Developer Guide, "AWS WAF quotas": 10 rate-based rules of a web ACL; API reference, RateBasedStatement: 10 to 2,000,000,000.
  it("is a web ACL with too many rate-based rules, or a limit out of its bounds", () => {
    const acl = (count: number, limit = 100) =>
      refused("aws:wafv2/webAcl:WebAcl", {
        scope: "REGIONAL",
        rules: Array.from({ length: count }, (_, priority) => ({
          ...{ name: `rate-${priority}`, priority, action: { block: {} } },
          statement: { rateBasedStatement: { limit, aggregateKeyType: "IP" } },
        })),
      });
    assert.deepEqual(acl(10), []);
    assert.deepEqual(acl(11), [
      "rules: expected at most 10 rate-based rules, got 11 rate-based rules",
    ]);
    assert.match(acl(1, 9).join(), /limit: expected at least 10, got 9$/);
  });

  it("is a pair that excludes each other, told once", () => {
    assert.deepEqual(
      refused("aws:cloudwatch/metricAlarm:MetricAlarm", {
        ...{ statistic: "Sum", extendedStatistic: "p99", comparisonOperator: "LessThanThreshold" },
        ...{ metricName: "Errors", evaluationPeriods: 1 },
      }),
      ['extendedStatistic: expected nothing beside statistic, got "p99"'],
    );
    assert.deepEqual(
      refused("aws:ec2/networkAclRule:NetworkAclRule", {
        ...{ cidrBlock: "10.0.0.0/16", ipv6CidrBlock: "::/0", ruleNumber: 1 },
      }),
      ["ipv6CidrBlock: expected one of ipv6CidrBlock, cidrBlock, got all of them"],
    );
    // A switch that is off and an empty list ask for nothing.
    assert.deepEqual(
      refused("aws:ec2/networkAclRule:NetworkAclRule", {
        cidrBlock: "10.0.0.0/16",
        ipv6CidrBlock: "",
      }),
      [],
    );
  });

  it("hides a secret, and says nothing of what is not known", () => {
    const secret = { [SIGNATURE]: SECRET_SIGNATURE, value: "p@ss\u0000".repeat(2000) };
    const found = refused("aws:ssm/parameter:Parameter", { type: secret });
    assert.equal(found.length, 1);
    assert.match(found[0]!, /^type: expected one of .*, got "\[secret\]"$/);
    const { unknown, found: none } = refusalsOf([
      resource("aws:sqs/queue:Queue", "one", { visibilityTimeoutSeconds: UNKNOWN }),
    ]);
    assert.deepEqual([unknown, none], [1, []]);
  });

  it("is not asked of other providers, components and what is only read", () => {
    const queue = resource("aws:sqs/queue:Queue", "one", { visibilityTimeoutSeconds: -1 });
    const counts = (changes: object) => refusalsOf([{ ...queue, ...changes }]).values;
    assert.deepEqual(
      [
        counts({}),
        counts({ external: true }),
        counts({ custom: false }),
        counts({ type: "gcp:a:B" }),
      ],
      [1, 0, 0, 0],
    );
    assert.deepEqual(refused("aws:none/none:None", { a: 1 }), []);
  });

  it("is a mandatory violation of the preview, with the place, without a pack as well", async () => {
    const plan = await planOf("staging");
    const wrong = {
      ...resource("aws:sqs/queue:Queue", "wrong", { visibilityTimeoutSeconds: 43_201 }),
      source: "index.ts:7",
    };
    const { plan: after, schemas } = checked({ ...plan, resources: [wrong] });
    const [first] = after.policies.violations;
    assert.deepEqual(
      [first!.policy, first!.enforcementLevel, first!.message],
      [
        "aws-would-refuse",
        "mandatory",
        "visibilityTimeoutSeconds: expected at most 43200, got 43201. It is created in index.ts:7.",
      ],
    );
    const plain = paintFor({ color: false, width: 80 });
    assert.match(renderSchemas(schemas, plain)[0]!, /AWS would refuse 1 of the 1 planned values/);
  });
});
