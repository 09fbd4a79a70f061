/** What the picture shows follows from the plan, and from nothing else. */
import assert from "node:assert/strict";

import type { Plan, PlannedResource } from "../../../analysis/plan/model";
import { pictureOf } from "../../../tools/diagram/graph";
import { partsOf } from "../../../tools/diagram/mermaid";
import type { Picture } from "../../../tools/diagram/model";
import { planOf } from "../../support/plans";
import { stackNames } from "../../support/stack-files";

/** Lines of a picture as text: `from > to (way) label`. */
function lines({ edges }: Picture): string[] {
  return edges.map(({ from, to, way, label }) => `${from} > ${to} (${way}) ${label}`.trim());
}

/** The ways of requests, data and messages of production's users and services, as the documents have them. */
const MAIN_WAYS = [
  "users-users > distribution-api (request) HTTPS",
  "users-users > distribution-app (request) HTTPS",
  "distribution-api > load-balancer-alb (request) /*",
  "distribution-api > bucket-frontend-assets-backup-west (request) on failure",
  "distribution-api > bucket-frontend-assets-prod (request) error page",
  "distribution-app > load-balancer-alb (request) /api/*",
  "distribution-app > bucket-frontend-assets-prod (request) /*",
  "distribution-app > bucket-frontend-assets-backup-west (request) on failure",
  "load-balancer-alb > service-auth (request) /auth/*, /api/auth/*",
  "load-balancer-alb > service-social (request) /social/*, /api/social/*",
  "load-balancer-alb > service-analytics (request) /analytics/*, /api/analytics/*",
  "load-balancer-alb > service-core (request) /*",
  "service-auth > database-primary (data) 5432",
  "service-core > database-primary (data) 5432",
  "service-core > cache-redis-cluster (data) 6379",
  "service-core > bucket-user-uploads-prod (data) reads, writes",
  "service-core > queue-email-notifications (event)",
  "service-social > queue-social-processing (event)",
  "service-analytics > database-replica (data) 5432",
  "service-analytics > bucket-analytics-exports-prod (data) reads, writes",
  "service-analytics > queue-analytics-computation (event)",
  "queue-analytics-computation > service-analytics (event)",
  "queue-email-notifications > service-core (event)",
  "queue-notification-processor > service-core (event)",
  "queue-social-processing > function-social-data-processor (event) 10 at a time",
  "function-social-data-processor > database-primary (data) 5432",
  "function-social-data-processor > queue-analytics-computation (event)",
  "schedule-analytics-aggregator > function-analytics-aggregator (event)",
  "function-analytics-aggregator > database-replica (data) 5432",
  "function-analytics-aggregator > bucket-analytics-exports-prod (data) writes",
  "bucket-report-requests-prod > function-report-generator (event) new object",
  "function-report-generator > database-replica (data) 5432",
  "function-report-generator > bucket-analytics-exports-prod (data) writes",
  "function-report-generator > queue-email-notifications (event)",
  "schedule-configuration-backup > function-configuration-backup (event)",
  "schedule-region-watch > function-region-watch (event)",
  "topic-region-alerts > recipient-alerts-crm-consulting-com (event)",
  "function-configuration-backup > bucket-backups-prod (data) writes",
  "topic-system-notifications > queue-notification-processor (event)",
  "topic-system-notifications > recipient-admin-crm-consulting-com (event)",
  "topic-notifications > queue-notification-processor (event)",
  "topic-notifications > recipient-admin-crm-consulting-com (event)",
  "topic-alert-notifications > recipient-alerts-crm-consulting-com (event)",
  "topic-alert-notifications > recipient-7890 (event)",
  "cache-redis-cluster > topic-notifications (event)",
  "database-primary > topic-system-notifications (event)",
  "database-replica > topic-system-notifications (event)",
  "vault-backups > topic-system-notifications (event)",
  "rule-backup-failures > topic-alert-notifications (event)",
  "rule-database-storage > topic-alert-notifications (event)",
  "rule-task-placement > log-task-events (event)",
  "rule-task-spot > log-task-events (event)",
  "database-primary > database-replica (copy) replicates",
  "database-primary > backup-copy-primary (copy)",
  "database-primary > vault-backups (copy) backup",
  "bucket-user-uploads-prod > vault-backups (copy) backup",
  "bucket-backups-prod > vault-backups (copy) backup",
  "bucket-user-uploads-prod > bucket-user-uploads-backup-west (copy)",
  "bucket-backups-prod > bucket-backups-backup-west (copy)",
  "bucket-frontend-assets-prod > bucket-frontend-assets-backup-west (copy)",
  "vault-backups > vault-backup-copies (copy)",
  "registry-container-images > registry-container-images-2 (copy)",
];

