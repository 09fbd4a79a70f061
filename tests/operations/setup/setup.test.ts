import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";

import { parse } from "yaml";

import { QUESTIONS } from "../../../operations/setup/questions";
import { spawnSync } from "../../support/child";
import { ownFiles } from "../../support/scratch";
import { ANSWERS, CODE_OWNERS, configOf, options, setupWorlds } from "./world";

const ROOT = path.join(__dirname, "..", "..", "..");

describe("npm run setup", () => {
  const { world, setup, read, settings, all } = setupWorlds();

  it("puts every answer where it belongs, and what follows from it", async () => {
    assert.equal(await setup(options()), 0, world().errors.join("\n"));
    const production = settings("production");
    const staging = settings("staging");
    const recovery = settings("recovery");
    assert.deepEqual(
      [production, staging, recovery].map((config) => [
        config["crm:accountId"],
        config["crm:edge"].domain,
        config["crm:naming"].bucketSuffix,
        config["crm:observability"].runbooks,
      ]),
      [
        ["", "acmesales"],
        ["staging.", "acmesalesstaging"],
        ["", "acmesalesrecovery"],
      ].map(([label, suffix]) => [
        "012345678901",
        `${label}acme-sales.com`,
        suffix,
        "https://github.com/acme/crm-platform/blob/main/docs/runbooks",
      ]),
    );
    const mails = (topic: string) =>
      production["crm:eventing"].topics[topic].subscriptions.map(
        ({ email, sms }: { email?: string; sms?: string }) => email ?? sms ?? "queue",
      ) as string[];
    assert.deepEqual(mails("alert-notifications"), ["on-call@acme.io", "+4915112345678"]);
    assert.deepEqual(mails("system-notifications"), ["sre@acme.io", "queue"]);
    assert.deepEqual(production["crm:cost"].subscribers, ["on-call@acme.io"]);
    const copy = "crm-user-uploads-backup-acmesales";
    const { buckets } = production["crm:storage"];
    assert.equal(buckets["user-uploads"].replication.bucketName, copy);
    assert.equal(recovery["crm:storage"].adopted["user-uploads"].bucketName, copy);
    const bootstrap = read("bootstrap/Pulumi.bootstrap.yaml");
    for (const line of [
      "crm-bootstrap:repository: acme/crm-platform",
      'crm-bootstrap:ownerId: "4711"',
      'crm-bootstrap:repositoryId: "471147"',
      "crm-bootstrap:stateBucket: crm-pulumi-state-012345678901",
      "production: {environment: production, prefix: crm, buckets: [crm-*-acmesales]}",
    ]) {
      assert.ok(bootstrap.includes(line), `${line} in\n${bootstrap}`);
    }
    assert.deepEqual(production["crm:recovery"].watch.mailboxes, ["on-call@acme.io"]);
    assert.equal(
      read(CODE_OWNERS),
      "# Of @crm-consulting/platform\n/.github/ @acme/platform\n/bootstrap/ @acme/platform\n",
    );
    for (const [file, text] of [...all()].filter(([file]) => file !== CODE_OWNERS)) {
      // The stack's own words in a comment stay.
      assert.doesNotMatch(text, /crm-consulting|123456789012|\+1234567890|backup-west/, file);
    }
    assert.equal(world().output.at(-1), "Next: npm run accept");
  });

  it("writes what is made of the values where it is asked to, and ends as that does", async () => {
    assert.equal(await setup([...options({ account: "12" }), "--accept"]), 2);
    assert.deepEqual(world().accepted, []);
    // The stand-in's code is how often it was called.
    assert.equal(await setup([...options(), "--accept"]), 1);
    assert.deepEqual(world().accepted, [world().folder]);
    assert.equal(world().output.at(-1), "Next: npm run doctor -- --stack staging");
  });

  // A patch of nine files is not the result where accept writes thirty-six.
  it("refuses a patch of what accept would make: it equals the result or there is none", async () => {
    for (const what of [options(), ["--environment", "dev", "--from", "staging"]]) {
      const before = all();
      world().errors.length = 0;
      assert.equal(await setup([...what, "--accept", "--dry-run"]), 2);
      assert.match(world().errors.join("\n"), /^expected --dry-run or --accept, got both: /);
      assert.equal(world().output.join(""), "");
      assert.deepEqual(world().accepted, []);
      assert.deepEqual(all(), before);
    }
  });

  it("keeps comments, other settings and what an owner has set otherwise", async () => {
    const file = path.join(world().folder, "Pulumi.staging.yaml");
    const own = read("Pulumi.staging.yaml")
      .replace("bucketSuffix: staging", "bucketSuffix: ours # deployed")
      .replace(
        "- email: alerts@crm-consulting.com",
        "- email: alerts@crm-consulting.com\n          - email: third@other.io",
      );
    fs.writeFileSync(file, own);
    await setup(options());
    const lines = read("Pulumi.staging.yaml").split("\n");
    assert.ok(lines.includes("    bucketSuffix: ours # deployed"));
    assert.ok(lines.includes("          - email: third@other.io"));
    const comments = (text: string) => text.match(/#.*/g);
    assert.deepEqual(comments(lines.join("\n")), comments(own));
    const keys = (text: string) => text.match(/^ *[\w:-]+:/gm)!;
    const added = keys(lines.join("\n")).filter((key) => key !== "    runbooks:");
    assert.deepEqual(added, keys(own));
  });

  it("moves to other regions: zones, CloudFront's addresses, the copies, and us-east-1 for what is only there", async () => {
    await setup(options({ region: "us-west-2", "copy-region": "us-east-1" }));
    const production = settings("production");
    const recovery = settings("recovery");
    assert.deepEqual(
      [production, recovery].map((config) => [
        config["aws:region"],
        config["crm:network"].availabilityZones[2],
        config["crm:network"].cloudFrontPrefixListId,
      ]),
      [
        ["us-west-2", "us-west-2c", "pl-82a045eb"],
        ["us-east-1", "us-east-1c", "pl-3b927c52"],
      ],
    );
    assert.equal(production["crm:recovery"].region, "us-east-1");
    await setup(options({ region: "eu-central-1", "copy-region": "eu-west-1" }));
    assert.equal(settings("production")["crm:storage"].replicationRegion, "eu-west-1");
    assert.match(
      read("bootstrap/Pulumi.bootstrap.yaml"),
      /regions: \[eu-central-1, eu-west-1, us-east-1\]/,
    );
    // The pack allows the regions that the stack names.
    assert.doesNotMatch(read(configOf("production")), /eu-central-1|us-east-1/);
  });

  it("removes the phone number if there is none, and adds one only to production's stacks", async () => {
    await setup(options({ phone: "none" }));
    assert.doesNotMatch(read("Pulumi.production.yaml"), /sms:/);
    assert.equal(await setup([]), 0, world().errors.join("\n"));
    assert.equal(await setup(["--phone", "+33612345678"]), 0);
    const sms = ownFiles().filter((file) => read(file).includes('sms: "+33612345678"'));
    assert.deepEqual(sms, ["Pulumi.production.yaml", "Pulumi.recovery.yaml"]);
  });

  it("shows a patch that equals the result, and writes nothing", async () => {
    const before = all();
    assert.equal(await setup([...options(), "--dry-run"]), 0);
    assert.deepEqual(all(), before);
    const patch = path.join(world().folder, "setup.patch");
    fs.writeFileSync(patch, world().output.join(""));
    await setup(options());
    const after = all();
    world().writeAll(before);
    const applied = spawnSync(
      "git",
      ["apply", "--unsafe-paths", `--directory=${world().folder}`, patch],
      {
        cwd: os.tmpdir(),
      },
    );
    assert.equal(applied.status, 0, applied.stderr);
    assert.deepEqual(all(), after);
  });

  it("asks a person for missing answers, and again if an answer is not accepted", async () => {
    const lines = Object.values({ ...ANSWERS, stacks: "", suffix: "" });
    const said: string[] = [];
    const answers = ["123456789012", ...lines];
    const code = await setup([], (question) => {
      said.push(question);
      return Promise.resolve(answers.shift()!);
    });
    assert.equal(code, 0, world().errors.join("\n"));
    assert.match(world().errors.join("\n"), /expected the account's 12 digits, not AWS's example/);
    assert.deepEqual(said.slice(0, 3), [
      "AWS account: ",
      "AWS account: ",
      "Region of the platform [us-east-1]: ",
    ]);
    assert.equal(
      said.at(-1),
      "Suffix of bucket names, which must be unique across AWS [acmesales]: ",
    );
    assert.equal(settings("production")["crm:accountId"], "012345678901");
  });

  it("lists every missing answer at once without a terminal", async () => {
    assert.equal(await setup([]), 2);
    const missing = world()
      .errors.join("\n")
      .match(/--[\w-]+(?=\.$)/gm);
    const needed = Object.keys(ANSWERS).filter((name) => !name.includes("region"));
    assert.deepEqual(
      missing,
      needed.map((name) => `--${name}`),
    );
  });

  it("takes a file of answers, in which an account may begin with 0", async () => {
    const file = path.join(world().folder, "answers.yaml");
    const lines = Object.entries(ANSWERS).map(([name, value]) => `${name}: "${value}"`);
    fs.writeFileSync(file, lines.join("\n"));
    assert.equal(await setup(["--answers", file, "--alerts", "night@acme.io"]), 0);
    assert.equal(settings("staging")["crm:accountId"], "012345678901");
    assert.match(read("Pulumi.staging.yaml"), /email: night@acme\.io/);
    fs.writeFileSync(file, "acount: 1\n");
    assert.equal(await setup(["--answers", file]), 2);
    assert.match(
      world().errors.join("\n"),
      /answers\.yaml: acount: expected one of account, region, .*, got "acount"/,
    );
    // One that is not known hides no other.
    fs.writeFileSync(file, "colour: red\nregion: mars\nteam: [a]\n");
    const before = world().errors.length;
    assert.equal(await setup(["--answers", file]), 2);
    const errors = world().errors.slice(before).join("\n");
    assert.match(errors, /answers\.yaml: colour: expected one of account, .*, got "colour"\n/);
    assert.match(errors, /answers\.yaml: team: expected a single value, got \["a"\]\n/);
    assert.match(errors, /^ {2}region: expected .*, got "mars"$/m);
    assert.doesNotMatch(errors, /^ {2}team: /m);
  });

  it("has an example of that file: nothing in it is taken that an owner has to change, and nothing is left out", async () => {
    const example = fs.readFileSync(path.join(ROOT, "examples", "answers.yaml"), "utf8");
    const values = parse(example) as Record<string, unknown>;
    const names = QUESTIONS.map(({ name }): string => name);
    assert.deepEqual([...Object.keys(values), "suffix"], names);
    assert.match(example, /^# suffix: /m);
    const file = path.join(world().folder, "answers.yaml");
    fs.writeFileSync(file, example);
    assert.equal(await setup(["--answers", file]), 2);
    const refused = [
      ...world()
        .errors.join("\n")
        .matchAll(/^ {2}([\w-]+): expected/gm),
    ];
    const own = ["region", "copy-region", "phone", "stacks", "suffix"];
    assert.deepEqual(
      refused.map(([, name]) => name),
      names.filter((name) => !own.includes(name)),
    );
    const filled = example.replace(/^([\w-]+): .*$/gm, (line, name: string) =>
      own.includes(name) ? line : `${name}: ${JSON.stringify(ANSWERS[name as "account"])}`,
    );
    fs.writeFileSync(file, filled);
    assert.equal(await setup(["--answers", file]), 0, world().errors.join("\n"));
    assert.equal(settings("production")["crm:naming"].bucketSuffix, "acmesales");
  });

  for (const [name, value, expected] of [
    ["account", "123456789012", "12 digits, not AWS's example"],
    ["account", "12345678901", "12 digits"],
    ["region", "us-east-9", "one of af-south-1"],
    ["region", "cn-north-1", "one of af-south-1"],
    ["copy-region", "us-east-1", "another region than region"],
    ["domain", "example.com", "a lower-case domain that can be registered"],
    ["domain", "Acme.com", "a lower-case domain"],
    ["domain", "localhost", "a lower-case domain"],
    ["repository", "acme", "owner/name"],
    ["owner-id", "0", "the owner's number"],
    ["owner-id", "12345678", "the owner's number"],
    ["repository-id", "acme", "the repository's number"],
    ["reviewers", "acme/platform", "@organization/team or @login"],
    ["reviewers", "@crm-consulting/platform", "@organization/team or @login"],
    ["team", "sre", "a mailbox"],
    ["alerts", "on-call@example.org", "a mailbox"],
    ["phone", "0151 1234", "none, or a number"],
    ["phone", "+1234567890", "none, or a number"],
    ["stacks", "staging,nightly", "names among production, recovery, staging"],
    ["suffix", "prod", "another word than prod and staging"],
    ["suffix", "staging", "another word than prod and staging"],
    ["suffix", "Acme", "lower-case letters"],
  ] as const) {
    it(`refuses ${name} ${value}, and writes nothing`, async () => {
      const before = all();
      assert.equal(await setup(options({ [name]: value })), 2);
      assert.ok(world().errors.join("\n").includes(expected), world().errors.join("\n"));
      assert.ok(world().errors.join("\n").includes(`${name}: expected`), world().errors.join("\n"));
      assert.deepEqual(all(), before);
    });
  }

  it("writes nothing that the stack's schema refuses", async () => {
    const file = path.join(world().folder, "Pulumi.staging.yaml");
    fs.writeFileSync(
      file,
      read("Pulumi.staging.yaml").replace("backupRetentionPeriod: 7", "backupRetentionPeriod: 99"),
    );
    const before = all();
    assert.equal(await setup(options()), 1);
    assert.match(
      world().errors.join("\n"),
      /Pulumi\.staging\.yaml: crm:database\.backupRetentionPeriod: expected/,
    );
    assert.deepEqual(all(), before);
  });

  it("says how it is used, and runs nothing then", async () => {
    const before = all();
    assert.equal(await setup([...options(), "--help"]), 0);
    assert.match(world().output.join("\n"), /^Usage: npm run setup/);
    assert.deepEqual(all(), before);
    assert.equal(await setup(["--colour", "red"]), 2);
    assert.equal(await setup(["--environment", "development"]), 2);
  });
});
