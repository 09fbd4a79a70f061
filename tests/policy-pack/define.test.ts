import assert from "node:assert/strict";

import { Struct } from "google-protobuf/google/protobuf/struct_pb";

import { resourceRule } from "../../policy-pack/define";
import { forgetExemptions } from "../../policy-pack/exemptions";
import { judge, UNKNOWN_TEXT } from "./support";

/* eslint-disable @typescript-eslint/no-require-imports -- the SDK's own modules have no types */
const server = require("@pulumi/policy/server");
const proto = require("@pulumi/pulumi/proto/analyzer_pb");
/* eslint-enable @typescript-eslint/no-require-imports */

const QUEUE = "aws:sqs/queue:Queue";
const SECRET = {
  "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270",
  value: "hunter2",
};
interface Limits {
  readonly days: number;
  readonly names: string[];
}
const rule = resourceRule<Limits>({
  id: "sample-rule",
  description: "Days are set.",
  severity: "low",
  controls: { securityHub: ["SQS.9"], checkov: ["CKV_AWS_0"] },
  remediation: "Set days.",
  url: "https://example.com",
  types: [QUEUE],
  defaults: { days: 7, names: ["a"] },
  check({ properties }, report, config) {
    if (properties["days"] !== config.days) {
      report.violation(`days is not ${config.days} for ${config.names.join()}.`);
    }
  },
  remediate(inputs, _, config) {
    inputs["days"] = config.days;
  },
});

/** Asks the SDK's own server, as the engine does. */
function ask(method: string, props: Record<string, unknown>, policies: readonly object[]) {
  const request = new proto.AnalyzeRequest();
  request.setType(QUEUE);
  request.setName("queue");
  request.setUrn("urn:pulumi:production::sample::aws:sqs/queue:Queue::queue");
  request.setProperties(Struct.fromJavaScript(props as never));
  request.setOptions(new proto.AnalyzerResourceOptions());
  const handler = server[method]("pack", "1.0.0", "remediate", policies);
  return new Promise<any>((resolve, reject) =>
    handler({ request }, (error: Error | null, response: object) =>
      error ? reject(error) : resolve(response),
    ),
  );
}

describe("policy pack: rules", () => {
  afterEach(forgetExemptions);

  it("defaults hold where the configuration says nothing", () => {
    const said = (config?: object) => judge(rule, { type: QUEUE, config }).violations;
    assert.deepEqual(said(), ["Days are set.\ndays is not 7 for a."]);
    assert.deepEqual(said({ days: 9 }), ["Days are set.\ndays is not 9 for a."]);
    assert.deepEqual(said({ names: ["b", "c"] }), ["Days are set.\ndays is not 7 for b,c."]);
  });

  it("the engine is told of settings, controls and how to fix", () => {
    const { policy } = rule;
    assert.deepEqual(policy.tags, ["securityHub:SQS.9", "checkov:CKV_AWS_0"]);
    assert.equal(policy.remediationSteps, "Set days.");
    const { exemptions, reason, advice, ...settings } = policy.configSchema!.properties;
    assert.deepEqual(settings, {
      days: { type: "number", default: 7 },
      names: { type: "array", items: { type: "string" }, default: ["a"] },
    });
    assert.deepEqual(exemptions!.default, []);
    assert.deepEqual([reason, advice], [{ type: "string" }, { type: "string" }]);
  });

  it("a violation ends with the advice that the configuration has for it", () => {
    const { violations } = judge(rule, { type: QUEUE, config: { advice: "Set app:days." } });
    assert.deepEqual(violations, ["Days are set.\ndays is not 7 for a. Set app:days."]);
  });

  it("a remediation fixes what violates, keeps secrets and all else", async () => {
    const props = { days: 3, password: SECRET, __defaults: ["days"], unknown: UNKNOWN_TEXT };
    const response = await ask("makeRemediateRpcFun", props, [rule.policy]);
    const [{ properties }] = response.toObject().remediationsList;
    assert.ok(properties);
    const fixed = response.getRemediationsList()[0].getProperties().toJavaScript();
    assert.deepEqual(fixed, { ...props, days: 7 });
  });

  it("a remediation leaves what is right or exempt", async () => {
    const right = await ask("makeRemediateRpcFun", { days: 7 }, [rule.policy]);
    assert.deepEqual(right.getRemediationsList(), []);
    const { remediateResource } = rule.policy as unknown as {
      remediateResource: (args: object) => unknown;
    };
    const exemption = { urn: "*", reason: "", owner: "", expires: "2999-12-31" };
    const args = { type: QUEUE, urn: "urn", props: {}, opts: {} };
    const remediate = (config: object) =>
      remediateResource({ ...args, props: {}, getConfig: () => config });
    assert.equal(remediate({ exemptions: [exemption] }), undefined);
    assert.deepEqual(remediate({}), { days: 7 });
  });
});
