import assert from "node:assert/strict";

import baseline from "../../policy-pack/profiles/baseline.json";
import { RULES } from "../../policy-pack/rules";
import { ruleOf } from "./rows";
import { judgeStack, type Sample, UNKNOWN_LIST, UNKNOWN_TEXT } from "./support";

const ACL = "aws:ec2/networkAcl:NetworkAcl";
const BALANCER = "aws:lb/loadBalancer:LoadBalancer";
const BUCKET = "aws:s3/bucket:Bucket";
const CLUSTER = "aws:ecs/cluster:Cluster";
const FUNCTION = "aws:lambda/function:Function";
const GROUP = "aws:lb/targetGroup:TargetGroup";
const LISTENER = "aws:lb/listener:Listener";
const NODE = "aws:elasticache/cluster:Cluster";
const SERVICE = "aws:ecs/service:Service";

/** A resource, and what its properties refer to; those are not known yet. */
function of(type: string, props: object, references: Record<string, string[]> = {}): Sample {
  const unknown = Object.keys(references).map((key) => [key, UNKNOWN_TEXT] as const);
  return { type, props: { ...Object.fromEntries(unknown), ...props }, references };
}

const named = (name: string, sample: Sample): Sample => ({ ...sample, name });
const deny = { action: "deny", cidrBlock: "0.0.0.0/0", protocol: "tcp" };
const acl = (...first: object[]) => [
  of(ACL, {
    subnetIds: ["a"],
    ingress: [...first, { ...deny, action: "allow", ruleNo: 100, fromPort: 0, toPort: 65535 }],
  }),
];
const cluster = named("main", of(CLUSTER, {}));
const service = (enableExecuteCommand: unknown) =>
  of(SERVICE, { enableExecuteCommand }, { cluster: ["main"] });
const counted = named("api", of(SERVICE, { name: "api", desiredCount: 3 }));
const scaled = (id: string[]) => of("aws:appautoscaling/target:Target", {}, { resourceId: id });
const call = named("f", of(FUNCTION, { name: "f" }));
const permission = (principal: string) =>
  of("aws:lambda/permission:Permission", { principal }, { function: ["f"] });
const route = of("aws:apigatewayv2/integration:Integration", {}, { integrationUri: ["f"] });
const rule = of("aws:cloudwatch/eventTarget:EventTarget", {}, { arn: ["f"] });
const logs = named("logs", of(BUCKET, { bucket: "logs" }));
const legacy = of("aws:cloudfront/distribution:Distribution", {}, { loggingConfig: ["logs"] });
const owned = of(
  "aws:s3/bucketOwnershipControls:BucketOwnershipControls",
  { rule: { objectOwnership: "BucketOwnerPreferred" } },
  { bucket: ["logs"] },
);
const site = named("site", of(BUCKET, { bucket: "www.example.com" }));
const website = of(
  "aws:s3/bucketWebsiteConfiguration:BucketWebsiteConfiguration",
  {},
  { bucket: ["site"] },
);
const gateway = named("l", of(BALANCER, { loadBalancerType: "gateway" }));
const EXEC_RULES = ["ecs-exec-logged", "ecs-exec-encrypted"] as const;
const defaults = (
  id: "s3-acl-disabled" | "s3-public-access-block" | (typeof EXEC_RULES)[number],
) => {
  const { acceptDefault } = baseline[id];
  return { acceptDefault };
};

