import assert from "node:assert/strict";

import { SECRET_SIGNATURE, SIGNATURE, UNKNOWN, type Plan } from "../../../tools/preview/index";
import { planOf } from "../../support/plans";

/** Inputs that name something account-wide or world-wide, by type; the rest is apart by region. */
const GLOBAL_NAMES: Readonly<Record<string, string>> = {
  "aws:iam/role:Role": "name",
  "aws:iam/policy:Policy": "name",
  "aws:s3/bucket:Bucket": "bucket",
  "aws:budgets/budget:Budget": "name",
  "aws:cloudfront/cachePolicy:CachePolicy": "name",
  "aws:cloudfront/function:Function": "name",
  "aws:cloudfront/responseHeadersPolicy:ResponseHeadersPolicy": "name",
  "aws:cloudfront/originAccessControl:OriginAccessControl": "name",
  "aws:costexplorer/anomalyMonitor:AnomalyMonitor": "name",
  "aws:costexplorer/anomalySubscription:AnomalySubscription": "name",
};

/** Named inside of something else, which has a name of its own. */
const NESTED = ["aws:iam/rolePolicy:RolePolicy", "aws:lambda/alias:Alias"];

/** Services whose names hold for the whole account, in all regions. */
const GLOBAL_SERVICES =
  /^aws:(iam|s3\/bucket:|budgets|cloudfront|costexplorer|globalaccelerator|organizations|route53\/zone:)/;

/** Kinds that an account has one of; two stacks must not both set them. */
const ONCE_AN_ACCOUNT = ["aws:costexplorer/costAllocationTag:CostAllocationTag"];

const region = (plan: Plan, inputs: Record<string, unknown>): string => {
  const own = inputs["region"];
  return typeof own === "string" ? own : plan.stack === "recovery" ? "us-west-2" : "us-east-1";
};

function plain(value: unknown): unknown {
  const secret = value as Record<string, unknown> | undefined;
  return secret?.[SIGNATURE] === SECRET_SIGNATURE ? secret["value"] : value;
}

function globalNames(plan: Plan): Set<string> {
  const names = new Set<string>();
  for (const { type, inputs } of plan.resources) {
    const property = GLOBAL_NAMES[type];
    const name = property && plain(inputs[property]);
    if (typeof name === "string" && name !== UNKNOWN) {
      names.add(`${type} ${name}`);
    }
    for (const alias of type.includes("/distribution:")
      ? ((inputs["aliases"] as string[]) ?? [])
      : []) {
      names.add(`alias ${alias}`);
    }
    if (type === "aws:route53/record:Record") {
      names.add(
        `record ${String(inputs["name"])} ${String(inputs["type"])} ${JSON.stringify(inputs["setIdentifier"] ?? "")}`,
      );
    }
    if (ONCE_AN_ACCOUNT.includes(type)) {
      names.add(type);
    }
  }
  return names;
}

/** Names that are one per region, of everything that a stack puts into the other one's region. */
function regionalNames(plan: Plan, where: string): Set<string> {
  const names = new Set<string>();
  for (const { type, inputs, custom } of plan.resources) {
    const name = plain(inputs["name"] ?? inputs["identifier"] ?? inputs["replicationGroupId"]);
    if (
      custom &&
      type.startsWith("aws:") &&
      !type.startsWith("aws:iam/") &&
      !NESTED.includes(type) &&
      type !== "aws:route53/record:Record" &&
      typeof name === "string" &&
      name !== UNKNOWN &&
      region(plan, inputs) === where
    ) {
      names.add(`${type} ${name}`);
    }
    // A secret's copy has its name there.
    const replicas = (inputs["replicas"] ?? []) as { region?: unknown }[];
    if (type === "aws:secretsmanager/secret:Secret" && typeof name === "string") {
      replicas.filter((copy) => copy.region === where).forEach(() => names.add(`${type} ${name}`));
    }
  }
  return names;
}

/** The plan with one more resource like another's, for the proof that a collision is found. */
function withCopyOf(plan: Plan, other: Plan, type: string): Plan {
  const resource = other.resources.find((one) => one.type === type)!;
  return { ...plan, resources: [...plan.resources, resource] };
}

const shared = (one: Set<string>, other: Set<string>) => [...one].filter((name) => other.has(name));

