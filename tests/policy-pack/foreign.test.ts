import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";

import { RULE_GROUPS } from "../../policy-pack/rules";
import { main } from "../../tools/commands/policy";
import { wellFormed } from "./support";

/** Groups whose findings on the program are listed here; other groups have their own rules' tests. */
const GROUPS = ["tagging", "encryption", "encryption-in-transit", "public-database"];

describe("policy pack: on another team's program", () => {
  const ids = new Set(GROUPS.flatMap((group) => RULE_GROUPS[group]!.map(({ info }) => info.id)));
  let code: number;
  let output = "";
  let results: any[];
  let xml: string;
  before(async () => {
    const root = path.join(__dirname, "fixtures", "foreign");
    const directory = fs.mkdtempSync(path.join(os.tmpdir(), "policy-test-"));
    const [sarif, junit] = ["a.sarif", "a.xml"].map((file) => path.join(directory, file));
    const { log } = console;
    console.log = (line: string) => void (output += `${line}\n`);
    try {
      const reports = ["--sarif", sarif!, "--junit", junit!];
      code = await main([...reports, "--profile", "strict", "--config", "policy.json"], root);
      ({ results } = JSON.parse(fs.readFileSync(sarif!, "utf8")).runs[0]);
      xml = fs.readFileSync(junit!, "utf8");
    } finally {
      Object.assign(console, { log });
      fs.rmSync(directory, { recursive: true });
    }
  });

  it("the command reports them by its exit code, with their places", () => {
    assert.equal(code, 1);
    assert.match(
      output,
      /\nFAILED: dev, \d+ resources, \d+ mandatory, 0 advisory, 0 exempt, \d+ undecided\n$/,
    );
    const { locations } = results.find(({ ruleId }) => ruleId === "kms-rotation");
    const { artifactLocation, region } = locations[0].physicalLocation;
    assert.deepEqual(artifactLocation, { uri: "index.ts" });
    assert.ok(region.startLine > 50);
    assert.ok(wellFormed(xml));
    assert.ok(xml.includes("enableKeyRotation is not set"));
  });

  it("the common mistakes are found, and nothing else", () => {
    const found = new Map<string, string[]>();
    for (const { ruleId, kind, locations } of results.filter((r) => ids.has(r.ruleId))) {
      assert.notEqual(kind, "open", `${ruleId} is undecided`);
      const urn = locations[0].logicalLocations[0].fullyQualifiedName as string;
      found.set(ruleId, [...(found.get(ruleId) ?? []), nameOf(urn)]);
    }
    const sorted = [...found].map(([policy, names]) => [policy, [...new Set(names)].sort()]);
    assert.deepEqual(Object.fromEntries(sorted), {
      "alb-listener-tls": ["web"],
      "customer-managed-key": ["database", "sessions"],
      "db-sg-only-from-app-sg": ["database", "sessions"],
      "encrypted-at-rest": ["database", "sessions"],
      "kms-rotation": ["key"],
      "provider-default-tags": ["default"],
      "rds-copy-tags-to-snapshot": ["database"],
      "rds-force-ssl": ["database"],
      "rds-in-private-subnet-group": ["database", "sessions"],
      "rds-no-public-access": ["database"],
      "redis-in-transit": ["sessions"],
      "s3-encrypted": ["files"],
      "ssm-secure-string": ["api-token"],
      "tags-required": [
        ...["api-token", "database", "files", "key", "main", "main-a", "main-b", "sessions", "web"],
      ],
    });
  });

  it("no secret is told", () => {
    assert.ok(![output, xml, JSON.stringify(results)].some((text) => text.includes("hunter2")));
  });
});

/** The logical name; that of the default provider without its version. */
function nameOf(urn: string): string {
  return urn
    .split("::")
    .at(-1)!
    .replace(/^default_.*/, "default");
}