/** Programs without the fault, the same with it, and with a value that decides but is not known. */
const CASES: readonly {
  readonly rule: string;
  readonly about: string;
  readonly right: readonly Sample[];
  readonly wrong: readonly Sample[];
  readonly unknown?: readonly Sample[];
  readonly config?: object;
}[] = [
  {
    rule: "sg-attached",
    about: "a group that a type without a list of its own uses",
    right: [
      named("g", of("aws:ec2/securityGroup:SecurityGroup", {})),
      of("aws:fsx/windowsFileSystem:WindowsFileSystem", {}, { securityGroupIds: ["g"] }),
    ],
    wrong: [named("g", of("aws:ec2/securityGroup:SecurityGroup", {}))],
  },
  {
    rule: "eip-attached",
    about: "an address of a network load balancer",
    right: [
      named("a", of("aws:ec2/eip:Eip", {})),
      of(BALANCER, { loadBalancerType: "network" }, { subnetMappings: ["a"] }),
    ],
    wrong: [named("a", of("aws:ec2/eip:Eip", {}))],
  },
  {
    rule: "redis-backup",
    about: "nodes of Memcached and of a replication group",
    right: [of(NODE, { engine: "memcached" }), of(NODE, { replicationGroupId: UNKNOWN_TEXT })],
    wrong: [of(NODE, { engine: "redis" })],
    unknown: [of(NODE, { engine: UNKNOWN_TEXT })],
  },
  {
    rule: "alb-listener-tls",
    about: "a gateway load balancer's listener",
    right: [gateway, of(LISTENER, {}, { loadBalancerArn: ["l"] })],
    wrong: [named("l", of(BALANCER, {})), of(LISTENER, {}, { loadBalancerArn: ["l"] })],
  },
  {
    rule: "alb-target-group-healthcheck",
    about: "targets of QUIC, which are asked by packets",
    right: [of(GROUP, { protocol: "QUIC" })],
    wrong: [of(GROUP, { protocol: "HTTP" })],
    unknown: [of(GROUP, { protocol: "HTTP", healthCheck: { path: UNKNOWN_TEXT, matcher: "200" } })],
  },
  {
    rule: "alb-internal-or-declared-public",
    about: "a gateway load balancer, which has no public addresses",
    right: [gateway],
    wrong: [of(BALANCER, {})],
  },
  {
    rule: "alarm-coverage",
    about: "a gateway load balancer, which counts no HTTP",
    right: [gateway],
    wrong: [of(BALANCER, {})],
  },
  {
    rule: "nacl-not-all-ports",
    about: "all ports but those of administration, which lower numbers deny",
    right: acl({ ...deny, ruleNo: 10, fromPort: 0, toPort: 3389 }),
    wrong: acl({ ...deny, ruleNo: 200, fromPort: 0, toPort: 3389 }),
    unknown: [of(ACL, { subnetIds: ["a"], ingress: UNKNOWN_LIST })],
  },
  ...EXEC_RULES.map((id) => ({
    rule: id,
    about: "a cluster whose services do not enable ECS Exec",
    right: [cluster, service(false), service(undefined)],
    wrong: [cluster, service(false), service(true)],
  })),
  ...EXEC_RULES.map((id) => ({
    rule: id,
    about: "a cluster without a service in the plan, in the baseline",
    right: [cluster],
    wrong: [cluster, service(true)],
    config: defaults(id),
  })),
  {
    rule: "ecs-ignored-changes",
    about: "a number of tasks that nothing changes",
    right: [counted],
    wrong: [counted, scaled(["api"])],
    unknown: [named("api", of(SERVICE, { name: UNKNOWN_TEXT })), scaled([])],
  },
  {
    rule: "s3-acl-disabled",
    about: "a bucket without a setting, in the baseline",
    right: [logs],
    wrong: [logs, owned],
    config: defaults("s3-acl-disabled"),
  },
  {
    rule: "s3-acl-disabled",
    about: "the bucket of CloudFront's legacy logs, which needs an ACL",
    right: [logs, owned, legacy],
    wrong: [logs, owned],
  },
  {
    rule: "s3-public-access-block",
    about: "a bucket without a setting, in the baseline",
    right: [logs],
    wrong: [],
    config: defaults("s3-public-access-block"),
  },
  {
    rule: "eventbus-policy-not-open",
    about: "a bus that only its own account uses, in the baseline",
    right: [of("aws:cloudwatch/eventBus:EventBus", { name: "orders" })],
    wrong: [
      of("aws:cloudwatch/eventBusPolicy:EventBusPolicy", {
        policy: JSON.stringify({
          Statement: { Effect: "Allow", Principal: "*", Action: "events:PutEvents", Resource: "*" },
        }),
      }),
    ],
    config: { required: baseline["eventbus-policy-not-open"].required },
  },
  {
    rule: "s3-dns-name",
    about: "a website's bucket, which has its host's name",
    right: [site, website],
    wrong: [site],
    unknown: [of(BUCKET, { bucket: UNKNOWN_TEXT })],
  },
  {
    rule: "lambda-dlq",
    about: "a function whose callers wait",
    right: [call, route, permission("apigateway.amazonaws.com")],
    wrong: [call, route, permission("events.amazonaws.com"), rule],
  },
  {
    rule: "lambda-dlq",
    about: "a function that polls a queue",
    right: [
      call,
      of("aws:lambda/eventSourceMapping:EventSourceMapping", {}, { functionName: ["f"] }),
    ],
    wrong: [call],
  },
];

