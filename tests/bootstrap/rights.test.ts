/**
 * What the pipeline's roles may do, asked of the evaluator: with the policies, tags, aliases and names that are planned.
 * Which calls a role needs is AWS's and Pulumi's word, named at each test.
 */
import assert from "node:assert/strict";

import { callerOf, compilePolicy, type Context, evaluate, type Policy } from "../../analysis/iam";
import { deploy } from "../../bootstrap/rights";
import { managedPolicy } from "../../facts/managed-policies";
import type { Plan, PlannedResource } from "../../tools/preview/index";
import { pipelinePolicies } from "../support/bootstrap";
import { arns } from "../support/fixtures";
import { planOf } from "../support/plans";

const ACCOUNT = "123456789012";
const STACKS = ["staging", "production", "recovery"];

const tagsOf = ({ inputs }: PlannedResource) => inputs["tags"] as Record<string, string>;
const resourceTags = (resource: PlannedResource) =>
  Object.fromEntries(
    Object.entries(tagsOf(resource)).map(([tag, value]) => [`aws:ResourceTag/${tag}`, value]),
  );
const ofType = (plan: Plan, type: string) => plan.resources.filter((one) => one.type === type);

/** Alias of a planned key, whose component has both. */
const aliasOf = (plan: Plan, key: PlannedResource) =>
  ofType(plan, "aws:kms/alias:Alias").find(
    ({ parent, name }) => parent === key.parent && name === key.name,
  )!.inputs["name"] as string;

const regionOf = ({ inputs }: PlannedResource, home = "us-east-1") =>
  (inputs["region"] as string | undefined) ?? home;

const keyArn = (region: string) =>
  `arn:aws:kms:${region}:${ACCOUNT}:key/1234abcd-12ab-34cd-56ef-1234567890ab`;

