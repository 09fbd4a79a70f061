import { experimentRules as rules } from "../../../policy-pack/rules/experiments";
import { UNKNOWN_LIST, UNKNOWN_TEXT } from "../support";
import { type Stack, stackTable, variantTable } from "../variants";

const TEMPLATE = "aws:fis/experimentTemplate:ExperimentTemplate";
const DATABASE = "arn:aws:rds:us-east-1:123456789012:db:crm-primary";
const ALARM = {
  source: "aws:cloudwatch:alarm",
  value: "arn:aws:cloudwatch:us-east-1:123456789012:alarm:crm-customers-affected",
};

const document = (statement: object) =>
  JSON.stringify({ Version: "2012-10-17", Statement: { Effect: "Allow", ...statement } });
const policy = (statement: object) => ({ policy: { props: { policy: document(statement) } } });

const GOOD: Stack = {
  template: {
    type: TEMPLATE,
    props: { roleArn: UNKNOWN_TEXT, stopConditions: [ALARM] },
    references: { roleArn: ["role"] },
  },
  role: { type: "aws:iam/role:Role", props: { name: "crm-gameday-database-failover" } },
  policy: {
    type: "aws:iam/rolePolicy:RolePolicy",
    props: { policy: document({ Action: "rds:RebootDBInstance", Resource: DATABASE }) },
    references: { role: ["role"] },
  },
  attachment: {
    type: "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
    props: { policyArn: "arn:aws:iam::123456789012:policy/ours" },
    references: { role: ["role"] },
  },
};

describe("policy pack: experiments", () => {
  variantTable(rules, "fis-stop-condition", {
    type: TEMPLATE,
    good: { stopConditions: [ALARM] },
    compliant: { "an alarm beside none": { stopConditions: [{ source: "none" }, ALARM] } },
    violating: {
      "nothing stops it": [{ stopConditions: [{ source: "none" }] }, /has no alarm/],
      "no condition": [{ stopConditions: undefined }, /has no alarm/],
    },
    unknown: {
      "the conditions": { stopConditions: UNKNOWN_LIST },
      "a source": { stopConditions: [{ source: UNKNOWN_TEXT }] },
    },
  });

  stackTable(rules, "fis-role-limited", {
    good: GOOD,
    compliant: {
      "reads everything": policy({ Action: "rds:DescribeDBInstances", Resource: "*" }),
      "changes by tags": policy({
        Action: "ec2:ReplaceNetworkAclAssociation",
        Resource: "arn:aws:ec2:us-east-1:123456789012:subnet/*",
        Condition: { StringEquals: { "aws:ResourceTag/Environment": "staging" } },
      }),
      "an action that the settings leave out": policy({
        Action: "ec2:ReplaceNetworkAclAssociation",
        Resource: "arn:aws:ec2:us-east-1:123456789012:network-acl/*",
      }),
      "a role of something else": {
        template: undefined,
        ...policy({ Action: "*", Resource: "*" }),
      },
    },
    violating: {
      "every database": [
        policy({
          Action: "rds:RebootDBInstance",
          Resource: "arn:aws:rds:us-east-1:123456789012:db:*",
        }),
        /allows rds:RebootDBInstance on arn:aws:rds:.*; name the targets/,
      ],
      "all actions": [policy({ Action: "rds:*", Resource: "*" }), /allows rds:\* on \*/],
      "all but a list": [
        policy({ NotAction: "iam:*", Resource: "*" }),
        /allows everything but a list/,
      ],
      "a policy of AWS's": [
        {
          attachment: {
            props: {
              policyArn: "arn:aws:iam::aws:policy/service-role/AWSFaultInjectionSimulatorRDSAccess",
            },
          },
        },
        /policyArn is an AWS managed policy/,
      ],
    },
    unknown: {
      "the policy": { policy: { props: { policy: UNKNOWN_TEXT } } },
      "a resource": policy({ Action: "rds:RebootDBInstance", Resource: UNKNOWN_TEXT }),
      "an action": policy({ Action: UNKNOWN_TEXT, Resource: "*" }),
      "an attachment": { attachment: { props: { policyArn: UNKNOWN_TEXT } } },
    },
  });
});
