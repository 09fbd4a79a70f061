/** `npm run reach`: the table of a stack's paths, and one question with every setting that decides. */
import assert from "node:assert/strict";

import { ran } from "../../support/commands";
import { STACKS_PROJECT } from "../../support/stack-files";

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