describe("rights of the pipeline's roles", () => {
  it("reach the queues of a whole name that the stack lists, and no other", () => {
    const scope = {
      ...{ arns, prefix: "crm", buckets: ["crm-a"], queues: ["dlq-email"], regions: ["us-east-1"] },
      ...{ otherEnvironments: [], keyTags: {}, boundary: "b" },
    };
    const resources = Object.values(deploy(scope)).flatMap((statements) =>
      statements.flatMap((one) => [...(one.resources ?? [])]),
    );
    assert.deepEqual(
      resources.filter((one) => String(one).includes(":sqs:")),
      ["crm-*", "dlq-email"].map((name) => `arn:aws:sqs:us-east-1:${arns.accountId}:${name}`),
    );
  });

  // Lambda Developer Guide, "Create a Lambda function using a container image", Amazon ECR permissions.
  it("read the images of the repositories that the stack lists, and change none", () => {
    const repositories = ["team/core", "999988887777.dkr.ecr.us-east-1.amazonaws.com/crm-scans"];
    const scope = {
      ...{ arns, prefix: "crm-recovery", buckets: ["crm-a"], repositories },
      ...{ regions: ["us-west-2"], otherEnvironments: [], keyTags: {}, boundary: "b" },
    };
    const named = [
      `arn:aws:ecr:us-west-2:${arns.accountId}:repository/team/core`,
      "arn:aws:ecr:us-east-1:999988887777:repository/crm-scans",
    ];
    const of = Object.values(deploy(scope)).flat().filter((one) => one.resources?.includes(named[0]!)); // prettier-ignore
    assert.deepEqual(of.flatMap(({ actions }) => actions), ["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"]); // prettier-ignore
    assert.deepEqual(of.flatMap(({ resources }) => resources), named); // prettier-ignore
  });

  let bootstrap: Plan;
  before(async () => {
    bootstrap = await planOf("bootstrap");
  });

  const policiesOf = (role: string): Policy[] =>
    pipelinePolicies(bootstrap, role).map(({ name, inputs }) =>
      compilePolicy(JSON.parse(inputs["policy"] as string), "identity", name),
    );

  const verdict = (
    role: string,
    action: string,
    resource: string,
    context: Context = {},
    more: { readonly identity?: readonly Policy[]; readonly key?: unknown } = {},
  ) => {
    const caller = callerOf(`arn:aws:sts::${ACCOUNT}:assumed-role/${role}/run`)!;
    return evaluate(
      { caller, action, resource, context, resourceAccount: ACCOUNT },
      {
        identity: [...policiesOf(role), ...(more.identity ?? [])],
        ...(more.key !== undefined && {
          resource: compilePolicy(JSON.parse(more.key as string), "key"),
        }),
      },
    ).verdict;
  };

  const onKey = (plan: Plan, role: string, action: string, key: PlannedResource, home?: string) => {
    const region = regionOf(key, home);
    const context = {
      ...resourceTags(key),
      "kms:ResourceAliases": [aliasOf(plan, key)],
      "aws:RequestedRegion": region,
    };
    return verdict(role, action, keyArn(region), context, { key: key.inputs["policy"] });
  };
  const named = (name: string) =>
    ofType(bootstrap, "aws:kms/key:Key").find((key) => key.name === name)!;

  // Pulumi, "Using a DIY backend" and "Secrets": what a state file and an `awskms://` provider are asked for.
  describe("a deployment and its state", () => {
    const objects = (stack: string) =>
      [
        `stacks/crm/${stack}.json`,
        `history/crm/${stack}/${stack}-1.history.json`,
        `backups/crm/${stack}/${stack}.1.json`,
        `locks/organization/crm/${stack}/1.json`,
      ].map((file) => `arn:aws:s3:::crm-pulumi-state-${ACCOUNT}/.pulumi/${file}`);
    // S3 honours a bucket's tags where the bucket has them switched on (S3 User Guide, "Using tags with ... buckets").
    const bucketTags = () =>
      resourceTags(
        ofType(bootstrap, "aws:s3/bucket:Bucket").find(({ name }) => name === "crm-state")!,
      );

    for (const stack of STACKS) {
      const role = `crm-pipeline-${stack}`;
      const others = STACKS.filter((other) => other !== stack);

      it(`${stack} reads and writes its own, and lists`, () => {
        for (const object of objects(stack)) {
          for (const action of ["s3:GetObject", "s3:PutObject", "s3:DeleteObject"]) {
            assert.equal(verdict(role, action, object, bucketTags()), "allowed", object);
          }
        }
        const bucket = `arn:aws:s3:::crm-pulumi-state-${ACCOUNT}`;
        assert.equal(verdict(role, "s3:ListBucket", bucket, bucketTags()), "allowed");
        for (const action of ["kms:Decrypt", "kms:GenerateDataKey"]) {
          assert.equal(onKey(bootstrap, role, action, named("crm-state")), "allowed", action);
        }
      });

      it(`${stack} neither reads nor writes others'`, () => {
        for (const object of others.flatMap(objects)) {
          for (const action of ["s3:GetObject", "s3:PutObject", "s3:DeleteObject"]) {
            assert.equal(verdict(role, action, object, bucketTags()), "denied", object);
          }
        }
      });

      it(`${stack} uses the key of its own secrets and no other's`, () => {
        for (const action of ["kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey"]) {
          const may = (other: string) =>
            onKey(bootstrap, role, action, named(`crm-secrets-${other}`));
          assert.equal(may(stack), "allowed", action);
          for (const other of others) assert.equal(may(other), "denied", `${action}: ${other}`);
        }
      });
    }
  });

  const keyOf = (plan: Plan, resource: PlannedResource, property: string) => {
    const urns = resource.propertyDependencies[property] ?? [];
    return ofType(plan, "aws:kms/key:Key").find(({ urn }) => urns.includes(urn));
  };
  const homeOf = (plan: Plan) =>
    ofType(plan, "pulumi:providers:aws")[0]!.inputs["region"] as string;

  describe("the drift check", () => {
    const role = "crm-pipeline-drift";
    /** AWS's own policies that the role has, as AWS publishes them. */
    const attached = () =>
      ofType(bootstrap, "aws:iam/rolePolicyAttachment:RolePolicyAttachment")
        .filter(({ inputs }) => inputs["role"] === role)
        .flatMap(({ inputs }) => {
          const document = managedPolicy(String(inputs["policyArn"]));
          return document === undefined ? [] : [compilePolicy(document, "identity", "managed")];
        });
    const read = (arn: string) => verdict(role, "s3:GetObject", arn, {}, { identity: attached() });

    // pulumi/pulumi, pkg/backend/diy: meta.yaml says how the bucket is laid out, the checkpoint is the state, and
    // `pulumi stack history` lists and reads updates. A preview takes no lock.
    it("reads the state of every stack, its layout and its history, and writes none", () => {
      const bucket = `arn:aws:s3:::crm-pulumi-state-${ACCOUNT}`;
      const policy = ofType(bootstrap, "aws:s3/bucketPolicy:BucketPolicy").find(
        ({ inputs }) => inputs["bucket"] === `crm-pulumi-state-${ACCOUNT}`,
      )!.inputs["policy"];
      const ask = (action: string, arn: string) =>
        verdict(
          role,
          action,
          arn,
          { "aws:SecureTransport": "true", "s3:TlsVersion": "1.3" },
          { identity: attached(), key: policy },
        );
      for (const file of STACKS.flatMap((stack) => [
        `stacks/crm/${stack}.json`,
        `history/crm/${stack}/${stack}-1.history.json`,
        "meta.yaml",
      ])) {
        assert.equal(ask("s3:GetObject", `${bucket}/.pulumi/${file}`), "allowed", file);
        assert.equal(ask("s3:PutObject", `${bucket}/.pulumi/${file}`), "denied", file);
      }
      assert.equal(ask("s3:ListBucket", bucket), "allowed");
      const [state, staging] = [named("crm-state"), named("crm-secrets-staging")];
      for (const key of [state, staging]) {
        assert.equal(onKey(bootstrap, role, "kms:Decrypt", key), "allowed");
        assert.equal(onKey(bootstrap, role, "kms:Encrypt", key), "denied");
      }
    });

    // S3 API Reference, "HeadObject": it needs s3:GetObject. The provider reads an object so.
    it("reads the objects that stacks manage, and no others", async () => {
      let count = 0;
      for (const stack of STACKS) {
        const plan = await planOf(stack);
        for (const { inputs } of ofType(plan, "aws:s3/bucketObjectv2:BucketObjectv2")) {
          const bucket = `arn:aws:s3:::${String(inputs["bucket"])}`;
          const get = (key: unknown) => read(`${bucket}/${String(key)}`);
          assert.equal(get(inputs["key"]), "allowed", String(inputs["key"]));
          assert.equal(get("index.html"), "denied");
          count++;
        }
        for (const { inputs } of ofType(plan, "aws:s3/bucket:Bucket")) {
          const object = `arn:aws:s3:::${String(inputs["bucket"])}/customers.csv`;
          assert.equal(read(object), "denied");
        }
      }
      assert.ok(count > 1);
    });

    // Lambda Developer Guide, "Securing Lambda environment variables": with a customer managed key, a user who looks at
    // them needs kms:Decrypt. Lambda asks with the caller's rights (KMS Developer Guide, "kms:ViaService").
    it("decrypts functions' variables through Lambda alone, in every region of a stack", async () => {
      for (const stack of STACKS) {
        const plan = await planOf(stack);
        const home = homeOf(plan);
        const functions = ofType(plan, "aws:lambda/function:Function").filter(
          ({ inputs }) => inputs["kmsKeyArn"] !== undefined,
        );
        assert.ok(functions.length > 3);
        for (const one of functions) {
          const region = regionOf(one, home);
          const key = keyOf(plan, one, "kmsKeyArn")!;
          const decrypt = (service: string) => {
            const context = {
              "kms:ResourceAliases": [aliasOf(plan, key)],
              "kms:ViaService": `${service}.${region}.amazonaws.com`,
            };
            return verdict(role, "kms:Decrypt", keyArn(region), context, {
              key: key.inputs["policy"],
            });
          };
          assert.equal(decrypt("lambda"), "allowed", `${stack}: ${one.name}`);
          assert.equal(decrypt("sqs"), "denied", `${stack}: ${one.name}`);
        }
      }
    });

    // Secrets Manager User Guide, "Secret encryption and decryption": GetSecretValue decrypts as the caller.
    it("reads stacks' secrets in every region of a stack", async () => {
      for (const stack of STACKS) {
        const plan = await planOf(stack);
        const region = homeOf(plan);
        for (const { inputs } of ofType(plan, "aws:secretsmanager/secret:Secret")) {
          const arn = `arn:aws:secretsmanager:${region}:${ACCOUNT}:secret:${String(inputs["name"])}-AbCdEf`;
          assert.equal(verdict(role, "secretsmanager:GetSecretValue", arn), "allowed", arn);
        }
      }
    });
  });

  describe("a deployment and the keys that it makes", () => {
    // KMS Developer Guide, "Use aliases to control access": up to five minutes until an alias counts.
    const fresh = async (stack: string, use: (key: PlannedResource, home: string) => void) => {
      const plan = await planOf(stack);
      for (const key of ofType(plan, "aws:kms/key:Key")) use(key, homeOf(plan));
    };
    const ask = (stack: string, action: string, key: PlannedResource, home: string) => {
      const region = regionOf(key, home);
      return verdict(
        `crm-pipeline-${stack}`,
        action,
        keyArn(region),
        { ...resourceTags(key), "aws:RequestedRegion": region },
        { key: key.inputs["policy"] },
      );
    };

    // What AWS's handlers call on keys for the planned types (CloudFormation resource schemas): ECR and Backup
    // RetireGrant, Secrets Manager and Lambda Decrypt and GenerateDataKey, RDS and others CreateGrant, and a refresh
    // EnableKey. Route 53 Developer Guide, "KMS key policy ... for DNSSEC": who makes a key-signing key and Route 53
    // both need DescribeKey, GetPublicKey and Sign.
    const USES = [
      ...[
        "kms:CreateGrant",
        "kms:RetireGrant",
        "kms:Decrypt",
        "kms:Encrypt",
        "kms:GenerateDataKey",
      ],
      ...["kms:DescribeKey", "kms:EnableKey", "kms:EnableKeyRotation"],
    ];
    const SIGNING = ["kms:Sign", "kms:GetPublicKey", "kms:DescribeKey", "kms:CreateGrant"];

    it("uses each from the start, by its tags, before its alias counts", async () => {
      let signing = 0;
      for (const stack of STACKS) {
        await fresh(stack, (key, home) => {
          const signs = key.inputs["keyUsage"] === "SIGN_VERIFY";
          if (signs) signing++;
          for (const action of signs ? SIGNING : USES) {
            assert.equal(
              ask(stack, action, key, home),
              "allowed",
              `${stack}: ${key.name}: ${action}`,
            );
          }
        });
      }
      assert.ok(signing > 0);
    });

    it("uses none of another environment, and none without tags", async () => {
      for (const [stack, other] of [
        ["staging", "production"],
        ["production", "staging"],
      ] as const) {
        await fresh(other, (key, home) => {
          const bare = { ...key, inputs: { ...key.inputs, tags: {} } };
          for (const action of ["kms:CreateGrant", "kms:RetireGrant", "kms:Decrypt", "kms:Sign"]) {
            assert.equal(ask(stack, action, key, home), "denied", `${stack}: ${action}`);
            assert.equal(ask(stack, action, bare, home), "denied", `${stack}: ${action}`);
          }
        });
      }
    });
  });

  it("lets no deployment use the pipeline's keys beyond its own state and secrets", () => {
    for (const stack of STACKS) {
      for (const action of [
        "kms:Sign",
        "kms:CreateGrant",
        "kms:RetireGrant",
        "kms:ReEncryptFrom",
      ]) {
        for (const key of ofType(bootstrap, "aws:kms/key:Key")) {
          const role = `crm-pipeline-${stack}`;
          assert.equal(onKey(bootstrap, role, action, key), "denied", `${stack}: ${key.name}`);
        }
      }
    }
  });
});