describe("production and recovery in one account", () => {
  let production: Plan;
  let recovery: Plan;
  before(async () => {
    production = await planOf("production");
    recovery = await planOf("recovery");
  });

  it("have no global name in common", () => {
    assert.ok(globalNames(recovery).size > 20);
    assert.deepEqual(shared(globalNames(production), globalNames(recovery)), []);
  });

  it("would be found with one: roles, buckets, records, vaults, copied secrets", () => {
    for (const type of [
      "aws:iam/role:Role",
      "aws:s3/bucket:Bucket",
      "aws:route53/record:Record",
      "aws:costexplorer/costAllocationTag:CostAllocationTag",
    ]) {
      const collided = globalNames(withCopyOf(recovery, production, type));
      assert.equal(shared(globalNames(production), collided).length, 1, type);
    }
    const copies = regionalNames(production, "us-west-2");
    const vaults = production.resources.filter(
      ({ inputs }) => inputs["name"] === "crm-backup-copies",
    );
    const both = { ...recovery, resources: [...recovery.resources, ...vaults] };
    assert.equal(shared(copies, regionalNames(both, "us-west-2")).length, 1);
    assert.ok(copies.has("aws:secretsmanager/secret:Secret crm-database-master"));
  });

  it("have every kind of global name looked at", () => {
    const overlooked = [...production.resources, ...recovery.resources].filter(
      ({ type, inputs }) =>
        GLOBAL_SERVICES.test(type) &&
        (typeof inputs["name"] === "string" || typeof inputs["bucket"] === "string") &&
        inputs["name"] !== UNKNOWN &&
        !Object.hasOwn(GLOBAL_NAMES, type) &&
        !NESTED.includes(type) &&
        type !== "aws:route53/zone:Zone",
    );
    const kinds = new Set(overlooked.map(({ type }) => type));
    assert.deepEqual([...kinds], []);
    const zones = (plan: Plan) =>
      plan.resources.filter(({ type }) => type === "aws:route53/zone:Zone").length;
    assert.deepEqual([zones(production), zones(recovery)], [1, 0]);
  });

  it("meet behind the standby host, as two records of one weighted set", () => {
    const standby = (plan: Plan) =>
      plan.resources.filter(
        ({ type, inputs }) =>
          type === "aws:route53/record:Record" &&
          inputs["name"] === "origin-standby.crm-consulting.com",
      );
    const [itself, ...none] = standby(production);
    const [loadBalancer, ...nothing] = standby(recovery);
    assert.deepEqual([none, nothing], [[], []]);
    assert.equal(itself!.inputs["setIdentifier"], "primary");
    assert.equal(loadBalancer!.inputs["setIdentifier"], "recovery");
  });

  it("have no name in common in us-west-2, where production keeps its copies", () => {
    const copies = regionalNames(production, "us-west-2");
    assert.ok(copies.has("aws:backup/vault:Vault crm-backup-copies"));
    assert.deepEqual(shared(copies, regionalNames(recovery, "us-west-2")), []);
  });

  it("recovery takes its data from what production put there", () => {
    const made = (type: string) => production.resources.filter((one) => one.type === type);
    const copy = made("aws:s3/bucket:Bucket").find(
      ({ inputs }) => inputs["bucket"] === "crm-user-uploads-backup-west",
    );
    assert.equal(copy?.inputs["region"], "us-west-2");
    const definition = recovery.resources.find(
      ({ type, name }) => type === "aws:ecs/taskDefinition:TaskDefinition" && name === "crm-core",
    );
    assert.match(
      JSON.stringify(definition!.inputs["containerDefinitions"]),
      /crm-user-uploads-backup-west/,
    );
    const rights = recovery.resources.find(
      ({ type, name }) => type === "aws:iam/rolePolicy:RolePolicy" && name === "crm-core-task",
    );
    assert.match(String(rights!.inputs["policy"]), /alias\/crm-storage-replica/);
    assert.ok(
      made("aws:kms/alias:Alias").some(
        ({ inputs }) =>
          inputs["name"] === "alias/crm-storage-replica" && inputs["region"] === "us-west-2",
      ),
    );
    const [database] = recovery.resources.filter(
      ({ type }) => type === "aws:rds/instance:Instance",
    );
    assert.equal(
      database!.inputs["replicateSourceDb"],
      "arn:aws:rds:us-east-1:123456789012:db:crm-production-primary",
    );
    const [home] = made("aws:rds/instance:Instance").filter(
      ({ inputs }) => inputs["replicateSourceDb"] === undefined,
    );
    assert.equal(home!.inputs["identifier"], "crm-production-primary");
    assert.equal((home!.inputs["tags"] as Record<string, string>)["RecoversBy"], "pilot-light");
    assert.deepEqual(
      recovery.resources.filter(({ type }) => type === "aws:ecr/repository:Repository"),
      [],
    );
  });

  it("belongs to the same environment, and refers to no other stack", () => {
    const types = recovery.resources.map(({ type }) => type);
    assert.ok(!types.includes("pulumi:pulumi:StackReference"));
    for (const { inputs, name } of recovery.resources) {
      const tags = inputs["tags"] as Record<string, string> | undefined;
      assert.ok(tags?.["Environment"] === undefined || tags["Environment"] === "production", name);
    }
  });

  it("run the same database, cache and tasks", () => {
    const same: Readonly<Record<string, readonly string[]>> = {
      "aws:rds/instance:Instance crm-database-primary": [
        ...["engine", "engineVersion", "instanceClass", "storageType", "maxAllocatedStorage"],
        ...["port", "backupRetentionPeriod", "deletionProtection"],
      ],
      "aws:elasticache/replicationGroup:ReplicationGroup crm-cache": [
        ...["engineVersion", "nodeType", "numNodeGroups", "replicasPerNodeGroup", "port"],
      ],
      "aws:ecs/taskDefinition:TaskDefinition crm-core": ["cpu", "memory", "runtimePlatform"],
      "aws:rds/parameterGroup:ParameterGroup crm-database-primary-postgres15": [
        "family",
        "parameters",
      ],
    };
    for (const [resource, properties] of Object.entries(same)) {
      const [ours, theirs] = [production, recovery].map(({ resources }) =>
        resources.find(({ type, name }) => `${type} ${name}` === resource),
      );
      assert.ok(ours && theirs, resource);
      for (const property of properties) {
        assert.deepEqual(theirs.inputs[property], ours.inputs[property], `${resource} ${property}`);
      }
    }
  });

  it("recovery says which of its values are still to be filled in", async () => {
    const { diagnostics } = await planOf("recovery");
    const keys = diagnostics.flatMap(
      ({ message }) => /^(crm:\S+) is .*: fill it in\.$/.exec(message)?.[1] ?? [],
    );
    assert.deepEqual(keys, ["crm:edge.zone.id"]);
  });
});
