import assert from "node:assert/strict";

import { estimate } from "../../../analysis/cost/estimate";
import { type CostEstimate } from "../../../analysis/cost/model";
import { PRICES } from "../../../analysis/cost/tables";
import { taskShares } from "../../../analysis/cost/tasks";
import { UNKNOWN, type PlannedResource } from "../../../analysis/plan/model";
import { isFree, UNPRICED } from "../../../facts/free-types";
import { USAGE } from "../../support/usage";
import { resource, stackResource } from "../../tools/preview/support";

const component = resource("crm:aws:CrmThing", "thing", stackResource, { custom: false });
const provider = resource("pulumi:providers:aws", "aws", stackResource, {
  inputs: { region: "us-east-1" },
});

const made = (type: string, name: string, inputs: Record<string, unknown>) =>
  resource(type, name, component, { inputs });

function of(resources: PlannedResource[], stack = "production"): CostEstimate {
  return estimate(
    { stack, resources: [stackResource, provider, component, ...resources] },
    PRICES,
    USAGE,
  );
}

/** The lines as item -> USD, to the cent. */
const items = (cost: CostEstimate) =>
  Object.fromEntries(
    cost.lines.map(({ item, monthlyUsd }) => [item, Math.round(monthlyUsd * 100) / 100]),
  );

const DATABASE = {
  instanceClass: "db.r6g.large",
  allocatedStorage: 500,
  storageType: "gp3",
  multiAz: true,
};

