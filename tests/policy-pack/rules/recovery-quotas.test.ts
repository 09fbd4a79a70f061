/** What the platform needs of the other region's quotas. */
import { recoveryRules } from "../../../policy-pack/rules/recovery";
import { ruleTable, UNKNOWN_TEXT, type Sample } from "../support";

const [, , , , quotas] = recoveryRules;

const vault: Sample = {
  type: "aws:backup/vault:Vault",
  name: "copies",
  props: {
    name: "copies",
    region: "us-west-2",
    kmsKeyArn: "arn:aws:kms:us-west-2:123456789012:key/1",
  },
};
const otherType = { otherType: "a topic", resources: [{ type: "aws:sns/topic:Topic" }] };

const service = (props: Record<string, unknown> = {}): Sample[] => [
  {
    type: "aws:ecs/taskDefinition:TaskDefinition",
    name: "definition",
    props: { cpu: "1024", containerDefinitions: "[]" },
  },
  {
    type: "aws:ecs/service:Service",
    props: { name: "core", desiredCount: 2, taskDefinition: UNKNOWN_TEXT, ...props },
    references: { taskDefinition: ["definition"] },
  },
];
const scaling = (maxCapacity: unknown): Sample => ({
  type: "aws:appautoscaling/target:Target",
  props: { serviceNamespace: "ecs", resourceId: "service/crm/core", maxCapacity },
});
const request = (value: number, props: Record<string, unknown> = {}): Sample => ({
  type: "aws:servicequotas/serviceQuota:ServiceQuota",
  props: {
    region: "us-west-2",
    serviceCode: "fargate",
    quotaCode: "L-3032A538",
    value,
    ...props,
  },
});
const times = (count: number, sample: Sample): Sample[] =>
  Array.from({ length: count }, () => sample);
/** The sample with a property that is not known, if it has that one. */
const withUnknown =
  (property: string) =>
  (sample: Sample): Sample => ({
    ...sample,
    props: {
      ...sample.props,
      ...(Object.hasOwn(sample.props ?? {}, property) && { [property]: UNKNOWN_TEXT }),
    },
  });
const rule = (props: Record<string, unknown> = {}): Sample => ({
  type: "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
  props: { securityGroupId: "sg-1", ...props },
});

