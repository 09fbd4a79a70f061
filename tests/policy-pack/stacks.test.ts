import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";

import { profileConfig } from "../../tools/commands/policy";
import { parsePackConfig, readPackConfig } from "../../tools/preview/engine/policy-config";
import { planOf } from "../support/plans";
import { packConfigFile, stackNames } from "../support/stack-files";
import { verdictOf } from "./planned";

const PACK = path.join(__dirname, "..", "..", "policy-pack");
const STACKS = stackNames();

describe("policy pack: on whole stacks", () => {
  for (const stack of STACKS) {
    const own = readPackConfig(packConfigFile(stack));
    const strict = parsePackConfig(profileConfig("strict", stack, packConfigFile(stack)), stack);

    it(`${stack} is clean by the rules' own levels, with nothing undecided`, async () => {
      const verdict = verdictOf(await planOf(stack), own);
      assert.deepEqual({ ...verdict, exempt: [] }, { violations: [], undecided: [], exempt: [] });
    });

    it(`${stack} is clean under the strict profile, with nothing undecided`, async () => {
      const verdict = verdictOf(await planOf(stack), strict);
      assert.deepEqual({ ...verdict, exempt: [] }, { violations: [], undecided: [], exempt: [] });
    });
  }

  it("these rules do not report production only because of exemptions or settings", async () => {
    const { violations } = verdictOf(await planOf("production"), strictAlone());
    const rules = violations.map((message) => / \((\S+), \S+\)$/.exec(message)![1]!);
    assert.deepEqual([...new Set(rules)].sort(), [
      "alb-internal-or-declared-public",
      "alb-target-group-encrypted",
      "alb-target-group-healthcheck",
      "backup-plan-frequency-retention",
      "cf-geo-restriction",
      "customer-managed-key",
      "event-target-dlq",
      "lambda-code-signing",
      "lambda-concurrency",
      "lambda-dlq",
      "lambda-in-vpc-multi-az",
      "lambda-sqs-visibility",
      "log-group-retention",
      "rds-non-default-port",
      "redis-non-default-port",
      "rpo-rto",
      "s3-encrypted",
      "s3-event-notifications",
      "s3-object-lock",
      "s3-replication",
      "s3-versioning",
      "secret-rotation",
      "zone-loss-capacity",
    ]);
  });

  const files = [
    path.join(PACK, "profiles", "strict.json"),
    ...[...STACKS, "bootstrap"].map(packConfigFile),
  ];
  for (const file of files) {
    it(`${path.basename(file)} says why, wherever it sets something`, () => {
      const configuration = JSON.parse(fs.readFileSync(file, "utf8")) as Record<string, unknown>;
      for (const [rule, given] of Object.entries(configuration)) {
        const { exemptions, reason, advice, ...settings } = given as Record<string, unknown>;
        if (advice !== undefined) assert.match(advice as string, /^[A-Z].{18,}\.$/, rule);
        if (rule !== "all" && Object.keys(settings).length > 0) {
          assert.match(String(reason), /^[A-Z].{18,}\.$/, rule);
        } else {
          assert.equal(reason, undefined, rule);
        }
        for (const { reason: why, owner } of (exemptions ?? []) as Record<string, string>[]) {
          assert.match(why!, /^[A-Z].{18,}\.$/, rule);
          assert.match(owner!, /@crm-consulting\.com$/, rule);
        }
      }
    });
  }
});

/** The strict profile without what a stack says of it. */
function strictAlone() {
  return readPackConfig(path.join(PACK, "profiles", "strict.json"));
}
