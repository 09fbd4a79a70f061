/**
 * A pull request from a fork may bring any program: what the preview starts has no more than what the pipeline gives it,
 * and a secret that stands in the stack's settings or in the program appears in nothing that the preview writes.
 */
import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";

import { UNKNOWN } from "../../../analysis/plan/model";
import { REDACTED } from "../../../analysis/plan/values";
import { spawnSync as run } from "../../support/child";

const ROOT = path.join(__dirname, "..", "..", "..");
const CLI = path.join(ROOT, "tools", "preview", "cli.js");
const SECRET = "hunter2-planted";
/** A secret that no setting holds: the program makes it. */
const OWN = 'swordfish "planted"';
/** Secret settings that the program reads as plain texts: a valid ARN, and a part of the marker of unknown values. */
const ROLE = `arn:aws:iam::123456789012:role/${SECRET}`;
const PIN = UNKNOWN.slice(0, 4);
/** A secret of the environment: neither the settings nor the plan hold it, so no filter knows it. */
const AROUND = "correct-horse-planted";
/** Any of them, however it is quoted. */
const PLANTED = /hunter2-planted|swordfish|correct-horse/;

const PROGRAM = `import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
const config = new pulumi.Config();
const secret = config.requireSecret("token");
config.require("pin");
const role = config.require("role");
const handled = { runtime: "nodejs22.x", handler: "index.handler", code: new pulumi.asset.AssetArchive({}) };
const lambda = new aws.lambda.Function("lambda", { role, ...handled });
export const later = lambda.arn;
new aws.lambda.Permission("permission", { action: "lambda:InvokeFunction", function: lambda.name, principal: "sns.amazonaws.com", sourceArn: \`\${role.replace("iam", "sns")}-topic\` });
const own = pulumi.secret(${JSON.stringify(OWN)});
class Remote extends pulumi.ComponentResource {
  constructor(args: pulumi.Inputs) { super("elsewhere:index:Remote", "remote", args, {}, true); }
}
new Remote({ token: own, nested: { list: [secret] } });
const clear = config.require("token");
new aws.sns.Topic("clear", { displayName: \`for \${clear}\`, tags: { [clear]: "yes" } });
export const list = [{ [clear]: clear }];
new aws.ssm.Parameter("parameter", { type: "SecureString", value: secret });
export const parameter = aws.ssm.getParameterOutput({ name: own });
export const document = aws.iam.getPolicyDocumentOutput({ statements: [{ sid: "A", resources: [own] }] }).json;
export const both = pulumi.interpolate\`\${secret}:\${own}\`;
console.log(JSON.stringify(process.env));
secret.apply((text) => console.error(text));
export const environment = JSON.stringify(process.env);
export const reference = new pulumi.StackReference("other", { name: own }).getOutput("x");
if (config.getBoolean("fails")) {
  new aws.sns.Topic("topic", { displayName: own.apply((): string => { throw new Error("refused"); }) });
}
`;

/** Rules that write what they see. */
const PACK = `import { PolicyPack } from "@pulumi/policy";
new PolicyPack("curious", {
  policies: [{
    name: "prints", description: "d", enforcementLevel: "advisory",
    validateResource: ({ props }, report) => report(JSON.stringify(props)),
  }, {
    name: "prints-all", description: "d", enforcementLevel: "advisory",
    validateStack: ({ resources }, report) => report(JSON.stringify(resources.map(({ props }) => props))),
  }],
});
`;

/** What is read of the document of `--json`. */
interface Shown {
  readonly resources: readonly { name: string; inputs: Record<string, unknown> }[];
  readonly outputs: Record<string, unknown>;
  readonly policies: { readonly violations: readonly { policy: string }[] };
}

const SETTINGS = `config:
  fork:token: ${SECRET}
  fork:role: ${ROLE}
  fork:pin: "${PIN}"
  fork:sealed:
    secure: v1:not:decrypted
`;

