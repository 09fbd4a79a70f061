import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";

import {
  type Files,
  filesOfOwn,
  type filesOfPlans,
  filesOfValues,
  FIXTURES,
  OWN,
} from "../../operations/derived";
import { pageValues, VALUES_FILE, withValues } from "../../operations/pages/own-values";
import { allBooks } from "../../operations/runbooks/books";
import { runbookPages } from "../../operations/runbooks/page";
import type { Plan } from "../../tools/preview/index";
import { planOf } from "../support/plans";
import { fixtureOf, ownFiles } from "../support/scratch";
import { BOOTSTRAP_PROJECT, stackNames } from "../support/stack-files";
import { USAGE } from "../support/usage";
import { answer } from "./doctor/world";
import { options, SetupWorld } from "./setup/world";

const ROOT = path.join(__dirname, "..", "..");

const BEFORE = {
  "account.production": "123456789012",
  "domain.production": "crm.example",
  "domain.staging": "staging.crm.example",
  "region.production": "us-east-1",
  "region.recovery": "us-west-2",
  "bucket.production.uploads": "crm-uploads-prod",
  stateBucket: "state-123456789012",
};
const AFTER = {
  "account.production": "210987654321",
  "domain.production": "acme.example",
  "domain.staging": "test.acme.example",
  "region.production": "us-west-2",
  "region.recovery": "us-east-1",
  "bucket.production.uploads": "crm-uploads-acme",
  stateBucket: "acme-state",
};

describe("an owner's values in the pages", () => {
  for (const [before, after] of [
    ["arn:aws:rds:us-east-1:123456789012:db:x", "arn:aws:rds:us-west-2:210987654321:db:x"],
    [
      "--region us-west-2 --source-region us-east-1",
      "--region us-east-1 --source-region us-west-2",
    ],
    ["s3://state-123456789012-copy?region=us-west-2", "s3://acme-state-copy?region=us-east-1"],
    [
      "123456789012.dkr.ecr.us-east-1.amazonaws.com/auth:1",
      "210987654321.dkr.ecr.us-west-2.amazonaws.com/auth:1",
    ],
    ["https://api.crm.example/health", "https://api.acme.example/health"],
    ["app.staging.crm.example", "app.test.acme.example"],
    ["security@crm.example", "security@acme.example"],
    ["s3://crm-uploads-prod/x", "s3://crm-uploads-acme/x"],
    // Not these values, or where they mean something else.
    ["IAM is in us-east-1", "IAM is in us-east-1"],
    ["my-crm.example, crm.example.org-x, crm-uploads-prod-2, 1234567890123", undefined],
    ["--region us-west-20", undefined],
  ] as const) {
    it(before, () => assert.equal(withValues(before, BEFORE, AFTER), after ?? before));
  }

  it("go back as they came", () => {
    const text = "--region us-east-1 s3://crm-uploads-prod app.staging.crm.example 123456789012";
    assert.equal(withValues(withValues(text, BEFORE, AFTER), AFTER, BEFORE), text);
  });

  it("come from the stack files, with a record of what the pages have now", async () => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "values-"));
    try {
      fs.writeFileSync(path.join(folder, "Pulumi.yaml"), "name: crm\nruntime: nodejs\n");
      for (const file of ownFiles()) fs.cpSync(fixtureOf(file), path.join(folder, file));
      const page = "docs/runbooks/a.md";
      const stacks = ["production", "staging", "recovery"];
      const update = () => {
        const files = filesOfValues(folder, stacks);
        for (const [file, text] of files) {
          fs.mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
          fs.writeFileSync(path.join(folder, file), text!);
        }
        return files;
      };
      assert.deepEqual([...update().keys()], [VALUES_FILE]);
      const text = "`aws s3 ls s3://crm-user-uploads-prod` https://api.crm-consulting.com";
      fs.writeFileSync(path.join(folder, page), text);
      assert.equal(update().get(page), text);
      await answer(folder);
      const own = "`aws s3 ls s3://crm-user-uploads-acmesales` https://api.acme-sales.com";
      assert.equal(update().get(page), own);
      assert.equal(update().get(page), own);
    } finally {
      fs.rmSync(folder, { recursive: true, force: true });
    }
  });
});

