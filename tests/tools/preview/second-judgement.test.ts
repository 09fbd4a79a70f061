/** Documents that are unknown only because AWS assigns an ARN, a name or an id: the packs judge them before they exist. */
import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";

import { type PolicyVerdict, UNKNOWN } from "../../../analysis/plan/model";
import { arnOf } from "../../../analysis/rights/targets";
import { merged } from "../../../tools/preview/engine/second-judgement";
import type { Plan } from "../../../tools/preview/index";
import { renderText } from "../../../tools/report/text";
import { folder, inOwnFolder, preview } from "./foreign-support";

const PACK = path.join(__dirname, "..", "..", "..", "policy-pack");
const OPTIONS = {
  policyPacks: [PACK],
  policyPackConfigs: [path.join(PACK, "profiles", "baseline.json")],
  config: { "aws:region": "eu-west-1" },
};

const START = `import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import * as fs from "node:fs";
import { execSync } from "node:child_process";
const bucket = new aws.s3.Bucket("site");
const statement = (resource: any, more = {}) =>
  ({ Effect: "Allow", Principal: "*", Action: "s3:GetObject", Resource: resource, ...more });
const text = (resource: string, more = {}) =>
  JSON.stringify({ Version: "2012-10-17", Statement: [statement(resource, more)] });
const attach = (name: string, policy: pulumi.Input<string>) =>
  new aws.s3.BucketPolicy(name, { bucket: bucket.id, policy });
`;

const judged = (name: string, text: string): Promise<Plan> =>
  preview(name, { "index.ts": START + text }, OPTIONS);

const nameOf = ({ urn = "" }: { urn?: string }) => urn.split("::").at(-1)!;

const of = (entries: readonly { policy: string; urn?: string }[], policy: string) =>
  entries.filter((one) => one.policy === policy).map(nameOf);

