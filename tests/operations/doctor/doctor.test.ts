import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";

import { findingsOf, main, type Report } from "../../../operations/doctor";
import type { Finding } from "../../../operations/doctor/check";
import type { Plan } from "../../../tools/preview/index";
import { answer, change, CODE_OWNERS, deployment, RELEASES, SHIPPED, surroundings } from "./world";

describe("npm run doctor", () => {
  let folder: string;
  let output: string[];
  let errors: string[];
  const { log, error } = console;

  beforeEach(() => {
    folder = deployment();
    output = [];
    errors = [];
    console.log = (line: string) => output.push(line);
    console.error = (line: string) => errors.push(line);
  });
  afterEach(() => {
    Object.assign(console, { log, error });
    fs.rmSync(folder, { recursive: true, force: true });
  });

  const look = (stack = "staging", altered?: (plan: Plan) => Plan) =>
    findingsOf(stack, surroundings(folder, undefined, altered), { offline: true });
  const notOk = (findings: readonly Finding[]) =>
    Object.fromEntries(
      findings.filter(({ status }) => status !== "ok").map(({ id, status }) => [id, status]),
    );
  const found = (findings: readonly Finding[], id: string) => {
    const finding = findings.find((one) => one.id === id);
    assert.ok(finding, `${id} among ${findings.map((one) => one.id).join(", ")}`);
    return finding;
  };

  it("lists everything that is left of the shipped files, with what fixes it", async () => {
    const findings = await look();
    assert.deepEqual(notOk(findings), SHIPPED);
    for (const { id, status, evidence, fix } of findings) {
      assert.ok(evidence.length > 0, id);
      assert.equal(fix !== undefined, status === "fail" || status === "warn", id);
    }
    assert.equal(new Set(findings.map(({ id }) => id)).size, findings.length);
  });

  for (const stack of ["production", "staging", "recovery"]) {
    it(`finds nothing more of ${stack} than what a deployment brings, once setup has run`, async () => {
      await answer(folder);
      const failing = Object.entries(notOk(await look(stack)))
        .filter(([, status]) => status === "fail")
        .map(([id]) => id);
      const expected = {
        production: ["stack-init", "secrets"],
        staging: [],
        recovery: ["stack-init", "placeholder-ids", "secrets"],
      };
      assert.deepEqual(failing, expected[stack as keyof typeof expected]);
    });
  }

  const STAGING = "Pulumi.staging.yaml";
  const BOOTSTRAP = "bootstrap/Pulumi.bootstrap.yaml";
  it("takes a team of one's own that looks at the pipeline", async () => {
    await answer(folder);
    const { status, evidence } = found(await look(), "code-owners");
    assert.equal(status, "ok");
    assert.match(evidence, /^@acme\/platform; .*gh api repos\/.*\/codeowners\/errors$/);
  });

  const KEYS =
    "  crm:secrets: {twitter-api-key: {secure: v1:x}, linkedin-api-key: {secure: v1:x}}\n";
  /** One more name in `crm:naming`. */
  const rename = (names: string) => {
    const label = "    environmentLabel: staging\n";
    change(folder, STAGING, label, `${label}    ${names}\n`);
  };
  const cases: readonly (readonly [
    id: string,
    status: Finding["status"],
    says: RegExp,
    fix: RegExp,
    alter: () => void,
    stack?: string,
  ])[] = [
    [
      "placeholder-account",
      "fail",
      /crm:accountId is AWS's example 123456789012/,
      /^npm run setup -- --stacks staging --account/,
      () => change(folder, STAGING, "210987654321", "123456789012"),
    ],
    [
      "placeholder-domain",
      "fail",
      /crm:edge\.domain is app\.crm-consulting\.com/,
      /--domain/,
      () => change(folder, STAGING, "staging.acme-sales.com", "app.crm-consulting.com"),
    ],
    [
      "code-owners",
      "warn",
      /names the shipped @crm-consulting\/platform/,
      /^npm run setup -- --stacks staging --reviewers @<organization>\/<team>$/,
      () => change(folder, CODE_OWNERS, "@acme/platform", "@crm-consulting/platform"),
    ],
    [
      "code-owners",
      "warn",
      /names no owner/,
      /^git checkout main/,
      () => change(folder, CODE_OWNERS, "/.github/ @", "# @"),
    ],
    [
      "pipeline-downloads",
      "warn",
      /pulumi-releases\.json pins no SHA-256: each job compares .*; pulumi-v3\.276\.0-linux-x64\.tar\.gz/,
      /^npm run pulumi:update$/,
      () => change(folder, RELEASES, /"sha256":"\w+"/, '"sha256":null'),
    ],
    [
      "pipeline-downloads",
      "fail",
      /lists no download/,
      /^git checkout main/,
      () => fs.rmSync(path.join(folder, RELEASES)),
    ],
    [
      "placeholder-mailboxes",
      "fail",
      /crm:cost\.subscribers\[0\] is the shipped value/,
      /--alerts/,
      () =>
        change(
          folder,
          STAGING,
          "subscribers: [on-call@acme.io]",
          "subscribers: [x@crm-consulting.com]",
        ),
    ],
    [
      "placeholder-phone",
      "fail",
      /topics\.alert-notifications\.subscriptions\[1\]\.sms is the shipped value/,
      /--phone/,
      () => change(folder, "Pulumi.production.yaml", "+4915112345678", "+1234567890"),
      "production",
    ],
    [
      "placeholder-buckets",
      "fail",
      /crm:naming\.bucketSuffix is the shipped staging$/,
      /--suffix/,
      () => change(folder, STAGING, "bucketSuffix: acmesalesstaging", "bucketSuffix: staging"),
    ],
    [
      "placeholder-ids",
      "fail",
      /crm:edge\.zone\.id is Z0000000EXAMPLE/,
      /^pulumi config set --stack recovery --path crm:edge/,
      () => undefined,
      "recovery",
    ],
    [
      "runbooks",
      "warn",
      /docs\/runbooks, which a phone cannot open/,
      /--repository/,
      () => change(folder, STAGING, /runbooks: https.*/, "runbooks: docs/runbooks"),
    ],
    [
      "shared-settings",
      "fail",
      /crm:cluster\.name: expected a name of this stack's own, got crm-production/,
      /--environment/,
      () => change(folder, STAGING, "name: crm-staging", "name: crm-production"),
    ],
    [
      "shared-settings",
      "fail",
      /crm:naming\.alarmNames: expected a name of this stack's own, got RDS-High-CPU in us-east-1/,
      /--environment/,
      () => rename("alarmNames: {RDS-High-CPU: RDS-High-CPU}"),
    ],
    [
      "shared-settings",
      "fail",
      /crm:naming\.queueNames: expected a name of this stack's own, got crm-notification-processor in us-east-1, as in Pulumi\.production/,
      /--environment/,
      () => rename("queueNames: {dlq-email: crm-notification-processor}"),
    ],
    [
      "shared-settings",
      "fail",
      /tracing\.encryption: expected one stack alone that sets it/,
      /--environment/,
      () => change(folder, STAGING, "encryption: false", "encryption: true"),
    ],
    [
      "pack-configuration",
      "fail",
      /policy-pack\/config\.staging\.json does not exist: /,
      /> policy-pack\/config\.staging\.json$/,
      () => fs.rmSync(path.join(folder, "policy-pack", "config.staging.json")),
    ],
    [
      "bootstrap",
      "fail",
      /crm-bootstrap:stacks has no staging/,
      /^pulumi -C bootstrap config set/,
      () => change(folder, BOOTSTRAP, /\n {4}staging: .*/, ""),
    ],
    [
      "bootstrap",
      "fail",
      /has no pattern for crm-backups-acmesalesstaging/,
      /^npm run setup -- --stacks staging$/,
      () => change(folder, BOOTSTRAP, "crm-*-acmesalesstaging", "crm-*-other"),
    ],
    [
      "bootstrap",
      "fail",
      /crm-bootstrap:accountId is 111122223333, crm:accountId 210987654321/,
      /^pulumi -C bootstrap config set --stack bootstrap --path crm-bootstrap:accountId 210987654321$/,
      () => change(folder, BOOTSTRAP, 'accountId: "210987654321"', 'accountId: "111122223333"'),
    ],
    [
      "bootstrap",
      "fail",
      /crm:permissionsBoundary is crm-pipeline-boundary-production/,
      /^pulumi config set --stack staging crm:permissionsBoundary crm-pipeline-boundary-staging$/,
      () => change(folder, STAGING, "boundary-staging", "boundary-production"),
    ],
    [
      "placeholder-bootstrap",
      "fail",
      /crm-bootstrap:ownerId is the shipped 12345678/,
      /--owner-id/,
      () => change(folder, BOOTSTRAP, 'ownerId: "4711"', 'ownerId: "12345678"'),
    ],
    [
      "stack-init",
      "fail",
      /names no secrets provider: .* would create it with a passphrase/,
      /^pulumi stack init production --secrets-provider/,
      () => undefined,
      "production",
    ],
    [
      "stack-init",
      "warn",
      /Pulumi\.staging\.yaml encrypts secrets with a passphrase/,
      /^pulumi stack change-secrets-provider/,
      () => change(folder, STAGING, /$/, "encryptionsalt: v1:x\n"),
    ],
    [
      "secrets",
      "fail",
      /crm:secrets\.twitter-api-key is not set: a deployment is refused/,
      /^pulumi config set --path crm:secrets\.[a-z-]+ --secret --stack production$/,
      () => undefined,
      "production",
    ],
    [
      "secrets",
      "fail",
      /crm:secrets\.origin-header is not set/,
      /^pulumi stack output originHeaderValue --show-secrets --stack production \| pulumi config set --path crm:secrets\.origin-header --secret --stack recovery$/,
      () => change(folder, "Pulumi.recovery.yaml", /$/, KEYS),
      "recovery",
    ],
    [
      "secrets-encrypted",
      "fail",
      /crm:secrets\.twitter-api-key is not encrypted/,
      /--secret/,
      () => change(folder, STAGING, /$/, "  crm:secrets:\n    twitter-api-key: open\n"),
    ],
    [
      "delegation",
      "warn",
      /of production does not name staging\./,
      /^npm run nameservers -- --stack staging$/,
      () => undefined,
    ],
    [
      "job-time",
      "fail",
      /minutes at most together/,
      /^pulumi config set --path crm:services\.\w+\.deployment\.timeoutMinutes \d{2,3} --stack staging$/,
      () =>
        change(folder, STAGING, "cpu: 256", "cpu: 256\n      deployment: {timeoutMinutes: 240}"),
    ],
    [
      "order-cost-tags",
      "warn",
      /Tag keys not found/,
      /costAllocationTags\.activate false --stack production$/,
      () => undefined,
      "production",
    ],
  ];
  for (const [id, status, says, fix, alter, stack = "staging"] of cases) {
    it(`${id} ${status}s: ${says.source}`, async () => {
      await answer(folder);
      alter();
      const finding = found(await look(stack), id);
      assert.equal(finding.status, status, finding.evidence);
      assert.match(finding.evidence, says);
      assert.match(finding.fix!, fix);
    });
  }

  it("says of an invalid file what is wrong, and looks no further", async () => {
    change(folder, STAGING, "backupRetentionPeriod: 7", "backupRetentionPeriod: 99");
    const findings = await look();
    assert.deepEqual(
      findings.map(({ id, status }) => [id, status]),
      [["settings", "fail"]],
    );
    assert.match(findings[0]!.evidence, /crm:database\.backupRetentionPeriod: expected/);
  });

  it("asks for no verdict of a pack that has no configuration of the stack", async () => {
    fs.rmSync(path.join(folder, "policy-pack", "config.staging.json"));
    assert.equal(found(await look(), "policies").status, "skipped");
  });

  it("fails on a violated rule and on an undecided one", async () => {
    const violation = {
      pack: "p",
      policy: "some-rule",
      enforcementLevel: "mandatory",
      message: "m",
    } as const;
    const findings = await look("staging", (plan) => ({
      ...plan,
      policies: {
        ...plan.policies,
        violations: [violation, { ...violation, policy: "exempt-rule", exempt: true }],
        undecided: [{ pack: "p", policy: "other-rule", message: "m" }],
      },
    }));
    const { status, evidence } = found(findings, "policies");
    assert.equal(status, "fail");
    assert.equal(evidence, "some-rule: m; other-rule is undecided");
  });

  it("fails by the names of a copied file, from both plans", async () => {
    fs.cpSync(path.join(folder, STAGING), path.join(folder, "Pulumi.nightly.yaml"));
    const findings = await look("nightly");
    const names = found(findings, "physical-names");
    assert.equal(names.status, "fail");
    assert.match(names.evidence, /^\d{3} names; aws:\S+ \S+ is also in stack staging/);
    assert.match(found(findings, "shared-settings").evidence, /crm:naming\.qualifier/);
  });

  it("warns of resources that are not accepted", async () => {
    change(
      folder,
      "operations/accepted/staging.urns",
      /^.*\n/,
      "urn:pulumi:staging::crm::a:b/c:D::gone\n",
    );
    const { status, evidence } = found(await look(), "accepted");
    assert.deepEqual(
      [status, evidence],
      ["warn", "1 resource is not accepted yet, 1 accepted one is gone"],
    );
  });

  it("ends with the verdict, and with exit code 1 where something fails", async () => {
    const world = surroundings(folder);
    assert.equal(await main(["--stack", "staging", "--offline"], world), 1);
    const lines = output.join("\n").split("\n");
    const counts =
      /^staging: 5 fail, 9 warn, \d+ ok, 1 skipped; first: npm run setup -- --stacks staging --account <12 digits>$/;
    assert.match(lines.at(-1)!, counts);
    output.length = 0;
    assert.equal(await main(["--stack", "staging", "--offline", "--json"], world), 1);
    const report = JSON.parse(output.join("")) as Report;
    assert.equal(report.verdict, lines.at(-1));
    assert.equal(report.checks[0]!.id, "settings");
  });

  it("shows some checks alone, without a preview where they need none", async () => {
    const world = {
      ...surroundings(folder),
      previewed: () => assert.fail("no check needs a plan"),
    };
    assert.equal(await main(["--stack", "staging", "--only", "pack-configuration"], world), 0);
    assert.equal(output.length, 1);
    assert.match(
      output[0]!,
      /^ok {6}pack-configuration: .*\nstaging: 0 fail, 0 warn, 1 ok, 0 skipped;/,
    );
    assert.equal(await main(["--stack", "staging", "--only", "nothing"], world), 2);
    assert.match(errors.join("\n"), /--only: expected ids among settings, placeholder-account,/);
  });

  it("prints its usage and checks nothing", async () => {
    const world = { ...surroundings(folder), previewed: () => assert.fail("nothing is previewed") };
    assert.equal(await main(["--stack", "staging", "--help"], world), 0);
    assert.match(output.join("\n"), /^Usage: npm run doctor/);
    assert.equal(await main([], world), 2);
    assert.match(errors.join("\n"), /--stack is required/);
    assert.equal(await main(["--stack", "nightly"], world), 2);
    assert.match(
      errors.join("\n"),
      /--stack: expected one of production, recovery, staging, got "nightly"/,
    );
  });
});