ruleTable(quotas!, [
  // Two tasks of one vCPU, blue and green: four of six.
  { compliant: "what a new account has", resources: [vault, ...service()] },
  { compliant: "a stack without copies", resources: [...service(), scaling(100)] },
  { compliant: "asked for", resources: [vault, ...service(), scaling(10), request(20)] },
  {
    compliant: "copies are no part of it",
    resources: [vault, ...times(6, { type: "aws:ec2/vpc:Vpc", props: { region: "us-west-2" } })],
  },
  {
    compliant: "gateways in several zones",
    resources: [
      vault,
      ...["a", "b"].flatMap((zone) => [
        {
          type: "aws:ec2/subnet:Subnet",
          name: `subnet-${zone}`,
          props: { availabilityZone: `us-east-1${zone}` },
        },
        ...times(4, {
          type: "aws:ec2/natGateway:NatGateway",
          props: { subnetId: UNKNOWN_TEXT },
          references: { subnetId: [`subnet-${zone}`] },
        }),
      ]),
    ],
  },
  {
    violating: "services at their largest",
    resources: [vault, ...service(), scaling(10)],
    says: /vCPUs on demand in us-west-2: 20 are needed, a new account has 6; raise fargateVcpus\./,
  },
  {
    violating: "too little asked for",
    resources: [vault, ...service(), scaling(10), request(19)],
    says: /20 are needed, 19 are asked for/,
  },
  {
    violating: "asked for elsewhere",
    resources: [vault, ...service(), scaling(10), request(20, { region: "eu-west-1" })],
    says: /a new account has 6/,
  },
  {
    violating: "another quota asked for",
    resources: [vault, ...service(), scaling(10), request(20, { quotaCode: "L-36FBB829" })],
    says: /a new account has 6/,
  },
  {
    violating: "tasks on Spot",
    resources: [
      vault,
      ...service({
        desiredCount: 20,
        capacityProviderStrategies: [
          { capacityProvider: "FARGATE", weight: 1 },
          { capacityProvider: "FARGATE_SPOT", weight: 1 },
        ],
      }),
      request(40),
    ],
    says: /on Spot in us-west-2: 20 are needed/,
  },
  {
    violating: "functions with reserved executions",
    resources: [
      vault,
      { type: "aws:lambda/function:Function", props: { reservedConcurrentExecutions: 20 } },
    ],
    says: /Lambda executions at a time in us-west-2: 120 are needed/,
  },
  {
    violating: "addresses",
    resources: [vault, ...times(6, { type: "aws:ec2/eip:Eip" })],
    says: /Elastic IP addresses in us-west-2: 6 are needed, a new account has 5/,
  },
  {
    violating: "gateways in one zone",
    resources: [
      vault,
      ...times(6, { type: "aws:ec2/natGateway:NatGateway", props: { subnetId: "subnet-1" } }),
    ],
    says: /NAT gateways in one zone in us-west-2: 6 are needed/,
  },
  {
    violating: "a prefix list beside many rules",
    resources: [vault, rule({ prefixListId: "pl-3b927c52" }), ...times(6, rule())],
    says: /rules of a security group in us-west-2: 61 are needed, a new account has 60/,
  },
  {
    violating: "nodes with as many shards as scaling makes",
    resources: [
      vault,
      {
        type: "aws:elasticache/replicationGroup:ReplicationGroup",
        props: { replicationGroupId: "crm", numNodeGroups: 1, replicasPerNodeGroup: 2 },
      },
      {
        type: "aws:appautoscaling/target:Target",
        props: {
          serviceNamespace: "elasticache",
          resourceId: "replication-group/crm",
          maxCapacity: 101,
        },
      },
    ],
    says: /cache nodes in us-west-2: 303 are needed/,
  },
  {
    violating: "too many addresses, beside a service of which something is not known",
    resources: [
      vault,
      ...service(),
      scaling(UNKNOWN_TEXT),
      ...times(6, { type: "aws:ec2/eip:Eip" }),
    ],
    says: /Elastic IP addresses in us-west-2: 6 are needed/,
  },
  { unknown: "how far a service scales", resources: [vault, ...service(), scaling(UNKNOWN_TEXT)] },
  {
    unknown: "what a task takes",
    resources: [vault, ...service().map(withUnknown("cpu"))],
  },
  {
    unknown: "which task a service runs",
    resources: [vault, { ...service()[1]!, references: {} }],
  },
  {
    unknown: "how much is asked for",
    resources: [vault, ...service(), scaling(10), request(20, { value: UNKNOWN_TEXT })],
  },
  {
    unknown: "how much is asked for of what is enough",
    resources: [vault, ...service(), request(20, { value: UNKNOWN_TEXT })],
    passes: true,
  },
  {
    unknown: "the nodes that AWS counts where the program sets shards",
    resources: [
      vault,
      {
        type: "aws:elasticache/replicationGroup:ReplicationGroup",
        props: { numNodeGroups: 3, replicasPerNodeGroup: 1, numCacheClusters: UNKNOWN_TEXT },
      },
    ],
    passes: true,
  },
  {
    unknown: "the shards that AWS counts where the program sets nodes",
    resources: [
      vault,
      {
        type: "aws:elasticache/replicationGroup:ReplicationGroup",
        props: { numNodeGroups: UNKNOWN_TEXT, numCacheClusters: 2 },
      },
    ],
    passes: true,
  },
  {
    unknown: "the nodes in both ways",
    resources: [
      vault,
      {
        type: "aws:elasticache/replicationGroup:ReplicationGroup",
        props: { numNodeGroups: UNKNOWN_TEXT, numCacheClusters: UNKNOWN_TEXT },
      },
    ],
  },
  otherType,
]);
