import assert from "node:assert/strict";

import { ComponentTree, type ComponentWait } from "../../analysis/critical-path/component-waits";
import { creationTimeOf } from "../../analysis/critical-path/creation";
import {
  criticalPath,
  type LengtheningDependency,
} from "../../analysis/critical-path/critical-path";
import type { PlannedResource } from "../../analysis/plan/model";
import { parseUrn } from "../../analysis/plan/urn";
import { DURATIONS_AS_OF } from "../../facts/duration-rows";
import { renderCriticalPath } from "../../tools/report/critical-path";
import { paintFor } from "../../tools/report/style";
import { planOf } from "../support/plans";
import { resource, stackResource } from "../tools/preview/support";

const INSTANCE = "aws:rds/instance:Instance"; // 480 s
const QUEUE = "aws:sqs/queue:Queue"; // 26 s
const TOPIC = "aws:sns/topic:Topic"; // no entry: 3 s

/** Resources whose outputs an input takes. */
const takes = (...from: readonly PlannedResource[]): Partial<PlannedResource> => ({
  dependencies: from.map(({ urn }) => urn),
  propertyDependencies: { source: from.map(({ urn }) => urn) },
});
const waits = (...on: readonly PlannedResource[]): Partial<PlannedResource> => ({
  dependencies: on.map(({ urn }) => urn),
});
const component = (name: string, parent = stackResource, rest: Partial<PlannedResource> = {}) =>
  resource("sample:index:Group", name, parent, { custom: false, ...rest });

/** `name begin reason` of each step. */
const steps = (resources: readonly PlannedResource[]) =>
  criticalPath(resources).steps.map(({ name, startsAt, because }) =>
    [name, startsAt, ...(because ? [because] : [])].join(" "),
  );
const names = ({ from, on, seconds }: LengtheningDependency) =>
  `${parseUrn(from).name} on ${parseUrn(on).name}: ${seconds}`;

/**
 * Components of fewer resources are units: a key with its alias, a queue with its policy and its dead
 * letters. Who waits for one of these needs all of it.
 */
const SMALLEST = 5;

/**
 * The dependencies of a plan on whole components: `dependsOn: component` arrives as dependencies on all that
 * it holds. Such a one makes a resource wait for what it does not use, and for what is added later.
 */
function componentWaits(resources: readonly PlannedResource[]): ComponentWait[] {
  const tree = new ComponentTree(resources);
  return resources.flatMap((resource) =>
    tree.waitsOf(resource).filter(({ holds }) => holds >= SMALLEST),
  );
}

