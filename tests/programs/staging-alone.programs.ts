/** A first setup of staging alone (README, "First deployment"), in other regions: its commands and pages are an owner's, production's wait. */
import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";

import { ANSWERS } from "../operations/doctor/world";
import { spawnSync } from "../support/child";
import { scratchCopy } from "../support/scratch";

const REGIONS = ["--region", "us-west-2", "--copy-region", "eu-west-1"];

describe("staging alone", () => {
  let folder: string;
  before(() => (folder = scratchCopy()));
  after(() => fs.rmSync(folder, { recursive: true, force: true }));

  const npm = (...args: string[]) =>
    spawnSync("npm", ["run", "--silent", ...args], {
      ...{ cwd: folder, encoding: "utf8", maxBuffer: 100_000_000 },
    });
  const read = (file: string) => fs.readFileSync(path.join(folder, file), "utf8");

  it("is set up with its pages by one command, and has nothing of the example in a runbook", () => {
    const setup = npm("setup", "--", ...ANSWERS, ...REGIONS, "--stacks", "staging", "--accept");
    assert.equal(setup.status, 0, setup.stderr);
    assert.match(setup.stdout, /\nNext: npm run doctor -- --stack staging\n$/);
    const runbooks = fs.readdirSync(path.join(folder, "docs/runbooks"));
    for (const file of runbooks.filter((name) => name.endsWith(".md"))) {
      const text = read(`docs/runbooks/${file}`);
      assert.doesNotMatch(
        text,
        /crm-consulting|123456789012|crm-[a-z-]+-(prod|backup-west)\b/,
        file,
      );
    }
  });

  it("has its own regions, account and bucket in README's commands", () => {
    const [, deployment] = /^## First deployment$([^]*?)^### Images/m.exec(read("README.md"))!;
    assert.match(deployment!, /pulumi login 's3:\/\/crm-pulumi-state-\d+\?region=eu-west-1'/);
    assert.match(deployment!, /alias\/crm-pulumi-staging\?region=us-west-2/);
    assert.doesNotMatch(deployment!, /us-east-1|123456789012|crm-consulting/);
  });

  it("previews with the pack, and lacks nothing that files have", () => {
    const preview = npm("preview", "--", "--stack", "staging", "--json");
    assert.equal(preview.status, 0, preview.stderr);
    const ids = ["settings", "bootstrap", "shared-settings", "stack-init", "secrets", "runbooks"];
    const only = ids.flatMap((id) => ["--only", id]);
    const doctor = npm("doctor", "--", "--stack", "staging", "--offline", "--json", ...only);
    const { checks } = JSON.parse(doctor.stdout) as { checks: { id: string; status: string }[] };
    assert.deepEqual(
      checks.filter(({ status }) => status !== "ok").map(({ id }) => id),
      ["stack-init"],
    );
  });

  it("continues to production with README's command", () => {
    const [, command] = /`npm run setup -- ([^`]+)` sets production up/.exec(read("README.md"))!;
    const filled = { "<domain>": "acme-sales.com", "<number or none>": "none" };
    // Pages are written in the first case.
    const args = Object.entries(filled).reduce((text, pair) => text.replace(...pair), command!);
    const setup = npm("setup", "--", ...args.replace(" --accept", "").split(" "));
    assert.equal(setup.status, 0, setup.stderr);
    assert.match(setup.stdout, /Pulumi\.production\.yaml/);
  });
});
