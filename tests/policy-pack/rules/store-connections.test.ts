import { storeConnectionRules as rules } from "../../../policy-pack/rules/store-connections";
import { UNKNOWN_TEXT } from "../support";
import { stackTable } from "../variants";

const GROUP = "aws:ec2/securityGroup:SecurityGroup";
const NAME = "/crm/core/database-url";
const ARN = `arn:aws:ssm:us-east-1:123456789012:parameter${NAME}`;

const container = (valueFrom: string) =>
  JSON.stringify([{ name: "core", secrets: [{ name: "DB_URL", valueFrom }] }]);

const rule = (direction: "Ingress" | "Egress", own: string, other: string) => ({
  type: `aws:vpc/securityGroup${direction}Rule:SecurityGroup${direction}Rule`,
  props: {
    securityGroupId: UNKNOWN_TEXT,
    referencedSecurityGroupId: UNKNOWN_TEXT,
    ipProtocol: "tcp",
    fromPort: 5432,
    toPort: 5432,
  },
  references: { securityGroupId: [own], referencedSecurityGroupId: [other] },
});

const moved = { props: { fromPort: 5433, toPort: 5433 } };
const FUNCTION = {
  type: "aws:lambda/function:Function",
  props: {
    environment: { variables: { DATABASE_URL_PARAMETER: NAME } },
    vpcConfig: { securityGroupIds: [UNKNOWN_TEXT] },
  },
  references: { vpcConfig: ["tasks"] },
};

describe("rules about what can connect to its store", () => {
  stackTable(rules, "store-connection-possible", {
    good: {
      tasks: { type: GROUP, props: {} },
      data: { type: GROUP, props: {} },
      database: {
        type: "aws:rds/instance:Instance",
        props: { engine: "postgres", port: 5432, vpcSecurityGroupIds: [UNKNOWN_TEXT] },
        references: { vpcSecurityGroupIds: ["data"] },
      },
      parameter: {
        type: "aws:ssm/parameter:Parameter",
        props: { name: NAME, value: UNKNOWN_TEXT },
        references: { value: ["database"] },
      },
      task: {
        type: "aws:ecs/taskDefinition:TaskDefinition",
        props: { containerDefinitions: container(ARN) },
      },
      service: {
        type: "aws:ecs/service:Service",
        props: {
          taskDefinition: UNKNOWN_TEXT,
          networkConfiguration: { securityGroups: [UNKNOWN_TEXT] },
        },
        references: { taskDefinition: ["task"], networkConfiguration: ["tasks"] },
      },
      out: rule("Egress", "tasks", "data"),
      into: rule("Ingress", "data", "tasks"),
    },
    compliant: {
      "another parameter": {
        task: { props: { containerDefinitions: container(`${ARN}-old`) } },
        out: moved,
      },
      "both rules wider": {
        out: { props: { fromPort: 0, toPort: 65_535 } },
        into: { props: { ipProtocol: "-1", fromPort: undefined, toPort: undefined } },
      },
      "the usual port, unsaid": { database: { props: { port: undefined } } },
      "all moved": { database: { props: { port: 5433 } }, out: moved, into: moved },
      "out to everywhere": {
        out: {
          props: { referencedSecurityGroupId: undefined, cidrIpv4: "0.0.0.0/0" },
          references: { securityGroupId: ["tasks"] },
        },
      },
      "a function in no network": {
        service: {
          ...FUNCTION,
          props: { ...FUNCTION.props, vpcConfig: undefined },
          references: {},
        },
        out: moved,
      },
    },
    violating: {
      "the instance alone moved": [
        { database: { props: { port: 5433 } } },
        /gets the address of .*, which listens on port 5433, but .* allows no egress to it and .* allows no ingress from it on that port/,
      ],
      "nothing out": [{ out: moved }, /allows no egress to it on that port/],
      "nothing in": [{ into: moved }, /allows no ingress from it on that port/],
      "another protocol": [{ into: { props: { ipProtocol: "udp" } } }, /allows no ingress/],
      "another group's rule": [
        {
          into: { references: { securityGroupId: ["data"], referencedSecurityGroupId: ["data"] } },
        },
        /allows no ingress/,
      ],
      "a function": [{ service: FUNCTION, out: moved }, /allows no egress/],
      "a reference instead of a name": [
        {
          task: {
            props: { containerDefinitions: UNKNOWN_TEXT },
            references: { containerDefinitions: ["parameter"] },
          },
          into: moved,
        },
        /allows no ingress/,
      ],
      "a cache": [
        {
          database: {
            type: "aws:elasticache/replicationGroup:ReplicationGroup",
            props: { engine: undefined, port: undefined, securityGroupIds: [UNKNOWN_TEXT] },
            references: { securityGroupIds: ["data"] },
          },
        },
        /port 6379/,
      ],
    },
    unknown: {
      "the database's port": { database: { props: { port: UNKNOWN_TEXT } } },
      "the rule's port": { into: { props: { fromPort: UNKNOWN_TEXT } } },
      "the service's groups": { service: { references: { taskDefinition: ["task"] } } },
      "a network that may be theirs": {
        into: {
          props: { referencedSecurityGroupId: undefined, cidrIpv4: "10.0.0.0/16" },
          references: { securityGroupId: ["data"] },
        },
      },
    },
  });
});
