import assert from "node:assert/strict";

import type { Plan, PlannedResource, PolicyViolation } from "../../../analysis/plan/model";
import { RULE_GROUPS, RULES } from "../../../policy-pack/rules";
import { main, profileConfig } from "../../../tools/commands/policy";
import { type Finding, findingsOf } from "../../../tools/commands/policy-findings";
import { junit } from "../../../tools/commands/policy-junit";
import { sarif } from "../../../tools/commands/policy-sarif";
import { resolvePackConfig, parsePackConfig } from "../../../tools/preview/engine/policy-config";
import { wellFormed } from "../../policy-pack/support";
import { packConfigFile } from "../../support/stack-files";

const resource = (urn: string, rest: Partial<PlannedResource> = {}) =>
  ({ urn, type: "aws:x:X", name: urn, ...rest }) as PlannedResource;
const violation = (
  policy: string,
  urn: string | undefined,
  message: string,
  enforcementLevel: PolicyViolation["enforcementLevel"] = "mandatory",
): PolicyViolation => ({ pack: "crm-policy-pack", policy, urn, message, enforcementLevel });
const plan = {
  stack: "production",
  program: "src/index.ts",
  resources: [
    resource("stack"),
    resource("network", { source: "components/network/network.ts:12:5", parent: "stack" }),
    resource("subnet", { parent: "network" }),
    resource("lost", { parent: "stack" }),
  ],
  policies: {
    packs: [],
    remediations: [],
    violations: [
      {
        ...violation("kms-rotation", "lost", "Because. It is <old>.", "advisory"),
        exempt: true as const,
      },
      violation("s3-encrypted", "lost", 'Say how.\nNo & "<none>" \u0001', "advisory"),
      violation("tags-required", "subnet", "Tags.\ntags lacks Owner; add it."),
      violation("tags-required", undefined, "Tags.\nSomewhere."),
    ],
    undecided: [
      {
        pack: "crm-policy-pack",
        policy: "redis-in-transit",
        urn: "network",
        message: "undecided: x",
      },
    ],
  },
} as unknown as Plan;

