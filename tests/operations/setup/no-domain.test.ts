/** A stack without a domain, for a first try: what setup takes out of its file, and what the pack then has to let pass. */
import assert from "node:assert/strict";

import { parse } from "yaml";

import { exampleText } from "../../../operations/example";
import { configOf, options, setupWorlds } from "./world";

describe("npm run setup, without a domain", () => {
  const { world, again, setup, read, settings, all } = setupWorlds();
  const NO_DOMAIN = options({ domain: "none", stacks: "staging" });
  const rules = () => JSON.parse(read(configOf("staging"))) as Record<string, unknown>;

  it("takes it out of the stack's file, and the exceptions of its example into the pack's configuration", async () => {
    const before = { text: read(configOf("staging")), rules: rules() };
    assert.equal(await setup(NO_DOMAIN), 0, world().errors.join("\n"));
    assert.equal(settings("staging")["crm:edge"].domain, undefined);
    // Its owner is the word of the repository's, from which bucket names come.
    assert.equal(settings("staging")["crm:naming"].bucketSuffix, "acmestaging");
    assert.doesNotMatch(read("Pulumi.staging.yaml"), /\bnone\.|crm-consulting/);
    const { policies } = parse(exampleText("no-domain")) as { policies: Record<string, unknown> };
    const names = Object.keys(policies);
    assert.deepEqual(Object.keys(rules()), [...Object.keys(before.rules), ...names].sort());
    const text = read(configOf("staging"));
    const owners = (texts: string) => texts.match(/"owner": ".*"/g) ?? [];
    assert.equal(owners(text).length, names.length + owners(before.text).length);
    assert.deepEqual([...new Set(owners(text))], ['"owner": "sre@acme.io"']);
    // Every line of the pack's configuration is still there, but for who owns an exception.
    const kept = text.split("\n");
    const gone = before.text.split("\n").filter((line) => !kept.includes(line));
    assert.deepEqual(
      gone.filter((line) => !line.includes("@crm-consulting.com")),
      [],
    );
    const after = all();
    assert.equal(await setup(NO_DOMAIN), 0);
    assert.equal(await setup(["--stacks", "staging"]), 0, world().errors.join("\n"));
    assert.deepEqual(all(), after);
  });

  it("has buckets named after the repository's owner, whose login may have capitals", async () => {
    const owner = options({ domain: "none", stacks: "staging", repository: "Acme-Co_x/crm" });
    assert.equal(await setup(owner), 0, world().errors.join("\n"));
    assert.equal(settings("staging")["crm:naming"].bucketSuffix, "acmecoxstaging");
  });

  it("gets one later, and gives the exceptions back", async () => {
    assert.equal(await setup(options({ stacks: "staging", suffix: "acme" })), 0);
    const withDomain = read(configOf("staging"));
    again();
    assert.equal(await setup(NO_DOMAIN), 0, world().errors.join("\n"));
    const later = options({ stacks: "staging", suffix: "acme" });
    assert.equal(await setup(later), 0, world().errors.join("\n"));
    assert.equal(settings("staging")["crm:edge"].domain, "staging.acme-sales.com");
    assert.equal(read(configOf("staging")), withDomain);
  });

  it("keeps the comments of the line, and the place of the domain", async () => {
    const file = "Pulumi.staging.yaml";
    world().write(file, read(file).replace(/^( +)(domain: \S+)$/m, "$1# Ours since May.\n$1$2 # at our registrar"));
    const before = read(file);
    assert.match(before, /at our registrar/);
    assert.equal(await setup(NO_DOMAIN), 0, world().errors.join("\n"));
    assert.match(read(file), /\n +# Ours since May\.\n +# at our registrar\n/);
    assert.equal(await setup(options({ stacks: "staging", suffix: "acme" })), 0, world().errors.join("\n"));
    assert.match(read(file), /crm:edge:\n +# Ours since May\.\n +# at our registrar\n +domain: staging\.acme-sales\.com\n/);
  }); // prettier-ignore

  it("stays so beside a production that has one", async () => {
    assert.equal(await setup(NO_DOMAIN), 0);
    const staging = [read("Pulumi.staging.yaml"), read(configOf("staging"))];
    const others = options({ stacks: "production,recovery", suffix: "acme" });
    assert.equal(await setup(others), 0, world().errors.join("\n"));
    assert.equal(settings("production")["crm:edge"].domain, "acme-sales.com");
    assert.equal(await setup([]), 0, world().errors.join("\n"));
    assert.deepEqual([read("Pulumi.staging.yaml"), read(configOf("staging"))], staging);
  });

  it("is refused in production, and nothing is written", async () => {
    const before = all();
    assert.equal(await setup(options({ domain: "none" })), 1);
    assert.match(world().errors.join("\n"), /production.*crm:edge\.domain: expected a domain/);
    assert.deepEqual(all(), before);
  });

  it("makes another stack of it without one", async () => {
    assert.equal(await setup(NO_DOMAIN), 0);
    const args = ["--environment", "development", "--from", "staging"];
    assert.equal(await setup(args), 0, world().errors.join("\n"));
    assert.equal(settings("development")["crm:edge"].domain, undefined);
  });

  it("keeps the level that a rule has alone", async () => {
    const file = configOf("staging");
    const { policies } = parse(exampleText("no-domain")) as { policies: Record<string, unknown> };
    const [rule] = Object.keys(policies);
    world().write(file, read(file).replace("{", `{\n  "${rule}": "disabled",`));
    assert.equal(await setup(NO_DOMAIN), 0, world().errors.join("\n"));
    assert.equal(rules()[rule!], "disabled");
    assert.equal(read(file).split(`"${rule}"`).length, 2);
  });
});
