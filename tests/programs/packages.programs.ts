/** The workspaces as other teams get them: packed, and installed into projects that know nothing of this repository. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";

import { main, pack } from "../../operations/pack";
import { coverage, notApplicable } from "../../policy-pack/coverage";
import { execFileSync, spawnSync } from "../support/child";

const PACKAGES = path.join(__dirname, "..", "..", "node_modules");
const WORKSPACES = ["facts", "analysis", "policy-pack", "tools"] as const;
type Workspace = (typeof WORKSPACES)[number];

/** Another team's program: its key lacks rotation, and it spreads over two files. */
const PROGRAM = {
  "Pulumi.yaml": "name: shop\nruntime: nodejs\nmain: index.ts\n",
  "Pulumi.dev.yaml": "config: {}\n",
  "names.ts": "export const nameOf = (what: string): string => `shop-${what}`;\n",
  "index.ts": [
    'import * as aws from "@pulumi/aws";',
    'import { nameOf } from "./names";',
    'export const { arn } = new aws.kms.Key(nameOf("key"), { description: "orders" });',
  ].join("\n"),
};

/** What a program sees of the types, and one mistake that it has to see. */
const TYPED = [
  'import { criticalPath, type CriticalPath } from "@crm-on-aws/analysis/critical-path/critical-path";',
  'import { StackGraph } from "@crm-on-aws/analysis/graph";',
  'import { fargateMemories } from "@crm-on-aws/facts/fargate-sizes";',
  'import { previewStack, type Plan } from "@crm-on-aws/tools";',
  'import { renderText } from "@crm-on-aws/tools/report/text";',
  "export const memories: number[] = fargateMemories(256);",
  "export const path = (plan: Plan): CriticalPath => criticalPath(plan.resources);",
  "export const all = [previewStack, renderText, StackGraph.from([]).nodes.length];",
  "// @ts-expect-error: these are numbers",
  "export const wrong: string = fargateMemories(256);",
].join("\n");

interface Manifest {
  bin?: Record<string, string>;
  dependencies?: Record<string, string>;
  peerDependencies?: Record<string, string>;
}

/** Runs Node.js in a project that gets nothing of the environment of the tests. */
function node(project: string, args: readonly string[]) {
  const { PATH, HOME } = process.env;
  const env = { PATH, HOME, NO_COLOR: "1" };
  return spawnSync(process.execPath, args, { cwd: project, env, encoding: "utf8" });
}

/** What a script prints as JSON. */
function answerOf(project: string, script: string): unknown {
  const { stdout, stderr, status } = node(project, ["-e", script]);
  assert.equal(status, 0, stderr);
  return JSON.parse(stdout);
}

/** Variables that npm sets for the scripts that it runs. */
const OF_RUNNING_NPM =
  /^(npm_(package|lifecycle|command)|npm_config_(local|global)?_?prefix|INIT_CWD$)/;

/** What npm says of a registry that cannot be reached or lacks a version. */
const REGISTRY_FAULT =
  /npm error code (E[45]\d\d|ETARGET|ENOTFOUND|ECONN\w+|ETIMEDOUT|EAI_AGAIN|ERR_SOCKET_TIMEOUT|UNABLE_TO_\w+|SELF_SIGNED_\w+)/;

/** A workspace that npm looks for in the registry. */
const OWN_PACKAGE = /npm error 404[^\n]*@crm-on-aws/;

/** Packages of npm that a package names, its optional ones as well. */
const named = ({ dependencies, peerDependencies }: Manifest) =>
  Object.keys({ ...dependencies, ...peerDependencies });