describe("a document with what AWS assigns", () => {
  inOwnFolder();

  it("is judged before it exists, as programs usually write it, and stays unknown in the plan", async () => {
    const plan = await judged(
      "public",
      `attach("apply", bucket.arn.apply((arn) => text(arn + "/*")));
      attach("all", pulumi.all([bucket.arn, bucket.id]).apply(([arn]) => text(arn + "/*")));
      attach("id", pulumi.interpolate\`{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "s3:*", "Resource": "arn:aws:s3:::\${bucket.id}/*"}]}\`);
      attach("stringify", pulumi.jsonStringify({ Version: "2012-10-17", Statement: [statement(pulumi.interpolate\`\${bucket.arn}/*\`)] }));
      attach("document", aws.iam.getPolicyDocumentOutput({ statements: [{ principals: [{ type: "*", identifiers: ["*"] }], actions: ["s3:GetObject"], resources: [bucket.arn] }] }).json);
      attach("named", bucket.arn.apply((arn) => text(arn, { Principal: { Service: "cloudtrail.amazonaws.com" }, Condition: { StringEquals: { "aws:SourceArn": arn } } })));
      `,
    );
    const { violations, undecided } = plan.policies;
    const names = ["all", "apply", "document", "id", "stringify"];
    assert.deepEqual(of(violations, "s3-policy-not-public"), names);
    assert.deepEqual(undecided, []);
    const policies = plan.resources.filter(({ type }) => type.endsWith(":BucketPolicy"));
    assert.deepEqual(new Set(policies.map(({ inputs }) => inputs.policy)), new Set([UNKNOWN]));
  });

  it("knows the issuer of an identity provider that the program creates, by its address", async () => {
    const plan = await judged(
      "tokens",
      `const GITHUB = "token.actions.githubusercontent.com";
      const aud = { [GITHUB + ":aud"]: "sts.amazonaws.com" };
      const sub = (value: string) => ({ StringEquals: aud, StringLike: { [GITHUB + ":sub"]: value } });
      const provider = (name: string, url: pulumi.Input<string>) => new aws.iam.OpenIdConnectProvider(name, { url, clientIdLists: ["sts.amazonaws.com"] });
      const allow = (Federated: string, Condition: object, how = "WebIdentity") => ({ Version: "2012-10-17", Statement: [{ Effect: "Allow", Principal: { Federated }, Action: "sts:AssumeRoleWith" + how, Condition }] });
      const role = (name: string, of: { arn: pulumi.Output<string> }, condition: object, how?: string) =>
        new aws.iam.Role(name, { assumeRolePolicy: of.arn.apply((arn) => JSON.stringify(allow(arn, condition, how))) });
      const github = provider("github", "https://" + GITHUB);
      role("none", github, { StringEquals: aud });
      role("any", github, sub("repo:*"));
      role("owner", github, sub("repo:acme*"));
      role("repository", github, sub("repo:*/infra:*"));
      role("environment", github, sub("*:environment:prod"));
      role("optional", github, { StringLikeIfExists: { [GITHUB + ":sub"]: "*" } });
      role("ours", github, sub("repo:acme/*"));
      role("main", github, sub("repo:acme/infra:ref:refs/heads/main"));
      new aws.iam.Role("stringify", { assumeRolePolicy: pulumi.jsonStringify({ Version: "2012-10-17", Statement: [{ Effect: "Allow", Principal: { Federated: github.arn }, Action: "sts:AssumeRoleWithWebIdentity", Condition: { StringEquals: aud } }] }) });
      new aws.iam.Role("document", { assumeRolePolicy: aws.iam.getPolicyDocumentOutput({ statements: [{ actions: ["sts:AssumeRoleWithWebIdentity"], principals: [{ type: "Federated", identifiers: [github.arn] }], conditions: [{ test: "StringEquals", variable: GITHUB + ":aud", values: ["sts.amazonaws.com"] }] }] }).json });
      role("gitlab", provider("gitlab", "https://gitlab.com"), { StringEquals: { "gitlab.com:aud": "https://gitlab.com" } });
      role("saml", new aws.iam.SamlProvider("saml", { samlMetadataDocument: "<a/>" }), { StringEquals: { "SAML:aud": "https://signin.aws.amazon.com/saml" } }, "SAML");
      const cluster = new aws.eks.Cluster("cluster", { roleArn: bucket.arn, vpcConfig: { subnetIds: [] } });
      const pods = provider("pods", cluster.identities[0].oidcs[0].issuer);
      new aws.iam.Role("pods", { assumeRolePolicy: pulumi.all([pods.arn, pods.url]).apply(([arn, url]) => JSON.stringify(allow(arn, { StringEquals: { [url.replace("https://", "") + ":sub"]: "system:serviceaccount:a:b" } }))) });
      const later = provider("later", bucket.id.apply((id) => "https://" + id));
      role("unknown", later, { StringEquals: aud });
      role("unknown-main", later, sub("repo:acme/infra:ref:refs/heads/main"));
      `,
    );
    const { violations, undecided } = plan.policies;
    const open = ["any", "document", "environment", "gitlab", "none", "optional", "owner"];
    const rest = ["repository", "stringify"];
    assert.deepEqual(of(violations, "iam-trust-not-open"), [...open, ...rest]);
    assert.deepEqual(of(undecided, "iam-trust-not-open"), ["unknown"]);
  });

  it("stays undecided where a principal comes from elsewhere; its own account is none of a stranger", async () => {
    const { violations, undecided } = (
      await judged(
        "elsewhere",
        `const other = new pulumi.StackReference("organization/other/dev").getOutput("role");
        attach("other", pulumi.all([bucket.arn, other]).apply(([arn, AWS]) => text(arn, { Principal: { AWS } })));
        const account = aws.getCallerIdentityOutput().accountId;
        const caller = aws.getCallerIdentityOutput().apply(({ accountId }) => accountId);
        attach("caller", pulumi.all([bucket.arn, caller]).apply(([arn, id]) => text(arn, { Principal: { AWS: \`arn:aws:iam::\${id}:root\` } })));
        attach("role", pulumi.all([bucket.arn, aws.getCallerIdentityOutput()]).apply(([resource, { arn }]) => text(resource, { Principal: { AWS: arn } })));
        attach("own", pulumi.all([bucket.arn, account]).apply(([arn, id]) => text(arn, { Principal: { AWS: \`arn:aws:iam::\${id}:root\` } })));
        `,
      )
    ).policies;
    assert.deepEqual(of(undecided, "s3-policy-not-public"), ["other", "role"]);
    assert.deepEqual(of(violations, "s3-policy-not-public"), []);
    assert.deepEqual(of(violations, "s3-policy-no-foreign-account"), []);
    assert.deepEqual(of(undecided, "s3-policy-no-foreign-account"), ["other"]);
  });

  it("leaves undecided whether a named account is the stack's own, where no setting names that one", async () => {
    const program = `const topic = new aws.sns.Topic("topic");
      const root = (id: string) => ({ AWS: "arn:aws:iam::" + id + ":root" });
      const change = { Action: "s3:PutBucketPolicy" };
      const publish = { Action: "sns:Publish" };
      for (const id of ["999988887777", "123456789012"]) {
        attach("bucket-" + id, bucket.arn.apply((arn) => text(arn, { ...change, Principal: root(id) })));
        new aws.sns.TopicPolicy("topic-" + id, { arn: topic.arn, policy: topic.arn.apply((arn) => text(arn, { ...publish, Principal: root(id) })) });
      }`;
    const files = { "index.ts": START + program };
    const accounts = ["123456789012", "999988887777"];
    const RULES = ["s3-policy-no-foreign-account", "sns-policy-not-public"];
    const options = { policyPacks: [PACK], config: OPTIONS.config };
    const open = (await preview("account", files, options)).policies;
    const kinds = ["bucket", "topic"];
    for (const [index, rule] of RULES.entries()) {
      assert.deepEqual(of(open.violations, rule), [], rule);
      const names = accounts.map((id) => `${kinds[index]}-${id}`);
      assert.deepEqual([...new Set(of(open.undecided, rule))], names, rule);
    }
    const config = { ...OPTIONS.config, "aws:allowedAccountIds": '["123456789012"]' };
    const named = (await preview("account-named", files, { ...options, config })).policies;
    for (const [index, rule] of RULES.entries()) {
      assert.deepEqual(of(named.violations, rule), [`${kinds[index]}-999988887777`], rule);
    }
  });

  it("runs callbacks only to compute: no process, no file, no resource, no failure", async () => {
    const written = (name: string) => path.join(folder, name);
    const plan = await judged(
      "effects",
      `attach("public", bucket.arn.apply((arn) => text(arn)));
      bucket.id.apply((id) => fs.writeFileSync(${JSON.stringify(written("file"))}, id));
      `,
    );
    assert.ok(!fs.existsSync(written("file")));
    assert.deepEqual(of(plan.policies.undecided, "s3-policy-not-public"), ["public"]);
    const started = await judged(
      "process",
      `attach("public", bucket.arn.apply((arn) => text(arn)));
      bucket.id.apply((id) => { try { execSync(${JSON.stringify(`touch ${written("other")}`)}); } catch {} });
      bucket.id.apply((id) => { new aws.s3.Bucket("inside"); });
      `,
    );
    assert.ok(!fs.existsSync(written("other")));
    assert.deepEqual(of(started.policies.violations, "s3-policy-not-public"), ["public"]);
    assert.ok(!started.resources.some(({ name }) => name === "inside"));
    assert.ok(!started.policies.violations.some((one) => nameOf(one) === "inside"));
  });

  it("is judged without what AWS assigns in an environment, which is no secret unless its name says so", async () => {
    const { violations, undecided } = (
      await judged(
        "environment",
        `const container = (name: string, value: pulumi.Output<string>) => ({ name, image: "nginx@sha256:" + "0".repeat(64), environment: [{ name: "BUCKET", value: bucket.id }, { name, value }] });
        const task = (name: string, value = bucket.arn) => new aws.ecs.TaskDefinition(name, { family: name, containerDefinitions: pulumi.jsonStringify([container(name, value)]) });
        task("PLACE");
        task("API_TOKEN");
        `,
      )
    ).policies;
    assert.deepEqual(of(violations, "ecs-task-no-env-secrets"), ["API_TOKEN"]);
    assert.deepEqual(undecided, []);
  });

  it("knows the first of a list that AWS returns, and neither its numbers, nor the others, nor how many there are", async () => {
    const { violations, undecided } = (
      await judged(
        "list",
        `const cache = new aws.elasticache.Cluster("cache", { engine: "redis", nodeType: "cache.t4g.micro", numCacheNodes: 1 });
        const task = (name: string, key: string, value: pulumi.Input<string>) => new aws.ecs.TaskDefinition(name, { family: name, containerDefinitions: pulumi.jsonStringify([{ name, image: "nginx@sha256:" + "0".repeat(64), environment: [{ name: key, value }] }]) });
        task("first", "HOST", cache.cacheNodes[0].address);
        task("secret", "API_TOKEN", cache.cacheNodes[0].address);
        task("second", "HOST", cache.cacheNodes[1].address);
        task("port", "PORT", cache.cacheNodes[0].port.apply(String));
        task("all", "HOSTS", cache.cacheNodes.apply((nodes) => nodes.map((node) => node.address).join()));
        task("length", "COUNT", cache.cacheNodes.length.apply(String));
        attach("policy", pulumi.all([bucket.arn, cache.cacheNodes.length]).apply(([arn, count]) => text(arn, count === 1 ? {} : { Principal: { Service: "cloudtrail.amazonaws.com" } })));
        `,
      )
    ).policies;
    assert.deepEqual(of(violations, "ecs-task-no-env-secrets"), ["secret"]);
    const open = ["all", "length", "port", "second"];
    assert.deepEqual(of(undecided, "ecs-task-no-env-secrets"), open);
    assert.deepEqual(of(undecided, "s3-policy-not-public"), ["policy"]);
  });

  it("is judged where a component of awsx makes it: the policies of a trail's bucket and role", async () => {
    const { violations, undecided } = (
      await judged(
        "trail",
        `import * as awsx from "@pulumi/awsx";
        new awsx.cloudtrail.Trail("trail", { cloudWatchLogsGroup: { enable: true } });
        `,
      )
    ).policies;
    assert.deepEqual(undecided, []);
    // The service may write for any account's trail: IAM User Guide, The confused deputy problem.
    assert.deepEqual(of(violations, "s3-policy-not-public"), []);
  });

  it("shows no secret that is in it", async () => {
    const plan = await judged(
      "secret",
      `const secret = pulumi.secret("hunter2-planted");
      attach("public", pulumi.all([bucket.arn, secret]).apply(([arn, key]) => text(arn + "/" + key)));
      new aws.lambda.Function("function", { role: bucket.arn, environment: { variables: { KEY: pulumi.interpolate\`\${bucket.id}-\${secret}\` } } });
      `,
    );
    assert.deepEqual(of(plan.policies.violations, "s3-policy-not-public"), ["public"]);
    assert.ok(!JSON.stringify(plan.policies).includes("hunter2"));
  });
});