describe("an owner's values around what is generated", () => {
  const PAGE = "docs/runbooks/database-restore.md";
  const plans = new Map<string, Plan>();
  let bootstrapped: Plan;
  let world: SetupWorld;

  before(async () => {
    for (const stack of stackNames()) plans.set(stack, await planOf(stack));
    bootstrapped = await planOf("bootstrap");
  });
  beforeEach(() => {
    world = new SetupWorld();
    write("Pulumi.yaml", "name: crm\nruntime: nodejs\n");
    write(OWN.usage, JSON.stringify(USAGE));
    fs.cpSync(path.join(ROOT, FIXTURES.pages), world.folder, { recursive: true });
  });
  afterEach(() => world.remove());

  const write = (file: string, text: string) => {
    fs.mkdirSync(path.dirname(path.join(world.folder, file)), { recursive: true });
    world.write(file, text);
  };

  /** Writes what `npm run accept` makes of the values; the plans are those of the tests' stacks. */
  function accept(make?: typeof filesOfPlans): Files {
    const files = filesOfOwn(world.folder, plans, bootstrapped, make);
    for (const [file, text] of files) if (text !== undefined) write(file, text);
    return files;
  }

  /** The runbooks alone: other pages take seconds. */
  const runbooks: typeof filesOfPlans = (_root, _place, all, _plan, written = new Map()) =>
    new Map(
      runbookPages(allBooks(all, { bootstrap: BOOTSTRAP_PROJECT }), (file) => written.get(file)),
    );

  /** What the lines are after `accept`, which changes nothing the second time. */
  function lines(): string[] {
    const files = accept(runbooks);
    assert.deepEqual(accept(runbooks), files);
    return world.read(PAGE).split("\n").slice(0, HAND_WRITTEN.length);
  }

  const HAND_WRITTEN = [
    "gh variable set AWS_REGION --body us-east-1",
    "pulumi login 's3://crm-pulumi-state-123456789012?region=us-west-2'",
    "awskms://alias/crm-pulumi-staging?region=us-east-1 awskms://alias/crm-pulumi-recovery?region=us-west-2",
    "--region us-east-1 123456789012.dkr.ecr.us-east-1.amazonaws.com --region us-west-2",
    "s3://crm-backups-prod s3://crm-frontend-assets-staging api.crm-consulting.com",
  ];
  const withLines = (text: string) => `${HAND_WRITTEN.join("\n")}\n${text}`;

  it("stay right where the two regions change places, and the generated ones are the plan's", () => {
    const page = withLines(world.read(PAGE));
    const record = filesOfValues(world.folder, stackNames()).get(VALUES_FILE)!;
    const swapped = (text: string) =>
      text.replace(/us-(east-1|west-2)/g, (one) =>
        one === "us-east-1" ? "us-west-2" : "us-east-1",
      );
    write(PAGE, swapped(page));
    write(VALUES_FILE, swapped(record));
    accept();
    assert.equal(world.read(PAGE), page);
  });

  it("are staging's after a setup of staging alone, with no name of the example in a runbook, and production's later", async () => {
    write(PAGE, withLines(world.read(PAGE)));
    assert.deepEqual(lines(), HAND_WRITTEN);
    const where = { region: "us-west-2", "copy-region": "eu-west-1" };
    assert.equal(await world.setup(options({ ...where, stacks: "staging" })), 0);
    assert.deepEqual(lines(), [
      "gh variable set AWS_REGION --body us-west-2",
      "pulumi login 's3://crm-pulumi-state-012345678901?region=eu-west-1'",
      "awskms://alias/crm-pulumi-staging?region=us-west-2 awskms://alias/crm-pulumi-recovery?region=eu-west-1",
      "--region us-west-2 012345678901.dkr.ecr.us-west-2.amazonaws.com --region eu-west-1",
      "s3://crm-backups-production-NOT-SET-UP s3://crm-frontend-assets-acmesalesstaging api.acme-sales.com",
    ]);
    for (const file of fs.readdirSync(path.join(world.folder, "docs/runbooks"))) {
      if (!file.endsWith(".md")) continue;
      const text = world.read(`docs/runbooks/${file}`);
      assert.doesNotMatch(
        text,
        /crm-consulting|123456789012|crm-[a-z-]+-(prod|backup-west)\b/,
        file,
      );
    }
    const all = { region: "eu-central-1", "copy-region": "eu-west-1" };
    assert.equal(await world.setup(options({ ...all, stacks: "production,recovery" })), 0);
    assert.deepEqual(lines().slice(3), [
      "--region eu-central-1 012345678901.dkr.ecr.eu-central-1.amazonaws.com --region eu-west-1",
      "s3://crm-backups-acmesales s3://crm-frontend-assets-acmesalesstaging api.acme-sales.com",
    ]);
  });

  it("are none where the stack that is set up has no domain", () => {
    const example = {
      "account.production": "123456789012",
      "domain.production": "crm.example",
      "account.staging": "210987654321",
    };
    assert.equal(pageValues(example)["domain.production"], "not-set-up.invalid");
    assert.equal(pageValues(example)["account.production"], "210987654321");
    const fresh = { ...example, "account.staging": "123456789012" };
    assert.deepEqual(pageValues(fresh), fresh);
  });
});
