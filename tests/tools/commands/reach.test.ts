/** `npm run reach`: the table of a stack's paths, and one question with every setting that decides. */
import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";

import { spawnSync } from "../../support/child";
import { ran } from "../../support/commands";
import { STACKS_PROJECT } from "../../support/stack-files";
import { folder, inOwnFolder, written } from "../preview/foreign-support";

const STACK = ["--stack", "production", "-C", STACKS_PROJECT];

describe("npm run reach", () => {
  it("lists paths by port and by action; no data store is open to the internet", async () => {
    const { code, stdout } = await ran("reach", STACK);
    assert.equal(code, 0);
    const [, internet = ""] = /From the internet\n([^]*?)\n\n/.exec(stdout) ?? [];
    assert.match(
      internet,
      /-> crm-edge-distributions-api, crm-edge-distributions-app\n.*tcp 80, 443/,
    );
    assert.equal(internet.split("->").length, 2);
    assert.match(stdout, /-> crm-database-primary.*\n.*tcp 5432/);
    assert.match(stdout, /crm-core\n.*-> crm-storage-user-uploads\n.*s3: GetObject, PutObject/);
  });

  it("answers one question; only an open path has exit code 0", async () => {
    const ask = (...question: string[]) => ran("reach", [...STACK, ...question]);
    const open = await ask("--from", "crm-core", "--to", "crm-database-primary", "--port", "5432");
    assert.equal(open.code, 0);
    assert.match(open.stdout, /^reachable: crm-core to crm-database-primary by tcp 5432\n/);
    const closed = await ask("--from", "crm-auth", "--to", "crm-storage-user-uploads", "--action", "s3:GetObject"); // prettier-ignore
    assert.equal(closed.code, 1);
    assert.match(closed.stdout, /^blocked: [^]*no policy of crm-auth-task allows s3:GetObject/);
    assert.match(closed.stdout, /no policy of crm-auth-task allows kms:Decrypt/);
  });

  it("names what it does not know, all at once", async () => {
    const { code, stderr } = await ran("reach", [...STACK, "--from", "crm-cor", "--to", "nothing", "--port", "1"]); // prettier-ignore
    assert.equal(code, 2);
    assert.match(stderr, /--from: .*"crm-cor".*did you mean crm-core\?/);
    assert.match(stderr, /--to: .*"nothing"/);
  });

  it("takes a name with its type and with what starts a task, as the table prints them", async () => {
    const ask = (...question: string[]) => ran("reach", [...STACK, ...question]);
    const [caller, target] = ["crm-cluster-gate (Function)", "crm-cluster-gate (LoadBalancer)"];
    const open = await ask("--from", caller, "--to", target, "--port", "9443");
    assert.match(open.stdout, /^reachable: crm-cluster-gate to crm-cluster-gate by tcp 9443\n/);
    const several = await ask("--from", "crm-cluster-gate", "--to", target, "--port", "9443");
    assert.equal(several.code, 2);
    assert.match(several.stderr, /--from: expected one of .*crm-cluster-gate \(Function\)/);
    const read = ["--to", "crm-auth-jwt-secret", "--action", "ssm:GetParameters"];
    assert.equal((await ask("--from", "crm-auth (start)", ...read)).code, 0);
    assert.equal((await ask("--from", "crm-core (start)", ...read)).code, 1);
  });

  it("writes one JSON document", async () => {
    const { stdout } = await ran("reach", [...STACK, "--json"]);
    const document = JSON.parse(stdout) as { network: unknown[]; access: { action: string }[] };
    assert.ok(document.network.length > 0);
    assert.ok(document.access.some(({ action }) => action === "sqs:SendMessage"));
  });
});

describe("npm run reach on a first preview of any program", () => {
  inOwnFolder();

  const PROGRAM = `import * as aws from "@pulumi/aws";
  import * as pulumi from "@pulumi/pulumi";
  const document = (Action: string, Resource: pulumi.Input<string>, more = {}) =>
    pulumi.jsonStringify({ Version: "2012-10-17", Statement: [{ Effect: "Allow", Action, Resource, ...more }] });
  const bucket = (name: string, more: object) => {
    const made = new aws.s3.Bucket(name, { bucket: "acme-" + name });
    new aws.s3.BucketPublicAccessBlock(name, { bucket: made.id, blockPublicPolicy: false, restrictPublicBuckets: false });
    new aws.s3.BucketPolicy(name, { bucket: made.id, policy: document("s3:GetObject", pulumi.interpolate\`\${made.arn}/*\`, more) });
    return made;
  };
  bucket("open", { Principal: "*" });
  const closed = bucket("closed", { Principal: "*", Condition: { StringEquals: { "aws:PrincipalAccount": "111122223333" } } });
  bucket("elsewhere", { Principal: { AWS: new pulumi.StackReference("organization/other/dev").getOutput("who") } });
  const role = new aws.iam.Role("role", { assumeRolePolicy: aws.iam.assumeRolePolicyForPrincipal({ Service: "lambda.amazonaws.com" }) });
  new aws.iam.RolePolicy("reads", { role: role.id, policy: document("s3:GetObject", pulumi.interpolate\`\${closed.arn}/*\`) });
  new aws.lambda.Function("reader", { role: role.arn, runtime: "nodejs22.x", handler: "index.handler", code: new pulumi.asset.AssetArchive({}) });
  `;

  const START = { "index.ts": PROGRAM, "Pulumi.dev.yaml": "config:\n  aws:region: eu-west-1\n" };

  it("knows documents with the ARNs that AWS will give; what comes from elsewhere stays undecided", async () => {
    const root = written("documents", START);
    const stack = ["--stack", "dev", "-C", root];
    const { access } = JSON.parse((await ran("reach", [...stack, "--json"])).stdout) as {
      access: { from: { label: string }; to: { label: string }; action: string; verdict: string }[];
    };
    const says = access.map(({ from, to, action, verdict }) =>
      [from.label, to.label, action, verdict].join(" "),
    );
    assert.ok(says.includes("internet open s3:GetObject reachable"), says.join("\n"));
    assert.ok(says.includes("reader closed s3:GetObject reachable"), says.join("\n"));
    assert.ok(says.includes("internet elsewhere s3:GetObject undecided"), says.join("\n"));
    const other = /^(internet|any AWS account) closed|(open|closed) s3:(Put|Delete|List)/;
    assert.deepEqual(
      says.filter((one) => other.test(one)),
      [],
    );
    const one = ["--from", "internet", "--to", "open", "--action", "s3:GetObject"];
    assert.equal((await ran("reach", [...stack, ...one])).code, 0);
  });

  it("is what the page of a preview shows", () => {
    const page = path.join(folder, "page.html");
    const args = ["-C", written("page", START), "--html", page, "--json"];
    const cli = path.join(__dirname, "..", "..", "..", "tools", "preview", "cli.js");
    const { status, stdout } = spawnSync(process.execPath, [cli, ...args]);
    assert.equal(status, 0);
    assert.match(
      fs.readFileSync(page, "utf8"),
      /"from":\["internet"\],"to":\["open"\],"by":"s3: GetObject"/,
    );
    // A plan for other tools keeps what the first evaluation says.
    assert.ok(!stdout.includes("foreseen"));
  });
});