describe("the types of a plan that no rule judges", () => {
  inOwnFolder();
  const program = `const vpc = new aws.ec2.Vpc("vpc", { cidrBlock: "10.0.0.0/16" });
    new aws.ec2.InternetGateway("gateway", { vpcId: vpc.id });`;

  it("are named where the details of a plan are asked for", async () => {
    const plan = await preview(
      "unjudged",
      { "index.ts": START + program },
      { ...OPTIONS, unjudged: true },
    );
    assert.deepEqual(
      plan.policies.packs.map(({ unjudged }) => unjudged),
      [["aws:ec2/internetGateway:InternetGateway"]],
    );
    assert.match(
      renderText(plan, { width: 100, color: false }),
      /not judged by any rule: aws:ec2\/internetGateway:InternetGateway/,
    );
  });
});

describe("the second evaluation's findings", () => {
  const verdict = (parts: Partial<PolicyVerdict>): PolicyVerdict => ({
    ...{ packs: [], violations: [], undecided: [], remediations: [], ...parts },
  });
  const about = (policy: string, urn: string) => ({ pack: "p", policy, urn, message: "m" });
  const violation = (policy: string, urn: string) => ({
    ...about(policy, urn),
    enforcementLevel: "mandatory" as const,
  });

  it("replace only what was undecided, and only of resources that it has seen", () => {
    const first = verdict({
      violations: [violation("decided", "a")],
      undecided: [about("open", "a"), about("open", "b"), about("open", "gone")],
    });
    const second = verdict({
      violations: [violation("decided", "b"), violation("open", "a"), violation("open", "new")],
    });
    assert.deepEqual(
      merged(first, second, new Set(["a", "b", "new"])),
      verdict({
        violations: [violation("decided", "a"), violation("open", "a")],
        undecided: [about("open", "gone")],
      }),
    );
  });
});