describe("the critical path", () => {
  it("is the longest chain, not the sum of what runs beside it", () => {
    const queue = resource(QUEUE, "queue", stackResource);
    const other = resource(QUEUE, "other", stackResource);
    const topic = resource(TOPIC, "topic", stackResource, takes(queue, other));
    assert.equal(criticalPath([queue, other, topic]).seconds, 29);
    assert.deepEqual(steps([stackResource, queue, other, topic]), ["queue 0", "topic 26 source"]);
    assert.deepEqual(criticalPath([stackResource]), { seconds: 0, steps: [], lengthening: [] });
  });

  it("does not depend on the order of the resources", () => {
    const queue = resource(QUEUE, "queue", stackResource);
    const topic = resource(TOPIC, "topic", stackResource, takes(queue));
    assert.deepEqual(steps([topic, queue, stackResource]), ["queue 0", "topic 26 source"]);
  });

  it("names an explicit dependency that lengthens it, and by how much", () => {
    const database = resource(INSTANCE, "database", stackResource);
    const queue = resource(QUEUE, "queue", stackResource);
    const topic = resource(TOPIC, "topic", stackResource, {
      dependencies: [queue.urn, database.urn],
      propertyDependencies: { source: [queue.urn] },
    });
    const path = criticalPath([database, queue, topic]);
    assert.equal(path.seconds, 483);
    assert.deepEqual(path.steps.at(-1)!.because, "dependsOn");
    // Without it, the database alone still takes 480 s.
    assert.deepEqual(path.lengthening.map(names), ["topic on database: 3"]);
  });

  it("does not report an explicit dependency that costs nothing or that an input needs", () => {
    const queue = resource(QUEUE, "queue", stackResource);
    const other = resource(QUEUE, "other", stackResource);
    const needed = resource(TOPIC, "topic", stackResource, takes(queue));
    assert.deepEqual(criticalPath([queue, needed]).lengthening, []);
    const both = resource(TOPIC, "topic", stackResource, {
      dependencies: [queue.urn, other.urn],
      propertyDependencies: { source: [queue.urn] },
    });
    assert.deepEqual(criticalPath([queue, other, both]).lengthening, []);
  });

  it("takes a dependency on a component as one on all it holds, and off as one", () => {
    const group = component("group");
    const inside = ["a", "b"].map((name) => resource(INSTANCE, name, group));
    const asRegistered = resource(TOPIC, "topic", stackResource, waits(...inside));
    const asUrn = resource(TOPIC, "topic", stackResource, waits(group));
    for (const topic of [asRegistered, asUrn]) {
      const path = criticalPath([stackResource, group, ...inside, topic]);
      assert.equal(path.seconds, 483);
      assert.deepEqual(path.lengthening.map(names), ["topic on group: 3"]);
    }
  });

  it("lets children of a component wait for what the component waits for", () => {
    const queue = resource(QUEUE, "queue", stackResource);
    const group = component("group", stackResource, waits(queue));
    const inside = resource(TOPIC, "inside", group);
    const path = criticalPath([stackResource, queue, group, inside]);
    assert.deepEqual(steps([stackResource, queue, group, inside]), [
      "queue 0",
      "inside 26 dependsOn of group",
    ]);
    assert.deepEqual(path.lengthening.map(names), ["group on queue: 3"]);
  });

  it("lets a child wait for its parent, if that is a resource", () => {
    const queue = resource(QUEUE, "queue", stackResource);
    assert.deepEqual(steps([stackResource, queue, resource(TOPIC, "child", queue)]), [
      "queue 0",
      "child 26 parent",
    ]);
  });

  it("waits for the whole of a remote component, whichever output is used; its own parts do not", () => {
    const remote = component("network", stackResource, { remote: true });
    const slow = resource(INSTANCE, "slow", remote);
    const quick = resource(TOPIC, "quick", remote);
    const inside = resource(TOPIC, "inside", remote, takes(quick));
    const outside = resource(TOPIC, "outside", stackResource, takes(quick));
    const all = [stackResource, remote, slow, quick, inside, outside];
    assert.deepEqual(steps(all), ["slow 0", "outside 480 source (all of network)"]);
    assert.equal(criticalPath(all.slice(0, -1)).seconds, 480);
  });

  it("ends where dependencies go in a circle or to nothing", () => {
    const a = resource(QUEUE, "a", stackResource);
    const b = resource(QUEUE, "b", stackResource, waits(a));
    a.dependencies.push(b.urn, a.urn, "urn:pulumi:dev::sample::aws:sns/topic:Topic::none");
    const { seconds } = criticalPath([stackResource, a, b]);
    assert.ok(seconds >= 26 && seconds <= 52, String(seconds));
    const up = resource(QUEUE, "up", stackResource);
    up.parent = up.urn;
    assert.equal(criticalPath([up]).seconds, 26);
  });

  it("handles a chain of twenty thousand resources", () => {
    const chain: PlannedResource[] = [];
    for (let index = 0; index < 20_000; index += 1) {
      const before = chain.at(-1);
      chain.push(resource(TOPIC, `t${index}`, stackResource, before ? takes(before) : {}));
    }
    assert.equal(criticalPath([stackResource, ...chain]).seconds, 60_000);
  });
});