describe("cost: estimate", () => {
  it("a database with a standby is paid twice, its replica once", () => {
    const cost = of([
      made("aws:rds/instance:Instance", "primary", DATABASE),
      made("aws:rds/instance:Instance", "replica", {
        instanceClass: "db.r6g.large",
        storageType: "gp3",
        replicateSourceDb: "arn",
      }),
    ]);
    assert.deepEqual(items(cost), {
      "db.r6g.large with standby": 328.5, // 2 x 730 h x 0.225
      "500 GB with standby": 115, // 2 x 500 GB x 0.115
      "automated backups beyond the free size": 0,
      "db.r6g.large": 164.25,
      "500 GB": 57.5,
    });
    assert.equal(cost.monthlyUsd, 665.25);
    assert.deepEqual(cost.byComponent, { thing: 665.25 });
  });

  it("a load balancer that clients reach pays for what it sends them, and for all that its firewall checks", () => {
    const balancer = made("aws:lb/loadBalancer:LoadBalancer", "alb", {
      loadBalancerType: "application",
    });
    const acl = made("aws:wafv2/webAcl:WebAcl", "acl", { scope: "REGIONAL", rules: [] });
    const rule = (inputs: Record<string, unknown>) =>
      made("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", "in", inputs);
    const of443 = (others: PlannedResource[]) => items(of([balancer, acl, ...others]));
    const open = of443([rule({ cidrIpv4: "0.0.0.0/0" })]);
    assert.equal(open["data out to the internet"], 27); // 300 GB x 0.09
    assert.equal(open["requests"], 18); // 30 million x 0.60
    // CloudFront's data is free of charge to it, and its own to viewers has a price of its own.
    const behind = [
      of443([rule({ prefixListId: "pl-3b927c52" })]),
      of443([
        made("aws:ec2/securityGroup:SecurityGroup", "group", {
          ingress: [{ fromPort: 443, toPort: 443, prefixListIds: ["pl-3b927c52"] }],
        }),
      ]),
      of443([
        made("aws:ec2/securityGroupRule:SecurityGroupRule", "classic", {
          ...{ type: "ingress", prefixListIds: ["pl-3b927c52"] },
        }),
      ]),
    ];
    for (const one of behind) {
      assert.equal(one["data out to the internet"], undefined);
      assert.equal(one["requests"], 9);
    }
    const distribution = made("aws:cloudfront/distribution:Distribution", "app", {});
    assert.equal(of443([distribution])["data out to the internet"], undefined);
    const inside = { ...balancer, inputs: { ...balancer.inputs, internal: true } };
    assert.equal(items(of([inside]))["data out to the internet"], undefined);
  });

  it("a cache is paid by its nodes", () => {
    const cost = of([
      made("aws:elasticache/replicationGroup:ReplicationGroup", "redis", {
        nodeType: "cache.r6g.large",
        numNodeGroups: 1,
        replicasPerNodeGroup: 2,
      }),
    ]);
    assert.equal(items(cost)["3 nodes cache.r6g.large"], 451.14); // 3 x 730 h x 0.206
  });

  it("nodes of Valkey cost what AWS's price list has for them", () => {
    const cost = of([
      made("aws:elasticache/replicationGroup:ReplicationGroup", "valkey", {
        engine: "valkey",
        nodeType: "cache.r6g.large",
        numNodeGroups: 1,
        replicasPerNodeGroup: 2,
      }),
    ]);
    // 3 x 730 h x 0.1648, of the price list's row NodeUsage:cache.r6g.large of Valkey
    assert.equal(items(cost)["3 nodes cache.r6g.large, Valkey 20 % less"], 360.91);
  });

  it("IOPS and throughput are paid above what gp3 includes, twice with a standby", () => {
    const lines = (inputs: object) =>
      items(of([made("aws:rds/instance:Instance", "primary", { ...DATABASE, ...inputs })]));
    const more = lines({ iops: 16_000, storageThroughput: 1000 });
    // The price list has RDS:Multi-AZ-GP3-PIOPS at 0.04.
    assert.equal(more["4000 IOPS above the 12000 of gp3"], 160);
    assert.equal(more["500 MiB/s above the 500 of gp3"], 80);
    const included = lines({ iops: 12_000, storageThroughput: 500 });
    assert.ok(!Object.keys(included).some((item) => item.includes("above the")));
  });

  it("tasks are shared out over Fargate and Spot, by the size of their definition", () => {
    const definition = made("aws:ecs/taskDefinition:TaskDefinition", "task", {
      cpu: "512",
      memory: "1024",
      runtimePlatform: { cpuArchitecture: "ARM64" },
    });
    const service = resource("aws:ecs/service:Service", "service", component, {
      inputs: {
        desiredCount: 3,
        capacityProviderStrategies: [
          { capacityProvider: "FARGATE", weight: 70, base: 2 },
          { capacityProvider: "FARGATE_SPOT", weight: 30 },
        ],
      },
      propertyDependencies: { taskDefinition: [definition.urn] },
    });
    assert.deepEqual(items(of([definition, service])), {
      "2.7 tasks on FARGATE: CPU": 31.91, // 2.7 x 730 h x 0.5 x 0.03238
      "2.7 tasks on FARGATE: memory": 7.02, // 2.7 x 730 h x 1 x 0.00356
      "0.3 tasks on FARGATE_SPOT: CPU": 1.06, // 0.3 x 730 h x 0.5 x 0.03238 x 0.3
      "0.3 tasks on FARGATE_SPOT: memory": 0.23,
    });
    assert.deepEqual(taskShares(1, [{ capacityProvider: "FARGATE", base: 2, weight: 1 }]), [
      { provider: "FARGATE", tasks: 1 },
    ]);
    assert.deepEqual(taskShares(2, []), [{ provider: "FARGATE", tasks: 2 }]);
  });

  it("gateways share the stack's data, endpoints are paid by zone", () => {
    const cost = of([
      made("aws:ec2/natGateway:NatGateway", "nat-1", {}),
      made("aws:ec2/natGateway:NatGateway", "nat-2", {}),
      made("aws:ec2/eip:Eip", "address", {}),
      made("aws:ec2/vpcEndpoint:VpcEndpoint", "gateway", { vpcEndpointType: "Gateway" }),
      made("aws:ec2/vpcEndpoint:VpcEndpoint", "interface", {
        vpcEndpointType: "Interface",
        subnetIds: ["a", "b", "c"],
      }),
    ]);
    const usd = (name: string) =>
      cost.lines
        .filter((line) => line.name === name)
        .map(({ monthlyUsd }) => monthlyUsd.toFixed(2));
    assert.deepEqual(usd("nat-1"), ["32.85", "4.50", "2.25"]); // 730 x 0.045; 100 GB x 0.045
    assert.deepEqual(usd("address"), ["3.65"]);
    assert.deepEqual(usd("gateway"), []);
    assert.deepEqual(usd("interface"), ["21.90", "1.50"]); // 3 zones x 730 x 0.01; 150 GB x 0.01
  });

  it("alarms are paid by their metrics, firewalls by their rules", () => {
    const metric = { id: "a", metric: {} };
    const cost = of([
      made("aws:cloudwatch/metricAlarm:MetricAlarm", "plain", { metricName: "CPUUtilization" }),
      made("aws:cloudwatch/metricAlarm:MetricAlarm", "math", {
        metricQueries: [metric, metric, metric, { id: "result", expression: "a" }],
      }),
      made("aws:wafv2/webAcl:WebAcl", "acl", { scope: "CLOUDFRONT", rules: [{}, {}] }),
    ]);
    const usd = (name: string) =>
      cost.lines
        .filter((line) => line.name === name)
        .map(({ monthlyUsd }) => monthlyUsd.toFixed(2));
    assert.deepEqual(usd("plain"), ["0.10"]);
    assert.deepEqual(usd("math"), ["0.30"]);
    assert.deepEqual(usd("acl"), ["5.00", "2.00", "18.00"]);
  });

  it("a restored database is paid for with the storage of its backup", () => {
    const cost = of([
      made("aws:rds/instance:Instance", "primary", {
        ...DATABASE,
        allocatedStorage: undefined,
        restoreToPointInTime: { sourceDbInstanceAutomatedBackupsArn: "arn" },
      }),
    ]);
    assert.equal(cost.monthlyUsd, 443.5);
    assert.deepEqual(cost.notEstimated, []);
  });

  it("Container Insights is paid by services and, enhanced, by tasks; so is what they send to other zones", () => {
    const planned = (level: string) => {
      const cluster = made("aws:ecs/cluster:Cluster", "cluster", {
        settings: [{ name: "containerInsights", value: level }],
      });
      const services = [
        ["auth", 2],
        ["core", 3],
      ].map(([name, desiredCount]) => ({
        ...made("aws:ecs/service:Service", String(name), { desiredCount }),
        propertyDependencies: { cluster: [cluster.urn] },
      }));
      // That of another cluster.
      const other = made("aws:ecs/service:Service", "other", { desiredCount: 9 });
      return of([cluster, ...services, other]).lines.map(({ item, monthlyUsd }) => [
        item,
        Number(monthlyUsd.toFixed(2)),
      ]);
    };
    const zones = ["data between zones", 3]; // 300 GB x 0.01
    assert.deepEqual(planned("disabled"), [zones]);
    // (12 + 2 x (15 + 10)) x 0.30
    assert.deepEqual(planned("enabled"), [zones, ["Container Insights", 18.6]]);
    // (62 + 5 x 59) x 0.07
    assert.deepEqual(planned("enhanced"), [zones, ["Container Insights of 5 tasks", 24.99]]);
  });

  it("replicated backups are paid where they are kept, and on their way", () => {
    const type = "aws:rds/instanceAutomatedBackupsReplication:InstanceAutomatedBackupsReplication";
    assert.deepEqual(items(of([made(type, "west", { region: "us-west-2" })])), {
      "backups in the other region": 28.5, // 300 GB x 0.095
      "data to the other region": 3, // 150 GB x 0.02
    });
  });

  it("services that feed one metric share it, those told apart by a dimension do not", () => {
    const filters = (dimensions: Record<string, string>) =>
      ["auth", "core"].map((service) =>
        made("aws:cloudwatch/logMetricFilter:LogMetricFilter", service, {
          metricTransformation: { namespace: "CRM/Users", name: "ActiveUsers", dimensions },
        }),
      );
    const six = 1.8; // 6 series x 0.30
    assert.equal(of(filters({ TimeRange: "$.timeRange" })).monthlyUsd, six);
    assert.equal(of(filters({ Service: "$.service" })).monthlyUsd, 2 * six);
  });

  it("a target that is tracked costs the alarms that watch it", () => {
    const policy = (name: string, tracking?: Record<string, unknown>) =>
      made("aws:appautoscaling/policy:Policy", name, {
        targetTrackingScalingPolicyConfiguration: tracking,
      });
    const metrics = [{ metricStat: {} }, { metricStat: {} }, { expression: "a / b" }];
    assert.equal(of([policy("both", { targetValue: 70 })]).monthlyUsd, 0.2);
    assert.equal(
      of([
        policy("out", { disableScaleIn: true, customizedMetricSpecification: { metrics } }),
        policy("steps"),
      ]).monthlyUsd,
      0.2,
    );
  });

  it("what has no price is listed with its count and reason, never as zero", () => {
    const cost = of([
      made("aws:mq/broker:Broker", "one", {}),
      made("aws:mq/broker:Broker", "two", {}),
      made("aws:rds/instance:Instance", "odd", {
        ...{ ...DATABASE, instanceClass: "db.x1.huge", replicateSourceDb: "arn" },
        storageType: "gp2",
      }),
      made("aws:s3/bucket:Bucket", "far", { region: "ap-south-1" }),
      made("aws:iam/role:Role", "free", {}),
    ]);
    assert.equal(cost.monthlyUsd, 0);
    assert.deepEqual(cost.lines, []);
    assert.deepEqual(cost.notEstimated, [
      { type: "aws:mq/broker:Broker", count: 2, reason: "no price is known for this type" },
      {
        type: "aws:rds/instance:Instance",
        count: 1,
        reason: "the price table does not know db.x1.huge",
      },
      {
        type: "aws:rds/instance:Instance",
        count: 1,
        reason: "only storage of type gp3 has a price here",
      },
      {
        type: "aws:s3/bucket:Bucket",
        count: 1,
        reason: "the price table does not know ap-south-1",
      },
    ]);
  });

  it("of a database whose storage or class has no price, the rest has one", () => {
    const database = (inputs: object) =>
      of([made("aws:rds/instance:Instance", "d", { ...DATABASE, ...inputs })]);
    const gp2 = database({ storageType: "gp2" });
    assert.equal(gp2.monthlyUsd, 328.5);
    assert.deepEqual(
      gp2.notEstimated.map(({ reason }) => reason),
      ["only storage of type gp3 has a price here"],
    );
    const unknown = database({ instanceClass: "db.x1.huge" });
    assert.equal(unknown.monthlyUsd, 115);
    assert.equal(unknown.notEstimated.length, 1);
  });

  it("Aurora Serverless v2 is paid by its least capacity, storage and I/O; another kind has no price", () => {
    const aurora = { engine: "aurora-postgresql" };
    const serverless = {
      ...aurora,
      serverlessv2ScalingConfiguration: { minCapacity: 0.5, maxCapacity: 4 },
    };
    const member = (name: string) =>
      made("aws:rds/clusterInstance:ClusterInstance", name, { instanceClass: "db.serverless" });
    const cost = of([made("aws:rds/cluster:Cluster", "a", serverless), member("a"), member("b")]);
    assert.equal(Math.round(cost.monthlyUsd * 100) / 100, 93.6); // 2 x 0.5 x 730 x 0.12 + 20 x 0.1 + 20 x 0.2
    assert.deepEqual(cost.notEstimated, []);
    const others = of([
      made("aws:rds/cluster:Cluster", "a", { ...aurora, storageType: "aurora-iopt1" }),
      member("a"),
      made("aws:rds/clusterInstance:ClusterInstance", "b", { instanceClass: "db.r6g.large" }),
      made("aws:rds/cluster:Cluster", "c", { engine: "postgres" }),
    ]);
    assert.deepEqual(
      others.notEstimated.map(({ reason }) => reason),
      [
        "Aurora I/O-Optimized has no price here",
        "only Aurora's clusters have a price here",
        "its least capacity is not known",
        "only Aurora Serverless v2 has a price here",
      ],
    );
  });

  it("files are paid by size and by what is read and written; other throughput has no price", () => {
    const type = "aws:efs/fileSystem:FileSystem";
    assert.deepEqual(items(of([made(type, "a", { throughputMode: "elastic" })])), {
      files: 15,
      "reads of files": 0.6,
      "writes of files": 0.6,
    });
    const reasons = [{}, { throughputMode: "elastic", availabilityZoneName: "us-east-1a" }].map(
      (inputs) => of([made(type, "a", inputs)]).notEstimated[0]!.reason,
    );
    assert.deepEqual(reasons, [
      "only elastic throughput has a price here",
      "a file system in one zone has no price here",
    ]);
  });

  it("assumptions may differ by stack, and a budget is read", () => {
    const topic = made("aws:sns/topicSubscription:TopicSubscription", "mail", {
      protocol: "email",
    });
    const budget = made("aws:budgets/budget:Budget", "budget", { limitAmount: "400.00" });
    assert.equal(of([topic]).lines[0]!.quantity, 0.02);
    assert.equal(of([topic, budget], "staging").lines[0]!.quantity, 0.002);
    assert.equal(of([budget]).budgetUsd, 400);
  });

  // https://aws.amazon.com/sns/pricing/: requests of FIFO topics have a price of their own.
  it("a FIFO topic has its own price for what is published", () => {
    const fifo = made("aws:sns/topic:Topic", "orders", { fifoTopic: true, name: "a.fifo" });
    const { lines, notEstimated } = of([fifo]);
    assert.deepEqual(notEstimated, []);
    assert.equal(lines[0]!.monthlyUsd / lines[0]!.quantity, 0.3);
    const standard = of([made("aws:sns/topic:Topic", "orders", {})]).lines[0]!;
    assert.equal(standard.monthlyUsd / standard.quantity, 0.5);
  });

  it("a VPC origin and a mute rule add nothing", () => {
    const types = [
      "aws:cloudfront/vpcOrigin:VpcOrigin",
      "aws:cloudwatch/alarmMuteRule:AlarmMuteRule",
    ];
    const { notEstimated, lines } = of(types.map((type) => made(type, "one", {})));
    assert.deepEqual([notEstimated, lines], [[], []]);
  });

  it("a text message has the price of its receiver's country, by parts", () => {
    const phone = (endpoint: unknown) =>
      made("aws:sns/topicSubscription:TopicSubscription", "phone", { protocol: "sms", endpoint });
    const cost = (endpoint: string) => items(of([phone(endpoint)]));
    assert.deepEqual(cost("+12025550123"), { "text messages to US": 0.72 }); // 6 x 12 x 0.01
    assert.deepEqual(cost("+15062345678"), { "text messages to CA": 1.06 }); // 6 x 12 x 0.01467
    assert.deepEqual(cost("+4915123456789"), { "text messages to DE": 7.72 }); // 6 x 12 x 0.10719
    for (const endpoint of ["+5351234567", UNKNOWN]) {
      const { lines, notEstimated } = of([phone(endpoint)]);
      assert.deepEqual(lines, []);
      assert.match(notEstimated[0]!.reason, /no price for the phone number's country/);
    }
  });

  it("a type is free, priced or unpriced, and never two of them", () => {
    for (const type of Object.keys(UNPRICED)) {
      assert.equal(isFree(type), false, type);
    }
    assert.equal(isFree("aws:iam/role:Role"), true);
    assert.equal(isFree("aws:rds/instance:Instance"), false);
  });
});
