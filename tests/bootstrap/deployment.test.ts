/** What a deployment of a stack may do, and what not. */
import assert from "node:assert/strict";

import { PipelineRole, type PipelineRoleArgs } from "../../bootstrap/pipeline-role";
import { attachable } from "../../bootstrap/rights";
import { Arns } from "../../platform/arns";
import { BootstrapPlan, list, type Statement } from "../support/bootstrap";
import { record } from "../support/mocks";
import { planOf } from "../support/plans";

describe("bootstrap: a deployment", () => {
  let bootstrap: BootstrapPlan;
  const arns = new Arns({ partition: "aws", region: "us-east-1", accountId: "123456789012" });
  before(async () => {
    bootstrap = await BootstrapPlan.read();
  });

  it("keeps a deployment off other stacks' state, other environments and the pipeline itself", () => {
    const all = bootstrap.policiesOf("crm-pipeline-staging");
    const bySid = new Map(all.map((statement) => [statement.Sid, statement]));
    const written = list(bySid.get("WriteState")!.Resource);
    assert.ok(
      written.every((resource) => /\/crm\/staging[./]/.test(resource)),
      String(written),
    );
    assert.deepEqual(bySid.get("NotOtherEnvironments")!.Condition, {
      StringEquals: { "aws:ResourceTag/Environment": ["production", "development"] },
    });
    const denied = list(bySid.get("NotOtherState")!.Resource);
    assert.ok(denied.some((resource) => resource.includes("/stacks/crm/production.*")));
    assert.equal(bySid.get("NotPipelineRoles")!.Effect, "Deny");
    for (const sid of ["ChangeRoles", "MakeBoundRoles", "AttachPolicies"]) {
      assert.deepEqual(list(bySid.get(sid)!.Resource), [
        "arn:aws:iam::123456789012:role/crm-staging-*",
      ]);
    }
    const star = all.filter(
      ({ Effect, Action }) => Effect === "Allow" && list(Action).includes("*"),
    );
    assert.deepEqual(star, []);
  });

  it("lets a deployment make no role that may do more than the boundary says", async () => {
    for (const stack of ["staging", "production", "recovery"]) {
      const arn = `arn:aws:iam::123456789012:policy/crm-pipeline-boundary-${stack}`;
      const gives = (Action: string) =>
        bootstrap
          .policiesOf(`crm-pipeline-${stack}`)
          .filter((one) => one.Effect === "Allow" && list(one.Action).includes(Action));
      for (const action of [
        ...["iam:CreateRole", "iam:PutRolePolicy", "iam:AttachRolePolicy"],
        "iam:PutRolePermissionsBoundary",
      ]) {
        const [statement, ...more] = gives(action);
        assert.deepEqual(more, [], action);
        assert.deepEqual(statement!.Condition!["StringEquals"], { "iam:PermissionsBoundary": arn });
      }
      for (const action of ["iam:DeleteRolePermissionsBoundary", "iam:CreatePolicyVersion"]) {
        assert.deepEqual(gives(action), [], action);
      }
      // And the stack's roles have it.
      const roles = (await planOf(stack)).resources.filter(
        ({ type }) => type === "aws:iam/role:Role",
      );
      assert.ok(roles.length > 20);
      for (const { name, inputs } of roles) {
        assert.equal(inputs["permissionsBoundary"], arn, name);
      }
    }
  });

  it("bounds roles: no changes of rights, none of the pipeline, nothing of other environments", () => {
    const boundary = bootstrap.plan.resources.find(
      ({ type, name }) =>
        type === "aws:iam/policy:Policy" && name === "crm-pipeline-boundary-staging",
    )!;
    const text = boundary.inputs["policy"] as string;
    // Source: IAM User Guide, "IAM and AWS STS quotas": characters of a managed policy, blanks left out.
    assert.ok(text.length <= 6144, `${text.length} characters`);
    const { Statement } = JSON.parse(text) as { Statement: Statement[] };
    const bySid = new Map(Statement.map((statement) => [statement.Sid, statement]));
    const denied = list(bySid.get("NotWhoMayDoWhat")!.Action).map(
      (action) => new RegExp(`^${action.replace("*", ".*")}$`),
    );
    for (const action of [
      ...["iam:CreateUser", "iam:CreateAccessKey", "iam:PutRolePolicy", "iam:AttachRolePolicy"],
      ...["iam:UpdateAssumeRolePolicy", "iam:CreatePolicyVersion", "iam:SetDefaultPolicyVersion"],
      ...["iam:DeleteRolePermissionsBoundary", "organizations:LeaveOrganization"],
    ]) {
      assert.ok(
        denied.some((pattern) => pattern.test(action)),
        action,
      );
    }
    assert.ok(denied.every((pattern) => !pattern.test("iam:GetRole")));
    const become = bySid.get("NotSomebodyElse")!;
    assert.deepEqual(
      [become.Effect, become.Action, become.Resource],
      ["Deny", "sts:AssumeRole", "*"],
    );
    assert.deepEqual(bySid.get("NotOtherEnvironments")!.Condition, {
      StringEquals: { "aws:ResourceTag/Environment": ["production", "development"] },
    });
    assert.ok(
      list(bySid.get("NotTheState")!.Resource).includes(
        "arn:aws:s3:::crm-pulumi-state-123456789012/*",
      ),
    );
  });

  it("keeps a deployment to its stack's buckets, and to the policies of AWS that its roles carry", async () => {
    const attached = new Set<unknown>();
    for (const stack of ["staging", "production", "recovery"]) {
      const { resources } = await planOf(stack);
      const all = bootstrap.policiesOf(`crm-pipeline-${stack}`);
      const { Resource } = all.find(({ Sid }) => Sid === "NamedServices")!;
      const patterns = list(Resource)
        .filter((arn) => arn.startsWith("arn:aws:s3:::") && !arn.endsWith("/*"))
        .map((arn) => new RegExp(`^${arn.slice(13).replaceAll("*", ".*")}$`));
      const buckets = resources.filter(({ type }) => type === "aws:s3/bucket:Bucket");
      assert.ok(buckets.length > 3);
      for (const { inputs } of buckets) {
        assert.ok(
          patterns.some((one) => one.test(inputs["bucket"] as string)),
          String(inputs["bucket"]),
        );
      }
      assert.ok(!patterns.some((one) => one.test("crm-pulumi-state-123456789012-copy")));
      const others = stack === "staging" ? "crm-user-uploads-prod" : "crm-user-uploads-staging";
      assert.ok(!patterns.some((one) => one.test(others)), others);
      resources
        .filter(({ type }) => type === "aws:iam/rolePolicyAttachment:RolePolicyAttachment")
        .forEach(({ inputs }) => attached.add(inputs["policyArn"]));
      const attach = all.filter(
        ({ Effect, Action }) => Effect === "Allow" && list(Action).includes("iam:AttachRolePolicy"),
      );
      assert.deepEqual(
        attach.map(({ Condition }) => [...list(Condition!["ArnEquals"]!["iam:PolicyARN"]!)].sort()),
        [attachable(arns)],
      );
    }
    assert.deepEqual([...attached].sort(), attachable(arns));
  });

  it("lets a deployment do what no name limits, where a stack needs it", async () => {
    const needed: Readonly<Record<string, string>> = {
      "aws:ecr/replicationConfiguration:ReplicationConfiguration":
        "ecr:PutReplicationConfiguration",
      "aws:ecr/repositoryCreationTemplate:RepositoryCreationTemplate":
        "ecr:CreateRepositoryCreationTemplate",
      "aws:sns/topicSubscription:TopicSubscription": "sns:Unsubscribe",
      "aws:lambda/eventSourceMapping:EventSourceMapping": "lambda:*EventSourceMapping*",
    };
    const { resources } = await planOf("production");
    const anywhere = bootstrap
      .policiesOf("crm-pipeline-production")
      .filter(({ Effect, Resource }) => Effect === "Allow" && list(Resource).includes("*"))
      .flatMap(({ Action }) => list(Action));
    for (const [type, action] of Object.entries(needed)) {
      assert.ok(
        resources.some((resource) => resource.type === type),
        type,
      );
      assert.ok(anywhere.includes(action), action);
    }
  });

  it("lets no deployment give a backup to another account", () => {
    for (const stack of ["staging", "production", "recovery"]) {
      const denied = bootstrap
        .policiesOf(`crm-pipeline-${stack}`)
        .filter(({ Effect, Condition }) => Effect === "Deny" && Condition === undefined)
        .flatMap(({ Action }) => list(Action));
      assert.ok(denied.includes("rds:ModifyDBSnapshotAttribute"), stack);
      assert.ok(denied.includes("ec2:ModifySnapshotAttribute"), stack);
    }
  });

  // IAM User Guide, "IAM and AWS STS quotas": a role's managed policies, and the characters of each.
  it("keeps each role's policies inside of what IAM takes, with room for more", () => {
    for (const role of bootstrap.ofType("aws:iam/role:Role")) {
      const ofRole = (type: string) =>
        bootstrap.ofType(type).filter(({ parent }) => parent === role.parent);
      const attached = ofRole("aws:iam/rolePolicyAttachment:RolePolicyAttachment");
      assert.ok(attached.length <= 10, role.name);
      for (const { name, inputs } of ofRole("aws:iam/policy:Policy")) {
        const size = (inputs["policy"] as string).length;
        assert.ok(size <= 6144 - 2000, `${name}: ${size}`);
      }
    }
  });

  it("refuses what IAM would refuse while the role is made", async () => {
    const policies = (count: number, length: number) =>
      Object.fromEntries(
        Array.from({ length: count }, (_, index) => [
          `part-${index}`,
          [{ sid: "A", actions: ["s3:Get".padEnd(length, "x")], resources: ["*"] }],
        ]),
      );
    const made = (args: Partial<PipelineRoleArgs>): Promise<unknown> =>
      record(
        () =>
          new PipelineRole("crm-pipeline-x", {
            roleName: "crm-pipeline-x",
            description: "x",
            repository: { name: "a/b", id: "1", ownerId: "2", subjects: "ids" },
            runs: { subjects: ["pull_request"], workflow: "x.yml", ref: "refs/heads/main" },
            policies: policies(1, 10),
            sessionSeconds: 3600,
            arns: new Arns({ partition: "aws", region: "us-east-1", accountId: "123456789012" }),
            tags: {},
            ...args,
          }),
      );
    await made({});
    // 6,144 characters with what stands around the action.
    const around = JSON.stringify({
      Version: "2012-10-17",
      Statement: [{ Sid: "A", Effect: "Allow", Action: "", Resource: "*" }],
    }).length;
    await made({ policies: policies(1, 6144 - around) });
    await assert.rejects(made({ policies: policies(1, 6145 - around) }), {
      message: "crm-pipeline-x, policy part-0: expected at most 6144 characters, got 6145",
    });
    // "Managed policies per role | 20 | 25" in IAM's table of quotas.
    await made({ policies: policies(20, 10) });
    await assert.rejects(
      made({ policies: policies(20, 10), managedPolicyArns: ["arn:aws:iam::aws:policy/X"] }),
      /crm-pipeline-x: expected at most 20 policies, got 21/,
    );
    const subjects = ["pull_request".padEnd(2048, "x")];
    await assert.rejects(
      made({ runs: { subjects, workflow: "x.yml", ref: "refs/heads/main" } }),
      /crm-pipeline-x, the trust policy: expected at most 2048 characters, got 2\d+/,
    );
  });
});
