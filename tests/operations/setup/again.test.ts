import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";

import { parse } from "yaml";

import { CODE_OWNERS, configOf, options, setupWorlds } from "./world";

/** Changes of an owner after the first setup: what stands in a file, and what instead. */
const LATER: readonly (readonly [what: string, file: string, from: string | RegExp, to: string])[] =
  [
    [
      "a wiki with the runbooks",
      "Pulumi.production.yaml",
      /runbooks: https:.*/,
      "runbooks: https://wiki.acme.io/crm",
    ],
    [
      "alarms to the team",
      "Pulumi.production.yaml",
      "mailboxes: [on-call@acme.io]",
      "mailboxes: [sre@acme.io]",
    ],
    [
      "the team's news to who is on call",
      "Pulumi.staging.yaml",
      "email: sre@acme.io",
      "email: on-call@acme.io",
    ],
    ["another team for a stack", "Pulumi.staging.yaml", "owner: sre@acme.io", "owner: qa@acme.io"],
    [
      "the bill to the team",
      "Pulumi.staging.yaml",
      "subscribers: [on-call@acme.io]",
      "subscribers: [sre@acme.io]",
    ],
    ["no telephone for a stack", "Pulumi.recovery.yaml", /\n *- sms: .*/, ""],
    [
      "a second telephone",
      "Pulumi.production.yaml",
      /(\n *- )(sms: .*)/,
      '$1$2$1sms: "+33612345678"',
    ],
    ["an account of a stack's own", "Pulumi.staging.yaml", "012345678901", "999999999999"],
    ["a region of a stack's own", "Pulumi.staging.yaml", /us-east-1/g, "eu-west-1"],
    ["a domain of a stack's own", "Pulumi.staging.yaml", "staging.acme-sales.com", "acme-test.com"],
    [
      "buckets of one's own name",
      "Pulumi.staging.yaml",
      "bucketSuffix: acmesalesstaging",
      "bucketSuffix: ours",
    ],
    [
      "copies of one's own name",
      "Pulumi.production.yaml",
      "crm-backups-backup-acmesales",
      "crm-vault-acmesales",
    ],
    ["another list of addresses", "Pulumi.production.yaml", "pl-3b927c52", "pl-12345678"],
    [
      "a bucket more for bootstrap",
      "bootstrap/Pulumi.bootstrap.yaml",
      "[crm-*-acmesales]",
      "[crm-*-acmesales, crm-code]",
    ],
    [
      "a region more for bootstrap",
      "bootstrap/Pulumi.bootstrap.yaml",
      "regions: [",
      "regions: [eu-west-1, ",
    ],
    ["no role for a stack", "bootstrap/Pulumi.bootstrap.yaml", /\n {4}staging: .*/, ""],
    [
      "who reviews workflows",
      CODE_OWNERS,
      "/.github/ @acme/platform",
      "/.github/ @acme/platform @acme/security",
    ],
    ["another team in an exception", configOf("staging"), "sre@acme.io", "qa@acme.io"],
    ["no region of copies", configOf("staging"), ', "crm:storage.replicationRegion"]', "]"],
  ];