describe("creation times", () => {
  const time = (type: string, inputs = {}, create?: number) =>
    creationTimeOf(
      resource(type, "x", undefined, {
        inputs,
        customTimeouts: create === undefined ? {} : { create },
      }),
    ).seconds;

  it("depend on what makes a resource slow", () => {
    assert.equal(time(INSTANCE), 480);
    assert.equal(time(INSTANCE, { multiAz: true }), 1080);
    assert.equal(time(INSTANCE, { multiAz: true, replicateSourceDb: "arn" }), 840);
    assert.equal(time(INSTANCE, { restoreToPointInTime: {} }), 2400);
    assert.equal(time(INSTANCE, { restoreToPointInTime: {}, multiAz: true }), 3000);
    assert.equal(time("aws:ecs/service:Service", { waitForSteadyState: true }), 240);
    assert.equal(time("aws:ecs/service:Service", { waitForSteadyState: false }), 10);
    assert.equal(time("aws:cloudfront/distribution:Distribution"), 300);
    assert.equal(
      time("aws:cloudfront/distribution:Distribution", { waitForDeployment: false }),
      10,
    );
  });

  it("never exceed what the resource itself allows", () => {
    assert.equal(time(INSTANCE, {}, 7200), 480);
    assert.equal(time(INSTANCE, {}, 60), 60);
  });

  it("are an estimated default for types without an entry, and nothing for components", () => {
    assert.deepEqual(creationTimeOf(resource(TOPIC, "x")), { seconds: 3, estimate: true });
    assert.deepEqual(creationTimeOf(component("x")), { seconds: 0, estimate: false });
  });

  it("are nothing for what the program only reads: no update creates it", () => {
    const read = resource(INSTANCE, "old", stackResource, { external: true });
    assert.deepEqual(creationTimeOf(read), { seconds: 0, estimate: false });
    const reference = { external: true };
    const other = resource("pulumi:pulumi:StackReference", "other", stackResource, reference);
    const queue = resource(QUEUE, "own", stackResource, takes(read, other));
    assert.equal(criticalPath([stackResource, read, other, queue]).seconds, 26);
    const measured = [{ type: INSTANCE, seconds: 1500, asOf: "2026-10-01" }];
    assert.equal(creationTimeOf(read, measured).seconds, 0);
  });

  it("are the team's own where it measured", () => {
    const asOf = "2026-10-01";
    const measured = [
      { type: INSTANCE, when: { multiAz: true }, seconds: 1500, asOf },
      { type: TOPIC, seconds: 7, asOf },
    ];
    const own = (type: string, inputs = {}) =>
      creationTimeOf(resource(type, "x", undefined, { inputs }), measured);
    assert.deepEqual(own(INSTANCE, { multiAz: true }), { seconds: 1500, estimate: false });
    assert.equal(own(INSTANCE).seconds, 480);
    assert.deepEqual(own(TOPIC), { seconds: 7, estimate: false });
    const topic = resource(TOPIC, "topic", stackResource);
    assert.equal(criticalPath([stackResource, topic], measured).seconds, 7);
  });
});

/** Explicit dependencies that lengthen a stack's first `up`, each with the reason for which it stays. */
const JUSTIFIED: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  production: {
    "crm-recovery-database on crm-database-replica":
      "RDS modifies the primary for it, and refuses a replica of one that is not available",
    "crm-recovery-watch-backups-late on crm-recovery-database":
      "it rings where nothing is copied, and before that nothing is",
  },
  staging: {
    "crm-core on crm-cache-core-redis-url":
      "a task takes the parameter when it starts, by an ARN built from names",
    "crm-core on crm-core": "scaling applies to a service that exists, by its name",
  },
  recovery: {
    "crm-core on crm-cache-core-redis-url":
      "a task takes the parameter when it starts, by an ARN built from names",
    "crm-edge-standby-serves on crm-core":
      "an alarm on a service's tasks begins when there is a service",
  },
};

