/** The commands on a program of other people: without a stack file, with a component that the preview cannot open. */
import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";

import { spawnSync } from "../../support/child";

const ROOT = path.join(__dirname, "..", "..", "..");
const PROGRAM = `const aws = require("@pulumi/aws");
const pulumi = require("@pulumi/pulumi");
class Cluster extends pulumi.ComponentResource {
  constructor(name) { super("elsewhere:index:Cluster", name, {}, {}, true); }
}
const cluster = new Cluster("main");
new Cluster("second");
// A child of the program's own opens nothing.
new aws.sns.Topic("news", {}, { parent: cluster });
new aws.kms.Key("key");
`;

/** Stores that no figure is derived for, each by another of AWS's services; and stores of others, which it reads. */
const STORES = `const aws = require("@pulumi/aws");
new aws.dynamodb.Table("orders", { attributes: [{ name: "id", type: "S" }], hashKey: "id" });
new aws.efs.FileSystem("files");
new aws.rds.Cluster("aurora", { engine: "aurora-postgresql" });
new aws.docdb.Cluster("documents");
new aws.opensearch.Domain("index");
new aws.redshift.Cluster("warehouse", { clusterIdentifier: "w", nodeType: "ra3.large" });
new aws.ebs.Volume("disk", { availabilityZone: "us-east-1a" });
new aws.ec2.SecurityGroup("group");
aws.rds.Instance.get("theirs", "db-1");
aws.s3.Bucket.get("shared", "shared");
aws.dynamodb.Table.get("foreign", "foreign");
`;

/** A service with the task definition of another program. */
const SERVICE = `const aws = require("@pulumi/aws");
new aws.ecs.Service("web", {
  cluster: "apps",
  taskDefinition: "web:1",
  loadBalancers: [{ targetGroupArn: new aws.lb.TargetGroup("web").arn, containerName: "web", containerPort: 80 }],
});
`;

describe("commands on another program", () => {
  let folder: string;
  before(() => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), "other-program-"));
    const files = {
      "Pulumi.yaml": "name: other\nruntime: nodejs\n",
      "package.json": "{}",
      "index.js": PROGRAM,
      "stores/Pulumi.yaml": "name: stores\nruntime: nodejs\n",
      "stores/index.js": STORES,
      "service/Pulumi.yaml": "name: service\nruntime: nodejs\n",
      "service/index.js": SERVICE,
    };
    for (const part of ["stores", "service"]) fs.mkdirSync(path.join(folder, part));
    for (const [file, text] of Object.entries(files))
      fs.writeFileSync(path.join(folder, file), text);
    fs.symlinkSync(path.join(ROOT, "node_modules"), path.join(folder, "node_modules"));
  });
  after(() => fs.rmSync(folder, { recursive: true }));

  const run = (command: string, ...args: string[]) => {
    const script = path.join(ROOT, "tools", "commands", "run.js");
    return spawnSync(process.execPath, [script, command, "-C", folder, ...args], { cwd: ROOT });
  };

  it("capacity: no service is known, and no load is assumed", () => {
    const { status, stdout, stderr } = run("capacity");
    assert.equal(status, 0, stderr);
    assert.match(stdout, /^Capacity of stack dev\nNo service is known: [^\n]+\n$/);
  });

  it("capacity: a service of unknown size carries no load that is known", () => {
    const at = path.join(folder, "service");
    const { status, stdout, stderr } = run("capacity", "-C", at);
    assert.equal(status, 0, stderr);
    assert.match(
      stdout,
      /^Not known what breaks first at which load: the size of the tasks of web is not known\.$/m,
    );
    assert.doesNotMatch(stdout, /no limit is reached|1 million|flash sale|500,000,000/);
    const document = JSON.parse(run("capacity", "-C", at, "--json").stdout) as object;
    assert.deepEqual(Object.keys(document).sort(), [
      ...["apiShare", "availability", "idleQueues", "limits", "stack", "today", "todayFrom"],
      "unknown",
    ]);
  });

  it("cost: what its components hold is not estimated", () => {
    const { status, stdout, stderr } = run("cost");
    assert.equal(status, 0, stderr);
    assert.match(stdout, /not estimated: 2 elsewhere:index:Cluster \(its children are not shown\)/);
    assert.match(stdout, /^dev: 1\.61 USD a month$/m);
  });

  it("recovery: the objectives are not known to be met", () => {
    const { status, stdout } = run("recovery");
    assert.equal(status, 1);
    assert.match(
      stdout,
      /The objectives are not known to be met: the children of elsewhere:index:Cluster \(main, second\) are not shown\.$/m,
    );
    const document = JSON.parse(run("recovery", "--json").stdout) as { notShown: unknown };
    assert.deepEqual(document.notShown, ["elsewhere:index:Cluster (main, second)"]);
  });

  it("recovery: stores that it does not judge are listed, and those of others are not its own", () => {
    const { status, stdout } = run("recovery", "-C", path.join(folder, "stores"));
    assert.equal(status, 1);
    assert.match(
      stdout,
      /^The objectives are not known to be met: aurora, disk, documents, files, index, orders, w are not judged\.$/m,
    );
    assert.match(stdout, /^ {2}orders: aws:dynamodb\/table:Table, AWS's type \S+ has \S+$/m);
    const text = run("recovery", "--json", "-C", path.join(folder, "stores")).stdout;
    const document = JSON.parse(text) as { findings: []; standing: string; notJudged: object[] };
    assert.deepEqual([document.findings.length, document.standing], [0, "not known"]);
    assert.equal(document.notJudged.length, 7);
  });

  it("diagram: the page says what the picture lacks", () => {
    assert.equal(run("diagram", "--out", folder).status, 0);
    const page = fs.readFileSync(path.join(folder, "architecture.md"), "utf8");
    assert.match(
      page,
      /The picture lacks the children of elsewhere:index:Cluster \(main, second\)/,
    );
  });

  it("policy: judged by the baseline", () => {
    const { status, stdout, stderr } = run("policy");
    assert.equal(status, 0, stderr);
    assert.match(
      stdout,
      /^not judged here: values that AWS refuses \(npm run preview judges them\)$/m,
    );
    assert.match(stdout, /kms-rotation: key \(index\.js\)/);
    assert.match(stdout, /^not judged: children of elsewhere:index:Cluster \(main, second\)$/m);
    assert.match(stdout, /^PASSED: dev, /m);
  });

  it("diff: compares the stack of the plan, or the program's first", () => {
    const preview = path.join(ROOT, "tools", "preview", "cli.js");
    const { stdout } = spawnSync(process.execPath, [preview, "-C", folder, "--json"], {
      cwd: ROOT,
    });
    const plan = path.join(folder, "plan.json");
    fs.writeFileSync(plan, stdout);
    const diff = run("diff", "--base-plan", plan);
    assert.equal(diff.status, 0, diff.stderr);
    assert.match(diff.stdout, /^dev: nothing changes|^dev: 0 to add/m);
  });
});