describe("the ARN of a planned resource", () => {
  const home = { partition: "aws", region: "eu-west-1", account: "111122223333" };
  // Each from the service's own page of the Service Authorization Reference.
  const FORMS: readonly [string, Record<string, string>, string | undefined][] = [
    ["aws:s3/bucket:Bucket", { bucket: "logs" }, "arn:aws:s3:::logs"],
    ["aws:s3/bucket:Bucket", {}, "arn:aws:s3:::(aws)"],
    ["aws:sqs/queue:Queue", { name: "in" }, "arn:aws:sqs:eu-west-1:111122223333:in"],
    ["aws:sns/topic:Topic", {}, "arn:aws:sns:eu-west-1:111122223333:(aws)"],
    ["aws:iam/role:Role", { name: "task" }, "arn:aws:iam::111122223333:role/task"],
    [
      "aws:iam/openIdConnectProvider:OpenIdConnectProvider",
      { url: "https://oidc.eks.eu-west-1.amazonaws.com/id/A" },
      "arn:aws:iam::111122223333:oidc-provider/oidc.eks.eu-west-1.amazonaws.com/id/A",
    ],
    [
      "aws:iam/samlProvider:SamlProvider",
      { name: "staff" },
      "arn:aws:iam::111122223333:saml-provider/staff",
    ],
    ["aws:kms/key:Key", {}, "arn:aws:kms:eu-west-1:111122223333:key/(aws)"],
    ["aws:elsewhere/thing:Thing", {}, undefined],
  ];

  it("has the form of its service, with the name that the program gives", () => {
    for (const [type, inputs, arn] of FORMS) {
      assert.equal(arnOf({ type, inputs }, home, "(aws)"), arn);
    }
  });
});