describe("packages", () => {
  let directory: string;
  const files = new Map<Workspace, string>();
  before(() => {
    directory = fs.mkdtempSync(path.join(os.tmpdir(), "packages-"));
    for (const workspace of WORKSPACES) files.set(workspace, pack(workspace, directory));
  });
  after(() => fs.rmSync(directory, { recursive: true }));

  const folderOf = (project: string, workspace: Workspace) =>
    path.join(project, "node_modules", "@crm-on-aws", workspace);

  /** An empty project into which npm itself installs a package, with what it depends on: from npm's cache, else from the registry. */
  function npmInstall(name: string, workspace: Workspace) {
    const project = path.join(directory, name);
    fs.mkdirSync(project);
    fs.writeFileSync(path.join(project, "package.json"), '{ "name": "empty", "private": true }');
    // A machine's proxy, authorities and registry, but not the folders of the npm that runs these tests.
    const env = Object.fromEntries(
      Object.entries(process.env).filter(([variable]) => !OF_RUNNING_NPM.test(variable)),
    );
    const quietly = ["--prefer-offline", "--ignore-scripts", "--no-audit", "--no-fund"];
    const { status, stderr } = spawnSync("npm", ["install", ...quietly, files.get(workspace)!], {
      cwd: project,
      env,
      encoding: "utf8",
    });
    if (status !== 0 && REGISTRY_FAULT.test(stderr) && !OWN_PACKAGE.test(stderr)) {
      console.log(`npm's registry does not serve what ${workspace} depends on: ${stderr}`);
      return undefined;
    }
    assert.equal(status, 0, stderr);
    return project;
  }

  /** A project with these packages, and of npm's packages with those alone that they or the program name. */
  function install(
    name: string,
    workspaces: readonly Workspace[],
    program: readonly string[] = [],
  ) {
    const project = path.join(directory, name);
    const packages = path.join(project, "node_modules");
    const wanted = new Set(program);
    for (const workspace of workspaces) {
      const folder = folderOf(project, workspace);
      fs.mkdirSync(folder, { recursive: true });
      execFileSync("tar", ["-xzf", files.get(workspace)!, "-C", folder, "--strip-components=1"]);
      const manifest = manifestIn(folder);
      for (const dependency of named(manifest)) wanted.add(dependency);
      for (const [bin, target] of Object.entries(manifest.bin ?? {})) {
        fs.mkdirSync(path.join(packages, ".bin"), { recursive: true });
        fs.symlinkSync(path.join(folder, target), path.join(packages, ".bin", bin));
      }
    }
    for (const dependency of wanted) {
      const link = path.join(packages, dependency);
      fs.mkdirSync(path.dirname(link), { recursive: true });
      fs.symlinkSync(path.join(PACKAGES, dependency), link);
    }
    return project;
  }

  const manifestIn = (folder: string) =>
    JSON.parse(fs.readFileSync(path.join(folder, "package.json"), "utf8")) as Manifest;

  /** A package's files, relative to it. */
  const contents = (folder: string) =>
    fs
      .readdirSync(folder, { recursive: true, encoding: "utf8" })
      .filter((file) => fs.statSync(path.join(folder, file)).isFile());

  for (const workspace of WORKSPACES) {
    it(`${workspace}: has nothing but what runs, npm installs it into an empty project, and each module loads`, function () {
      const project = npmInstall(`alone-${workspace}`, workspace);
      if (project === undefined) return this.skip();
      const folder = folderOf(project, workspace);
      const all = contents(folder);
      assert.ok(all.includes("README.md") && all.includes("LICENSE"));
      const sources = all.filter((file) => /\.ts$/.test(file) && !/\.d\.ts$/.test(file));
      assert.deepEqual(sources, []);
      assert.deepEqual(
        all.filter((file) => /config\.\w+\.json$|[Tt]sconfig/.test(file)),
        [],
        "settings of this repository",
      );
      // The page's scripts run in a browser, and these four begin something.
      const modules = all.filter(
        (file) =>
          /^dist.*\.js$/.test(file) &&
          (!file.includes("report/page/") || /page\/(data|page)\.js$/.test(file)) &&
          !/(^dist\/policy-pack\/(index|start)|preview\/cli|engine\/start-host)\.js$/.test(file),
      );
      assert.ok(modules.length > 5);
      const files = JSON.stringify(modules.map((file) => path.join(folder, file)));
      assert.equal(answerOf(project, `${files}.forEach(require); console.log(1)`), 1);
    });
  }

  it("facts: say what the ECS Developer Guide says of a quarter vCPU", () => {
    const script = `const { fargateMemories } = require("@crm-on-aws/facts/fargate-sizes");
      const { currency } = require("@crm-on-aws/facts/prices.json");
      console.log(JSON.stringify([fargateMemories(256), currency]))`;
    const answer = answerOf(path.join(directory, "alone-facts"), script);
    assert.deepEqual(answer, [[512, 1024, 2048], "USD"]);
  });

  it("policy pack: serves under Pulumi's own runner, in plain JavaScript", async () => {
    const project = path.join(directory, "alone-policy-pack");
    const runner = require.resolve("@pulumi/pulumi/cmd/run-policy-pack");
    const { PATH, HOME } = process.env;
    const child = spawn(process.execPath, [runner, "127.0.0.1:1", "."], {
      cwd: folderOf(project, "policy-pack"),
      env: { PATH, HOME, PULUMI_CONFIG: "{}" },
    });
    let errors = "";
    child.stderr.on("data", (chunk) => (errors += String(chunk)));
    try {
      const said = await new Promise<string>((resolve) => {
        child.stdout.once("data", (chunk) => resolve(String(chunk)));
        child.once("exit", (code) => resolve(`ended with ${code}: ${errors}`));
      });
      assert.match(said, /^\d+\n$/, errors);
    } finally {
      child.kill("SIGKILL");
    }
  });

  it("policy pack: knows the controls that it leaves, and brings its profiles", () => {
    const project = path.join(directory, "alone-policy-pack");
    const script = `const pack = "@crm-on-aws/policy-pack";
      const { notApplicable, coverage } = require(pack + "/dist/policy-pack/coverage");
      require(pack + "/profiles/strict.json");
      console.log(JSON.stringify([notApplicable(), coverage().length]))`;
    assert.deepEqual(answerOf(project, script), [notApplicable(), coverage().length]);
  });

  it("the tools alone preview a program that has no stack file, and say what they do not know", () => {
    const project = install("stranger", ["tools"], ["@pulumi/aws"]);
    const files = {
      "Pulumi.yaml": "name: stranger\nruntime: nodejs\n",
      "package.json": '{ "type": "module" }',
      "index.ts": [
        'import * as aws from "@pulumi/aws";',
        'const { id } = await aws.ec2.getAmi({ owners: ["amazon"], mostRecent: true });',
        'new aws.ec2.Instance("web", { ami: id, instanceType: "t3.micro" });',
      ].join("\n"),
    };
    for (const [file, text] of Object.entries(files)) {
      fs.writeFileSync(path.join(project, file), text);
    }
    const bin = path.join("node_modules", ".bin", "crm-preview");
    const { status, stdout, stderr } = node(project, [bin]);
    assert.equal(status, 0, stderr);
    assert.match(stdout, /^Preview of stranger, stack dev: 2 resources/);
    assert.match(stdout, /unanswered, so unknown: [^\n]+ \(--answers FILE/);
    const all = node(project, [bin, "--resources"]).stdout;
    assert.match(all, /└─ web +aws:ec2:Instance\n/);
    assert.match(all, /- call: aws:ec2\/getAmi:getAmi\n/);
  });

  describe("in one project", () => {
    let project: string;
    before(() => {
      project = install("shop", WORKSPACES, ["@pulumi/aws", "@types/node"]);
      for (const [file, text] of Object.entries({ ...PROGRAM, "typed.ts": TYPED })) {
        fs.writeFileSync(path.join(project, file), text);
      }
    });

    const preview = (...args: string[]) =>
      node(project, [path.join("node_modules", ".bin", "crm-preview"), ...args]);

    it("the preview runs the program and shows what the pack finds", () => {
      const pack = path.relative(project, folderOf(project, "policy-pack"));
      const { status, stdout, stderr } = preview("--policy-pack", pack);
      assert.equal(status, 1, stderr);
      assert.match(stdout, /^Preview of shop, stack dev: 2 resources/, stderr);
      const found = /mandatory kms-rotation: shop-key \(aws:kms:Key\)\n +enableKeyRotation/;
      assert.match(stdout, found);
      assert.doesNotMatch(stdout, /npm run/, "a script of another project");
    });

    it("keeps what it has transpiled in the project's own cache", () => {
      const cached = fs.readdirSync(path.join(project, "node_modules", ".cache", "crm-preview"));
      assert.ok(
        cached.some((file) => /^names\.ts\.\w+\.js$/.test(file)),
        cached.join(),
      );
    });

    it("draws the page", () => {
      const { status, stderr } = preview("--html", "plan.html");
      assert.equal(status, 0, stderr);
      const html = fs.readFileSync(path.join(project, "plan.html"), "utf8");
      assert.ok(html.includes("function recoveryPanel()") && html.includes("shop-key"));
      assert.doesNotMatch(html, /npm run recovery -- --stack dev/);
    });

    it("names itself in its help and its advice", () => {
      assert.match(preview("--help").stdout, /^Usage: npx crm-preview \[options\]$/m);
      const { status, stderr } = preview("--stakc");
      assert.equal(status, 2);
      assert.match(stderr, /See npx crm-preview --help/);
    });

    it("the analysis reads a plan of the tools; a key costs the dollar of AWS's price list", () => {
      const script = `const { previewStack } = require("@crm-on-aws/tools");
        const { criticalPath } = require("@crm-on-aws/analysis/critical-path/critical-path");
        const { estimate } = require("@crm-on-aws/analysis/cost/estimate");
        const { PRICES, USAGE } = require("@crm-on-aws/analysis/cost/tables");
        previewStack({ stack: "dev" }).then((plan) => {
          const key = estimate(plan, PRICES, USAGE).lines.find(({ unitUsd }) => unitUsd === 1);
          const { steps } = criticalPath(plan.resources);
          console.log(JSON.stringify([key.quantity, key.monthlyUsd, steps.at(-1).urn]));
        })`;
      const urn = "urn:pulumi:dev::shop::aws:kms/key:Key::shop-key";
      assert.deepEqual(answerOf(project, script), [1, 1, urn]);
    });

    for (const [module, resolution, ...rest] of [
      ["node16", "node16"],
      // What Pulumi's templates say.
      ["commonjs", "node10", "--ignoreDeprecations", "6.0"],
    ]) {
      it(`their types serve a program that resolves modules as ${resolution}`, () => {
        const compiler = require.resolve("typescript/bin/tsc");
        const { status, stdout } = node(project, [
          ...[compiler, "--noEmit", "--strict", "--skipLibCheck", "--target", "es2022"],
          ...["--types", "node", "--module", module!, "--moduleResolution", resolution!],
          ...[...rest, "typed.ts"],
        ]);
        assert.equal(status, 0, stdout);
      });
    }
  });

  it("the command refuses a workspace that is none, and names those that there are", () => {
    const { error } = console;
    let said = "";
    console.error = (line: string) => void (said += line);
    try {
      assert.equal(main(["fact"]), 2);
    } finally {
      Object.assign(console, { error });
    }
    assert.match(
      said,
      /^<workspace>: expected one of facts, analysis, policy-pack, tools, got "fact"\n/,
    );
  });
});