describe("npm run policy", () => {
  const findings = findingsOf(plan);

  it("findings come with the place where the resource, or what it is a part of, is made", () => {
    assert.deepEqual(
      findings.map(({ kind, policy, urn, place }) => [kind, policy, urn, place]),
      [
        [
          "mandatory",
          "tags-required",
          "subnet",
          { file: "components/network/network.ts", line: 12, column: 5 },
        ],
        ["mandatory", "tags-required", undefined, { file: "src/index.ts" }],
        ["advisory", "s3-encrypted", "lost", { file: "src/index.ts" }],
        ["exempt", "kms-rotation", "lost", { file: "src/index.ts" }],
        [
          "undecided",
          "redis-in-transit",
          "network",
          { file: "components/network/network.ts", line: 12, column: 5 },
        ],
      ],
    );
  });

  it("SARIF has each rule with its page, and each finding with level and place", () => {
    const log = JSON.parse(JSON.stringify(sarif(findings, RULE_GROUPS)));
    assert.equal(log.version, "2.1.0");
    const [{ tool, results }] = log.runs;
    const { rules } = tool.driver;
    assert.equal(rules.length, RULES.length);
    for (const rule of rules) {
      assert.match(rule.helpUri, /^https:/);
      assert.ok(rule.shortDescription.text && rule.help.text);
    }
    assert.deepEqual(
      results.map(({ level, kind }: any) => [level, kind]),
      [
        ["error", undefined],
        ["error", undefined],
        ["warning", undefined],
        ["warning", undefined],
        ["none", "open"],
      ],
    );
    for (const result of results) {
      assert.equal(rules[result.ruleIndex].id, result.ruleId);
      const { artifactLocation, region } = result.locations[0].physicalLocation;
      assert.ok(artifactLocation.uri && region.startLine >= 1);
    }
    assert.deepEqual(results[0].locations[0].logicalLocations, [
      { fullyQualifiedName: "subnet", kind: "resource" },
    ]);
    assert.equal(results[3].suppressions[0].justification, "Because. It is <old>.");
    const prints = results.map((result: any) => result.partialFingerprints["resource/v1"]);
    assert.equal(new Set(prints).size, 5);
  });

  it("SARIF and JUnit name the controls that each finding breaks", () => {
    const found = (policy: string, message: string): Finding => ({
      ...{ policy, kind: "mandatory", message, urn: "u", place: { file: "index.ts" } },
    });
    const some = [
      // Controls of S3 by what each switch is: tests/policy-pack/breaks.test.ts.
      found("s3-public-access-block-values", "It is false. Required by S3.8, 2.1.4, AWS-0091."),
      found("s3-no-public-acl", "acl is public. No public control requires it. Our advice."),
      found("rds-copy-tags-to-snapshot", "copyTagsToSnapshot is not set."),
      found("a-rule-of-another-pack", "It is wrong. Required by S3.8."),
    ];
    const [run] = JSON.parse(JSON.stringify(sarif(some, RULE_GROUPS))).runs;
    assert.deepEqual(
      run.results.map(({ properties }: any) => properties?.tags),
      [
        ["securityHub:S3.8", "cis:2.1.4", "trivy:AWS-0091"],
        [],
        ["securityHub:RDS.17", "checkov:CKV2_AWS_60"],
        undefined,
      ],
    );
    const xml = junit("production", some, RULE_GROUPS);
    assert.ok(wellFormed(xml), xml);
    const caseOf = (id: string) =>
      new RegExp(`<testcase name="${id}"[^>]*>(<properties>.*?</properties>)`).exec(xml)?.[1];
    const property = (value: string, name = "control") =>
      `<property name="${name}" value="${value}"/>`;
    assert.equal(
      caseOf("rds-copy-tags-to-snapshot"),
      `<properties>${["securityHub:RDS.17", "checkov:CKV2_AWS_60"].map((id) => property(id)).join("")}${["securityHub:RDS.17", "checkov:CKV2_AWS_60"].map((id) => property(id, "broken-control")).join("")}</properties>`,
    );
    const broken = (id: string) =>
      [...(caseOf(id) ?? "").matchAll(/name="broken-control" value="([^"]+)"/g)].map(
        ([, value]) => value,
      );
    assert.deepEqual(broken("s3-public-access-block-values"), [
      "securityHub:S3.8",
      "cis:2.1.4",
      "trivy:AWS-0091",
    ]);
    assert.deepEqual(broken("s3-no-public-acl"), []);
    assert.deepEqual(broken("kms-rotation"), []);
    assert.match(caseOf("kms-rotation")!, /value="securityHub:KMS\.4"/);
  });

  it("JUnit has a test case for each rule", () => {
    const xml = junit("production", findings, RULE_GROUPS);
    assert.ok(wellFormed(xml), xml);
    assert.equal(xml.match(/<testcase /g)!.length, RULES.length);
    assert.equal(xml.match(/<failure /g)!.length, 1);
    assert.equal(xml.match(/<skipped /g)!.length, 1);
    assert.match(xml, /tests="7" failures="1" skipped="0"/);
    assert.match(xml, /tags lacks Owner; add it\./);
    assert.match(xml, /src\/index\.ts lost/);
    assert.doesNotMatch(xml, /src\/index\.ts:/);
    assert.match(xml, /components\/network\/network\.ts:12 subnet/);
    assert.match(xml, /No &amp; &quot;&lt;none&gt;&quot; \?/);
  });

  it("SARIF and JUnit say once what no rule has judged: the children that the plan lacks", () => {
    const notJudged = "not judged: children of eks:index:Cluster (<main>)";
    const [run] = JSON.parse(JSON.stringify(sarif(findings, RULE_GROUPS, notJudged))).runs;
    assert.deepEqual(run.invocations, [
      {
        executionSuccessful: true,
        toolExecutionNotifications: [{ level: "warning", message: { text: notJudged } }],
      },
    ]);
    const xml = junit("production", findings, RULE_GROUPS, notJudged);
    assert.ok(wellFormed(xml), xml);
    assert.equal(xml.match(/<testcase /g)!.length, RULES.length + 1);
    assert.equal(
      xml.match(/not judged: children of eks:index:Cluster \(&lt;main&gt;\)/g)!.length,
      1,
    );
    assert.equal(xml.match(/<skipped /g)!.length, 2);
  });

  it("a stack's configuration changes a profile setting by setting", () => {
    const { "log-group-retention": retention, all } = profileConfig(
      "strict",
      "production",
      packConfigFile("production"),
    );
    assert.equal(all, "mandatory");
    assert.equal((retention as { minimumDays: number }).minimumDays, 14);
    const other = profileConfig("strict", "nowhere");
    assert.equal((other["log-group-retention"] as { minimumDays: number }).minimumDays, 365);
    assert.deepEqual((other["r53-dnssec"] as { stacks: string[] }).stacks, ["."]);
  });

  it("the strict profile makes every rule mandatory and keeps the stack's exemptions", () => {
    for (const stack of ["production", "staging"]) {
      const config = parsePackConfig(
        profileConfig("strict", stack, packConfigFile(stack)),
        "strict",
      );
      const rules = RULES.map(({ info, policy }) => ({
        name: info.id,
        description: info.description,
        level: info.level ?? ("mandatory" as const),
        schema: { properties: policy.configSchema!.properties as never, required: [] },
      }));
      const resolved = resolvePackConfig({ where: "crm-policy-pack", closed: true }, rules, config);
      for (const rule of Object.values(resolved)) {
        assert.equal(rule.level, "mandatory");
      }
      const { exemptions } = resolved["customer-managed-key"]!.properties as {
        exemptions: { expires: string }[];
      };
      assert.equal(exemptions[0]!.expires, "2027-06-30");
    }
  });

  describe("as a command", () => {
    let output: string[];
    const log = console.log;
    const error = console.error;
    beforeEach(() => {
      output = [];
      console.log = console.error = (line: string) => void output.push(line);
    });
    afterEach(() => Object.assign(console, { log, error }));

    it("wrong usage is 2 and says what is right", async () => {
      assert.equal(await main(["--sarfi", "x"]), 2);
      assert.equal(await main(["--profile", "lax"]), 2);
      assert.equal(await main(["--stack", "nowhere"]), 2);
      assert.equal(await main(["--help"]), 0);
      assert.match(
        output.join("\n"),
        /expected one of baseline, platform, strict, got "lax"[^]*"nowhere"[^]*--junit <file>/,
      );
    });
  });
});
