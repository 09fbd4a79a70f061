/** The schema and the pack say the same minutes of a deployment, each from what it sees of it. */
import assert from "node:assert/strict";

import { deploymentConfiguration } from "../../components/service/deployment-settings";
import { SERVICE_WAIT } from "../../facts/deployment-time";
import { deploymentRules } from "../../policy-pack/rules/deployments";
import { servicesSchema } from "../../schema/services";
import { servicesRules } from "../../schema/services-rules";
import { judge } from "../policy-pack/support";
import { SERVICES } from "../support/compute";

const RULE = deploymentRules.find(({ info }) => info.id === "ecs-deployment-timeout")!;

/** Minutes that the schema asks of `timeoutMinutes`; undefined where what is set is enough. */
function asked(deployment: object): number | undefined {
  const services = servicesSchema.parse({ auth: { ...SERVICES["auth"], deployment } });
  let minutes: number | undefined;
  servicesRules(services, (path, _, expected) => {
    if (path.at(-1) === "timeoutMinutes") minutes = Number(/at least (\d+)/.exec(expected)![1]);
  });
  return minutes;
}

const GATE = {
  functionArn: "arn:aws:lambda:us-east-1:123456789012:function:crm-deployment-gate",
  roleArn: "arn:aws:iam::123456789012:role/crm-hooks",
  details: "{}",
};

/** What the pack says of the service that is made of it, with so many minutes to wait. */
function refused(deployment: object, minutes: number): string[] {
  const { auth } = servicesSchema.parse({ auth: { ...SERVICES["auth"], deployment } });
  const seconds = minutes * 60;
  return judge(RULE, {
    type: "aws:ecs/service:Service",
    props: { deploymentConfiguration: deploymentConfiguration(auth!.deployment, GATE) },
    opts: {
      customTimeouts: { createSeconds: seconds, updateSeconds: seconds, deleteSeconds: 0 },
    },
  }).violations;
}

describe("minutes of a deployment", () => {
  const cases: readonly object[] = [
    { strategy: "blue-green", bakeMinutes: 30 },
    { strategy: "canary", bakeMinutes: 15, stepMinutes: 12 },
    { strategy: "linear", bakeMinutes: 10, stepMinutes: 7, stepPercent: 30 },
    { strategy: "linear", bakeMinutes: 10, stepMinutes: 7, stepPercent: 25 },
    { strategy: "linear", bakeMinutes: 5, stepMinutes: 2, stepPercent: 3 },
  ];
  for (const deployment of cases) {
    it(`are the same to the schema and the pack: ${JSON.stringify(deployment)}`, () => {
      const least = asked({ ...deployment, timeoutMinutes: 10 })!;
      assert.ok(least > 10);
      assert.equal(asked({ ...deployment, timeoutMinutes: least }), undefined);
      assert.deepEqual(refused(deployment, least), []);
      assert.match(refused(deployment, least - 1)[0]!, new RegExp(`takes ${least};`));
    });
  }

  it("wait after each linear step but the last", () => {
    const least = (stepPercent: number) =>
      asked({
        strategy: "linear",
        bakeMinutes: 10,
        stepMinutes: 60,
        stepPercent,
        timeoutMinutes: 10,
      });
    assert.equal(least(50), 10 + 60 + 10);
    assert.equal(least(34), 10 + 2 * 60 + 10);
  });

  it("count with what ECS and the provider assume where nothing is said", () => {
    const props = (more: object) => ({
      deploymentConfiguration: { bakeTimeInMinutes: "10", ...more },
    });
    const said = (more: object) =>
      judge(RULE, { type: "aws:ecs/service:Service", props: props(more) }).violations[0];
    assert.equal(said({ strategy: "BLUE_GREEN" }), undefined);
    assert.match(said({ strategy: "CANARY" })!, new RegExp(`${SERVICE_WAIT.minutes} .* takes 30;`));
    assert.match(said({ strategy: "LINEAR" })!, /takes 74;/);
  });
});
