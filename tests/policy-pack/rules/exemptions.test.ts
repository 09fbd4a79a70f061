import assert from "node:assert/strict";

import { resourceRule } from "../../../policy-pack/define";
import {
  type Exemption,
  exemptionFor,
  forgetExemptions,
  noteExemptions,
  unusedExemptions,
} from "../../../policy-pack/exemptions";
import { encryptionRules } from "../../../policy-pack/rules/encryption";
import { exemptionRules } from "../../../policy-pack/rules/exemptions";
import { judge, judgeStack, ruleTables, UNKNOWN_TEXT } from "../support";

const [used] = exemptionRules;
const queue = "aws:sqs/queue:Queue";
const exemption: Exemption = {
  urn: "*::aws:sqs/queue:Queue::*",
  reason: "The queue carries nothing but the number of a job.",
  owner: "platform@crm-consulting.com",
  expires: "2999-12-31",
};
const rule = resourceRule({
  id: "sample-rule",
  description: "A queue is named.",
  severity: "low",
  remediation: "Name it.",
  url: "https://example.com",
  types: [queue],
  check({ properties }, report) {
    if (properties["name"] === UNKNOWN_TEXT) {
      report.undecided("name");
    } else if (properties["name"] === undefined) {
      report.violation("name is not set; set it.");
    }
  },
});

describe("policy pack: exemptions", () => {
  beforeEach(forgetExemptions);
  after(forgetExemptions);

  const judged = (exemptions: Exemption[], props = {}) =>
    judge(rule, { type: queue, props, config: { exemptions } });

  it("what is exempt stays visible, with reason, owner and day", () => {
    assert.deepEqual(judged([exemption]), {
      violations: [],
      undecided: [],
      exempt: [
        "exempt: The queue carries nothing but the number of a job. (platform@crm-consulting.com, until 2999-12-31). name is not set; set it.",
      ],
    });
    assert.deepEqual(unusedExemptions(), []);
  });

  it("an expired exemption exempts nothing and is named", () => {
    const { violations } = judged([{ ...exemption, expires: "2020-01-31" }]);
    assert.deepEqual(violations, [
      "A queue is named.\nname is not set; set it. Its exemption expired on 2020-01-31.",
    ]);
    assert.deepEqual(unusedExemptions(), []);
  });

  it("its last day is valid, and a valid one takes precedence over an expired one", () => {
    const urn = "urn:pulumi:production::sample::aws:sqs/queue:Queue::jobs";
    const of = (day: string, ...given: Exemption[]) =>
      exemptionFor("r", urn, given, "violation", day).state;
    const until = { ...exemption, expires: "2026-03-31" };
    assert.equal(of("2026-03-31", until), "exempt");
    assert.equal(of("2026-04-01", until), "none");
    assert.equal(of("2026-04-01", until, exemption), "exempt");
    assert.equal(of("2026-04-01", { ...exemption, urn: "*::jobs" }), "exempt");
    assert.equal(of("2026-04-01", { ...exemption, urn: "*::job" }), "none");
    assert.equal(of("2026-04-01", { ...exemption, urn: "*queue.Queue*" }), "none");
  });

  it("one that a preview cannot decide about is not unused", () => {
    judged([exemption], { name: UNKNOWN_TEXT });
    assert.deepEqual(unusedExemptions(), []);
  });

  it("one of what is undecided only leaves a violation one, and is unused there", () => {
    const only = { ...exemption, undecidedOnly: true };
    const unknown = judged([only], { name: UNKNOWN_TEXT });
    assert.deepEqual([unknown.undecided.length, unknown.exempt.length], [0, 1]);
    assert.deepEqual(unusedExemptions(), []);
    forgetExemptions();
    const { violations, exempt } = judged([only]);
    assert.deepEqual([violations.length, exempt.length], [1, 0]);
    assert.deepEqual(unusedExemptions(), [{ rule: "sample-rule", exemption: only }]);
    // Another one may cover the violation.
    assert.equal(judged([only, exemption]).violations.length, 0);
  });

  it("one that fits nothing is unused, with or without a resource of the type", () => {
    judged([exemption], { name: "jobs" });
    assert.deepEqual(unusedExemptions(), [{ rule: "sample-rule", exemption }]);
    judge(rule, { type: "aws:sns/topic:Topic", config: { exemptions: [exemption] } });
    assert.deepEqual(unusedExemptions(), [{ rule: "sample-rule", exemption }]);
  });

  it("stack rules exempt as well", () => {
    const customerManagedKey = encryptionRules.find(
      ({ info }) => info.id === "customer-managed-key",
    )!;
    const resources = [{ type: queue, name: "jobs" }];
    const { violations, exempt } = judgeStack(customerManagedKey, resources, {
      config: { exemptions: [exemption] },
    });
    assert.deepEqual([violations.length, exempt.length], [0, 1]);
  });

  // The rule judges what the other rules of the run used, so its table has a run before each row.
  describe("exemptions-used", () => {
    ruleTables.set(used!.info.id, { rule: used!, rows: [] });
    const stack = {
      type: "pulumi:pulumi:Stack",
      name: "stack",
      urn: "urn:stack",
      props: {},
      propertyDependencies: {},
    };
    const said = (exemptions: Exemption[], props = {}): string[] => {
      judged(exemptions, props);
      const policy = used!.policy as unknown as {
        validateStack: (args: object, report: (finding: { message: string }) => void) => void;
      };
      const messages: string[] = [];
      const args = { resources: [stack], getConfig: () => ({}) };
      policy.validateStack(args, ({ message }) => messages.push(message));
      return messages;
    };
    it("compliant: used", () => assert.deepEqual(said([exemption]), []));
    it("compliant: none", () => assert.deepEqual(said([]), []));
    it("unknown: may be needed later", () =>
      assert.deepEqual(said([exemption], { name: UNKNOWN_TEXT }), []));
    it("violating: not needed", () =>
      assert.deepEqual(said([exemption], { name: "jobs" }), [
        "Every exemption exempts something.\nThe exemption of *::aws:sqs/queue:Queue::* from sample-rule exempts nothing; remove it.",
      ]));
    it("other type: an empty stack", () => {
      noteExemptions("sample-rule", [exemption]);
      assert.deepEqual(judgeStack(used!, []).violations, []);
    });
  });
});