describe("the picture of a plan", () => {
  let plan: Plan;
  before(async () => {
    plan = await planOf("production");
  });

  const without = (drop: (resource: PlannedResource) => boolean): Picture =>
    pictureOf({ ...plan, resources: plan.resources.filter((resource) => !drop(resource)) });

  it("has production's main ways, and no other request, data, message or copy", () => {
    const found = lines(pictureOf(plan)).filter(
      (line) => !line.includes("(control)") && !line.startsWith("alarms-"),
    );
    assert.deepEqual(found.sort(), [...MAIN_WAYS].sort());
  });

  it("has the ways of names and of a deployment's check", () => {
    const found = lines(pictureOf(plan)).filter((line) => line.includes("(control)"));
    assert.deepEqual(found.sort(), [
      "function-deployment-gate > load-balancer-gate (control) 9443",
      "load-balancer-gate > load-balancer-alb (control) 9443",
      "service-analytics > function-deployment-gate (control) new version",
      "service-auth > function-deployment-gate (control) new version",
      "service-core > function-deployment-gate (control) new version",
      "service-social > function-deployment-gate (control) new version",
      "users-users > zone-crm-consulting-com (control) DNS",
      "zone-crm-consulting-com > distribution-api (control) api",
      "zone-crm-consulting-com > distribution-app (control) app",
      "zone-crm-consulting-com > load-balancer-alb (control) origin, origin-primary, origin-standby",
    ]);
  });

  for (const stack of stackNames()) {
    it(`shows what ${stack} is made of`, async () => {
      const { resources } = await planOf(stack);
      const picture = pictureOf(await planOf(stack));
      const shown = new Set(picture.nodes.map(({ urn }) => urn));
      const parts = picture.nodes.flatMap((node) => node.parts.map(({ text }) => text));
      const types = [
        ...["ecs/service:Service", "rds/instance:Instance", "s3/bucket:Bucket"],
        ...["sqs/queue:Queue", "sns/topic:Topic", "lambda/function:Function"],
        ...["elasticache/replicationGroup:ReplicationGroup", "lb/loadBalancer:LoadBalancer"],
        ...["cloudfront/distribution:Distribution", "route53/zone:Zone", "backup/vault:Vault"],
        ...["scheduler/schedule:Schedule", "cloudwatch/eventRule:EventRule"],
      ].map((type) => `aws:${type}`);
      const missing = resources
        .filter(({ type }) => types.includes(type))
        .filter(({ urn, inputs }) => {
          const name = typeof inputs["name"] === "string" ? inputs["name"] : "";
          return !shown.has(urn) && !parts.some((part) => name.endsWith(part));
        });
      assert.deepEqual(
        missing.map(({ urn }) => urn),
        [],
      );
    });

    it(`draws no line of ${stack} to or from nothing, and counts every resource once`, async () => {
      const picture = pictureOf(await planOf(stack));
      const ids = picture.nodes.map(({ id }) => id);
      assert.equal(new Set(ids).size, ids.length);
      for (const { from, to } of picture.edges) {
        assert.ok(ids.includes(from) && ids.includes(to), `${from} > ${to}`);
      }
      const counted = picture.families.reduce((sum, { count }) => sum + count, 0);
      assert.equal(counted, picture.supporting);
      assert.ok(picture.supporting < picture.resources);
      assert.ok(picture.nodes.every(({ id }) => ids.indexOf(id) === ids.lastIndexOf(id)));
    });
  }

  it("leaves out a service that the plan does not have, with its lines", () => {
    const picture = without(
      ({ urn }) => urn.includes("crm:aws:CrmService") && urn.endsWith("::crm-social"),
    );
    assert.ok(!picture.nodes.some(({ id }) => id === "service-social"));
    assert.ok(!lines(picture).some((line) => line.includes("service-social")));
    assert.ok(picture.nodes.some(({ id }) => id === "service-core"));
  });

  it("shows a database cluster and a file system, with the services that use them", () => {
    const added = (type: string, name: string, inputs: object, refers: object = {}) =>
      ({
        ...plan.resources.find((one) => one.type === "aws:rds/instance:Instance")!,
        ...{ urn: `urn:pulumi:production::crm::${type}::${name}`, type, name, inputs },
        propertyDependencies: refers,
      }) as PlannedResource;
    const cluster = added("aws:rds/cluster:Cluster", "aurora", {
      ...{ clusterIdentifier: "crm-aurora", engine: "aurora-postgresql", engineVersion: "16" },
      serverlessv2ScalingConfiguration: { minCapacity: 2, maxCapacity: 4 },
    });
    const instance = added(
      "aws:rds/clusterInstance:ClusterInstance",
      "aurora-a",
      {},
      { clusterIdentifier: [cluster.urn] },
    );
    const files = added("aws:efs/fileSystem:FileSystem", "files", { tags: { Name: "crm-shared" } });
    const resources = plan.resources.map((one) =>
      one.type === "aws:ecs/taskDefinition:TaskDefinition" && one.name === "crm-core"
        ? { ...one, propertyDependencies: { ...one.propertyDependencies, volumes: [files.urn] } }
        : one.type === "aws:ssm/parameter:Parameter" &&
            one.name === "crm-database-core-database-url"
          ? { ...one, propertyDependencies: { ...one.propertyDependencies, value: [cluster.urn] } }
          : one,
    );
    const inGroup = { vpcSecurityGroupIds: groupOfDatabase() };
    const picture = pictureOf({
      ...plan,
      resources: [...resources, { ...cluster, propertyDependencies: inGroup }, instance, files],
    });
    const node = picture.nodes.find(({ title }) => title === "aurora")!;
    assert.equal(node.label, "RDS cluster");
    assert.deepEqual(node.details, ["Aurora PostgreSQL 16", "1 instance", "2 to 4 ACUs"]);
    const found = lines(picture);
    assert.ok(found.includes("service-core > database-aurora (data) 5432"), found.join("\n"));
    assert.ok(found.includes("service-core > bucket-shared (data) mounts"));
  });

  /** URNs of the database's security groups. */
  const groupOfDatabase = () =>
    plan.resources.find(({ type }) => type === "aws:rds/instance:Instance")!.propertyDependencies[
      "vpcSecurityGroupIds"
    ]!;

  it("lets a service reach the database only if the security group does", () => {
    const picture = without(({ name }) => name === "crm-rds-from-ecs-5432");
    const found = lines(picture).filter((line) => line.includes("> database-"));
    assert.deepEqual(
      found.filter((line) => line.startsWith("service-")),
      [],
    );
    assert.ok(found.includes("function-social-data-processor > database-primary (data) 5432"));
  });

  it("lets a service use a bucket only if its role does", () => {
    const picture = without(
      ({ type, name }) => type.includes("rolePolicy:") && name === "crm-core-task",
    );
    const found = lines(picture).filter((line) => line.startsWith("service-core"));
    assert.deepEqual(found, [
      "service-core > cache-redis-cluster (data) 6379",
      "service-core > database-primary (data) 5432",
      "service-core > function-deployment-gate (control) new version",
    ]);
  });

  it("calls a function by a queue only if something does so", () => {
    const picture = without(
      ({ type }) => type === "aws:lambda/eventSourceMapping:EventSourceMapping",
    );
    assert.ok(!lines(picture).some((line) => /^queue-.* > function-/.test(line)));
  });

  it("draws no receiver without a subscription", () => {
    const picture = without(({ type }) => type === "aws:sns/topicSubscription:TopicSubscription");
    assert.ok(!picture.nodes.some(({ kind }) => kind === "recipient"));
  });

  it("frames a VPC that the plan does not have, by the id that the security groups name", () => {
    const ofNetwork = /^aws:ec2\/(vpc|subnet|natGateway|internetGateway|routeTable|route):/;
    const resources = plan.resources
      .filter(({ type }) => !ofNetwork.test(type))
      .map((one) =>
        one.type === "aws:ec2/securityGroup:SecurityGroup"
          ? { ...one, inputs: { ...one.inputs, vpcId: "vpc-0123456789abcdef0" } }
          : one,
      );
    const picture = pictureOf({ ...plan, resources });
    const { name, foreign, subnets, gateway } = picture.network!;
    assert.deepEqual([name, foreign, subnets, gateway], ["vpc-0123456789abcdef0", true, [], false]);
    const charts = partsOf(picture).map(({ mermaid }) => mermaid);
    assert.match(charts.join("\n"), /"VPC vpc-0123456789abcdef0 · not in the plan"/);
  });

  it("finds the tiers of subnets by their routes", () => {
    const { network } = pictureOf(plan);
    assert.deepEqual(
      network!.subnets.map(({ zone, tier, nat }) => [zone, tier, nat]),
      [
        ...["a", "b", "c"].map((zone) => [`us-east-1${zone}`, "public", true]),
        ...["a", "b", "c"].map((zone) => [`us-east-1${zone}`, "private", false]),
        ...["a", "b", "c"].map((zone) => [`us-east-1${zone}`, "database", false]),
      ],
    );
    const isolated = without(({ type }) => type === "aws:ec2/natGateway:NatGateway").network!;
    assert.deepEqual(
      [...new Set(isolated.subnets.map(({ tier }) => tier))],
      ["public", "database"],
    );
  });

  it("says of no subnet without a route table of the plan that it is a database's", () => {
    const subnet = (name: string): PlannedResource => {
      const one = plan.resources.find(({ type }) => type === "aws:ec2/subnet:Subnet")!;
      return {
        ...one,
        urn: `urn:${name}`,
        name,
        inputs: {},
        propertyDependencies: {},
        external: true,
      };
    };
    const vpc = plan.resources.find(({ type }) => type === "aws:ec2/vpc:Vpc")!;
    const resources = [
      { ...vpc, name: "default-vpc", inputs: {}, external: true },
      ...["default-a", "default-b"].map(subnet),
    ];
    const picture = pictureOf({ project: "other", stack: "dev", resources });
    assert.deepEqual(
      picture.network!.subnets.map(({ name, routed }) => [name, routed]),
      [
        ["default-a", false],
        ["default-b", false],
      ],
    );
    assert.ok(pictureOf(plan).network!.subnets.every(({ routed }) => routed));
    const { mermaid } = partsOf(picture).find(({ heading }) => heading === "Network")!;
    assert.match(mermaid, /subgraph vpc\["VPC default-vpc"\]/);
    assert.match(mermaid, /\["zone not known"\]/);
    const boxes = [
      ...mermaid.matchAll(/^ +(\w+)\["routes not known<br\/><b>default-[ab]<\/b>"\]/gm),
    ];
    assert.equal(new Set(boxes.map(([, id]) => id)).size, 2);
    assert.doesNotMatch(mermaid, /"database|<b><\/b>|\[""\]/);
  });

  it("leads every private subnet out by the NAT gateway that its route names", async () => {
    const exits = async (stack: string) =>
      pictureOf(await planOf(stack))
        .network!.subnets.filter(({ tier }) => tier === "private")
        .map(({ zone, exit }) => `${zone} by ${exit}`);
    assert.deepEqual(await exits("production"), [
      "us-east-1a by us-east-1a",
      "us-east-1b by us-east-1b",
      "us-east-1c by us-east-1c",
    ]);
    assert.deepEqual(await exits("staging"), [
      "us-east-1a by us-east-1a",
      "us-east-1b by us-east-1a",
      "us-east-1c by us-east-1a",
    ]);
  });

  it("leads messages to a service that may receive them", async () => {
    const receiving = await planOf("production");
    const role = receiving.resources.find(
      ({ type, name }) => type.includes("rolePolicy:") && name === "crm-auth-task",
    )!;
    const document = JSON.parse(String(role.inputs["policy"])) as { Statement: unknown[] };
    const queue = "arn:aws:sqs:us-east-1:123456789012:crm-email-notifications";
    document.Statement.push({ Effect: "Allow", Action: "sqs:ReceiveMessage", Resource: queue });
    role.inputs["policy"] = JSON.stringify(document);
    assert.ok(
      lines(pictureOf(receiving)).includes("queue-email-notifications > service-auth (event)"),
    );
  });

  it("puts what another region has there", () => {
    const elsewhere = pictureOf(plan).nodes.filter(({ region }) => region === "us-west-2");
    assert.deepEqual(elsewhere.map(({ title }) => title).sort(), [
      ...["access-logs-us-west-2-prod", "backup-copies", "backups-backup-west"],
      ...["container images", "frontend-assets-backup-west", "primary"],
      ...["region-alerts", "region-watch", "region-watch"],
      ...["user-uploads-backup-west"],
    ]);
  });

  it("shows no account, no secret and no whole telephone number", () => {
    const text = JSON.stringify(pictureOf(plan).nodes.map(({ urn: _urn, ...node }) => node));
    assert.doesNotMatch(text, /\d{12}|\+\d{5}|04da6b54|x-origin-verify/);
  });

  it("draws nothing of an empty plan", () => {
    const picture = pictureOf({ project: "crm", stack: "none", resources: [] });
    assert.deepEqual([picture.nodes, picture.edges, picture.network], [[], [], undefined]);
  });
});
