/**
 * Rights of the pipeline's roles, asked of the evaluator for every call of every planned resource. What is needed is AWS's
 * word (resource schemas) and the provider's own (facts/provider-calls.json); each test but the first takes a right away.
 */
import assert from "node:assert/strict";

import { unneeded } from "../../analysis/rights/minimal";
import { actingRole } from "../../analysis/rights/roles";
import { findingsOf } from "../../analysis/rights/walk";
import { iamAction } from "../../facts/iam-actions";
import calls from "../../facts/provider-calls.json";
import type { Duty } from "../../operations/duty";
import {
  administratorDuty,
  dutiesOf,
  indexOf,
  main,
  ownDuty,
  problemsOf,
} from "../../operations/rights";
import type { Plan } from "../../tools/preview/index";
import { pipelinePolicies } from "../support/bootstrap";
import { planOf } from "../support/plans";

const ACCOUNT = "123456789012";
const STACKS = ["staging", "production", "recovery"];

interface Statement {
  Sid: string;
  Effect: string;
  Action: string | string[];
  Resource: string | string[];
  Condition?: Record<string, Record<string, unknown>> | undefined;
}

describe("npm run rights", () => {
  const problems = (duties: readonly Duty[]) => duties.flatMap((one) => problemsOf(one, ACCOUNT));

  /** Bootstrap's plan with the statements of a role's policies changed. */
  const changed = async (role: string, change: (statements: Statement[]) => Statement[]) => {
    const bootstrap = await planOf("bootstrap");
    for (const one of pipelinePolicies(bootstrap, role)) {
      const document = JSON.parse(one.inputs["policy"] as string) as { Statement: Statement[] };
      document.Statement = change(document.Statement);
      one.inputs["policy"] = JSON.stringify(document);
    }
    return bootstrap;
  };
  const asShipped = new Map<string, readonly Duty[]>();
  /** The duties of a stack as the files have it, which no test changes. */
  const dutiesAsShipped = async (stack: string) => {
    const known =
      asShipped.get(stack) ?? dutiesOf(stack, await planOf(stack), await planOf("bootstrap"));
    asShipped.set(stack, known);
    return known;
  };
  const deployment = (stack: string, plan: Plan, bootstrap: Plan) =>
    dutiesOf(stack, plan, bootstrap).slice(0, 1);
  const drift = (plan: Plan, bootstrap: Plan) =>
    dutiesOf("production", plan, bootstrap).filter(({ role }) => role.name.endsWith("-drift"));

  for (const stack of STACKS) {
    it(`allows every call for ${stack}, and no statement is needless`, async () => {
      const duties = await dutiesAsShipped(stack);
      assert.deepEqual(problems(duties), []);
      const counts = duties.map(({ questions }) => questions.list.length);
      // Seven calls for each repository, and the login; recovery runs copies of production's images.
      const repositories = { production: 5, staging: 4, recovery: 0 }[stack]!;
      assert.equal(counts[3], repositories === 0 ? 0 : repositories * 7 + 1);
      assert.ok(counts[0]! > 2000 && counts[1]! > 5 && counts[2]! > 400, counts.join());
    });
  }

  it("asks about every call, but for those on things that no stack has", async () => {
    const WITHOUT: Readonly<Record<string, string>> = {
      "cloudfront:GetConnectionGroup cloudfront/distribution": "no connection groups",
      "cloudfront:GetVpcOrigin cloudfront/distribution": "no VPC origins",
      "ec2:DescribeVpcAttribute rds/instance": "the provider reads no VPC of an instance",
      "ecs:DescribeCapacityProviders ecs/clusterCapacityProviders": "Fargate's alone, AWS's own",
      "elasticache:CreateSnapshot elasticache/replicationGroup": "staging leaves no snapshot",
      "elasticache:DeleteCacheCluster elasticache/replicationGroup":
        "the provider calls DecreaseReplicaCount",
      "lambda:DeleteProvisionedConcurrencyConfig appautoscaling/target":
        "no provisioned concurrency",
      "lambda:GetCodeSigningConfig lambda/function": "no signed code",
      "lambda:GetLayerVersion lambda/function": "no layers",
      "lambda:GetProvisionedConcurrencyConfig appautoscaling/target": "no provisioned concurrency",
      "lambda:PassCapacityProvider lambda/function": "no capacity providers",
      "lambda:PutProvisionedConcurrencyConfig appautoscaling/target": "no provisioned concurrency",
      "logs:DeleteDeliverySource cloudwatch/logDeliverySource":
        "the reference names the destination, which a source alone has not",
      "rds:DescribeDBClusterSnapshots rds/instance": "no clusters",
      "rds:DescribeDBClusters rds/instance": "no clusters",
      "route53:DeleteQueryLoggingConfig route53/zone": "a resource of its own deletes it",
      "s3:PutObjectAcl s3/bucket": "of objects that a bucket is made with: none",
      "scheduler:DeleteSchedule scheduler/scheduleGroup":
        "schedules are deleted before their group",
      "wafv2:GetPermissionPolicy wafv2/webAclAssociation": "no shared rule groups",
      "wafv2:PutPermissionPolicy wafv2/webAclAssociation": "no shared rule groups",
    };
    const unasked = new Set<string>();
    for (const stack of STACKS) {
      const [duty] = (await dutiesAsShipped(stack)) as readonly [Duty];
      duty.questions.unasked.forEach((one) => unasked.add(one));
    }
    assert.deepEqual([...unasked].sort(), Object.keys(WITHOUT).sort());
  });

  it("asks about what a plan refers to by a text of its own, and what comes with a resource", async () => {
    const [duty] = (await dutiesAsShipped("production")) as readonly [Duty];
    const asked = (action: string, type: string) =>
      duty.questions.list
        .filter((one) => one.action === action)
        .filter(({ needs }) => needs.some(({ what }) => what.startsWith(type)))
        .map(({ target }) => target.arn);
    const RIGHTS = [
      ["iam:PassRole", "aws:scheduler/schedule", ":role/"],
      ["iam:PassRole", "aws:backup/selection", ":role/"],
      [
        "rds:StartDBInstanceAutomatedBackupsReplication",
        "aws:rds/instanceAuto",
        ":db:",
        ":auto-backup:",
      ],
      ["rds:CreateDBSnapshot", "aws:rds/instance", ":db:", ":snapshot:"],
      ["ec2:ModifySecurityGroupRules", "aws:vpc/", ":security-group/", ":security-group-rule/"],
      ["ecs:StopServiceDeployment", "aws:ecs/service", ":service/", ":service-deployment/"],
      ["elasticloadbalancing:CreateLoadBalancer", "aws:lb/loadBalancer", ":loadbalancer/app/"],
      ["elasticloadbalancing:AddTags", "aws:lb/targetGroup", ":targetgroup/"],
      ["elasticache:CreateSnapshot", "aws:elasticache/replicationGroup", ":snapshot:"],
      ["elasticache:DescribeCacheClusters", "aws:elasticache/replicationGroup", "-001"],
      ["route53:GetChange", "aws:route53/record", ":change/"],
      ["s3:ListBucketVersions", "aws:s3/bucketObjectv2", "arn:aws:s3:::"],
    ] as const;
    for (const [action, type, ...parts] of RIGHTS) {
      const arns = asked(action, type);
      assert.ok(
        parts.every((part) => arns.some((arn) => arn.includes(part))) &&
          arns.every((arn) => parts.some((part) => arn.includes(part))),
        `${action}: ${arns.join(", ")}`,
      );
    }
  });

  it("names each service that a deployment may no longer use", async () => {
    const used = new Set<string>();
    await changed("crm-pipeline-production", (statements) => {
      for (const { Effect, Action } of statements) {
        for (const action of Effect === "Allow" ? [Action].flat() : []) {
          used.add(action.split(":")[0]!);
        }
      }
      return statements;
    });
    assert.ok(used.size > 25);
    const [duty] = (await dutiesAsShipped("production")) as readonly [Duty];
    for (const service of used) {
      const bootstrap = await changed("crm-pipeline-production", (statements) =>
        statements.flatMap((one) => {
          const Action = [one.Action].flat().filter((action) => !action.startsWith(`${service}:`));
          return one.Effect === "Deny" ? [one] : Action.length === 0 ? [] : [{ ...one, Action }];
        }),
      );
      const role = actingRole(indexOf(bootstrap), duty.role.name)!;
      const asked = duty.questions.list.filter(({ action }) => action.startsWith(`${service}:`));
      const denied = findingsOf(role, asked, ACCOUNT).filter(
        ({ decision, question }) =>
          decision.verdict === "denied" && question.action.startsWith(`${service}:`),
      );
      assert.ok(denied.length > 0, service);
    }
  });

  // The faults that the first day would have met.
  it("names state and key that carry another environment's tag", async () => {
    const bootstrap = await planOf("bootstrap");
    for (const { type, name, inputs } of bootstrap.resources) {
      if (name === "crm-state" && /:(Key|Bucket)$/.test(type)) {
        (inputs["tags"] as Record<string, string>)["Environment"] = "production";
      }
    }
    const text = problems(deployment("staging", await planOf("staging"), bootstrap)).join("\n");
    assert.match(text, /denied +s3:PutObject on arn:aws:s3:::crm-pulumi-state-/);
    assert.match(
      text,
      /denied +kms:Decrypt on .*\n.*denied \(crm-pipeline-staging-services\/NotOtherEnvironments\)/,
    );
  });

  it("names keys that are reached by alias only, and signing", async () => {
    const bootstrap = await changed("crm-pipeline-production", (statements) =>
      statements.map((one) =>
        one.Sid === "UseKeys"
          ? {
              ...one,
              Condition: { "ForAnyValue:StringLike": { "kms:ResourceAliases": "alias/crm-*" } },
            }
          : one,
      ),
    );
    const text = problems(deployment("production", await planOf("production"), bootstrap)).join(
      "\n",
    );
    assert.match(text, /denied +kms:Sign on .*key\//);
    assert.match(text, /denied +kms:CreateGrant on .*key\//);
  });

  it("names the object and the variables that the drift check may not read", async () => {
    const plan = await planOf("production");
    const noObjects = await changed("crm-pipeline-drift", (statements) =>
      statements.map((one) => {
        if (one.Sid !== "NoObjects") return one;
        return { ...one, NotResource: undefined, Resource: "arn:aws:s3:::*/*" };
      }),
    );
    assert.match(
      problems(drift(plan, noObjects)).join("\n"),
      /denied +s3:GetObject on .*maintenance/,
    );
    const noKeys = await changed("crm-pipeline-drift", (statements) =>
      statements.filter(({ Sid }) => !Sid.startsWith("Decrypt")),
    );
    assert.match(problems(drift(plan, noKeys)).join("\n"), /denied +kms:Decrypt on /);
  });

  it("names a role that AWS's ReadOnlyAccess was taken from", async () => {
    const bootstrap = await planOf("bootstrap");
    bootstrap.resources = bootstrap.resources.filter(
      ({ type }) => type !== "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
    );
    const text = problems(drift(await planOf("production"), bootstrap)).join("\n");
    for (const action of ["ec2:DescribeVpcs", "iam:GetRole", "rds:DescribeDBInstances"]) {
      assert.match(text, new RegExp(`denied +${action} on`));
    }
  });

  it("names a statement that nothing needs", async () => {
    const needless = { Sid: "Needless", Effect: "Allow", Action: "glue:*", Resource: "*" };
    const bootstrap = await changed("crm-pipeline-production", (statements) =>
      statements.some(({ Sid }) => Sid === "Services") ? [...statements, needless] : statements,
    );
    const duties = deployment("production", await planOf("production"), bootstrap);
    assert.match(
      problems(duties).join("\n"),
      /^needless +crm-pipeline-production-services, statement \d+ \(Needless\)/,
    );
  });

  it("fails for what cannot be decided: an unknown policy, an unknown type", async () => {
    const bootstrap = await planOf("bootstrap");
    for (const one of pipelinePolicies(bootstrap, "crm-pipeline-drift")) {
      one.inputs["policy"] = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
    }
    const plan = await planOf("production");
    assert.match(problems(drift(plan, bootstrap)).join("\n"), /^undecided +kms:Decrypt/m);
    const stranger = { ...plan.resources.at(-1)!, custom: true, external: false };
    plan.resources.push({ ...stranger, type: "aws:glue/job:Job", urn: "urn:pulumi:a::b::c::d" });
    const [first] = problems(deployment("production", plan, await planOf("bootstrap")));
    assert.match(first!, /^undecided +aws:glue\/job:Job: /);
  });

  it("names the option that is missing", async () => {
    const errors: string[] = [];
    const { error } = console;
    console.error = (line: string) => errors.push(line);
    try {
      for (const args of [[], ["--stack", "staging", "--role", "a"]]) {
        assert.equal(await main(args), 2);
      }
      assert.equal(await main(["--stack", "staging", "--policy", "a.json"]), 2);
    } finally {
      console.error = error;
    }
    const text = errors.join("\n");
    assert.equal(text.match(/--stack: expected|--stack is required/g)?.length, 1, text);
    assert.match(text, /^--role and --policy: expected both or neither, got --role alone$/m);
    assert.match(text, /^--role and --policy: expected both or neither, got --policy alone$/m);
  });

  // Lambda Developer Guide, "Create a Lambda function using a container image", Amazon ECR permissions.
  it("asks for a function's image of who creates it, in the region of the copy", async () => {
    const plan = await planOf("recovery");
    const fn = plan.resources.find(({ type, name }) => type === "aws:lambda/function:Function" && name.startsWith("crm-eventing"))!; // prettier-ignore
    fn.inputs["imageUri"] = `${ACCOUNT}.dkr.ecr.us-west-2.amazonaws.com/crm-core@sha256:${"0".repeat(64)}`; // prettier-ignore
    const arn = `arn:aws:ecr:us-west-2:${ACCOUNT}:repository/crm-core`;
    const text = problems(deployment("recovery", plan, await planOf("bootstrap"))).join("\n");
    for (const action of ["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"]) {
      assert.match(text, new RegExp(`denied +${action} on ${arn}`));
    }
    const read = { Sid: "ReadFunctionImages", Effect: "Allow", Action: ["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"], Resource: arn }; // prettier-ignore
    const bootstrap = await changed("crm-pipeline-recovery", (statements) =>
      statements.some(({ Sid }) => Sid === "NamedServices") ? [...statements, read] : statements,
    );
    assert.deepEqual(problems(deployment("recovery", plan, bootstrap)), []);
  });

  it("lists permissions of a role that no call needs", async () => {
    const duties = await dutiesAsShipped("production");
    const found = unneeded(duties[0]!.role, duties[0]!.questions.list);
    assert.ok(found.get("ec2")!.includes("ec2:RunInstances"));
    assert.ok(!found.get("ec2")!.includes("ec2:CreateVpc"));
  });

  it("judges a user's own role and policies", async () => {
    const plan = await planOf("staging");
    const read = { Effect: "Allow", Action: ["ec2:Describe*"], Resource: "*" };
    const own = ownDuty(plan, "somebody", [
      ["own.json", { Version: "2012-10-17", Statement: read }],
    ]);
    const text = problemsOf(own, ACCOUNT).join("\n");
    assert.match(text, /denied +ec2:CreateVpc on arn:aws:ec2:us-east-1:\d+:vpc\//);
    assert.doesNotMatch(text, /ec2:DescribeVpcs on/);
    const narrow = ["db:*", "cluster:*", "parametergroup:*", "replicationgroup:*"];
    const data = { Effect: "Allow", Action: ["rds:*", "elasticache:*"], Resource: narrow.map((one) => `arn:aws:*:*:*:${one}`) }; // prettier-ignore
    const { role, questions } = ownDuty(plan, "somebody", [
      ["data.json", { Version: "2012-10-17", Statement: data }],
    ]);
    // What a request names is asked for, whether the action must have it or not.
    const denied = findingsOf(role, questions.list, ACCOUNT)
      .filter(({ question }) => /:Create(DBInstance|ReplicationGroup)$/.test(question.action))
      .map(({ question: { action, target } }) => `${action} ${target.arn.split(":")[5]}`);
    assert.deepEqual([...new Set(denied)].sort(), [
      "elasticache:CreateReplicationGroup subnetgroup",
      "rds:CreateDBInstance pg",
      "rds:CreateDBInstance subgrp",
    ]);
    const all = { Effect: "Allow", Action: "*", Resource: "*" };
    const admin = ownDuty(plan, "admin", [["all.json", { Version: "2012-10-17", Statement: all }]]);
    assert.deepEqual(problemsOf(admin, ACCOUNT), []);
  });

  it("judges a role by its ARN where the stack names no account, and states which settings are missing", async () => {
    const staging = { ...(await planOf("staging")), region: undefined };
    const resources = staging.resources.filter(({ type }) => type !== "pulumi:providers:aws");
    const none = { ...staging, resources };
    const all = { Effect: "Allow", Action: "*", Resource: "*" };
    const policies = [["all.json", { Version: "2012-10-17", Statement: all }]] as const;
    assert.throws(() => ownDuty(none, "deployer", policies), {
      message: [
        "stack staging has 2 problems:",
        "  aws:region: expected the stack's region, got nothing",
        "  aws:allowedAccountIds: expected the stack's account, or --role with an ARN, got nothing",
      ].join("\n"),
    });
    const regional = { ...none, region: "us-east-1" };
    const other = "111122223333";
    const duty = ownDuty(regional, `arn:aws:iam::${other}:role/deployer`, policies);
    assert.ok(duty.questions.list.length > 100);
    assert.equal(indexOf({ ...regional, account: other }).home.account, other);
  });

  it("names what empties a bucket that is deleted with all that is in it", async () => {
    const plan = await planOf("staging");
    const Version = "2012-10-17";
    const everything = { Effect: "Allow", Action: "*", Resource: "*" };
    const Action = ["s3:DeleteObject", "s3:DeleteObjectVersion", "s3:ListBucketVersions"];
    const none = { Effect: "Deny", Action, Resource: "arn:aws:s3:::*exports*" };
    const asked = (forceDestroy: boolean) => {
      const resources = plan.resources.map((one) =>
        one.type === "aws:s3/bucket:Bucket"
          ? { ...one, inputs: { ...one.inputs, forceDestroy } }
          : one,
      );
      const { role, questions } = ownDuty({ ...plan, resources }, "somebody", [
        ["own.json", { Version, Statement: [everything, none] }],
      ]);
      const found = findingsOf(role, questions.list, ACCOUNT);
      return [...new Set(found.map(({ question }) => question.action))].sort();
    };
    assert.deepEqual([asked(true), asked(false)], [Action, []]);
  });

  it("names what writes a secret's own policy, where it has one", async () => {
    const plan = await planOf("staging");
    const Version = "2012-10-17";
    const everything = { Effect: "Allow", Action: "*", Resource: "*" };
    const Action = ["secretsmanager:DeleteResourcePolicy", "secretsmanager:PutResourcePolicy"];
    const none = { Effect: "Deny", Action, Resource: "*" };
    const asked = (policy?: string) => {
      const resources = plan.resources.map((one) =>
        one.type === "aws:secretsmanager/secret:Secret"
          ? { ...one, inputs: { ...one.inputs, ...(policy !== undefined && { policy }) } }
          : one,
      );
      const { role, questions } = ownDuty({ ...plan, resources }, "somebody", [
        ["own.json", { Version, Statement: [everything, none] }],
      ]);
      const found = findingsOf(role, questions.list, ACCOUNT);
      return [...new Set(found.map(({ question }) => question.action))].sort();
    };
    const Principal = { AWS: `arn:aws:iam::${ACCOUNT}:root` };
    const read = { Effect: "Allow", Principal, Action: "secretsmanager:Get*", Resource: "*" };
    assert.deepEqual(asked(JSON.stringify({ Version, Statement: [read] })), Action);
    for (const policy of ["{}", undefined])
      assert.deepEqual(
        asked(policy).filter((action) => Action.includes(action)),
        [],
      );
  });

  it("asks about resources of bootstrap as well", async () => {
    const plan = await planOf("bootstrap");
    assert.equal(indexOf(plan).home.account, ACCOUNT);
    const none = ownDuty(plan, "nobody", []);
    assert.match(problemsOf(none, ACCOUNT).join("\n"), /denied +iam:CreatePolicy on/);
  });

  it("says of bootstrap that the resources' own policies alone are judged", async () => {
    const duty = administratorDuty(await planOf("bootstrap"));
    assert.match(duty.role.name, /the resources' own policies alone/);
    assert.deepEqual(problems([duty]), []);
  });

  it("knows every action of the table of differences", () => {
    const unknown = Object.values(calls.types).flatMap((row) =>
      Object.values(row.calls).flatMap((list) =>
        list.filter((action) => iamAction(action) === undefined),
      ),
    );
    assert.deepEqual([...new Set(unknown)], []);
  });
});