describe("npm run setup, again", () => {
  const { world, setup, read, settings, all } = setupWorlds();

  it("changes no byte the second time, and needs no answer then", async () => {
    await setup(options());
    const before = all();
    world().output = [];
    assert.equal(await setup([]), 0, world().errors.join("\n"));
    assert.deepEqual(all(), before);
    assert.deepEqual(world().output, [
      "Nothing to change.",
      "Next: npm run doctor -- --stack staging",
    ]);
  });

  it("keeps all that an owner has set later, with the same answers and with none", async () => {
    await setup(options());
    for (const [what, file, from, to] of LATER) {
      const before = read(file);
      world().write(file, before.replace(from, to));
      assert.notEqual(read(file), before, what);
    }
    const own = all();
    for (const again of [[], options()]) {
      assert.equal(await setup(again), 0, world().errors.join("\n"));
      for (const [file, text] of all()) assert.equal(text, own.get(file), file);
    }
  });

  it("gives values to some stacks alone, and to the others later with the same answers", async () => {
    const production = read("Pulumi.production.yaml");
    assert.equal(await setup(options({ stacks: "staging" })), 0, world().errors.join("\n"));
    assert.equal(read("Pulumi.production.yaml"), production);
    assert.equal(settings("staging")["crm:edge"].domain, "staging.acme-sales.com");
    const staging = read("Pulumi.staging.yaml");
    assert.equal(
      await setup(["--stacks", "production,recovery", "--phone", "none"]),
      0,
      world().errors.join("\n"),
    );
    assert.equal(settings("production")["crm:edge"].domain, "acme-sales.com");
    assert.equal(settings("production")["crm:naming"].bucketSuffix, "acmesales");
    assert.equal(read("Pulumi.staging.yaml"), staging);
  });

  for (const phone of ["none", "+4915112345678"]) {
    for (const stacks of ["staging", "production", "recovery", "staging,production"]) {
      it(`needs no answer again for ${stacks} alone, where the telephone was ${phone}`, async () => {
        assert.equal(await setup(options({ stacks, phone })), 0, world().errors.join("\n"));
        const before = all();
        for (const again of [["--stacks", stacks], []]) {
          assert.equal(await setup(again), 0, world().errors.join("\n"));
          assert.deepEqual(all(), before);
        }
      });
    }
  }

  it("asks for production's phone number although a stack without one is set up", async () => {
    assert.equal(await setup(options({ stacks: "staging", phone: "none" })), 0);
    for (const again of [
      ["--stacks", "production"],
      ["--stacks", "staging,production"],
    ]) {
      world().errors.length = 0;
      assert.equal(await setup(again), 2, again.join(" "));
      assert.match(world().errors.join("\n"), /phone: expected none, or a number .*, got nothing/);
    }
  });

  it("gives the same result whether stacks get their values at once or one after another, in any order", async () => {
    const regions = { region: "eu-central-1", "copy-region": "eu-west-1", suffix: "ours" };
    const before = all();
    await setup(options(regions));
    const once = all();
    for (const order of [
      ["production", "staging", "recovery"],
      ["staging", "production", "recovery"],
      ["recovery", "production", "staging"],
      ["recovery", "staging", "production"],
    ]) {
      world().writeAll(before);
      for (const stacks of order) {
        assert.equal(await setup(options({ ...regions, stacks })), 0, world().errors.join("\n"));
      }
      assert.deepEqual(all(), once, order.join());
    }
  });

  it("changes an answer later: what had the former one gets it, and bootstrap knows new buckets beside the former", async () => {
    await setup(options());
    const changes = {
      suffix: "ours",
      alerts: "night@acme.io",
      phone: "+33612345678",
      repository: "acme/crm",
      reviewers: "@acme/sec",
      domain: "acme-crm.com",
      "owner-id": "12",
      account: "999999999999",
    };
    const before = all();
    for (const [name, value] of Object.entries(changes)) {
      assert.equal(await setup([`--${name}`, value]), 0, world().errors.join("\n"));
    }
    const later = all();
    world().writeAll(before);
    assert.equal(
      await setup(Object.entries(changes).flatMap(([name, value]) => [`--${name}`, value])),
      0,
    );
    assert.deepEqual(all(), later);
    for (const [file, text] of later) {
      assert.doesNotMatch(
        text,
        /on-call@acme|\+49|crm-platform|@acme\/platform|acme-sales|012345678901|"4711"/,
        file,
      );
    }
    assert.deepEqual(
      ["production", "staging", "recovery"].map(
        (stack) => settings(stack)["crm:naming"].bucketSuffix,
      ),
      ["ours", "oursstaging", "oursrecovery"],
    );
    const copy = "crm-user-uploads-backup-ours";
    assert.equal(
      settings("production")["crm:storage"].buckets["user-uploads"].replication.bucketName,
      copy,
    );
    assert.equal(settings("recovery")["crm:storage"].adopted["user-uploads"].bucketName, copy);
    assert.match(
      read("bootstrap/Pulumi.bootstrap.yaml"),
      /buckets: \[crm-\*-acmesales, crm-\*-ours\]/,
    );
  });

  it("tells bootstrap what a changed stack file has: buckets, copies, prefix, regions", async () => {
    await setup(options());
    const file = path.join(world().folder, "Pulumi.staging.yaml");
    const text = read("Pulumi.staging.yaml")
      .replace("bucketSuffix: acmesalesstaging", "bucketSuffix: deployed")
      .replace("qualifier: staging", "qualifier: trial")
      .replace("bucketName: crm-user-uploads-backup-acmesalesstaging", "bucketName: crm-kept")
      .replaceAll("us-east-1", "eu-west-1");
    fs.writeFileSync(file, text);
    assert.equal(await setup(["--stacks", "staging"]), 0, world().errors.join("\n"));
    const bootstrap = read("bootstrap/Pulumi.bootstrap.yaml");
    assert.match(
      bootstrap,
      /staging: \{environment: staging, prefix: crm-trial, buckets: \[crm-\*-acmesalesstaging, crm-\*-deployed, crm-kept\]\}/,
    );
    assert.match(bootstrap, /regions: \[us-east-1, us-west-2, eu-west-1\]/);
  });

  it("tells bootstrap the whole names of buckets, and of queues without the prefix", async () => {
    await setup(options());
    const file = path.join(world().folder, "Pulumi.staging.yaml");
    const names =
      "bucketNames: {report-requests: crm-report-requests}\n" +
      "    queueNames: {dlq-email: dlq-email, email-notifications: crm-staging-mail}";
    const label = "    environmentLabel: staging\n";
    fs.writeFileSync(file, read("Pulumi.staging.yaml").replace(label, `${label}    ${names}\n`));
    assert.equal(await setup(["--stacks", "staging"]), 0, world().errors.join("\n"));
    assert.ok(
      read("bootstrap/Pulumi.bootstrap.yaml").includes(
        "buckets: [crm-*-acmesalesstaging, crm-report-requests], queues: [dlq-email]}",
      ),
      read("bootstrap/Pulumi.bootstrap.yaml"),
    );
  });

  it("tells bootstrap the repositories of functions' images that are another stack's or account's, once", async () => {
    await setup(options());
    const digest = `sha256:${"0".repeat(64)}`;
    const account = settings("production")["crm:accountId"] as string;
    const image = (registry: string, name: string) =>
      `${registry}.dkr.ecr.us-east-1.amazonaws.com/${name}@${digest}`;
    const images = [`core@${digest}`, image(account, "crm-core"), image("210987654321", "ocr")];
    const file = "Pulumi.staging.yaml";
    const functions = images.map((one, index) =>
      [
        `      reader-${index}:`,
        `        description: Reads`,
        `        image: ${one}`,
        "        memoryMb: 512",
        "        timeoutSeconds: 60",
        "        reservedConcurrency: 2",
        "",
      ].join("\n"),
    );
    world().write(file, read(file).replace(/^ {4}functions:\n/m, `$&${functions.join("")}`));
    assert.equal(await setup(["--stacks", "staging"]), 0, world().errors.join("\n"));
    const known = () =>
      (parse(read("bootstrap/Pulumi.bootstrap.yaml")) as { config: Record<string, any> }).config[
        "crm-bootstrap:stacks"
      ].staging.repositories as string[];
    assert.deepEqual(known(), ["crm-core", "210987654321.dkr.ecr.us-east-1.amazonaws.com/ocr"]);
    assert.equal(await setup(["--stacks", "staging"]), 0);
    assert.deepEqual(known(), ["crm-core", "210987654321.dkr.ecr.us-east-1.amazonaws.com/ocr"]);
  });

  it("takes a dot in a pattern of bootstrap for a dot: it stands for no other character", async () => {
    await setup(options());
    const file = path.join(world().folder, "bootstrap", "Pulumi.bootstrap.yaml");
    const patterns = "buckets: [crm-*-acmesalesstaging]";
    const text = read("bootstrap/Pulumi.bootstrap.yaml");
    assert.ok(text.includes(patterns), text);
    fs.writeFileSync(file, text.replace(patterns, "buckets: [crm-*.acmesalesstaging]"));
    assert.equal(await setup(["--stacks", "staging"]), 0, world().errors.join("\n"));
    assert.ok(
      read("bootstrap/Pulumi.bootstrap.yaml").includes(
        "buckets: [crm-*.acmesalesstaging, crm-*-acmesalesstaging]",
      ),
    );
  });
});
