import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";

import { parse, stringify } from "yaml";

import { platformOf } from "../../operations/platform";
import { clearNames, misplacedSecrets, secretProblems } from "../../schema";
import { previewStack } from "../../tools/preview/index";
import { ChangedStack } from "../support/changed-stack";
import { BOOTSTRAP_PROJECT, stackFile, stackNames } from "../support/stack-files";

const ROOT = path.join(__dirname, "..", "..");
const encrypted = () => ({ secure: "v1:abc:def" });

describe("The secrets of a stack file", () => {
  let changed: ChangedStack;
  let directory: string;
  beforeEach(() => {
    changed = new ChangedStack();
    ({ directory } = changed);
  });
  afterEach(() => changed.remove());

  const preview = (change: (config: Record<string, any>) => void) => changed.preview(change);

  for (const stack of stackNames()) {
    it(`are encrypted in ${stack}, and nothing is encrypted elsewhere`, () => {
      const config = stackFile(stack);
      assert.deepEqual(clearNames(config), []);
      const secretKeys = Object.keys(config).filter((key) =>
        JSON.stringify(config[key]).includes('{"secure":'),
      );
      assert.deepEqual(misplacedSecrets(secretKeys), []);
    });
  }

  it("pass when they are encrypted", async () => {
    const said = await preview((config) => {
      config["crm:secrets"] = { "twitter-api-key": encrypted(), "linkedin-api-key": encrypted() };
    });
    assert.doesNotMatch(said, /^refused|crm:secrets/);
  });

  it("are refused unencrypted, all of them or one among encrypted ones", async () => {
    const all = await preview((config) => {
      config["crm:secrets"] = { "twitter-api-key": "hunter2", "linkedin-api-key": "" };
    });
    assert.match(all, /refused/);
    assert.match(all, /crm:secrets\.twitter-api-key: expected an encrypted value, got plain text/);
    assert.match(all, /crm:secrets\.linkedin-api-key: expected an encrypted value, got plain text/);
    assert.doesNotMatch(all, /hunter2/);
    const one = await preview((config) => {
      config["crm:secrets"] = { "twitter-api-key": encrypted(), "linkedin-api-key": "hunter2" };
    });
    assert.match(one, /crm:secrets\.linkedin-api-key: expected an encrypted value, got plain text/);
    assert.doesNotMatch(one, /twitter|hunter2/);
  });

  it("are refused in another place, with the place where they belong", async () => {
    const said = await preview((config) => {
      config["crm:services"].auth.environment.TOKEN = encrypted();
      config["crm:database"].port = encrypted();
    });
    assert.match(said, /refused/);
    assert.match(said, /crm:services: expected plain values, got an encrypted one/);
    assert.match(said, /crm:database: expected plain values/);
    assert.match(said, /pulumi config set --path crm:secrets\.<name> --secret/);
    // The section's own error about the value that nobody can read would say nothing more.
    assert.doesNotMatch(said, /crm:database\.port/);
  });

  it("are no credentials of AWS, encrypted or not", async () => {
    const said = await preview((config) => {
      config["aws:secretKey"] = "hunter2";
      config["aws:token"] = encrypted();
    });
    assert.match(said, /refused/);
    for (const key of ["aws:secretKey", "aws:token"]) {
      assert.equal(said.split(`${key}: expected no credentials in a stack file`).length, 2, said);
    }
    assert.doesNotMatch(said, /hunter2|expected plain values/);
    const root = changed.project((config) => {
      config["aws:accessKey"] = "AKIAIOSFODNN7EXAMPLE";
    });
    assert.throws(() => platformOf("production", root), /aws:accessKey: expected no credentials/);
  });

  it("stop the day-two commands as well when they are in another place", () => {
    const root = changed.project((config) => {
      config["crm:services"].auth.environment.TOKEN = encrypted();
    });
    assert.throws(() => platformOf("production", root), /crm:services: expected plain values/);
  });

  it("are known by the stack file when Pulumi has decrypted them", () => {
    const config = {
      "crm:secrets": { one: encrypted(), two: "clear", three: { secure: 1 }, four: "" },
    };
    assert.deepEqual(clearNames(config), ["two", "three", "four"]);
    assert.deepEqual(clearNames({ "crm:secrets": encrypted() }), []);
    assert.deepEqual(clearNames({}), []);
    assert.deepEqual(clearNames(undefined), []);
  });

  it("are refused when they are empty or no text", () => {
    const messages = (value: unknown) =>
      secretProblems(value, () => false).map(({ message }) => message);
    assert.deepEqual(messages({ one: "x" }), []);
    assert.match(messages({ one: "" })[0]!, /^crm:secrets\.one: .*got an empty one/);
    assert.match(messages({ one: { a: "x" } })[0]!, /^crm:secrets\.one: .*got a structure/);
    assert.match(messages(["x"])[0]!, /^crm:secrets: expected encrypted values by name/);
  });

  it("are nothing that the bootstrap program takes", async () => {
    const { config } = parse(
      fs.readFileSync(path.join(BOOTSTRAP_PROJECT, "Pulumi.bootstrap.yaml"), "utf8"),
    ) as { config: Record<string, any> };
    config["crm-bootstrap:tags"].owner = encrypted();
    config["aws:secretKey"] = "hunter2";
    fs.writeFileSync(
      path.join(directory, "Pulumi.yaml"),
      stringify({
        name: "crm-bootstrap",
        main: path.join(ROOT, "bootstrap", "index.ts"),
        runtime: { name: "nodejs", options: { tsconfig: path.join(ROOT, "tsconfig.run.json") } },
      }),
    );
    fs.writeFileSync(path.join(directory, "Pulumi.bootstrap.yaml"), stringify({ config }));
    await assert.rejects(
      previewStack({ cwd: directory, policyPacks: [] }),
      /aws:secretKey: expected no credentials.*crm-bootstrap:tags: expected plain values.*takes no secret/s,
    );
  });
});
