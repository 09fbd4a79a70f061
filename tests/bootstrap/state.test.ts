/* eslint-disable max-lines -- one plan, asked by all of it */
import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";

import { callerOf, compilePolicy, type Context, evaluate } from "../analysis/iam";
import { MANAGED_POLICIES } from "../bootstrap/rights";
import type { Plan, PlannedResource } from "../tools/preview/index";
import { planOf } from "./support/plans";

const ROOT = path.join(__dirname, "..");

interface Statement {
  Sid: string;
  Effect: string;
  Action: string | string[];
  Resource: string | string[];
  Principal?: { Federated?: string };
  Condition?: Partial<Record<string, Record<string, string | string[]>>>;
}

describe("bootstrap", () => {
  let plan: Plan;
  before(async function () {
    this.timeout(120_000);
    plan = await planOf("bootstrap");
  });

  const ofType = (type: string): PlannedResource[] => plan.resources.filter((r) => r.type === type);
  const named = (type: string, name: string) => ofType(type).find((r) => r.name === name)!;
  const statements = (policy: unknown) =>
    (JSON.parse(policy as string) as { Statement: Statement[] }).Statement;
  const policiesOf = (role: string) =>
    ofType("aws:iam/rolePolicy:RolePolicy")
      .filter(({ name }) => name.startsWith(`${role}-`))
      .flatMap(({ inputs }) => statements(inputs["policy"]));
  const list = (value: string | string[]) => (Array.isArray(value) ? value : [value]);

  it("is clean under the pack", () => {
    assert.equal(plan.policies.packs.length, 1);
    const mandatory = plan.policies.violations.filter((v) => v.enforcementLevel === "mandatory");
    assert.deepEqual(mandatory, []);
    assert.deepEqual(plan.policies.undecided, []);
  });

  it("keeps the state versioned, encrypted with a key of its own, private, and for good", () => {
    const bucket = named("aws:s3/bucket:Bucket", "crm-state");
    assert.equal(bucket.protect, true);
    const replication = ofType("aws:s3/bucketReplicationConfig:BucketReplicationConfig");
    assert.equal(replication.length, 1, "copied to another region");
    const at = (type: string) => named(type, "crm-state").inputs as any;
    assert.equal(
      at("aws:s3/bucketVersioning:BucketVersioning").versioningConfiguration.status,
      "Enabled",
    );
    const [rule] = at(
      "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
    ).rules;
    assert.equal(rule.applyServerSideEncryptionByDefault.sseAlgorithm, "aws:kms");
    const block = at("aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock");
    assert.equal(block.blockPublicPolicy && block.restrictPublicBuckets, true);
    const sids = statements(at("aws:s3/bucketPolicy:BucketPolicy").policy).map(({ Sid }) => Sid);
    assert.deepEqual(sids, ["TlsOnly", "Tls12AtLeast"]);
  });

  const GITHUB = "token.actions.githubusercontent.com";
  const conditions = () =>
    Object.fromEntries(
      ofType("aws:iam/role:Role")
        .filter(({ parent }) => parent!.includes("PipelineRole"))
        .map(({ inputs }) => {
          const [statement, ...more] = statements(inputs["assumeRolePolicy"]);
          assert.deepEqual(more, []);
          return [inputs["name"] as string, statement!.Condition!];
        }),
    );

  it("trusts one kind of run for each role, without wildcards in its subject", () => {
    const repository = "repo:crm-consulting/crm-on-aws";
    const subjects = Object.entries(conditions()).map(([role, { StringEquals }]) => {
      assert.equal(StringEquals![`${GITHUB}:aud`], "sts.amazonaws.com");
      return [role, StringEquals![`${GITHUB}:sub`]];
    });
    assert.deepEqual(Object.fromEntries(subjects), {
      "crm-pipeline-preview": [`${repository}:pull_request`],
      "crm-pipeline-drift": [`${repository}:ref:refs/heads/main`],
      "crm-pipeline-production": [`${repository}:environment:production`],
      "crm-pipeline-recovery": [`${repository}:environment:recovery`],
      "crm-pipeline-staging": [`${repository}:environment:staging`],
    });
  });

  /** The claims that STS looks at. Source: IAM User Guide, "IAM and AWS STS condition context keys", GitHub. */
  const LOOKED_AT = [
    "actor",
    "actor_id",
    "aud",
    "enterprise_id",
    "environment",
    "job_workflow_ref",
  ];
  LOOKED_AT.push("ref", "repository", "repository_id", "sub", "workflow");

  it("trusts the repository by its number, and the workflow that needs the role", () => {
    const workflows = path.join(ROOT, ".github", "workflows");
    for (const [role, all] of Object.entries(conditions())) {
      for (const key of Object.values(all).flatMap((operator) => Object.keys(operator ?? {}))) {
        assert.ok(LOOKED_AT.includes(key.slice(GITHUB.length + 1)), key);
      }
      assert.equal(all["StringEquals"]![`${GITHUB}:repository_id`], "1234567890", role);
      const claims = { ...all["StringEquals"], ...all["StringLike"] };
      const workflow = claims[`${GITHUB}:job_workflow_ref`] as string;
      const [file, ref] = workflow.split("@");
      assert.equal(claims[`${GITHUB}:ref`], ref);
      const name = file!.replace("crm-consulting/crm-on-aws/.github/workflows/", "");
      // The workflow is there, and takes this role.
      const text = fs.readFileSync(path.join(workflows, name), "utf8");
      const variable = { preview: "AWS_PREVIEW_ROLE", drift: "AWS_DRIFT_ROLE" }[
        role.slice("crm-pipeline-".length)
      ];
      assert.match(text, new RegExp(`role-to-assume: .*${variable ?? "AWS_DEPLOY_ROLE"}`), role);
      assert.equal(ref, role === "crm-pipeline-preview" ? "refs/pull/*/merge" : "refs/heads/main");
    }
  });

  it("previews nothing of a bot with the role that reads the state", () => {
    assert.deepEqual(conditions()["crm-pipeline-preview"]!["StringNotLike"], {
      [`${GITHUB}:actor`]: ["*[bot]"],
    });
  });

  it("lets a pull request read the state and do nothing else", () => {
    const actions = policiesOf("crm-pipeline-preview").flatMap(({ Action }) => list(Action));
    assert.deepEqual([...new Set(actions)].sort(), [
      "kms:Decrypt",
      "s3:GetObject",
      "s3:ListBucket",
    ]);
  });

  it("lets the drift check write its lock and nothing else", () => {
    const writes = policiesOf("crm-pipeline-drift").filter(
      ({ Effect, Action }) => Effect === "Allow" && list(Action).some((a) => /Put|Delete/.test(a)),
    );
    assert.equal(writes.length, 1);
    for (const resource of list(writes[0]!.Resource)) {
      assert.match(
        resource,
        /\/\.pulumi\/locks\/organization\/crm\/(staging|production|recovery)\/\*$/,
      );
    }
  });

  it("keeps a deployment off other stacks' state, other environments and the pipeline itself", () => {
    const all = policiesOf("crm-pipeline-staging");
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
        policiesOf(`crm-pipeline-${stack}`).filter(
          (one) => one.Effect === "Allow" && list(one.Action).includes(Action),
        );
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
    const boundary = plan.resources.find(
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
      const all = policiesOf(`crm-pipeline-${stack}`);
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
        [[...MANAGED_POLICIES].sort()],
      );
    }
    assert.deepEqual([...attached].sort(), [...MANAGED_POLICIES].sort());
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
    const anywhere = policiesOf("crm-pipeline-production")
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

  describe("lets a deployment change keys:", () => {
    const ACCOUNT = "123456789012";
    const KEY = `arn:aws:kms:us-east-1:${ACCOUNT}:key/1234abcd-12ab-34cd-56ef-1234567890ab`;
    const alias = (name: string) => `arn:aws:kms:us-east-1:${ACCOUNT}:alias/${name}`;
    const tags = (environment: string, project = "CRM-System") => ({
      "aws:ResourceTag/Project": project,
      "aws:ResourceTag/Environment": environment,
      "aws:ResourceTag/ManagedBy": "pulumi",
    });
    const asked = (environment: string, project = "CRM-System") => ({
      "aws:RequestTag/Project": project,
      "aws:RequestTag/Environment": environment,
      "aws:RequestTag/ManagedBy": "pulumi",
    });
    /** As AWS decides: the role's policies and the key's own, which leaves it to IAM. */
    const may = (stack: string, action: string, resource: string, context: Context) => {
      const role = `crm-pipeline-${stack}`;
      const identity = ofType("aws:iam/rolePolicy:RolePolicy")
        .filter(({ name }) => name.startsWith(`${role}-`))
        .map(({ name, inputs }) =>
          compilePolicy(JSON.parse(inputs["policy"] as string), "identity", name),
        );
      const key = compilePolicy(
        {
          Version: "2012-10-17",
          Statement: [
            {
              Effect: "Allow",
              Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` },
              Action: "kms:*",
              Resource: "*",
            },
          ],
        },
        "key",
      );
      const { verdict } = evaluate(
        {
          caller: callerOf(`arn:aws:sts::${ACCOUNT}:assumed-role/${role}/deploy`)!,
          action: `kms:${action}`,
          resource,
          context,
        },
        { identity, ...(resource === KEY && { resource: key }) },
      );
      return verdict;
    };
    const CHANGES = ["PutKeyPolicy", "ScheduleKeyDeletion", "TagResource", "UntagResource"];
    CHANGES.push("CreateAlias", "UpdateAlias", "DeleteAlias", "CancelKeyDeletion");
    const STACKS = { staging: "crm-staging", production: "crm", recovery: "crm-recovery" };
    const environmentOf = (stack: string) => (stack === "staging" ? "staging" : "production");

    it("its own, by their tags", () => {
      for (const stack of Object.keys(STACKS)) {
        for (const action of CHANGES) {
          const context = tags(environmentOf(stack));
          assert.equal(may(stack, action, KEY, context), "allowed", `${stack}: ${action}`);
        }
      }
    });

    it("none of others: of another project, of another environment, without tags", () => {
      for (const stack of Object.keys(STACKS)) {
        const other = environmentOf(stack) === "staging" ? "production" : "staging";
        for (const action of [...CHANGES, "UpdateKeyDescription", "DisableKey"]) {
          for (const context of [tags(environmentOf(stack), "Billing"), tags(other), {}]) {
            assert.equal(may(stack, action, KEY, context), "denied", `${stack}: ${action}`);
          }
        }
      }
    });

    it("new ones with the stack's tags, and none with others", () => {
      for (const stack of Object.keys(STACKS)) {
        const environment = environmentOf(stack);
        for (const action of ["CreateKey", "TagResource"]) {
          assert.equal(may(stack, action, "*", asked(environment)), "allowed", action);
          assert.equal(may(stack, action, "*", asked(environment, "Billing")), "denied");
          assert.equal(may(stack, action, "*", {}), "denied");
        }
      }
    });

    it("not others' into its own, by a tag, where they have a name", () => {
      for (const stack of Object.keys(STACKS)) {
        const context = {
          ...asked(environmentOf(stack)),
          "kms:ResourceAliases": ["alias/billing"],
        };
        assert.equal(may(stack, "TagResource", KEY, context), "denied", stack);
      }
    });

    it("not the pipeline's, whatever tags they have", () => {
      for (const stack of Object.keys(STACKS)) {
        for (const action of CHANGES.filter((one) => one !== "DeleteAlias")) {
          const context = {
            ...tags(environmentOf(stack)),
            "kms:ResourceAliases": [`alias/crm-pulumi-${stack}`],
          };
          assert.equal(may(stack, action, KEY, context), "denied", `${stack}: ${action}`);
        }
      }
    });

    it("under names of the stack alone", () => {
      for (const [stack, prefix] of Object.entries(STACKS)) {
        assert.equal(may(stack, "CreateAlias", alias(`${prefix}-secrets`), {}), "allowed");
        for (const name of ["billing", "aws/rds", "crm-pulumi-state"]) {
          assert.equal(may(stack, "CreateAlias", alias(name), {}), "denied", name);
        }
      }
    });

    it("that have those tags, every one of a stack", async () => {
      for (const stack of Object.keys(STACKS)) {
        const { resources } = await planOf(stack);
        const keys = resources.filter(({ type }) => type === "aws:kms/key:Key");
        assert.ok(keys.length > 3);
        for (const { name, inputs } of keys) {
          const { Project, Environment, ManagedBy } = inputs["tags"] as Record<string, string>;
          assert.deepEqual(
            [Project, Environment, ManagedBy],
            ["CRM-System", environmentOf(stack), "pulumi"],
            name,
          );
        }
      }
    });
  });

  it("lets no deployment give a backup to another account", () => {
    for (const stack of ["staging", "production", "recovery"]) {
      const denied = policiesOf(`crm-pipeline-${stack}`)
        .filter(({ Effect, Condition }) => Effect === "Deny" && Condition === undefined)
        .flatMap(({ Action }) => list(Action));
      assert.ok(denied.includes("rds:ModifyDBSnapshotAttribute"), stack);
      assert.ok(denied.includes("ec2:ModifySnapshotAttribute"), stack);
    }
  });

  it("keeps each role's policies inside of what IAM takes", () => {
    const sizes = new Map<string, number>();
    for (const { parent, inputs } of ofType("aws:iam/rolePolicy:RolePolicy")) {
      sizes.set(parent!, (sizes.get(parent!) ?? 0) + (inputs["policy"] as string).length);
    }
    // IAM User Guide, "IAM and AWS STS quotas": 10,240 characters of inline policies for a role.
    for (const [role, size] of sizes) {
      assert.ok(size <= 10_240, `${role}: ${size}`);
    }
  });

  it("gives each stack a key for its secrets, and protects all keys", () => {
    const aliases = ofType("aws:kms/alias:Alias").map(({ inputs }) => inputs["name"]);
    assert.deepEqual([...aliases].sort(), [
      "alias/crm-pulumi-production",
      "alias/crm-pulumi-recovery",
      "alias/crm-pulumi-staging",
      "alias/crm-pulumi-state",
      "alias/crm-pulumi-state",
    ]);
    assert.ok(ofType("aws:kms/key:Key").every(({ protect }) => protect));
  });

  it("keeps what the recovery's secrets need out of the region that is lost", () => {
    const key = named("aws:kms/key:Key", "crm-secrets-recovery");
    assert.equal(key.inputs["region"], "us-west-2");
    assert.equal(named("aws:kms/key:Key", "crm-secrets-production").inputs["region"], undefined);
    assert.deepEqual(plan.outputs["secretsProviders"], {
      staging: "awskms://alias/crm-pulumi-staging?region=us-east-1",
      production: "awskms://alias/crm-pulumi-production?region=us-east-1",
      recovery: "awskms://alias/crm-pulumi-recovery?region=us-west-2",
    });
    assert.equal(
      plan.outputs["stateCopyBackend"],
      "s3://crm-pulumi-state-123456789012-copy?region=us-west-2",
    );
    const keys = (role: string) =>
      policiesOf(role)
        .filter(({ Sid }) => Sid === "Keys")
        .flatMap(({ Resource }) => list(Resource))
        .map((arn) => arn.split(":")[3]);
    assert.deepEqual(keys("crm-pipeline-recovery"), ["us-east-1", "us-west-2"]);
    assert.deepEqual(keys("crm-pipeline-production"), ["us-east-1"]);
    for (const role of ["crm-pipeline-preview", "crm-pipeline-drift"]) {
      assert.deepEqual(keys(role), ["us-east-1", "us-west-2"]);
    }
  });
});