describe("the stacks' first up", () => {
  for (const [stack, justified] of Object.entries(JUSTIFIED)) {
    it(`${stack}: nothing waits for a whole component without need`, async () => {
      const { resources } = await planOf(stack);
      assert.deepEqual(componentWaits(resources), []);
    });

    it(`${stack}: no dependency lengthens it but those that AWS needs`, async () => {
      const { lengthening } = criticalPath((await planOf(stack)).resources);
      assert.deepEqual(
        lengthening.map((one) => names(one).replace(/: \d+$/, "")),
        Object.keys(justified),
      );
    });
  }

  it("production: database, replica and the copies of its backups decide", async () => {
    const path = criticalPath((await planOf("production")).resources);
    assert.deepEqual(
      path.steps.map(({ name, seconds }) => `${name} ${seconds}`),
      [
        "crm 20",
        "crm-public-1 10",
        "crm-1 1",
        "crm-1 120",
        "crm-private-1 3",
        "crm-database-primary 3",
        "crm-database-primary 1080",
        "crm-database-replica 840",
        "crm-recovery-database 300",
        "crm-recovery-watch-backups-late 3",
      ],
    );
    assert.equal(path.seconds, 2380);
    const ends = path.steps.map(({ startsAt, seconds }) => startsAt + seconds);
    assert.deepEqual(
      path.steps.slice(1).map(({ startsAt }) => startsAt),
      ends.slice(0, -1),
    );
  });

  it("production: services start after the URLs they read, not after all", async () => {
    const { resources } = await planOf("production");
    const urls = (service: string) =>
      resources
        .find(({ type, name }) => type === "aws:ecs/service:Service" && name === service)!
        .dependencies.map((urn) => parseUrn(urn).name)
        .filter((name) => name.endsWith("-url"));
    assert.deepEqual(urls("crm-auth"), ["crm-database-auth-database-url"]);
    assert.deepEqual(urls("crm-core"), [
      "crm-database-core-database-url",
      "crm-cache-core-redis-url",
    ]);
    assert.deepEqual(urls("crm-analytics"), ["crm-database-analytics-database-url"]);
    assert.deepEqual(urls("crm-social"), []);
  });
});

describe("the critical path in the preview", () => {
  const terminal = { width: 100, color: false };
  const render = (resources: readonly PlannedResource[], width = terminal.width) =>
    renderCriticalPath(criticalPath(resources), { ...terminal, width }, paintFor(terminal));

  it("shows the long steps with begin, duration and reason, the short ones as a sum", () => {
    const queue = resource(QUEUE, "queue", stackResource);
    const topic = resource(TOPIC, "topic", stackResource, takes(queue));
    const database = resource(INSTANCE, "database", stackResource, waits(topic));
    assert.deepEqual(render([stackResource, queue, topic, database]), [
      "Critical path: a first `pulumi up` takes about 9 minutes",
      "    0:00    0:26  aws:sqs:Queue queue",
      "    0:29    8:00  aws:rds:Instance database  waits for queue (source → dependsOn)",
      "  and 1 shorter step (3 s)",
      "  an explicit dependsOn adds 0:29: Instance database on Topic topic",
      `  begin, duration (~ estimated), reason; typical times of ${DURATIONS_AS_OF}, facts/durations.json`,
    ]);
  });

  it("has 15 lines at most, and none wider than the terminal", () => {
    const chain: PlannedResource[] = [];
    for (let index = 0; index < 30; index += 1) {
      const before = chain.at(-1);
      chain.push(resource(QUEUE, `queue-${index}`, stackResource, before ? waits(before) : {}));
    }
    const lines = render(chain, 60);
    assert.ok(lines.length <= 15, lines.join("\n"));
    assert.ok(lines.slice(1).every((line) => line.length <= 60));
    assert.ok(lines.includes("  and 22 shorter steps (572 s)"));
  });

  it("is left out where nothing takes long", () => {
    assert.deepEqual(render([stackResource, resource(TOPIC, "topic", stackResource)]), []);
  });
});
