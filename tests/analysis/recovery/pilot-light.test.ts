/** The pilot light: what it is made of, and what taking over asks of control planes, by the two plans between which it lies. */
import assert from "node:assert/strict";

import { creationsWaiting, notStanding } from "../../../analysis/recovery/control-planes";
import { derive } from "../../../analysis/recovery/objectives";
import { recoveryStackOf } from "../../../analysis/recovery/of-plan";
import { TAKE_OVER } from "../../../analysis/recovery/steps";
import { gateDetails } from "../../../components/service/deployment-settings";
import { planeElsewhere } from "../../../facts/control-planes";
import { replacement } from "../../../facts/replacement";
import { gate } from "../../../functions/deployment-gate/handler";
import { differing, objections, planWith, type Base } from "../../../operations/example";
import { documentOf, rendered } from "../../../tools/commands/recovery";
import type { Plan, PlannedResource } from "../../../tools/preview/index";
import { planInTheEmergency } from "../../support/in-the-emergency";
import { planOf } from "../../support/plans";
import { packConfigFile, STACKS_PROJECT, validated } from "../../support/stack-files";

const BASE: Base = {
  ...{ stack: "recovery", cwd: STACKS_PROJECT },
  packConfig: packConfigFile("recovery"),
};

const planesOf = (
  resources: readonly PlannedResource[],
  operation: "create" | "change",
): string[] =>
  resources.flatMap(({ type, name, inputs }) =>
    planeElsewhere(type, inputs, operation) === undefined ? [] : `${type} ${name}`,
  );

