import assert from "node:assert/strict";

import { changesOf } from "../../../analysis/diff/changes";
import { findingsOf } from "../../../analysis/diff/findings";
import { rotationsOf } from "../../../analysis/diff/rotations";
import { changesOfSteps } from "../../../analysis/diff/steps";
import { unseenOf } from "../../../analysis/diff/unseen";
import { type Plan, type PlannedResource, UNKNOWN } from "../../../analysis/plan/model";
import { planOf } from "../../support/plans";

const DATABASE = "aws:rds/instance:Instance";

describe("what a change does to the resources", () => {
  let old: Plan;
  let now: Plan;
  before(async function () {
    old = await planOf("production");
  });
  beforeEach(() => {
    now = structuredClone(old);
  });
  const resource = (type: string, name: string, plan = now): PlannedResource =>
    plan.resources.find((one) => one.type === type && one.name === name)!;
  const changes = () => changesOf(old.resources, now.resources);
  const ops = () => changes().map(({ op, name, type }) => `${op} ${name} ${type.split(":").pop()}`);

  it("finds nothing where nothing changes", () => {
    assert.deepEqual(changes(), []);
  });

  it("replaces the database for another name of the first database, and says that its data is lost", () => {
    resource(DATABASE, "crm-database-primary").inputs["dbName"] = "crm_prod";
    const found = changes();
    const database = found.find(({ name }) => name === "crm-database-primary")!;
    assert.equal(database.op, "replace");
    assert.equal(database.manner!.order, "delete-first");
    assert.equal(database.protected, true);
    const [finding] = findingsOf(found);
    assert.equal(finding!.class, "data lost");
    assert.match(finding!.message, /because dbName changes; that loses the database/);
    assert.doesNotMatch(finding!.message, /docs\//);
    const [advised] = findingsOf(found, [], now.about?.changes);
    assert.match(advised!.message, /remove the old one\. docs\/runbooks\/database-restore\.md has/);
    // Deleted first, it takes along the secret that holds its address: the engine goes by the graph.
    assert.ok(ops().includes("replace crm-database-master SecretVersion"), ops().join("\n"));
    // What keeps its value is left alone: the replica names the primary by its identifier.
    assert.ok(!ops().some((one) => one.includes("crm-database-replica")));
  });

  it("changes another class in place, in the window, with the standby's failover", () => {
    resource(DATABASE, "crm-database-primary").inputs["instanceClass"] = "db.r6g.xlarge";
    const [change, ...rest] = changes();
    assert.deepEqual(rest, []);
    const { verdict, interruption } = change!.properties[0]!;
    assert.deepEqual(
      [verdict, interruption!.effect, interruption!.when],
      ["in-place", "failover", "window"],
    );
    assert.match(interruption!.source!, /^https:\/\/docs\.aws\.amazon\.com\//);
    assert.deepEqual(findingsOf([change!]), []);
  });

  it("refuses another major version that is not allowed, which RDS would refuse in the middle", () => {
    const inputs = resource(DATABASE, "crm-database-primary").inputs;
    assert.equal(inputs["engineVersion"], "15");
    const rises = (version: string, allowed: unknown) => {
      Object.assign(inputs, { engineVersion: version, allowMajorVersionUpgrade: allowed });
      const found = findingsOf(changes(), [], now.about?.changes);
      return found.filter(({ class: kind }) => kind === "not made").map(({ message }) => message);
    };
    for (const allowed of [false, undefined]) {
      const [message, ...rest] = rises("16", allowed);
      assert.deepEqual(rest, []);
      assert.match(
        message!,
        /rises from PostgreSQL 15 to 16, .* allowMajorVersionUpgrade\. .*upgrading\.md/,
      );
    }
    assert.deepEqual(rises("16", true), []);
    assert.deepEqual(rises("15.13", false), []);
    // A replica follows its source.
    inputs["replicateSourceDb"] = "arn:aws:rds:us-west-2:123456789012:db:source";
    assert.deepEqual(rises("16", false), []);
  });

  it("says of a key that signs that nothing is encrypted with it, in a real preview as well", () => {
    const KEY = "aws:kms/key:Key";
    const lost = (name: string) => {
      now.resources = old.resources.filter((one) => one.type !== KEY || one.name !== name);
      return changes().find((one) => one.type === KEY)!.loss!.holds;
    };
    assert.equal(lost("crm-dns-signing"), "the key that signs; nothing is encrypted with it");
    assert.equal(lost("crm-cache"), "everything that was encrypted with it");
    const [step] = changesOfSteps([
      {
        ...{ op: "delete", urn: resource(KEY, "crm-dns-signing", old).urn },
        oldState: { type: KEY, inputs: { keyUsage: "SIGN_VERIFY" } },
      },
    ]);
    assert.match(step!.loss!.safeWay, /let what verifies trust both/);
  });

  it("says that a lock with days of grace cannot be deleted after them", () => {
    const LOCK = "aws:backup/vaultLockConfiguration:VaultLockConfiguration";
    const outage = () => changes().find(({ type }) => type === LOCK)!.outage!;
    resource(LOCK, "crm-recovery-vault").inputs["maxRetentionDays"] = 400;
    assert.match(
      outage(),
      /^deleted before the new one is there: that stops the lock on recovery points meanwhile$/,
    );
    const inputs = resource(LOCK, "crm-recovery-vault", old).inputs;
    inputs["changeableForDays"] = 3;
    assert.match(outage(), /meanwhile; AWS refuses to delete it once it is 3 days old$/);
    delete inputs["changeableForDays"];
  });

  it("says that storage never shrinks, which the provider leaves out below its maximum", () => {
    const inputs = resource(DATABASE, "crm-database-primary").inputs;
    assert.equal(inputs["allocatedStorage"], 500);
    const found = () => findingsOf(changes()).map((one) => `${one.class}: ${one.message}`);
    inputs["allocatedStorage"] = 400;
    assert.match(
      found().join(),
      /^not made: .* falls from 500 to 400 GiB.* the provider leaves the change out/,
    );
    delete inputs["maxAllocatedStorage"];
    assert.match(found().join(), /^not made: .* never shrinks: RDS refuses it/);
    inputs["allocatedStorage"] = 600;
    assert.deepEqual(found(), []);
  });

  it("refuses a priority that another rule of the listener has until later in the update", () => {
    const RULE = "aws:lb/listenerRule:ListenerRule";
    const rule = (name: string) => resource(RULE, name);
    const refusals = () =>
      findingsOf(changes())
        .filter(({ message }) => message.includes("PriorityInUse"))
        .map((finding) => `${finding.class} ${finding.urn.split("::").pop()}`);
    // Each of both rules of a service has a listener of its own, on which its priority is free.
    rule("crm-social-production").inputs["priority"] = 250;
    rule("crm-social-test").inputs["priority"] = 250;
    assert.deepEqual(refusals(), []);
    rule("crm-analytics-production").inputs["priority"] = 200;
    assert.deepEqual(refusals(), ["not made crm-analytics-production"]);
    rule("crm-social-production").inputs["priority"] = 300;
    assert.deepEqual(refusals(), [
      "not made crm-analytics-production",
      "not made crm-social-production",
    ]);
    now = structuredClone(old);
    const social = rule("crm-social-production");
    social.urn = social.urn.replace("social", "socials");
    social.name = "crm-socials-production";
    const [finding] = findingsOf(changes()).filter(({ message }) => /PriorityInUse/.test(message));
    assert.match(
      finding!.message,
      /"crm-socials-production": priority 200 belongs to crm-social-production, which is deleted at the end/,
    );
  });

  it("refuses a renamed resource whose id in AWS the old one has until the end", () => {
    const BUDGET = "aws:budgets/budget:Budget";
    const budget = resource(BUDGET, "crm-cost-monthly");
    Object.assign(budget, { name: "crm-spending", urn: budget.urn.replace("crm-cost-", "crm-x-") });
    const refused = () =>
      findingsOf(changes()).filter(({ message }) => message.includes("deleted at the end"));
    const [finding, ...others] = refused();
    assert.deepEqual(others, []);
    assert.deepEqual([finding!.class, finding!.urn], ["not made", budget.urn]);
    assert.match(finding!.message, /it has the name of one .* give it an alias$|alias\.$/);
    // Another name, an alias, or another account's part of the world.
    budget.aliases = [budget.urn.replace("crm-x-", "crm-cost-")];
    assert.deepEqual(refused(), []);
    budget.aliases = [];
    budget.inputs["name"] = "another";
    assert.deepEqual(refused(), []);
    const queue = resource(
      "aws:sqs/queue:Queue",
      old.resources.find(({ type }) => type === "aws:sqs/queue:Queue")!.name,
    );
    queue.urn += "-renamed";
    assert.equal(refused().length, 1);
    queue.inputs["region"] = "us-west-2";
    assert.deepEqual(refused(), []);
  });

  it("calls downtime at once an outage", () => {
    for (const plan of [old, now]) {
      Object.assign(resource(DATABASE, "crm-database-replica", plan).inputs, {
        applyImmediately: true,
      });
    }
    resource(DATABASE, "crm-database-replica").inputs["engineVersion"] = "15.9";
    const [finding] = findingsOf(changes());
    assert.deepEqual([finding!.class, finding!.operation], ["outage", "interrupt"]);
    delete resource(DATABASE, "crm-database-replica", old).inputs["applyImmediately"];
  });

  it("says that a subnet cannot be made beside one with its addresses, in a new network it can", () => {
    const SUBNET = "aws:ec2/subnet:Subnet";
    resource(SUBNET, "crm-db-1").inputs["availabilityZone"] = "us-east-1f";
    const taken = changes().find(({ type }) => type === SUBNET)!;
    assert.equal(taken.manner!.order, "name-taken");
    const [finding] = findingsOf([taken], [], now.about?.changes);
    assert.match(
      finding!.message,
      /AWS refuses the new one beside the old one.*docs\/operations\.md, Zones of the network\.$/,
    );
    now.resources.find(({ type }) => type === "aws:ec2/vpc:Vpc")!.inputs["cidrBlock"] =
      "10.9.0.0/16";
    const moved = changes().find(({ name, type }) => type === SUBNET && name === "crm-db-1")!;
    assert.equal(moved.manner!.order, "create-first");
  });

  it("takes the id of a network for the same where the component that made it makes one subnet more", () => {
    const subnet = resource("aws:ec2/subnet:Subnet", "crm-db-1");
    const added = { ...structuredClone(subnet), name: "crm-db-9", urn: `${subnet.urn}9` };
    now.resources.splice(now.resources.indexOf(subnet), 0, added);
    for (const { propertyDependencies } of now.resources) {
      for (const urns of Object.values(propertyDependencies)) {
        if (urns.includes(subnet.urn)) urns.push(added.urn);
      }
    }
    const found = changes().flatMap(({ name, properties }) =>
      properties.map(({ path }) => `${name} ${path}`),
    );
    assert.ok(!found.some((one) => one.endsWith(" vpcId")), found.join());
    assert.ok(found.some((one) => one.endsWith(" subnetIds")));
  });

  it("refuses another container name of a living service, which the engine does not see", () => {
    const service = resource("aws:ecs/service:Service", "crm-core");
    for (const one of service.inputs["loadBalancers"] as Record<string, unknown>[]) {
      one["containerName"] = "crm-main";
    }
    const found = changes();
    const advice = now.about?.changes;
    const messages = findingsOf(found, unseenOf(found), advice).map(({ message }) => message);
    assert.ok(
      messages.some((one) => /ECS keeps the container's name.*service-change\.md/.test(one)),
    );
  });

  it("replaces a network with everything that holds its id", () => {
    const vpc = now.resources.find(({ type }) => type === "aws:ec2/vpc:Vpc")!;
    vpc.inputs["cidrBlock"] = "10.99.0.0/16";
    const found = changes();
    const replaced = found.filter(({ op, certain }) => op === "replace" && certain);
    const types = new Set(replaced.map(({ type }) => type.split(":").pop()));
    for (const type of ["Vpc", "Subnet", "SecurityGroup", "TargetGroup", "RouteTable"]) {
      assert.ok(types.has(type), `${type} in ${[...types].join(", ")}`);
    }
    assert.ok(!types.has("Bucket") && !types.has("Topic"));
    assert.ok(findingsOf(found).some((one) => one.class === "outage"));
  });

  it("treats a component's rename with an alias as a rename, its children included", () => {
    const urn = now.resources.find(({ name, custom }) => name === "crm-storage" && !custom)!.urn;
    const renamed = urn.replace(/crm-storage$/, "crm-objects");
    for (const one of now.resources) {
      if (one.parent === urn) one.parent = renamed;
      one.dependencies = one.dependencies.map((on) => (on === urn ? renamed : on));
    }
    const component = now.resources.find((one) => one.urn === urn)!;
    Object.assign(component, { urn: renamed, name: "crm-objects", aliases: [urn] });
    assert.deepEqual(ops(), ["rename crm-objects CrmStorage"]);
    component.aliases = [];
    assert.deepEqual(ops().sort(), [
      "create crm-objects CrmStorage",
      "delete crm-storage CrmStorage",
    ]);
  });

  it("finds the children of a renamed parent whose names begin with the parent's", () => {
    const queue = now.resources.find(({ type }) => type === "aws:sqs/queue:Queue")!;
    const parent = now.resources.find(({ urn }) => urn === queue.parent)!;
    const inner = (urn: string, name: string): PlannedResource => ({
      ...structuredClone(queue),
      ...{ urn, name, parent: parent.urn, aliases: [] },
    });
    const base = inner(queue.urn.replace(queue.name, `${parent.name}-x`), `${parent.name}-x`);
    old = { ...old, resources: [...old.resources, base] };
    const other = `${parent.name}-other`;
    parent.aliases = [parent.urn];
    const moved = inner(queue.urn.replace(queue.name, `${other}-x`), `${other}-x`);
    const newParent = { ...parent, urn: parent.urn.replace(/[^:]+$/, other), name: other };
    moved.parent = newParent.urn;
    const found = changesOf(
      [...old.resources],
      [...now.resources.filter((one) => one !== parent), newParent, moved],
    );
    const change = found.find(({ urn }) => urn === moved.urn);
    assert.equal(change?.renamedFrom, base.urn, JSON.stringify(change));
    old = { ...old, resources: old.resources.filter((one) => one !== base) };
  });

  it("says of a removed bucket what is lost, and names the alias where another one comes", () => {
    const bucket = now.resources.find(({ type }) => type === "aws:s3/bucket:Bucket")!;
    now.resources = now.resources.filter((one) => one !== bucket);
    const [finding] = findingsOf(changes());
    assert.equal(finding!.class, "data lost");
    assert.doesNotMatch(finding!.message, /alias/);
    now.resources.push({ ...bucket, urn: `${bucket.urn}-new`, name: `${bucket.name}-new` });
    const [renamed] = findingsOf(changes());
    assert.ok(renamed!.message.includes(`aliases: ["${bucket.urn}"]`));
  });

  it("refuses what a living service ignores, with the runbook", () => {
    const service = resource("aws:ecs/service:Service", "crm-analytics");
    const [balancer] = service.inputs["loadBalancers"] as Record<string, unknown>[];
    balancer!["containerPort"] = 3999;
    const found = changes();
    assert.deepEqual(found[0]!.properties, []);
    assert.equal(found[0]!.ignored.length, 1);
    const [finding] = findingsOf(found, unseenOf(found), now.about?.changes);
    assert.equal(finding!.class, "not made");
    assert.match(finding!.message, /afterwards: .*\. Follow docs\/runbooks\/service-change\.md\.$/);
  });

  it("refuses another subnet group for a database that lives, whether the program or Pulumi names it, but not a move to another VPC", () => {
    const GROUP = "aws:rds/subnetGroup:SubnetGroup";
    const stays =
      /crm-database-primary": dbSubnetGroupName changes, and RDS refuses it: .* crm:database\.subnetGroupName/;
    const named = (plan: Plan, name: string) => {
      resource(GROUP, "crm-database-primary", plan).inputs["name"] = name;
      resource(DATABASE, "crm-database-primary", plan).inputs["dbSubnetGroupName"] = name;
    };
    named(now, "crm-other-group");
    const [finding, ...rest] = findingsOf(changes(), [], now.about?.changes);
    assert.deepEqual([finding!.class, finding!.certain, rest], ["not made", true, []]);
    assert.match(finding!.message, stays);
    // Pulumi's own name is known when the group is made.
    const group = resource(GROUP, "crm-database-primary").inputs;
    delete group["name"];
    group["namePrefix"] = "crm-db-subnet-group-";
    resource(DATABASE, "crm-database-primary").inputs["dbSubnetGroupName"] = UNKNOWN;
    assert.match(findingsOf(changes(), [], now.about?.changes)[0]!.message, stays);
    named(now, "crm-other-group");
    resource(DATABASE, "crm-database-primary").inputs["vpcSecurityGroupIds"] = ["sg-other"];
    assert.ok(!findingsOf(changes()).some((one) => one.class === "not made"));
  });

  describe("a generated credential", () => {
    const PASSWORD = "random:index/randomPassword:RandomPassword";
    const TOKEN = "crm-cache-token";
    const lost = () =>
      findingsOf(changes()).flatMap(({ class: kind, urn }) =>
        kind === "data lost" ? [urn.split("::").pop()] : [],
      );
    const rotations = () => rotationsOf(changes()).map(({ name, says }) => `${name}: ${says}`);

    // The provider's page: a keeper is there to be changed, for another value.
    it("of another keeper is replaced, as its rotation, which loses nothing", () => {
      resource(PASSWORD, TOKEN).inputs["keepers"] = { version: "2" };
      assert.equal(changes().find(({ name }) => name === TOKEN)!.op, "replace");
      assert.deepEqual(lost(), []);
      assert.deepEqual(rotations(), [
        `${TOKEN}: gets another value (keepers.version), and what reads it changes in the same update`,
      ]);
      const [advised] = rotationsOf(changes(), now.about?.changes);
      assert.match(advised!.says, /docs\/runbooks\/secret-rotation\.md has the steps\.$/);
    });

    it("of another length under the same version is lost", () => {
      resource(PASSWORD, TOKEN).inputs["length"] = 63;
      assert.deepEqual([lost(), rotations()], [[TOKEN], []]);
      resource(PASSWORD, TOKEN).inputs["keepers"] = { version: "2" };
      assert.deepEqual(lost(), []);
    });

    it("that ends after the next of its numbers has come is no loss, another one is", () => {
      const first = resource(PASSWORD, "crm-firewall-origin-secret-1");
      const second = {
        ...structuredClone(first),
        urn: first.urn.replace(/1$/, "2"),
        name: "crm-firewall-origin-secret-2",
      };
      const others = now.resources.filter((one) => one !== first);
      now.resources = [...others, second];
      assert.deepEqual(lost(), []);
      assert.deepEqual(rotations(), [
        "crm-firewall-origin-secret-1: is deleted, and crm-firewall-origin-secret-2 stays",
      ]);
      now.resources = others;
      assert.deepEqual([lost(), rotations()], [[first.name], []]);
      now.resources = [...others, { ...second, urn: first.urn.replace(/1$/, "b"), name: "b" }];
      assert.deepEqual(lost(), [first.name]);
    });
  });

  it("reports that it is unknown if no source states it", () => {
    const topic = now.resources.find(({ type }) => type === "aws:sns/topic:Topic")!;
    topic.inputs["brandNew"] = 1;
    const [change] = changes();
    assert.equal(change!.properties[0]!.verdict, "unknown");
    assert.equal(change!.op, "update");
  });
});
