/** Programs as other people write them, each of one kind: written into a folder of their own and previewed from there. */
import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";

import { type PlannedResource, UNKNOWN } from "../../../analysis/plan/model";
import { secret } from "../../../analysis/plan/values";
import { type Plan, type PreviewOptions, previewStack } from "../../../tools/preview/index";
import {
  failed,
  failure,
  folder,
  inOwnFolder,
  PACKAGES,
  preview,
  previewed,
  said,
  written,
} from "./foreign-support";

const find = (plan: Plan, name: string): PlannedResource =>
  plan.resources.find((one) => one.name === name) ?? assert.fail(`${name} is not registered`);
const PACK = path.join(__dirname, "fixtures", "pack");

const AWS = 'import * as aws from "@pulumi/aws";\nimport * as pulumi from "@pulumi/pulumi";\n';

const ANSWERS = `- call: aws:ec2/getAmi:getAmi
  with: { mostRecent: true, owners: [amazon] }
  result: { id: ami-0123, name: al2023-ami, tags: { made: today } }
`;

describe("programs of other people", () => {
  inOwnFolder();

  it("data sources: what they wait for is unknown, is handed on, and is answered from a file", async () => {
    const text = `${AWS}
      export = async () => {
        const ami = await aws.ec2.getAmi({ owners: ["amazon"], mostRecent: true });
        const zones = await aws.getAvailabilityZones();
        const roles = aws.iam.getPolicyDocumentOutput({ statements: [{ actions: ["s3:*"], resources: ["*"] }] });
        new aws.ec2.Instance("web", {
          ami: ami.id, userData: \`#!\${ami.name.split("-")[0]}\`, availabilityZone: zones.names[1],
          tags: { ...ami.tags },
        });
        return { policy: roles.minifiedJson, spread: { ...ami } };
      };`;
    const files = { "index.ts": text, "answers.yaml": ANSWERS };
    const plan = await preview("data", files);
    const { ami, userData, availabilityZone } = find(plan, "web").inputs;
    assert.deepEqual([ami, userData, availabilityZone], [UNKNOWN, UNKNOWN, "us-east-1b"]);
    assert.match(String(plan.outputs.policy), /^\{"Version":"2012-10-17","Statement":\[/);
    assert.equal(plan.stack, "dev");
    assert.match(said(plan), /- call: aws:ec2\/getAmi:getAmi/);
    const answered = await preview("data", files, { answers: "answers.yaml" });
    assert.equal(find(answered, "web").inputs.ami, "ami-0123");
    assert.equal(find(answered, "web").inputs.userData, "#!al2023");
    assert.doesNotMatch(said(answered), /getAmi/);
  });

  it("data sources: a program that decides by an unknown value ends with the call's own line", async () => {
    const { failures } = await failure("decides", {
      "index.ts": `${AWS}
export = async () => {
  const { ids } = await aws.ec2.getVpcs();
  for (const id of ids) new aws.ec2.InternetGateway(id, { vpcId: id });
};`,
    });
    assert.equal(failures.length, 1);
    assert.match(
      failures[0]!.message,
      /^the program goes through the items of aws:ec2\/getVpcs:getVpcs, which has no answer .* --answers FILE$/,
    );
    assert.ok(failures[0]!.frames.some((frame) => /decides\/index\.ts:5:\d+/.test(frame)));
  });

  it("remote components are planned, with unknown outputs; secrets and dependencies stay", async () => {
    const plan = await preview("remote", {
      "index.ts": `${AWS}
        class Cluster extends pulumi.ComponentResource {
          readonly endpoint!: pulumi.Output<string>;
          readonly password!: pulumi.Output<string>;
          constructor(name: string, args: pulumi.Inputs) {
            super("elsewhere:index:Cluster", name, { endpoint: undefined, ...args }, {}, true);
          }
          kubeconfig() {
            return pulumi.runtime.call("elsewhere:index:Cluster/kubeconfig", { __self__: this }, this);
          }
        }
        const cluster = new Cluster("cluster", { password: pulumi.secret("hunter2") });
        const config = cluster.kubeconfig() as pulumi.Output<{ raw: string }>;
        new aws.sns.Topic("one", { displayName: cluster.endpoint });
        new aws.sns.Topic("two", { displayName: cluster.password });
        new aws.sns.Topic("three", { displayName: config.raw });`,
    });
    const cluster = find(plan, "cluster");
    assert.equal(cluster.remote, true);
    assert.equal(find(plan, "one").inputs.displayName, UNKNOWN);
    assert.deepEqual(find(plan, "one").propertyDependencies.displayName, [cluster.urn]);
    assert.deepEqual(find(plan, "two").inputs.displayName, secret(UNKNOWN));
    assert.equal(find(plan, "three").inputs.displayName, UNKNOWN);
    assert.match(said(plan), /outputs unknown: elsewhere:index:Cluster \(cluster\)/);
    assert.match(said(plan), /- call: elsewhere:index:Cluster\/kubeconfig/);
    assert.equal(JSON.stringify(plan.diagnostics).includes("hunter2"), false);
  });

  it("a VPC without zones takes those of its region, and the warning says so", async () => {
    const plan = await preview("vpc", {
      "index.ts": 'import * as awsx from "@pulumi/awsx";\nnew awsx.ec2.Vpc("v");\n',
      "Pulumi.test.yaml": "config: { 'aws:region': ap-northeast-1 }\n",
    });
    const zones = plan.resources
      .filter(({ type }) => type === "aws:ec2/subnet:Subnet")
      .map(({ inputs }) => String(inputs.availabilityZone));
    assert.deepEqual(
      [...new Set(zones)],
      ["a", "c", "d"].map((end) => `ap-northeast-1${end}`),
    );
    assert.match(said(plan), /^assumed: awsx\.ec2\.Vpc "v" finds ap-northeast-1a/);
  });

  it("stack references are unknown, or answered by a section of the stack file", async () => {
    const files = {
      "index.ts": `${AWS}
        const network = new pulumi.StackReference("team/network/dev");
        export const vpc = network.getOutput("vpcId");
        export const needed = network.requireOutput("vpcId");
        export const waited = network.getOutputValue("vpcId");
        export const details = network.getOutputDetails("vpcId");`,
    };
    const plan = await preview("reference", files);
    const { vpc, needed, waited } = plan.outputs;
    assert.deepEqual([vpc, needed, waited], [UNKNOWN, UNKNOWN, UNKNOWN]);
    assert.match(said(plan), /with: \{"name":"team\/network\/dev"\}/);
    const answers = `config:
  preview:answers:
    - call: pulumi:pulumi:StackReference
      with: { name: team/network/dev }
      result: { vpcId: vpc-1 }
`;
    const answered = await preview("reference", { ...files, "Pulumi.dev.yaml": answers });
    assert.deepEqual(answered.outputs, {
      ...{ vpc: "vpc-1", needed: "vpc-1", waited: "vpc-1" },
      details: { value: "vpc-1" },
    });
    fs.rmSync(path.join(folder, "reference", "Pulumi.dev.yaml"));
  });

  it("existing resources, dynamic providers, other clouds and aliases are planned alike", async () => {
    const plan = await preview("others", {
      "index.ts": `${AWS}
        const vpc = aws.ec2.Vpc.get("old", "vpc-1");
        new aws.ec2.InternetGateway("gateway", { vpcId: vpc.id }, { aliases: [{ name: "door" }] });
        const made = new pulumi.dynamic.Resource({ create: async () => ({ id: "1", outs: {} }) }, "made", { size: 1 });
        class Zone extends pulumi.CustomResource {
          constructor(name: string) { super("cloudflare:index/zone:Zone", name, { status: undefined }); }
        }
        new aws.sns.Topic("id", { displayName: made.id });
        export const status = (new Zone("zone") as unknown as { status: pulumi.Output<string> }).status;`,
    });
    assert.equal(find(plan, "old").external, true);
    assert.equal(find(plan, "gateway").inputs.vpcId, "vpc-1");
    assert.equal(find(plan, "gateway").aliases.length, 1);
    assert.equal(find(plan, "id").inputs.displayName, UNKNOWN);
    assert.equal(plan.outputs.status, UNKNOWN);
  });

  it("an SDK of 2023 runs: without newer fields and the last question to the engine, and without TypeScript beside it", async () => {
    const root = written(
      "old",
      {
        "index.js": `const pulumi = require("@pulumi/pulumi");
          class Made extends pulumi.dynamic.Resource {}
          new Made({ create: async () => ({ id: "1", outs: {} }) }, "made", { secret: pulumi.secret("hunter2") });
          exports.done = new pulumi.ComponentResource("my:index:Site", "site", {}, { aliases: [{ name: "old" }] }).urn;`,
      },
      fs.readdirSync(PACKAGES).filter((name) => !/^(@pulumi|typescript|\..*)$/.test(name)),
    );
    const sdk = path.join(root, "node_modules", "@pulumi", "pulumi");
    fs.cpSync(path.join(PACKAGES, "@pulumi", "pulumi"), sdk, { recursive: true });
    const change = (file: string, text: string) =>
      fs.appendFileSync(path.join(sdk, file), `\n${text}\n`);
    const check = async (options: PreviewOptions) => {
      const plan = await previewed(root, options);
      const names = plan.resources.map(({ name }) => name).sort();
      assert.deepEqual(names, ["made", "old-dev", "site"]);
      assert.deepEqual(find(plan, "made").inputs.secret, secret("hunter2"));
      assert.match(String(plan.outputs.done), /my:index:Site::site$/);
    };
    change(
      "proto/resource_grpc_pb.js",
      "delete exports.ResourceMonitorService.signalAndWaitForShutdown;",
    );
    change("runtime/settings.js", "exports.signalAndWaitForShutdown = async () => {};");
    await check({ plain: true });
    change(
      "proto/resource_pb.js",
      `for (const name of ["TransformsList", "Hooks", "ReplaceWithList", "Sourceposition", "AliasesList"]) {
        delete exports.RegisterResourceRequest.prototype["get" + name];
      }`,
    );
    await check({});
  });

  it("packages without node_modules: those that Yarn's .pnp.cjs of the workspace finds", async () => {
    const hook = `const Module = require("node:module");
      const resolve = Module._resolveFilename;
      const theirs = Module.createRequire(${JSON.stringify(path.join(PACKAGES, "x.js"))});
      Module._resolveFilename = function (request, parent, ...rest) {
        const isOurs = parent?.filename?.startsWith(__dirname) && !/^[./]|^node:/.test(request);
        return isOurs ? theirs.resolve(request) : resolve.call(this, request, parent, ...rest);
      };`;
    const workspace = path.join(folder, "yarn");
    fs.mkdirSync(workspace);
    fs.writeFileSync(path.join(workspace, ".pnp.cjs"), hook);
    const program = `const aws = require("@pulumi/aws");
      new aws.sns.Topic("topic");
      exports.stack = require("@pulumi/pulumi").getStack();`;
    const root = written("yarn/infra", { "index.js": program }, []);
    // Where tools keep their caches.
    fs.mkdirSync(path.join(root, "node_modules", ".cache"), { recursive: true });
    for (const plain of [false, true]) {
      const plan = await previewed(root, { plain });
      assert.equal(find(plan, "topic").custom, true);
      assert.equal(plan.outputs.stack, "dev");
    }
  });

  it("an ES module program runs: top-level await, .js for .ts, its places in the sources", async () => {
    const plan = await preview("modules", {
      "package.json": '{ "type": "module", "main": "src/main.ts" }',
      "tsconfig.json": '{ "compilerOptions": { "module": "nodenext", } /* ours */ }',
      "src/names.ts": "export const nameOf = (what: string): string => `shop-${what}`;\n",
      "src/data.json": '{ "size": 3 }',
      "src/main.ts": `import * as aws from "@pulumi/aws";
import { nameOf } from "./names.js";
const suffix: string = await Promise.resolve("topic");
new aws.sns.Topic(nameOf(suffix));
export const here = import.meta.url.endsWith("src/main.ts");
import data from "./data.json" with { type: "json" };
const again = await import("./data.json", { with: { type: "json" } });
export const sizes = [data.size, again.default.size];
`,
    });
    assert.equal(find(plan, "shop-topic").source, "src/main.ts:4:1");
    assert.equal(plan.outputs.here, true);
    assert.deepEqual(plan.outputs.sizes, [3, 3]);
  });

  it("a mistake in an ES module, or in JSX, has its place in the sources, with a pack too", async () => {
    const long = "interface Gone { a: string }\n".repeat(9);
    const root = written("mistakes", {
      "package.json": '{ "type": "module", "main": "main.ts" }',
      "main.ts": `import { fail } from "./fail.js";\n${long}fail();\n`,
      "fail.ts": `${long}export function fail(): never {\n  throw new Error("wrong");\n}\n`,
    });
    const jsx = written("mistakes-jsx", {
      "tsconfig.json": '{ "compilerOptions": { "jsx": "react-jsx" } }',
      "fail.tsx": `${long}export function fail(): never {\n  throw new Error("wrong");\n}\n`,
      "index.ts": `import { fail } from "./fail";\n${long}fail();\n`,
    });
    for (const [cwd, file, entry] of [
      [root, "fail.ts", "main.ts"],
      [jsx, "fail.tsx", "index.ts"],
    ] as const) {
      for (const policyPacks of [[], [path.join(PACKAGES, "..", "policy-pack")]]) {
        const error = await failed(cwd, { policyPacks });
        const places = error.failures[0]!.frames?.map((frame) => frame.replace(/.*\/(?=\w)/, ""));
        assert.deepEqual(places, [`${file}:11:9 (fail)`, `${entry}:11:1`], String(policyPacks));
      }
    }
  });

  it("a setting that a pack does not declare is the pack's, and is refused of this tool's own pack", async () => {
    const root = written("packs", {
      "index.ts": "export {};\n",
      "settings.json": '{ "bucket-name-length": { "maximmum": 9 }, "none": "advisory" }',
      "mistyped.json": '{ "log-group-retention": { "minimmumDays": 9 } }',
    });
    const configured = (pack: string, file: string) => ({
      policyPacks: [pack],
      policyPackConfigs: [path.join(root, file)],
    });
    const other = await previewed(root, configured(PACK, "settings.json"));
    assert.equal(other.policies.packs[0]!.name, "sample-pack");
    const own = path.join(PACKAGES, "..", "policy-pack");
    const { message } = await failed(root, configured(own, "mistyped.json"));
    assert.match(message, /log-group-retention\.minimmumDays: there is no such key/);
  });

  it("the project's own arguments for node are read in the program's folder", async () => {
    const plan = await preview("nodeargs", {
      "Pulumi.yaml":
        "name: nodeargs\nruntime: { name: nodejs, options: { nodeargs: --require ./hook.js } }\n",
      "hook.js": "globalThis.hooked = true;\n",
      "index.ts": "export const hooked = (globalThis as { hooked?: boolean }).hooked;\n",
    });
    assert.equal(plan.outputs.hooked, true);
  });

  it("functions become code, and find the modules that they refer to", async () => {
    const plan = await preview("functions", {
      "index.ts": `${AWS}import S3, * as sdk from "@aws-sdk/client-s3";
import { nameOf } from "./names";
const bucket = new aws.s3.Bucket("things");
bucket.onObjectCreated("made", async (event) => {
  console.log(nameOf(JSON.parse("1")), bucket.id.get(), new sdk.S3Client({}), S3, event);
});
`,
      "names.ts":
        'import * as path from "node:path";\nexport const nameOf = (n: number) => path.join("a", String(n));\n',
    });
    const { code } = plan.resources.find(
      ({ type }) => type === "aws:lambda/function:Function",
    )!.inputs;
    const text = JSON.stringify(code);
    assert.match(text, /require\(.{1,3}@aws-sdk\/client-s3/);
    assert.match(text, /require\(.{1,3}(node:)?path/);
  });

  it("Pulumi.yaml's main, several projects below a folder, and packages in TypeScript of a workspace", async () => {
    const library = written("library", {
      "package.json": '{ "name": "library", "main": "index.ts" }',
      "index.ts": "export const size: number = 3;\n",
    });
    const root = written(
      "two/infra",
      {
        "Pulumi.yaml": "name: two-infra\nruntime: nodejs\nmain: src/\n",
        "src/index.ts": 'import { size } from "library";\nexport const big: number = size;\n',
      },
      ["@pulumi/pulumi"],
    );
    written("two/other", { "index.ts": "export const other = 1;\n" });
    fs.symlinkSync(library, path.join(root, "node_modules", "library"));
    const plan = await previewed(path.join(root, "src"));
    assert.deepEqual([plan.project, plan.outputs.big], ["two-infra", 3]);
  });

  it("a missing setting is told with what sets it for one preview", async () => {
    const text =
      'import * as pulumi from "@pulumi/pulumi";\nnew pulumi.Config("shop").require("size");\n';
    const { failures } = await failure("setting", { "index.ts": text });
    assert.match(failures[0]!.message, / -c shop:size=<value>$/);
  });

  it("a program without packages is told what installs them", async () => {
    const root = path.join(folder, "bare");
    fs.mkdirSync(root);
    fs.writeFileSync(path.join(root, "Pulumi.yaml"), "name: bare\nruntime: nodejs\n");
    fs.writeFileSync(path.join(root, "yarn.lock"), "");
    const expected = `run yarn install in ${path.relative(process.cwd(), root)}`;
    await assert.rejects(previewStack({ cwd: root, policyPacks: [] }), (error: Error) =>
      error.message.endsWith(expected),
    );
  });

  it("a failure is told by its cause, once, and what was planned before it is there", async () => {
    const error = await failure("fails", {
      "index.ts": `${AWS}
const first = new aws.sns.Topic("first");
const broken = pulumi.output(1).apply((): string => { throw new Error("no such size"); });
const second = new aws.sns.Topic("second", { displayName: broken });
new aws.sns.Topic("third", { displayName: second.arn });
new aws.sns.Topic("fourth", { displayName: second.name });
`,
    });
    assert.deepEqual(
      error.failures.map(({ message }) => message.split("\n")[0]),
      ["no such size"],
    );
    assert.ok(error.resources.some(({ name }) => name === "first"));
    assert.deepEqual(error.identity, { project: "fails", stack: "dev" });
  });
});