describe("a pilot light", () => {
  let standing: Plan;
  let serving: Plan;
  before(async () => {
    standing = await planOf("recovery");
    serving = await planWith({ config: { "crm:recovery": { serving: true } } }, BASE);
  });

  /** Inputs that taking over changes. */
  const changes = () => {
    const before = new Map(standing.resources.map((one) => [one.urn, one.inputs]));
    return serving.resources.flatMap((resource) => {
      const old = before.get(resource.urn);
      if (old === undefined) return [];
      const properties = [
        ...new Set([...Object.keys(old), ...Object.keys(resource.inputs)]),
      ].filter((key) => JSON.stringify(old[key]) !== JSON.stringify(resource.inputs[key]));
      return properties.length === 0 ? [] : [{ resource, properties }];
    });
  };

  it("has no violation of the pack when it serves", () => {
    assert.deepEqual(objections(serving), []);
  });

  it("creates and changes nothing by a control plane of the lost region when it takes over", () => {
    const before = new Set(standing.resources.map(({ urn }) => urn));
    const after = new Set(serving.resources.map(({ urn }) => urn));
    const created = serving.resources.filter(({ urn }) => !before.has(urn));
    const changed = changes();
    const gone = standing.resources.filter(({ urn }) => !after.has(urn));
    assert.ok(changed.some(({ resource }) => resource.type === "aws:rds/instance:Instance"));
    assert.deepEqual(planesOf(created, "create"), []);
    assert.deepEqual(
      planesOf(
        changed.map(({ resource }) => resource),
        "change",
      ),
      [],
    );
    assert.deepEqual(planesOf(gone, "change"), []);
  });

  it("keeps its database when it takes over: what the provider says of each property that changes", () => {
    const [database] = changes().filter(
      ({ resource }) => resource.type === "aws:rds/instance:Instance",
    );
    assert.ok(database!.properties.includes("replicateSourceDb"));
    for (const property of database!.properties) {
      const { verdict } = replacement("aws:rds/instance:Instance", property);
      assert.notEqual(verdict, "replaces", property);
    }
    // A name, a user or a size would be another database's.
    for (const property of ["dbName", "username", "allocatedStorage", "snapshotIdentifier"]) {
      assert.ok(!Object.hasOwn(database!.resource.inputs, property), property);
    }
  });

  it("lets its tasks wait for the promotion and the password alone", () => {
    const changed = new Map(
      changes().map(({ resource, properties }) => [resource.urn, properties]),
    );
    const known = new Set(standing.resources.map(({ urn }) => urn));
    const byUrn = new Map(serving.resources.map((one) => [one.urn, one]));
    const waitsFor = (urn: string, seen = new Set<string>()): Set<string> => {
      const { dependencies = [], propertyDependencies = {}, parent } = byUrn.get(urn) ?? {};
      const direct = [...dependencies, ...Object.values(propertyDependencies).flat(), parent ?? ""];
      for (const one of direct.filter((other) => byUrn.has(other) && !seen.has(other))) {
        seen.add(one);
        waitsFor(one, seen);
      }
      return seen;
    };
    const services = serving.resources.filter(({ type }) => type === "aws:ecs/service:Service");
    const first = services.flatMap(({ urn }) => [...waitsFor(urn)]);
    assert.ok(first.some((urn) => urn.includes("aws:ssm/parameter:Parameter")));
    const [database, ...more] = [...new Set(first)].filter(
      (urn) => changed.has(urn) || !known.has(urn),
    );
    assert.deepEqual(more, []);
    // A second zone keeps the instance "modifying" while its volume is copied, and the provider waits for "available".
    assert.deepEqual(changed.get(database!)?.sort(), [
      "passwordWo",
      "passwordWoVersion",
      "replicateSourceDb",
      "skipFinalSnapshot",
    ]);
    assert.equal(byUrn.get(database!)!.inputs["multiAz"], false);
  });

  it("gets its second zone from a setting of its own, once it serves, and has no other change then", async () => {
    const changes = { "crm:recovery": { serving: true }, "crm:database": { multiAz: true } };
    const inTwoZones = await planWith({ config: changes }, BASE);
    assert.deepEqual(objections(inTwoZones), []);
    const [database, ...more] = differing(inTwoZones, serving);
    assert.deepEqual([database?.type, more], ["aws:rds/instance:Instance", []]);
    const { multiAz, ...others } = database!.inputs;
    assert.equal(multiAz, true);
    const { multiAz: before, ...same } = serving.resources.find(
      ({ urn }) => urn === database!.urn,
    )!.inputs;
    assert.equal(before, false);
    assert.deepEqual(others, same);
  });

  it("has no tasks, calls no function and gets no users until it serves", () => {
    const of = (plan: Plan, type: string) => plan.resources.filter((one) => one.type === type);
    const counts = (plan: Plan) =>
      of(plan, "aws:ecs/service:Service").map(({ inputs }) => inputs["desiredCount"]);
    assert.deepEqual([...new Set(counts(standing))], [0]);
    assert.ok(counts(serving).every((count) => Number(count) >= 2));
    const [record] = of(standing, "aws:route53/record:Record").filter(({ name }) =>
      name.endsWith("standby-recovery"),
    );
    assert.ok(record!.inputs["healthCheckId"] !== undefined);
    const [check] = of(standing, "aws:route53/healthCheck:HealthCheck");
    assert.equal(check!.inputs["insufficientDataHealthStatus"], "Unhealthy");
    const alarm = of(standing, "aws:cloudwatch/metricAlarm:MetricAlarm").find(
      ({ inputs }) => inputs["name"] === check!.inputs["cloudwatchAlarmName"],
    );
    assert.equal(alarm?.inputs["metricName"], "RunningTaskCount");
    // Both notify the mailboxes: that it serves, and that it no longer serves.
    for (const actions of ["alarmActions", "okActions"]) {
      const referred: readonly string[] = alarm.propertyDependencies[actions] ?? [];
      const topics = referred.filter((urn) => urn.includes("aws:sns/topic:Topic::"));
      assert.deepEqual(
        topics.map((urn) => urn.split("::").at(-1)),
        ["crm-eventing-alert-notifications"],
      );
    }
    // Route 53 takes no alarm of m out of n periods, of a percentile or of arithmetic.
    assert.equal(alarm.inputs["datapointsToAlarm"], alarm.inputs["evaluationPeriods"]);
    assert.equal(alarm.inputs["statistic"], "Average");
  });

  it("makes each check of an alarm follow the alarm, whose settings Route 53 has copied", () => {
    // What tells people, and how: Route 53 has nothing of it.
    const told = ["name", "alarmDescription", "alarmActions", "okActions", "region", "tags"];
    for (const { resources } of [standing, serving]) {
      const checks = resources.filter(({ inputs }) => inputs["type"] === "CLOUDWATCH_METRIC");
      assert.ok(checks.length > 0);
      for (const { inputs } of checks) {
        const [alarm] = resources.filter(
          ({ inputs: { name } }) => name === inputs["cloudwatchAlarmName"],
        );
        const copied = Object.entries(alarm!.inputs).filter(([key]) => !told.includes(key));
        const { alarm: followed } = inputs["triggers"] as { alarm: string };
        assert.deepEqual(JSON.parse(followed), Object.fromEntries(copied));
      }
    }
  });

  it("keeps the deployment gate, which lets a version without tasks pass and asks it when it serves", async () => {
    type Hook = Readonly<Record<string, unknown>>;
    const hooks = (plan: Plan) =>
      plan.resources
        .filter(({ type }) => type === "aws:ecs/service:Service")
        .map(({ inputs }) => {
          const { lifecycleHooks } = inputs["deploymentConfiguration"] as {
            lifecycleHooks: Hook[];
          };
          assert.equal(lifecycleHooks.length, 1);
          return lifecycleHooks[0]!;
        });
    const settings = ({ hookDetails: _, ...rest }: Hook) => rest;
    // ECS would keep a hook that an update leaves out: going back, nothing but its details changes.
    assert.deepEqual(hooks(standing).map(settings), hooks(serving).map(settings));
    for (const { hookDetails } of hooks(standing)) {
      const answer = await gate({ hookDetails }, 60_000, { log: () => undefined });
      assert.deepEqual(answer, { hookStatus: "SUCCEEDED" });
    }
    for (const { hookDetails } of hooks(serving)) {
      assert.doesNotMatch(JSON.stringify(hookDetails), /tasks/);
    }
    const config = validated("recovery");
    const place = { gate: { ...config.cluster.gate, totalSeconds: 0 }, host: "localhost" };
    for (const [service, ofService] of Object.entries(config.services)) {
      const hookDetails = {
        endpoint: "localhost",
        ...gateDetails(service, ofService, place, false),
      };
      const answer = await gate({ hookDetails }, 60_000, { log: () => undefined });
      assert.match(String(answer.hookDetails?.["reason"]), /did not pass its checks in 0 s/);
    }
  });

  it("is judged by the rule: a stack that is made in the emergency is refused, resource by control plane", async () => {
    const made = recoveryStackOf(await planInTheEmergency("recovery"));
    const messages = notStanding(made, "us-west-2").map(({ message }) => message);
    assert.equal(messages.length, 4);
    assert.match(messages.join("\n"), /without us-east-1 IAM takes no changes/);
    // The stack that would be lost says the same, as its own figures count on it.
    const base = { ...BASE, stack: "production", packConfig: packConfigFile("production") };
    const alone = { config: { "crm:recovery": { readiness: "backup-restore" } } };
    const refused = objections(await planWith(alone, base));
    assert.ok(refused.length >= 3, refused.join("\n"));
    for (const line of refused) assert.match(line, /recovery-control-planes/);
    assert.match(
      refused.join("\n"),
      /in us-west-2 in the emergency, when without us-east-1 IAM takes/,
    );
    assert.match(refused.join("\n"), /crm:recovery\.readiness/);
    assert.deepEqual(notStanding(recoveryStackOf(await planOf("production")), "us-west-2"), []);
    assert.deepEqual(notStanding(recoveryStackOf(standing), "us-west-2"), []);
    assert.deepEqual(creationsWaiting(recoveryStackOf(standing), "us-east-1"), []);
  });

  it("brings production back within its objectives, though us-east-1's control planes are gone", async () => {
    const production = await planOf("production");
    const document = documentOf(production, standing);
    assert.equal(document.met, true);
    assert.match(rendered(document), /met with us-east-1 wholly unavailable/);
    // Images of a public registry are nothing that the plan could promise.
    assert.ok(document.publicImages.length > 0);
    assert.match(
      rendered(document),
      /control-planes and the images that are not copied can be pulled: .*busybox:[\d.]+, .*collector:v[\d.]+ \(.*crm:services\.<name>\.image.*crm:cluster\.collector\.image.*\)\.$/,
    );
    const copied = rendered({ ...document, publicImages: [] });
    assert.match(copied, /violation of recovery-control-planes\.$/);
    const lost = derive(recoveryStackOf(production)).findings.filter(
      ({ scenario }) => scenario === "region lost",
    );
    assert.ok(lost.length > 2);
    for (const { store, steps, lossMinutes } of lost) {
      const names = steps.map(({ name }) => name);
      assert.ok(names.includes(TAKE_OVER), store);
      assert.ok(!names.includes("recordChanges"), store);
      assert.ok(lossMinutes! <= 15, store);
    }
    assert.doesNotMatch(
      rendered(documentOf(await planInTheEmergency("production"))),
      /wholly unavailable/,
    );
  });
});