describe("policy pack: one fault", () => {
  it("that allows everything is the cause that the other rules name", () => {
    const policy = JSON.stringify({ Statement: { Effect: "Allow", Action: "*", Resource: "*" } });
    const samples = [of("aws:iam/policy:Policy", { policy })];
    const rules = RULES.filter(({ info }) => info.id.startsWith("iam-"));
    const found = rules
      .filter((one) => one.kind === "stack" || one.concerns(samples[0]!.type))
      .flatMap((one) =>
        judgeStack(one, samples).violations.map((message) => [one.info.id, message] as const),
      );
    assert.ok(found.length > 8);
    const without = found.filter(([, message]) => !message.includes("(cause: iam-no-admin)"));
    assert.deepEqual(
      without.map(([id]) => id),
      ["iam-no-admin"],
    );
  });

  it("of a security group that is open names its cause, and five ports of many", () => {
    const open = of("aws:ec2/securityGroup:SecurityGroup", {
      ingress: [{ protocol: "-1", fromPort: 0, toPort: 0, cidrBlocks: ["0.0.0.0/0"] }],
    });
    const cause = "sg-no-open-ingress-except-authorized";
    for (const id of [cause, "sg-no-open-admin-ports", "sg-no-all-traffic-ingress"]) {
      const { violations } = judgeStack(ruleOf(RULES, id), [open]);
      assert.equal(violations.length, 1);
      assert.equal(violations[0]!.endsWith(` (cause: ${cause}).`), id !== cause, id);
    }
    const { violations } = judgeStack(ruleOf(RULES, "sg-no-open-high-risk-ports"), [open]);
    assert.match(violations.join(), /port 20, 21, 22, 23, 25 and \d+ more; name who may connect/);
  });
});

/** IAM Identity Center API Reference, PermissionsBoundary: "Policies used as permissions boundaries don't provide permissions." */
describe("policy pack: a permissions boundary grants nothing", () => {
  const policy = JSON.stringify({ Statement: { Effect: "Allow", Action: "*", Resource: "*" } });
  const bound = (property: string, type = "aws:iam/role:Role") =>
    of(type, {}, { [property]: ["p"] });
  const ATTACHMENT = "aws:iam/rolePolicyAttachment:RolePolicyAttachment";
  const found = (...users: Sample[]) =>
    RULES.filter(({ info }) => info.id.startsWith("iam-") && info.id !== "iam-no-users").flatMap(
      (rule) => {
        const samples = [named("p", of("aws:iam/policy:Policy", { policy })), ...users];
        const answer = judgeStack(rule, rule.kind === "stack" ? samples : samples.slice(0, 1));
        return [...answer.violations, ...answer.undecided].map(() => rule.info.id);
      },
    );

  it("and is not judged as a policy that does, unless it is attached, too", () => {
    assert.ok(found().length > 8);
    assert.deepEqual(found(bound("permissionsBoundary")), []);
    assert.deepEqual(found(bound("permissionsBoundary", "aws:iam/user:User")), []);
    const attached = [bound("policyArn", ATTACHMENT), bound("managedPolicyArns")];
    for (const other of attached) {
      assert.deepEqual(found(bound("permissionsBoundary"), other), found(), other.type);
    }
  });
});

describe("policy pack: correct programs of others", () => {
  for (const { rule: id, about, right, wrong, unknown, config } of CASES) {
    it(`${id}: ${about}`, () => {
      const judged = (samples: readonly Sample[]) => {
        const one = ruleOf(RULES, id);
        const concerned = samples.filter(({ type }) => one.kind === "stack" || one.concerns(type));
        return judgeStack(one, concerned, { config });
      };
      assert.deepEqual(judged(right), { violations: [], undecided: [], exempt: [] });
      if (wrong.length > 0) {
        assert.notDeepEqual(judged(wrong).violations, []);
      }
      if (unknown !== undefined) {
        assert.deepEqual(judged(unknown).violations, []);
        assert.notDeepEqual(judged(unknown).undecided, []);
      }
    });
  }
});