describe("a hostile fork", () => {
  let folder: string;
  before(() => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), "hostile-"));
    const files = {
      "Pulumi.yaml":
        "name: fork\nruntime: nodejs\nconfig:\n" +
        ["token", "role", "pin"]
          .map((key) => `  ${key}: { type: string, secret: true }\n`)
          .join(""),
      "Pulumi.dev.yaml": SETTINGS,
      "package.json": "{}",
      "index.ts": PROGRAM,
      "pack/PulumiPolicy.yaml": "runtime: nodejs\nmain: index.ts\n",
      "pack/package.json": '{ "name": "curious", "version": "1.0.0" }',
      "pack/index.ts": PACK,
    };
    fs.mkdirSync(path.join(folder, "pack"));
    for (const [file, text] of Object.entries(files))
      fs.writeFileSync(path.join(folder, file), text);
    fs.symlinkSync(path.join(ROOT, "node_modules"), path.join(folder, "node_modules"));
  });
  after(() => fs.rmSync(folder, { recursive: true }));

  const { PATH, HOME } = process.env;
  /** What a pipeline or a person may have there; the program gets none of it. */
  const names = [
    ...["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"],
    ...["AWS_CONTAINER_AUTHORIZATION_TOKEN", "AWS_WEB_IDENTITY_TOKEN_FILE"],
    ...["PULUMI_ACCESS_TOKEN", "PULUMI_CONFIG_PASSPHRASE", "PULUMI_CONFIG_PASSPHRASE_FILE"],
    ...[
      "NPM_TOKEN",
      "NODE_AUTH_TOKEN",
      "CLOUDFLARE_API_TOKEN",
      "CLOUDFLARE_API_KEY",
      "CI_JOB_TOKEN",
    ],
    ...["GOOGLE_CREDENTIALS", "GOOGLE_APPLICATION_CREDENTIALS", "ARM_CLIENT_SECRET", "DB_PASSWORD"],
    ...[
      "SSH_PRIVATE_KEY",
      "KEY_PASSPHRASE",
      "SECRET_KEY_BASE",
      "npm_config__authToken",
      "api_key_id",
    ],
    ...["GITHUB_TOKEN", "GH_TOKEN", "ACTIONS_ID_TOKEN_REQUEST_TOKEN", "ACTIONS_RUNTIME_TOKEN"],
  ];
  const planted = Object.fromEntries(names.map((name) => [name, AROUND]));
  const env = { PATH, HOME, NO_COLOR: "1", ...planted };
  const preview = (...args: string[]) =>
    run(process.execPath, [CLI, "-C", folder, "--policy-pack", "pack", ...args], { env });

  for (const args of [
    [],
    ["--resources"],
    ["--json"],
    ["--plain", "--json"],
    ["-c", "fails=true"],
    ["-c", "fails=true", "--json"],
  ]) {
    it(`shows no planted secret: ${args.join(" ") || "as text"}`, () => {
      const { status, stdout, stderr } = preview(...args);
      assert.equal(status, args.includes("fails=true") ? 1 : 0, stderr);
      assert.match(stdout, /remote/);
      assert.match(`${stdout}${stderr}`, /prints/);
      assert.doesNotMatch(`${stdout}${stderr}`, PLANTED);
    });
  }

  it("shows none on the page", () => {
    const page = path.join(folder, "plan.html");
    assert.equal(preview("--html", page).status, 0);
    assert.doesNotMatch(fs.readFileSync(page, "utf8"), PLANTED);
  });

  it("checks a secret as it is and shows it as a secret, and a secret in the unknown marker leaves it whole", () => {
    const { stdout } = preview("--json");
    const { resources, outputs, policies } = JSON.parse(stdout) as Shown;
    const inputs = (one: string) => resources.find(({ name }) => name === one)?.inputs;
    assert.equal(inputs("lambda")?.role, REDACTED);
    assert.equal(inputs("permission")?.sourceArn, REDACTED);
    assert.equal(inputs("clear")?.displayName, REDACTED);
    assert.equal(outputs.later, UNKNOWN);
    assert.ok(policies.violations.every(({ policy }) => policy.startsWith("prints")));
  });

  it("needs no network but the machine's own", function () {
    const loopback = 'ip link set lo up 2>/dev/null; exec "$@"';
    const unshare = ["--user", "--map-root-user", "--net", "sh", "-c", loopback, "sh"];
    // Not every machine lets a person make a namespace.
    if (run("unshare", [...unshare, "true"]).status !== 0) this.skip();
    const { status, stderr } = run(
      "unshare",
      [...unshare, process.execPath, CLI, "-C", folder, "--no-policy"],
      { env },
    );
    assert.equal(status, 0, stderr);
  });
});
