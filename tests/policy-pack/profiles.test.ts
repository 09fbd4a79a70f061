import assert from "node:assert/strict";

import baseline from "../../policy-pack/profiles/baseline.json";
import platform from "../../policy-pack/profiles/platform.json";
import strict from "../../policy-pack/profiles/strict.json";
import { RULES } from "../../policy-pack/rules";
import { recoveryRules } from "../../policy-pack/rules/recovery";
import { parsePackConfig } from "../../tools/preview/engine/policy-config";
import { planOf } from "../support/plans";
import { settingsOf, verdictOf } from "./planned";
import { judgeStack, type Sample } from "./support";

describe("policy pack: profiles", () => {
  const levels = settingsOf(parsePackConfig(baseline, "baseline.json"));

  /** AWS recommends these without a control of Security Hub or CIS: its IAM User Guide, wildcards in Principal, and Security best practices. */
  const RECOMMENDED = ["iam-no-full-iam", "iam-trust-not-open", "resource-policy-not-public"];

  it("baseline is mandatory only for serious violations that AWS or CIS list", () => {
    const mandatory = RULES.filter(({ info }) => levels[info.id]!.level === "mandatory");
    assert.ok(mandatory.length >= 24);
    for (const { info } of mandatory) {
      assert.match(info.severity, /^(critical|high)$/, info.id);
      const { cis = [], securityHub = [] } = info.controls ?? {};
      assert.ok(cis.length + securityHub.length > 0 || RECOMMENDED.includes(info.id), info.id);
    }
  });

  it("baseline does not require tags, budgets, recovery or this platform's access path", () => {
    for (const id of ["tags-required", "budget-present", "rpo-rto", "app-sg-only-from-alb"]) {
      assert.equal(levels[id]!.level, "disabled", id);
    }
    for (const { info } of recoveryRules) {
      assert.equal(levels[info.id]!.level, "disabled", info.id);
    }
    assert.equal(levels["lambda-xray"]!.level, "advisory");
  });

  it("baseline reports an open rule of a group once, by the rule that covers the others", () => {
    const config = settingsOf(parsePackConfig(baseline, "baseline.json"));
    const open = [
      "sg-no-all-traffic-ingress",
      "sg-no-open-admin-ports",
      "sg-no-open-high-risk-ports",
    ];
    for (const id of open) assert.equal(config[id]!.level, "disabled", id);
    assert.equal(config["sg-no-open-ingress-except-authorized"]!.level, "mandatory");
  });

  const FAULTS: Readonly<Record<string, Sample>> = {
    "an open group": {
      type: "aws:ec2/securityGroup:SecurityGroup",
      props: {
        ingress: [{ protocol: "-1", fromPort: 0, toPort: 0, cidrBlocks: ["0.0.0.0/0"] }],
      },
    },
    "all permissions": {
      type: "aws:iam/policy:Policy",
      props: { policy: { Statement: [{ Effect: "Allow", Action: "*", Resource: "*" }] } },
    },
    "all of IAM": {
      type: "aws:iam/policy:Policy",
      props: { policy: { Statement: [{ Effect: "Allow", Action: "iam:*", Resource: "*" }] } },
    },
    "CloudFront's own certificate": {
      type: "aws:cloudfront/distribution:Distribution",
      props: { viewerCertificate: { cloudfrontDefaultCertificate: true } },
    },
  };
  for (const [profile, content] of Object.entries({ baseline, platform, strict })) {
    it(`${profile}: a cause that a message names is a finding of that profile, too`, () => {
      const config = settingsOf(parsePackConfig(content, `${profile}.json`));
      const rules = RULES.filter(({ info }) => config[info.id]!.level !== "disabled");
      for (const [fault, sample] of Object.entries(FAULTS)) {
        const found = rules
          .filter(({ kind, concerns }) => kind === "stack" || concerns(sample.type))
          .flatMap((rule) => {
            const { violations } = judgeStack(rule, [sample]);
            return violations.map((says) => ({ id: rule.info.id, says }));
          });
        const causes = found.flatMap(({ says }) => /\(cause: ([\w-]+)\)/.exec(says)?.[1] ?? []);
        for (const cause of causes) {
          const own = found.find(({ id }) => id === cause);
          assert.ok(own, `${fault}: ${cause} is not reported`);
          assert.doesNotMatch(own.says, /\(cause: /);
        }
        assert.ok(profile === "baseline" || causes.length > 0, fault);
      }
    });
  }

  it("baseline makes a public bucket a mandatory violation", async () => {
    const config = parsePackConfig(baseline, "baseline.json");
    const plan = await planOf("staging");
    assert.deepEqual(verdictOf(plan, config).undecided, []);
    assert.equal(levels["s3-policy-not-public"]!.level, "mandatory");
  });

  it("platform is the rules' own levels", () => {
    const own = settingsOf({});
    assert.deepEqual(settingsOf(parsePackConfig(platform, "platform.json")), own);
  });
});
