/** Which keys a deployment may change, as AWS decides: the role's policies and the key's own. */
import assert from "node:assert/strict";

import { callerOf, compilePolicy, type Context, evaluate } from "../../analysis/iam";
import { BootstrapPlan, pipelinePolicies } from "../support/bootstrap";
import { planOf } from "../support/plans";

describe("bootstrap: a deployment changes keys:", () => {
  let bootstrap: BootstrapPlan;
  before(async () => {
    bootstrap = await BootstrapPlan.read();
  });

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
  /** A key's own policy that leaves it to IAM. */
  const leftToIam = compilePolicy(
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
  /** As AWS decides: the role's policies and the key's own, which leaves it to IAM. */
  const may = (stack: string, action: string, resource: string, context: Context) => {
    const role = `crm-pipeline-${stack}`;
    const identity = pipelinePolicies(bootstrap.plan, role).map(({ name, inputs }) =>
      compilePolicy(JSON.parse(inputs["policy"] as string), "identity", name),
    );
    const { verdict } = evaluate(
      {
        caller: callerOf(`arn:aws:sts::${ACCOUNT}:assumed-role/${role}/deploy`)!,
        action: `kms:${action}`,
        resource,
        context,
      },
      { identity, ...(resource === KEY && { resource: leftToIam }) },
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

  it("not others' into its own, by a tag, nor their rotation, where they have a name", () => {
    for (const stack of Object.keys(STACKS)) {
      const named = { "kms:ResourceAliases": ["alias/billing"] };
      const tagged = { ...asked(environmentOf(stack)), ...named };
      assert.equal(may(stack, "TagResource", KEY, tagged), "denied", stack);
      assert.equal(may(stack, "EnableKeyRotation", KEY, named), "denied", stack);
      assert.equal(may(stack, "EnableKeyRotation", KEY, {}), "allowed", stack);
    }
  });

  it("not by a role that it makes, whatever that role's policies say", () => {
    for (const stack of Object.keys(STACKS)) {
      const { inputs } = bootstrap.named("aws:iam/policy:Policy", `crm-pipeline-boundary-${stack}`);
      const all = {
        Version: "2012-10-17",
        Statement: [{ Effect: "Allow", Action: "*", Resource: "*" }],
      };
      const asks = (action: string, context: Context) =>
        evaluate(
          {
            caller: callerOf(
              `arn:aws:sts::${ACCOUNT}:assumed-role/${STACKS[stack as keyof typeof STACKS]}-x/y`,
            )!,
            action: `kms:${action}`,
            resource: KEY,
            context,
          },
          {
            identity: [compilePolicy(all, "identity")],
            boundary: compilePolicy(JSON.parse(inputs["policy"] as string), "identity"),
            resource: leftToIam,
          },
        ).verdict;
      for (const action of [
        ...CHANGES,
        "DisableKey",
        "UpdateKeyDescription",
        "DeleteImportedKeyMaterial",
      ]) {
        for (const context of [{}, tags("other", "Billing"), tags(environmentOf(stack))]) {
          assert.equal(asks(action, context), "denied", `${stack}: ${action}`);
        }
      }
      for (const action of [
        "Decrypt",
        "Encrypt",
        "GenerateDataKey",
        "CreateGrant",
        "DescribeKey",
      ]) {
        assert.equal(asks(action, tags(environmentOf(stack))), "allowed", `${stack}: ${action}`);
      }
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
